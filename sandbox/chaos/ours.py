"""Pinto in a storm: workers that die, staff that edit, schedules, and what a person does afterwards."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import ListingState
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import AppKeys, Lease, Shop, ShopState, Tokens
from chalicelib.domain.stock import StockError
from chalicelib.domain.synclog import RunState
from chalicelib.jobs import lanes as handlers
from chalicelib.jobs import pushes, schedules
from chalicelib.store.build import build
from chalicelib.store.memory import MemoryTable
from chalicelib.store.photos import MemoryPhotos
from chalicelib.store.table import Table
from chalicelib.store.vault import PlainVault
from chalicelib.sync import edit_catalogue, messages, publish
from chalicelib.sync.context import Context, Policy
from sandbox.chaos.goods import COMMUNITY, bring, code_of, open_community, skus_of
from sandbox.chaos.queues import Lanes, Letter, Sender
from sandbox.chaos.stage import CALLBACK, CHANNELS, Stage
from sandbox.chaos.trouble import KilledError, Probe, ShakyTable, ThrottledError
from sandbox.chaos.world import World

ALL_SPLIT = 10_000
ROUNDS = 12


class Worker:
    """One Lambda container: its own memory of shops and tokens, over the shared table."""

    def __init__(self, engine: Ours) -> None:
        self.probe = Probe(engine.rng)
        self.probe.throttling = engine.throttling
        store = build(ShakyTable(engine.table, self.probe), engine.photos, PlainVault(), engine.stage.clock)
        self.left_s = float("inf")
        watched(store, engine, self.probe)
        self.ctx = Context(
            store,
            Sender(engine.lanes, self.probe),
            engine.stage.channels.__getitem__,
            engine.stage.clock,
            engine.policy,
            remaining_s=self._remaining,
            new_id=lambda: f"id-{next(engine.numbers):06d}",
        )

    def _remaining(self) -> float:
        self.left_s -= 1.0
        return self.left_s


def watched(store: Store, engine: Ours, probe: Probe) -> None:
    """Every lease this worker gets is compared with those in force: two at once on one shop break a law."""
    shops: Any = store.shops
    take, extend, release = shops.lease, shops.extend, shops.release

    def lease(shop_id: str, owner: str, seconds: float, purpose: str = "work") -> Lease | None:
        now, given = engine.stage.clock(), take(shop_id, owner, seconds, purpose)
        if given is not None:
            held = engine.leases.get((shop_id, purpose))
            if held is not None and held.until > now:
                engine.broken.append(f"one worker at a time: {owner} got {shop_id} while {held.owner} had it")
            engine.leases[shop_id, purpose] = given
        return cast("Lease | None", given)

    def extended(given: Lease, seconds: float) -> Lease:
        longer = cast(Lease, extend(given, seconds))
        engine.leases[given.shop, getattr(given, "purpose", "work")] = longer
        return longer

    def released(given: Lease) -> None:
        release(given)
        place = given.shop, getattr(given, "purpose", "work")
        if not probe.dead and engine.leases.get(place, given).fence == given.fence:
            engine.leases.pop(place, None)

    shops.lease, shops.extend, shops.release = lease, extended, released


class Ours:
    """The engine under test. Everything random comes from the seed."""

    name = "ours"

    def __init__(self, stage: Stage, world: World, seed: int, split: bool) -> None:
        self.stage, self.world = stage, world
        self.rng = random.Random(f"ours-{seed}")
        self.table: Table = MemoryTable()
        self.photos = MemoryPhotos()
        self.numbers = itertools.count(1)
        self.throttling = 0.02
        self.policy = Policy(split_below=ALL_SPLIT) if split else Policy()
        self.lanes = Lanes(stage.clock, self.rng)
        self.secrets: set[str] = set()
        self.leases: dict[tuple[str, str], Lease] = {}
        self.broken: list[str] = []
        self.workers = [Worker(self), Worker(self)]
        self.calm_store = build(self.table, self.photos, PlainVault(), stage.clock)
        self.shops = {channel: f"{COMMUNITY.id}-{channel}" for channel in CHANNELS}

    # --- what people do ---

    def begin(self, codes: Sequence[str]) -> None:
        """These products are in the catalogue, counted, and both shops are connected."""
        open_community(self.calm_store)
        for code in codes:
            self._introduce(self.calm_store, code)
        for channel in CHANNELS:
            self.connect(channel)

    def connect(self, channel: str) -> None:
        """The shop is active with fresh tokens, and asked to be read."""
        given = self.stage.credentials(channel)
        self.secrets |= {given[name] for name in ("app_secret", "access_token", "refresh_token", "push_key")}
        app = AppKeys(channel, given["app_key"], given["app_secret"], given.get("push_key") or "")
        shop = Shop(self.shops[channel], COMMUNITY.id, channel, given["shop_id"], app.app_key, given["base_url"])
        shops, now = self.calm_store.shops, self.stage.clock()
        shops.save_app(app)
        shops.save(shop)
        pair = Tokens(given["access_token"], given["refresh_token"], now + timedelta(hours=4), now + timedelta(days=30))
        shops.save_tokens(shop.id, pair, None)
        self.lanes.post("bulk", messages.publish_shop(shop.id, "connected"), 0)

    def introduce(self, code: str) -> None:
        """A person adds a product; whatever the site says, they see to it that it is there."""
        self._introduce(self.calm_store, code)
        self._as_person(
            f"staff: new product {code}",
            lambda ctx: edit_catalogue.ask_shops(ctx.store, ctx.queues, COMMUNITY.id, skus_of(code)),
        )

    def _introduce(self, store: Any, code: str) -> None:
        bring(store, code)
        for sku in skus_of(code):
            self._count(store, sku, f"first-count-{sku}")

    def edit(self, sku: str, what: str, number: int) -> None:
        """A person changes the catalogue through the site, which may fail under their hands."""
        self._as_person(f"staff: {what} {sku} {number}", lambda ctx: self._edit(ctx, sku, what, number))

    def reprice(self, sku: str) -> Money:
        """A person's new price, a baht more than the old, in calm weather."""
        product = self.calm_store.catalogues.product(COMMUNITY.id, code_of(sku))
        price = next(one.price for one in product.variants if one.sku == sku) + Money(100)
        edit_catalogue.set_price(
            self.calm_store,
            Sender(self.lanes, Probe(self.rng)),
            COMMUNITY.id,
            product.code,
            {sku: price},
            product.version,
        )
        return price

    def counted(self, sku: str) -> None:
        """A person counted the SKU; told that it failed, they do it once more."""
        mark = f"count-{next(self.numbers)}"
        text = f"staff: counted {self.world.shelf[sku]} {sku}"
        for _ in range(3):
            if self._as_person(text, lambda ctx: self._count(ctx.store, sku, mark, ctx)):
                return
        self._count(self.calm_store, sku, mark)

    def _count(self, store: Any, sku: str, mark: str, ctx: Context | None = None) -> None:
        at = self.stage.clock()
        if ctx is None:
            store.stock.count(COMMUNITY.id, sku, self.world.shelf[sku], movement_id=mark, because="count", at=at)
            return
        edit_catalogue.count_stock(store, ctx.queues, COMMUNITY.id, sku, self.world.shelf[sku], mark, "count", at)

    def _edit(self, ctx: Context, sku: str, what: str, number: int) -> None:
        product = ctx.store.catalogues.product(COMMUNITY.id, code_of(sku))
        if what == "price":
            price = Money((45_900 if product.code == "SHIRT" else 8_900) + (number + 1) * 100)
            edit_catalogue.set_price(ctx.store, ctx.queues, COMMUNITY.id, product.code, {sku: price}, product.version)
        elif what == "switch":
            wanted = not product.on_sale
            edit_catalogue.set_on_sale(ctx.store, ctx.queues, COMMUNITY.id, product.code, wanted, product.version)
        else:
            said = replace(product, title_th=f"ของดีชุมชนทำมือ {product.code} รุ่น {number}")
            ctx.store.catalogues.save(said, product.version)
            edit_catalogue.ask_shops(ctx.store, ctx.queues, COMMUNITY.id, product.skus)

    def _as_person(self, text: str, act: Any) -> bool:
        worker = Worker(self)
        if self.rng.random() < 0.15:
            worker.probe.arm(self.rng.randint(1, 12), worker.probe.kill)
        try:
            act(worker.ctx)
        except (KilledError, ThrottledError, StaleWriteError, StockError) as error:
            self.world.note(f"{text}: {type(error).__name__} {error}")
            return False
        self.world.note(text)
        return True

    # --- what machines do ---

    def schedule(self, kind: str) -> None:
        """A schedule fires."""
        self.world.note(f"schedule {kind}")
        self._safely(lambda ctx: getattr(schedules, kind)(ctx))

    def pushed(self, channel: str, message: Any) -> bool:
        """Whether the push was taken; if not, the marketplace keeps it."""
        url, headers = CALLBACK.format(channel), {name.lower(): value for name, value in message.headers.items()}
        answer = self._safely(lambda ctx: pushes.receive(ctx, channel, headers, message.body, url))
        self.world.note(f"push from {channel}: {getattr(answer, 'outcome', 'no answer')}")
        return answer is not None and answer.status < 300

    def _safely(self, act: Any) -> Any:
        try:
            return act(Worker(self).ctx)
        except (KilledError, ThrottledError, StaleWriteError):
            return None

    def work(self, worker: int = 0, trouble: bool = True) -> bool:
        """One batch of messages is worked on, perhaps to its end; False when none is due."""
        letters = self.lanes.take(self.rng.choice((1, 1, 2, 4)))
        if not letters:
            return False
        hand = self.workers[worker]
        hand.probe.throttling = self.throttling
        hand.left_s = float("inf")
        if trouble:
            self._trouble(hand, worker)
        self._hand_over(hand, letters)
        if hand.probe.dead:
            self.workers[worker] = Worker(self)
        return True

    def _trouble(self, hand: Worker, number: int) -> None:
        die, at = self.rng.random(), min(self.rng.randint(1, 60), self.rng.randint(1, 60))
        if die < 0.2:
            hand.probe.arm(at, hand.probe.kill)
        elif die < 0.35 and number == 0:
            hand.probe.arm(at, lambda: self._meanwhile(hand.probe, self.rng.choice((0.0, 0.0, 130.0))))
        elif die < 0.42:
            hand.left_s = 10.0 + self.rng.randint(0, 6)

    def _meanwhile(self, probe: Probe, asleep_s: float) -> None:
        """The worker is slow (its lease may end), and another one works."""
        self.world.note(f"   at {probe.last} another worker comes in, {asleep_s:.0f} s later")
        self.stage.clock.advance(asleep_s)
        before = self.stage.http.probe
        for shop_id in self.shops.values():
            letter = self.lanes.letter("urgent", messages.poll_orders(shop_id), 0)
            if not self.workers[1].probe.dead:
                self._hand_over(self.workers[1], [letter])
        for _ in range(2):
            self.work(1)
        self.stage.http.probe = before
        self.world.note("   and the first one goes on")

    def _hand_over(self, hand: Worker, letters: list[Letter]) -> None:
        hand.probe.calls = 0
        said = ", ".join(_said(letter) for letter in letters)
        event = {"Records": [letter.record() for letter in letters]}
        self.stage.http.probe = hand.probe
        try:
            answer = handlers.handle_batch(hand.ctx, letters[0].lane, event, None)
            failed = {row["itemIdentifier"] for row in answer["batchItemFailures"]}
        except KilledError as error:
            failed = {f"message-{letter.number}" for letter in letters}
            self.world.note(f"work {said}: KILLED at {error}")
        else:
            self.world.note(f"work {said}: {'failed ' + str(sorted(failed)) if failed else 'ok'}")
        finally:
            self.stage.http.probe = None
            hand.probe.disarm()
        self._nothing_wrongly_gone()
        for letter in letters:
            if f"message-{letter.number}" in failed:
                self.lanes.failed(letter)
            else:
                self.lanes.done(letter)

    def _nothing_wrongly_gone(self) -> None:
        """What stands in a shop is never remembered as gone, except where the marketplace itself hid it."""
        for channel, shop_id in self.shops.items():
            if channel in self.world.lied:
                continue
            for sku, binding in self.calm_store.bindings.of_shop(shop_id).items():
                if binding.state is ListingState.GONE and self.world.stands(channel, sku, binding.listing_id):
                    self.broken.append(f"nothing gone on a failed read: {sku} on {channel} is remembered as gone")

    # --- after the storm ---

    def settle(self) -> int:
        """Everything was delivered, every person did their part, schedules fired until quiet; how many rounds."""
        self.throttling, self.lanes.mischief = 0.0, 0.0
        for turn in range(1, ROUNDS + 1):
            self._people()
            self.drain()
            for kind in ("poll_orders", "refresh_tokens", "sweep"):
                self.schedule(kind)
            self.drain()
            self._people()
            if self._quiet():
                return turn
            self.stage.clock.advance(900 if turn < 4 else 3600)
        return ROUNDS + 1

    def drain(self, most: int = 500) -> None:
        """Every message was worked on, waits waited out."""
        for _ in range(most):
            due_s = self.lanes.next_due_s()
            if due_s is None:
                return
            self.stage.clock.advance(max(due_s - self.stage.clock.at_s, 0.0))
            self.work(0, trouble=False)
        self.world.note(f"never came to rest: {[_said(letter) for letter in self.lanes.waiting[:5]]}")

    def drain_for(self, seconds: float) -> None:
        """Messages were worked on until none is left or so much time has passed."""
        until_s = self.stage.clock.at_s + seconds
        while (due_s := self.lanes.next_due_s()) is not None and max(due_s, self.stage.clock.at_s) <= until_s:
            self.stage.clock.advance(max(due_s - self.stage.clock.at_s, 0.0))
            self.work(0, trouble=False)

    def _people(self) -> None:
        """A person reconnects closed shops, deletes stray drafts, and approves the plans that wait."""
        for channel, shop_id in self.shops.items():
            shop = self.calm_store.shops.get(shop_id)
            if shop.state is not ShopState.ACTIVE:
                if not shop.note:
                    self.broken.append(f"every failure reaches a person: {shop_id} is {shop.state} without a word")
                self.world.note(f"person: connects {shop_id} again")
                self.connect(channel)
            for entry in self.calm_store.log.recent_entries(COMMUNITY.id):
                if (entry.shop, entry.because) == (shop_id, "twin_at_channel"):
                    self.world.remove(channel, entry.error_text)
            waiting = self.calm_store.plans.waiting(shop_id)
            if waiting and not waiting.is_approved:
                self.world.note(f"person: approves {waiting.reasons} {waiting.summary}")
                self.calm_store.plans.approve(shop_id, waiting.fingerprint, "staff")
                self.lanes.post("bulk", messages.publish_shop(shop_id, "approved"), 0)

    def _quiet(self) -> bool:
        ended = [self.last_sync(channel) for channel in CHANNELS]
        self.drain()
        return all(ended)

    def last_sync(self, channel: str) -> bool:
        """Whether one more sync of this shop plans nothing."""
        try:
            run = publish.publish(self.workers[0].ctx, self.shops[channel], "check")
        except Exception as error:
            self.world.note(f"check {channel}: {error!r}")
            return False
        self.world.note(f"check {channel}: {run.state} {dict(run.counts)} {run.note}")
        return run.state is RunState.COMPLETE and not any(run.counts.values())


def _said(letter: Letter) -> str:
    return f"{letter.lane} #{letter.number} {letter.body.removeprefix('{').removesuffix('}')}".replace('"', "")

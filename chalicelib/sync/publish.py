"""Publish: make one shop show what the catalogue says; plan, apply, look again."""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.domain.catalogue import Product
from chalicelib.domain.changes import Plan, SetStock
from chalicelib.domain.errors import (
    LeaseLostError,
    MarketplaceError,
)
from chalicelib.domain.offers import Binding, DesiredListing, ListingState, Observation, desired_listing, remembered
from chalicelib.domain.planner import plan
from chalicelib.domain.ports import Lane, Marketplace
from chalicelib.domain.shops import Lease, Shop
from chalicelib.domain.synclog import Run, RunState
from chalicelib.sync import claims, glancing, messages, reading, take_orders, weighing
from chalicelib.sync.braking import Brake
from chalicelib.sync.carry_out import Hands
from chalicelib.sync.context import Context, HeldShop, MakeWayError, OutOfTimeError, Standing
from chalicelib.sync.desired import desired_listings
from chalicelib.sync.record import Book
from chalicelib.sync.shelf import Shelf

ABOUT_STOCK_ONLY = frozenset({"order", "sibling"})
"""Triggers that say nothing new about products: one a shop does not carry needs no whole read because it sold."""
AFTER_A_SALE = "reread"
"""Trigger of a look at what just sold: it mends numbers. A price or a word that differs is for the sweep, which sees
the whole shop and is braked: one listing alone never looks like an old backup or a slip in every price."""
GO_ON = frozenset({"continued", "balance"})
"""Triggers of work that follows from a whole read of a moment ago."""
AFTER_SALES = ABOUT_STOCK_ONLY | {AFTER_A_SALE}
PROMOTION = "promotion"
"""Trigger of a look after a promotion came, went or moved."""
AGAIN = "again"
"""Trigger of an offer whose call failed in passing beside others that worked."""
AUDIT_AGAIN_S = 60
CALM_S = 30  # what may wait is told with the other sales of so many seconds
LOOKS_AN_HOUR = 6
FIRST_LOOK_AGAIN_S = 5
LONGEST_DELAY_S = 900  # what a queue can hold back
MAKE_WAY_S = 5  # longer than urgent work takes to come back to a shop that was busy


def publish(ctx: Context, shop_id: str, trigger: str = "publish", lane: Lane = "bulk") -> Run:
    """The whole shop was read and made what it should be; the run says what was done and what was not.

    Raises: ShopBusyError, ShopClosedError, and the marketplace's error that stopped the work, after it was noted.
    """
    shop = ctx.store.shops.get(shop_id)
    market = ctx.open(shop)
    with HeldShop(ctx, shop_id) as lease:
        work = _Pass(ctx, shop, market, lease, lane, trigger)
        products = ctx.store.catalogues.products(shop.community)
        ctx.store.glances.mend(shop.community, products)
        return work.whole(products)


def read(ctx: Context, shop: Shop, market: Marketplace, products: Sequence[Product]) -> Observation:
    """What the whole shop shows now; of a shop read in parts, what they showed is remembered too.

    Raises: OutOfTimeError when another worker must read on, ShopBusyError, and the marketplace's errors.
    """
    with HeldShop(ctx, shop.id) as lease:
        shelf = Shelf(ctx.store, lease, ctx.store.bindings.of_shop(shop.id), ctx.clock)
        return reading.whole(ctx, shop, market, shelf, products)


def preview(ctx: Context, shop_id: str) -> Plan:
    """What `publish` would do now; the shop is read and nothing is written anywhere."""
    shop = ctx.store.shops.get(shop_id)
    market = ctx.open(shop)
    products = ctx.store.catalogues.products(shop.community)
    bindings = ctx.store.bindings.of_shop(shop_id)
    desired = desired_listings(ctx, shop, products, bindings)
    return weighing.audited(market, desired, market.observe(), bindings)


def preview_offers(ctx: Context, shop_id: str, skus: Sequence[str]) -> Plan:
    """What `push_offers` would do now, from what we remember of the shop; nothing is read there or written."""
    shop = ctx.store.shops.get(shop_id)
    products = ctx.store.catalogues.products_of(shop.community, skus)
    bindings = ctx.store.bindings.of_skus(shop_id, [sku for product in products for sku in product.skus])
    here = {sku for sku, binding in bindings.items() if binding.state is not ListingState.GONE}
    known = [product for product in products if not here.isdisjoint(product.skus)]
    return plan(desired_listings(ctx, shop, known, bindings), remembered(list(bindings.values())), bindings)


def push_offers(
    ctx: Context, shop_id: str, skus: Sequence[str], trigger: str = "edit", lane: Lane = "urgent"
) -> Run | None:
    """The offers of these SKUs are what they should be, starting from what we remember of the shop.

    Costs no read before the write. None, and no run in the log, when there was nothing to do.
    """
    shop = ctx.store.shops.get(shop_id)
    market = ctx.open(shop)
    with HeldShop(ctx, shop_id) as lease:
        products = ctx.store.catalogues.products_of(shop.community, skus)
        return _Pass(ctx, shop, market, lease, lane, trigger).some(products)


def look_again(ctx: Context, shop_id: str, listing_ids: Sequence[str], trigger: str = "look_again") -> Run | None:
    """These listings were read; what they show is remembered and mended. None when there was nothing to mend.

    After news about a promotion nothing counts as held by one: what still is will be refused again.
    """
    shop = ctx.store.shops.get(shop_id)
    market = ctx.open(shop)
    with HeldShop(ctx, shop_id) as lease:
        seen = market.look(listing_ids)
        skus = _skus_of(ctx, shop_id, listing_ids, seen)
        if trigger == PROMOTION:
            ctx.store.rules.unlock(shop_id, skus)
        products = ctx.store.catalogues.products_of(shop.community, skus)
        return _Pass(ctx, shop, market, lease, "bulk", trigger).seen(products, seen)


def _skus_of(ctx: Context, shop_id: str, listing_ids: Sequence[str], seen: Observation) -> list[str]:
    """SKUs we have in these listings: found by what the listings show, which costs the same in a shop of any size.

    A listing that shows none of ours (gone, unfinished, or with a code edited by hand) is looked for in all we know.
    """
    shown = sorted({offer.seller_sku for listing in seen.listings for offer in listing.offers})
    bindings, wanted = ctx.store.bindings.of_skus(shop_id, shown), set(listing_ids)
    if not wanted <= {binding.listing_id for binding in bindings.values()}:
        bindings = ctx.store.bindings.of_shop(shop_id)
    return sorted(sku for sku, binding in bindings.items() if binding.listing_id in wanted)


def standing(ctx: Context, shop_id: str) -> Standing:
    """How the shop stands, from what is remembered of it."""
    bindings = ctx.store.bindings.of_shop(shop_id)
    return Standing(shop_id, _stalest_s(ctx, bindings), _behind(bindings))


def _stalest_s(ctx: Context, bindings: Mapping[str, Binding]) -> float:
    seen = [one.seen_at for one in bindings.values() if one.state is not ListingState.GONE]
    return (ctx.clock() - min(seen)).total_seconds() if seen else 0.0


def _behind(bindings: Mapping[str, Binding]) -> int:
    here = (one for one in bindings.values() if one.state is not ListingState.GONE)
    return sum(one.applied_version < one.desired_version for one in here)


class _Pass:
    """One pass over a leased shop."""

    def __init__(self, ctx: Context, shop: Shop, market: Marketplace, lease: Lease, lane: Lane, trigger: str) -> None:
        self._ctx = ctx
        self._shop = shop
        self._market = market
        self._lease = lease
        self._lane: Lane = lane
        self._trigger = trigger
        self._is_whole = False
        self._skus: tuple[str, ...] = ()

    def whole(self, products: Sequence[Product]) -> Run:
        self._end_lost_runs()
        self._is_whole = True
        book = self._book()
        bindings = self._ctx.store.bindings.of_shop(self._shop.id)
        was_seen_s = _stalest_s(self._ctx, bindings)
        shelf = Shelf(self._ctx.store, self._lease, bindings, self._ctx.clock)
        goes_on = self._trigger in GO_ON
        try:
            observed = reading.whole(self._ctx, self._shop, self._market, shelf, products, goes_on=goes_on)
            shelf.gone(observed)
            run = self._compared(products, observed, shelf, book)
        except OutOfTimeError as stopped:
            return self._to_be_continued(stopped, book)
        except (MarketplaceError, LeaseLostError) as error:
            if book.run.state is RunState.RUNNING:
                book.close(RunState.STOPPED, self._market.calls, note=getattr(error, "user_key", "lease_lost"))
            raise
        self._ctx.noticed(Standing(self._shop.id, was_seen_s, _behind(shelf.bindings)))
        return run or book.close(RunState.COMPLETE, self._market.calls)

    def some(self, products: Sequence[Product]) -> Run | None:
        self._skus = tuple(sku for product in products for sku in product.skus)
        bindings = self._bindings_of(products)
        here = {sku for sku, binding in bindings.items() if binding.state is not ListingState.GONE}
        known = [product for product in products if not here.isdisjoint(product.skus)]
        is_edit = self._trigger not in ABOUT_STOCK_ONLY
        if is_edit and any(product.on_sale and product not in known for product in products):
            # Not seen in this shop: only a whole read may say that it is not there.
            self._ask("bulk", [messages.publish_shop(self._shop.id, self._trigger)])
        desired = desired_listings(self._ctx, self._shop, known, bindings)
        observed = remembered(list(bindings.values()))
        made = plan(desired, observed, bindings)
        if self._lane == "urgent" and self._trigger == "order" and weighing.can_wait(made):
            self._put_behind(made)
            return None
        if weighing.raises_stock(made, desired):
            # Before a number goes up, what the shop sold meanwhile must be known.
            try:
                take_orders.poll_with(self._ctx, self._shop, self._market)
            except OutOfTimeError:
                again = messages.look_at_offers(self._shop.id, self._skus, self._trigger)
                self._ask(self._lane, [again])
                return None
            bindings = self._bindings_of(products)
            desired = desired_listings(self._ctx, self._shop, known, bindings)
            observed = remembered(list(bindings.values()))
        shelf = Shelf(self._ctx.store, self._lease, bindings, self._ctx.clock)
        return self._carry(desired, observed, shelf, None)

    def _put_behind(self, made: Plan) -> None:
        """The numbers are sent by the bulk lane in a moment, once for all sales until then."""
        skus = [change.seller_sku for change in made.changes if isinstance(change, SetStock)]
        seen, marks = self._ctx.store.seen, {sku: f"calm:{self._shop.id}:{sku}" for sku in skus}
        fresh = [sku for sku in skus if not seen.knows(marks[sku])]
        if fresh:
            self._ask("bulk", [messages.look_at_offers(self._shop.id, fresh, "order")], delay_s=CALM_S)
        for sku in fresh:
            seen.first_time(marks[sku], CALM_S)

    def seen(self, products: Sequence[Product], observed: Observation) -> Run | None:
        shelf = Shelf(self._ctx.store, self._lease, self._bindings_of(products), self._ctx.clock)
        try:
            return self._compared(products, observed, shelf, None)
        except OutOfTimeError:
            self._ask("bulk", [messages.publish_shop(self._shop.id, "continued")])
            return None

    def _compared(
        self, products: Sequence[Product], observed: Observation, shelf: Shelf, book: Book | None
    ) -> Run | None:
        """What was read just now is compared and mended."""
        shelf.saw(observed, [desired_listing(product, {}) for product in products])
        desired = desired_listings(self._ctx, self._shop, products, shelf.bindings)
        if weighing.raises_stock(plan(desired, observed, shelf.bindings), desired):
            # The shop may show less because it sold: an order we have not heard of must not be offered again.
            take_orders.poll_with(self._ctx, self._shop, self._market)
            desired = desired_listings(self._ctx, self._shop, products, shelf.bindings)
        return self._carry(desired, observed, shelf, book)

    def _carry(
        self, desired: Sequence[DesiredListing], observed: Observation, shelf: Shelf, book: Book | None
    ) -> Run | None:
        shelf.saw(observed, desired)
        shelf.watch(claims.split_skus(desired))
        made = weighing.audited(self._market, desired, observed, shelf.bindings)
        if self._trigger == AFTER_A_SALE:
            made = Plan(tuple(one for one in made.changes if isinstance(one, SetStock)), made.skipped)
        if any(skip.because == weighing.AUDIT_FAILED for skip in made.skipped):
            self._again(messages.publish_shop(self._shop.id, "look_again"), weighing.AUDIT_FAILED, AUDIT_AGAIN_S)
        self._keep_audit_facts()
        shelf.save()
        if made.is_empty and book is None:
            self._brake().drop_mended(desired, is_edit=self._trigger == "edit")
            self._glance(desired, shelf, None)
            return None
        book, brake = book or self._book(), self._brake()
        try:
            now, waits_because = brake.let_through(made, observed, desired, book.run.id)
            if not waits_because and not brake.ran_approved:
                brake.drop_mended(desired, is_edit=self._trigger == "edit")
            run = self._apply(now, desired, shelf, book, waits_because)
            if brake.ran_approved and not book.is_behind:
                self._ctx.store.plans.clear(self._shop.id)
        except LeaseLostError:
            # Our last write may have come after one of the worker that holds the shop now.
            self._ask("bulk", [messages.publish_shop(self._shop.id, "lease_lost")])
            book.close(RunState.STOPPED, self._market.calls, note="lease_lost")
            raise
        except MarketplaceError:
            self._glance(desired, shelf, book)
            raise
        self._glance(desired, shelf, book)
        return run

    def _brake(self) -> Brake:
        is_part = self._trigger == "sweep" and not self._is_whole
        by_sale = self._trigger in AFTER_SALES
        return Brake(self._ctx, self._shop, is_whole=self._is_whole, is_part=is_part, by_sale=by_sale)

    def _glance(self, desired: Sequence[DesiredListing], shelf: Shelf, book: Book | None) -> None:
        entries = book.entries if book else ()
        glancing.tell(self._ctx.store, self._shop, desired, shelf.bindings, entries, whole=self._is_whole)

    def _apply(
        self, made: Plan, desired: Sequence[DesiredListing], shelf: Shelf, book: Book, waits_because: str
    ) -> Run:
        hands = Hands(self._ctx, self._market, book, shelf, desired)
        try:
            hands.do(made)
            hands.look_again()
        except OutOfTimeError as stopped:
            self._stopped(hands)
            return self._to_be_continued(stopped, book)
        except MarketplaceError as error:
            self._stopped(hands)
            book.close(RunState.STOPPED, self._market.calls, note=error.user_key)
            raise
        self._tell(hands)
        if waits_because:
            return book.close(RunState.WAITING, self._market.calls, note=waits_because)
        unfinished = bool(hands.again_listings or hands.again_whole or hands.put_off)
        return book.close(RunState.STOPPED if unfinished else RunState.COMPLETE, self._market.calls)

    def _to_be_continued(self, stopped: OutOfTimeError, book: Book) -> Run:
        """Another worker goes on: at once, or when the urgent work that waits has had the shop.

        Urgent work is asked for again as it was: a whole read does not belong in its lane.
        """
        makes_way = isinstance(stopped, MakeWayError)
        delay_s = MAKE_WAY_S if makes_way else 0
        rest = messages.publish_shop(self._shop.id, "continued")
        if self._lane == "urgent":
            rest = messages.look_at_offers(self._shop.id, self._skus, self._trigger)
        self._ask(self._lane, [rest], delay_s=delay_s)
        return book.close(RunState.STOPPED, self._market.calls, note="made_way" if makes_way else "out_of_time")

    def _stopped(self, hands: Hands) -> None:
        hands.leave_open()
        self._tell(hands)

    def _keep_audit_facts(self) -> None:
        """What the audit learnt is kept for the pages, which say the same while a person types and never call.

        Only what the audit asked anyway is kept, so this costs no call; the rare whole passes write it, since the
        urgent ones count seconds.
        """
        facts = self._market.audit_facts() if self._lane != "urgent" else ""
        if facts and self._ctx.store.audit_facts.of_shops([self._shop.id]).get(self._shop.id) != facts:
            self._ctx.store.audit_facts.save(self._shop.id, facts)

    def _tell(self, hands: Hands) -> None:
        """Others learn what follows: this shop once more, and the siblings of scarce pieces that came down."""
        if hands.put_off:
            skus = sorted(hands.put_off)
            trigger = self._trigger if self._trigger in ABOUT_STOCK_ONLY else AGAIN
            again = messages.look_at_offers(self._shop.id, skus, trigger)
            self._again(again, " ".join(skus), max(hands.put_off_s, 1), self._lane)
        if hands.again_listings:
            ids = sorted(hands.again_listings)
            self._again(messages.look_at_listings(self._shop.id, ids), " ".join(ids), hands.again_s)
        if hands.again_whole:
            self._again(messages.publish_shop(self._shop.id, "look_again"), "whole", hands.again_s)
        if hands.lowered:
            self._hear_sales()
            siblings = [s for s in self._ctx.store.shops.of_community(self._shop.community) if s.id != self._shop.id]
            self._ask("urgent", [messages.look_at_offers(s.id, sorted(hands.lowered), "sibling") for s in siblings])

    def _hear_sales(self) -> None:
        """What was sold before the numbers came down is known, so that the pieces set free are really free."""
        # Else the next poll hears it, and the sweep gives the pieces away.
        with contextlib.suppress(MarketplaceError, OutOfTimeError):
            take_orders.poll_with(self._ctx, self._shop, self._market)

    def _again(self, message: messages.Message, what: str, wait_s: float, lane: Lane = "bulk") -> None:
        """The message comes back, later each time; what an hour of that did not mend is left to the sweep."""
        digest = hashlib.sha256(what.encode()).hexdigest()[:16]
        for turn in range(LOOKS_AN_HOUR):
            mark = f"again:{self._shop.id}:{digest}:{turn}"
            if not self._ctx.store.seen.knows(mark):
                delay_s = max(math.ceil(wait_s), FIRST_LOOK_AGAIN_S if turn else 0) * 2**turn
                self._ask(lane, [message], delay_s=min(delay_s, LONGEST_DELAY_S))
                self._ctx.store.seen.first_time(mark, 3600)
                return

    def _end_lost_runs(self) -> None:
        """Runs of this shop that still say "running" are over: the lease is ours, so their workers died.

        The list may lag: a run that its own worker ended a moment ago stays as that worker said.
        """
        for run in self._ctx.store.log.runs(self._shop.community):
            if run.shop == self._shop.id and run.state is RunState.RUNNING:
                ended = replace(run, state=RunState.STOPPED, ended_at=self._ctx.clock(), note="worker_lost")
                self._ctx.store.log.abandon(ended)

    def _book(self) -> Book:
        ctx = self._ctx
        return Book(
            ctx.store.log, ctx.clock, self._shop, ctx.new_id(), self._lane, self._trigger, ctx.cause, ctx.noticed
        )

    def _ask(self, lane: Lane, asked: Sequence[messages.Message], delay_s: int = 0) -> None:
        """What follows from this work carries on what it was asked for."""
        ctx = self._ctx
        told = [messages.traced(message, ctx.cause, ctx.asked_at) for message in asked]
        ctx.queues.send(lane, told, delay_s=delay_s)

    def _bindings_of(self, products: Sequence[Product]) -> dict[str, Binding]:
        return self._ctx.store.bindings.of_skus(self._shop.id, [sku for product in products for sku in product.skus])

"""What most tools do: set the stock everywhere on each order, try again on an error, create again on an error."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.errors import MarketplaceError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import DesiredListing, desired_listing
from chalicelib.domain.orders import OPEN_STATES, Order, OrderState
from chalicelib.domain.ports import OfferTarget, OrderWindow, PhotoFile
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from chalicelib.store.build import memory_store
from sandbox.chaos.goods import bring, code_of, open_community
from sandbox.chaos.stage import CALLBACK, CHANNELS, Stage
from sandbox.chaos.trouble import KilledError, Probe
from sandbox.chaos.world import World

TRIES = 3


class Naive:
    """The baseline, over the same connectors: what fails it is the engine, not the protocol."""

    name = "naive"

    def __init__(self, stage: Stage, world: World, seed: int) -> None:
        self.stage, self.world = stage, world
        self.rng = random.Random(f"naive-{seed}")
        self.probe = Probe(self.rng)
        self.store = memory_store(stage.clock)
        self.stock = dict(world.shelf)
        self.orders: dict[tuple[str, str], Order] = {}
        self.places: dict[tuple[str, str], tuple[str, str]] = {}
        self.access: dict[str, tuple[ShopAccess, _Pair]] = {}
        self.read_until: dict[str, datetime] = {}

    def begin(self, codes: Sequence[str]) -> None:
        """The shops are connected, and these products put into them."""
        open_community(self.store)
        for channel in CHANNELS:
            self._connect(channel)
            self.read_until[channel] = self.stage.clock() - timedelta(days=1)
        for code in codes:
            self.introduce(code)

    def introduce(self, code: str) -> None:
        """The product is put into every shop, again whenever that failed."""
        listing = desired_listing(bring(self.store, code), self.stock)
        for channel in CHANNELS:
            self._crashing(lambda c=channel: self._again(lambda: self._create(c, listing)))

    def edit(self, sku: str, what: str, number: int) -> None:
        """Prices go to both shops; words and switches it leaves to the seller."""
        if what != "price":
            return
        product_code = code_of(sku)
        price = Money((45_900 if product_code == "SHIRT" else 8_900) + (number + 1) * 100)
        for channel in CHANNELS:
            self._crashing(lambda c=channel: self._again(lambda: self._write(c, [sku], "set_prices", price=price)))

    def counted(self, sku: str) -> None:
        """The shelf less what it knows to be promised, everywhere."""
        promised = sum(
            line.quantity
            for order in self.orders.values()
            for line in order.lines
            if line.seller_sku == sku and line.state in OPEN_STATES
        )
        self.stock[sku] = max(self.world.shelf[sku] - promised, 0)
        self._crashing(lambda: self._everywhere([sku]))

    def schedule(self, kind: str) -> None:
        """Orders since the last time are read."""
        if kind == "poll_orders":
            for channel in CHANNELS:
                self._crashing(lambda c=channel: self._poll(c))

    def pushed(self, channel: str, message: Any) -> bool:
        """The orders a push names are read; False when the program fell over."""
        headers = {name.lower(): value for name, value in message.headers.items()}
        system, app = self.stage.channels[channel], self.access[channel][0].app
        reading = system.read_push(headers, message.body, [app], CALLBACK.format(channel))
        ids = [look.id for look in reading.look_at if look.kind == "order"]
        return not ids or self._crashing(
            lambda: self._again(lambda: self._took(channel, self._market(channel).orders_by_id(ids)))
        )

    def work(self) -> bool:
        """It has no queue."""
        return False

    def settle(self) -> int:
        """The shops are connected again and read once more; that is all it would do."""
        self.probe.dead = False
        for channel in CHANNELS:
            self._connect(channel)
            self._again(lambda c=channel: self._poll(c))
        return 1

    def lost(self) -> int:
        """Orders the marketplaces hold and it never heard of."""
        theirs = {
            (channel, str(order["order_id"])) for channel in CHANNELS for order in self.world.state(channel)["orders"]
        }
        return len(theirs - set(self.orders))

    # --- inside ---

    def _create(self, channel: str, listing: DesiredListing) -> None:
        market = self._market(channel)
        photos: list[PhotoFile] = [self.store.photos.get(key) for key in listing.photos]
        images = market.upload_photos(photos)
        created = market.create(listing, images)
        if not created.finished:
            self.stage.clock.advance(created.ready_after_s + 1)
            created = market.finish(listing, created.listing_id, images)
        for sku, offer_id in created.offer_ids.items():
            self.places[channel, sku] = (created.listing_id, offer_id)

    def _took(self, channel: str, orders: Sequence[Order]) -> None:
        for order in orders:
            known = self.orders.get((channel, order.order_id))
            self.orders[channel, order.order_id] = order
            sign = 1 if order.state is OrderState.CANCELLED else -1
            was_ended = known is not None and known.state is OrderState.CANCELLED
            if (known is None and sign < 0) or (known is not None and sign > 0 and not was_ended):
                for line in order.lines:
                    self.stock[line.seller_sku] = max(self.stock[line.seller_sku] + sign * line.quantity, 0)
                self._everywhere([line.seller_sku for line in order.lines])

    def _poll(self, channel: str) -> None:
        since, until = self.read_until[channel], self.stage.clock()
        self.read_until[channel] = until
        for page in self._market(channel).orders(OrderWindow("updated", since, until)):
            self._took(channel, page)

    def _everywhere(self, skus: Sequence[str]) -> None:
        for channel in CHANNELS:
            for sku in skus:
                self._again(lambda c=channel, one=sku: self._write(c, [one], "set_stock", quantity=self.stock[one]))

    def _write(self, channel: str, skus: Sequence[str], call: str, **fact: Any) -> None:
        targets = [
            OfferTarget(sku, *self.places[channel, sku], **fact) for sku in skus if (channel, sku) in self.places
        ]
        if targets:
            getattr(self._market(channel), call)(targets)

    def _again(self, act: Callable[[], object]) -> None:
        for _ in range(TRIES):
            try:
                act()
                return
            except MarketplaceError:
                self.stage.clock.advance(1)

    def _crashing(self, act: Callable[[], object]) -> bool:
        """Whether the program lived through it; it dies as often as a worker of ours."""
        self.probe.dead = False
        if self.rng.random() < 0.12:
            self.probe.arm(self.rng.randint(1, 12), self.probe.kill)
        self.stage.http.probe = self.probe
        try:
            act()
        except (KilledError, MarketplaceError):
            return False
        finally:
            self.stage.http.probe = None
            self.probe.disarm()
        return True

    def _market(self, channel: str) -> Any:
        access, pair = self.access[channel]
        return self.stage.channels[channel].open(access, pair)

    def _connect(self, channel: str) -> None:
        given, now = self.stage.credentials(channel), self.stage.clock()
        app = AppKeys(channel, given["app_key"], given["app_secret"], given.get("push_key") or "")
        access = ShopAccess(f"naive-{channel}", app, given["shop_id"], given["base_url"])
        tokens = Tokens(
            given["access_token"], given["refresh_token"], now + timedelta(hours=4), now + timedelta(days=30)
        )
        self.access[channel] = access, _Pair(self.stage, access, tokens)


class _Pair:
    """`ports.TokenSource` in a variable."""

    def __init__(self, stage: Stage, access: ShopAccess, tokens: Tokens) -> None:
        self._stage, self._access, self._tokens = stage, access, tokens
        self._numbers = itertools.count(1)

    def current(self) -> Tokens:
        """The pair it has."""
        return self._tokens

    def renew(self, stale: Tokens) -> Tokens:
        """A new pair. Raises: the channel's error."""
        if self._tokens is stale:
            fresh = self._stage.channels[self._access.app.channel].refresh(self._access, stale)
            self._tokens = replace(fresh, generation=next(self._numbers))
        return self._tokens

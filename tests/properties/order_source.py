"""A shop's orders as dictionaries behind the marketplace port: what lists drop, double, shuffle and show late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from chalicelib.domain.errors import OrdersMissingError
from chalicelib.domain.orders import Order
from chalicelib.domain.ports import Clock, OrderWindow
from chalicelib.domain.shops import AppKeys, Shop
from chalicelib.store.build import memory_store
from chalicelib.sync.context import Context


@dataclass
class OrderSource:
    """Holds orders.

    `unlisted` are in no list, `unlisted_by` in one of them, `stale` are listed as they were before, `unreadable` are
    listed without anything else.
    """

    held: dict[str, Order] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    unlisted_by: dict[str, set[str]] = field(default_factory=dict)
    stale: dict[str, Order] = field(default_factory=dict)
    doubled: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    page: int = 100
    calls: int = 0
    since_stop: int = 0
    shuffle: Random | None = None
    channel: str = "lazada"

    def open(self, access: object, tokens: object, remaining_s: object = None) -> OrderSource:
        """It is its own channel."""
        return self

    def order_ids(self, window: OrderWindow) -> Iterator[str]:
        for page in self._pages(window):
            yield from (order.order_id for order in page)

    def orders(self, window: OrderWindow) -> Iterator[tuple[Order, ...]]:
        for page in self._pages(window):
            yield tuple(
                self.stale.get(order.order_id, order) for order in page if order.order_id not in self.unreadable
            )
        if self.unreadable:
            raise OrdersMissingError("lazada", tuple(sorted(self.unreadable)))

    def orders_by_id(self, order_ids: Sequence[str]) -> tuple[Order, ...]:
        self._called()
        return tuple(self.held[one] for one in order_ids if one in self.held)

    def returns(self, window: OrderWindow) -> Iterator[tuple[object, ...]]:
        return iter(())

    def _pages(self, window: OrderWindow) -> Iterator[list[Order]]:
        name = "created_at" if window.by == "created" else "updated_at"
        hidden = self.unlisted | self.unlisted_by.get(window.by, set())
        found = [
            order
            for order in self.held.values()
            if order.order_id not in hidden and window.since <= getattr(order, name) < window.until
        ]
        found += [order for order in found if order.order_id in self.doubled]
        found.sort(key=lambda order: (getattr(order, name), order.order_id))
        if self.shuffle is not None:
            self.shuffle.shuffle(found)
        for start in range(0, max(len(found), 1), self.page):
            self._called()
            yield found[start : start + self.page]

    def _called(self) -> None:
        self.calls += 1
        self.since_stop += 1


class Silent:
    """Queues nobody listens to."""

    def send(self, lane: str, messages: Sequence[object], delay_s: int = 0) -> None:
        pass


def a_context(source: OrderSource, shop: Shop, clock: Clock) -> Context:
    """A store with this shop, and a channel that is the source."""
    store = memory_store(clock)
    store.shops.save_app(AppKeys(shop.channel, shop.app_key, "secret"))
    store.shops.save(shop)
    return Context(store, Silent(), lambda name: source, clock)

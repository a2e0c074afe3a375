"""Reads orders: windows of time, paged by moving the bound, and single orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.errors import OrdersMissingError, ProtocolSurpriseError, StaleError, TransientError
from chalicelib.domain.orders import Order
from chalicelib.domain.ports import OrderWindow
from connectors.lazada import convert_orders
from connectors.lazada.answers import ItemAnswer, OrderAnswer, OrderItemsAnswer, OrdersAnswer, read_as, read_each
from connectors.lazada.client import Client
from connectors.lazada.convert_orders import moment
from connectors.lazada.refusal import CHANNEL
from connectors.wire import batches, side_by_side

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Words:
    """How one kind of window is said."""

    after: str
    before: str
    sort: str


_WORDS = {
    "created": _Words("created_after", "created_before", "created_at"),
    "updated": _Words("update_after", "update_before", "updated_at"),
}


class Orders:
    """The shop's orders as Lazada shows them."""

    def __init__(self, client: Client, shop: str) -> None:
        self._client = client
        self._settings = client.settings
        self._shop = shop

    def heads(self, window: OrderWindow) -> Iterator[list[OrderAnswer]]:
        """Orders of the window without their items, each once, oldest first.

        Lazada counts whole seconds and includes both bounds, so `until` is one second earlier there. The next
        page starts at the time of the last order instead of an offset: nothing is skipped when an order leaves
        the window meanwhile, and the cap on offsets is out of reach (LAZ-008).
        """
        words = _WORDS[window.by]
        since, last = _first_second(window.since), _first_second(window.until) - _SECOND
        seen: set[str] = set()
        here: set[str] = set()  # ids at or after `since`, whatever page showed them
        offset, stalled = 0, 0
        while since <= last:
            page = self._page(words, since, last, offset)
            rows = [row for row in page.orders if since <= moment(getattr(row, words.sort)) <= last]
            here.update(row.order_id for row in rows)
            fresh = {row.order_id: row for row in rows if row.order_id not in seen}
            seen.update(fresh)
            if fresh:
                yield list(fresh.values())
            if _ended(page, here, bool(fresh)):
                return
            stalled = 0 if fresh else stalled + 1
            if stalled > self._settings.stalled_pages:
                raise TransientError(CHANNEL, "pages_repeat", f"{len(seen)} orders seen")
            newest = max((moment(getattr(row, words.sort)) for row in rows), default=since)
            if newest > since:
                since, offset, here = newest, 0, set()
            else:
                offset += len(rows)

    def pages(self, window: OrderWindow) -> Iterator[tuple[Order, ...]]:
        """Orders of the window with their lines, page by page.

        Raises: OrdersMissingError at the end when the items of a listed order are not there yet.
        """
        missing: list[str] = []
        for heads in self.heads(window):
            orders, without = self._whole(heads)
            missing += without
            yield orders
        if missing:
            raise OrdersMissingError(CHANNEL, tuple(missing))

    def by_id(self, order_ids: Sequence[str]) -> tuple[Order, ...]:
        """These orders; one the shop does not know is missing."""
        heads = side_by_side(self._head, dict.fromkeys(order_ids))
        orders, missing = self._whole([head for head in heads if head is not None])
        if missing:
            raise OrdersMissingError(CHANNEL, tuple(missing))
        return orders

    def items(self, order_id: str) -> tuple[ItemAnswer, ...]:
        """The units of one order. Raises: StaleError for an order that is not this shop's."""
        reply = self._client.read("/order/items/get", {"order_id": order_id})
        return read_each(ItemAnswer, reply.data, reply.request_id)

    def _page(self, words: _Words, since: datetime, last: datetime, offset: int) -> OrdersAnswer:
        size = self._settings.orders_per_page
        if offset + size >= self._settings.order_offset_cap:
            raise ProtocolSurpriseError(CHANNEL, "too_many_orders_in_one_second", since.isoformat())
        params = {
            words.after: since.isoformat(timespec="seconds"),
            words.before: last.isoformat(timespec="seconds"),
            "sort_by": words.sort,
            "sort_direction": "ASC",
            "limit": str(size),
            "offset": str(offset),
        }
        reply = self._client.read("/orders/get", params)
        return read_as(OrdersAnswer, reply.data, reply.request_id)

    def _head(self, order_id: str) -> OrderAnswer | None:
        try:
            reply = self._client.read("/order/get", {"order_id": order_id})
        except StaleError as error:
            if error.code == "16":
                return None
            raise
        return read_as(OrderAnswer, reply.data, reply.request_id) if reply.data else None

    def _whole(self, heads: Sequence[OrderAnswer]) -> tuple[tuple[Order, ...], list[str]]:
        """The orders whose items came, and the ids of the others: a whole order, or none."""
        items: dict[str, list[ItemAnswer]] = {}
        for batch in batches([head.order_id for head in heads], self._settings.orders_per_items_call):
            items |= self._items(batch)
        whole = [head for head in heads if head.order_id in items]
        orders = tuple(convert_orders.order(self._shop, head, items[head.order_id]) for head in whole)
        return orders, [head.order_id for head in heads if head.order_id not in items]

    def _items(self, order_ids: Sequence[str]) -> dict[str, list[ItemAnswer]]:
        reply = self._client.read("/orders/items/get", {"order_ids": f"[{','.join(order_ids)}]"})
        rows = read_each(OrderItemsAnswer, reply.data, reply.request_id)
        return {row.order_id: row.order_items for row in rows if row.order_items}


def _ended(page: OrdersAnswer, here: set[str], fresh: bool) -> bool:
    """Whether nothing follows: as many orders seen as are counted, or no news where nothing is counted."""
    return not fresh if page.count_total is None else len(here) >= page.count_total


def _first_second(time: datetime) -> datetime:
    """The first whole second at or after the time."""
    whole = time.replace(microsecond=0)
    return whole if whole == time else whole + _SECOND

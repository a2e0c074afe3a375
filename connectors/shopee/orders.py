"""Reads orders: ids of a window to the end of the cursor, then the details in fifties."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta

from chalicelib.domain.errors import OrdersMissingError, StaleError, TransientError
from chalicelib.domain.orders import Order
from chalicelib.domain.ports import OrderWindow
from connectors.shopee import convert_orders
from connectors.shopee.answers_orders import OrderDetail, OrderDetails, OrderPage
from connectors.shopee.client import CHANNEL, Client
from connectors.wire import batches

PAGE = 100
DETAILS = 50
# Everything but the defaults is absent unless named; buyers come masked.
FIELDS = "item_list,total_amount,recipient_address,fulfillment_flag"
PARCEL_FIELDS = "item_list,total_amount,package_list,shipping_carrier,fulfillment_flag"


class OrderReader:
    """Reads of one shop's orders."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._shop = client.sender.access.shop

    def ids(self, window: OrderWindow) -> Iterator[str]:
        """Every order in the window, each once."""
        seen: set[str] = set()
        for page in self._pages(window):
            for order_sn in page:
                if order_sn not in seen:
                    seen.add(order_sn)
                    yield order_sn

    def pages(self, window: OrderWindow) -> Iterator[tuple[Order, ...]]:
        """Whole orders in the window, each once, in Shopee's order inside slices that go forward in time.

        Raises: OrdersMissingError at the end when listed orders cannot be read yet, so that no mark moves past them.
        """
        missing: list[str] = []
        for order_sns in _in_fifties(self.ids(window)):
            found = self.some(order_sns)
            missing += sorted(set(order_sns) - {order.order_id for order in found})
            yield tuple(sorted(found, key=lambda order: (order.created_at, order.order_id)))
        if missing:
            raise OrdersMissingError(CHANNEL, tuple(missing))

    def some(self, order_sns: Sequence[str]) -> tuple[Order, ...]:
        """These orders, whole; one the shop does not know is missing."""
        return tuple(convert_orders.order(self._shop, detail) for detail in self.details(order_sns))

    def details(self, order_sns: Sequence[str], fields: str = FIELDS) -> list[OrderDetail]:
        """Shopee's own rows of these orders, in the order asked for, with the named fields."""
        unique = list(dict.fromkeys(order_sns))
        found = [detail for batch in batches(unique, DETAILS) for detail in self._details(batch, fields)]
        known = {detail.order_sn: detail for detail in found}
        return [known[order_sn] for order_sn in unique if order_sn in known]

    def one(self, order_sn: str) -> OrderDetail:
        """One order with its parcels. Raises: StaleError when the shop does not know it."""
        found = self.details([order_sn], PARCEL_FIELDS)
        if not found:
            raise StaleError(CHANNEL, "order_not_found", order_sn)
        return found[0]

    def _details(self, order_sns: list[str], fields: str) -> list[OrderDetail]:
        """Details of up to fifty orders; one unknown order may spoil the call, so halves find it."""
        try:
            answer = self._client.get(
                OrderDetails,
                "order/get_order_detail",
                order_sn_list=order_sns,
                response_optional_fields=fields,
                request_order_status_pending=True,
            )
        except StaleError:
            return self._halves(order_sns, fields)
        return answer.order_list

    def _halves(self, order_sns: list[str], fields: str) -> list[OrderDetail]:
        if len(order_sns) == 1:
            return []
        middle = len(order_sns) // 2
        return self._details(order_sns[:middle], fields) + self._details(order_sns[middle:], fields)

    def _pages(self, window: OrderWindow) -> Iterator[list[str]]:
        for time_from, time_to in slices(window, self._client.settings.slice_days):
            cursor = ""
            while True:
                page = self._client.get(
                    OrderPage,
                    "order/get_order_list",
                    time_range_field="create_time" if window.by == "created" else "update_time",
                    time_from=time_from,
                    time_to=time_to,
                    page_size=PAGE,
                    cursor=cursor,
                    request_order_status_pending=True,
                )
                yield [row.order_sn for row in page.order_list]
                # A page may be short although more follow: only `more` says whether it was the last.
                if not page.more:
                    break
                if page.next_cursor in {"", cursor}:
                    raise TransientError(CHANNEL, "cursor_stands_still", "order/get_order_list", retry_after_s=5.0)
                cursor = page.next_cursor


def slices(window: OrderWindow, days: int) -> Iterator[tuple[int, int]]:
    """Unix seconds, both ends inclusive, that cover `since <= t < until` without overlap or gap.

    Shopee's `time_to` is inclusive and a window may not reach fifteen days; its times are whole seconds. Both ends
    must differ, so a last second alone joins the slice before it, and a window of one second asks for one more.
    """
    start = math.ceil(window.since.timestamp())
    end = math.ceil(window.until.timestamp()) - 1
    step = int(timedelta(days=days).total_seconds())
    if start == end:
        yield start - 1, end
        return
    while start < end:
        last = end if end - start <= step else start + step - 1
        yield start, last
        start = last + 1


def _in_fifties(ids: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for number in ids:
        batch.append(number)
        if len(batch) == DETAILS:
            yield batch
            batch = []
    if batch:
        yield batch

"""Reads returns, and answers the buyer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.domain.errors import RejectedError, StaleError
from chalicelib.domain.ports import OrderWindow, Outcome
from chalicelib.domain.returns import Return
from connectors.shopee import convert_orders, convert_returns
from connectors.shopee.answers_desk import ReturnPage, ReturnRow
from connectors.shopee.client import CHANNEL, Client
from connectors.shopee.orders import OrderReader, slices
from connectors.shopee.writes import accepted

PAGE = 100
LINE_FIELDS = "item_list,total_amount"


class Returns:
    """Returns and refunds of one shop."""

    def __init__(self, client: Client, orders: OrderReader) -> None:
        self._client = client
        self._orders = orders
        self._shop = client.sender.access.shop

    def pages(self, window: OrderWindow) -> Iterator[tuple[Return, ...]]:
        """Returns in the window, each once, with the lines of the orders they are about."""
        seen: set[str] = set()
        for rows in self._rows(window):
            fresh = [row for row in {row.return_sn: row for row in rows}.values() if row.return_sn not in seen]
            seen.update(row.return_sn for row in fresh)
            if fresh:
                sold = self._sold(fresh)
                yield tuple(convert_returns.one(self._shop, row, sold, self._client.settings) for row in fresh)

    def answer(self, return_id: str, *, agree: bool, reason: str) -> Outcome:
        """Agreed: the refund is confirmed. Refused: a dispute is opened, as far as that can be done from here.

        Raises: StaleError when nothing is left to answer; RejectedError when the dispute needs a person there.
        """
        row = self._client.get(ReturnRow, "returns/get_return_detail", return_sn=return_id)
        if row.status not in convert_returns.ANSWERABLE:
            raise StaleError(CHANNEL, "return_not_open", row.status)
        if agree:
            return accepted(return_id, self._client.write("returns/confirm", {"return_sn": return_id}))
        return self._dispute(return_id, reason)

    def _dispute(self, return_id: str, reason: str) -> Outcome:
        """`reason` is Shopee's number of a dispute reason; evidence can only be added in the seller centre."""
        email = self._client.settings.dispute_email
        if not email or not reason.isdecimal():
            raise RejectedError(CHANNEL, "dispute_needs_evidence", user_key="shopee.return_by_hand")
        body = {"return_sn": return_id, "email": email, "dispute_reason_id": int(reason)}
        return accepted(return_id, self._client.write("returns/dispute", body))

    def _rows(self, window: OrderWindow) -> Iterator[list[ReturnRow]]:
        field = "create_time" if window.by == "created" else "update_time"
        for start, end in slices(window, self._client.settings.slice_days):
            # From 0: where the first page is called 1 this reads it twice, and misses none (SHP-022).
            page_no, more = int(self._client.settings.first_return_page), True
            while more:
                page = self._client.get(
                    ReturnPage,
                    "returns/get_return_list",
                    page_no=page_no,
                    page_size=PAGE,
                    **{f"{field}_from": start, f"{field}_to": end},
                )
                yield page.return_
                page_no, more = page_no + 1, page.more and bool(page.return_)

    def _sold(self, rows: Sequence[ReturnRow]) -> dict[tuple[str, int, int], dict[str, int]]:
        found: dict[tuple[str, int, int], dict[str, int]] = {}
        for detail in self._orders.details([row.order_sn for row in rows], LINE_FIELDS):
            for line_id, item in convert_orders.lines(detail):
                place = detail.order_sn, item.item_id, item.model_id
                found.setdefault(place, {})[line_id] = convert_orders.units(item)
        return found

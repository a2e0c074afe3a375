"""Returns, refunds and the seller's answers to them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from chalicelib.domain.errors import RejectedError, StaleError, TransientError
from chalicelib.domain.ports import OrderWindow, Outcome
from chalicelib.domain.returns import Return
from connectors.lazada import convert_returns
from connectors.lazada.answers import read_as
from connectors.lazada.cancels import REVERSE_ORDERS, WAITING, Cancels
from connectors.lazada.client import Client, Reply
from connectors.lazada.desk_answers import ReturnAnswer, ReturnLineAnswer, ReturnsAnswer, result_of
from connectors.lazada.outcomes import outcome
from connectors.lazada.refusal import CHANNEL

_RANGES = {"created": "ReverseOrderLineTimeRange", "updated": "ReverseOrderLineModifiedTimeRange"}
_COMING = "BUYER_RETURN_ITEM"
_NOT_ALLOWED_NOW = "114"


class Returns:
    """What comes back, and what the seller says to it."""

    def __init__(self, client: Client, cancels: Cancels, shop: str) -> None:
        self._client = client
        self._settings = client.settings
        self._cancels = cancels
        self._shop = shop

    def pages(self, window: OrderWindow) -> Iterator[tuple[Return, ...]]:
        """Returns of the window, each once. Both of Lazada's bounds count, in whole milliseconds."""
        name = _RANGES[window.by]
        params = {f"{name}Start": _milliseconds(window.since), f"{name}End": str(int(_milliseconds(window.until)) - 1)}
        seen: set[str] = set()
        number, rows, stalled = 0, 0, 0
        while True:
            number += 1
            page = self._page(params, number)
            rows += len(page.items)
            fresh = [item for item in page.items if item.reverse_order_id not in seen]
            seen.update(item.reverse_order_id for item in fresh)
            if fresh:
                yield tuple(convert_returns.seen_return(self._shop, item, self._settings) for item in fresh)
            if not page.items or rows >= page.total:
                return
            stalled = 0 if fresh else stalled + 1
            if stalled > self._settings.stalled_pages:
                raise TransientError(CHANNEL, "pages_repeat", f"{len(seen)} returns seen")

    def answer(self, return_id: str, *, agree: bool, reason: str) -> Outcome:
        """The next step of the return is agreed or refused, where it is the seller's to decide.

        Raises: RejectedError when Lazada decides, or wants photos, which cannot be given here.
        """
        found = self._one(return_id)
        if found is None:
            raise StaleError(CHANNEL, "112", return_id)
        convert_returns.kind(found.request_type)
        if found.request_type == "CANCEL":
            return outcome(return_id, lambda: self._cancels.decide(return_id, agree=agree))
        if found.request_type == "ONLY_REFUND":
            return self._answer_refund(found, agree, reason)
        return self._answer_goods(found, agree)

    def _page(self, params: dict[str, str], number: int) -> ReturnsAnswer:
        size = self._settings.returns_per_page
        reply = self._client.read(REVERSE_ORDERS, {**params, "page_no": str(number), "page_size": str(size)})
        return read_as(ReturnsAnswer, result_of(reply, self._settings, is_write=False), reply.request_id)

    def _one(self, return_id: str) -> ReturnAnswer | None:
        # The list's shape is recorded, the detail's is not: one return is read from the list too.
        page = self._page({"reverse_order_id": return_id}, 1)
        return next((item for item in page.items if item.reverse_order_id == return_id), None)

    # --- money only --------------------------------------------------------------------------------------------

    def _answer_refund(self, found: ReturnAnswer, agree: bool, reason: str) -> Outcome:
        lines = _in_state(found, WAITING)
        if not agree and not reason:
            raise _needs_evidence(found)
        action = {"action": "agreeRefund"} if agree else {"action": "startDispute", "comment": reason}
        return outcome(found.reverse_order_id, lambda: self._each_refund(found, lines, action))

    def _each_refund(self, found: ReturnAnswer, lines: Sequence[ReturnLineAnswer], action: dict[str, str]) -> Reply:
        """One line a call, as Lazada wants it here."""
        path = "/order/reverse/onlyrefund/seller/decide"
        return [self._client.act(path, action | _named(found, [line])) for line in lines][-1]

    # --- goods and money ---------------------------------------------------------------------------------------

    def _answer_goods(self, found: ReturnAnswer, agree: bool) -> Outcome:
        if not found.is_rtm:
            raise RejectedError(CHANNEL, "RTW", found.reverse_order_id, user_key="lazada.return_by_lazada")
        asked = [line for line in found.lines if line.reverse_status == WAITING]
        lines = asked or _in_state(found, _COMING)
        if not agree:
            raise _needs_evidence(found)
        if asked:
            return outcome(found.reverse_order_id, lambda: self._update(found, lines, "agreeReturn"))
        return outcome(found.reverse_order_id, lambda: self._goods_arrived(found, lines))

    def _goods_arrived(self, found: ReturnAnswer, lines: Sequence[ReturnLineAnswer]) -> Reply:
        """The goods are confirmed as arrived, then the money goes back; a confirmation given before is fine."""
        try:
            self._update(found, lines, "confirmDelivery")
        except StaleError as error:
            if error.code != _NOT_ALLOWED_NOW:
                raise
        return self._update(found, lines, "agreeRefund")

    def _update(self, found: ReturnAnswer, lines: Sequence[ReturnLineAnswer], action: str) -> Reply:
        return self._client.act("/order/reverse/return/update", {"action": action} | _named(found, lines))


def _in_state(found: ReturnAnswer, status: str) -> list[ReturnLineAnswer]:
    lines = [line for line in found.lines if line.reverse_status == status]
    if not lines:
        raise StaleError(CHANNEL, _NOT_ALLOWED_NOW, found.reverse_order_id)
    return lines


def _needs_evidence(found: ReturnAnswer) -> RejectedError:
    return RejectedError(CHANNEL, "110", found.reverse_order_id, user_key="lazada.return_evidence")


def _named(found: ReturnAnswer, lines: Sequence[ReturnLineAnswer]) -> dict[str, str]:
    ids = [int(line.reverse_order_line_id) for line in lines]
    return {"reverse_order_id": found.reverse_order_id, "reverse_order_item_ids": json.dumps(ids)}


def _milliseconds(time: datetime) -> str:
    return str(round(time.timestamp() * 1000))

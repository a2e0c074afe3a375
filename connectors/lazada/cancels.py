"""Cancelling by the seller, and answering a buyer who asks to cancel."""

from __future__ import annotations

import json
from collections.abc import Sequence

from chalicelib.domain.errors import RejectedError, StaleError
from chalicelib.domain.ports import Outcome
from chalicelib.domain.shipping import CancelReason
from connectors.lazada.answers import ItemAnswer, read_as
from connectors.lazada.client import Client, Reply
from connectors.lazada.desk_answers import CancelAnswer, ReturnsAnswer, result_of
from connectors.lazada.orders import Orders
from connectors.lazada.outcomes import outcome
from connectors.lazada.refusal import CHANNEL
from connectors.lazada.shipping import Shipping

_CANCELLABLE = frozenset({"pending", "repacked", "packed", "ready_to_ship_pending", "ready_to_ship"})
REVERSE_ORDERS = "/reverse/getreverseordersforseller"
WAITING = "REQUEST_INITIATE"
_NOTHING_TO_DECIDE = "131"


class Cancels:
    """What is done to lines before they are shipped."""

    def __init__(self, client: Client, orders: Orders, shipping: Shipping) -> None:
        self._client = client
        self._settings = client.settings
        self._orders = orders
        self._shipping = shipping

    def reasons(self, order_id: str, line_ids: Sequence[str]) -> tuple[CancelReason, ...]:
        """The reasons that Lazada accepts now; their ids differ by country and order, so they are asked for."""
        lines = _chosen(self._orders.items(order_id), line_ids)
        if not lines:
            return ()
        reply = self._client.read("/order/reverse/cancel/validate", _lines_said(order_id, lines))
        answer = read_as(CancelAnswer, reply.data, reply.request_id)
        if answer.tip_type == "error":
            return ()
        return tuple(
            CancelReason(row.reason_id, row.reason_name, self._zeroes_stock(row.reason_id, row.reason_name))
            for row in answer.reasons
        )

    def cancel(self, order_id: str, line_ids: Sequence[str], reason: CancelReason) -> Outcome:
        """The lines are cancelled, and only they: a package with others in it is dissolved first (LAZ-020)."""
        return outcome(order_id, lambda: self._cancelled(order_id, line_ids, reason))

    def answer(self, order_id: str, *, agree: bool) -> Outcome:
        """Every request of the buyer to cancel this order is answered."""
        return outcome(order_id, lambda: self._answered(order_id, agree))

    def decide(self, reverse_order_id: str, *, agree: bool) -> Reply:
        """One request to cancel is answered."""
        params = {"reverse_order_id": reverse_order_id, "agree_cancel": "true" if agree else "false"}
        return self._client.act("/order/reverse/cancel/seller/decide", params)

    def _cancelled(self, order_id: str, line_ids: Sequence[str], reason: CancelReason) -> Reply:
        items = self._orders.items(order_id)
        lines = _chosen(items, line_ids)
        if not lines or len(lines) < len(set(line_ids)):
            raise StaleError(CHANNEL, "117", order_id)
        for package_id in _shared_packages(items, lines):
            self._shipping.unpack(package_id)
        said = _lines_said(order_id, lines) | {"reason_id": reason.id}
        reply = self._client.act("/order/reverse/cancel/create", said)
        answer = read_as(CancelAnswer, reply.data, reply.request_id)
        if answer.tip_type == "error":
            raise RejectedError(
                CHANNEL,
                "cancel_tip",
                answer.tip_content,
                request_id=reply.request_id,
                user_key="lazada.cancel_refused",
            )
        return reply

    def _answered(self, order_id: str, agree: bool) -> Reply:
        asked = [item for item in self._orders.items(order_id) if item.need_cancel_confirm]
        requests = list(dict.fromkeys(item.reverse_order_id for item in asked if item.reverse_order_id))
        if asked and not requests:
            requests = self._listed(order_id)  # a line may say that it was asked for, and not by which request
        if not requests:
            raise StaleError(CHANNEL, _NOTHING_TO_DECIDE, order_id)
        return [self.decide(request, agree=agree) for request in requests][-1]

    def _listed(self, order_id: str) -> list[str]:
        """Requests to cancel this order that wait for an answer, from the list of reverse orders."""
        size = str(self._settings.returns_per_page)
        asked = {"trade_order_id": order_id, "request_type_list": '["CANCEL"]', "page_no": "1", "page_size": size}
        reply = self._client.read(REVERSE_ORDERS, asked)
        page = read_as(ReturnsAnswer, result_of(reply, self._settings, is_write=False), reply.request_id)
        waiting = [one for one in page.items if any(line.reverse_status == WAITING for line in one.lines)]
        return [one.reverse_order_id for one in waiting]

    def _zeroes_stock(self, reason_id: str, words: str) -> bool:
        """Out of stock and wrong price make Lazada set the SKU to zero; by id, and by words where ids differ."""
        by_words = any(word in words.lower() for word in self._settings.zeroing_words)
        return reason_id in self._settings.zeroing_reasons or by_words


def _chosen(items: Sequence[ItemAnswer], line_ids: Sequence[str]) -> list[ItemAnswer]:
    return [
        item
        for item in items
        if item.status.lower() in _CANCELLABLE and (not line_ids or item.order_item_id in line_ids)
    ]


def _shared_packages(items: Sequence[ItemAnswer], lines: Sequence[ItemAnswer]) -> list[str]:
    """Packages that also hold living lines which are to stay: cancelling would take those along."""
    going = {line.order_item_id for line in lines}
    stay = {item.package_id for item in _chosen(items, ()) if item.order_item_id not in going}
    return sorted({line.package_id for line in lines if line.package_id} & stay)


def _lines_said(order_id: str, lines: Sequence[ItemAnswer]) -> dict[str, str]:
    return {"order_id": order_id, "order_item_id_list": json.dumps([int(line.order_item_id) for line in lines])}

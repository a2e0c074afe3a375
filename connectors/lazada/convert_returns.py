"""Lazada's reverse orders -> our returns; pure.

| Ours | Lazada |
| --- | --- |
| return / return id | reverse order / `reverse_order_id` |
| order, line | `trade_order_id`, `trade_order_line_id` |
| goods to the seller, to Lazada | RTM, RTW |
"""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState
from connectors.lazada.desk_answers import ReturnAnswer, ReturnLineAnswer
from connectors.lazada.refusal import CHANNEL
from connectors.lazada.settings import Settings

KINDS = {
    "RETURN": ReturnKind.GOODS_AND_MONEY,
    "ONLY_REFUND": ReturnKind.MONEY_ONLY,
    "CANCEL": ReturnKind.CANCEL,
}
STATES = {
    "REQUEST_INITIATE": ReturnState.ASKED,
    "REQUEST_REJECT": ReturnState.REFUSED,
    "REQUEST_CANCEL": ReturnState.CANCELLED,
    "REQUEST_COMPLETE": ReturnState.REFUNDED,
    "CANCEL_SUCCESS": ReturnState.AGREED,  # the order is cancelled; the money still has to go back
    "REFUND_PENDING": ReturnState.AGREED,
    "REFUND_AUTHORIZED": ReturnState.AGREED,
    "REFUND_SUCCESS": ReturnState.REFUNDED,
    "REFUND_REJECT": ReturnState.REFUSED,
    "SELLER_AGREE_RETURN": ReturnState.AGREED,
    "SELLER_REJECT_RETURN": ReturnState.REFUSED,
    "BUYER_RETURN_ITEM": ReturnState.COMING_BACK,
    "SELLER_AGREE_REFUND": ReturnState.AGREED,
    "SELLER_REJECT_REFUND": ReturnState.REFUSED,
    "CS_APPROVING": ReturnState.DISPUTED,
    "AGREE_CANCEL_ORDER": ReturnState.AGREED,
    "REJECT_CANCEL_ORDER": ReturnState.REFUSED,
}
# Lines may stand differently; the return stands where somebody still has to act.
_PRESSING = (
    ReturnState.ASKED,
    ReturnState.DISPUTED,
    ReturnState.COMING_BACK,
    ReturnState.AGREED,
    ReturnState.RECEIVED,
    ReturnState.REFUNDED,
    ReturnState.REFUSED,
    ReturnState.CANCELLED,
)


def seen_return(shop: str, answer: ReturnAnswer, settings: Settings) -> Return:
    """One return with its lines; the deadline is the earliest of the lines that wait for the seller."""
    asked = [line for line in answer.lines if state(line) is ReturnState.ASKED and line.sla]
    return Return(
        shop=shop,
        return_id=answer.reverse_order_id,
        order_id=answer.trade_order_id,
        kind=kind(answer.request_type),
        state=min((state(line) for line in answer.lines), key=_PRESSING.index),
        lines=tuple(
            ReturnLine(line.trade_order_line_id, line.seller_sku, 1, Money(line.refund_amount, settings.currency))
            for line in answer.lines
        ),
        reason=" / ".join(dict.fromkeys(line.reason_text for line in answer.lines if line.reason_text)),
        created_at=moment(min(line.created for line in answer.lines)),
        updated_at=moment(max(line.modified for line in answer.lines)),
        answer_until=min((moment(line.sla or 0) for line in asked), default=None),
        tracking_number=next((line.tracking_number for line in answer.lines if line.tracking_number), ""),
    )


def kind(request_type: str) -> ReturnKind:
    """What the buyer asks for. Raises: ProtocolSurpriseError for a type that was never recorded."""
    try:
        return KINDS[request_type]
    except KeyError:
        raise ProtocolSurpriseError(CHANNEL, "unknown_request_type", request_type) from None


def state(line: ReturnLineAnswer) -> ReturnState:
    """Where a line stands. Raises: ProtocolSurpriseError for a status that was never recorded."""
    try:
        found = STATES[line.reverse_status]
    except KeyError:
        raise ProtocolSurpriseError(CHANNEL, "unknown_reverse_status", line.reverse_status) from None
    return ReturnState.DISPUTED if line.is_dispute and found is ReturnState.REFUSED else found


def moment(milliseconds: int) -> datetime:
    """A time in milliseconds since the epoch, as aware UTC."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise ProtocolSurpriseError(CHANNEL, "unexpected_time", str(milliseconds)) from None

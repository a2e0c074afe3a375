"""Shopee's returns -> our words; pure.

| Ours          | Shopee                                                               |
| ---           | ---                                                                  |
| return        | `return_sn`                                                          |
| quantity      | `item[].amount`                                                      |
| seller SKU    | `variation_sku`, `item_sku` when there are no models                 |
| refund        | `refund_amount`, shared out over the lines by their price (SHP-023)  |
| line          | the order's line of the same item and variant                        |
| answer until  | `due_date`, else `return_seller_due_date`                            |
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState
from connectors.shopee.answers_desk import ReturnItem, ReturnRow

_STATES = {
    "REQUESTED": ReturnState.ASKED,
    "ACCEPTED": ReturnState.AGREED,
    "PROCESSING": ReturnState.AGREED,
    "JUDGING": ReturnState.DISPUTED,
    "SELLER_DISPUTE": ReturnState.DISPUTED,
    "REFUND_PAID": ReturnState.REFUNDED,
    "CLOSED": ReturnState.REFUNDED,
    "CANCELLED": ReturnState.CANCELLED,
}
_MONEY_ONLY = {"1", "REFUND"}
# A return the seller may still answer.
ANSWERABLE = frozenset({"REQUESTED", "PROCESSING"})

LineIds = Mapping[tuple[str, int, int], str]
"""Order, item and variant -> our line id."""


def state(row: ReturnRow) -> ReturnState:
    """Our state of the return: agreed ones with a parcel on its way are coming back, closed ones without money refused.

    Raises: ProtocolSurpriseError for a status nobody recorded.
    """
    found = _STATES.get(row.status)
    if found is None:
        raise ProtocolSurpriseError("shopee", "unknown_return_status", row.status)
    if found is ReturnState.AGREED and row.needs_logistics and row.tracking_number:
        return ReturnState.COMING_BACK
    if row.status == "CLOSED" and not row.refund_amount:
        return ReturnState.REFUSED
    return found


def one(shop: str, row: ReturnRow, line_ids: LineIds) -> Return:
    """The return with its lines; a line whose order cannot be read is known by item and variant."""
    due = row.due_date or row.return_seller_due_date
    money_only = str(row.return_solution) in _MONEY_ONLY
    return Return(
        shop=shop,
        return_id=row.return_sn,
        order_id=row.order_sn,
        kind=ReturnKind.MONEY_ONLY if money_only else ReturnKind.GOODS_AND_MONEY,
        state=state(row),
        lines=_lines(row, line_ids),
        reason=": ".join(part for part in (row.reason, row.text_reason) if part),
        created_at=_moment(row.create_time),
        updated_at=_moment(row.update_time),
        answer_until=_moment(due) if due else None,
        tracking_number=row.tracking_number,
    )


def _lines(row: ReturnRow, line_ids: LineIds) -> tuple[ReturnLine, ...]:
    shares = _shares(row)
    return tuple(
        ReturnLine(
            line_id=line_ids.get((row.order_sn, item.item_id, item.model_id), f"{item.item_id}/{item.model_id}/0"),
            seller_sku=item.variation_sku if item.model_id and item.variation_sku else item.item_sku,
            quantity=item.amount,
            refund=share,
        )
        for item, share in zip(row.item, shares, strict=True)
    )


def _shares(row: ReturnRow) -> list[Money]:
    """The refund over the lines by what they cost, to the satang; the first lines take what does not divide."""
    whole = _money(row.refund_amount, row)
    weights = [_weight(item, row) for item in row.item]
    total = sum(weights)
    if not total:
        weights, total = [1] * len(row.item), len(row.item)
    minor = [whole.minor * weight // total for weight in weights]
    left = whole.minor - sum(minor)
    return [Money(share + (place < left), whole.currency) for place, share in enumerate(minor)]


def _weight(item: ReturnItem, row: ReturnRow) -> int:
    return max(_money(item.item_price, row).minor, 0) * item.amount


def _money(amount: object, row: ReturnRow) -> Money:
    try:
        return Money.parse(str(amount), row.currency)
    except (KeyError, ValueError):
        raise ProtocolSurpriseError("shopee", "unreadable_amount", row.return_sn) from None


def _moment(unix_s: int) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)

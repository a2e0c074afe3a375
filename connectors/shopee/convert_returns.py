"""Shopee's returns -> our words; pure.

| Ours          | Shopee                                                               |
| ---           | ---                                                                  |
| return        | `return_sn`                                                          |
| quantity      | `item[].amount`                                                      |
| seller SKU    | `variation_sku`, `item_sku` when there are no models                 |
| refund        | `refund_amount`, shared out over the lines by their price (SHP-023)  |
| line          | the order's lines of the same item and variant, each up to its units |
| answer until  | `due_date`, else `return_seller_due_date`                            |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState
from connectors.shopee.answers_desk import ReturnItem, ReturnRow
from connectors.shopee.settings import DEFAULTS, Settings

_STATES = {
    "REQUESTED": ReturnState.ASKED,
    "PROCESSING": ReturnState.AGREED,
    "JUDGING": ReturnState.DISPUTED,
    "SELLER_DISPUTE": ReturnState.DISPUTED,
    "REFUND_PAID": ReturnState.REFUNDED,
    "CANCELLED": ReturnState.CANCELLED,
}
_MONEY_ONLY = {"1", "REFUND"}
# A return the seller may still answer.
ANSWERABLE = frozenset({"REQUESTED", "PROCESSING"})

Sold = Mapping[tuple[str, int, int], Mapping[str, int]]
"""Order, item and variant -> the order's lines of it: our line id -> units. A bundle deal splits one into two."""

_Piece = tuple[ReturnItem, str, int]
"""What comes back of one line: Shopee's row, our line id, units."""


def state(row: ReturnRow, settings: Settings = DEFAULTS) -> ReturnState:
    """Our state of the return: agreed ones with a parcel on its way are coming back, ended ones without money refused.

    What CLOSED and ACCEPTED mean is a setting (SHP-023).
    Raises: ProtocolSurpriseError for a status nobody recorded.
    """
    doubtful = {"CLOSED": settings.closed_return, "ACCEPTED": settings.accepted_return}
    found = doubtful.get(row.status) or _STATES.get(row.status)
    if found is None:
        raise ProtocolSurpriseError("shopee", "unknown_return_status", row.status)
    if found is ReturnState.AGREED and row.needs_logistics and row.tracking_number:
        return ReturnState.COMING_BACK
    if row.status in doubtful and found is ReturnState.REFUNDED and not row.refund_amount:
        return ReturnState.REFUSED
    return found


def one(shop: str, row: ReturnRow, sold: Sold, settings: Settings = DEFAULTS) -> Return:
    """The return with its lines; a line whose order cannot be read is known by item and variant."""
    due = row.due_date or row.return_seller_due_date
    money_only = str(row.return_solution) in _MONEY_ONLY
    return Return(
        shop=shop,
        return_id=row.return_sn,
        order_id=row.order_sn,
        kind=ReturnKind.MONEY_ONLY if money_only else ReturnKind.GOODS_AND_MONEY,
        state=state(row, settings),
        lines=_lines(row, sold),
        reason=": ".join(part for part in (row.reason, row.text_reason) if part),
        created_at=_moment(row.create_time),
        updated_at=_moment(row.update_time),
        answer_until=_moment(due) if due else None,
        tracking_number=row.tracking_number,
    )


def _lines(row: ReturnRow, sold: Sold) -> tuple[ReturnLine, ...]:
    pieces = _dealt(row, sold)
    return tuple(
        ReturnLine(
            line_id=line_id,
            seller_sku=item.variation_sku if item.model_id and item.variation_sku else item.item_sku,
            quantity=units,
            refund=share,
        )
        for (item, line_id, units), share in zip(pieces, _shares(row, pieces), strict=True)
    )


def _dealt(row: ReturnRow, sold: Sold) -> list[_Piece]:
    """The returned units over the order's lines of that item and variant, each up to its own; what is more than
    were sold stays with the first of them."""
    left = {place: dict(lines) for place, lines in sold.items()}
    unknown: dict[str, int] = {}
    places = [(row.order_sn, item.item_id, item.model_id) for item in row.item]
    dealt = [_pieces(item, left.get(place, unknown)) for item, place in zip(row.item, places, strict=True)]
    return [piece for pieces in dealt for piece in pieces]


def _pieces(item: ReturnItem, left: dict[str, int]) -> list[_Piece]:
    """What comes back of the item, taken from `left` (line id -> units still to come back)."""
    first = next(iter(left), f"{item.item_id}/{item.model_id}/0")
    taken: dict[str, int] = {}
    for line_id, units in left.items():
        taken[line_id] = min(units, item.amount - sum(taken.values()))
        left[line_id] -= taken[line_id]
    taken[first] = taken.get(first, 0) + item.amount - sum(taken.values())
    return [(item, line_id, units) for line_id, units in taken.items() if units] or [(item, first, 0)]


def _shares(row: ReturnRow, pieces: Sequence[_Piece]) -> list[Money]:
    """The refund over the lines by what they cost, to the satang; the first lines take what does not divide."""
    whole = _money(row.refund_amount, row)
    weights = [max(_money(item.item_price, row).minor, 0) * units for item, _, units in pieces]
    total = sum(weights)
    if not total:
        weights, total = [1] * len(pieces), len(pieces)
    minor = [whole.minor * weight // total for weight in weights]
    left = whole.minor - sum(minor)
    return [Money(share + (place < left), whole.currency) for place, share in enumerate(minor)]


def _money(amount: object, row: ReturnRow) -> Money:
    try:
        return Money.parse(str(amount), row.currency)
    except (KeyError, ValueError):
        raise ProtocolSurpriseError("shopee", "unreadable_amount", row.return_sn) from None


def _moment(unix_s: int) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)

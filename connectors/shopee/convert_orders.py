"""Shopee's orders -> our words; pure.

| Ours             | Shopee                                                             |
| ---              | ---                                                                |
| order            | `order_sn`                                                         |
| line             | `line_item_id`, else item + model + promotion group                |
| unit price       | `model_discounted_price`; the original one in a bundle, where it is 0 |
| paid             | unit price x quantity: before vouchers and coins, which only escrow tells  |
| quantity         | `model_quantity_purchased` - `cancelled_qty`                       |
| deadline         | `ship_by_date`, 0 while unpaid                                     |
| asked to cancel  | status `IN_CANCEL`                                                 |
| state of a line  | the order's status: Shopee keeps one for all lines                 |
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Buyer, Order, OrderLine, OrderState
from connectors.shopee.answers_orders import OrderDetail, OrderItem, Recipient

_STATES = {
    "UNPAID": OrderState.UNPAID,
    "PENDING": OrderState.UNPAID,  # Shopee still looks at it: the units are promised all the same
    "INVOICE_PENDING": OrderState.TO_PACK,
    "READY_TO_SHIP": OrderState.TO_PACK,
    "IN_CANCEL": OrderState.TO_PACK,  # asked, not settled: nothing is released yet
    "PROCESSED": OrderState.PACKED,
    "RETRY_SHIP": OrderState.PACKED,
    "SHIPPED": OrderState.HANDED_OVER,
    "TO_CONFIRM_RECEIVE": OrderState.DELIVERED,
    "COMPLETED": OrderState.COMPLETED,
    "CANCELLED": OrderState.CANCELLED,
    "TO_RETURN": OrderState.RETURNING,
}


def state(order_status: str) -> OrderState:
    """Our state of every line of the order.

    Raises: ProtocolSurpriseError for a status nobody recorded: taking it for "new" would drag orders backwards.
    """
    try:
        return _STATES[order_status]
    except KeyError:
        raise ProtocolSurpriseError("shopee", "unknown_order_status", order_status) from None


def order(shop: str, detail: OrderDetail) -> Order:
    """The order with its lines; the buyer as masked as Shopee shows him."""
    return Order(
        shop=shop,
        order_id=detail.order_sn,
        created_at=_moment(detail.create_time),
        updated_at=_moment(detail.update_time),
        lines=tuple(_lines(detail)),
        total=_money(detail.total_amount, detail),
        buyer=_buyer(detail.recipient_address),
        ship_by=_moment(detail.ship_by_date) if detail.ship_by_date else None,
        cancel_asked=detail.order_status == "IN_CANCEL",
    )


def _lines(detail: OrderDetail) -> Iterator[OrderLine]:
    whole_state = state(detail.order_status)
    for line_id, item in lines(detail):
        yield _line(item, detail, whole_state, line_id)


def lines(detail: OrderDetail) -> Iterator[tuple[str, OrderItem]]:
    """Our line id and Shopee's row of every line, each id once."""
    seen: dict[str, int] = {}
    for item in detail.item_list:
        line_id = _line_id(item)
        seen[line_id] = seen.get(line_id, 0) + 1
        yield line_id if seen[line_id] == 1 else f"{line_id}/{seen[line_id]}", item


def units(item: OrderItem) -> int:
    """How many pieces of the line were not cancelled; all of them, when every one was."""
    left = item.model_quantity_purchased - (item.cancelled_qty or 0)
    return left if left > 0 else item.model_quantity_purchased


def _line_id(item: OrderItem) -> str:
    """`order_item_id` is no key: it equals the item outside bundles (SHP-013)."""
    if item.line_item_id:
        return str(item.line_item_id)
    return f"{item.item_id}/{item.model_id}/{item.promotion_group_id or 0}"


def _line(item: OrderItem, detail: OrderDetail, whole_state: OrderState, line_id: str) -> OrderLine:
    left = item.model_quantity_purchased - (item.cancelled_qty or 0)
    quantity = units(item)
    unit = _money(item.model_discounted_price or item.model_original_price, detail)
    return OrderLine(
        line_id=line_id,
        seller_sku=item.model_sku if item.model_id and item.model_sku else item.item_sku,
        quantity=quantity,
        state=whole_state if left > 0 else OrderState.CANCELLED,
        unit_price=unit,
        paid=unit * quantity,
        listing_id=str(item.item_id),
        offer_id=str(item.model_id),
        fulfilled_by_channel=detail.is_theirs,
        channel_state=detail.order_status,
    )


def _money(amount: object, detail: OrderDetail) -> Money:
    try:
        return Money.parse(str(amount), detail.currency)
    except (KeyError, ValueError):
        raise ProtocolSurpriseError("shopee", "unreadable_amount", detail.order_sn) from None


def _moment(unix_s: int) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)


def _buyer(recipient: Recipient | None) -> Buyer:
    return Buyer(recipient.name, recipient.phone, recipient.full_address) if recipient else Buyer()

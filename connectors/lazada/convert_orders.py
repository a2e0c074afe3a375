"""Lazada's orders -> our words; pure. One row per unit there, one line of one unit here (LAZ-007)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.orders import Buyer, Order, OrderLine, OrderState
from connectors.lazada.answers import ItemAnswer, OrderAnswer
from connectors.lazada.convert import money
from connectors.lazada.refusal import CHANNEL

_USUAL = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([+-]\d{4})")
STATES = {
    "unpaid": OrderState.UNPAID,
    "pending": OrderState.TO_PACK,
    "repacked": OrderState.TO_PACK,
    "packed": OrderState.PACKED,
    # The parcel waits for the courier: until it is shipped its units lie on the community's shelf.
    "ready_to_ship_pending": OrderState.PACKED,
    "ready_to_ship": OrderState.PACKED,
    "shipped": OrderState.HANDED_OVER,
    "delivered": OrderState.DELIVERED,
    "confirmed": OrderState.COMPLETED,
    "canceled": OrderState.CANCELLED,
    "returned": OrderState.RETURNED,
    "failed": OrderState.RETURNING,
    "failed_delivery": OrderState.RETURNING,
    "shipped_back": OrderState.RETURNING,
    "shipped_back_success": OrderState.RETURNED,
    "shipped_back_failed": OrderState.LOST,
    "package_scrapped": OrderState.LOST,
    "lost": OrderState.LOST,
    "lost_by_3pl": OrderState.LOST,
    "damaged_by_3pl": OrderState.LOST,
}


def order(shop: str, answer: OrderAnswer, items: Sequence[ItemAnswer]) -> Order:
    """One order with its lines, sorted by line id. `total` is the goods total before vouchers and shipping."""
    currency = items[0].currency or "THB"
    return Order(
        shop=shop,
        order_id=answer.order_id,
        created_at=moment(answer.created_at),
        updated_at=moment(answer.updated_at),
        lines=tuple(line(item) for item in sorted(items, key=lambda item: item.order_item_id)),
        total=money(answer.price, currency),
        buyer=buyer(answer),
        ship_by=deadline(items),
        cancel_asked=any(item.need_cancel_confirm for item in items),
    )


def line(item: ItemAnswer) -> OrderLine:
    """One unit of an order."""
    currency = item.currency or "THB"
    return OrderLine(
        line_id=item.order_item_id,
        seller_sku=item.sku,
        quantity=1,
        state=state(item.status),
        unit_price=money(item.item_price, currency),
        paid=money(item.paid_price, currency),
        listing_id=item.product_id,
        offer_id=item.sku_id,
        fulfilled_by_channel=item.is_fbl,
        channel_state=item.status,
    )


def deadline(items: Sequence[ItemAnswer]) -> datetime | None:
    """The nearest time by which a living unit must be ready to ship (`sla_time_stamp`, ISO), where one is told."""
    living = (item.sla_time_stamp for item in items if state(item.status) is not OrderState.CANCELLED)
    return min((_iso_moment(text) for text in living if text), default=None)


def _iso_moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise ProtocolSurpriseError(CHANNEL, "unexpected_time", text[:40]) from None


def state(status: str) -> OrderState:
    """Where a line stands. Raises: ProtocolSurpriseError for a status that was never recorded."""
    try:
        return STATES[status.lower()]
    except KeyError:
        raise ProtocolSurpriseError(CHANNEL, "unknown_order_status", status) from None


def buyer(answer: OrderAnswer) -> Buyer:
    """Who bought, as masked as it came."""
    address = answer.address_shipping
    parts = (address.address1, address.address5, address.address4, address.address3, address.post_code)
    return Buyer(
        name=address.first_name or answer.customer_first_name,
        phone=address.phone,
        address=" ".join(dict.fromkeys(part for part in parts if part)),
    )


def moment(text: str) -> datetime:
    """An order's time, e.g. `2026-01-31 10:18:27 +0700`, as aware UTC; the offset is the one given."""
    try:
        if found := _USUAL.fullmatch(text):
            # A night reads hundreds of thousands of them, and this way costs a tenth of the other.
            return datetime.fromisoformat(f"{found[1]}{found[2]}").astimezone(UTC)
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        raise ProtocolSurpriseError(CHANNEL, "unexpected_time", text[:40]) from None

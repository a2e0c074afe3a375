"""What Shopee answers about orders; read as in `answers`."""

# ruff: noqa: RUF012 - pydantic copies defaults; the base class is in another file, where ruff cannot see it.

from __future__ import annotations

from decimal import Decimal

from connectors.shopee.answers import Answer, Many, Text


class OrderRow(Answer):
    order_sn: str


class OrderPage(Answer):
    more: bool
    next_cursor: Text = ""
    order_list: Many[OrderRow] = []


class Recipient(Answer):
    """Masked; a masked string is no data and never a key."""

    name: Text = ""
    phone: Text = ""
    full_address: Text = ""


class OrderItem(Answer):
    """One line; prices are per unit. `line_item_id` and `cancelled_qty` are live captures, so they may be absent."""

    item_id: int
    model_id: int = 0
    item_sku: Text = ""
    model_sku: Text = ""
    model_quantity_purchased: int
    model_original_price: Decimal
    model_discounted_price: Decimal
    promotion_group_id: int | None = 0
    order_item_id: int | None = None
    line_item_id: int | None = 0
    cancelled_qty: int | None = 0


class PackageItem(Answer):
    """Units of one line in one parcel."""

    item_id: int
    model_id: int = 0
    promotion_group_id: int | None = 0


class Package(Answer):
    """One parcel of an order; an order that was never split has one as well."""

    package_number: str
    logistics_status: Text = ""
    shipping_carrier: Text = ""
    item_list: Many[PackageItem] = []


class OrderDetail(Answer):
    order_sn: str
    order_status: str
    currency: str
    create_time: int
    update_time: int
    ship_by_date: int | None = 0
    total_amount: Decimal
    item_list: list[OrderItem]
    recipient_address: Recipient | None = None
    cod: bool = False
    fulfillment_flag: Text = ""
    package_list: Many[Package] = []
    can_full_cancel_order: bool | None = None
    can_partial_cancel_order: bool | None = None

    @property
    def is_theirs(self) -> bool:
        """Whether Shopee ships the order from its own warehouse (SHP-027)."""
        return self.fulfillment_flag == "fulfilled_by_shopee"

    @property
    def is_split(self) -> bool:
        """Whether the order travels in several parcels, each spoken of by its number."""
        return len(self.package_list) > 1


class OrderDetails(Answer):
    order_list: Many[OrderDetail] = []

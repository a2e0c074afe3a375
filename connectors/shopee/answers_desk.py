"""What Shopee answers about shipping, returns and money; read as in `answers`."""

# ruff: noqa: RUF012 - pydantic copies defaults; the base class is in another file, where ruff cannot see it.

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import Field

from connectors.shopee.answers import Answer, Many, Name, Text, Whole

# --- shipping -----------------------------------------------------------------------------------------------


class Slot(Answer):
    """A time a pickup may come; `date` is Unix seconds, `pickup_time_id` opaque."""

    date: int = 0
    time_text: Text = ""
    pickup_time_id: str
    flags: Many[str] = []


class PickupAddress(Answer):
    address_id: int
    address: Text = ""
    town: Text = ""
    district: Text = ""
    city: Text = ""
    state: Text = ""
    zipcode: Text = ""
    address_flag: Many[str] = []
    time_slot_list: Many[Slot] = []


class Branch(Answer):
    branch_id: int
    address: Text = ""
    district: Text = ""
    city: Text = ""
    state: Text = ""
    zipcode: Text = ""


class Slug(Answer):
    """A carrier's kind of counter, where a branch alone does not say it."""

    slug: str
    slug_name: Text = ""


class PickupWays(Answer):
    address_list: Many[PickupAddress] = []


class DropoffWays(Answer):
    branch_list: Many[Branch] = []
    slug_list: Many[Slug] = []


class ShippingWays(Answer):
    """Keys of `info_needed` name the methods allowed, and their lists the fields each needs."""

    info_needed: dict[str, Many[str]]
    pickup: PickupWays | None = None
    dropoff: DropoffWays | None = None


class Tracking(Answer):
    tracking_number: Text = ""


class LabelRow(Answer):
    """One parcel of any of the label calls; it may fail alone."""

    order_sn: Text = ""
    package_number: Text = ""
    suggest_shipping_document_type: Text = ""
    selectable_shipping_document_type: Many[str] = []
    status: Text = ""
    fail_error: Text = ""
    fail_message: Text = ""


class LabelRows(Answer):
    result_list: Many[LabelRow] = []


# --- returns ------------------------------------------------------------------------------------------------


class ReturnItem(Answer):
    """`amount` is the quantity; the variant's code is `variation_sku`."""

    item_id: int
    model_id: int = 0
    amount: int
    item_price: Decimal = Decimal(0)
    item_sku: Text = ""
    variation_sku: Text = ""


class ReturnRow(Answer):
    """A return of the list or of the detail; `return_solution` is a number in one place and a word in another.

    `return_sn` may be digits in the list; a deadline that is not set may be 0 or null.
    """

    return_sn: Name
    order_sn: str
    status: str
    currency: str = "THB"
    reason: Text = ""
    text_reason: Text = ""
    refund_amount: Decimal
    create_time: int
    update_time: int
    due_date: Whole = 0
    return_seller_due_date: Whole = 0
    needs_logistics: bool | None = False
    tracking_number: Text = ""
    return_solution: int | str = 0
    item: Many[ReturnItem] = []


class ReturnPage(Answer):
    more: bool
    return_: Many[ReturnRow] = Field(alias="return", default=[])


# --- money --------------------------------------------------------------------------------------------------


class Released(Answer):
    order_sn: str
    payout_amount: Decimal
    escrow_release_time: int


class ReleasedPage(Answer):
    escrow_list: Many[Released] = []
    more: bool = False


class Escrow(Answer):
    """One order's money; `order_income` is kept whole, for its fields come and go."""

    order_sn: str
    order_income: dict[str, Any]


class EscrowRow(Answer):
    """One row of the batch: a breakdown, or why there is none."""

    escrow_detail: dict[str, Any] | None = None
    fail_error: Text = ""


class EscrowRows(Answer):
    """The reference shows `response` as a list, its error example a list at the top: both end here."""

    escrow_detail_list: Many[EscrowRow] = []


class WalletRow(Answer):
    """One movement of the seller's wallet."""

    transaction_id: int | str | None = None
    transaction_type: str | int
    amount: Decimal
    current_balance: Decimal | None = None
    order_sn: Text = ""
    refund_sn: Text = ""
    create_time: int
    status: Text = ""
    reason: Text = ""


class WalletPage(Answer):
    transaction_list: Many[WalletRow] = []
    more: bool = False

"""Answers about parcels, cancels, returns and money, as models; the base and its tolerance are in `answers.py`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from chalicelib.domain.errors import MarketplaceError, ProtocolSurpriseError
from connectors.lazada.answers import Answer, Flag, Text, Whole, as_number, as_rows, either, read_as
from connectors.lazada.client import Reply
from connectors.lazada.refusal import CHANNEL, Refusal, error_of
from connectors.lazada.settings import Settings

# --- the newer envelope ----------------------------------------------------------------------------------------


class ResultAnswer(Answer):
    """What newer APIs put into `result`: the gateway's "0" says only that the call arrived there."""

    success: Flag = False
    error_code: Text = Field("", validation_alias=either("error_code", "errorCode"))
    error_msg: Text = Field("", validation_alias=either("error_msg", "errorMsg"))


def result_of(reply: Reply, settings: Settings, *, is_write: bool) -> dict[str, Any]:
    """The `result` of a newer API. Raises: the error of its code when it says no success."""
    result = reply.body.get("result")
    if not isinstance(result, dict):
        raise ProtocolSurpriseError(CHANNEL, "no_result", request_id=reply.request_id)
    said = read_as(ResultAnswer, result, reply.request_id)
    if not said.success:
        raise refusal_error(said.error_code, said.error_msg, reply, settings, is_write=is_write)
    return result


def refusal_error(code: str, message: str, reply: Reply, settings: Settings, *, is_write: bool) -> MarketplaceError:
    """Our error for a code that came inside an accepted answer."""
    return error_of(Refusal(code or "no_code", message, reply.request_id, ()), settings, is_write=is_write)


# --- parcels ---------------------------------------------------------------------------------------------------


class ProviderAnswer(Answer):
    """One carrier."""

    name: Text = ""
    provider_code: Text = ""


class ProvidersAnswer(Answer):
    """Who may carry an order. `TFS`: Lazada decides; `NTFS`: the seller names one."""

    shipping_allocate_type: str
    platform_default: Flag = False
    providers: Annotated[list[ProviderAnswer], BeforeValidator(as_rows)] = Field(
        default_factory=list, alias="shipment_providers"
    )


class EntryAnswer(Answer):
    """One line or package of a batch, with its own success."""

    order_item_id: Text = ""
    package_id: Text = ""
    code: Text = Field(alias="item_err_code")
    msg: Text = ""
    tracking_number: Text = ""
    shipment_provider: Text = ""


class PackedOrderAnswer(Answer):
    """The lines of one packed order."""

    order_id: Text
    lines: list[EntryAnswer] = Field(alias="order_item_list")


class PackedAnswer(Answer):
    """What packing answers."""

    orders: list[PackedOrderAnswer] = Field(alias="pack_order_list")


class PackagesAnswer(Answer):
    """What ready to ship and repack answer."""

    packages: Annotated[list[EntryAnswer], BeforeValidator(as_rows)] = Field(default_factory=list)


class DocumentAnswer(Answer):
    """A label: base64 of HTML, and for PDF a link that lives ten minutes."""

    file: Text = ""
    pdf_url: Text = ""


# --- cancels ---------------------------------------------------------------------------------------------------


class CancelReasonAnswer(Answer):
    """One reason the seller may give."""

    reason_id: Text
    reason_name: Text = ""


class CancelAnswer(Answer):
    """Whether lines can be cancelled, or what came of it."""

    tip_type: Text = ""
    tip_content: Text = ""
    reasons: Annotated[list[CancelReasonAnswer], BeforeValidator(as_rows)] = Field(
        default_factory=list, alias="reason_options"
    )


# --- returns ---------------------------------------------------------------------------------------------------


class ReturnLineAnswer(Answer):
    """One unit a buyer gives back. `refund_amount` is in cents, unlike every other amount."""

    reverse_order_line_id: Text
    trade_order_line_id: Text
    reverse_status: str
    refund_amount: Whole = 0
    reason_text: Text = ""
    seller_sku: Text = Field("", alias="seller_sku_id")
    tracking_number: Text = ""
    is_dispute: Flag = False
    sla: Whole | None = None
    created: Whole = Field(alias="return_order_line_gmt_create")
    modified: Whole = Field(alias="return_order_line_gmt_modified")


class ReturnAnswer(Answer):
    """One return, refund or cancel of an order."""

    reverse_order_id: Text
    trade_order_id: Text
    request_type: str
    is_rtm: Flag = False
    lines: list[ReturnLineAnswer] = Field(alias="reverse_order_lines", min_length=1)


class ReturnsAnswer(Answer):
    """One page of them."""

    total: Whole = 0
    items: Annotated[list[ReturnAnswer], BeforeValidator(as_rows)] = Field(default_factory=list)


# --- money -----------------------------------------------------------------------------------------------------


def _said_amount(value: Any) -> Any:
    """Amounts may carry commas, blanks, or a currency behind the number; an empty text is no amount."""
    text = re.sub(r"[A-Za-z\s]+$", "", str(value)) if isinstance(value, str) else value
    return None if text == "" else as_number(text)


SaidAmount = Annotated[Decimal, BeforeValidator(_said_amount)]


class TransactionAnswer(Answer):
    """One amount of a statement; income is positive."""

    amount: SaidAmount
    fee_type: Text = ""
    fee_name: Text = ""
    transaction_date: Text
    transaction_type: Text = ""
    transaction_number: Text = ""
    statement: Text = ""
    order_no: Text = ""
    order_item_no: Text = Field("", alias="orderItem_no")


class PayoutAnswer(Answer):
    """One statement. Amounts are texts; `payout` carries its currency behind the number."""

    statement_number: Text
    created_at: Text
    updated_at: Text = ""
    opening_balance: Annotated[Decimal | None, BeforeValidator(_said_amount)] = None
    closing_balance: Annotated[Decimal | None, BeforeValidator(_said_amount)] = None
    payout: Text
    paid: Flag = False

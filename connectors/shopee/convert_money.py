"""Shopee's escrow and wallet -> settlement lines; pure.

Every field of `order_income` is classified here. Those of the formula carry a sign and become lines; those that only
tell the same money another way carry none (SHP-024).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money, total
from chalicelib.domain.settlement import FeeClass, Settlement, SettlementLine
from connectors.shopee.answers_desk import Released, WalletRow


class Field(NamedTuple):
    """What a field is for; `sign` is +1 paid to the seller, -1 taken, 0 told elsewhere in the formula already."""

    fee: FeeClass
    sign: int


INCOME: dict[str, Field] = {
    "original_cost_of_goods_sold": Field(FeeClass.SALE, 1),
    "original_shopee_discount": Field(FeeClass.PLATFORM_DISCOUNT, -1),
    "seller_return_refund": Field(FeeClass.REFUND, 1),
    "shopee_discount": Field(FeeClass.PLATFORM_DISCOUNT, 1),
    "voucher_from_seller": Field(FeeClass.SELLER_DISCOUNT, -1),
    "seller_coin_cash_back": Field(FeeClass.SELLER_DISCOUNT, -1),
    "trade_in_bonus_by_seller": Field(FeeClass.SELLER_DISCOUNT, -1),
    "buyer_paid_shipping_fee": Field(FeeClass.SHIPPING_PAID_BY_BUYER, 1),
    "actual_shipping_fee": Field(FeeClass.SHIPPING_COST, -1),
    "shopee_shipping_rebate": Field(FeeClass.SHIPPING_SUBSIDY, 1),
    "shipping_fee_discount_from_3pl": Field(FeeClass.SHIPPING_SUBSIDY, 1),
    "reverse_shipping_fee": Field(FeeClass.SHIPPING_COST, -1),
    "rsf_seller_protection_fee_claim_amount": Field(FeeClass.SHIPPING_SUBSIDY, 1),
    "final_return_to_seller_shipping_fee": Field(FeeClass.SHIPPING_COST, -1),
    "seller_transaction_fee": Field(FeeClass.PAYMENT_FEE, -1),
    "service_fee": Field(FeeClass.SERVICE_FEE, -1),
    "commission_fee": Field(FeeClass.COMMISSION, -1),
    "order_ams_commission_fee": Field(FeeClass.COMMISSION, -1),
    "campaign_fee": Field(FeeClass.SERVICE_FEE, -1),
    "shipping_seller_protection_fee_amount": Field(FeeClass.SERVICE_FEE, -1),
    "delivery_seller_protection_fee_premium_amount": Field(FeeClass.SERVICE_FEE, -1),
    "overseas_return_service_fee": Field(FeeClass.SERVICE_FEE, -1),
    "seller_order_processing_fee": Field(FeeClass.SERVICE_FEE, -1),
    "fbs_fee": Field(FeeClass.SERVICE_FEE, -1),
    "ads_escrow_top_up_fee_or_technical_support_fee": Field(FeeClass.SERVICE_FEE, -1),
    "buyer_paid_packaging_fee": Field(FeeClass.OTHER, 1),
    "escrow_tax": Field(FeeClass.TAX, -1),
    "final_escrow_product_gst": Field(FeeClass.TAX, -1),
    "sales_tax_on_lvg": Field(FeeClass.TAX, -1),
    "withholding_tax": Field(FeeClass.TAX, -1),
    "withholding_vat_tax": Field(FeeClass.TAX, -1),
    "withholding_pit_tax": Field(FeeClass.TAX, -1),
    "withholding_cit_tax": Field(FeeClass.TAX, -1),
    "vat_on_imported_goods": Field(FeeClass.TAX, -1),
    "th_import_duty": Field(FeeClass.TAX, -1),
    # The same money told another way: never counted again.
    "order_original_price": Field(FeeClass.SALE, 0),
    "order_discounted_price": Field(FeeClass.SALE, 0),
    "cost_of_goods_sold": Field(FeeClass.SALE, 0),
    "order_seller_discount": Field(FeeClass.SELLER_DISCOUNT, 0),
    "drc_adjustable_refund": Field(FeeClass.REFUND, 0),
    "voucher_from_shopee": Field(FeeClass.PLATFORM_DISCOUNT, 0),
    "coins": Field(FeeClass.PLATFORM_DISCOUNT, 0),
    "payment_promotion": Field(FeeClass.PLATFORM_DISCOUNT, 0),
    "final_shipping_fee": Field(FeeClass.SHIPPING_COST, 0),
    "credit_card_transaction_fee": Field(FeeClass.PAYMENT_FEE, 0),
    "final_product_protection": Field(FeeClass.OTHER, 0),
    "escrow_amount": Field(FeeClass.OTHER, 0),
    "order_adjustment": Field(FeeClass.ADJUSTMENT, 0),
    "total_adjustment_amount": Field(FeeClass.ADJUSTMENT, 0),
    "escrow_amount_after_adjustment": Field(FeeClass.OTHER, 0),
    "items": Field(FeeClass.SALE, 0),
}
_SST = Field(FeeClass.TAX, -1)
# Escrow rows are the releases we read order by order; withdrawals carry the seller's own money to the bank.
_TOLD_ELSEWHERE = ("ESCROW",)
_OWN_MONEY = ("WITHDRAW",)


def field(name: str) -> Field | None:
    """What the field is for; None for one nobody recorded, which then shows as a difference."""
    return INCOME.get(name) or (_SST if name.endswith("_sst") else None)


def lines(shop: str, row: Released, income: Mapping[str, Any], currency: str) -> tuple[SettlementLine, ...]:
    """The terms of the formula that are not zero, with their signs; their sum should be `escrow_amount`."""
    at = moment(row.escrow_release_time)
    return tuple(
        SettlementLine(shop, f"{row.order_sn}/{name}", at, found.fee, amount, name, row.order_sn)
        for name, found, amount in _terms(income, currency, row.order_sn)
    )


def _terms(income: Mapping[str, Any], currency: str, of: str) -> Iterator[tuple[str, Field, Money]]:
    for name, value in income.items():
        found = field(name)
        if found and found.sign and value:
            yield name, found, money(value, currency, of) * found.sign


def settlement(shop: str, row: Released, income: Mapping[str, Any], currency: str) -> Settlement:
    """One order's release. The payout is what was released; adjustments join only when they are part of it.

    What the formula does not explain stays visible as the settlement's difference.
    """
    found = lines(shop, row, income, currency)
    payout = money(row.payout_amount, currency, row.order_sn)
    more = _adjustments(shop, row, income, currency)
    explained = total([line.amount for line in found], currency)
    if payout != explained and payout == explained + total([line.amount for line in more], currency):
        found += more
    at = moment(row.escrow_release_time)
    return Settlement(shop, row.order_sn, at, found, payout, paid_at=at)


def _adjustments(shop: str, row: Released, income: Mapping[str, Any], currency: str) -> tuple[SettlementLine, ...]:
    rows: Sequence[Mapping[str, Any]] = income.get("order_adjustment") or ()
    return tuple(
        SettlementLine(
            shop,
            f"{row.order_sn}/adjustment/{place}",
            moment(int(one.get("date") or row.escrow_release_time)),
            FeeClass.ADJUSTMENT,
            money(one.get("amount") or 0, str(one.get("currency") or currency), row.order_sn),
            str(one.get("adjustment_reason") or "order_adjustment"),
            row.order_sn,
        )
        for place, one in enumerate(rows)
    )


def movements(shop: str, rows: Iterable[WalletRow], currency: str) -> tuple[Settlement, ...]:
    """The wallet's movements of one window that no order's release tells, each once; what failed moved nothing.

    Of those alike in one second the balance after each tells them apart. The first of them has the id that one alone
    would have (SHP-031), so what was read before is known again.
    """
    alike: dict[str, dict[Decimal, WalletRow]] = {}
    for row in rows:
        if _counts(row):
            balance = Decimal(0) if row.transaction_id else row.current_balance or Decimal(0)
            alike.setdefault(_number(row), {}).setdefault(balance, row)
    return tuple(
        _movement(shop, row, number if place == 1 else f"{number}/{place}", currency)
        for number, group in alike.items()
        for place, row in enumerate(_in_turn(group), start=1)
    )


def _in_turn(group: Mapping[Decimal, WalletRow]) -> list[WalletRow]:
    """As they happened: what is paid in raises the balance each time, what is taken lowers it."""
    falls = any(row.amount < 0 for row in group.values())
    return [group[balance] for balance in sorted(group, reverse=falls)]


def _counts(row: WalletRow) -> bool:
    return not (_kind(row).startswith(_TOLD_ELSEWHERE + _OWN_MONEY) or row.status.upper() == "FAILED")


def _kind(row: WalletRow) -> str:
    return str(row.transaction_type).upper()


def _number(row: WalletRow) -> str:
    said = f"{row.create_time}/{_kind(row)}/{row.amount}/{row.order_sn or row.refund_sn}"
    return str(row.transaction_id or said)


def _movement(shop: str, row: WalletRow, number: str, currency: str) -> Settlement:
    kind, at, amount = _kind(row), moment(row.create_time), money(row.amount, currency, number)
    fee = FeeClass.ADJUSTMENT if "ADJUST" in kind else FeeClass.REFUND if "REFUND" in kind else FeeClass.OTHER
    words = " · ".join(part for part in (kind, row.reason) if part)
    line = SettlementLine(shop, f"wallet/{number}", at, fee, amount, words, row.order_sn)
    return Settlement(shop, f"wallet/{number}", at, (line,), amount, paid_at=at)


def money(amount: Any, currency: str, of: str) -> Money:
    """An amount of Shopee's, a JSON number in major units; what arithmetic in floats left behind is dropped.

    Raises: ProtocolSurpriseError for what is no amount.
    """
    try:
        return Money.parse(round(Decimal(str(amount)), 6).normalize(), currency)
    except (ArithmeticError, KeyError, ValueError):
        raise ProtocolSurpriseError("shopee", "unreadable_amount", of) from None


def moment(unix_s: int) -> datetime:
    """Aware UTC."""
    return datetime.fromtimestamp(unix_s, UTC)

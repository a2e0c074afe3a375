"""What a channel pays: lines that add up to a payout, to the satang."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.money import Money, total


class FeeClass(StrEnum):
    """What a settlement line is for, on every channel."""

    SALE = "sale"
    SELLER_DISCOUNT = "seller_discount"
    PLATFORM_DISCOUNT = "platform_discount"  # the channel's own voucher, given back to the seller
    COMMISSION = "commission"
    SERVICE_FEE = "service_fee"
    PAYMENT_FEE = "payment_fee"
    SHIPPING_PAID_BY_BUYER = "shipping_paid_by_buyer"
    SHIPPING_COST = "shipping_cost"
    SHIPPING_SUBSIDY = "shipping_subsidy"
    TAX = "tax"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One amount of a statement. Positive is paid to the seller, negative taken from the seller.

    `order_id` and `line_id` are empty for what belongs to no order. `id` is stable across reads; `words` is the
    channel's own name for the amount. `kin`, where a channel numbers no amounts: what tells it from others but for
    those alike, never the amount, with which an edit would make it another line.
    """

    shop: str
    id: str
    at: datetime
    fee: FeeClass
    amount: Money
    words: str
    order_id: str = ""
    line_id: str = ""
    statement: str = ""
    kin: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the channel settled together: one order's escrow, or one statement, with the payout it names."""

    shop: str
    id: str
    at: datetime
    lines: tuple[SettlementLine, ...]
    payout: Money
    paid_at: datetime | None = None

    @property
    def difference(self) -> Money:
        """Payout less the sum of the lines: zero when the statement adds up."""
        return self.payout - total([line.amount for line in self.lines], self.payout.currency)

    @property
    def adds_up(self) -> bool:
        """True when the lines explain the payout to the satang."""
        return self.difference.minor == 0

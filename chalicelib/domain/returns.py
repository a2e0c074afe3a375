"""Goods coming back and money going back: facts with their own clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.money import Money


class ReturnState(StrEnum):
    """Where a return or refund stands."""

    ASKED = "asked"  # the seller must answer
    AGREED = "agreed"
    COMING_BACK = "coming_back"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REFUSED = "refused"
    DISPUTED = "disputed"
    CANCELLED = "cancelled"


class ReturnKind(StrEnum):
    """What the buyer asks for."""

    GOODS_AND_MONEY = "goods_and_money"
    MONEY_ONLY = "money_only"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Units of one order line a return is about."""

    line_id: str
    seller_sku: str
    quantity: int
    refund: Money


@dataclass(frozen=True, slots=True)
class Return:
    """One return or refund as the channel shows it; times aware UTC. `answer_until` is the seller's deadline."""

    shop: str
    return_id: str
    order_id: str
    kind: ReturnKind
    state: ReturnState
    lines: tuple[ReturnLine, ...]
    reason: str
    created_at: datetime
    updated_at: datetime
    answer_until: datetime | None = None
    tracking_number: str = ""

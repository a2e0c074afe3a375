"""Buyers' details: why they may be opened, what is written down about it, and where a buyer may complain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.orders import OPEN_STATES, Order, OrderState

COMPLAINT_URL = "https://www.1212occ.com"
"""Thailand's Online Complaint Center (1212 OCC), where a buyer may complain about an order bought online."""

COMPLAINT_PHONE = "1212"

_ON_ITS_WAY = frozenset({OrderState.TO_PACK, OrderState.PACKED, OrderState.HANDED_OVER})


class OpeningReason(StrEnum):
    """Why a buyer's details are opened."""

    SHIPPING = "shipping"  # the parcel must find its way
    BUYER_ASKED = "buyer_asked"  # a data request or an erasure
    COMPLAINT = "complaint"  # the buyer complained about the order


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody opened the details of an order's buyer; kept without any of them."""

    community: str
    shop: str
    order_id: str
    person: str
    reason: OpeningReason
    at: datetime


class OpeningRefusedError(Exception):
    """The details stay closed; `user_key` says to a person why."""

    def __init__(self, user_key: str) -> None:
        super().__init__(user_key)
        self.user_key = user_key


def may_open(order: Order, reason: OpeningReason) -> bool:
    """For shipping only as long as the order is to be shipped or on its way."""
    return reason is not OpeningReason.SHIPPING or any(line.state in _ON_ITS_WAY for line in order.lines)


def is_done(order: Order) -> bool:
    """Whether nothing of the order is still to be delivered: from here the time until its buyer is gone runs."""
    return not any(line.state in OPEN_STATES or line.state in _ON_ITS_WAY for line in order.lines)


def buyer_until(order: Order, buyer_days: int) -> datetime:
    """When the details of the order's buyer are gone. A done order's own clock counts; an open one gets longer.

    An order that is never heard of again must not keep its buyer for ever: it has three times as long.
    """
    return order.updated_at + timedelta(days=buyer_days if is_done(order) else buyer_days * 3)

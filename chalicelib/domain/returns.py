"""Goods coming back and money going back: facts with their own clocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState


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
class CountedIn:
    """Units of one line a person counted back in, and who did."""

    line_id: str
    quantity: int
    at: datetime
    person: str


@dataclass(frozen=True, slots=True)
class Return:
    """One return or refund as the channel shows it; times aware UTC. `answer_until` is the seller's deadline.

    `counted_in` is ours: what a person found in the parcel and put back on the shelf; no channel knows of it. So is
    `buyer_gone`: what the buyer wrote and the parcel's number were erased with his details, and stay away.
    """

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
    counted_in: tuple[CountedIn, ...] = ()
    buyer_gone: bool = False

    @property
    def key(self) -> str:
        """Unique in Pinto."""
        return f"{self.shop}/{self.return_id}"

    def left_to_count(self, line_id: str) -> int:
        """Units of the line that may still come back onto the shelf. Zero for a line it is not about."""
        asked = sum(line.quantity for line in self.lines if line.line_id == line_id)
        return asked - sum(one.quantity for one in self.counted_in if one.line_id == line_id)

    @property
    def refund(self) -> Money:
        """What the buyer gets back: the sum over its lines."""
        return sum((line.refund for line in self.lines[1:]), self.lines[0].refund)


ANSWERED_BY_TIME = (ReturnState.ASKED, ReturnState.AGREED, ReturnState.COMING_BACK, ReturnState.RECEIVED)
"""States a return goes through one after the other; the others may end it at any time."""

OVER = frozenset({ReturnState.REFUNDED, ReturnState.REFUSED, ReturnState.CANCELLED})
"""States in which the channel is done with it. Goods may still be counted in."""


def merged_return(heard: Return, known: Return | None) -> Return:
    """The return to keep: its own clock decides, and news of the same moment never moves it back.

    What was counted in is ours and stays, whatever is heard.
    """
    if known is None:
        return heard
    is_old = heard.updated_at < known.updated_at
    is_behind = heard.updated_at == known.updated_at and _rank(heard.state) < _rank(known.state)
    if is_old or is_behind:
        return known
    kept = replace(heard, created_at=min(heard.created_at, known.created_at), counted_in=known.counted_in)
    return without_buyer(kept) if known.buyer_gone else kept


def without_buyer(one: Return) -> Return:
    """The return without the buyer's own words and without the number by which his parcel is found."""
    return replace(one, reason="", tracking_number="", buyer_gone=True)


def undelivered_id(order_id: str) -> str:
    """Our own name of the return of a parcel that nobody took; no channel's ids look like it."""
    return f"undelivered-{order_id}"


def is_coming_back(line: OrderLine) -> bool:
    """Whether the line's goods are on their way back, or were: also of one that its channel calls cancelled, when they
    had left already. That is how Shopee ends an order whose parcel nobody took."""
    if line.fulfilled_by_channel:
        return False
    had_left = line.state is OrderState.CANCELLED and line.had_left
    return had_left or line.state in (OrderState.RETURNING, OrderState.RETURNED)


def undelivered(order: Order, at: datetime) -> Return:
    """A parcel on its way back although no buyer asked, as a return whose goods can be counted in. No money moves."""
    back = [one for one in order.lines if is_coming_back(one)]
    nothing = Money(0, order.total.currency)
    return Return(
        shop=order.shop,
        return_id=undelivered_id(order.order_id),
        order_id=order.order_id,
        kind=ReturnKind.GOODS_AND_MONEY,
        state=ReturnState.RECEIVED,
        lines=tuple(ReturnLine(one.line_id, one.seller_sku, one.quantity, nothing) for one in back),
        reason="",
        created_at=at,
        updated_at=at,
    )


def _rank(state: ReturnState) -> int:
    return ANSWERED_BY_TIME.index(state) if state in ANSWERED_BY_TIME else len(ANSWERED_BY_TIME) + (state in OVER)

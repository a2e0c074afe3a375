"""Orders as the channels sold them, and what each moves in the stock ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.money import Money


class OrderState(StrEnum):
    """Where an order line stands, on every channel. The order of the members is the order of life."""

    UNPAID = "unpaid"
    TO_PACK = "to_pack"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"


OPEN_STATES = frozenset({OrderState.UNPAID, OrderState.TO_PACK, OrderState.PACKED})
"""States in which the units still lie on the community's shelf and are held by a reservation."""

ENDS = frozenset({OrderState.CANCELLED, OrderState.RETURNED, OrderState.LOST})
"""States nothing follows after."""

_RANK = {
    state: rank
    for rank, state in enumerate(
        (
            OrderState.UNPAID,
            OrderState.TO_PACK,
            OrderState.PACKED,
            OrderState.HANDED_OVER,
            OrderState.DELIVERED,
            OrderState.COMPLETED,
            OrderState.RETURNING,
        )
    )
}


_AT_THE_BUYER = frozenset({OrderState.DELIVERED, OrderState.COMPLETED})


def later(known: OrderState, heard: OrderState, ahead: timedelta = timedelta(0)) -> OrderState:
    """The state to keep after hearing another; late news never moves an order back. `ahead` is how much newer the
    news is than what is known; below zero: older.

    Ends (cancelled, returned, lost) stay. A packed line that the channel dissolved (packed -> to pack) is not a
    step back worth following: its units are held either way. A line whose return is over (withdrawn, refused, or
    the money given back) goes on to delivered or completed, and may begin to come back again: of these, the newer
    holds, and of one moment the coming back.

    >>> later(OrderState.DELIVERED, OrderState.PACKED).value
    'delivered'
    >>> later(OrderState.RETURNING, OrderState.COMPLETED, timedelta(days=1)).value
    'completed'
    """
    if known in ENDS:
        return known
    if heard in ENDS:
        return heard
    if known is OrderState.RETURNING and heard in _AT_THE_BUYER:
        return heard if ahead > timedelta(0) else known
    if known in _AT_THE_BUYER and heard is OrderState.RETURNING:
        return heard if ahead >= timedelta(0) else known
    return heard if _RANK[heard] > _RANK[known] else known


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One offer in an order, in units of one state.

    `line_id` is unique in the order and stable across reads. `unit_price` is what the buyer's list showed before
    vouchers, `paid` what was paid for all its units after them, where an order tells of them.
    `offer_id` finds the SKU when `seller_sku` was
    edited by hand. `held` is ours: the units our ledger holds for the line now; a channel knows nothing of it. So
    is `recipe`: what one unit of a bundle was made of when it was first held; `turns`: how often the number held
    was changed to another one, which tells each of these changes from an earlier one to the same number; `makers`:
    (maker, weight) of those who made it when it was first taken, empty while its SKU is unknown; and `had_left`: it
    was cancelled when our ledger had sent its units off already, so that they may still come back.
    """

    line_id: str
    seller_sku: str
    quantity: int
    state: OrderState
    unit_price: Money
    paid: Money
    listing_id: str = ""
    offer_id: str = ""
    fulfilled_by_channel: bool = False
    channel_state: str = ""
    held: int = 0
    recipe: tuple[tuple[str, int], ...] = ()
    turns: int = 0
    makers: tuple[tuple[str, int], ...] = ()
    had_left: bool = False

    @property
    def is_unheld(self) -> bool:
        """Whether its units lie on the community's shelf, if they are the community's, and nothing holds them."""
        return self.state in OPEN_STATES and self.quantity > 0 and not self.held and not self.fulfilled_by_channel


def later_of(known: OrderLine, heard: OrderLine, ahead: timedelta) -> OrderState:
    """As `later`, of a line. One that carries the channel's word for its return's end and still is coming back was
    kept before a return could end, or heard both in one second: it goes on."""
    is_same_word = bool(heard.channel_state) and known.channel_state == heard.channel_state
    is_stuck = is_same_word and known.state is OrderState.RETURNING
    return later(known.state, heard.state, max(ahead, timedelta(0)) + timedelta(seconds=1) if is_stuck else ahead)


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought, as the channel showed it: usually masked. Kept encrypted, shown masked."""

    name: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a channel sold. Unique by (shop, order_id); times are aware UTC.

    `ship_by` is the channel's own deadline for the hand-over, where it gives one. `cancel_asked`: the buyer wants to
    cancel and waits for the seller's answer. `buyer_gone` is ours: the buyer's details were erased and stay away.
    """

    shop: str
    order_id: str
    created_at: datetime
    updated_at: datetime
    lines: tuple[OrderLine, ...]
    total: Money
    buyer: Buyer = Buyer()
    ship_by: datetime | None = None
    cancel_asked: bool = False
    buyer_gone: bool = False

    @property
    def key(self) -> str:
        """Unique in Pinto: the channels' order ids are unique only inside a shop."""
        return f"{self.shop}/{self.order_id}"

    @property
    def state(self) -> OrderState:
        """The state of its least advanced living line, for a list; cancelled only when all lines are."""
        living = [line.state for line in self.lines if line.state is not OrderState.CANCELLED]
        states = list(OrderState)
        return min(living, key=states.index) if living else OrderState.CANCELLED

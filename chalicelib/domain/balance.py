"""The nightly balance of one shop and one Thai business day: what must agree, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from chalicelib.domain.orders import ENDS, OPEN_STATES, Order, OrderState, later

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")
"""Thailand has no daylight saving and has kept +07:00 since 1920, so the offset is the zone."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that did not agree. `cause` is a text key; `repaired` says that it agrees now.

    `since` is when it began, as far as anybody can tell.
    """

    subject: str
    cause: str
    ours: str
    theirs: str
    repaired: bool = False
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """The night's answer for one shop and day.

    `orders` is how many orders the channel holds for the day; `accounted` how many of them agree with ours now;
    `unexplained` the differences that are left for a person.
    """

    shop: str
    community: str
    channel: str
    day: date
    made_at: datetime
    orders: int
    accounted: int
    offers: int
    offers_agreeing: int
    differences: tuple[Difference, ...] = ()
    calls: int = 0

    @property
    def unexplained(self) -> int:
        """How many differences a person still has to look at."""
        return sum(not difference.repaired for difference in self.differences)

    @property
    def is_clean(self) -> bool:
        """True only when every order is accounted for, every offer agrees and nothing is unexplained."""
        everything = self.orders == self.accounted and self.offers == self.offers_agreeing
        return everything and self.unexplained == 0


def business_day(moment: datetime) -> date:
    """The Thai calendar day an aware moment falls on."""
    return moment.astimezone(BANGKOK).date()


def day_window(day: date) -> tuple[datetime, datetime]:
    """First moment of the Thai day and first moment of the next, both aware UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=BANGKOK)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def compare_orders(theirs: Iterable[Order], ours: Mapping[str, Order]) -> tuple[Difference, ...]:
    """Every disagreement between the channel's orders and ours of the same day, by order id.

    `ours` maps order id -> order. Late news that our state machine rightly ignores (we know more) is no
    difference; a state behind the channel's is, and so is an end of ours to what the channel holds as open.
    """
    found: list[Difference] = []
    seen: set[str] = set()
    for order in theirs:
        seen.add(order.order_id)
        known = ours.get(order.order_id)
        if known is None:
            found.append(Difference(order.order_id, "order_missing_here", "-", order.state.value))
        else:
            found.extend(_order_differences(order, known))
    for order_id in sorted(set(ours) - seen):
        found.append(Difference(order_id, "order_missing_there", ours[order_id].state.value, "-"))
    return tuple(found)


def _order_differences(theirs: Order, ours: Order) -> Iterable[Difference]:
    if theirs.total != ours.total:
        yield Difference(theirs.order_id, "money_differs", str(ours.total), str(theirs.total))
    known = {line.line_id: line for line in ours.lines}
    for line in theirs.lines:
        have = known.get(line.line_id)
        name = f"{theirs.order_id}/{line.line_id}"
        if have is None:
            yield Difference(name, "line_missing_here", "-", line.state.value)
        elif _is_behind(have.state, line.state):
            yield Difference(name, "state_differs", have.state.value, line.state.value)
        elif have.quantity != line.quantity:
            yield Difference(name, "quantity_differs", str(have.quantity), str(line.quantity))
    shown = {line.line_id for line in theirs.lines}
    for line_id in sorted(set(known) - shown):
        if known[line_id].state is not OrderState.CANCELLED:
            yield Difference(f"{theirs.order_id}/{line_id}", "line_missing_there", known[line_id].state.value, "-")


def _is_behind(ours: OrderState, theirs: OrderState) -> bool:
    ended_alone = ours in ENDS and theirs in OPEN_STATES
    return ended_alone or later(ours, theirs) is not ours

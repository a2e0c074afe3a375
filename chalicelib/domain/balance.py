"""The nightly balance of one shop and one Thai business day: what must agree, and how it is said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

from chalicelib.domain.orders import ENDS, OPEN_STATES, Order, OrderLine, OrderState, later_of

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")
"""Thailand has no daylight saving and has kept +07:00 since 1920, so the offset is the zone."""


class CauseClass(StrEnum):
    """What kind of thing went wrong: tells whose doing a difference is."""

    MISSED = "missed"  # neither push nor poll brought it
    LATE = "late"  # it moved on there, and we had not heard yet
    EDITED = "edited"  # changed there without the order's own clock moving
    NOT_THERE = "not_there"  # ours, and the channel knows nothing of it
    DRIFT = "drift"  # an offer differs from the catalogue or the ledger
    CANNOT = "cannot"  # an offer that cannot be compared or set right from here
    UNREADABLE = "unreadable"  # the channel lists it, and shows nothing of it


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that did not agree. `cause` is a text key; `repaired` says that it agrees now.

    `since` is when it began, as far as anybody can tell; `cause_class` a `CauseClass`, empty in old rows.
    """

    subject: str
    cause: str
    ours: str
    theirs: str
    repaired: bool = False
    since: datetime | None = None
    cause_class: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """The night's answer for one shop and day.

    `orders` is how many orders the channel holds for the day; `accounted` how many of them agree with ours now;
    `unexplained` the differences that are left for a person. `counted_created` and `counted_updated` are the two
    counts, made apart from each other: orders created on the day, and orders that changed on it. A night of very
    many differences keeps the first and counts the others (`more_repaired`, `more_unexplained`).
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
    counted_created: int = 0
    counted_updated: int = 0
    more_repaired: int = 0
    more_unexplained: int = 0

    @property
    def verdict(self) -> str:
        """The last line of the night, e.g. "12 of 12 accounted, 0 unexplained"."""
        return f"{self.accounted} of {self.orders} accounted, {self.unexplained} unexplained"

    @property
    def unexplained(self) -> int:
        """How many differences a person still has to look at."""
        return sum(not difference.repaired for difference in self.differences) + self.more_unexplained

    @property
    def is_clean(self) -> bool:
        """True only when every order is accounted for, every offer agrees and nothing is unexplained."""
        everything = self.orders == self.accounted and self.offers == self.offers_agreeing
        return everything and self.unexplained == 0


@dataclass(frozen=True, slots=True)
class HalfBalance:
    """How far a day came whose balance ran out of time: everything before `at` is counted.

    `slice_s` is how much of the day is done in one go; it gets shorter each time the time was too short.
    """

    shop: str
    day: date
    at: datetime
    slice_s: int
    orders: int = 0
    unaccounted: int = 0
    counted_created: int = 0
    counted_updated: int = 0
    differences: tuple[Difference, ...] = ()
    more_repaired: int = 0
    more_unexplained: int = 0
    calls: int = 0

    def with_differences(self, found: Iterable[Difference]) -> HalfBalance:
        """These differences too; unexplained ones are kept before repaired ones, up to `MOST_KEPT`."""
        both = sorted((*self.differences, *found), key=lambda one: one.repaired)
        kept, over = tuple(both[:MOST_KEPT]), both[MOST_KEPT:]
        repaired = sum(one.repaired for one in over)
        return replace(
            self,
            differences=kept,
            more_repaired=self.more_repaired + repaired,
            more_unexplained=self.more_unexplained + len(over) - repaired,
        )


MOST_KEPT = 800
"""Differences of one day kept one by one: what fits into a row of the table."""


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
        found.extend(order_differences(order, ours.get(order.order_id)))
    return (*found, *missing_there(ours[order_id] for order_id in sorted(set(ours) - seen)))


def missing_there(ours: Iterable[Order]) -> tuple[Difference, ...]:
    """Orders of ours that the channel does not know."""
    return tuple(
        _difference(order, order.order_id, "order_missing_there", order.state.value, "-", CauseClass.NOT_THERE)
        for order in ours
    )


def unreadable(order_id: str) -> Difference:
    """An order that the channel lists without showing anything of it."""
    return Difference(order_id, "order_unreadable", "-", "-", cause_class=CauseClass.UNREADABLE)


def order_differences(theirs: Order, ours: Order | None, our_skus: Collection[str] = ()) -> Iterator[Difference]:
    """What does not agree about one order, as the channel shows it and as it is kept; and open lines of `our_skus`
    that the ledger holds nothing for, although each of their units is sold."""
    if ours is None:
        missed = CauseClass.MISSED
        created = theirs.created_at
        yield Difference(theirs.order_id, "order_missing_here", "-", theirs.state.value, False, created, missed)
        return
    if theirs.updated_at >= ours.updated_at and theirs.total != ours.total:
        yield _moved(theirs, ours, theirs.order_id, "money_differs", str(ours.total), str(theirs.total))
    known = {line.line_id: line for line in ours.lines}
    for line in theirs.lines:
        yield from _line_differences(theirs, ours, line, known.get(line.line_id), our_skus)
    shown = {line.line_id for line in theirs.lines}
    for line_id in sorted(set(known) - shown):
        if known[line_id].state is not OrderState.CANCELLED and theirs.updated_at >= ours.updated_at:
            state = known[line_id].state.value
            name = f"{theirs.order_id}/{line_id}"
            yield _difference(ours, name, "line_missing_there", state, "-", CauseClass.NOT_THERE)


def _line_differences(
    theirs: Order, ours: Order, line: OrderLine, have: OrderLine | None, our_skus: Collection[str]
) -> Iterator[Difference]:
    name = f"{theirs.order_id}/{line.line_id}"
    if have is None:
        yield _difference(theirs, name, "line_missing_here", "-", line.state.value, CauseClass.MISSED)
    elif _is_behind(have, line, theirs.updated_at - ours.updated_at):
        yield _moved(theirs, ours, name, "state_differs", have.state.value, line.state.value)
    elif have.is_unheld and have.seller_sku in our_skus:
        yield _difference(ours, name, "line_not_held", "0", str(have.quantity), CauseClass.MISSED)
    elif theirs.updated_at < ours.updated_at:
        return  # an older reading than ours says nothing about numbers
    elif have.quantity != line.quantity:
        yield _moved(theirs, ours, name, "quantity_differs", str(have.quantity), str(line.quantity))
    elif have.paid != line.paid:
        yield _moved(theirs, ours, name, "paid_differs", str(have.paid), str(line.paid))


def _moved(theirs: Order, ours: Order, subject: str, cause: str, have: str, shown: str) -> Difference:
    """What changed there: late news when the order's own clock moved, else edited without a word."""
    is_late = theirs.updated_at > ours.updated_at
    return _difference(theirs, subject, cause, have, shown, CauseClass.LATE if is_late else CauseClass.EDITED)


def _difference(order: Order, subject: str, cause: str, have: str, shown: str, kind: CauseClass) -> Difference:
    return Difference(subject, cause, have, shown, False, order.updated_at, kind)


def _is_behind(ours: OrderLine, theirs: OrderLine, ahead: timedelta) -> bool:
    ended_alone = ours.state in ENDS and theirs.state in OPEN_STATES
    return ended_alone or later_of(ours, theirs, ahead) is not ours.state

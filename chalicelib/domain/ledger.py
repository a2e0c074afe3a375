"""The money ledger of a community: entries are added and never changed; a correction is a new entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone

from chalicelib.domain.money import Money, total
from chalicelib.domain.settlement import FeeClass, SettlementLine
from chalicelib.domain.sharing import Basis, Division, Share, Side, What, divide

THAI = timezone(timedelta(hours=7))
UNEXPLAINED = "unexplained"
"""The line that holds what a statement pays and does not explain; it is the community's until explained."""

MOST_ENTRIES = 90
"""More entries of one line are told by account, not by order line: they must fit into one transaction."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount in one account. `at` is the settlement's time, or when a correction or a late line was noticed.

    `corrects` is the settlement line's version this entry puts right; zero for a first booking.
    """

    id: str
    community: str
    shop: str
    settlement: str
    settlement_line: str
    at: datetime
    side: Side
    who: str
    what: What
    fee: FeeClass
    amount: Money
    order_id: str = ""
    line_id: str = ""
    corrects: int = 0


@dataclass(frozen=True, slots=True)
class Was:
    """What was said before an edit, and when the edit was noticed."""

    amount: Money
    until: datetime


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A settlement line as it is in the ledger. `version` rises with each correction; `booked` is what counts.

    `gone_at`: the channel no longer shows it. `order_known` is whether its order was ours when it was divided.
    """

    line: SettlementLine
    settlement: str
    settled_at: datetime
    booked: Money
    basis: Basis
    order_known: bool
    version: int = 1
    was: tuple[Was, ...] = ()
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A settlement as it was last heard. `explained` is the sum of the lines it showed, each once.

    `doubled` are ids it showed twice, `was` payouts it named before, `off_since` when it was first heard not to
    add up.
    """

    shop: str
    id: str
    at: datetime
    payout: Money
    explained: Money
    heard_at: datetime
    first_heard_at: datetime
    paid_at: datetime | None = None
    doubled: tuple[str, ...] = ()
    was: tuple[Was, ...] = ()
    off_since: datetime | None = None

    @property
    def difference(self) -> Money:
        """Payout less the lines; zero when it adds up."""
        return self.payout - self.explained

    @property
    def is_due(self) -> bool:
        """True while money is to come of it that was not transferred yet."""
        return self.paid_at is None and self.payout.minor > 0

    @property
    def adds_up(self) -> bool:
        """True when every satang is explained."""
        return self.difference.minor == 0


def first_entries(community: str, booked: BookedLine, at: datetime | None = None) -> tuple[Entry, ...]:
    """The entries of a line that was not in the ledger, as of when it was settled, or of `at`."""
    return _entries(community, booked, at or booked.settled_at, divide(booked.line, booked.basis, booked.booked).shares)


def correcting_entries(community: str, before: BookedLine, after: BookedLine, at: datetime) -> tuple[Entry, ...]:
    """What to add so that the ledger says `after`: its division less the division before."""
    new = divide(after.line, after.basis, after.booked)
    old = divide(before.line, before.basis, before.booked)
    return _entries(community, after, at, less(new, old))


def less(new: Division, old: Division) -> tuple[Share, ...]:
    """The new shares less the old ones, account by account; what stays the same is left out."""
    sums: dict[tuple[Side, str, What, str], Money] = {}
    for sign, division in ((1, new), (-1, old)):
        for share in division.shares:
            place = (share.side, share.who, share.what, share.line_id)
            sums[place] = sums.get(place, Money(0, share.amount.currency)) + share.amount * sign
    return tuple(
        Share(side, who, what, amount, line_id)
        for (side, who, what, line_id), amount in sorted(sums.items(), key=lambda row: row[0])
        if amount.minor
    )


def merged(shares: Iterable[Share]) -> tuple[Share, ...]:
    """The same amounts by account alone, whatever order line they are for."""
    sums: dict[tuple[Side, str, What], Money] = {}
    for share in shares:
        place = (share.side, share.who, share.what)
        sums[place] = sums.get(place, Money(0, share.amount.currency)) + share.amount
    return tuple(Share(*place, amount) for place, amount in sorted(sums.items()) if amount.minor)


def corrected(known: BookedLine, heard: SettlementLine, booked: Money, now: datetime) -> BookedLine:
    """The line as it counts from now on, with what counted before kept."""
    was = (*known.was, Was(known.booked, now)) if booked != known.booked else known.was
    return replace(known, line=heard, booked=booked, was=was, version=known.version + 1)


def thai_day(moment: datetime) -> date:
    """The day in Thailand."""
    return moment.astimezone(THAI).date()


def thai_midnight(day: date) -> datetime:
    """When the Thai day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=THAI)


def month_end(moment: datetime) -> datetime:
    """When the Thai month of the moment is over.

    >>> month_end(datetime(2026, 12, 31, 18, tzinfo=UTC)).isoformat()
    '2027-02-01T00:00:00+07:00'
    """
    first = thai_day(moment).replace(day=1)
    return thai_midnight((first + timedelta(days=31)).replace(day=1))


def amount_of(entries: Iterable[Entry], *whats: What, side: Side | None = None, currency: str = "THB") -> Money:
    """Sum of the entries for these things (without: for all) on this side (without: on all)."""
    found = [one.amount for one in entries if (not whats or one.what in whats) and side in (None, one.side)]
    return total(found, currency)


def _entries(community: str, booked: BookedLine, at: datetime, shares: Sequence[Share]) -> tuple[Entry, ...]:
    line = booked.line
    if len(shares) > MOST_ENTRIES:
        shares = merged(shares)
    return tuple(
        Entry(
            id=_id(booked, share),
            community=community,
            shop=line.shop,
            settlement=booked.settlement,
            settlement_line=line.id,
            at=at,
            side=share.side,
            who=share.who,
            what=share.what,
            fee=line.fee,
            amount=share.amount,
            order_id=line.order_id,
            line_id=share.line_id,
            corrects=booked.version - 1,
        )
        for share in shares
    )


def _id(booked: BookedLine, share: Share) -> str:
    """The same for the same fact, however often it is booked."""
    facts = (booked.line.shop, booked.settlement, booked.line.id, str(booked.version))
    place = (share.side.value, share.who, share.what.value, share.line_id)
    return hashlib.sha256("\x1f".join(facts + place).encode()).hexdigest()[:32]

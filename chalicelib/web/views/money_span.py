"""Which month the money pages show, and where they lead: addresses of everything a number is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar
from urllib.parse import urlencode

from chalicelib.domain.ledger import thai_day
from chalicelib.domain.progress import Quarter
from chalicelib.sync import statements
from chalicelib.sync.statements import Language
from chalicelib.web.visits import Visit, whole

FIRST_YEAR = 2020
FILTERS = ("shop", "statement", "fee")


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """One page of a long list: its rows, which page it is, and of how many."""

    rows: tuple[T, ...]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Span:
    """A Thai month of one community's money, both days included; `latest` is the month that is running."""

    community: str
    since: date
    until: date
    latest: date

    @property
    def name(self) -> str:
        """As the address has it: 2026-11."""
        return _name(self.since)

    @property
    def before(self) -> str:
        """The month before, or nothing when there can be none."""
        first = (self.since - timedelta(days=1)).replace(day=1)
        return _name(first) if first.year >= FIRST_YEAR else ""

    @property
    def after(self) -> str:
        """The month after, or nothing when it has not begun."""
        first = self.until + timedelta(days=1)
        return _name(first) if first <= self.latest else ""

    @property
    def quarter(self) -> Quarter:
        """The quarter the month is in."""
        return Quarter.of(self.since)

    def home(self, month: str = "") -> str:
        """The page of a month: of this one, or of the one named."""
        return f"/c/{self.community}/money?{urlencode({'month': month or self.name})}"

    def statement(self, side: str, who: str = "", ending: str = "") -> str:
        """One account's month (side `all`: of the whole community); `ending` is .csv or .pdf."""
        asked = {"side": side, "who": who, "month": self.name}
        return f"/c/{self.community}/money/statement{ending}?{_told(asked)}"

    def lines(self, **filters: str) -> str:
        """The settlement lines of the month, filtered by shop, statement, fee or page."""
        return f"/c/{self.community}/money/lines?{_told({'month': self.name, **filters})}"

    def order(self, shop: str, order_id: str) -> str:
        """What one order brought."""
        return f"/c/{self.community}/money/order/{shop}/{order_id}"


def asked_span(visit: Visit, community: str) -> Span:
    """The month of the address; this month when it names none, or one that has not begun."""
    latest = thai_day(visit.now).replace(day=1)
    first = _first(visit.query.get("month", ""), latest)
    return Span(community, *statements.month(first.year, first.month), latest)


def span_of(visit: Visit, community: str, day: date) -> Span:
    """The month of a day."""
    return Span(community, *statements.month(day.year, day.month), thai_day(visit.now).replace(day=1))


def asked_quarter(query: Mapping[str, str], today: date) -> Quarter:
    """The quarter of the address; the running one when it names none, or one that has not begun."""
    running = Quarter.of(today)
    try:
        found = Quarter.parse(query.get("quarter", ""))
    except ValueError:
        return running
    return found if found.year >= FIRST_YEAR and found.first <= today else running


def leaf(visit: Visit, found: Sequence[T], per_page: int) -> Leaf[T]:
    """The page the address asks for; the last one when it asks beyond."""
    pages = max(-(-len(found) // per_page), 1)
    number = min(whole(visit.query.get("page", "1")), pages)
    return Leaf(tuple(found[(number - 1) * per_page : number * per_page]), number, pages)


def spoken(visit: Visit) -> Language:
    """The reader's language, as statements are written in."""
    return "th" if visit.language == "th" else "en"


def _first(text: str, latest: date) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return latest
    return found if found.year >= FIRST_YEAR and found <= latest else latest


def _name(first: date) -> str:
    return f"{first:%Y-%m}"


def _told(asked: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})

"""The settlement lines a sum is made of: a month's, of one shop, one statement or one kind of fee."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.ledger import UNEXPLAINED, Entry
from chalicelib.domain.money import Money, total
from chalicelib.domain.settlement import FeeClass
from chalicelib.sync import statements
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.money_span import FILTERS, Leaf, Span, asked_span, leaf
from chalicelib.web.visits import Visit

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One settlement line as it was booked, or one correction of it."""

    at: datetime
    shop: str
    statement: str
    order_id: str
    fee: FeeClass
    amount: Money
    is_correction: bool
    is_unexplained: bool


@dataclass(frozen=True, slots=True)
class LinesView:
    """One page of lines; `total` is of all of them, whatever page is shown."""

    span: Span
    asked: Mapping[str, str]
    channels: Mapping[str, str]
    leaf: Leaf[Line]
    count: int
    total: Money

    def turned(self, number: int) -> str:
        """Another page of the same lines."""
        return self.span.lines(**self.asked, page=str(number))


def lines(visit: Visit, services: Services) -> Answer:
    """The month's lines, newest first; a filter nobody knows finds nothing."""
    community = services.store.communities.get(visit.parameters["community"])
    span, ctx = asked_span(visit, community.id), services.context()
    asked = {name: visit.query.get(name, "") for name in FILTERS}
    entries = statements.entries_of(ctx, community.id, span.since, span.until)
    found = lines_of(one for one in entries if _matches(one, asked))
    view = LinesView(
        span=span,
        asked=asked,
        channels={one.id: one.channel for one in ctx.store.shops.of_community(community.id)},
        leaf=leaf(visit, found, PER_PAGE),
        count=len(found),
        total=total([one.amount for one in found]),
    )
    return page(visit, "money_lines", view, community=community, tab="money")


def lines_of(entries: Iterable[Entry]) -> list[Line]:
    """The entries put together by the line they come from, newest first."""
    groups: dict[tuple[str, str, str, int], list[Entry]] = {}
    for one in entries:
        groups.setdefault((one.shop, one.settlement, one.settlement_line, one.corrects), []).append(one)
    return sorted((_line(group) for group in groups.values()), key=lambda one: (one.at, one.order_id), reverse=True)


def _line(group: list[Entry]) -> Line:
    one = group[0]
    amount = total([entry.amount for entry in group], one.amount.currency)
    unexplained = one.settlement_line == UNEXPLAINED
    return Line(one.at, one.shop, one.settlement, one.order_id, one.fee, amount, bool(one.corrects), unexplained)


def _matches(one: Entry, asked: Mapping[str, str]) -> bool:
    facts = {"shop": one.shop, "statement": one.settlement, "fee": one.fee.value}
    return all(not value or facts[name] == value for name, value in asked.items())

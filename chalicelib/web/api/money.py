"""Settled money of a Thai month: what each marketplace says it pays, and how every satang was divided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from chalicelib.domain.balance import BANGKOK
from chalicelib.domain.ledger import Entry, Statement
from chalicelib.domain.settlement import FeeClass
from chalicelib.domain.sharing import Side, What
from chalicelib.web.api.calls import Call, operation
from chalicelib.web.api.models import Amount, Model, Moment, Page, Paged, Query
from chalicelib.web.api.paging import moment_place, page_after

Month = Annotated[
    str | None, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="None: this month.", examples=["2026-11"])
]


class StatementOut(Model):
    """What a marketplace pays at once. `difference` is payout less its own lines: zero when it adds up."""

    shop: str
    id: str
    at: Moment
    paid_at: Moment | None
    payout: Amount
    explained: Amount
    difference: Amount


class Statements(Model):
    """Statements of the month, oldest first, by shop."""

    items: tuple[StatementOut, ...]


class BookingOut(Model):
    """One amount in one account: whose, what for, from which settlement line. `corrects` above zero: a correction."""

    id: str
    shop: str
    at: Moment
    side: Side
    who: str
    what: What
    fee: FeeClass
    amount: Amount
    settlement: str
    settlement_line: str
    order_id: str
    line_id: str
    corrects: int


class MonthQuery(Query):
    """Which month."""

    month: Month = None


class LedgerQuery(Paged):
    """Which month."""

    month: Month = None


@operation("Statements of a month", Statements, query=MonthQuery)
def statements(call: Call) -> Statements:
    """What each shop's marketplace settled."""
    assert isinstance(call.query, MonthQuery)
    span, store = _span(call.query.month, call.visit.now), call.services.store
    shops = sorted(one.id for one in store.shops.of_community(call.community))
    found = [one for shop in shops for one in store.settlements.statements(shop, *span)]
    return Statements(items=tuple(_statement(one) for one in found))


@operation("Ledger of a month", Page[BookingOut], query=LedgerQuery)
def ledger(call: Call) -> Page[BookingOut]:
    """Every entry in order of time; entries are added and never changed."""
    asked = call.query
    assert isinstance(asked, LedgerQuery)
    found = call.services.store.ledger.between(call.community, *_span(asked.month, call.visit.now))
    return page_after(sorted(found, key=_place), asked, _place, _entry)


def _span(month: str | None, now: datetime) -> tuple[datetime, datetime]:
    """First moment of the Thai month and of the next, aware UTC."""
    local = now.astimezone(BANGKOK)
    year, number = (int(part) for part in month.split("-")) if month else (local.year, local.month)
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    first, last = (datetime(*one, 1, tzinfo=BANGKOK).astimezone(UTC) for one in ((year, number), following))
    return first, last


def _place(one: Entry) -> str:
    return moment_place(one.at, one.id)


def _statement(one: Statement) -> StatementOut:
    return StatementOut(
        shop=one.shop,
        id=one.id,
        at=one.at,
        paid_at=one.paid_at,
        payout=Amount.of(one.payout),
        explained=Amount.of(one.explained),
        difference=Amount.of(one.difference),
    )


def _entry(one: Entry) -> BookingOut:
    return BookingOut(
        id=one.id,
        shop=one.shop,
        at=one.at,
        side=one.side,
        who=one.who,
        what=one.what,
        fee=one.fee,
        amount=Amount.of(one.amount),
        settlement=one.settlement,
        settlement_line=one.settlement_line,
        order_id=one.order_id,
        line_id=one.line_id,
        corrects=one.corrects,
    )

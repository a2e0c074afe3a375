"""Settled money: what each marketplace says it pays, how every satang was divided, by which rules, and progress."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from chalicelib.domain.balance import BANGKOK
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ledger import Entry, Statement, thai_day
from chalicelib.domain.progress import Quarter
from chalicelib.domain.settlement import FeeClass
from chalicelib.domain.sharing import ShareRule, Side, What
from chalicelib.sync import money_check, money_rules
from chalicelib.sync import progress as counting
from chalicelib.sync import statements as telling
from chalicelib.web.api.calls import Call, operation
from chalicelib.web.api.models import Amount, Model, Moment, Page, Paged, Query
from chalicelib.web.api.money_models import (
    Accounts,
    DifferenceOut,
    Differences,
    OrderMoney,
    PaidLineOut,
    ProgrammeOut,
    ProgressOut,
    RuleIn,
    RuleOut,
    Rules,
)
from chalicelib.web.api.paging import moment_place, page_after
from chalicelib.web.api.problems import invalid

Month = Annotated[
    str | None, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="None: this month.", examples=["2026-11"])
]

QuarterName = Annotated[
    str | None, Field(pattern=r"^20[0-9]{2}-Q[1-4]$", description="None: this quarter.", examples=["2026-Q4"])
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


class QuarterQuery(Query):
    """Which quarter of the Thai calendar."""

    quarter: QuarterName = None


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


@operation("Whose a month's money is", Accounts, query=MonthQuery, errors=(404,))
def accounts(call: Call) -> Accounts:
    """What came in, by what it was for and by account: makers, the community, partners, causes."""
    assert isinstance(call.query, MonthQuery)
    first = thai_day(_span(call.query.month, call.visit.now)[0])
    days = telling.month(first.year, first.month)
    return Accounts.of(telling.community_statement(call.services.context(), call.community, *days))


@operation("What does not agree in a month", Differences, query=MonthQuery)
def differences(call: Call) -> Differences:
    """Worked out afresh from orders, statements and the ledger."""
    assert isinstance(call.query, MonthQuery)
    ctx, span = call.services.context(), _span(call.query.month, call.visit.now)
    shops = sorted(one.id for one in ctx.store.shops.of_community(call.community))
    found = [one for shop in shops for one in money_check.differences(ctx, shop, *span)]
    return Differences(items=tuple(DifferenceOut.of(one) for one in found))


@operation("Money of an order", OrderMoney, errors=(404,))
def order(call: Call) -> OrderMoney:
    """Expected against paid, line by line."""
    named = call.visit.parameters
    shop = call.services.store.shops.get(named["shop"])
    if shop.community != call.community:
        raise NotFoundError(shop.id)
    lines = money_check.paid(call.services.context(), shop.id, named["order"])
    return OrderMoney(lines=tuple(PaidLineOut.of(one) for one in lines))


@operation("Rules money is shared by", Rules)
def rules(call: Call) -> Rules:
    """Dated; a rule is never changed, only followed by another."""
    return Rules(items=tuple(RuleOut.of(one) for one in call.services.store.money_rules.of(call.community)))


@operation("Add a rule", RuleOut, body=RuleIn, status=201, errors=(404, 409))
def add_rule(call: Call) -> RuleOut:
    """It begins tomorrow or later and stays. 409 when a rule begins on this day already."""
    asked = call.given(RuleIn)
    if asked.valid_from <= thai_day(call.visit.now):
        raise invalid("/valid_from", "too_early")
    community = call.services.store.communities.get(call.community)
    try:
        rule = ShareRule(
            community.id,
            asked.valid_from,
            asked.partner.strip(),
            asked.commission_bp,
            asked.cause.strip(),
            asked.pledge_bp,
            asked.base,
        )
    except ValueError:
        raise invalid("/", "shares") from None
    try:
        return RuleOut.of(money_rules.add(call.services.context(), rule, call.person.email))
    except money_rules.RuleTooEarlyError:
        raise invalid("/valid_from", "too_early") from None


@operation("Progress of a quarter", ProgressOut, query=QuarterQuery, errors=(404,))
def progress(call: Call) -> ProgressOut:
    """Sales, orders, stock-outs and the time to hand-over, of one community."""
    return ProgressOut.of(counting.of_community(call.services.context(), call.community, _quarter(call)))


@operation("Progress of all communities", ProgrammeOut, query=QuarterQuery)
def programme(call: Call) -> ProgrammeOut:
    """One quarter of each, and the share of groups led by women."""
    told = counting.of_all(call.services.context(), _quarter(call))
    return ProgrammeOut(
        items=tuple(ProgressOut.of(one) for one in told.rows),
        women_led_groups=told.women_led_groups,
        known_groups=told.known_groups,
        women_led_share=told.women_led_share,
        women_led_sales_share=told.women_led_sales_share,
    )


def _quarter(call: Call) -> Quarter:
    assert isinstance(call.query, QuarterQuery)
    return Quarter.parse(call.query.quarter) if call.query.quarter else Quarter.of(thai_day(call.visit.now))


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

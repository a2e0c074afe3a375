"""Late payouts and money booked twice: each named once, with its amount and since when, and nothing beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.money import Money
from chalicelib.domain.settlement import FeeClass, Settlement, SettlementLine
from chalicelib.domain.settlement_differences import Cause, Difference
from chalicelib.sync import money_check, settle
from chalicelib.sync.context import Context
from tests.properties.statement_source import StatementSource
from tests.sample_month import LAZADA, a_sample

MADE = datetime(2026, 11, 18, 5, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
SALE, FEE = FeeClass.SALE, FeeClass.COMMISSION


@pytest.fixture
def ctx() -> Context:
    made = a_sample()
    made.clock.now = MADE + 13 * DAY
    return made


def a_line(name: str, minor: int, fee: FeeClass = SALE, order: str = "L-2", line: str = "1", words: str = "w"):
    return SettlementLine(LAZADA, name, MADE, fee, Money(minor), words, order, line)


def a_statement(name: str, *lines: SettlementLine, at: datetime = MADE, paid: bool = True) -> Settlement:
    payout = Money(sum(one.amount.minor for one in lines))
    return Settlement(LAZADA, name, at, lines, payout, at if paid else None)


def heard(ctx: Context, *statements: Settlement) -> None:
    settle.hear(ctx, ctx.store.shops.get(LAZADA), statements)


def named(ctx: Context, causes: Iterable[Cause], since: datetime = MADE - DAY) -> list[Difference]:
    """What is named of these causes, in everything settled since."""
    found = money_check.differences(ctx, LAZADA, since, MADE + 90 * DAY)
    return [one for one in found if one.cause in set(causes)]


def at(ctx: Context, moment: datetime) -> None:
    ctx.clock.now = moment


# --- payouts that come late ---------------------------------------------------------------------------------


def test_a_payout_is_late_when_its_fourteen_days_are_over(ctx):
    """To the second; named with the whole amount and since when, beside others that are on time."""
    heard(ctx, a_statement("late", a_line("a", 500), paid=False), a_statement("paid", a_line("b", 700, line="2")))
    at(ctx, MADE + 14 * DAY)
    assert named(ctx, [Cause.PAYOUT_LATE]) == []
    at(ctx, MADE + 14 * DAY + SECOND)
    (told,) = named(ctx, [Cause.PAYOUT_LATE])
    assert (told.statement, told.amount, told.since) == ("late", Money(500), MADE + 14 * DAY)
    assert (told.expected, told.found, told.is_past) == (Money(500), Money(0), False)


def test_what_brings_no_money_is_never_late(ctx):
    """A statement of nothing, and one the community owes: no transfer is to come."""
    nothing = a_statement("nothing", a_line("a", 500), a_line("b", -500, FEE), paid=False)
    heard(ctx, nothing, a_statement("owed", a_line("c", -300, FEE), paid=False))
    at(ctx, MADE + 60 * DAY)
    assert named(ctx, [Cause.PAYOUT_LATE]) == []


@pytest.mark.parametrize("days", [20, 60])
def test_a_late_payout_is_named_until_it_is_paid_however_late(ctx, days):
    """Also long after the days for which every statement is heard again: the nightly reading goes back to it."""
    source = StatementSource()
    late = a_statement("late", a_line("a", 500), paid=False)
    source.held = {late.id: late}
    shop = replace(ctx, channel=lambda name: source)
    for day in range(days):
        at(ctx, MADE + day * DAY)
        settle.settle(shop, LAZADA)
    assert [one.statement for one in named(ctx, [Cause.PAYOUT_LATE])] == ["late"]
    source.held[late.id] = replace(late, paid_at=MADE + days * DAY)
    at(ctx, MADE + days * DAY)
    settle.settle(shop, LAZADA)
    assert named(ctx, [Cause.PAYOUT_LATE]) == []
    assert sum(one.amount.minor for one in ctx.store.ledger.between("sample", MADE, MADE + SECOND)) == 500


# --- the same money twice -----------------------------------------------------------------------------------

TWICE = (Cause.PAID_TWICE, Cause.CHARGED_TWICE)


@pytest.mark.parametrize(("fee", "minor", "cause"), [(SALE, 45_900, TWICE[0]), (FEE, -2_400, TWICE[1])])
def test_the_same_amount_under_another_id_is_named_once_a_time(ctx, fee, minor, cause):
    """In another statement, in the same, and a third time: each repeat, never the first."""
    heard(ctx, a_statement("first", a_line("a", minor, fee)))
    assert named(ctx, TWICE) == []
    later = MADE + 7 * DAY
    heard(ctx, a_statement("second", a_line("b", minor, fee), a_line("c", minor, fee), at=later))
    told = named(ctx, TWICE)
    assert [(one.cause, one.settlement_line, one.statement) for one in told] == [
        (cause, "b", "second"),
        (cause, "c", "second"),
    ]
    assert {(one.order_id, one.line_id, one.amount, one.found, one.since) for one in told} == {
        ("L-2", "1", Money(-minor), Money(minor), later)
    }
    assert not any(one.is_past for one in told)


def test_a_repeat_is_named_though_the_first_lies_before_what_is_looked_at(ctx):
    """Last month's sale paid again this month is seen in this month's list, and in no other."""
    heard(ctx, a_statement("first", a_line("a", 45_900)))
    heard(ctx, a_statement("again", a_line("b", 45_900), at=MADE + 40 * DAY))
    at(ctx, MADE + 41 * DAY)
    told = named(ctx, TWICE, since=MADE + 30 * DAY)
    assert [(one.settlement_line, one.cause) for one in told] == [("b", Cause.PAID_TWICE)]
    found = money_check.differences(ctx, LAZADA, MADE - DAY, MADE + 30 * DAY)
    assert [one for one in found if one.cause in TWICE] == []


@pytest.mark.parametrize(
    "other",
    [
        {"line": "2"},
        {"order": "L-1"},
        {"words": "another fee"},
        {"fee": FeeClass.PAYMENT_FEE},
        {"minor": -2_401},
        {"minor": 2_400},
        {"order": ""},
        {"fee": FeeClass.ADJUSTMENT},
        {"fee": FeeClass.REFUND},
    ],
    ids=str,
)
def test_what_only_looks_alike_raises_no_alarm(ctx, other):
    """Another line, order, kind, name or amount; a fee given back; and what may rightly come again."""
    facts = {"minor": -2_400, "fee": FEE, **other}
    heard(ctx, a_statement("first", a_line("a", -2_400, FEE)), a_statement("second", a_line("b", **facts)))
    assert named(ctx, TWICE) == []


def test_neither_refunds_in_parts_nor_amounts_of_no_order_are_twice(ctx):
    """Half and half of a refund are the same amount, and so are two fees of the month."""
    for fee, order in ((FeeClass.REFUND, "L-2"), (FeeClass.ADJUSTMENT, "L-2"), (FEE, "")):
        name = f"{fee}{order}"
        heard(ctx, a_statement(name, *(a_line(f"{name}{part}", -100, fee, order) for part in (1, 2))))
    assert named(ctx, TWICE) == []


def test_a_repeat_the_channel_took_back_is_named_no_more(ctx):
    """The second line is gone and its statement adds up without it: what was wrong is put right."""
    once = a_line("b", -100, FEE, "L-2", "2")
    heard(ctx, a_statement("first", a_line("a", 45_900)), a_statement("second", once, a_line("c", 45_900)))
    assert [one.cause for one in named(ctx, TWICE)] == [Cause.PAID_TWICE]
    heard(ctx, a_statement("second", once))
    assert named(ctx, TWICE) == []


def test_a_statement_heard_again_is_no_second_payment(ctx):
    """The same lines under the same ids, night after night."""
    for _ in range(3):
        heard(ctx, a_statement("first", a_line("a", 45_900), a_line("b", -2_400, FEE)))
    assert named(ctx, TWICE) == []

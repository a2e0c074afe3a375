"""Reading statements: resumed where it stopped, corrected by new entries, divided anew when an order becomes known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.ledger import Entry
from chalicelib.domain.money import Money
from chalicelib.domain.settlement import FeeClass, Settlement, SettlementLine
from chalicelib.domain.settlement_differences import Cause
from chalicelib.domain.sharing import Side
from chalicelib.sync import money_check, settle
from tests.properties.statement_source import StatementSource
from tests.sample_month import LAZADA, a_sample

NOW = datetime(2026, 11, 17, 5, tzinfo=UTC)


def a_statement(name: str, at: datetime, *amounts: int, order_id: str = "L-1", payout: int | None = None) -> Settlement:
    lines = tuple(
        SettlementLine(LAZADA, f"{name}/{place}", at, FeeClass.SHIPPING_COST, Money(minor), f"{name}/{place}", order_id)
        for place, minor in enumerate(amounts)
    )
    return Settlement(LAZADA, name, at, lines, Money(sum(amounts) if payout is None else payout), at)


def entries(ctx, name: str) -> list[Entry]:
    found = ctx.store.ledger.between("sample", NOW - timedelta(200), NOW + timedelta(9))
    return [one for one in found if one.settlement == name]


@pytest.fixture
def ctx():
    return a_sample()


def test_a_reading_that_runs_out_of_time_goes_on_where_it_stopped(ctx):
    """Thirteen weeks, one a message: each statement is booked, none twice."""
    source = StatementSource()
    for week in range(12):
        one = a_statement(f"W{week}", NOW - timedelta(days=7 * week + 1), -100)
        source.held[one.id] = one
    hurried = replace(ctx, channel=lambda name: source, remaining_s=lambda: 0.0)
    stops = 0
    while True:
        try:
            settle.settle(hurried, LAZADA)
            break
        except settle.UnfinishedError:
            stops += 1

    assert 10 <= stops <= 14
    assert [sum(one.amount.minor for one in entries(ctx, name)) for name in source.held] == [-100] * 12


def test_a_reading_that_stops_again_and_again_after_a_long_rest_ends(ctx):
    """The shop rested for three weeks: what lies beyond the last whole reading is reached too, step by step."""
    source = StatementSource()
    settle.settle(replace(ctx, channel=lambda name: source), LAZADA)
    later = ctx.clock() + timedelta(days=24)
    new = a_statement("NEW", later - timedelta(days=1), -100)
    source.held[new.id] = new
    hurried = replace(ctx, channel=lambda name: source, clock=lambda: later, remaining_s=lambda: 0.0)
    for _ in range(12):
        try:
            settle.settle(hurried, LAZADA)
            break
        except settle.UnfinishedError:
            continue
    else:
        pytest.fail("the reading begins anew each time it stops")

    found = ctx.store.ledger.between("sample", later - timedelta(days=9), later)
    assert [one.amount.minor for one in found if one.settlement == "NEW"] == [-100]


def test_money_of_an_unknown_order_waits_with_the_community(ctx):
    """Named, and divided by a correction once the order is ours."""
    shop = ctx.store.shops.get(LAZADA)
    early = a_statement("E", NOW, -700, order_id="L-77")
    settle.hear(ctx, shop, [early])
    assert {one.side for one in entries(ctx, "E")} == {Side.COMMUNITY}
    span = (NOW - timedelta(1), NOW + timedelta(1))
    assert [one.cause for one in money_check.differences(ctx, LAZADA, *span)] == [Cause.PAID_WITHOUT_ORDER]

    known = ctx.store.orders.get(LAZADA, "L-1")
    ctx.store.orders.take("sample", replace(known, order_id="L-77"), None, ())
    settle.hear(ctx, shop, [early])

    sums: dict[Side, int] = {}
    for one in entries(ctx, "E"):
        sums[one.side] = sums.get(one.side, 0) + one.amount.minor
    assert sums == {Side.COMMUNITY: 0, Side.MAKER: -700}
    assert money_check.differences(ctx, LAZADA, *span) == ()


def test_what_is_not_explained_lies_with_the_community_until_it_is(ctx):
    """The ledger is the payout before and after."""
    shop = ctx.store.shops.get(LAZADA)
    short = a_statement("U", NOW, 500, payout=800)
    settle.hear(ctx, shop, [short])
    assert sum(one.amount.minor for one in entries(ctx, "U")) == 800
    settle.hear(ctx, shop, [a_statement("U", NOW, 500, 300)])
    assert sum(one.amount.minor for one in entries(ctx, "U")) == 800
    assert sum(one.amount.minor for one in entries(ctx, "U") if one.side is Side.COMMUNITY) == 0


def test_a_line_taken_back_by_the_channel_is_taken_back_by_new_entries(ctx):
    """Where the statement adds up without it; what was written stays written."""
    shop = ctx.store.shops.get(LAZADA)
    settle.hear(ctx, shop, [a_statement("T", NOW, 500, -40)])
    before = entries(ctx, "T")
    settle.hear(ctx, shop, [a_statement("T", NOW, 500)])

    after = entries(ctx, "T")
    assert set(before) < set(after)
    assert sum(one.amount.minor for one in after) == 500


def test_a_line_that_becomes_another_kind_of_money_is_booked_anew(ctx):
    """Taken back whole under its old class, given under the new one."""
    shop = ctx.store.shops.get(LAZADA)
    first = a_statement("K", NOW, -500)
    settle.hear(ctx, shop, [first])
    settle.hear(ctx, shop, [replace(first, lines=(replace(first.lines[0], fee=FeeClass.REFUND),))])

    sums: dict[FeeClass, int] = {}
    for one in entries(ctx, "K"):
        sums[one.fee] = sums.get(one.fee, 0) + one.amount.minor
    assert sums == {FeeClass.SHIPPING_COST: 0, FeeClass.REFUND: -500}

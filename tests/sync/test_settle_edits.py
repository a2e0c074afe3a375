"""Lazada edits a statement: the same line under the same id, told once, and counted when it was noticed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.ledger import BookedLine, Statement, first_entries
from chalicelib.domain.money import Money
from chalicelib.domain.settlement import FeeClass, SettlementLine
from chalicelib.domain.settlement_differences import Cause
from chalicelib.domain.sharing import Basis
from chalicelib.sync import money_check, settle, statements
from connectors.lazada import convert_finance
from connectors.lazada.desk_answers import PayoutAnswer, TransactionAnswer
from tests.sample_month import LAZADA, a_sample

HEARD, NEXT_MONTH = datetime(2026, 11, 30, 20, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC)
MADE = datetime(2026, 11, 29, 17, 23, 4, tzinfo=UTC)
KIN = "T1/1/13/29 Nov 2026"


def an_amount(amount: str, fee: str = "13") -> TransactionAnswer:
    return TransactionAnswer(
        amount=amount, fee_type=fee, transaction_date="29 Nov 2026", transaction_number="T1", order_no="L-1",
        orderItem_no="1",
    )  # fmt: skip


def heard(ctx, payout: str, *rows: TransactionAnswer, at: datetime | None = None) -> settle.Settled:
    ctx.clock.now = at or ctx.clock.now
    said = PayoutAnswer(statement_number="LZ-1130", created_at="2026-11-30 00:23:04", payout=payout, paid=True)
    statement = convert_finance.settlement(LAZADA, said, rows, "THB")
    return settle.hear(ctx, ctx.store.shops.get(LAZADA), [statement])


def month(ctx, number: int) -> statements.CommunityStatement:
    return statements.community_statement(ctx, "sample", *statements.month(2026, number))


def named(ctx) -> list[tuple[Cause, Money]]:
    found = money_check.differences(ctx, LAZADA, HEARD - timedelta(2), NEXT_MONTH)
    return [(one.cause, one.amount) for one in found if one.statement == "LZ-1130"]


def line_ids(ctx) -> set[str]:
    return {one.line.id for one in ctx.store.settlements.lines_between(LAZADA, HEARD - timedelta(2), HEARD)}


@pytest.fixture
def ctx():
    made = a_sample()
    made.clock.now = HEARD
    return made


def test_an_edited_amount_is_one_line_edited(ctx):
    """178 becomes 170 after November was paid out: November stays, December is eight less, and both edits are told."""
    heard(ctx, "178.00", an_amount("178.00"))
    before = month(ctx, 11)
    heard(ctx, "170.00", an_amount("170.00"), at=NEXT_MONTH)

    assert month(ctx, 11) == before
    assert month(ctx, 12).payout == Money(-800)
    assert named(ctx) == [(Cause.LINE_EDITED, Money(800)), (Cause.PAYOUT_EDITED, Money(800))]
    assert line_ids(ctx) == {KIN}


def test_a_line_that_comes_late_counts_when_it_came(ctx):
    """As the first of what is not explained does."""
    heard(ctx, "178.00", an_amount("178.00"))
    before = month(ctx, 11)
    heard(ctx, "155.00", an_amount("178.00"), an_amount("-18.00", "16"), at=NEXT_MONTH)

    assert month(ctx, 11) == before
    told = month(ctx, 12)
    assert (told.payout, told.by_class) == (
        Money(-2_300),
        ((FeeClass.COMMISSION, Money(-1_800)), (FeeClass.ADJUSTMENT, Money(-500))),
    )


def test_what_is_explained_in_the_next_month_moves_in_the_next_month(ctx):
    """The community had it in November, the maker gets it in December."""
    heard(ctx, "178.00")
    before = month(ctx, 11)
    heard(ctx, "178.00", an_amount("178.00"), at=NEXT_MONTH)

    assert month(ctx, 11) == before
    assert month(ctx, 12).payout == Money(0)
    nets = {one.name: one.net for one in month(ctx, 12).accounts}
    assert (nets[""], nets["บ้านคำ"]) == (Money(-17_800), Money(16_732))


def test_a_line_taken_back_is_told_as_what_happened(ctx):
    """Gone and counting nothing, it waits for nobody."""
    heard(ctx, "160.00", an_amount("178.00"), an_amount("-18.00", "16"))
    heard(ctx, "178.00", an_amount("178.00"), at=NEXT_MONTH)

    assert named(ctx) == [(Cause.LINE_EDITED, Money(-1_800)), (Cause.PAYOUT_EDITED, Money(-1_800))]


def test_those_alike_keep_their_ids_in_any_order_and_through_an_edit(ctx):
    """Heard the other way round nothing changes; one edited is one edit; a third is new."""
    heard(ctx, "30.00", an_amount("10.00"), an_amount("20.00"))
    told = heard(ctx, "30.00", an_amount("20.00"), an_amount("10.00"))
    assert (told.booked, told.corrected) == (0, 0)
    told = heard(ctx, "31.00", an_amount("20.00"), an_amount("11.00"))
    assert (told.booked, told.corrected) == (0, 1)
    told = heard(ctx, "36.00", an_amount("5.00"), an_amount("20.00"), an_amount("11.00"))
    assert (told.booked, told.corrected) == (1, 0)
    assert line_ids(ctx) == {KIN, f"{KIN}/2", f"{KIN}/3"}


def test_lines_stored_with_their_amount_in_the_id_are_found_again(ctx):
    """Nothing is booked twice after the upgrade, and an edit of such a line is an edit."""
    olds = (f"{KIN}/178.00", f"{KIN}/178.00/2")
    for old in olds:
        line = SettlementLine(LAZADA, old, MADE, FeeClass.SALE, Money(17_800), "Orders-Sales", "L-1", "1", "LZ-1130")
        booked = BookedLine(line, "LZ-1130", MADE, line.amount, Basis(), order_known=True)
        ctx.store.settlements.book(booked, None, first_entries("sample", booked))
    ctx.store.settlements.save(Statement(LAZADA, "LZ-1130", MADE, Money(35_600), Money(35_600), HEARD, HEARD, MADE))

    told = heard(ctx, "356.00", an_amount("178.00"), an_amount("178.00"))
    assert (told.booked, told.corrected) == (0, 0)
    told = heard(ctx, "348.00", an_amount("178.00"), an_amount("170.00"), at=NEXT_MONTH)
    assert (told.booked, told.corrected, line_ids(ctx)) == (0, 1, set(olds))
    assert month(ctx, 12).payout == Money(-800)

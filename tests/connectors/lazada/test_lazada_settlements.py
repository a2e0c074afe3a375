"""Statements that add up, to the satang."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from lazada_shop import NOON, PracticeShop, Scripted, a_listing, ok, refused

from chalicelib.domain.errors import ProtocolSurpriseError, TransientError
from chalicelib.domain.money import Money
from chalicelib.domain.settlement import FeeClass, Settlement
from connectors.lazada import convert_finance
from connectors.lazada.answers import read_as
from connectors.lazada.desk_answers import TransactionAnswer
from connectors.lazada.settings import Settings

MAY = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def of(shop: Any, since: datetime, until: datetime) -> list[Settlement]:
    return [row for page in shop.settlements(since, until) for row in page]


def test_a_week_of_sales_and_a_return_adds_up(practice: PracticeShop):
    """Items, fees, a refund and its fee: the lines explain the payout of their statement."""
    practice = PracticeShop(practice.server, Settings(transactions_per_page=4))
    practice.publish(a_listing())
    orders = [practice.buy(("SCARF-1", 2)), practice.buy(("SCARF-1", 1))]
    for order_id in orders:
        practice.sim(f"orders/{order_id}/advance", to="delivered")
    asked = practice.sim(f"orders/{orders[1]}/return", type="ONLY_REFUND")
    practice.shop.answer_return(asked["reverse_order_id"], agree=True)
    practice.sim("clock", advance_s=8 * 86_400)
    now = datetime.now(UTC)

    (found,) = of(practice.shop, now - timedelta(days=1), now + timedelta(days=9))

    assert found.adds_up
    assert len(found.lines) == 11
    assert found.payout.minor > 0
    assert {line.fee for line in found.lines} == {
        FeeClass.SALE,
        FeeClass.COMMISSION,
        FeeClass.PAYMENT_FEE,
        FeeClass.REFUND,
    }
    assert {line.order_id for line in found.lines} == set(orders)
    assert len({line.id for line in found.lines}) == 11


def test_a_statement_is_read_once_in_neighbouring_spans(practice: PracticeShop):
    """Half-open spans: each statement is in exactly one, and read the same both times."""
    practice.publish(a_listing())
    practice.sim(f"orders/{practice.buy(('SCARF-1', 1))}/advance", to="delivered")
    practice.sim("clock", advance_s=8 * 86_400)
    now = datetime.now(UTC)
    (found,) = of(practice.shop, now - timedelta(days=1), now + timedelta(days=9))

    before = of(practice.shop, now - timedelta(days=1), found.at)
    after = of(practice.shop, found.at, found.at + timedelta(seconds=1))

    assert (before, after) == ([], [found])


def test_a_paid_statement_says_when(practice: PracticeShop):
    """Not paid at first, paid two days later."""
    practice.publish(a_listing())
    practice.sim(f"orders/{practice.buy(('SCARF-1', 1))}/advance", to="delivered")
    now = datetime.now(UTC)
    practice.sim("clock", advance_s=14 * 86_400)

    (found,) = of(practice.shop, now, now + timedelta(days=9))

    assert found.paid_at is not None
    assert found.paid_at - found.at == timedelta(days=2)


def test_amounts_come_with_commas_and_a_currency_behind():
    """The recorded statement, its amounts as odd as they come."""
    rows = [an_amount("5,000.00"), an_amount(" -650.00", fee_type="16"), an_amount("-349.00 THB", fee_type="14")]
    shop = Scripted(finance([a_statement(payout="4,001.00 THB", closing_balance="4,001.00")], rows))

    (found,) = of(shop.shop, *MAY)

    assert (found.id, found.payout, found.adds_up) == ("TH1ABC23-20260517", Money(400_100), True)
    assert found.at == datetime(2026, 5, 17, 17, 23, 4, tzinfo=UTC)
    assert found.lines[0].at == datetime(2026, 5, 16, 17, 0, tzinfo=UTC)
    assert found.lines[0].statement == found.id


def test_laz_021_balances_carried_in_and_out_are_lines_too():
    """A debt from before, and one that is left: the payout is zero and the statement still adds up."""
    statement = a_statement(payout="0.00", opening_balance="-150.00", closing_balance="-50.00")
    shop = Scripted(finance([statement], [an_amount("100.00")]))

    (found,) = of(shop.shop, *MAY)

    assert [(line.words, line.amount.minor) for line in found.lines[1:]] == [
        ("opening_balance", -15_000),
        ("carried_forward", 5_000),
    ]
    assert found.adds_up


@pytest.mark.parametrize("printed", ["-50.00 THB", "0.00 THB"])
def test_laz_025_a_debt_is_carried_once_however_it_is_printed(printed):
    """Two weeks together pay what was paid: the debt meets the next opening balance."""
    owed = a_statement(payout=printed, closing_balance="-50.00")
    later = a_statement(
        statement_number="TH1ABC23-20260524",
        created_at="2026-05-25 00:23:04",
        opening_balance="-50.00",
        closing_balance="128.00",
        payout="128.00 THB",
    )
    week = {"statement": "18 May 2026 - 24 May 2026", "transaction_date": "20 May 2026"}
    rows = [an_amount("-50.00", fee_type="14"), an_amount("178.00", **week)]
    shop = Scripted(finance([owed, later], rows))

    found = of(shop.shop, *MAY)

    assert [(one.payout, one.adds_up) for one in found] == [(Money(0), True), (Money(12_800), True)]
    carried = [line.amount.minor for one in found for line in one.lines if not line.order_id]
    assert carried == [5_000, -5_000]


def test_a_week_of_refunds_alone_is_carried(practice: PracticeShop):
    """From the practice marketplace: the week after pays the less, and every statement adds up."""
    practice.publish(a_listing())
    first = practice.buy(("SCARF-1", 1))
    practice.sim(f"orders/{first}/advance", to="delivered")
    began = datetime.now(UTC)
    practice.sim("clock", advance_s=8 * 86_400)
    asked = practice.sim(f"orders/{first}/return", type="ONLY_REFUND")
    practice.shop.answer_return(asked["reverse_order_id"], agree=True)
    practice.sim("clock", advance_s=7 * 86_400)
    practice.sim(f"orders/{practice.buy(('SCARF-1', 2))}/advance", to="delivered")
    practice.sim("clock", advance_s=7 * 86_400)

    found = of(practice.shop, began - timedelta(days=1), began + timedelta(days=23))

    assert [one.adds_up for one in found] == [True] * 3
    assert [one.payout.minor > 0 for one in found] == [True, False, True]
    assert found[1].payout == Money(0)
    moves = {line.words: line.amount for one in found for line in one.lines if not line.order_id}
    assert moves["carried_forward"] == moves["opening_balance"] * -1 != Money(0)


def test_what_does_not_add_up_shows_its_difference():
    """Nothing is invented to make it fit."""
    shop = Scripted(finance([a_statement()], [an_amount("4,000.00")]))

    (found,) = of(shop.shop, *MAY)

    assert (found.adds_up, found.difference) == (False, Money(12_100))


def test_an_unknown_kind_of_amount_is_kept_with_its_words():
    """The list of fees grows: none is dropped."""
    row = an_amount("-1.00", fee_type="999", fee_name="Moon Fee", transaction_type="Moon-Things")
    shop = Scripted(finance([a_statement()], [row]))

    line = of(shop.shop, *MAY)[0].lines[0]

    assert (line.fee, line.words, line.amount) == (FeeClass.OTHER, "Moon Fee", Money(-100))


@pytest.mark.parametrize(
    ("fee_type", "transaction_type", "fee"),
    [
        ("13", "Orders-Sales", FeeClass.SALE),
        ("999", "Orders-Sales", FeeClass.SALE),
        ("999", "Orders-Lazada Fees", FeeClass.SERVICE_FEE),
        ("999", "Orders - Logistics", FeeClass.SHIPPING_COST),
        ("999", "Orders-Marketing Fees", FeeClass.SERVICE_FEE),
        ("999", "Refunds-Claims", FeeClass.REFUND),
        ("999", "3P Services-Ads", FeeClass.SERVICE_FEE),
        ("999", "Other Services-Ads", FeeClass.SERVICE_FEE),
        ("112", "", FeeClass.SERVICE_FEE),
        ("", "", FeeClass.OTHER),
    ],
)
def test_an_amount_is_judged_by_its_type_then_by_its_group(fee_type, transaction_type, fee):
    """Reversals count under what they take back."""
    row = read_as(TransactionAnswer, an_amount("1.00", fee_type=fee_type, transaction_type=transaction_type))

    assert convert_finance.fee_class(row) is fee


def test_every_recorded_fee_type_has_a_class():
    """Section 5.1 of the protocol page."""
    recorded = (
        "13 16 3 8 7 14 15 4 142 143 118 121 117 120 209 210 202 203 65 341 211 157 158 26 85 206 298 299 304 305 306 "
        "307 112 19"
    )
    assert set(recorded.split()) == set(convert_finance.FEES)


def test_the_same_amount_twice_is_two_lines():
    """Ids are stable and different."""
    shop = Scripted(finance([a_statement()], [an_amount("10.00"), an_amount("10.00")]))

    first, second = of(shop.shop, *MAY)[0].lines

    assert first.id != second.id
    assert [line.id for line in of(shop.shop, *MAY)[0].lines] == [first.id, second.id]


def test_each_statement_takes_the_amounts_of_its_own_week():
    """Amounts name their statement only by its days; those in no statement yet wait for theirs."""
    weeks = [
        a_statement(),
        a_statement(statement_number="TH1ABC23-20260524", created_at="2026-05-25 00:23:04"),
    ]
    rows = [
        an_amount("1.00"),
        an_amount("2.00", statement="18 May 2026 - 24 May 2026", transaction_date="20 May 2026"),
        an_amount("4.00", statement="25 May 2026 - 31 May 2026", transaction_date="25 May 2026"),
        an_amount("8.00", statement=""),
    ]
    shop = Scripted(finance(weeks, rows))

    found = of(shop.shop, *MAY)

    assert [[line.amount.minor for line in one.lines] for one in found] == [[100], [200]]


def test_a_span_is_asked_for_in_parts_of_under_180_days():
    """Longer ones are refused (1000012)."""
    weeks = [a_statement(), a_statement(statement_number="n", created_at="2025-06-02 00:00:00")]
    shop = Scripted(finance(weeks, []))

    of(shop.shop, datetime(2025, 1, 1, tzinfo=UTC), MAY[1])

    spans = [
        (date.fromisoformat(said["start_time"]), date.fromisoformat(said["end_time"]))
        for path, said in shop.asked
        if path.endswith("details/get")
    ]
    assert len(spans) == 3
    assert all((end - start).days < 180 for start, end in spans)
    assert all(later[0] - earlier[1] == timedelta(days=1) for earlier, later in pairwise(spans))


def test_without_statements_no_amounts_are_read():
    """One call."""
    shop = Scripted(finance([], []))

    assert of(shop.shop, *MAY) == []
    assert [path for path, _ in shop.asked] == ["/finance/payout/status/get"]


def test_a_page_that_comes_twice_is_trouble():
    """There is no total to tell a repeat by."""
    shop = Scripted(finance([a_statement()], [an_amount("1.00")] * 2), Settings(transactions_per_page=2))

    with pytest.raises(TransientError):
        of(shop.shop, *MAY)


@pytest.mark.parametrize("odd", [{"payout": "lots"}, {"created_at": "18 May"}])
def test_unreadable_money_and_times_are_loud(odd):
    """Never guessed."""
    with pytest.raises(ProtocolSurpriseError):
        of(Scripted(finance([a_statement(**odd)], [])).shop, *MAY)


@pytest.mark.parametrize("text", ["17/05/2026", "31 Feb 2026", "17 Mai 2026"])
def test_days_are_read_in_english_only(text):
    """A form nobody recorded is loud."""
    with pytest.raises(ProtocolSurpriseError):
        convert_finance.day(text)


@pytest.mark.parametrize("code", ["1000012", "1000014", "4711"])
def test_refusals_of_the_money_calls_are_loud(code):
    """Spans and types are ours to get right."""
    with pytest.raises(ProtocolSurpriseError):
        of(Scripted(lambda path, said: refused(code)).shop, NOON, NOON + timedelta(days=1))


def a_statement(**changes: Any) -> dict[str, Any]:
    """The recorded statement."""
    return {
        "statement_number": "TH1ABC23-20260517",
        "created_at": "2026-05-18 00:23:04",
        "updated_at": "2026-05-20 00:23:04",
        "opening_balance": "0.00",
        "closing_balance": "4121.00",
        "payout": "4121.00 THB",
        "paid": "0",
    } | changes


def an_amount(amount: str, **changes: Any) -> dict[str, Any]:
    """One row of transaction details."""
    return {
        "order_no": "900100200300401",
        "orderItem_no": "900100200300402",
        "transaction_date": "17 May 2026",
        "transaction_type": "Orders-Sales",
        "transaction_number": "TH1ABC23-XXXXXXX",
        "fee_type": "13",
        "fee_name": "Item Price Credit",
        "amount": amount,
        "statement": "11 May 2026 - 17 May 2026",
    } | changes


def finance(statements: list[dict[str, Any]], rows: list[dict[str, Any]]) -> Any:
    """A script of both money calls."""
    return lambda path, said: ok(statements if path.endswith("status/get") else rows)

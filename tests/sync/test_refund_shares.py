"""A refund of a whole order is its makers' whose goods came back, as far as the order's returns explain it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.money import Money
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState
from chalicelib.sync import settle, statements
from connectors.shopee import convert_money
from connectors.shopee.answers_desk import Released, WalletRow
from tests.sample_month import SHOPEE, a_sample

AT = datetime(2026, 12, 9, 20, tzinfo=UTC)
TEA, SOAP = ("1", "TEA", 8_900), ("2", "SOAP", 11_000)
MAKERS = {"บ้านคำ": "tea", "บ้านแก้ว": "soap"}


@pytest.fixture
def ctx():
    """The order S-2 is a tea of one maker and soap of another; its money of November stands aside."""
    made = a_sample()
    made.clock.now = AT
    return made


def come_back(ctx, name: str, *lines: tuple[str, str, int], state: ReturnState = ReturnState.REFUNDED) -> None:
    told = tuple(ReturnLine(line_id, sku, 1, Money(refund)) for line_id, sku, refund in lines)
    found = Return(SHOPEE, name, "S-2", ReturnKind.MONEY_ONLY, state, told, "", AT, AT)
    ctx.store.returns.take(found, ctx.store.returns.get(SHOPEE, name))


def refunded(ctx, baht: int) -> settle.Settled:
    """The wallet takes it back for the order, and says of no line."""
    row = WalletRow(
        transaction_id=7, transaction_type="REFUND_MINUS", amount=-baht, create_time=int(AT.timestamp()),
        status="COMPLETED", order_sn="S-2",
    )  # fmt: skip
    return settle.hear(ctx, ctx.store.shops.get(SHOPEE), convert_money.movements(SHOPEE, [row], "THB"))


def goods(ctx) -> dict[str, int]:
    """What December's refunds took from each maker, before commission and pledge."""
    told = statements.community_statement(ctx, "sample", *statements.month(2026, 12))
    return {MAKERS[one.name]: one.total.goods.minor for one in told.accounts if one.name in MAKERS}


def test_a_refund_is_taken_from_the_maker_whose_goods_came_back(ctx):
    """The soap's, and nobody else's."""
    come_back(ctx, "R-1", SOAP)
    refunded(ctx, 110)
    assert goods(ctx) == {"soap": -11_000}


def test_two_returns_together_are_weighed_by_what_each_line_got_back(ctx):
    """Half a soap and a tea; a refusal and a withdrawn wish gave nothing back."""
    come_back(ctx, "R-1", ("2", "SOAP", 5_500))
    come_back(ctx, "R-2", TEA)
    come_back(ctx, "R-3", SOAP, state=ReturnState.REFUSED)
    come_back(ctx, "R-4", SOAP, state=ReturnState.CANCELLED)
    refunded(ctx, 144)
    assert goods(ctx) == {"soap": -5_500, "tea": -8_900}


def test_one_return_of_several_is_found_by_its_amount(ctx):
    """The other one is paid back another day."""
    come_back(ctx, "R-1", SOAP)
    come_back(ctx, "R-2", TEA)
    refunded(ctx, 89)
    assert goods(ctx) == {"tea": -8_900}


@pytest.mark.parametrize("returns", [(), (TEA,), (("9", "GONE", 11_000),)], ids=["none", "another amount", "no line"])
def test_what_no_return_explains_is_taken_by_what_was_paid(ctx, returns):
    """All lines of the order, as for any amount of a whole order."""
    for one in returns:
        come_back(ctx, "R-1", one)
    refunded(ctx, 110)
    assert goods(ctx) == {"tea": -4_920, "soap": -6_080}
    assert refunded(ctx, 110).corrected == 0


def test_a_return_that_is_read_later_corrects_the_division(ctx):
    """Once, by new entries."""
    refunded(ctx, 110)
    come_back(ctx, "R-1", SOAP)
    ctx.clock.now = AT + timedelta(days=1)
    assert refunded(ctx, 110).corrected == 1
    assert goods(ctx) == {"soap": -11_000, "tea": 0}
    assert refunded(ctx, 110).corrected == 0


def test_a_refund_that_grows_is_divided_by_all_that_came_back(ctx):
    """First the soap, then the tea as well: not the soap's maker for both."""
    for lines, baht in (((SOAP,), 110), ((SOAP, TEA), 199)):
        come_back(ctx, "R-1", *lines)
        row = Released(order_sn="S-2", payout_amount=-baht, escrow_release_time=int(AT.timestamp()))
        escrow = convert_money.settlement(SHOPEE, row, {"seller_return_refund": -baht}, "THB")
        later = AT + timedelta(days=3)
        escrow = replace(escrow, id="S-2/later", at=later)
        ctx.clock.now = later
        settle.hear(ctx, ctx.store.shops.get(SHOPEE), [escrow])
    assert goods(ctx) == {"soap": -11_000, "tea": -8_900}

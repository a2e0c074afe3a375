"""Settlements over real HTTP; every amount is explained or its difference is shown."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from shopee_shop import NOON, KeptTokens, PracticeShop, a_listing, envelope, one_axis, scripted

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.ports import OrderWindow
from chalicelib.domain.settlement import FeeClass, Settlement
from connectors.shopee import convert_money
from connectors.shopee.answers_desk import Released, WalletRow


def around_now(by: str = "updated") -> OrderWindow:
    """The last hour and the next."""
    now = datetime.now(UTC)
    return OrderWindow(by, now - timedelta(hours=1), now + timedelta(hours=1))


def completed(practice: PracticeShop, quantity: int = 2) -> str:
    """An order the buyer has."""
    practice.publish(a_listing())
    order_id = practice.sim("orders", lines=[{"seller_sku": "TEA-50", "quantity": quantity}])["order_id"]
    practice.sim(f"orders/{order_id}/advance", to="COMPLETED")
    return order_id


def asked_back(practice: PracticeShop, order_id: str, quantity: int = 1, code: str = "TEA-50") -> str:
    """The buyer asks to send something back."""
    lines = [{"seller_sku": code, "quantity": quantity}]
    return practice.sim("returns", order_id=order_id, lines=lines)["return_sn"]


def all_returns(practice: PracticeShop, by: str = "updated"):
    return [one for page in practice.shop.returns(around_now(by)) for one in page]


def all_settlements(practice: PracticeShop) -> list[Settlement]:
    """Everything of the last hour and the next."""
    window = around_now()
    return [one for page in practice.shop.settlements(window.since, window.until) for one in page]


def test_a_completed_order_is_settled_to_the_satang(practice: PracticeShop):
    """Its lines add up to what was released, each of a class and with Shopee's own name."""
    order_id = completed(practice)

    (found,) = all_settlements(practice)

    assert (found.id, found.difference, found.paid_at) == (order_id, Money(0), found.at)
    assert {line.words: (line.fee, line.amount) for line in found.lines} == {
        "original_cost_of_goods_sold": (FeeClass.SALE, Money(17800)),
        "buyer_paid_shipping_fee": (FeeClass.SHIPPING_PAID_BY_BUYER, Money(4000)),
        "actual_shipping_fee": (FeeClass.SHIPPING_COST, Money(-4000)),
        "commission_fee": (FeeClass.COMMISSION, Money(-1068)),
        "seller_transaction_fee": (FeeClass.PAYMENT_FEE, Money(-571)),
    }
    assert {line.order_id for line in found.lines} == {order_id}


def test_a_refund_is_taken_out_of_its_order(practice: PracticeShop):
    """The lines still add up."""
    practice.publish(one_axis())
    order_id = practice.sim("orders", lines=[{"seller_sku": "CLOTH-0", "quantity": 2}])["order_id"]
    practice.sim(f"orders/{order_id}/advance", to="COMPLETED")
    practice.shop.answer_return(asked_back(practice, order_id, code="CLOTH-0"), agree=True)

    (found,) = all_settlements(practice)

    assert found.adds_up
    assert [line.amount for line in found.lines if line.fee is FeeClass.REFUND] == [Money(-45000)]


def test_the_wallet_tells_what_belongs_to_no_order(practice: PracticeShop):
    """Adjustments come as settlements of their own; releases and withdrawals are not told twice."""
    order_id = completed(practice)
    shop_id = practice.access.remote_id
    practice.sim("wallet", shop_id=shop_id, transaction_type="ADJUSTMENT_MINUS", amount=-12.5, reason="lost parcel")
    practice.sim("wallet", shop_id=shop_id, transaction_type="WITHDRAWAL_CREATED", amount=-100)

    first, again = all_settlements(practice), all_settlements(practice)

    order, adjustment = first
    (line,) = adjustment.lines
    assert order.id == order_id
    assert (line.fee, line.amount, line.order_id) == (FeeClass.ADJUSTMENT, Money(-1250), "")
    assert line.words == "ADJUSTMENT_MINUS · lost parcel"
    assert adjustment.adds_up
    assert [one.id for one in again] == [one.id for one in first]


def test_a_month_of_money_is_read_in_windows_shopee_takes(practice: PracticeShop):
    """Each order once."""
    order_id = completed(practice)
    now = datetime.now(UTC)

    pages = list(practice.shop.settlements(now - timedelta(days=40), now + timedelta(days=1)))

    assert [one.id for page in pages for one in page] == [order_id]


RELEASE = {"order_sn": "A", "payout_amount": 30.70, "escrow_release_time": int(NOON.timestamp()) - 60}
INCOME = {
    "original_cost_of_goods_sold": 30,
    "buyer_paid_shipping_fee": 1.99,
    "commission_fee": 0.64,
    "seller_transaction_fee": 0.65,
    "credit_card_transaction_fee": 0.65,
    "escrow_amount": 30.70,
}


def told_by(batch: Any, alone: Any = None) -> list[Settlement]:
    """What becomes of one release when the batch and the single call answer this."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        asked.append(name)
        if name == "get_escrow_list":
            return envelope({"escrow_list": [RELEASE], "more": False})
        if name == "get_escrow_detail_batch":
            assert request.method == "POST"
            assert json.loads(request.content) == {"order_sn_list": ["A"]}
            return batch
        if name == "get_wallet_transaction_list":
            return envelope({"transaction_list": [], "more": False})
        return alone

    channel, access, tokens = scripted(answer)
    shop = channel.open(access, KeptTokens(channel, access, tokens))
    return [one for page in shop.settlements(NOON - timedelta(hours=1), NOON) for one in page]


DETAIL = {"order_sn": "A", "order_income": INCOME}
BATCHES = [
    (envelope([{"escrow_detail": DETAIL}]), None),
    (httpx.Response(200, json={"error": "", "escrow_detail_list": [{"escrow_detail": DETAIL}]}), None),
    (envelope([{"escrow_detail": {"order_sn": "A"}, "fail_error": "error_not_found"}]), envelope(DETAIL)),
    (envelope([{"escrow_detail": DETAIL | {"order_income": {"commission_fee": 0.64}}}]), envelope(DETAIL)),
    (envelope(error="error_param", message="order_sn_list is too long"), envelope(DETAIL)),
    (envelope([]), envelope(DETAIL)),
]


@pytest.mark.parametrize(("batch", "alone"), BATCHES)
def test_shp_025_a_batch_that_does_not_explain_is_asked_again_alone(batch: httpx.Response, alone: Any):
    """A list in either place, a failed row, missing fields, a refusal: the order is explained all the same."""
    (found,) = told_by(batch, alone)

    assert (found.payout, found.difference) == (Money(3070), Money(0))


def test_what_nothing_explains_is_a_difference():
    """An order without a breakdown keeps its payout and says that it is unexplained."""
    (bare,) = told_by(envelope([]), envelope(error="error_not_found", message="the order is not found"))
    income = INCOME | {"fee_of_next_year": 1.5}
    (short,) = told_by(
        envelope([]), envelope({"order_sn": "A", "order_income": income | {"original_cost_of_goods_sold": 31.5}})
    )

    assert (bare.lines, bare.payout, bare.difference) == ((), Money(3070), Money(3070))
    assert short.difference == Money(-150)


def a_release(payout: float) -> Released:
    return Released.model_validate(RELEASE | {"payout_amount": payout})


def test_adjustments_join_only_the_payout_they_are_part_of():
    """Later ones are told by the wallet, and would count twice."""
    row = {"amount": -2.5, "date": int(NOON.timestamp()), "currency": "THB", "adjustment_reason": "lost parcel"}
    income = INCOME | {"order_adjustment": [row]}

    before = convert_money.settlement("shop", a_release(30.70), income, "THB")
    after = convert_money.settlement("shop", a_release(28.20), income, "THB")

    assert [one.adds_up for one in (before, after)] == [True, True]
    assert FeeClass.ADJUSTMENT not in {line.fee for line in before.lines}
    assert after.lines[-1].amount == Money(-250)
    assert after.lines[-1].words == "lost parcel"


def test_what_floats_leave_behind_is_no_satang():
    """30.700000000000003 is 30.70; a third of a satang is loud."""
    assert convert_money.money(30.700000000000003, "THB", "A") == Money(3070)
    with pytest.raises(ProtocolSurpriseError):
        convert_money.money(30.7033, "THB", "A")


def test_a_failed_movement_and_one_without_a_number_are_told_apart():
    """What failed moved nothing; a row without an id is known by what it says."""
    row = {"transaction_type": "ADJUSTMENT_ADD", "amount": 5, "create_time": 1735780000, "status": "COMPLETED"}

    rows = [row | {"status": "FAILED"}, row, row | {"transaction_id": 7}]
    told = convert_money.movements("shop", [WalletRow.model_validate(one) for one in rows], "THB")

    assert [one.id for one in told] == ["wallet/1735780000/ADJUSTMENT_ADD/5/", "wallet/7"]


def wallet_rows(*balances: float | None) -> list[WalletRow]:
    """Movements alike but for the balance after them."""
    row = {"transaction_type": "ADJUSTMENT_MINUS", "amount": -12.5, "create_time": 1735780000, "status": "COMPLETED"}
    return [WalletRow.model_validate(row | {"current_balance": balance}) for balance in balances]


def test_shp_031_two_equal_movements_of_one_second_are_two(practice: PracticeShop):
    """Each with an id that stays, whatever order and page it comes on; a row that comes again is no second one."""
    told = [one.id for one in convert_money.movements("shop", wallet_rows(100, 87.5), "THB")]
    assert told == ["wallet/1735780000/ADJUSTMENT_MINUS/-12.5/", "wallet/1735780000/ADJUSTMENT_MINUS/-12.5//2"]
    again = convert_money.movements("shop", wallet_rows(87.5, 100, 87.5, 100), "THB")
    assert [one.id for one in again] == told

    shop_id = practice.access.remote_id
    for _ in range(6):  # six in a row: two of them at least in one second
        practice.sim("wallet", shop_id=shop_id, transaction_type="ADJUSTMENT_MINUS", amount=-12.5, reason="lost parcel")
    ids = {one.id for one in all_settlements(practice)}
    assert len(ids) == 6
    assert {one.id for one in all_settlements(practice)} == ids


@pytest.mark.parametrize("balances", [(87.5,), (None,), (None, None), (0, None)])
def test_shp_031_one_alone_keeps_the_id_it_was_stored_under(balances):
    """With a balance or without: an upgrade, or another balance on the next read, books nothing twice."""
    told = convert_money.movements("shop", wallet_rows(*balances), "THB")
    assert [one.id for one in told] == ["wallet/1735780000/ADJUSTMENT_MINUS/-12.5/"]


def test_every_income_field_of_the_page_has_a_class(page: str):
    """No amount Shopee names is left unclassified."""
    table = re.search(r"\| `order_income` field \|(.*?)\n\n", page, re.S)
    assert table is not None
    first_column = [row.split("|")[1] for row in table[1].splitlines() if row.startswith("|")]
    named = {name for cell in first_column for name in re.findall(r"`([a-z_0-9]+)", cell)}

    assert len(named) > 30
    assert {name for name in named if convert_money.field(name) is None} == set()


def test_the_formula_is_the_pages_formula(page: str):
    """Every term of the page's formula is counted with the page's sign, and nothing else is."""
    said = re.search(r"Formula given for local shops: `escrow_amount` = (.*?)\n\n", page, re.S)
    assert said is not None
    text = " ".join(said[1].replace("−", "-").split())
    taxes = re.search(r"- taxes \((.*?)\)", text, re.S)
    assert taxes is not None
    text = text.replace(taxes[0], "- " + " - ".join(_names(taxes[1])))
    signs = {name: 1 if sign == "+" else -1 for sign, name in re.findall(r"([+-])\s+(\*?[a-z_0-9]+)", "+ " + text)}

    counted = {name: found.sign for name, found in convert_money.INCOME.items() if found.sign}
    assert {name: sign for name, sign in signs.items() if not name.startswith("*")} == counted
    assert convert_money.field("shipping_fee_sst") == convert_money.Field(FeeClass.TAX, -1)


def _names(taxes: str) -> list[str]:
    """The taxes one by one; `withholding_vat/pit/cit_tax` is three."""
    joined, apart = "withholding_vat/pit/cit_tax", "withholding_vat_tax withholding_pit_tax withholding_cit_tax"
    return re.findall(r"\*?[a-z_0-9]+", taxes.replace(joined, apart))

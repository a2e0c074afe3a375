"""Money in the practice Lazada: fees of each delivered piece, and statements that add up."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from lazada_caller import Caller, a_sku

from sandbox.market.server import running


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with running("lazada") as server:
        yield Caller(server)


@pytest.fixture(autouse=True)
def _fresh(caller: Caller) -> None:
    caller.sim("reset", {"seed": 1})
    caller.made(Skus={"Sku": [a_sku(price="199.99")]})


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%d")


def an_order(caller: Caller, to: str, quantity: int = 1) -> str:
    lines = [{"seller_sku": "TEA-50", "quantity": quantity}]
    order_id = str(caller.sim("orders", {"lines": lines})["order_id"])
    caller.sim(f"orders/{order_id}/advance", {"to": to})
    return order_id


def test_money_comes_with_delivery(caller: Caller) -> None:
    """Nothing before delivery; then an income and two fees for each piece, all as texts."""
    order_id = an_order(caller, "shipped", 2)
    ask = {"start_time": day(-1), "end_time": day(1)}
    assert caller.get("/finance/transaction/details/get", **ask)["data"] == []
    caller.sim(f"orders/{order_id}/advance", {"to": "delivered"})
    rows = caller.get("/finance/transaction/details/get", **ask)["data"]
    assert sorted(row["fee_type"] for row in rows) == ["13", "13", "16", "16", "3", "3"]
    amounts = {row["fee_name"]: row["amount"] for row in rows}
    assert amounts == {"Item Price Credit": "199.99", "Commission": "-10.70", "Payment Fee": "-6.42"}
    only = caller.get("/finance/transaction/details/get", **ask, trans_type=16, limit=1)["data"]
    assert [row["fee_type"] for row in only] == ["16"]


def test_a_statement_is_the_sum_of_its_rows(caller: Caller) -> None:
    """After the week is over: payout = income - fees - refund + commission given back, to the satang."""
    an_order(caller, "delivered", 2)
    returned = an_order(caller, "delivered")
    caller.sim(f"orders/{returned}/advance", {"to": "returned"})
    assert caller.get("/finance/payout/status/get", created_after=day(-30))["data"] == []
    caller.sim("clock", {"advance_s": 8 * 86_400})
    (statement,) = caller.get("/finance/payout/status/get", created_after=day(-30))["data"]
    rows = caller.get("/finance/transaction/details/get", start_time=day(-1), end_time=day(1))["data"]
    total = sum(Decimal(row["amount"]) for row in rows)
    assert statement["payout"] == f"{total} THB"
    assert statement["refunds"] == "199.99"
    assert statement["statement_number"].startswith("TH1P")


def test_questions_about_money_have_rules(caller: Caller) -> None:
    """Days are a must, the span is under 180 days, the fee type must be known."""
    api = "/finance/transaction/details/get"
    assert caller.get(api)["code"] == "17"
    assert caller.get(api, start_time=day(-180), end_time=day(0))["code"] == "1000012"
    assert caller.get(api, start_time=day(-1), end_time=day(0), trans_type=999)["code"] == "1000014"
    assert caller.get(api, start_time=day(-1), end_time=day(0), limit=501)["code"] == "19"

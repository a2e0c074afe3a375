"""Escrow and returns in the practice Shopee."""

import json
import time

import pytest
from shopee_practice import Seller, listener, model, until

from sandbox.market.server import running

SUBTRACTED = ("voucher_from_seller", "commission_fee", "service_fee", "seller_transaction_fee", "escrow_tax")


@pytest.fixture(scope="module")
def server():
    with running("shopee") as served:
        yield served


@pytest.fixture
def seller(server):
    server.market.reset(1)
    server.market.pusher.url = None
    practice = Seller(server.url, server.credentials("ร้านฝึก"))
    practice.sim("settings", {"ready_after_s": 0})
    return practice


def advance(seller, order_sn, status):
    seller.sim(f"orders/{order_sn}/advance", {"to": status})


def escrow(seller, order_sn):
    return seller.get("payment/get_escrow_detail", order_sn=order_sn)["response"]["order_income"]


def ask(seller, order_sn, quantity=1, code="PHING"):
    lines = [{"seller_sku": code, "quantity": quantity}]
    return seller.sim("returns", {"order_id": order_sn, "lines": lines})


def test_an_escrow_adds_up_and_its_lines_are_totals(seller):
    """The formula gives escrow_amount, and a line of two carries both prices together."""
    seller.add_with_models(model([0], "R", 259), model([1], "B", 269))
    income = escrow(seller, seller.buy("R", 2))
    start = income["original_cost_of_goods_sold"] + income["buyer_paid_shipping_fee"] - income["actual_shipping_fee"]
    assert income["escrow_amount"] == pytest.approx(start - sum(income[name] for name in SUBTRACTED))
    assert income["commission_fee"] == pytest.approx(31.08)
    assert income["credit_card_transaction_fee"] == income["seller_transaction_fee"]
    (line,) = income["items"]
    assert (line["quantity_purchased"], line["selling_price"], line["model_sku"]) == (2, 518, "R")


def test_money_is_listed_once_the_order_is_completed(seller):
    """Before that the list is empty; afterwards it holds the same amount as the detail."""
    seller.add()
    order_sn, now = seller.buy("PHING"), int(time.time())
    window = {"release_time_from": now - 60, "release_time_to": now + 60}

    def released():
        return seller.get("payment/get_escrow_list", **window)["response"]["escrow_list"]

    advance(seller, order_sn, "TO_CONFIRM_RECEIVE")
    assert released() == []
    advance(seller, order_sn, "COMPLETED")
    (row,) = released()
    assert (row["order_sn"], row["payout_amount"]) == (order_sn, escrow(seller, order_sn)["escrow_amount"])


def test_a_batch_fails_row_by_row_and_takes_fifty(seller):
    """An unknown order is a row with its own error; 51 orders are too many."""
    seller.add()
    order_sn = seller.buy("PHING")
    rows = seller.post("payment/get_escrow_detail_batch", {"order_sn_list": [order_sn, "X"]})["response"]
    assert rows[0]["escrow_detail"]["order_sn"] == order_sn
    assert rows[1]["fail_error"] == "error_not_found"
    too_many = seller.post("payment/get_escrow_detail_batch", {"order_sn_list": ["X"] * 51})
    assert too_many["error"] == "exceed_max_limit"


def test_an_accepted_return_takes_its_refund_and_no_stock_comes_back(seller):
    """Order, return and money tell one story; the goods wait for a person to count them in."""
    seller.add(seller_stock=[{"stock": 5}])
    order_sn = seller.buy("PHING", 3)
    advance(seller, order_sn, "SHIPPED")
    before = escrow(seller, order_sn)["escrow_amount"]
    return_sn = ask(seller, order_sn, 2)["return_sn"]
    assert seller.order(order_sn)["order_status"] == "TO_RETURN"
    detail = seller.get("returns/get_return_detail", return_sn=return_sn)["response"]
    assert (detail["status"], detail["refund_amount"], detail["item"][0]["amount"]) == ("REQUESTED", 518, 2)
    assert detail["user"]["username"] == "****"
    assert seller.post("returns/confirm", {"return_sn": return_sn})["error"] == ""
    income = escrow(seller, order_sn)
    assert (income["seller_return_refund"], income["cost_of_goods_sold"]) == (-518, 259)
    assert income["escrow_amount"] < before
    assert seller.state()["listings"][0]["stock"] == 2
    assert seller.post("returns/confirm", {"return_sn": return_sn})["error"] == "error_data"


def test_returns_are_listed_by_status_and_window(seller):
    """The first page may be called 0 or 1; windows over 15 days and unknown numbers are refused."""
    seller.add()
    order_sn = seller.buy("PHING", 2)
    advance(seller, order_sn, "COMPLETED")
    first, second = ask(seller, order_sn)["return_sn"], ask(seller, order_sn)["return_sn"]
    seller.sim(f"returns/{second}/advance", {"to": "JUDGING"})
    for page in (0, 1):
        answer = seller.get("returns/get_return_list", page_no=page, page_size=1)["response"]
        assert (answer["return"][0]["return_sn"], answer["more"]) == (first, True)
        assert answer["return"][0]["return_refund_type"] == "RRAOC"
    judged = seller.get("returns/get_return_list", page_no=1, page_size=10, status="JUDGING")["response"]["return"]
    assert [row["return_sn"] for row in judged] == [second]
    long = {"create_time_from": 1, "create_time_to": 16 * 86400}
    refused = seller.get("returns/get_return_list", page_no=1, page_size=10, **long)
    assert refused["message"] == "The period between create_time_from and created_time_of must not more than 15 days."
    assert seller.get("returns/get_return_detail", return_sn="1")["message"] == "The return you queried doesn't exist."


def test_only_shipped_pieces_can_be_returned(seller):
    """Neither an order still here, nor more pieces than were bought."""
    seller.add()
    order_sn = seller.buy("PHING")
    assert "nothing to return" in ask(seller, order_sn)["error"]
    advance(seller, order_sn, "SHIPPED")
    assert "only 1" in ask(seller, order_sn, 2)["error"]


def test_a_returns_steps_are_pushed(seller):
    """Code 29 names order and return the newer way, with the old and the new status."""
    seller.add()
    order_sn = seller.buy("PHING")
    advance(seller, order_sn, "SHIPPED")
    with listener() as (url, got):
        seller.sim("push", {"url": url})
        return_sn = ask(seller, order_sn)["return_sn"]
        seller.post("returns/confirm", {"return_sn": return_sn})

        def steps():
            bodies = [json.loads(raw) for raw, _ in got]
            return [body["data"] for body in bodies if body["code"] == 29]

        until(lambda: len(steps()) == 2)
        values = [(row["updated_values"][0]["old_value"], row["updated_values"][0]["new_value"]) for row in steps()]
        assert values == [("", "REQUESTED"), ("REQUESTED", "ACCEPTED")]
        assert {row["order_sn"] for row in steps()} == {order_sn}
        seller.sim("push", {"url": None})

"""Returns in the practice Lazada: the buyer asks, the seller answers, the money goes back."""

import json
from collections.abc import Iterator
from typing import Any

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
    caller.made(Skus={"Sku": [a_sku(price="349.00")]})


def a_return(caller: Caller, quantity: int = 1, **more: str) -> tuple[str, str]:
    """Order id and reverse order id of a delivered order that the buyer gives back."""
    lines = [{"seller_sku": "TEA-50", "quantity": quantity}]
    order_id = str(caller.sim("orders", {"lines": lines})["order_id"])
    caller.sim(f"orders/{order_id}/advance", {"to": "delivered"})
    return order_id, str(caller.sim(f"orders/{order_id}/return", dict(more))["reverse_order_id"])


def row(caller: Caller, **more: Any) -> dict[str, Any]:
    found = caller.get("/reverse/getreverseordersforseller", page_no=1, page_size=10, **more)["result"]
    first: dict[str, Any] = found["items"][0]
    return first


def answer(caller: Caller, reverse_id: str, action: str, **more: str) -> dict[str, Any]:
    ids = json.dumps([line["reverse_order_line_id"] for line in row(caller)["reverse_order_lines"]])
    return caller.get(
        "/order/reverse/return/update", action=action, reverse_order_id=reverse_id, reverse_order_item_ids=ids, **more
    )


def test_a_request_is_listed_with_amounts_in_cents(caller: Caller) -> None:
    """349 baht are 34900; filters by type, state and order narrow the list."""
    order_id, reverse_id = a_return(caller)
    one = row(caller, trade_order_id=order_id, reverse_status_list='["REQUEST_INITIATE"]')
    assert one["reverse_order_id"] == int(reverse_id)
    assert one["reverse_order_lines"][0]["refund_amount"] == 34_900
    ask = {"page_no": 1, "page_size": 10, "request_type_list": '["ONLY_REFUND"]'}
    assert caller.get("/reverse/getreverseordersforseller", **ask)["result"]["total"] == 0
    assert caller.get("/reverse/getreverseordersforseller")["code"] == "120"
    detail = caller.get("/order/reverse/return/detail/list", reverse_order_id=reverse_id)["data"]
    assert detail["reverseOrderLineDTOList"] == one["reverse_order_lines"]


def test_goods_come_back_and_money_goes_back(caller: Caller) -> None:
    """Agreed, sent, confirmed, refunded: the piece is returned, the stock is not touched."""
    order_id, reverse_id = a_return(caller)
    assert answer(caller, reverse_id, "agreeRefund")["code"] == "114"
    assert answer(caller, reverse_id, "agreeReturn")["code"] == "0"
    caller.sim(f"returns/{reverse_id}/advance", {"to": "BUYER_RETURN_ITEM"})
    assert answer(caller, reverse_id, "agreeRefund")["code"] == "114"
    assert answer(caller, reverse_id, "confirmDelivery")["code"] == "0"
    assert answer(caller, reverse_id, "agreeRefund")["code"] == "0"
    assert row(caller)["reverse_order_lines"][0]["reverse_status"] == "REFUND_SUCCESS"
    assert caller.get("/order/get", order_id=order_id)["data"]["statuses"] == ["returned"]
    assert caller.sim("state")["listings"][0]["stock"] == 9


def test_a_refusal_needs_its_reasons(caller: Caller) -> None:
    """Reason, words and pictures, and one line at a time."""
    _, reverse_id = a_return(caller, 2)
    assert answer(caller, reverse_id, "refuseReturn")["code"] == "108"
    full = {"reason_id": "1001", "comment": "ของดี", "image_info": "[]"}
    assert answer(caller, reverse_id, "refuseReturn", **full)["code"] == "111"
    assert answer(caller, reverse_id, "dance")["code"] == "107"


def test_money_only_is_decided_elsewhere(caller: Caller) -> None:
    """ONLY_REFUND has its own call; the return call refuses it."""
    _, reverse_id = a_return(caller, type="ONLY_REFUND")
    assert answer(caller, reverse_id, "instantRefund")["code"] == "114"
    ids = json.dumps([row(caller)["reverse_order_lines"][0]["reverse_order_line_id"]])
    ask = {"action": "agreeRefund", "reverse_order_id": reverse_id, "reverse_order_item_ids": ids}
    assert caller.get("/order/reverse/onlyrefund/seller/decide", **ask)["data"] is None
    assert row(caller)["reverse_order_lines"][0]["reverse_status"] == "REFUND_SUCCESS"


def test_only_delivered_pieces_come_back_once(caller: Caller) -> None:
    """A second request for the same piece is refused, and one before delivery too."""
    order_id, _ = a_return(caller)
    assert "error" in caller.sim(f"orders/{order_id}/return", {})
    early = caller.sim("orders", {"lines": [{"seller_sku": "TEA-50", "quantity": 1}]})["order_id"]
    assert "error" in caller.sim(f"orders/{early}/return", {})

"""Price and stock in the practice Lazada: three numbers that always add up, and two meanings of "quantity"."""

from collections.abc import Iterator
from typing import Any

import pytest
from lazada_caller import Caller, two_sizes

from sandbox.market.server import running


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with running("lazada") as server:
        yield Caller(server)


@pytest.fixture(autouse=True)
def _fresh(caller: Caller) -> None:
    caller.sim("reset", {"seed": 1})


def stock(caller: Caller, seller_sku: str = "TEA-50") -> tuple[int, int, int, int]:
    """sellable, withheld, occupied, total."""
    sku = caller.first_sku(seller_sku)
    if not sku["multiWarehouseInventories"]:
        return sku["Available"], 0, 0, 0
    row = sku["multiWarehouseInventories"][0]
    return row["sellableQuantity"], row["withholdQuantity"], row["occupyQuantity"], row["totalQuantity"]


def write(caller: Caller, api: str, *rows: dict[str, str]) -> dict[str, Any]:
    return caller.payload(api, {"Skus": {"Sku": list(rows)}})


PRICE_QUANTITY, SELLABLE = "/product/price_quantity/update", "/product/stock/sellable/update"
ADJUST = "/product/stock/sellable/adjust"


def an_order(caller: Caller, quantity: int = 1, paid: bool = True) -> str:
    body = {"lines": [{"seller_sku": "TEA-50", "quantity": quantity}], "paid": paid}
    return str(caller.sim("orders", body)["order_id"])


def test_the_recorded_example_of_one_unit(caller: Caller) -> None:
    """Placed 9/1, paid 9 and one occupied, ready to ship 9 of 9."""
    caller.made()
    assert stock(caller) == (10, 0, 0, 10)
    order_id = an_order(caller, paid=False)
    assert stock(caller) == (9, 1, 0, 10)
    caller.sim(f"orders/{order_id}/advance", {"to": "pending"})
    assert stock(caller) == (9, 0, 1, 10)
    caller.sim(f"orders/{order_id}/advance", {"to": "packed"})
    assert stock(caller) == (9, 0, 1, 10)
    caller.sim(f"orders/{order_id}/advance", {"to": "ready_to_ship"})
    assert stock(caller) == (9, 0, 0, 9)


def test_cancelling_before_shipping_gives_back(caller: Caller) -> None:
    """A canceled order's units are sellable again."""
    caller.made()
    order_id = an_order(caller, 3)
    caller.sim(f"orders/{order_id}/advance", {"to": "canceled"})
    assert stock(caller) == (10, 0, 0, 10)


def test_an_unpaid_order_is_given_up_after_half_an_hour(caller: Caller) -> None:
    """Withheld for 30 minutes, then canceled and sellable again."""
    caller.made()
    order_id = an_order(caller, 2, paid=False)
    caller.sim("clock", {"advance_s": 1790})
    assert stock(caller) == (8, 2, 0, 10)
    caller.sim("clock", {"advance_s": 20})
    assert stock(caller) == (10, 0, 0, 10)
    assert caller.get("/order/get", order_id=order_id)["data"]["statuses"] == ["canceled"]


def test_the_same_number_means_two_things(caller: Caller) -> None:
    """With two pieces promised, Quantity 8 leaves 6 to sell, SellableQuantity 8 leaves 8."""
    _, (sku_id,) = caller.made()
    an_order(caller, 2)
    assert write(caller, PRICE_QUANTITY, {"SkuId": sku_id, "Quantity": "8"})["code"] == "0"
    assert stock(caller) == (6, 0, 2, 8)
    assert write(caller, SELLABLE, {"SkuId": sku_id, "SellableQuantity": "8"})["code"] == "0"
    assert stock(caller) == (8, 0, 2, 10)


def test_the_total_cannot_fall_below_what_is_promised(caller: Caller) -> None:
    """Quantity below withheld and occupied is refused with the floor in its text."""
    _, (sku_id,) = caller.made()
    an_order(caller, 4)
    answer = write(caller, PRICE_QUANTITY, {"SkuId": sku_id, "Quantity": "3"})
    assert answer["code"] == "501"
    assert "at least 4" in answer["detail"][0]["message"]
    assert stock(caller) == (6, 0, 4, 10)


def test_adjust_moves_by_the_value_and_stops_at_zero(caller: Caller) -> None:
    """A delta moves the number each time it is sent; below zero is 212."""
    _, (sku_id,) = caller.made()
    for _ in range(2):
        write(caller, ADJUST, {"SkuId": sku_id, "SellableQuantity": "-4"})
    assert stock(caller)[0] == 2
    answer = write(caller, ADJUST, {"SkuId": sku_id, "SellableQuantity": "-4"})
    assert answer["detail"][0]["message"].startswith("212:INV_NEGATIVE_SELLABLE")


def test_a_bad_row_does_not_stop_the_others(caller: Caller) -> None:
    """501 names the failing SKU; the good one is written."""
    _, (sku_id,) = caller.made()
    answer = write(
        caller, PRICE_QUANTITY, {"SkuId": "1", "SellerSku": "NO", "Quantity": "1"}, {"SkuId": sku_id, "Price": "99.50"}
    )
    assert (answer["code"], len(answer["detail"])) == ("501", 1)
    assert answer["detail"][0]["seller_sku"] == "NO"
    assert caller.first_sku()["price"] == 99.5


def test_partial_fails_one_row_of_a_batch(caller: Caller) -> None:
    """The fault fails the last row and applies the rest."""
    _, (small, large) = caller.made(**two_sizes())
    caller.sim("faults", {"kind": "partial", "path": PRICE_QUANTITY})
    rows = [{"SkuId": one, "Quantity": "3"} for one in (small, large)]
    assert write(caller, PRICE_QUANTITY, *rows)["code"] == "501"
    assert (stock(caller, "TEA-S")[0], stock(caller, "TEA-L")[0]) == (3, 10)
    assert write(caller, PRICE_QUANTITY, *rows).get("data") is None
    assert stock(caller, "TEA-L")[0] == 3


def test_stock_writes_are_strict(caller: Caller) -> None:
    """SkuId is a must, numbers must be texts, at most 50 rows, no warehouse form, no negatives."""
    _, (sku_id,) = caller.made()
    assert write(caller, SELLABLE, {"SellerSku": "TEA-50", "SellableQuantity": "1"})["code"] == "501"
    assert write(caller, SELLABLE, {"SkuId": sku_id, "SellableQuantity": 1})["code"] == "1001"  # type: ignore[dict-item]
    assert write(caller, SELLABLE, *[{"SkuId": sku_id, "SellableQuantity": "1"}] * 51)["code"] == "4171"
    many: dict[str, Any] = {"SkuId": sku_id, "MultiWarehouseInventories": {"MultiWarehouseInventory": []}}
    assert write(caller, PRICE_QUANTITY, many)["detail"][0]["message"].startswith("10002")
    assert write(caller, SELLABLE, {"SkuId": sku_id, "SellableQuantity": "-1"})["code"] == "501"
    bare = caller.payload(PRICE_QUANTITY, {"Skus": {"Sku": {"SkuId": sku_id, "Quantity": "5"}}})
    assert bare["code"] == "0"


def test_a_special_price_is_what_buyers_pay_while_it_runs(caller: Caller) -> None:
    """Inside its dates the order costs the special price; it must stay below the price."""
    _, (sku_id,) = caller.made()
    sale = {"SkuId": sku_id, "SalePrice": "99.00", "SaleStartDate": "2020-01-01", "SaleEndDate": "2099-01-01"}
    assert write(caller, PRICE_QUANTITY, sale)["code"] == "0"
    assert caller.first_sku()["special_price"] == 99.0
    an_order(caller)
    assert caller.sim("state")["orders"][0]["total"] == 99
    assert write(caller, PRICE_QUANTITY, {"SkuId": sku_id, "SalePrice": "120"})["code"] == "501"


def test_a_campaign_refuses_cuts(caller: Caller) -> None:
    """During a campaign stock cannot go down and prices stay; more stock is fine."""
    _, (sku_id,) = caller.made()
    caller.sim("settings", {"campaign": True})
    assert write(caller, PRICE_QUANTITY, {"SkuId": sku_id, "Quantity": "5"})["code"] == "501"
    assert write(caller, PRICE_QUANTITY, {"SkuId": sku_id, "Price": "1.00"})["code"] == "501"
    assert write(caller, PRICE_QUANTITY, {"SkuId": sku_id, "Quantity": "50"})["code"] == "0"


def test_accepted_writes_can_be_lost_and_reads_can_be_stale(caller: Caller) -> None:
    """accept_then_lose answers success and changes nothing; stale_read shows the number before."""
    _, (sku_id,) = caller.made()
    caller.sim("faults", {"kind": "accept_then_lose", "path": SELLABLE})
    assert write(caller, SELLABLE, {"SkuId": sku_id, "SellableQuantity": "3"})["code"] == "0"
    assert stock(caller)[0] == 10
    caller.sim("faults", {"kind": "stale_read", "path": "/products/get"})
    write(caller, SELLABLE, {"SkuId": sku_id, "SellableQuantity": "3"})
    assert [stock(caller)[0] for _ in range(2)] == [10, 3]

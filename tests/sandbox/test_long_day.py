"""A page of an order list costs its own rows: of the other orders of a long day it looks at none."""

import pickle
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from lazada_caller import Caller, a_sku
from shopee_practice import Seller

from sandbox.lazada.times import BANGKOK
from sandbox.market.market import Market
from sandbox.market.server import running
from sandbox.market.shop import Order, Shop
from sandbox.market.timeline import Orders

HOUR_S, SIZE = 3600, 10
Ask = Callable[[], list[str]]
looked_at: set[str] = set()


class Watched(Order):
    """An order that tells when anything of it is read."""

    def __getattribute__(self, name: str) -> Any:
        looked_at.add(object.__getattribute__(self, "order_id"))
        return object.__getattribute__(self, name)


def watched(market: Market, shop: Shop, count: int, done: str) -> list[str]:
    """Ids of so many orders of the past hour, the oldest first, with their money paid out."""
    now = int(market.clock.now())
    for number in range(count):
        order = market.place_order(shop, [("TEA-50", 1)])
        market.advance(shop, order, done)
        order.created_at = order.updated_at = now - HOUR_S + HOUR_S * number / count
        order.__class__ = Watched
    return list(shop.orders)


def lazada_pages(caller: Caller, count: int) -> dict[str, Ask]:
    """Each list of the practice Lazada, asked for its rows from the middle on."""
    start, end = (caller.server.market.clock.now() + ahead for ahead in (-2 * HOUR_S, HOUR_S))
    days = {"start_time": iso(start)[:10], "end_time": iso(end)[:10]}

    def orders(by: str, sort: str, direction: str) -> list[str]:
        window = {f"{by}_after": iso(start), f"{by}_before": iso(end), "sort_by": sort, "sort_direction": direction}
        rows = caller.get("/orders/get", **window, limit=SIZE, offset=count // 2)["data"]
        assert rows["countTotal"] == count
        return [str(row["order_id"]) for row in rows["orders"]]

    def money() -> list[str]:
        rows = caller.get("/finance/transaction/details/get", **days, limit=SIZE, offset=count)["data"]
        return [row["order_no"] for row in rows]

    return {
        "created": partial(orders, "created", "created_at", "ASC"),
        "created, newest first": partial(orders, "created", "created_at", "DESC"),
        "updated": partial(orders, "update", "updated_at", "ASC"),
        "money": money,
    }


def shopee_pages(seller: Seller, count: int) -> dict[str, Ask]:
    """Each list of the practice Shopee, asked for its rows from the middle on."""
    now = int(seller.state()["now"])
    window = {"time_from": now - 2 * HOUR_S, "time_to": now + HOUR_S, "page_size": SIZE, "cursor": str(count // 2)}

    def orders(field: str) -> list[str]:
        answer = seller.get("order/get_order_list", time_range_field=field, **window)["response"]
        return [row["order_sn"] for row in answer["order_list"]]

    def escrow() -> list[str]:
        window = {"release_time_from": now - HOUR_S, "release_time_to": now + HOUR_S}
        answer = seller.get("payment/get_escrow_list", **window, page_size=SIZE, page_no=2)["response"]
        return [row["order_sn"] for row in answer["escrow_list"]]

    def wallet() -> list[str]:
        window = {"create_time_from": now - HOUR_S, "create_time_to": now + HOUR_S}
        answer = seller.get("payment/get_wallet_transaction_list", **window, page_size=SIZE, page_no=1)["response"]
        return [row["order_sn"] for row in answer["transaction_list"]]

    return {
        "created": partial(orders, "create_time"),
        "updated": partial(orders, "update_time"),
        "escrow": escrow,
        "wallet": wallet,
    }


def iso(at: float) -> str:
    return datetime.fromtimestamp(int(at), BANGKOK).isoformat()


def looked(ask: Ask) -> tuple[list[str], set[str]]:
    """What a page shows, and the orders that were looked at for it."""
    ask()  # the first look puts the orders in sequence
    looked_at.clear()
    shown = ask()
    return shown, set(looked_at)


@pytest.mark.parametrize("count", [60, 240])
def test_a_page_of_the_practice_lazada_looks_at_its_own_orders_alone(count: int) -> None:
    """Whatever the day holds, a page of orders or of money looks at the orders it shows and at no other."""
    with running("lazada") as server:
        caller = Caller(server)
        caller.made(Skus={"Sku": [a_sku(quantity="900")]})
        ids = watched(server.market, server.market.shops[caller.keys["shop_id"]], count, "delivered")
        pages = lazada_pages(caller, count)
        for name, ask in pages.items():
            shown, seen = looked(ask)
            assert shown, name
            assert set(shown) == seen, name
        middle = count // 2
        assert pages["created"]() == ids[middle : middle + SIZE]
        assert pages["created, newest first"]() == ids[::-1][middle : middle + SIZE]


@pytest.mark.parametrize("count", [60, 240])
def test_a_page_of_the_practice_shopee_looks_at_its_own_orders_alone(count: int) -> None:
    """Whatever the day holds, a page of orders, escrow or wallet looks at the orders it shows and at no other."""
    with running("shopee") as server:
        seller = Seller(server.url, server.credentials())
        seller.add(item_sku="TEA-50", seller_stock=[{"stock": 900}])
        ids = watched(server.market, server.market.shops[seller.shop_id], count, "COMPLETED")
        pages = shopee_pages(seller, count)
        for name, ask in pages.items():
            shown, seen = looked(ask)
            # An order list shows numbers alone, which needs no look at any order.
            assert len(shown) == SIZE, name
            assert seen <= set(shown), name
        assert pages["created"]() == ids[count // 2 : count // 2 + SIZE]


def by_created(order: Order) -> list[tuple[float, str]]:
    return [(order.created_at, order.order_id)]


def an_order(order_id: str, at: float) -> Order:
    return Order(order_id, "1", [], at, at)


def ids(orders: Orders, first: float = 0.0, last: float = 1e9) -> list[str]:
    return [str(place[-1]) for place in orders.timeline(by_created).between(first, last)]


@pytest.mark.parametrize("moved", [1, 30])
def test_an_order_stands_where_its_time_says_however_it_was_set(moved: int) -> None:
    """An order whose time is set by hand, put in or taken out, alone or with many, is found at its new place."""
    orders = Orders({str(at): an_order(str(at), at) for at in range(100, 150)})
    assert ids(orders, 101, 103) == ["101", "102"]
    for at in range(100, 100 + moved):
        orders[str(at)].created_at = at + 500.0
    del orders["149"]
    orders["1"] = an_order("1", 1)
    still = [str(at) for at in range(100 + moved, 149)]
    assert ids(orders) == ["1", *still, *(str(at) for at in range(100, 100 + moved))]


def test_orders_kept_in_a_file_come_back_in_sequence_and_still_hear_of_times() -> None:
    """Orders of this and of older files are in sequence after a restart, and move when their time is set."""
    shop = Shop("1", "ร้านฝึก", orders=Orders({"b": an_order("b", 2), "a": an_order("a", 1)}))
    assert ids(shop.orders) == ["a", "b"]
    older = Shop.__new__(Shop)
    older.__setstate__({**shop.__dict__, "orders": dict(shop.orders)})
    for again in (pickle.loads(pickle.dumps(shop)), older):
        assert ids(again.orders) == ["a", "b"]
        assert again.orders == shop.orders
        again.orders["a"].created_at = 3.0
        assert ids(again.orders) == ["b", "a"]
        again.orders["a"].created_at = 1.0
    shop.orders.clear()
    assert ids(shop.orders) == []
    assert ids(pickle.loads(pickle.dumps(shop)).orders) == []

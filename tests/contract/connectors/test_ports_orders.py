"""The orders side of the ports, the same for every channel: each order once, whole, and a second read the same."""

from __future__ import annotations

from datetime import timedelta

from shopkeeper import Shopkeeper, a_listing

from chalicelib.domain.money import Money
from chalicelib.domain.orders import OrderState
from chalicelib.domain.ports import OrderWindow

SHIPPED = {"lazada": "shipped", "shopee": "SHIPPED"}
CANCELLED = {"lazada": "canceled", "shopee": "CANCELLED"}


def window(keeper: Shopkeeper, by: str = "updated", hours: float = 2) -> OrderWindow:
    now = keeper.clock()
    return OrderWindow(by, now - timedelta(hours=hours), now + timedelta(minutes=1))


def read(keeper: Shopkeeper, by: str = "updated", hours: float = 2) -> list:
    return [order for page in keeper.market.orders(window(keeper, by, hours)) for order in page]


def test_a_shop_without_orders_has_none(keeper: Shopkeeper) -> None:
    """Every read of an empty shop is empty."""
    assert read(keeper, "created") == read(keeper, "updated") == []
    assert list(keeper.market.order_ids(window(keeper))) == []
    assert keeper.market.orders_by_id(["1", "2"]) == ()


def test_orders_are_whole_and_the_same_by_every_way(keeper: Shopkeeper) -> None:
    """By creation, by update, by id: the same orders with lines, numbers, prices and states; twice the same."""
    keeper.make(a_listing(axes=1))
    placed = [keeper.buy("TEA-0", 2), keeper.buy("TEA-1"), keeper.buy("TEA-0", paid=False)]
    first = read(keeper, "created")
    assert sorted(order.order_id for order in first) == sorted(placed)
    assert first == read(keeper, "created")
    by_id = {order.order_id: order for order in first}
    for found in (read(keeper, "updated"), keeper.market.orders_by_id(placed)):
        assert {order.order_id: order for order in found} == by_id
    assert sorted(keeper.market.order_ids(window(keeper))) == sorted(placed)

    whole = by_id[placed[0]]
    assert sum(line.quantity for line in whole.lines) == 2
    assert {(line.seller_sku, line.state, line.unit_price) for line in whole.lines} == {
        ("TEA-0", OrderState.TO_PACK, Money(8900))
    }
    assert by_id[placed[2]].lines[0].state is OrderState.UNPAID


def test_states_follow_the_marketplace(keeper: Shopkeeper) -> None:
    """Shipped and cancelled are seen by update time, with the units' own states."""
    keeper.make(a_listing())
    gone, kept = keeper.buy("TEA"), keeper.buy("TEA")
    keeper.advance(kept, SHIPPED[keeper.channel])
    keeper.advance(gone, CANCELLED[keeper.channel])
    states = {order.order_id: order.lines[0].state for order in read(keeper)}
    assert states == {kept: OrderState.HANDED_OVER, gone: OrderState.CANCELLED}


def test_a_window_holds_what_happened_in_it(keeper: Shopkeeper) -> None:
    """An order of an hour ago is not in a window of minutes by creation, and is in it by update once it moved."""
    keeper.make(a_listing())
    old = keeper.buy("TEA")
    keeper.wait(3600)
    new = keeper.buy("TEA")
    assert [order.order_id for order in read(keeper, "created", hours=0.5)] == [new]
    keeper.advance(old, SHIPPED[keeper.channel])
    assert sorted(order.order_id for order in read(keeper, "updated", hours=0.5)) == sorted([old, new])


def test_many_orders_come_back_on_many_pages(keeper: Shopkeeper) -> None:
    """More than any page: each order once, whole and counted alike; also when a page comes twice or overfull."""
    keeper.make(a_listing(quantity=500))
    placed = sorted(keeper.buy("TEA") for _ in range(120))
    for kind in (None, "duplicate_page", "more_rows"):
        if kind:
            keeper.fault(kind)
        assert sorted(keeper.market.order_ids(window(keeper))) == placed
        if kind:
            keeper.fault(kind)
        assert sorted(order.order_id for order in read(keeper)) == placed


def test_unknown_ids_are_missing_beside_known_ones(keeper: Shopkeeper) -> None:
    """One order the shop does not know is left out; the others are there."""
    keeper.make(a_listing())
    known = keeper.buy("TEA")
    stranger = str(int(known) + 1) if known.isdigit() else "260101ABCDEFGH"
    found = keeper.market.orders_by_id([known, stranger])
    assert [order.order_id for order in found] == [known]


def test_an_order_takes_its_units_from_what_is_observed(keeper: Shopkeeper) -> None:
    """What a buyer can order falls with the order and comes back with its cancellation, so nothing need be sent."""
    wanted = a_listing(quantity=10)
    keeper.make(wanted)
    order = keeper.buy("TEA", 3)
    assert keeper.market.observe().listings[0].offers[0].quantity == 7
    assert keeper.make(a_listing(quantity=7)).is_empty
    keeper.advance(order, CANCELLED[keeper.channel])
    assert keeper.make(wanted).is_empty

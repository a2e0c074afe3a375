"""Orders against the practice marketplaces: each is ours exactly once, and the ledger follows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.balance import business_day
from chalicelib.domain.orders import OrderState
from chalicelib.sync import messages, reconcile, take_orders
from tests.world import COMMUNITY, a_product, a_world

LIFE = {
    "lazada": ("packed", "ready_to_ship", "shipped"),
    "shopee": ("PROCESSED", "SHIPPED"),
}
CANCELLED = {"lazada": "canceled", "shopee": "CANCELLED"}
OTHER = {"lazada": "shopee", "shopee": "lazada"}


@pytest.fixture(params=("lazada", "shopee"))
def world(request):
    with a_world() as made:
        made.channel = request.param
        a_product(made)
        made.publish_all()
        yield made


def _level(world):
    return world.store.stock.level(COMMUNITY.id, "TEA-50")


def _poll(world):
    world.queues.send("urgent", [messages.poll_orders(world.shops[world.channel].id)])
    world.drain()


def test_an_order_reserves_once_and_lowers_the_other_shop(world):
    """Heard by push and by two polls, an order holds its units once; the other channel shows less."""
    order_id = world.buy(world.channel, "TEA-50", 3)
    shop = world.shops[world.channel].id
    world.queues.send("urgent", [messages.look_at_orders(shop, [order_id])])
    world.drain()
    _poll(world)
    _poll(world)

    level = _level(world)
    assert (level.on_hand, level.reserved) == (10, 3)
    assert world.offers(OTHER[world.channel])["TEA-50"]["stock"] == 7
    assert world.offers(world.channel)["TEA-50"]["stock"] == 7


def test_an_unpaid_order_holds_its_units(world):
    """Not paid is still promised."""
    world.buy(world.channel, "TEA-50", 2, paid=False)
    _poll(world)
    assert _level(world).reserved == 2


def test_the_last_piece_is_zero_elsewhere(world):
    """Selling everything on one channel shows zero on the other."""
    world.buy(world.channel, "TEA-50", 10)
    _poll(world)
    assert world.offers(OTHER[world.channel])["TEA-50"]["stock"] == 0


def test_a_cancellation_gives_the_units_back(world):
    """Cancelled before shipping: the reservation is released and both channels show all of it again."""
    order_id = world.buy(world.channel, "TEA-50", 3)
    _poll(world)
    world.sim(world.channel, f"orders/{order_id}/advance", {"to": CANCELLED[world.channel]})
    _poll(world)

    assert (_level(world).on_hand, _level(world).reserved) == (10, 0)
    assert {world.offers(channel)["TEA-50"]["stock"] for channel in world.markets} == {10}


def test_shipping_turns_the_reservation_into_a_movement(world):
    """Handed over: on hand falls, nothing stays reserved, and late news does not move the order back."""
    order_id = world.buy(world.channel, "TEA-50", 3)
    _poll(world)
    early = world.store.orders.get(world.shops[world.channel].id, order_id)
    for state in LIFE[world.channel]:
        world.sim(world.channel, f"orders/{order_id}/advance", {"to": state})
        world.move(5)
    _poll(world)
    take_orders.take_all(world.ctx, world.shops[world.channel], [early])

    assert (_level(world).on_hand, _level(world).reserved) == (7, 0)
    kept = world.store.orders.get(world.shops[world.channel].id, order_id)
    assert kept.state is OrderState.HANDED_OVER


def test_the_balance_accounts_for_every_order(world):
    """A day with a missed order ends N of N: the missed one is named, taken, and the ledger follows."""
    world.buy(world.channel, "TEA-50", 1)
    _poll(world)
    missed = world.buy(world.channel, "TEA-50", 2)
    result = reconcile.balance(world.ctx, world.shops[world.channel].id, business_day(datetime.now(UTC)))
    world.drain()

    assert (result.orders, result.accounted, result.unexplained) == (2, 2, 0)
    named = {(d.subject, d.cause, d.repaired) for d in result.differences}
    assert (missed, "order_missing_here", True) in named
    assert _level(world).reserved == 3


def test_the_balance_names_and_mends_a_number_changed_by_hand(world):
    """A stock number edited in the seller centre is found against the ledger and set right."""
    world.sim(world.channel, "edit", {"seller_sku": "TEA-50", "stock": 4})
    result = reconcile.balance(world.ctx, world.shops[world.channel].id, business_day(datetime.now(UTC)))

    assert [(d.subject, d.cause, d.ours, d.theirs, d.repaired) for d in result.differences] == [
        ("TEA-50", "stock_differs", "10", "4", True)
    ]
    assert result.is_clean
    assert world.offers(world.channel)["TEA-50"]["stock"] == 10


def test_what_the_channel_ships_holds_none_of_our_units(world):
    """Goods in the channel's own warehouse never lay on our shelf: taken as an order, no unit moved, to the end."""
    body = {"lines": [{"seller_sku": "TEA-50", "quantity": 2}], "paid": True, "by_channel": True}
    order_id = world.sim(world.channel, "orders", body)["order_id"]
    _poll(world)
    (*_, shipped) = LIFE[world.channel]
    for step in LIFE[world.channel]:
        world.sim(world.channel, f"orders/{order_id}/advance", {"to": step})
    world.move(60)
    _poll(world)

    order = world.store.orders.get(world.shops[world.channel].id, order_id)
    assert {(line.fulfilled_by_channel, line.held, line.channel_state) for line in order.lines} == {(True, 0, shipped)}
    assert (_level(world).on_hand, _level(world).reserved) == (10, 0)
    assert {channel: world.offers(channel)["TEA-50"]["stock"] for channel in OTHER} == dict.fromkeys(OTHER, 10)

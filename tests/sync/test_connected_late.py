"""A shop that sold before it was connected: what is still open reserves, what had left is history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.balance import business_day
from chalicelib.domain.orders import OrderState
from chalicelib.sync import messages, reconcile
from tests.world import COMMUNITY, a_product, a_world

SHIPPED = {"lazada": "shipped", "shopee": "SHIPPED"}
DELIVERED = {"lazada": "delivered", "shopee": "TO_CONFIRM_RECEIVE"}
CANCELLED = {"lazada": "canceled", "shopee": "CANCELLED"}


@pytest.fixture(params=("lazada", "shopee"))
def world(request):
    with a_world() as made:
        made.channel, made.shop = request.param, made.shops[request.param].id
        a_product(made, stock=20)
        made.publish_all()
        yield made


def connect_now(world) -> None:
    """An hour later the shop is connected, and ten minutes later it is polled for the first time."""
    world.move(3600)
    shop = replace(world.shops[world.channel], connected_at=world.clock().replace(microsecond=0))
    world.store.shops.save(shop)
    world.shops[world.channel] = shop


def poll(world) -> None:
    world.move(600)
    world.queues.send("urgent", [messages.poll_orders(world.shop)])
    world.drain()


def level(world):
    found = world.store.stock.level(COMMUNITY.id, "TEA-50")
    return found.on_hand, found.reserved


def advance(world, order_id: str, to: dict[str, str]) -> None:
    world.sim(world.channel, f"orders/{order_id}/advance", {"to": to[world.channel]})


def test_what_had_left_moves_nothing_and_what_is_open_reserves(world):
    """Goods were counted on the day: an order to pack is among them, a shipped or cancelled one is not."""
    waiting, gone, ended = (world.buy(world.channel, "TEA-50", units) for units in (3, 4, 5))
    advance(world, gone, SHIPPED)
    advance(world, ended, CANCELLED)
    connect_now(world)
    poll(world)
    assert level(world) == (20, 3)
    assert world.store.orders.get(world.shop, gone).state is OrderState.HANDED_OVER
    advance(world, waiting, SHIPPED)
    advance(world, gone, DELIVERED)
    poll(world)
    assert level(world) == (17, 0)


def test_what_leaves_between_connecting_and_the_first_poll_is_ours(world):
    """It lay on the shelf that was counted."""
    order_id = world.buy(world.channel, "TEA-50", 2)
    connect_now(world)
    world.move(60)
    advance(world, order_id, SHIPPED)
    poll(world)
    assert level(world) == (18, 0)


def test_history_is_nobodys_catch_and_the_days_still_balance(world):
    """Old orders count as caught by no layer; a balance of their day is clean."""
    world.buy(world.channel, "TEA-50", 1)
    connect_now(world)
    world.buy(world.channel, "TEA-50", 1)
    poll(world)
    today = business_day(world.clock())
    caught = world.store.caught.of_shop(world.shop)
    assert sum(counts.get("poll", 0) for counts in caught.values()) == 1
    for day in (today - timedelta(days=1), today):
        assert reconcile.balance(world.ctx, world.shop, day).is_clean

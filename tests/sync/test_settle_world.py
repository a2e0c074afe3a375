"""Money through the whole stack: both practice marketplaces, the true connectors, statements into the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.ledger import thai_day
from chalicelib.domain.money import Money
from chalicelib.domain.settlement import FeeClass
from chalicelib.domain.settlement_differences import Cause, about_orders
from chalicelib.domain.sharing import ShareRule, Side
from chalicelib.sync import messages, money_check, statements
from tests.world import COMMUNITY, World, a_product, a_world

DONE = {"lazada": "delivered", "shopee": "COMPLETED"}
NINE_DAYS_S = 9 * 86_400


@pytest.fixture(scope="module")
def world():
    with a_world() as made:
        a_product(made, stock=20)
        made.publish_all()
        made.store.money_rules.add(ShareRule(COMMUNITY.id, date(2020, 1, 1), "partner", 500, "temple", 100))
        for channel in made.shops:
            for units in (1, 2):
                order_id = made.buy(channel, "TEA-50", units)
                made.sim(channel, f"orders/{order_id}/advance", {"to": DONE[channel]})
        made.queues.send("urgent", [messages.poll_orders(shop.id) for shop in made.shops.values()])
        made.drain()
        made.move(NINE_DAYS_S)
        read(made)
        yield made


def a_voucher(world: World) -> str:
    """The last order of Shopee had a voucher of the seller's: five baht."""
    order_id = world.buy("shopee", "TEA-50", 1)
    world.sim("shopee", "vouchers", {"order_id": order_id, "amount": 5})
    world.sim("shopee", f"orders/{order_id}/advance", {"to": DONE["shopee"]})
    world.queues.send("urgent", [messages.poll_orders(world.shops["shopee"].id)])
    world.drain()
    read(world)
    return order_id


def read(world: World) -> None:
    """What was paid is read as the schedule asks for it."""
    world.queues.send("money", [messages.settle_shop(shop.id) for shop in world.shops.values()])
    world.drain()


def span(world: World) -> tuple[date, date]:
    return thai_day(world.clock()) - timedelta(40), thai_day(world.clock()) + timedelta(1)


@pytest.mark.parametrize("channel", ["lazada", "shopee"])
def test_what_a_shop_was_paid_is_in_the_ledger(world: World, channel: str):
    """To the satang, and nothing about it is odd."""
    shop, now = world.shops[channel], world.clock()
    found = world.store.settlements.statements(shop.id, now - timedelta(40), now)
    entries = world.store.ledger.between(COMMUNITY.id, now - timedelta(40), now)
    ours = [one for one in entries if one.shop == shop.id]

    assert found
    assert all(one.adds_up for one in found)
    assert sum(one.amount.minor for one in ours) == sum(one.payout.minor for one in found) > 0
    assert money_check.differences(world.ctx, shop.id, now - timedelta(40), now) == ()


def test_a_maker_gets_what_is_left_of_the_price(world: World):
    """Three teas in each shop: goods of six, less fees, commission of 5 % and pledge of 1 %."""
    told = statements.community_statement(world.ctx, COMMUNITY.id, *span(world))
    goods = 6 * 8_900

    assert (told.commission.minor, told.pledge.minor) == (goods * 5 // 100, goods // 100)
    assert told.shares.minor == goods - told.commission.minor - told.pledge.minor
    assert told.fees.minor < 0
    assert {one.side for one in told.accounts} == {Side.MAKER, Side.PARTNER, Side.CAUSE}
    assert sum(one.net.minor for one in told.accounts) == told.payout.minor


@pytest.mark.parametrize("channel", ["lazada", "shopee"])
def test_each_order_line_says_what_was_expected_and_what_was_paid(world: World, channel: str):
    """Line by line where the channel settles so; else the order's amounts stand under its lines."""
    shop = world.shops[channel]
    for order in world.store.orders.latest(shop.id):
        paid = money_check.paid(world.ctx, shop.id, order.order_id)
        expected = sum(one.expected.minor for one in paid)
        assert expected == order.total.minor or channel == "shopee"
        assert expected == sum(one.goods.minor for one in paid) > 0


def test_reading_again_changes_nothing(world: World):
    """Not one entry."""
    now = world.clock()
    before = world.store.ledger.between(COMMUNITY.id, now - timedelta(60), now)
    read(world)
    assert world.store.ledger.between(COMMUNITY.id, now - timedelta(60), now + timedelta(1)) == before


def test_a_delivered_order_nobody_paid_is_named(world: World):
    """Known as delivered, in no statement after two weeks."""
    shop, now = world.shops["lazada"], world.clock()
    order = next(iter(world.store.orders.latest(shop.id)))
    lost = type(order)(shop.id, "lost-1", now - timedelta(20), now - timedelta(20), order.lines, order.total)
    world.store.orders.take(COMMUNITY.id, lost, None, ())

    found = money_check.differences(world.ctx, shop.id, now - timedelta(40), now)

    assert {(one.cause, one.order_id) for one in found} == {(Cause.UNPAID, "lost-1")}
    assert sum(one.amount.minor for one in found) == order.total.minor


def test_a_sellers_own_voucher_is_not_paid_less(world: World):
    """Shopee's orders tell prices before it and its escrow takes it off: nothing is missing. A satang less would be."""
    shop, order_id = world.shops["shopee"], a_voucher(world)
    lines = world.store.settlements.of_order(shop.id, order_id)
    assert (FeeClass.SELLER_DISCOUNT, -500) in {(one.line.fee, one.booked.minor) for one in lines}
    order = world.store.orders.get(shop.id, order_id)
    assert order is not None
    later = world.clock() + timedelta(40)

    assert about_orders({order_id: order}, lines, later) == []
    short = [replace(one, booked=one.booked - Money(int(one.line.fee is FeeClass.SALE))) for one in lines]
    (told,) = about_orders({order_id: order}, short, later)
    assert (told.cause, told.amount) == (Cause.PAID_LESS, Money(1))

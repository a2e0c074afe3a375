"""True answers that are hard to read: rows out of order, absurd titles, odd Unicode; nothing is lost or believed."""

from __future__ import annotations

import pytest

from chalicelib.sync import publish
from tests.world import a_product, a_world, two_axes


@pytest.fixture(params=("lazada", "shopee"))
def world(request):
    with a_world((request.param,)) as made:
        made.channel = request.param
        yield made


@pytest.mark.parametrize("kind", ["shuffled_page", "huge_title", "odd_unicode"])
def test_a_shop_read_through_distorted_answers_ends_as_the_catalogue_says(world, kind):
    """Whatever one whole read showed, the next rounds settle; every offer is there once, with its own title."""
    a_product(world)
    a_product(world, "SHIRT", stock=7, **two_axes())
    world.publish_all()
    before = world.offers(world.channel)
    world.fault(world.channel, kind, times=6)
    world.publish_all()
    world.http.delete(f"{world.markets[world.channel].url}/_sim/faults").raise_for_status()
    world.publish_all()

    assert world.offers(world.channel) == before
    run = publish.publish(world.ctx, world.shops[world.channel].id)
    assert dict(run.counts) == {}


def test_orders_out_of_order_on_a_page_are_each_taken_once(world):
    """A page that lists the newest first, against what was asked, loses none and doubles none."""
    from chalicelib.sync import take_orders

    a_product(world, stock=30)
    world.publish_all()
    bought = {world.buy(world.channel, "TEA-50") for _ in range(5)}
    world.fault(world.channel, "shuffled_page", times=10)
    shop = world.shops[world.channel].id
    take_orders.poll(world.ctx, shop)
    take_orders.poll(world.ctx, shop)

    assert {order.order_id for order in world.store.orders.latest(shop, 50)} == bought
    assert world.store.stock.level("test", "TEA-50").reserved == 5

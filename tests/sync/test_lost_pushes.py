"""Lost pushes: what the channel could not tell us is looked at all the same, and asked for once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.shops import ShopState
from chalicelib.jobs import schedules
from chalicelib.sync import lost_pushes
from tests.world import COMMUNITY, a_product, a_world

LOST = "/api/v2/push/get_lost_push_message"
CONFIRM = "/api/v2/push/confirm_consumed_lost_push_message"


@pytest.fixture
def world():
    """Shopee's pushes go to an address where nobody listens, and each is kept."""
    with a_world() as made:
        a_product(made)
        made.publish_all()
        made.sim("shopee", "push", {"url": "http://127.0.0.1:9/nobody"})
        made.sim("shopee", "faults", {"path": "push", "kind": "push_lost", "times": None})
        yield made


def _post(world):
    (post,) = [post for post in lost_pushes.posts(world.ctx) if post.channel == "shopee"]
    return post


def _order(world, order_id):
    return world.store.orders.get(world.shops["shopee"].id, order_id)


def _asked(world, path):
    return sum(count for called, count in world.sim("shopee", "calls")["calls"].items() if called.endswith(path))


def test_an_order_nobody_told_us_of_is_found_in_the_list(world):
    """Nothing was polled; the list alone brings the order, its units, and the other shop's lower number."""
    order_id = world.buy("shopee", "TEA-50", 3)

    assert lost_pushes.recover(world.ctx, _post(world)) == 1
    world.drain()

    assert _order(world, order_id) is not None
    assert world.store.stock.level(COMMUNITY.id, "TEA-50").reserved == 3
    assert world.offers("lazada")["TEA-50"]["stock"] == 7


def test_what_was_queued_is_confirmed_and_never_told_again(world):
    """The second look finds nothing."""
    world.buy("shopee", "TEA-50")
    assert [lost_pushes.recover(world.ctx, _post(world)) for _ in range(2)] == [1, 0]


def test_a_worker_that_dies_before_confirming_leaves_the_list_to_the_next(world):
    """The confirmation is refused: the looks are queued, and the same are queued again; units are held once."""
    world.buy("shopee", "TEA-50", 2)
    world.fault("shopee", "http_500", CONFIRM, times=20)
    schedules.poll_orders(world.ctx)
    world.http.delete(f"{world.markets['shopee'].url}/_sim/faults").raise_for_status()
    assert lost_pushes.recover(world.ctx, _post(world)) == 1
    world.drain()
    assert world.store.stock.level(COMMUNITY.id, "TEA-50").reserved == 2


def test_every_tick_asks_each_app_once(world):
    """One question a tick, however many shops the app speaks for."""
    before = _asked(world, LOST)
    schedules.poll_orders(world.ctx)
    assert _asked(world, LOST) == before + 1


def test_a_silent_channel_holds_up_no_poll(world):
    """The list cannot be read: both shops are polled as ever, and the order is found by the poll."""
    order_id = world.buy("shopee", "TEA-50")
    world.fault("shopee", "http_500", LOST, times=20)
    assert schedules.poll_orders(world.ctx) == 2
    assert {body["kind"] for _, body, _ in world.queues.sent} == {"poll"}
    world.drain()
    assert _order(world, order_id) is not None


def test_a_closed_shop_asks_nothing(world):
    """No active shop speaks through the app: nobody asks for its pushes."""
    shop = world.shops["shopee"]
    world.store.shops.save(replace(shop, state=ShopState.PAUSED))
    assert [post.channel for post in lost_pushes.posts(world.ctx)] == ["lazada"]


def test_pushes_of_a_stranger_are_confirmed_and_forgotten(world):
    """A shop that is not ours any more must not keep the list full."""
    world.buy("shopee", "TEA-50")
    world.store.shops.save(replace(world.shops["shopee"], remote_id="404"))
    assert lost_pushes.recover(world.ctx, _post(world)) == 1
    assert world.queues.sent == []
    assert lost_pushes.recover(world.ctx, _post(world)) == 0

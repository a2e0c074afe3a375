"""An app's secret is renewed while workers are warm: they sign with the new one, and no shop is closed over it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.shops import ShopState
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.store.remembering import RememberingShops
from chalicelib.sync import messages
from tests.world import a_product, a_world

NEW_SECRET = "a-secret-of-today"


@pytest.fixture(params=("lazada", "shopee"))
def world(request):
    """One shop whose catalogue is published, by a worker that stays warm."""
    with a_world((request.param,)) as made:
        made.channel = request.param
        a_product(made)
        made.publish_all()
        yield made


def _renewed(world):
    """The marketplace signs with another secret from now on."""
    world.markets[world.channel].market.app_secret = NEW_SECRET


def _stored(world):
    """A person told Pinto, in another process than the workers'."""
    (app,) = world.store.shops.apps(world.channel)
    world.store.shops.save_app(replace(app, app_secret=NEW_SECRET))


def _shop(world):
    shop = world.store.shops.get(world.shops[world.channel].id)
    return shop.state, shop.note


def _polled(world, order_id):
    world.queues.send("urgent", [messages.poll_orders(world.shops[world.channel].id)])
    world.drain()
    return world.store.orders.get(world.shops[world.channel].id, order_id) is not None


def test_a_warm_worker_signs_with_the_secret_that_is_stored(world):
    """No second try is needed: what speaks for the shop is read for each piece of work."""
    order_id = world.buy(world.channel, "TEA-50")
    _renewed(world)
    _stored(world)
    shop_id = world.shops[world.channel].id
    work(world.ctx, "urgent", Message(v=1, kind="poll", shop=shop_id))
    assert world.store.orders.get(shop_id, order_id) is not None
    assert _shop(world) == (ShopState.ACTIVE, "")
    assert "poll" not in {message["kind"] for _, message, _ in world.queues.sent}


def test_what_is_remembered_for_a_moment_closes_no_shop(world):
    """A worker that still remembers the old secret is refused, reads again, and the message is done after all."""
    clock = [100.0]
    shops = RememberingShops(world.store.shops, 5.0, lambda: clock[0])
    world.ctx = replace(world.ctx, store=replace(world.store, shops=shops), speakers={})
    assert _polled(world, world.buy(world.channel, "TEA-50"))
    order_id = world.buy(world.channel, "TEA-50")
    _renewed(world)
    _stored(world)
    assert _polled(world, order_id)
    assert _shop(world) == (ShopState.ACTIVE, "")


def test_a_refresh_signed_with_the_old_secret_closes_no_shop(world):
    """Also where only the tokens are looked after."""
    shop_id = world.shops[world.channel].id
    shops = RememberingShops(world.store.shops, 5.0, lambda: 100.0)
    world.ctx = replace(world.ctx, store=replace(world.store, shops=shops), speakers={})
    shops.access(shop_id)
    tokens = world.store.shops.tokens(shop_id)
    world.store.shops.save_tokens(shop_id, replace(tokens, access_until=world.clock()), tokens.generation)
    _renewed(world)
    _stored(world)
    work(world.ctx, "bulk", Message(v=1, kind="refresh", shop=shop_id))
    world.drain()
    assert _shop(world) == (ShopState.ACTIVE, "")
    assert world.store.shops.tokens(shop_id).generation > tokens.generation + 1


def test_a_secret_nobody_told_us_of_closes_the_shop_with_its_reason(world):
    """There is nothing better to sign with: a person must look, and nothing is tried for ever."""
    _renewed(world)
    world.queues.send("urgent", [messages.poll_orders(world.shops[world.channel].id)])
    world.drain()
    assert _shop(world)[0] in (ShopState.DISCONNECTED, ShopState.PARKED)
    assert _shop(world)[1]
    assert world.queues.sent == []

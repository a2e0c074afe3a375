"""A promotion's price is left alone while it lasts, and ours goes out the moment it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.money import Money
from chalicelib.sync import messages, publish
from tests.world import COMMUNITY, a_product, a_world

SKU = "TEA-50"
OURS = Money(9900)


@pytest.fixture
def world():
    """A product on sale at Shopee, in a promotion of two days; its price in the catalogue has changed since."""
    with a_world(("shopee",)) as made:
        a_product(made, SKU)
        made.publish_all()
        made.sim("shopee", "promotions", {"seller_sku": SKU, "reserved": 1, "price": 79, "ends_in_s": 2 * 86400})
        (product,) = made.store.catalogues.products(COMMUNITY.id)
        dearer = replace(product, variants=tuple(replace(one, price=OURS) for one in product.variants))
        made.store.catalogues.save(dearer, product.version)
        publish.publish(made.ctx, made.shops["shopee"].id)
        yield made


def price(world) -> Money:
    return Money(round(float(world.offers("shopee")[SKU]["price"]) * 100))


def tries(world) -> int:
    return world.sim("shopee", "calls")["calls"].get("/api/v2/product/update_price", 0)


def test_a_price_is_not_tried_again_before_the_promotion_ends(world):
    """Neither after an hour nor after a day; a minute after its end it is ours."""
    before = tries(world)
    for hours in (1, 23):
        world.move(hours * 3600)
        publish.publish(world.ctx, world.shops["shopee"].id)
    assert tries(world) == before
    world.move(86400 + 60)
    publish.publish(world.ctx, world.shops["shopee"].id)
    world.drain()
    assert price(world) == OURS


def test_a_promotion_that_ends_early_frees_its_price_at_once(world):
    """The push about it is enough; what is still held would be refused and held again."""
    shop = world.shops["shopee"].id
    listing_id = world.store.bindings.of_skus(shop, [SKU])[SKU].listing_id
    look = messages.look_at_listings(shop, [listing_id], publish.PROMOTION)
    world.queues.send("bulk", [look])
    world.drain()
    held = world.store.rules.locked(shop, [SKU], world.clock() + timedelta(days=1))
    assert held == {SKU: frozenset({"price"})}
    assert world.http.delete(f"{world.markets['shopee'].url}/_sim/promotions").status_code == 200
    world.queues.send("bulk", [look])
    world.drain()
    assert price(world) == OURS

"""What audits learn is kept for the pages."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.catalogue import Size
from chalicelib.domain.offers import desired_listing
from connectors import registry
from tests.world import a_product, a_world


def test_an_audit_of_a_real_shop_keeps_what_the_pages_need():
    """After a publish the same objections come from the kept facts as from the shop itself."""
    with a_world() as world:
        product = a_product(world)
        world.publish_all()
        bad = desired_listing(replace(product, title_th="x", photos=(), size=Size(0, 0, 0, 0)), {})
        for shop in world.store.shops.of_community(product.community):
            facts = world.store.audit_facts.of_shops([shop.id]).get(shop.id, "")
            assert bool(facts) is (shop.channel == "shopee")
            found = registry.hints(shop.channel, bad, facts)
            assert found
            assert found == world.ctx.open(shop).audit(bad)

"""Split pieces belong to a shop from before it is asked to show them until it was seen and heard again."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest

from chalicelib.domain.errors import MarketplaceError
from chalicelib.domain.offers import Claim, ListingState, Observation, ObservedListing, desired_listing
from chalicelib.domain.ports import Cursor
from chalicelib.sync import publish, take_orders
from chalicelib.sync.claims import claim, take_back, within_reach
from chalicelib.sync.context import HeldShop, Policy
from chalicelib.sync.shelf import LONG_GONE, Shelf
from tests.world import COMMUNITY, a_product, a_world

SKU = "TEA-50"
ALL_SPLIT = Policy(split_below=1000)


@pytest.fixture
def world():
    with a_world(policy=ALL_SPLIT) as made:
        a_product(made, SKU, stock=9)
        yield made


def test_a_lost_create_keeps_its_pieces_from_the_other_shop(world):
    """The answer was lost, and nothing remembers the offer: the sibling still counts what it was to show."""
    world.fault("shopee", "drop_after", "/api/v2/product/add_item")
    world.fault("shopee", "drop_before", "/api/v2/product/search_item", times=9)
    world.fault("shopee", "stale_read", "/api/v2/product/get_item_list", times=9)
    shop = world.shops["shopee"].id
    with contextlib.suppress(MarketplaceError):
        publish.publish(world.ctx, shop)
    shown = world.offers("shopee")[SKU]["stock"]

    assert world.store.bindings.of_skus(shop, [SKU]) == {}
    assert within_reach(world.store, shop, [SKU]) == {SKU: shown}


def test_a_claim_ends_when_the_shop_was_seen_and_heard(world):
    """Both, and in any order; then what we remember is what counts."""
    world.publish_all()
    shop = world.shops["shopee"].id
    binding, now = world.store.bindings.of_skus(shop, [SKU])[SKU], world.clock()
    world.store.bindings.claim(shop, {SKU: Claim(9, now)})
    assert within_reach(world.store, shop, [SKU]) == {SKU: 9}
    world.store.orders.save_cursor(Cursor(shop, "updated", now + timedelta(seconds=1)))
    assert within_reach(world.store, shop, [SKU]) == {SKU: 9}
    publish.publish(world.ctx, shop)
    assert within_reach(world.store, shop, [SKU]) == {SKU: binding.quantity}


def test_a_number_that_fell_unexplained_is_not_given_away(world):
    """The shop shows less than we remember: perhaps it sold, and the order was not heard of yet."""
    world.publish_all()
    shop = world.shops["shopee"]
    remembered = world.store.bindings.of_skus(shop.id, [SKU])[SKU]
    world.buy("shopee", SKU)
    _look(world, shop, remembered)

    assert world.store.bindings.of_skus(shop.id, [SKU])[SKU].quantity == remembered.quantity - 1
    assert within_reach(world.store, shop.id, [SKU]) == {SKU: remembered.quantity}
    take_orders.poll(world.ctx, shop.id)
    assert within_reach(world.store, shop.id, [SKU]) == {SKU: remembered.quantity - 1}


def _look(world, shop, remembered):
    products = world.store.catalogues.products(COMMUNITY.id)
    with HeldShop(world.ctx, shop.id) as lease:
        shelf = Shelf(world.store, lease, {SKU: remembered}, world.clock)
        shelf.watch(frozenset({SKU}))
        shelf.saw(world.ctx.open(shop).look([remembered.listing_id]), [desired_listing(products[0], {})])
        shelf.save()


def test_pieces_of_a_listing_that_a_lagging_list_hides_stay_its_own(world):
    """A list that is whole and old does not show it; its pieces go to nobody until it is seen, or missed for a day."""
    world.publish_all()
    shop = world.shops["shopee"]
    remembered = world.store.bindings.of_skus(shop.id, [SKU])[SKU]
    _miss(world, shop, world.store.bindings.of_shop(shop.id))
    assert world.store.bindings.of_skus(shop.id, [SKU])[SKU].state is ListingState.GONE
    take_orders.poll(world.ctx, shop.id)
    assert within_reach(world.store, shop.id, [SKU]) == {SKU: remembered.quantity}

    world.clock.ahead += LONG_GONE * 2
    _miss(world, shop, world.store.bindings.of_shop(shop.id))
    world.store.orders.save_cursor(Cursor(shop.id, "updated", world.clock()))
    assert within_reach(world.store, shop.id, [SKU]) == {SKU: 0}


def test_a_number_that_comes_down_is_cut_to_what_the_others_leave(world):
    """We remember seven where the shop shows none: what looks like a fall takes no piece that is another shop's."""
    world.publish_all()
    shop, other = world.shops["lazada"], world.shops["shopee"]
    world.sim("lazada", "edit", {"seller_sku": SKU, "stock": 0})
    with HeldShop(world.ctx, other.id) as lease:
        claim(world.store, lease, {}, {SKU: (9, world.clock() + timedelta(hours=1))})
    with HeldShop(world.ctx, shop.id) as lease:
        remembered = world.store.bindings.of_skus(shop.id, [SKU])[SKU]
        world.store.bindings.save([replace(remembered, quantity=7)], lease)
    publish.push_offers(world.ctx, shop.id, [SKU], "edit", "urgent")

    assert world.offers("lazada")[SKU]["stock"] == 0


def _miss(world, shop, bindings):
    """A whole pass that shows something, and not ours."""
    stranger = ObservedListing("999", ListingState.LIVE, "x", (), world.clock())
    with HeldShop(world.ctx, shop.id) as lease:
        shelf = Shelf(world.store, lease, bindings, world.clock)
        shelf.watch(frozenset({SKU}))
        shelf.gone(Observation((stranger,), True, world.clock()))
        shelf.save()


def test_shops_that_claim_what_is_no_longer_there_do_not_keep_a_product_from_each_other_for_ever():
    """Two workers died between the claim and the create, and then the pieces were counted as none: both may list it."""
    with a_world(policy=ALL_SPLIT) as world:
        a_product(world, SKU, stock=0)
        for shop in world.shops.values():
            world.store.bindings.claim(shop.id, {SKU: Claim(5, world.clock())})
        world.publish_all()
        assert [world.offers(channel)[SKU]["stock"] for channel in world.shops] == [0, 0]


def test_a_claim_that_led_to_nothing_is_taken_back(world):
    """What held before holds again: what is not settled stays, what is settled does not come back."""
    world.publish_all()
    shop, now = world.shops["shopee"].id, world.clock()
    known = world.store.bindings.of_skus(shop, [SKU])
    world.store.orders.save_cursor(Cursor(shop, "updated", now + timedelta(seconds=1)))
    with HeldShop(world.ctx, shop) as lease:
        assert claim(world.store, lease, known, {SKU: (6, now)}) == {SKU: Claim(0, now)}
        held = claim(world.store, lease, known, {SKU: (8, now + timedelta(seconds=9))})
        assert held == {SKU: Claim(6, now)}
        take_back(world.store, lease, held)
    assert world.store.bindings.claims(shop, [SKU]) == held


def test_a_worker_that_dies_over_a_cancellation_frees_nothing_that_the_shop_shows_again(world):
    """The ledger has set the pieces free; the shop that sold them has them on sale again, and we know that already."""
    world.publish_all()
    shop = world.shops["lazada"]
    order_id = world.buy("lazada", SKU, 2)
    take_orders.poll(world.ctx, shop.id)
    world.move(2)
    world.sim("lazada", f"orders/{order_id}/advance", {"to": "canceled"})
    take = world.store.orders.take

    def dies(*args, **more):
        take(*args, **more)
        raise KeyboardInterrupt

    with mock.patch.object(world.store.orders, "take", dies), pytest.raises(KeyboardInterrupt):
        take_orders.hear(world.ctx, shop.id, [order_id])

    assert world.store.stock.level(COMMUNITY.id, SKU).reserved == 0
    shown = world.offers("lazada")[SKU]["stock"]
    assert world.store.bindings.of_skus(shop.id, [SKU])[SKU].quantity >= shown


def test_what_a_cancellation_gives_back_comes_on_top_of_what_a_shop_claims(world):
    """Its last raise may have worked although nobody noted it; the pieces of a cancelled order stand beside that."""
    world.publish_all()
    shop = world.shops["lazada"]
    order_id = world.buy("lazada", SKU, 2)
    take_orders.poll(world.ctx, shop.id)
    world.move(2)
    shown = world.offers("lazada")[SKU]["stock"]
    world.store.bindings.claim(shop.id, {SKU: Claim(shown + 1, world.clock())})
    world.sim("lazada", f"orders/{order_id}/advance", {"to": "canceled"})
    take_orders.hear(world.ctx, shop.id, [order_id])
    assert world.store.bindings.claims(shop.id, [SKU])[SKU].units == shown + 1 + 2

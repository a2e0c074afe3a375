"""A shop's life besides selling: listings that are there already, reviews, lost answers, consent withdrawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.offers import ListingState
from chalicelib.domain.shops import ShopState
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import publish
from chalicelib.sync.desired import desired_listings
from chalicelib.web.texts import reason
from tests.world import COMMUNITY, a_product, a_world, two_axes

OTHER = {"lazada": "shopee", "shopee": "lazada"}
CREATE = {"lazada": "/product/create", "shopee": "/api/v2/product/add_item"}
UPLOAD = {"lazada": "/image/upload", "shopee": "/api/v2/media_space/upload_image"}
DECLARE = "/api/v2/product/init_tier_variation"


@pytest.fixture(params=("lazada", "shopee"))
def world(request):
    with a_world() as made:
        made.channel = request.param
        yield made


def _shop(world, channel=""):
    return world.store.shops.get(world.shops[channel or world.channel].id)


def _calls(world, path):
    counts = world.sim(world.channel, "calls")["calls"]
    return sum(count for called, count in counts.items() if called.endswith(path))


def _made_by_hand(world, product, stock):
    """The listing id of a listing of this product that Pinto did not make and does not remember."""
    market = world.ctx.open(_shop(world))
    (wanted,) = desired_listings(world.ctx, _shop(world), [product], {})
    images = market.upload_photos([world.store.photos.get(key) for key in wanted.photos])
    made = market.create(wanted, images)
    if not made.finished:
        world.move(6)
        market.finish(wanted, made.listing_id, images)
    sku = product.skus[0]
    world.sim(world.channel, "edit", {"seller_sku": sku, "stock": stock, "price": 75})
    return made.listing_id


@pytest.mark.parametrize("axes", [0, 2])
def test_a_listing_that_carries_our_codes_is_adopted(world, axes):
    """Made by hand before Pinto came: bound by its seller SKUs, set right, and never made a second time."""
    product = a_product(world, "SHIRT", stock=7, **(two_axes() if axes else {}))
    listing_id = _made_by_hand(world, product, stock=3)
    made = _calls(world, CREATE[world.channel])
    world.publish_all()

    offers = world.offers(world.channel)
    assert {row["listing_id"] for row in offers.values()} == {listing_id}
    assert {sku: (row["stock"], row["price"]) for sku, row in offers.items()} == {
        variant.sku: (7, variant.price.minor / 100) for variant in product.variants
    }
    bindings = world.store.bindings.of_shop(_shop(world).id)
    assert {bindings[sku].listing_id for sku in product.skus} == {listing_id}
    assert _calls(world, CREATE[world.channel]) == made
    assert dict(publish.publish(world.ctx, _shop(world).id).counts) == {}


def test_a_photo_travels_once_to_each_shop(world):
    """Two products share a photo, by its content: one upload; a photo handed over before is never sent again."""
    tea = a_product(world)
    a_product(world, "SOAP", photos=tea.photos)
    world.publish_all()
    sent = _calls(world, UPLOAD[world.channel])
    saved = world.store.catalogues.product(COMMUNITY.id, "SOAP")
    world.store.catalogues.save(replace(saved, title_th="สบู่สมุนไพร สูตรใหม่ 80 กรัม"), saved.version)
    world.publish_all()

    assert sent == 1
    assert _calls(world, UPLOAD[world.channel]) == 1
    assert world.offers(world.channel)["SOAP"]["title"] == "สบู่สมุนไพร สูตรใหม่ 80 กรัม"


def test_variants_whose_answer_was_lost_are_declared_once():
    """Shopee's second step worked and nobody heard: a look finds the variants, under the ids they have."""
    with a_world(("shopee",)) as world:
        world.channel = "shopee"
        a_product(world, "SHIRT", stock=7, **two_axes())
        world.fault("shopee", "drop_after", DECLARE)
        world.publish_all()

        offers = world.offers("shopee")
        bindings = world.store.bindings.of_shop(_shop(world).id)
        assert {sku: bindings[sku].offer_id for sku in offers} == {sku: row["offer_id"] for sku, row in offers.items()}
        assert (len(offers), _calls(world, DECLARE)) == (4, 1)


def _refused(world):
    """The channel's review does not let the listing through."""
    if world.channel == "shopee":
        world.sim("shopee", "edit", {"seller_sku": "TEA-50", "status": "BANNED"})
        return
    world.sim("lazada", "settings", {"reject_containing": "ต้องห้าม"})
    product = world.store.catalogues.product(COMMUNITY.id, "TEA-50")
    world.store.catalogues.save(replace(product, title_th="ชาใบหม่อน ต้องห้าม 50 กรัม"), product.version)
    world.publish_all()
    world.move(60)


def test_what_the_channel_refused_is_told_and_left_alone(world):
    """The binding remembers the channel's reason; the log says in Thai that a person mends it; nothing is sent."""
    a_product(world)
    world.publish_all()
    _refused(world)
    world.publish_all()

    binding = world.store.bindings.of_shop(_shop(world).id)["TEA-50"]
    entry = next(e for e in world.store.log.recent_entries(COMMUNITY.id) if e.shop == _shop(world).id)
    assert (binding.state, bool(binding.reason)) == (ListingState.REJECTED, True)
    assert (entry.state, entry.because, entry.error_text) == (
        EntryState.SKIPPED,
        "rejected_by_channel",
        binding.reason,
    )
    assert reason("th", entry.because) == "ตลาดไม่รับสินค้านี้ แก้ตามเหตุผลแล้วส่งใหม่"


def test_a_review_that_lets_through_ends_on_sale(world):
    """While the channel looks at a listing nobody calls it live; afterwards it is."""
    if world.channel == "lazada":
        world.sim("lazada", "settings", {"review_delay_s": 3600})
    a_product(world)
    world.publish_all()
    waiting = world.store.bindings.of_shop(_shop(world).id)["TEA-50"].state
    world.move(3700)
    world.publish_all()

    assert waiting is {"lazada": ListingState.IN_REVIEW, "shopee": ListingState.LIVE}[world.channel]
    assert world.store.bindings.of_shop(_shop(world).id)["TEA-50"].state is ListingState.LIVE


def test_a_withdrawn_consent_closes_this_shop_and_no_other(world):
    """The shop's page says that it must be connected again; its work waits without a call; the neighbour sells on."""
    a_product(world)
    world.publish_all()
    other = OTHER[world.channel]
    world.fault(world.channel, "token_revoked", times=None)
    world.store.stock.count(COMMUNITY.id, "TEA-50", 4, movement_id="count-2", because="test", at=world.clock())
    world.publish_all()
    closed = _shop(world)
    calls = sum(world.sim(world.channel, "calls")["calls"].values())
    world.publish_all()

    assert (closed.state, closed.note) == (ShopState.DISCONNECTED, "error.disconnected")
    assert "เชื่อมร้าน" in reason("th", closed.note)
    assert sum(world.sim(world.channel, "calls")["calls"].values()) == calls
    assert world.offers(world.channel)["TEA-50"]["stock"] == 10
    assert (_shop(world, other).state, world.offers(other)["TEA-50"]["stock"]) == (ShopState.ACTIVE, 4)

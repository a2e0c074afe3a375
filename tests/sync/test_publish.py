"""Publish against the practice marketplaces: what ends up in the shop is what the catalogue says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.money import Money
from chalicelib.domain.synclog import EntryState, RunState
from chalicelib.sync import edit_catalogue, publish
from chalicelib.sync.context import Policy
from tests.world import COMMUNITY, a_product, a_world, two_axes

CHANNELS = ("lazada", "shopee")
CREATE = {"lazada": "/product/create", "shopee": "/api/v2/product/add_item"}
STOCK = {"lazada": "/product/stock/sellable/update", "shopee": "/api/v2/product/update_stock"}


@pytest.fixture(params=CHANNELS)
def world(request):
    with a_world((request.param,)) as made:
        made.channel = request.param
        yield made


def _edit(world, product, **facts):
    return world.store.catalogues.save(replace(product, **facts), product.version)


def test_a_catalogue_goes_on_sale_and_a_second_sync_plans_nothing(world):
    """No variants, one axis, two axes: every SKU is live with its price and stock; repeating changes nothing."""
    a_product(world)
    a_product(world, "SHIRT", stock=7, **two_axes())
    world.publish_all()

    offers = world.offers(world.channel)
    assert {sku: (row["price"], row["stock"]) for sku, row in offers.items()} == {
        "TEA-50": (89, 10),
        **{f"SHIRT-{n}": (459, 7) for n in ("1M", "1L", "2M", "2L")},
    }
    run = publish.publish(world.ctx, world.shops[world.channel].id)
    assert run.state is RunState.COMPLETE
    assert dict(run.counts) == {}


def test_a_create_that_worked_without_an_answer_makes_no_twin(world):
    """The connection drops after the listing was made: it is found by its SKU, bound, and never made again."""
    a_product(world)
    world.fault(world.channel, "drop_after", CREATE[world.channel])
    world.publish_all()

    assert list(world.offers(world.channel)) == ["TEA-50"]
    entry = next(e for e in world.store.log.recent_entries(COMMUNITY.id) if e.field == "listing")
    assert entry.state is EntryState.LIVE
    world.publish_all()
    assert list(world.offers(world.channel)) == ["TEA-50"]


def test_a_create_that_was_lost_on_the_way_is_made_later(world):
    """The connection drops before the call arrived: the product goes on sale after the quiet time, once."""
    a_product(world)
    world.fault(world.channel, "drop_before", CREATE[world.channel])
    world.publish_all()

    assert world.offers(world.channel)["TEA-50"]["stock"] == 10


def test_a_two_axis_create_without_an_answer_is_finished_once(world):
    """Two-step creation survives the loss of the first answer: one listing, all four variants."""
    a_product(world, "SHIRT", stock=7, **two_axes())
    world.fault(world.channel, "drop_after", CREATE[world.channel])
    world.publish_all()

    assert sorted(world.offers(world.channel)) == ["SHIRT-1L", "SHIRT-1M", "SHIRT-2L", "SHIRT-2M"]


def test_price_and_stock_edits_reach_the_shop(world):
    """An edit of a person ends in the shop, and the entry says was, becomes, why, and live."""
    product = a_product(world)
    world.publish_all()
    edit_catalogue.set_price(
        world.store, world.queues, COMMUNITY.id, "TEA-50", {"TEA-50": Money(9900)}, product.version
    )
    edit_catalogue.count_stock(
        world.store, world.queues, COMMUNITY.id, "TEA-50", 4, "count-2", "counted", world.clock()
    )
    world.drain()

    offer = world.offers(world.channel)["TEA-50"]
    assert (offer["price"], offer["stock"]) == (99, 4)
    entries = {e.field: e for e in world.store.log.recent_entries(COMMUNITY.id) if e.field in ("price", "stock")}
    assert (entries["price"].before, entries["price"].after, entries["price"].state) == ("89.00", "99.00", "live")
    assert (entries["stock"].before, entries["stock"].after, entries["stock"].state) == ("10", "4", "live")


def test_a_stock_write_without_an_answer_is_looked_at_and_settles(world):
    """The answer to an absolute stock write is lost after it worked: read-back proves it live."""
    a_product(world)
    world.publish_all()
    world.fault(world.channel, "drop_after", STOCK[world.channel])
    edit_catalogue.count_stock(
        world.store, world.queues, COMMUNITY.id, "TEA-50", 6, "count-2", "counted", world.clock()
    )
    world.drain()

    assert world.offers(world.channel)["TEA-50"]["stock"] == 6
    newest = next(e for e in world.store.log.recent_entries(COMMUNITY.id) if e.field == "stock")
    assert newest.state is EntryState.LIVE


def test_accepted_then_dropped_is_never_called_live(world):
    """The marketplace says yes and does nothing: the entry stays short of live, and the next look mends it."""
    a_product(world)
    world.publish_all()
    world.fault(world.channel, "accept_then_lose", STOCK[world.channel])
    edit_catalogue.count_stock(
        world.store, world.queues, COMMUNITY.id, "TEA-50", 6, "count-2", "counted", world.clock()
    )
    world.drain()

    states = [e.state for e in world.store.log.recent_entries(COMMUNITY.id) if e.field == "stock"]
    assert world.offers(world.channel)["TEA-50"]["stock"] == 6
    assert states == [EntryState.LIVE, EntryState.APPLIED]  # newest first: the repair, then the lost one


def test_hidden_and_restored_with_the_catalogue(world):
    """Off sale in the catalogue hides the listing and keeps it; on sale brings it back."""
    product = a_product(world)
    world.publish_all()
    before = world.offers(world.channel)["TEA-50"]["listing_id"]
    hidden = _edit(world, product, on_sale=False)
    world.publish_all()
    assert str(world.offers(world.channel)["TEA-50"]["status"]).lower() in ("inactive", "unlist")
    _edit(world, hidden, on_sale=True)
    world.publish_all()

    offer = world.offers(world.channel)["TEA-50"]
    assert offer["listing_id"] == before
    assert str(offer["status"]).lower() in ("active", "normal")


def test_a_new_title_reaches_the_listing(world):
    """Words are said again when they changed; price and stock stay."""
    product = a_product(world)
    world.publish_all()
    _edit(world, product, title_th="ชาใบหม่อนอบแห้ง สูตรใหม่ 50 กรัม")
    world.publish_all()

    offer = world.offers(world.channel)["TEA-50"]
    assert (offer["title"], offer["price"], offer["stock"]) == ("ชาใบหม่อนอบแห้ง สูตรใหม่ 50 กรัม", 89, 10)


def test_a_variant_that_left_the_catalogue_leaves_the_shop(world):
    """A size nobody makes any more cannot be bought any more; the others stay as they were, and a sync is quiet."""
    product = a_product(world, "SHIRT", stock=7, **two_axes())
    world.publish_all()
    _edit(world, product, variants=product.variants[:3])
    world.publish_all()

    offers = world.offers(world.channel)
    assert {sku: row["stock"] for sku, row in offers.items() if row["stock"]} == dict.fromkeys(product.skus[:3], 7)
    run = publish.publish(world.ctx, world.shops[world.channel].id)
    assert dict(run.counts) == {}


def test_drift_by_hand_is_mended_by_a_whole_read(world):
    """A price changed in the seller centre is noticed and set back; the log says what it was."""
    a_product(world)
    world.publish_all()
    world.sim(world.channel, "edit", {"seller_sku": "TEA-50", "price": 75, "stock": 3})
    world.publish_all()

    offer = world.offers(world.channel)["TEA-50"]
    assert (offer["price"], offer["stock"]) == (89, 10)


def test_an_expired_token_is_renewed_without_a_trace(world):
    """The access token dies in the middle: one refresh, the work goes on."""
    a_product(world)
    world.fault(world.channel, "token_expired", CREATE[world.channel])
    before = world.store.shops.tokens(world.shops[world.channel].id).generation
    world.publish_all()

    assert world.offers(world.channel)["TEA-50"]["stock"] == 10
    assert world.store.shops.tokens(world.shops[world.channel].id).generation == before + 1


def test_a_refused_product_does_not_hold_up_its_neighbours(world):
    """A product the channel cannot say is skipped with its reason before any call; the others go on sale."""
    a_product(world)
    a_product(world, "LONG", title_th="ก" * 300)
    world.publish_all()

    assert list(world.offers(world.channel)) == ["TEA-50"]
    skipped = [e for e in world.store.log.recent_entries(COMMUNITY.id) if e.state is EntryState.SKIPPED]
    assert {(e.product_code, e.because) for e in skipped} == {("LONG", f"{world.channel}.title_too_long")}


def test_a_slipped_decimal_waits_for_a_person(world):
    """A price a hundred times higher is held with its reason, the shop keeps the old one, approval lets it go."""
    product = a_product(world)
    world.publish_all()
    edit_catalogue.set_price(
        world.store, world.queues, COMMUNITY.id, "TEA-50", {"TEA-50": Money(890000)}, product.version
    )
    world.drain()
    assert world.offers(world.channel)["TEA-50"]["price"] == 89
    shop = world.shops[world.channel].id
    waiting = world.store.plans.waiting(shop)
    assert waiting is not None
    assert waiting.reasons == ("price_jumps",)

    world.store.plans.approve(shop, waiting.fingerprint, "staff@pinto.example")
    world.publish_all()
    assert world.offers(world.channel)["TEA-50"]["price"] == 8900


def test_a_worker_out_of_time_says_so_and_the_rest_follows():
    """With no time left nothing is called done: the run is stopped, and the queue holds the rest."""
    with a_world(("shopee",)) as world:
        a_product(world)
        short = replace(world.ctx, remaining_s=lambda: 1.0, policy=Policy())
        run = publish.publish(short, world.shops["shopee"].id)
        assert run.state is RunState.STOPPED
        assert dict(run.counts) == {"planned": 1}
        world.drain()
        assert world.offers("shopee")["TEA-50"]["stock"] == 10

"""Listings of a practice shop, over real HTTP."""

from __future__ import annotations

import json

import pytest
from lazada_shop import (
    COLOUR,
    SIZE,
    PracticeShop,
    Scripted,
    a_listing,
    a_photo,
    a_product,
    a_sku,
    a_target,
    ok,
    quantities,
    refused,
)

from chalicelib.domain.catalogue import Axis
from chalicelib.domain.errors import OutcomeUnknownError, ProtocolSurpriseError, RejectedError, TransientError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import ListingState
from chalicelib.domain.ports import OfferTarget
from chalicelib.domain.synclog import EntryState
from connectors import registry
from connectors.lazada.settings import Settings

ACCEPTED, FAILED, UNKNOWN = EntryState.ACCEPTED, EntryState.FAILED, EntryState.UNKNOWN


@pytest.mark.parametrize("axes", [(), (COLOUR,), (COLOUR, SIZE)])
def test_a_listing_is_created_with_all_its_variants(practice: PracticeShop, axes: tuple[Axis, ...]):
    """Nought, one or two axes: every SKU is there with its price and stock, and has its own id."""
    listing = a_listing(axes=axes)

    created = practice.publish(listing)

    seen = practice.listing_of("SCARF-1")
    assert {offer.seller_sku: offer.offer_id for offer in seen.offers} == dict(created.offer_ids)
    assert {(offer.price, offer.quantity) for offer in seen.offers} == {(Money(128_900), 7)}
    assert (seen.title, seen.state, seen.listing_id) == (listing.title, ListingState.LIVE, created.listing_id)
    assert set(created.offer_ids) == set(listing.skus)


def test_laz_009_offer_ids_are_matched_by_seller_sku(practice: PracticeShop):
    """The practice marketplace answers in reverse; every id still belongs to its SKU."""
    created = practice.publish(a_listing(axes=(COLOUR, SIZE)))

    shown = {offer.seller_sku: offer.offer_id for offer in practice.listing_of("SCARF-2").offers}
    assert dict(created.offer_ids) == shown


def test_every_listing_is_seen_across_pages(practice: PracticeShop):
    """A shop of several pages is read whole, in as few calls as there are pages."""
    shop = with_small_pages(practice)
    for number in range(7):
        shop.publish(a_listing(f"P{number}"))
    before = shop.shop.calls

    seen = shop.shop.observe()

    assert seen.complete
    assert len(seen.listings) == 7
    assert shop.shop.calls - before == 3


@pytest.mark.parametrize("kind", ["duplicate_page", "more_rows"])
def test_laz_006_odd_pages_hide_no_listing(practice: PracticeShop, kind: str):
    """A repeated page and one with more rows than asked still give every listing once."""
    shop = with_small_pages(practice)
    for number in range(8):
        shop.publish(a_listing(f"P{number}"))
    shop.fault(kind, "/products/get", times=2)

    seen = shop.shop.observe()

    assert seen.complete
    assert sorted(quantities(seen)) == [f"P{number}-1" for number in range(8)]


def test_a_read_that_was_cut_is_not_complete():
    """More items promised than ever shown: nothing may be concluded."""
    shop = Scripted(lambda path, said: ok({"total_products": 2, "products": [a_product()]}))

    seen = shop.shop.observe()

    assert (len(seen.listings), seen.complete) == (1, False)


def test_an_empty_shop_is_a_complete_read(practice: PracticeShop):
    """No data at all means no listings."""
    seen = practice.shop.observe()

    assert (seen.listings, seen.complete) == ((), True)


def test_looking_at_many_takes_one_call_once_their_skus_are_known(practice: PracticeShop):
    """After a first read, a hundred SKUs are looked at together."""
    ids = [practice.publish(a_listing(f"P{number}")).listing_id for number in range(5)]
    practice.shop.observe()
    before = practice.shop.calls

    seen = practice.shop.look(ids)

    assert [listing.listing_id for listing in seen.listings] == ids
    assert practice.shop.calls - before == 1


def test_seller_skus_handed_over_save_calls_at_once(practice: PracticeShop):
    """A caller that knows the SKUs needs no first read."""
    ids = [practice.publish(a_listing(f"P{number}")).listing_id for number in range(3)]
    other = another_speaker(practice)

    seen = other.shop.look(ids, [f"P{number}-1" for number in range(3)])

    assert len(seen.listings) == 3
    assert other.shop.calls == 1


def test_reading_back_what_was_just_written_takes_one_call(practice: PracticeShop):
    """A write names the SKUs, so the look after it need not ask item by item."""
    for number in range(3):
        practice.publish(a_listing(f"P{number}"))
    seen = practice.shop.observe().listings
    other = another_speaker(practice)
    other.shop.set_stock([a_target(one, one.offers[0].seller_sku, quantity=1) for one in seen])

    back = other.shop.look([one.listing_id for one in seen])

    assert set(quantities(back).values()) == {1}
    assert other.shop.calls == 2


def test_laz_029_a_search_with_thai_seller_skus_stays_short():
    """A hundred of them are several calls, each within its length, and every SKU is asked for once."""
    shop = Scripted(lambda path, said: ok({}))
    skus = [f"ผ้าพันคอทอมือ-{number}" for number in range(100)]

    shop.shop.find([*skus, "ก" * 900])

    lists = [request.url.query.decode().split("sku_seller_list=")[1].split("&")[0] for request in shop.requests]
    asked = [json.loads(said["sku_seller_list"]) for _, said in shop.asked]
    assert [sku for batch in asked for sku in batch] == [*skus, "ก" * 900]
    assert all(len(text) <= 4_000 for text in lists[:-1])
    assert len(lists) < 10


def test_laz_029_a_listing_is_found_among_a_hundred_thai_seller_skus(practice: PracticeShop):
    """The practice marketplace reads no address beyond 8,000 characters."""
    practice.publish(a_listing())

    (found,) = practice.shop.find([*(f"ผ้าพันคอทอมือ-{number}" for number in range(99)), "SCARF-1"])

    assert found.offers[0].seller_sku == "SCARF-1"


def test_laz_015_a_listing_that_is_not_there_is_missing(practice: PracticeShop):
    """Deleted and never existing ids are left out; the others are complete."""
    kept, gone = (practice.publish(a_listing(code)).listing_id for code in ("KEPT", "GONE"))
    practice.sim("edit", seller_sku="GONE-1", status="Deleted")

    seen = practice.shop.look([kept, gone, "799999999"])

    assert [listing.listing_id for listing in seen.listings] == [kept]
    assert seen.complete
    assert practice.shop.find(["GONE-1"]) == ()


def test_a_lost_create_is_found_by_its_sku(practice: PracticeShop):
    """The answer was dropped after the create worked: unknown, not repeated, and there when looked for."""
    practice.fault("drop_after", "/product/create")

    with pytest.raises(OutcomeUnknownError):
        practice.publish(a_listing())

    assert practice.listing_of("SCARF-1").title == "ผ้าพันคอทอมือ SCARF"
    assert len(practice.state()["listings"]) == 1


def test_a_stale_token_is_renewed_once_and_the_write_goes_through(practice: PracticeShop):
    """An expired token costs one refresh and nothing else."""
    practice.publish(a_listing())
    seen = practice.listing_of("SCARF-1")
    practice.fault("token_expired", "*")

    (outcome,) = practice.shop.set_stock([a_target(seen, "SCARF-1", quantity=3)])

    assert outcome.state is ACCEPTED
    assert practice.tokens.renewals == 1
    assert practice.offers()["SCARF-1"]["stock"] == 3


def test_laz_001_stock_is_written_as_what_a_buyer_can_order(practice: PracticeShop):
    """With units held by an order, the number we send is the number shown, not the total."""
    practice.publish(a_listing())
    practice.buy(("SCARF-1", 2))
    seen = practice.listing_of("SCARF-1")
    assert seen.offers[0].quantity == 5

    practice.shop.set_stock([a_target(seen, "SCARF-1", quantity=4)])

    assert practice.listing_of("SCARF-1").offers[0].quantity == 4
    assert practice.offers()["SCARF-1"]["held"] == 2


def test_prices_change_and_stock_stays(practice: PracticeShop):
    """A price call says nothing about quantities, even with units held."""
    practice.publish(a_listing(axes=(COLOUR,)))
    practice.buy(("SCARF-1", 2))
    seen = practice.listing_of("SCARF-1")

    outcomes = practice.shop.set_prices([a_target(seen, "SCARF-1", price=Money(99_950))])

    after = {offer.seller_sku: (offer.price, offer.quantity) for offer in practice.listing_of("SCARF-1").offers}
    assert [outcome.state for outcome in outcomes] == [ACCEPTED]
    assert after == {"SCARF-1": (Money(99_950), 5), "SCARF-2": (Money(128_900), 7)}


def test_laz_002_one_bad_sku_does_not_hold_back_the_others(practice: PracticeShop):
    """The missing SKU fails with its reason, its neighbours are applied."""
    practice.publish(a_listing(axes=(COLOUR,)))
    seen = practice.listing_of("SCARF-1")
    gone = OfferTarget("NOWHERE", seen.listing_id, "899999999", quantity=1)
    targets = [a_target(seen, "SCARF-1", quantity=1), gone, a_target(seen, "SCARF-2", quantity=2)]

    outcomes = practice.shop.set_stock(targets)

    assert [(o.subject, o.state) for o in outcomes] == [
        ("SCARF-1", ACCEPTED),
        ("NOWHERE", FAILED),
        ("SCARF-2", ACCEPTED),
    ]
    assert (outcomes[1].code, outcomes[1].error) == ("207", "error.stale")
    assert quantities(practice.shop.observe()) == {"SCARF-1": 1, "SCARF-2": 2}


def test_a_sku_that_was_busy_inside_is_unknown(practice: PracticeShop):
    """Internal trouble of one SKU in a batch may have worked: it is looked at, not failed."""
    practice.publish(a_listing(axes=(COLOUR,)))
    seen = practice.listing_of("SCARF-1")
    practice.fault("partial", "/product/stock/sellable/update")

    outcomes = practice.shop.set_stock([a_target(seen, sku, quantity=1) for sku in ("SCARF-1", "SCARF-2")])

    assert [outcome.state for outcome in outcomes] == [ACCEPTED, UNKNOWN]


def test_a_lost_batch_is_unknown_and_the_next_one_still_goes(practice: PracticeShop):
    """Two SKUs a call: the first answer is lost, the second comes."""
    shop = with_small_pages(practice)
    shop.publish(a_listing(axes=(COLOUR, SIZE)))
    seen = shop.listing_of("SCARF-1")
    shop.fault("drop_after", "/product/stock/sellable/update")

    outcomes = shop.shop.set_stock([a_target(seen, f"SCARF-{n}", quantity=n) for n in (1, 2, 3, 4)])

    assert [outcome.state for outcome in outcomes] == [UNKNOWN, UNKNOWN, ACCEPTED, ACCEPTED]
    assert quantities(shop.shop.observe())["SCARF-4"] == 4


def test_a_rate_limit_before_anything_was_written_is_raised(practice: PracticeShop):
    """The caller may simply come back."""
    practice.publish(a_listing())
    seen = practice.listing_of("SCARF-1")
    practice.fault("rate_limit", "/product/stock/sellable/update")

    with pytest.raises(TransientError):
        practice.shop.set_stock([a_target(seen, "SCARF-1", quantity=1)])

    assert practice.offers()["SCARF-1"]["stock"] == 7


def test_a_501_that_names_nobody_leaves_everybody_unknown():
    """Something failed and nothing says what: read back."""
    shop = Scripted(lambda path, said: refused("501", "E501", [{"field": "x", "message": "odd"}]))
    targets = [OfferTarget(sku, "7", sku) for sku in ("1", "2")]

    assert [outcome.state for outcome in shop.shop.set_stock(targets)] == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize("stray", [{"message": "odd"}, {"sku": "9", "message": "odd"}, {"seller_sku": "9"}])
def test_laz_002_a_detail_about_nobody_leaves_those_not_blamed_unknown(stray):
    """One SKU is named, another failure names none of ours: it may be any of the rest."""
    blamed = {"sku": "1", "message": "207:SKU_NOT_FOUND"}
    shop = Scripted(lambda path, said: refused("501", "E501", [blamed, stray]))
    targets = [OfferTarget(sku, "7", sku) for sku in ("1", "2", "3")]

    assert [outcome.state for outcome in shop.shop.set_stock(targets)] == [FAILED, UNKNOWN, UNKNOWN]


def test_laz_003_hidden_stays_hidden_until_restored(practice: PracticeShop):
    """Off sale, kept with its stock, and on sale again."""
    practice.publish(a_listing())
    seen = practice.listing_of("SCARF-1")
    offers = {seen.listing_id: [offer.offer_id for offer in seen.offers]}

    (hidden,) = practice.shop.hide(offers)
    assert practice.listing_of("SCARF-1").state is ListingState.HIDDEN
    (again,) = practice.shop.hide(offers)
    (restored,) = practice.shop.restore(offers)

    assert [outcome.state for outcome in (hidden, again, restored)] == [ACCEPTED] * 3
    assert practice.listing_of("SCARF-1").state is ListingState.LIVE
    assert practice.offers()["SCARF-1"]["stock"] == 7


def test_content_is_said_again_without_touching_price_and_stock(practice: PracticeShop):
    """New words and a new photo; what was sold meanwhile stays sold."""
    created = practice.publish(a_listing())
    practice.buy(("SCARF-1", 3))
    said = a_listing(title="ผ้าพันคอย้อมคราม")

    outcome = practice.shop.update_content(
        said, created.listing_id, created.offer_ids, practice.shop.upload_photos([a_photo(500, 500)])
    )

    seen = practice.listing_of("SCARF-1")
    assert outcome.state is ACCEPTED
    assert (seen.title, seen.offers[0].quantity) == ("ผ้าพันคอย้อมคราม", 4)


def test_a_missing_variant_is_added_to_the_listing(practice: PracticeShop):
    """A new option joins the item under the axis name it has there."""
    created = practice.publish(a_listing(axes=(COLOUR,)))
    wider = a_listing(axes=(Axis("สี", ("คราม", "แดง", "เขียว")),))
    photo = practice.shop.upload_photos([a_photo()])

    outcome = practice.shop.update_content(wider, created.listing_id, created.offer_ids, photo)

    assert outcome.state is ACCEPTED
    assert quantities(practice.shop.look([created.listing_id])) == {"SCARF-1": 7, "SCARF-2": 7, "SCARF-3": 7}


def test_laz_016_a_renamed_option_is_said_to_the_skus_that_have_it(practice: PracticeShop):
    """The shop shows the new word on the same SKU; ids, prices and stock stay."""
    created = practice.publish(a_listing(axes=(COLOUR,)))
    renamed = a_listing(axes=(Axis("สี", ("น้ำเงินคราม", "แดง", "เขียว")),))
    photo = practice.shop.upload_photos([a_photo()])

    outcome = practice.shop.update_content(renamed, created.listing_id, created.offer_ids, photo)

    item = practice.shop._client.read("/product/item/get", {"item_id": created.listing_id}).data
    shown = {row["SellerSku"]: row["saleProp"]["สี"] for row in item["skus"]}
    assert outcome.state is ACCEPTED
    assert shown == {"SCARF-1": "น้ำเงินคราม", "SCARF-2": "แดง", "SCARF-3": "เขียว"}
    assert quantities(practice.shop.observe()) == {"SCARF-1": 7, "SCARF-2": 7, "SCARF-3": 7}


def test_laz_016_unchanged_options_are_not_said_again():
    """What is left out stays; an item whose options fit is sent words only."""
    item = a_product(
        variation={"Variation1": {"name": "color_family", "options": ["คราม", "แดง"]}},
        skus=[
            a_sku(SkuId=1, SellerSku="SCARF-1", saleProp={"color_family": "คราม"}),
            a_sku(SkuId=2, SellerSku="SCARF-2", saleProp={"color_family": "แดง"}),
        ],
    )
    shop = Scripted(lambda path, said: ok(item if path == "/product/item/get" else {}))

    shop.shop.update_content(a_listing(axes=(COLOUR,)), "7", {"SCARF-1": "1", "SCARF-2": "2"}, {})

    assert "saleProp" not in shop.asked[-1][1]["payload"]


def test_axes_cannot_be_added_to_a_listing_without_any(practice: PracticeShop):
    """Lazada only widens what has variations already; the refusal names the field."""
    created = practice.publish(a_listing())
    photo = practice.shop.upload_photos([a_photo()])

    outcome = practice.shop.update_content(a_listing(axes=(COLOUR,)), created.listing_id, created.offer_ids, photo)

    assert (outcome.state, outcome.error) == (FAILED, "lazada.variations")


def test_a_review_is_seen_while_it_lasts_and_so_is_its_verdict(practice: PracticeShop):
    """In review at first; refused words end as rejected with the channel's reason."""
    practice.sim("settings", review_delay_s=3600, reject_containing="วิเศษ")

    created = practice.publish(a_listing(title="ผ้าวิเศษ"))
    assert created.state is ListingState.IN_REVIEW
    practice.sim("clock", advance_s=4000)

    seen = practice.listing_of("SCARF-1")
    assert seen.state is ListingState.REJECTED
    assert seen.reason


def test_a_duplicate_sku_is_refused_with_its_reason(practice: PracticeShop):
    """A second listing with the same SKU is not made."""
    practice.publish(a_listing())

    with pytest.raises(RejectedError) as caught:
        practice.publish(a_listing())

    assert (caught.value.user_key, caught.value.seller_sku) == ("lazada.duplicate_sku", "SCARF-1")


def test_there_is_nothing_to_finish():
    """Lazada declares variants with the listing; asking for more contradicts what is recorded."""
    with pytest.raises(ProtocolSurpriseError):
        Scripted(lambda path, said: ok()).shop.finish(a_listing(), "7", {})


@pytest.mark.parametrize(("offers", "calls"), [(0, 0), (1, 1), (50, 1), (51, 2), (101, 3)])
def test_fifty_offers_fit_into_one_call(offers, calls):
    """The lower bound of calls for numbers."""
    changed = [("7", str(number)) for number in range(offers)]

    assert registry.channel("lazada").calls_needed(changed) == calls


def with_small_pages(practice: PracticeShop) -> PracticeShop:
    return another_speaker(practice, Settings(products_per_page=3, skus_per_write=2))


def another_speaker(practice: PracticeShop, settings: Settings | None = None) -> PracticeShop:
    """Another speaker for the same shop."""
    return PracticeShop(practice.server, settings)

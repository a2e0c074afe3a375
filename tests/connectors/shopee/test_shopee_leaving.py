"""What leaves the catalogue leaves the shop; what was made by hand, or set by Shopee, is not touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from shopee_shop import NOON, PracticeShop, a_listing, one_axis

from chalicelib.domain.catalogue import Axis, Kind
from chalicelib.domain.errors import RejectedError
from chalicelib.domain.offers import DesiredListing, DesiredOffer, ListingState
from chalicelib.domain.ports import OfferTarget
from chalicelib.domain.synclog import EntryState
from connectors.shopee import convert, errors
from connectors.shopee.answers import Item
from connectors.shopee.client import Call


def without_first(listing: DesiredListing) -> DesiredListing:
    """The same product with one colour fewer."""
    axis = Axis(listing.axes[0].name_th, listing.axes[0].options[1:])
    return replace(listing, axes=(axis,), offers=listing.offers[1:])


def shown(practice: PracticeShop, listing_id: str) -> dict[str, str]:
    """Seller SKU -> offer id as the shop shows them."""
    (seen,) = practice.shop.look([listing_id]).listings
    return {offer.seller_sku: offer.offer_id for offer in seen.offers}


def test_a_listing_is_removed_for_good(practice: PracticeShop):
    """It reads as gone, and removing it again is no trouble."""
    created = practice.publish(a_listing())
    ids = {created.listing_id: ["0"]}

    (removed,) = practice.shop.remove(ids)
    (again,) = practice.shop.remove(ids)

    assert (removed.subject, removed.state, again.state) == (
        created.listing_id,
        EntryState.ACCEPTED,
        EntryState.ACCEPTED,
    )
    assert practice.shop.observe().listings == ()
    assert all(seen.state is ListingState.GONE for seen in practice.shop.look([created.listing_id]).listings)


def test_a_removal_that_is_refused_says_why_and_stops_no_other(practice: PracticeShop):
    """Holiday mode refuses; one outcome for each listing."""
    first, second = practice.publish(a_listing("TEA")), practice.publish(a_listing("PASTE"))
    practice.sim("settings", holiday=True)

    refused = practice.shop.remove({first.listing_id: ["0"], second.listing_id: ["0"]})

    practice.sim("settings", holiday=False)
    assert [(one.state, one.error) for one in refused] == [(EntryState.FAILED, "shopee.holiday")] * 2


def test_a_removal_whose_answer_was_lost_is_tried_again(practice: PracticeShop):
    """Deleting twice is harmless, and gone is what was wanted."""
    created = practice.publish(a_listing())
    practice.fault("drop_after", "product/delete_item")

    (removed,) = practice.shop.remove({created.listing_id: ["0"]})

    assert removed.state is EntryState.ACCEPTED


def test_shp_011_a_variant_that_left_the_catalogue_is_gone(practice: PracticeShop):
    """With its option; the others keep their ids, price and stock."""
    listing = one_axis(colours=("แดง", "ดำ", "คราม"))
    created = practice.publish(listing)
    fewer = without_first(listing)

    practice.shop.update_content(fewer, created.listing_id, created.offer_ids, practice.upload(*listing.photos))

    left = {sku: number for sku, number in created.offer_ids.items() if sku != "CLOTH-0"}
    assert shown(practice, created.listing_id) == left
    assert practice.shop.observe().listings[0].offers[0].quantity == 3


def test_a_variant_made_by_hand_stays_while_ours_leaves(practice: PracticeShop):
    """Its id is nobody's we remember."""
    listing = one_axis(colours=("แดง", "ดำ", "คราม"))
    created = practice.publish(listing)
    ours = {sku: number for sku, number in created.offer_ids.items() if sku != "CLOTH-1"}
    only_last = replace(
        listing, axes=(Axis("สี", ("คราม",)),), offers=tuple(o for o in listing.offers if o.seller_sku == "CLOTH-2")
    )

    practice.shop.update_content(only_last, created.listing_id, ours, practice.upload(*listing.photos))

    assert set(shown(practice, created.listing_id)) == {"CLOTH-1", "CLOTH-2"}


def test_shp_011_all_variants_are_replaced_without_an_empty_moment(practice: PracticeShop):
    """Shopee never lets the last variant go, so the new ones are added first."""
    listing = one_axis(colours=("แดง", "ดำ"))
    created = practice.publish(listing)
    renamed = replace(
        listing,
        axes=(Axis("สี", ("ขาว", "เทา")),),
        offers=tuple(
            DesiredOffer(f"NEW-{place}", offer.price, 2, (colour,))
            for place, (offer, colour) in enumerate(zip(listing.offers, ("ขาว", "เทา"), strict=True))
        ),
    )

    practice.shop.update_content(renamed, created.listing_id, created.offer_ids, practice.upload(*listing.photos))

    assert set(shown(practice, created.listing_id)) == {"NEW-0", "NEW-1"}


def test_a_variant_in_a_promotion_does_not_leave(practice: PracticeShop):
    """Nothing is deleted under a running promotion; the seller is told why."""
    listing = one_axis()
    created = practice.publish(listing)
    practice.sim("promotions", seller_sku="CLOTH-0", reserved=1)

    with pytest.raises(RejectedError) as refused:
        practice.shop.update_content(
            without_first(listing), created.listing_id, created.offer_ids, practice.upload(*listing.photos)
        )

    assert refused.value.user_key == "shopee.promotion_lock"
    assert set(shown(practice, created.listing_id)) == {"CLOTH-0", "CLOTH-1"}


def test_a_promotions_price_is_not_taken_for_the_list_price(practice: PracticeShop):
    """What we read stays what we wrote, and a write under it is refused in words."""
    created = practice.publish(a_listing())
    practice.sim("promotions", seller_sku="TEA-50", reserved=2, price=59, lock="stock")

    (offer,) = practice.shop.observe().listings[0].offers
    price = replace(offer.price, minor=9900)
    target = OfferTarget("TEA-50", created.listing_id, offer.offer_id, 3, price)
    outcomes = (*practice.shop.set_prices([target]), *practice.shop.set_stock([target]))

    assert (str(offer.price), offer.quantity) == ("89.00", 7)
    assert [(one.state, one.error) for one in outcomes] == [(EntryState.FAILED, "shopee.promotion_lock")] * 2


def item_facts(practice: PracticeShop, listing_id: str) -> dict[str, Any]:
    """Shopee's own row of a listing."""
    reply = practice.shop._client.call(Call("product/get_item_base_info", {"item_id_list": [int(listing_id)]}))
    return reply.payload["item_list"][0]


def test_a_pre_order_set_by_hand_is_left_alone(practice: PracticeShop):
    """New words, price and stock do not end it."""
    listing = a_listing(kind=Kind.FABRIC, title="ผ้าถุงและผ้าทอมือย้อมคราม")
    created = practice.publish(listing)
    by_hand = {"item_id": int(created.listing_id), "pre_order": {"is_pre_order": True, "days_to_ship": 10}}
    practice.shop._client.write("product/update_item", by_hand)
    target = OfferTarget("TEA-50", created.listing_id, "0", 3, replace(listing.offers[0].price, minor=9900))

    practice.shop.update_content(
        replace(listing, title="ผ้าทอมือย้อมครามลายใหม่"),
        created.listing_id,
        created.offer_ids,
        practice.upload(*listing.photos),
    )
    practice.shop.set_prices([target])
    practice.shop.set_stock([target])

    facts = item_facts(practice, created.listing_id)
    assert facts["pre_order"] == {"is_pre_order": True, "days_to_ship": 10}
    assert facts["item_name"] == "ผ้าทอมือย้อมครามลายใหม่"


def test_a_listing_in_several_warehouses_is_read_whole_and_its_stock_refused_in_words():
    """Buyers can order from all of them; what we cannot say is not said."""
    places = [{"location_id": "THA", "stock": 4}, {"location_id": "THB", "stock": 5}]
    item = Item.model_validate(
        {
            "item_id": 1,
            "item_name": "ชา",
            "item_status": "NORMAL",
            "has_model": False,
            "item_sku": "TEA",
            "price_info": [{"currency": "THB", "original_price": 89}],
            "stock_info_v2": {"summary_info": {"total_available_stock": 9}, "seller_stock": places},
        }
    )
    refusal = errors.error("error_auth", "The merchant/shop has multi warehouse, please input location id")

    assert [offer.quantity for offer in convert.observed(item, [], NOON).offers] == [9]
    assert (type(refusal), refusal.user_key) == (RejectedError, "shopee.location")

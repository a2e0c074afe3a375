"""Listings over real HTTP against the practice Shopee."""

from __future__ import annotations

import io
from dataclasses import replace

import httpx
import pytest
from PIL import Image
from shopee_shop import KeptTokens, PracticeShop, a_listing, envelope, one_axis, photo, scripted, two_axes

from chalicelib.domain.catalogue import Axis
from chalicelib.domain.errors import OutcomeUnknownError, RejectedError, TransientError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import DesiredOffer, ListingState
from chalicelib.domain.ports import PhotoFile
from connectors.shopee.photos import LARGEST_BYTES, fitting


def offers_of(listing) -> dict[str, tuple[str, int, int]]:
    """Seller SKU -> (offer id, satang, quantity)."""
    return {offer.seller_sku: (offer.offer_id, offer.price.minor, offer.quantity) for offer in listing.offers}


def test_a_product_of_one_sku_is_sold_at_once(practice: PracticeShop):
    """Without axes the listing is finished when it is created, and shows price and stock."""
    created = practice.publish(a_listing())

    (seen,) = practice.shop.observe().listings

    assert created.finished
    assert created.offer_ids == {"TEA-50": "0"}
    assert seen.listing_id == created.listing_id
    assert (seen.state, seen.product_code) == (ListingState.LIVE, "TEA-50")
    assert offers_of(seen) == {"TEA-50": ("0", 8900, 7)}


@pytest.mark.parametrize("listing", [one_axis(), two_axes()], ids=["one axis", "two axes"])
def test_a_product_with_axes_is_finished_in_a_second_step(practice: PracticeShop, listing):
    """Every variant carries its own code, price and stock, and the parent the product's code."""
    created = practice.publish(listing)

    observation = practice.shop.observe()
    (seen,) = observation.listings

    assert observation.complete
    assert seen.product_code == listing.product_code
    assert {sku: (price, units) for sku, (_, price, units) in offers_of(seen).items()} == {
        offer.seller_sku: (offer.price.minor, offer.quantity) for offer in listing.offers
    }
    assert dict(created.offer_ids) == {sku: facts[0] for sku, facts in offers_of(seen).items()}


def test_shp_003_variants_wait_five_seconds(practice: PracticeShop):
    """Before that the listing shows its parent code and no unit, and asks to come back."""
    listing = one_axis()
    images = practice.upload(*listing.photos)
    created = practice.shop.create(listing, images)

    with pytest.raises(TransientError) as refused:
        practice.shop.finish(listing, created.listing_id, images)
    (seen,) = practice.shop.observe().listings

    assert (created.finished, created.ready_after_s) == (False, 5.0)
    assert refused.value.retry_after_s == 5.0
    assert (seen.product_code, offers_of(seen)) == ("CLOTH", {"CLOTH": ("0", 45000, 0)})


def test_shp_028_variants_are_declared_once(practice: PracticeShop):
    """The first answer was lost: finishing again looks, and the variants keep their ids."""
    listing = one_axis()
    images = practice.upload(*listing.photos)
    created = practice.shop.create(listing, images)
    practice.wait_until_ready()
    practice.fault("drop_after", "product/init_tier_variation")
    with pytest.raises(OutcomeUnknownError):
        practice.shop.finish(listing, created.listing_id, images)
    (before,) = practice.shop.observe().listings

    again = practice.shop.finish(listing, created.listing_id, images)

    assert dict(again.offer_ids) == {offer.seller_sku: offer.offer_id for offer in before.offers}
    assert (again.finished, set(again.offer_ids)) == (True, set(listing.skus))


@pytest.mark.parametrize("kind", ["drop_after", "http_500", "html", "empty", "rate_limit"])
def test_a_create_without_a_usable_answer_is_unknown_and_sent_once(practice: PracticeShop, kind: str):
    """It may have worked: nobody repeats it, and looking by code tells."""
    listing = a_listing()
    images = practice.upload(*listing.photos)
    practice.fault(kind, "product/add_item")

    with pytest.raises(OutcomeUnknownError):
        practice.shop.create(listing, images)

    assert practice.state()["calls"]["/api/v2/product/add_item"] == 1
    found = practice.shop.find(["TEA-50", "TEA"])
    assert {row.product_code for row in found} == set(practice.offers())


def test_find_sees_a_create_whose_answer_was_lost(practice: PracticeShop):
    """The listing exists although its answer never came."""
    listing = a_listing()
    images = practice.upload(*listing.photos)
    practice.fault("drop_after", "product/add_item")

    with pytest.raises(OutcomeUnknownError):
        practice.shop.create(listing, images)

    (found,) = practice.shop.find(["TEA-50"])
    assert offers_of(found) == {"TEA-50": ("0", 8900, 7)}


def test_shp_004_find_takes_the_cheaper_way(practice: PracticeShop):
    """Many codes in a small shop cost one pass, and variants are found by their parent's code."""
    practice.publish(one_axis("CLOTH"))
    practice.publish(a_listing("TEA"))
    practice.sim("calls/reset")

    found = practice.shop.find(["CLOTH", "CLOTH-0", "CLOTH-1", "TEA", "TEA-50", "GONE", "GONE-1"])

    calls = practice.state()["calls"]
    assert sorted(row.product_code for row in found) == ["CLOTH", "TEA-50"]
    assert "/api/v2/product/search_item" not in calls
    assert sum(calls.values()) == 3  # one page of ids, one of details, one list of variants


def test_content_is_said_again_without_touching_price_and_stock(practice: PracticeShop):
    """Words, photos and size change; price and stock of the offers stay as they are."""
    listing = a_listing()
    created = practice.publish(listing)
    images = practice.upload("photo-a", "photo-b")
    edited = replace(
        listing, title="น้ำพริกตาแดง สูตรใหม่", photos=("photo-b", "photo-a"),
        offers=(DesiredOffer("TEA-50", Money(9900), 1),),
    )  # fmt: skip

    practice.shop.update_content(edited, created.listing_id, created.offer_ids, images)

    (seen,) = practice.shop.look([created.listing_id]).listings
    assert seen.title == "น้ำพริกตาแดง สูตรใหม่"
    assert offers_of(seen) == {"TEA-50": ("0", 8900, 7)}


def test_a_new_colour_is_added_and_the_others_keep_their_ids(practice: PracticeShop):
    """Variants that exist stay under their ids with price and stock; the new one brings its own."""
    created = practice.publish(one_axis(colours=("แดง", "ดำ")))
    wider = one_axis(colours=("แดง", "ดำ", "คราม"))
    images = practice.upload(*wider.photos)

    practice.shop.update_content(wider, created.listing_id, created.offer_ids, images)

    (seen,) = practice.shop.look([created.listing_id]).listings
    shown = offers_of(seen)
    assert set(shown) == set(wider.skus)
    assert {sku: shown[sku][0] for sku in created.offer_ids} == dict(created.offer_ids)
    assert shown["CLOTH-2"][1:] == (45000, 3)


def test_shp_011_a_renamed_and_reordered_option_moves_no_variant(practice: PracticeShop):
    """Every living variant is listed in the update, so none is deleted."""
    listing = one_axis(colours=("แดง", "ดำ"))
    created = practice.publish(listing)
    options = ("ดำสนิท", "แดง")
    offers = tuple(replace(o, options=(options[1 - at],)) for at, o in enumerate(listing.offers))
    edited = replace(listing, axes=(Axis("สี", options),), offers=offers)

    practice.shop.update_content(edited, created.listing_id, created.offer_ids, practice.upload(*listing.photos))

    (seen,) = practice.shop.look([created.listing_id]).listings
    assert {sku: facts[0] for sku, facts in offers_of(seen).items()} == dict(created.offer_ids)


def test_shp_012_another_number_of_axes_declares_every_variant_anew(practice: PracticeShop):
    """The codes stay, the offer ids do not."""
    created = practice.publish(one_axis("BAG", ("แดง", "คราม")))
    wider = two_axes("BAG")
    only_ours = replace(wider, offers=tuple(replace(o, seller_sku=f"BAG-{at}") for at, o in enumerate(wider.offers)))

    practice.shop.update_content(only_ours, created.listing_id, created.offer_ids, practice.upload(*wider.photos))

    (seen,) = practice.shop.look([created.listing_id]).listings
    assert set(offers_of(seen)) == {"BAG-0", "BAG-1", "BAG-2", "BAG-3"}
    assert not {facts[0] for facts in offers_of(seen).values()} & set(created.offer_ids.values())


def test_variants_made_by_hand_stop_a_change_of_axes(practice: PracticeShop):
    """They would vanish, so a person decides."""
    created = practice.publish(one_axis("BAG", ("แดง", "คราม")))
    renamed = two_axes("BAG")

    with pytest.raises(RejectedError) as refused:
        practice.shop.update_content(renamed, created.listing_id, {}, practice.upload(*renamed.photos))

    assert refused.value.user_key == "shopee.variants_by_hand"


def test_a_hidden_listing_is_seen_and_comes_back(practice: PracticeShop):
    """Hiding keeps the listing and its stock; a look still shows it."""
    created = practice.publish(a_listing())
    ids = {created.listing_id: ["0"]}

    (hidden,) = practice.shop.hide(ids)
    (seen,) = practice.shop.observe().listings
    (restored,) = practice.shop.restore(ids)
    (again,) = practice.shop.observe().listings

    assert (hidden.subject, hidden.state.value) == (created.listing_id, "accepted")
    assert restored.state.value == "accepted"
    assert (seen.state, again.state) == (ListingState.HIDDEN, ListingState.LIVE)


def test_observe_costs_what_the_page_says(practice: PracticeShop):
    """One call for 100 ids, one for 50 details, one for each listing with variants."""
    practice.publish(one_axis("CLOTH"))
    for number in range(3):
        practice.publish(a_listing(f"TEA{number}"))
    before = practice.shop.calls

    observation = practice.shop.observe()

    assert len(observation.listings) == 4
    assert practice.shop.calls - before == 1 + 1 + 1


def test_a_repeated_page_makes_the_read_incomplete(practice: PracticeShop):
    """A page that points back to itself does not end the world and proves nothing."""
    practice.publish(a_listing())
    practice.fault("duplicate_page", "product/get_item_list")

    observation = practice.shop.observe()

    assert not observation.complete
    assert len(observation.listings) == 1


def test_variants_that_do_not_come_make_the_read_incomplete(practice: PracticeShop):
    """The listing is left out; nothing may be called missing after such a read."""
    practice.publish(one_axis("CLOTH"))
    practice.publish(a_listing("TEA"))
    practice.fault("http_500", "product/get_model_list", times=4)

    observation = practice.shop.observe()

    assert not observation.complete
    assert [row.product_code for row in observation.listings] == ["TEA-50"]


def test_a_read_survives_a_short_illness(practice: PracticeShop):
    """Reads are tried again: errors, lost answers and limits that pass leave no trace."""
    practice.publish(a_listing())
    for kind in ("http_500", "html", "drop_before", "rate_limit"):
        practice.fault(kind, "product/get_item_list")
        assert practice.shop.observe().complete


def test_look_leaves_out_what_is_not_there(practice: PracticeShop):
    """An unknown listing is missing from an otherwise complete look."""
    created = practice.publish(a_listing())

    observation = practice.shop.look([created.listing_id, "999999"])

    assert observation.complete
    assert [row.listing_id for row in observation.listings] == [created.listing_id]
    assert practice.shop.look(["999999"]).listings == ()


def test_an_audit_finds_what_the_marketplace_would_refuse(practice: PracticeShop):
    """The limits come from the shop; each objection names its field."""
    listing = a_listing(title="ชา", description="สั้น", offers=(DesiredOffer("TEA-50", Money(8950), 1),), photos=())

    found = {objection.because: objection.field for objection in practice.shop.audit(listing)}

    assert found == {
        "shopee.title_too_short": "title",
        "shopee.description_too_short": "description",
        "shopee.photos_missing": "photos",
        "shopee.satang_in_price": "price",
    }
    assert practice.shop.audit(a_listing()) == practice.shop.audit(two_axes()) == ()


def test_an_audit_asks_for_each_fact_once(practice: PracticeShop):
    """Category tree, limits and channels are kept: the second audit makes no call."""
    practice.shop.audit(a_listing())
    before = practice.shop.calls

    practice.shop.audit(a_listing("OTHER"))

    assert practice.shop.calls == before


def test_a_refused_photo_names_itself(practice: PracticeShop):
    """One unreadable file fails alone and is named."""
    with pytest.raises(RejectedError) as refused:
        practice.shop.upload_photos([photo("good"), PhotoFile("bad", b"no picture", "image/jpeg")])

    assert "bad" in refused.value.message
    assert refused.value.field == "photos"


def test_a_dozen_photos_travel_eight_at_a_time(practice: PracticeShop):
    """Each key keeps its own image id."""
    keys = [f"photo-{chr(97 + number)}" for number in range(12)]

    images = practice.upload(*keys)

    assert list(images) == keys
    assert len(set(images.values())) > 1
    assert practice.state()["calls"]["/api/v2/media_space/upload_image"] == 2


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "BMP"])
def test_a_photo_of_another_kind_is_made_to_fit(practice: PracticeShop, kind: str):
    """What is sent is a JPEG, and Shopee takes it."""
    held = io.BytesIO()
    Image.new("RGB", (600, 600), "teal").save(held, kind)

    assert list(practice.shop.upload_photos([PhotoFile("k", held.getvalue(), "image/png")])) == ["k"]


def test_a_photo_within_the_rules_goes_as_it_is():
    """Not a byte is changed, and its kind is the file's own."""
    good = photo("k")
    assert fitting(replace(good, content_type="image/png")) == good


def test_a_photo_too_heavy_is_made_lighter():
    """A noisy PNG above ten megabytes arrives as a JPEG below them."""
    held = io.BytesIO()
    Image.effect_noise((3600, 3600), 200).save(held, "PNG", compress_level=0)

    assert len(held.getvalue()) > LARGEST_BYTES > len(fitting(PhotoFile("k", held.getvalue(), "image/png")).data)


@pytest.mark.parametrize("served", ["image/jpeg", "text/html", ""])
def test_a_photo_that_is_not_served_is_refused(served: str):
    """Shopee took the file, and a page stands behind its address: refused before a listing names it."""
    place = {"image_url_region": "TH", "image_url": "https://cdn.example/file/one" if served else ""}
    rows = [{"id": 0, "error": "", "image_info": {"image_id": "one", "image_url_list": [place]}}]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "cdn.example":
            body = b"<html>" if served == "text/html" else photo("k").data
            return httpx.Response(200, content=body, headers={"content-type": served})
        return envelope({"image_info_list": rows})

    channel, access, tokens = scripted(answer)
    shop = channel.open(access, KeptTokens(channel, access, tokens))
    if served == "text/html":
        with pytest.raises(RejectedError) as refused:
            shop.upload_photos([photo("k")])
        assert (refused.value.user_key, refused.value.field) == ("shopee.photo_refused", "photos")
    else:
        assert shop.upload_photos([photo("k")]) == {"k": "one"}


def test_shp_030_a_category_that_demands_more_gets_what_is_missing_and_keeps_what_is_said(
    practice: PracticeShop, practice_server
):
    """An old listing without what has become mandatory, and with what a seller filled in by hand, gets a new title."""
    listing = a_listing()
    created = practice.publish(listing)
    (held,) = (one for shop in practice_server.market.shops.values() for one in shop.listings.values())
    diet = {"attribute_id": 100012, "attribute_value_list": [{"value_id": 5013, "original_value_name": "Organic"}]}
    held.data["item"]["attribute_list"] = [diet]
    images = practice.upload(*listing.photos)

    done = practice.shop.update_content(
        replace(listing, title="น้ำพริกเผา สูตรคุณยาย"), created.listing_id, created.offer_ids, images
    )

    assert done.state.value == "accepted"
    said = {
        row["attribute_id"]: row["attribute_value_list"][0]["value_id"] for row in held.data["item"]["attribute_list"]
    }
    assert (held.title, said) == ("น้ำพริกเผา สูตรคุณยาย", {100012: 5013, 100999: 5001})
    practice.sim("calls/reset")
    practice.shop.update_content(listing, created.listing_id, created.offer_ids, images)
    assert "/api/v2/product/get_attribute_tree" not in practice.state()["calls"]

"""What a seller gave variants by hand outlives our updates: weights, photos, standard ids."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shopee_shop import PracticeShop, a_listing, one_axis, two_axes

from chalicelib.domain.catalogue import Axis, Size


def held_listing(practice_server):
    """The only listing of the practice marketplace, as it keeps it."""
    (held,) = (one for shop in practice_server.market.shops.values() for one in shop.listings.values())
    return held


def test_shp_033_a_variant_weighed_by_hand_keeps_its_weight(practice: PracticeShop, practice_server):
    """The words are new, and neither the variant's own weight nor the listing's is touched."""
    listing = one_axis()
    created = practice.publish(listing)
    held = held_listing(practice_server)
    held.skus[1].data["weight"] = 1.5
    edited = replace(listing, title="ผ้าทอมือย้อมคราม ผืนใหญ่", size=Size(900, 300, 200, 50))

    practice.shop.update_content(edited, created.listing_id, created.offer_ids, practice.upload(*listing.photos))

    assert held.title == edited.title
    assert (held.skus[1].data["weight"], held.data["item"]["weight"]) == (1.5, 0.35)


@pytest.mark.parametrize("listing", [a_listing(), one_axis()], ids=["one SKU", "one axis"])
def test_shp_033_a_size_is_said_when_it_changed_and_only_then(practice: PracticeShop, practice_server, listing):
    """Variants without a parcel of their own follow the listing's."""
    created = practice.publish(listing)
    held, images = held_listing(practice_server), practice.upload(*listing.photos)
    edited = replace(listing, size=Size(900, 300, 200, 50))

    practice.shop.update_content(edited, created.listing_id, created.offer_ids, images)
    assert held.data["item"]["weight"] == 0.9
    assert held.data["item"]["dimension"] == {"package_length": 30, "package_width": 20, "package_height": 5}

    held.skus[0].data["weight"] = 0.9  # said and the same: not one of its own, and nothing overwrites it
    practice.shop.update_content(edited, created.listing_id, created.offer_ids, images)
    assert held.skus[0].data["weight"] == 0.9


def decorated(practice: PracticeShop, practice_server, listing):
    """A published listing whose first axis has photos and standard ids, given by hand; its tiers and photo ids."""
    created = practice.publish(listing)
    held = held_listing(practice_server)
    images = practice.upload("photo-a", "red", "black")
    tier = held.data["tiers"][0]
    tier |= {"id": 900, "group_id": 90}
    for option, key, number in zip(tier["options"], ("red", "black"), (901, 902), strict=True):
        option |= {"image_id": images[key], "id": number}
    return created, held, images


def options_of(held) -> dict[str, tuple[int, str]]:
    """Option of the first axis -> standard id and photo."""
    return {option["name"]: (option["id"], option["image_id"]) for option in held.data["tiers"][0]["options"]}


def test_shp_034_photos_and_standard_ids_of_options_outlive_a_new_one(practice: PracticeShop, practice_server):
    """The new colour shows the listing's own photo, since all options need one."""
    created, held, images = decorated(practice, practice_server, one_axis())

    wider = one_axis(colours=("คราม", "แดง", "ดำ"))
    skus = ("CLOTH-2", "CLOTH-0", "CLOTH-1")
    wider = replace(wider, offers=tuple(replace(o, seller_sku=sku) for o, sku in zip(wider.offers, skus, strict=True)))
    practice.shop.update_content(wider, created.listing_id, created.offer_ids, images)

    assert options_of(held) == {
        "คราม": (0, images["photo-a"]), "แดง": (901, images["red"]), "ดำ": (902, images["black"]),
    }  # fmt: skip
    assert (held.data["tiers"][0]["id"], held.data["tiers"][0]["group_id"]) == (900, 90)


def test_shp_034_a_renamed_option_keeps_its_photo(practice: PracticeShop, practice_server):
    """Its variant tells which it was; the new name is a custom one. So is everything of a renamed axis."""
    created, held, images = decorated(practice, practice_server, one_axis())

    practice.shop.update_content(one_axis(colours=("แดง", "ดำสนิท")), created.listing_id, created.offer_ids, images)
    assert options_of(held) == {"แดง": (901, images["red"]), "ดำสนิท": (0, images["black"])}

    renamed = replace(one_axis(colours=("แดง", "ดำสนิท")), axes=(Axis("ลาย", ("แดง", "ดำสนิท")),))
    practice.shop.update_content(renamed, created.listing_id, created.offer_ids, images)
    assert options_of(held) == {"แดง": (0, images["red"]), "ดำสนิท": (0, images["black"])}
    assert (held.data["tiers"][0]["name"], held.data["tiers"][0]["id"]) == ("ลาย", 0)


def test_shp_034_a_second_axis_leaves_the_photos_of_the_first(practice: PracticeShop, practice_server):
    """All variants are declared anew, and the colours keep their photos."""
    created, held, images = decorated(practice, practice_server, one_axis("BAG", ("แดง", "คราม")))
    wider = two_axes("BAG")
    wider = replace(wider, offers=tuple(replace(o, seller_sku=f"BAG-{at}") for at, o in enumerate(wider.offers)))

    practice.shop.update_content(wider, created.listing_id, created.offer_ids, images)

    assert len(held.data["tiers"]) == 2
    assert options_of(held) == {"แดง": (901, images["red"]), "คราม": (902, images["black"])}

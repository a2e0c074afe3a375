"""What a category asks for: where a listing goes, its brand, and every other thing that must be said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lazada_shop import COLOUR, PracticeShop, Scripted, a_listing, a_photo, a_product, a_sku, ok

from chalicelib.domain.catalogue import Axis
from chalicelib.domain.errors import RejectedError, TransientError
from chalicelib.domain.synclog import EntryState
from connectors.lazada.settings import Settings


def test_category_facts_are_fetched_once_for_all_shops_of_a_host(practice: PracticeShop):
    """Two creates in a day ask once for the tree, the attributes and the brand."""
    practice.publish(a_listing("A"))
    practice.channel.open(practice.access, practice.tokens).create(
        a_listing("B"), practice.shop.upload_photos([a_photo()])
    )

    asked = ("/category/tree/get", "/category/brands/query", "/category/attributes/get")
    assert [practice.calls(path) for path in asked] == [1, 1, 1]


def test_without_a_suggestion_the_kind_names_the_category(practice: PracticeShop):
    """A title Lazada cannot place goes to a leaf named like its kind."""
    created = practice.publish(a_listing(title="XYZ"))

    product = practice.shop._client.read("/product/item/get", {"item_id": created.listing_id}).data
    assert product["primary_category"] == 10000221


def test_laz_013_an_empty_page_of_brands_is_asked_for_again():
    """Too many callers at once get an empty success."""
    brands = iter([{}, {"module": [{"brand_id": 1, "name": "No Brand"}]}])
    answers: dict[str, Any] = {
        "/category/tree/get": [{"category_id": 3, "name": "ผ้า", "leaf": True}],
        "/product/category/suggestion/get": {},
        "/category/attributes/get": [],
        "/product/create": {"item_id": 7, "item_status": "Pending QC", "sku_list": []},
    }
    shop = Scripted(lambda path, said: ok(next(brands) if path == "/category/brands/query" else answers[path]))

    assert shop.shop.create(a_listing(), {}).listing_id == "7"


def brands_of(number: int, first: int = 0) -> list[dict[str, Any]]:
    return [{"brand_id": one, "name": f"B{one}"} for one in range(first, first + number)]


def test_laz_013_an_empty_page_below_the_promised_number_is_trouble():
    """The second page stays empty: nothing was learned about the brand, and nothing is created."""
    pages = {"0": {"module": brands_of(2), "total_record": 9}}
    facts = facts_with(MUST)
    shop = Scripted(
        lambda path, said: ok(pages.get(said["startRow"], {}) if path == "/category/brands/query" else facts[path]),
        Settings(brands_per_page=2),
    )

    with pytest.raises(TransientError) as caught:
        shop.shop.create(a_listing(), {})

    assert caught.value.code == "brands_empty"
    assert "/product/create" not in [path for path, _ in shop.asked]


def test_laz_028_a_brand_far_down_the_list_goes_by_its_name():
    """The first pages do not show it: the listing is made all the same, without an id of a brand."""
    facts = facts_with(MUST)

    def answer(path: str, said: dict[str, str]) -> Any:
        if path != "/category/brands/query":
            return ok(facts[path])
        return ok({"module": brands_of(2, int(said["startRow"])), "total_record": 90_000})

    shop = Scripted(answer, Settings(brands_per_page=2, brand_pages=3))
    shop.shop.create(a_listing(), {})

    said = json.loads(shop.asked[-1][1]["payload"])["Request"]["Product"]["Attributes"]
    assert (said["brand"], "brand_id" in said) == ("No Brand", False)
    assert [said["startRow"] for path, said in shop.asked if path == "/category/brands/query"] == ["0", "2", "4"]


def test_laz_028_a_brand_id_of_the_settings_costs_no_call():
    """Who knows the id hands it over."""
    shop = Scripted(lambda path, said: ok(facts_with(MUST)[path]), Settings(brand_id="30768"))

    shop.shop.create(a_listing(), {})

    assert '"brand_id":"30768"' in shop.asked[-1][1]["payload"]
    assert "/category/brands/query" not in [path for path, _ in shop.asked]


MUST = {"name": "material", "label": "เนื้อผ้า", "is_mandatory": 1, "attribute_type": "normal"}


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        (MUST | {"input_type": "multiEnumInput"}, "ไม่ระบุ"),
        (MUST | {"input_type": "singleSelect", "options": [{"name": "ฝ้าย"}, {"name": "อื่นๆ"}]}, "อื่นๆ"),
        (
            MUST
            | {
                "name": "country_of_origin",
                "input_type": "singleSelect",
                "options": [{"name": "ไทย", "en_name": "Thailand"}],
            },
            "ไทย",
        ),
    ],
)
def test_a_mandatory_attribute_gets_a_truthful_value(attribute, said):
    """Known, or neutral, or openly not stated."""
    shop = Scripted(lambda path, _: ok(facts_with(attribute)[path]))

    shop.shop.create(a_listing(), {})

    assert f'"{attribute["name"]}":"{said}"' in shop.asked[-1][1]["payload"]


def test_nothing_is_invented_for_an_attribute():
    """Only real materials to choose from and none known: refused before anything is sent."""
    attribute = MUST | {"input_type": "singleSelect", "options": [{"name": "ฝ้าย"}]}
    shop = Scripted(lambda path, _: ok(facts_with(attribute)[path]))

    with pytest.raises(RejectedError) as caught:
        shop.shop.create(a_listing(), {})

    assert (caught.value.field, caught.value.message) == ("material", "เนื้อผ้า")


def facts_with(attribute: dict[str, Any]) -> dict[str, Any]:
    return {
        "/category/tree/get": [{"category_id": 3, "name": "ผ้า", "leaf": True}],
        "/product/category/suggestion/get": {"categorySuggestions": [{"categoryId": 3}]},
        "/category/attributes/get": [attribute],
        "/category/brands/query": {"module": [{"brand_id": 1, "name": "No Brand"}]},
        "/product/create": {"item_id": 7, "sku_list": [{"seller_sku": "SCARF-1", "sku_id": 8}]},
    }


SKU_MUST = {"name": "ean_code", "label": "บาร์โค้ด", "is_mandatory": 1, "attribute_type": "sku", "input_type": "text"}
PROP = {"name": "size", "label": "ขนาด", "is_mandatory": 1, "attribute_type": "sku", "is_sale_prop": 1}


def sent(shop: Scripted) -> Any:
    """The product of the last payload."""
    return json.loads(shop.asked[-1][1]["payload"])["Request"]["Product"]


def test_laz_030_what_every_sku_must_say_is_said_of_every_sku():
    """A mandatory attribute of SKUs stands in each of them, and not among those of the item."""
    shop = Scripted(lambda path, _: ok(facts_with(SKU_MUST)[path]))

    shop.shop.create(a_listing(axes=(COLOUR,)), {})

    said = sent(shop)
    assert [row["ean_code"] for row in said["Skus"]["Sku"]] == ["ไม่ระบุ", "ไม่ระบุ"]
    assert "ean_code" not in said["Attributes"]


@pytest.mark.parametrize("name", ["package_weight", "__images__", "SellerSku", "price", "quantity"])
def test_laz_030_what_the_payload_says_itself_is_not_said_twice(name: str):
    """Listed as mandatory like any other, and never overwritten by a neutral word."""
    shop = Scripted(lambda path, _: ok(facts_with(SKU_MUST | {"name": name})[path]))

    shop.shop.create(a_listing(), {})

    assert "ไม่ระบุ" not in shop.asked[-1][1]["payload"]


def test_laz_030_a_listing_without_axes_cannot_fill_a_mandatory_sale_property():
    """Refused in words before anything is sent; with axes, Lazada judges."""
    shop = Scripted(lambda path, _: ok(facts_with(PROP)[path]))

    with pytest.raises(RejectedError) as caught:
        shop.shop.create(a_listing(), {})
    assert (caught.value.field, caught.value.message, caught.value.user_key) == ("axes", "ขนาด", "lazada.attribute")

    assert shop.shop.create(a_listing(axes=(COLOUR,)), {}).listing_id == "7"


ADOPTED = {"Variation1": {"name": "color_family", "hasImage": True, "customize": False, "options": ["คราม", "แดง"]}}
PHOTO = "https://th-live.slatic.net/p/a.jpg"


def adopted(variation: dict[str, Any], **of_sku: Any) -> Scripted:
    """A shop whose item was made in the seller centre: our two SKUs under the category's own axis."""
    rows = [
        a_sku(SkuId=n, SellerSku=f"SCARF-{n}", saleProp={"color_family": colour}, **of_sku)
        for n, colour in ((1, "คราม"), (2, "แดง"))
    ]
    item = a_product(variation=variation, skus=rows, images=[PHOTO])
    answers = facts_with(SKU_MUST) | {"/product/item/get": item, "/product/update": {}}
    return Scripted(lambda path, _: ok(answers[path]))


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ({}, (True, False)),
        ({"hasImage": "false", "customize": "true"}, (False, True)),
        ({"hasImage": None, "customize": None}, (False, True)),
    ],
)
def test_laz_010_an_axis_that_stands_is_declared_as_it_stands(said, stands):
    """Renaming an option and adding one change neither the photos of an axis nor whose axis it is."""
    shop = adopted({"Variation1": ADOPTED["Variation1"] | said})
    wider = a_listing(axes=(Axis("สี", ("น้ำเงิน", "แดง", "เขียว")),))

    shop.shop.update_content(wider, "700000002", {"SCARF-1": "1", "SCARF-2": "2"}, {})

    payloads = [json.loads(said["payload"])["Request"]["Product"] for path, said in shop.asked if "payload" in said]
    declared = [payload["variation"]["Variation1"] for payload in payloads]
    assert len(declared) == 2
    assert {(one["name"], one["hasImage"], one["customize"]) for one in declared} == {("color_family", *stands)}


@pytest.mark.parametrize(
    ("of_sku", "images", "expected"),
    [
        ({"Images": [PHOTO + "?own", ""]}, {"c0ffee": PHOTO + "?new"}, {"Image": [PHOTO + "?new"]}),
        ({"Images": [PHOTO + "?own", ""]}, {}, {"Image": [PHOTO]}),
        ({"Images": ["", ""]}, {"c0ffee": PHOTO}, None),
        ({}, {"c0ffee": PHOTO}, None),
    ],
)
def test_laz_010_a_new_sku_has_a_photo_where_the_others_have(of_sku, images, expected):
    """If one SKU has photos, all must have some: the main one, which is the item's where we have none."""
    shop = adopted(ADOPTED, **of_sku)
    wider = a_listing(axes=(Axis("สี", ("คราม", "แดง", "เขียว")),))

    shop.shop.update_content(wider, "700000002", {"SCARF-1": "1", "SCARF-2": "2"}, images)

    (row,) = sent(shop)["Skus"]["Sku"]
    assert (row["SellerSku"], row["ean_code"], row.get("Images")) == ("SCARF-3", "ไม่ระบุ", expected)


def test_a_variant_joins_a_practice_listing_whose_variants_have_photos(practice: PracticeShop):
    """The practice marketplace asks for a photo of each SKU as well (4153)."""
    created = practice.publish(a_listing(axes=(COLOUR,)))
    photo = practice.shop.upload_photos([a_photo()])
    rows = [{"SkuId": one, "Images": {"Image": list(photo.values())}} for one in created.offer_ids.values()]
    body = json.dumps({"Request": {"Product": {"Skus": {"Sku": rows}}}})
    practice.shop._client.write("/images/set", {"payload": body})
    wider = a_listing(axes=(Axis("สี", ("คราม", "แดง", "เขียว")),))

    outcome = practice.shop.update_content(wider, created.listing_id, created.offer_ids, photo)

    assert outcome.state is EntryState.ACCEPTED
    assert "SCARF-3" in practice.offers()

"""What is said to Shopee and what is understood, without a wire; and the limits it is checked against."""

from __future__ import annotations

import time
from dataclasses import replace

import httpx
import pytest
from shopee_shop import NOON, KeptTokens, PracticeShop, a_listing, envelope, one_axis, scripted, two_axes

from chalicelib.domain.catalogue import Axis, Kind, Size
from chalicelib.domain.errors import ProtocolSurpriseError, RejectedError, StaleError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import DesiredOffer, ListingState
from chalicelib.domain.ports import OfferTarget
from connectors.pace import Pace
from connectors.shopee import audit, convert, convert_tiers
from connectors.shopee.answers import Attribute, Item, Limits, Model, ShippingChannel, read
from connectors.shopee.facts import carrying

LIMITS = Limits.model_validate(
    {
        "price_limit": {"min_limit": 1, "max_limit": 500000},
        "stock_limit": {"min_limit": 0, "max_limit": 999999},
        "item_name_length_limit": {"min_limit": 5, "max_limit": 120},
        "item_description_length_limit": {"min_limit": 60, "max_limit": 5000},
        "item_image_count_limit": {"min_limit": 1, "max_limit": 9},
        "tier_variation_name_length_limit": {"min_limit": 0, "max_limit": 14},
        "tier_variation_option_length_limit": {"min_limit": 0, "max_limit": 20},
        "dts_limit": {"days_to_ship_limit": {"min_limit": -1, "max_limit": -1}, "non_pre_order_days_to_ship": 2},
    }
)


def an_attribute(values: list[str] | None = None, **info) -> Attribute:
    """A mandatory attribute; `info` is its attribute_info."""
    rows = [{"value_id": 5000 + place, "name": name} for place, name in enumerate(values or [])]
    return Attribute.model_validate(
        {
            "attribute_id": 100010,
            "mandatory": True,
            "name": "อายุสินค้า",
            "attribute_value_list": rows,
            "attribute_info": {"input_type": 3} | info,
        }
    )


def a_channel(number: int = 7000, **facts) -> ShippingChannel:
    """A shipping channel buyers see."""
    return ShippingChannel.model_validate(
        {"logistics_channel_id": number, "enabled": True, "mask_channel_id": 0, "fee_type": "SIZE_INPUT"} | facts
    )


def an_item(**facts) -> Item:
    """An item without variants as get_item_base_info shows it."""
    return Item.model_validate(
        {
            "item_id": 1000,
            "item_name": "เสื้อยืด",
            "item_sku": "TS",
            "item_status": "NORMAL",
            "has_model": False,
            "price_info": [{"currency": "THB", "original_price": 259.0, "current_price": 199}],
            "stock_info_v2": {"summary_info": {"total_reserved_stock": 0, "total_available_stock": 5}},
        }
        | facts
    )


# --- reading ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("NORMAL", ListingState.LIVE),
        ("UNLIST", ListingState.HIDDEN),
        ("REVIEWING", ListingState.IN_REVIEW),
        ("BANNED", ListingState.REJECTED),
        ("SELLER_DELETE", ListingState.GONE),
        ("SHOPEE_DELETE", ListingState.GONE),
    ],
)
def test_every_item_status_has_its_state(status: str, expected: ListingState):
    """A deleted item has no offers any more."""
    seen = convert.observed(an_item(item_status=status), [], NOON)

    assert seen.state is expected
    assert bool(seen.offers) == (expected is not ListingState.GONE)


def test_an_unknown_item_status_is_loud():
    """It contradicts what is recorded."""
    with pytest.raises(ProtocolSurpriseError):
        convert.observed(an_item(item_status="SLEEPING"), [], NOON)


def test_the_list_price_is_ours_and_the_promotion_price_is_not():
    """`current_price` comes and goes by itself."""
    (offer,) = convert.observed(an_item(), [], NOON).offers

    assert (offer.seller_sku, offer.offer_id, offer.price, offer.quantity) == ("TS", "0", Money(25900), 5)


def test_a_variant_that_is_unavailable_is_not_live():
    """It keeps its code, price and stock."""
    model = Model.model_validate(
        {
            "model_id": 11,
            "model_sku": "TS-R",
            "model_status": "MODEL_UNAVAILABLE",
            "price_info": [{"currency": "THB", "original_price": 259}],
            "stock_info_v2": {"summary_info": {"total_reserved_stock": 2, "total_available_stock": 3}},
        }
    )

    (offer,) = convert.observed(an_item(has_model=True), [model], NOON).offers
    (inside,) = convert.observed(an_item(has_model=True), [model], NOON, reserve_apart=False).offers

    assert (offer.seller_sku, offer.offer_id, offer.quantity, offer.live) == ("TS-R", "11", 5, False)
    assert inside.quantity == 3


@pytest.mark.parametrize(
    "missing",
    [{"price_info": []}, {"stock_info_v2": None}, {"price_info": [{"currency": "XYZ", "original_price": 1}]}],
)
def test_an_item_without_price_or_stock_is_loud(missing: dict):
    """Guessing zero would empty a shop."""
    with pytest.raises(ProtocolSurpriseError):
        convert.observed(an_item(**missing), [], NOON)


def test_an_unreadable_answer_names_the_place_and_no_value():
    """A buyer's name in an odd place does not reach a log."""
    with pytest.raises(ProtocolSurpriseError) as caught:
        read(Item, {"item_id": "somchai"}, "product/get_item_base_info", "r-9")

    assert "item_id" in caught.value.message
    assert "somchai" not in str(caught.value)
    assert caught.value.request_id == "r-9"


# --- saying -------------------------------------------------------------------------------------------------


def test_a_new_item_is_said_in_kilograms_centimetres_and_whole_baht():
    """Every field the page wants, and no location."""
    body = convert.add_item_body(a_listing(), 100782, ["th-1"], [], [a_channel()], LIMITS, "NoBrand")

    assert body == {
        "item_name": "น้ำพริกตาแดง สูตรคุณยาย",
        "description": a_listing().description,
        "item_sku": "TEA-50",
        "image": {"image_id_list": ["th-1"]},
        "weight": 0.35,
        "dimension": {"package_length": 12, "package_width": 8, "package_height": 8},
        "category_id": 100782,
        "original_price": 89,
        "seller_stock": [{"stock": 7}],
        "item_status": "NORMAL",
        "condition": "NEW",
        "brand": {"brand_id": 0, "original_brand_name": "NoBrand"},
        "attribute_list": [],
        "logistic_info": [{"logistic_id": 7000, "enabled": True}],
        "pre_order": {"is_pre_order": False, "days_to_ship": 2},
    }


def test_shp_009_an_update_says_neither_channels_nor_price_nor_stock():
    """No call changes the shipping channels later, and amounts have calls of their own."""
    body = convert.content_body(a_listing(), ["th-1"]) | convert.size_body(a_listing().size)

    assert set(body) == {"item_name", "description", "item_sku", "image", "weight", "dimension"}


def test_with_axes_the_parent_carries_the_product_code_the_lowest_price_and_no_unit():
    """The variants bring their own five seconds later."""
    body = convert.add_item_body(two_axes(), 100353, ["th-1"], [], [a_channel()], LIMITS, "NoBrand")

    assert (body["item_sku"], body["original_price"], body["seller_stock"]) == ("BAG", 259, [{"stock": 0}])


def test_variants_stand_on_their_axes():
    """Custom names carry id 0; the place is one index for each axis."""
    listing = two_axes()

    tiers = convert_tiers.body(listing.axes)
    models = [convert.model_body(offer, listing.axes) for offer in listing.offers]

    assert [tier["variation_name"] for tier in tiers] == ["สี", "ขนาด"]
    assert [row["variation_option_name"] for row in tiers[0]["variation_option_list"]] == ["แดง", "คราม"]
    assert [model["tier_index"] for model in models] == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert models[1] == {
        "tier_index": [0, 1],
        "original_price": 309,
        "model_sku": "BAG-01",
        "seller_stock": [{"stock": 4}],
    }


def test_satang_are_never_rounded():
    """A price is said exactly or not at all."""
    with pytest.raises(RejectedError) as refused:
        convert.baht(Money(8950))

    assert (refused.value.user_key, refused.value.field) == ("shopee.satang_in_price", "price")


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        (an_attribute(["จีน", "ไทย", "ญี่ปุ่น"], input_type=1), (5001, "ไทย", "")),
        (an_attribute(["ผ้าไหม", "อื่นๆ"], input_type=2), (5001, "อื่นๆ", "")),
        (an_attribute(["อุณหภูมิห้อง", "แช่เย็น"], input_type=1), (5000, "อุณหภูมิห้อง", "")),
        (an_attribute(input_validation_type=2), (0, "น้ำพริกตาแดง สูตรคุณยาย", "")),
        (
            an_attribute(input_validation_type=1, format_type=2, attribute_unit_list=["Day", "Month"]),
            (0, "1", "Day"),
        ),
        (an_attribute(input_validation_type=3, format_type=2, attribute_unit_list=["ml", "g"]), (0, "350", "g")),
    ],
    ids=["origin", "other", "first", "text", "number", "grams"],
)
def test_shp_005_mandatory_attributes_claim_as_little_as_they_can(attribute: Attribute, expected: tuple):
    """A listed value that says least, else our own words or weight."""
    (value,) = convert.attribute_body(attribute, a_listing())["attribute_value_list"]

    assert (value["value_id"], value["original_value_name"], value["value_unit"]) == expected


@pytest.mark.parametrize(
    "attribute", [an_attribute(input_validation_type=4), an_attribute(input_type=1)], ids=["date", "empty list"]
)
def test_an_attribute_only_a_person_can_say_stops_the_create(attribute: Attribute):
    """An expiry date is not invented."""
    with pytest.raises(RejectedError) as refused:
        convert.attribute_body(attribute, a_listing())

    assert refused.value.user_key == "shopee.attribute_missing"


# --- shipping channels --------------------------------------------------------------------------------------

PARCEL = Size(350, 120, 80, 75)


@pytest.mark.parametrize(
    ("channel", "fits"),
    [
        (a_channel(), True),
        (a_channel(enabled=False), False),
        (a_channel(mask_channel_id=7000), False),
        (a_channel(fee_type="CUSTOM_PRICE"), False),
        (a_channel(fee_type="SIZE_SELECTION"), False),
        (a_channel(fee_type="SIZE_SELECTION", size_list=[{"size_id": "1"}]), True),
        (a_channel(weight_limit={"item_min_weight": 0, "item_max_weight": 0.3}), False),
        (a_channel(weight_limit={"item_min_weight": 0.5, "item_max_weight": 0}), False),
        (a_channel(weight_limit={"item_min_weight": None, "item_max_weight": None}), True),
        (a_channel(item_max_dimension={"length": 10, "width": 10, "height": 10}), False),
        (a_channel(item_max_dimension={"length": 20, "width": 20, "height": 20, "dimension_sum": 20}), False),
        (a_channel(item_max_dimension={"length": 0, "width": 0, "height": 0, "dimension_sum": 0}), True),
    ],
)
def test_channels_are_open_to_buyers_and_carry_the_parcel(channel: ShippingChannel, fits: bool):
    """Zero and null mean no limit; a fee of our own is nothing the catalogue says."""
    assert bool(carrying([channel], PARCEL)) is fits


def test_a_channel_with_sizes_is_given_a_number():
    """`size_id` is text on read and a number on write."""
    channel = a_channel(fee_type="SIZE_SELECTION", size_list=[{"size_id": "1"}, {"size_id": "2"}])

    assert convert.channel_body(channel) == {"logistic_id": 7000, "enabled": True, "size_id": 1}


# --- audit --------------------------------------------------------------------------------------------------


def because(listing, can_ship: bool = True) -> list[str]:
    """Keys of the objections against a listing."""
    return [objection.because for objection in audit.objections(listing, LIMITS, can_ship)]


OFFERS = two_axes().offers
LONG_AXIS = Axis("ชื่อแกนที่ยาวเกินไปมาก", ("แดง",))
LONG_OPTION = Axis("สี", ("ชื่อตัวเลือกที่ยาวเกินกว่ากำหนด",))


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        (a_listing(), []),
        (two_axes(), []),
        (a_listing(title="ชา"), ["shopee.title_too_short"]),
        (a_listing(title="ก" * 121), ["shopee.title_too_long"]),
        (a_listing(title="น้ำพริก 🌶 เผ็ดมาก"), ["shopee.title_forbidden_character"]),
        (a_listing(description="สั้น"), ["shopee.description_too_short"]),
        (a_listing(description="ก" * 5001), ["shopee.description_too_long"]),
        (a_listing(description="#ของดี " * 19), ["shopee.too_many_hashtags"]),
        (a_listing(photos=()), ["shopee.photos_missing"]),
        (a_listing(photos=tuple("abcdefghijkl")), []),
        (a_listing(offers=(DesiredOffer("A", Money(8950), 1),)), ["shopee.satang_in_price"]),
        (a_listing(offers=(DesiredOffer("A", Money(0), 1),)), ["shopee.price_out_of_limits"]),
        (a_listing(offers=OFFERS), ["shopee.variants_without_axes"]),
        (
            replace(two_axes(), offers=(*OFFERS[:3], replace(OFFERS[3], price=Money(129600)))),
            ["shopee.price_spread"],
        ),
        (replace(two_axes(), offers=(*OFFERS[:3], replace(OFFERS[3], price=Money(129500)))), []),
        (replace(two_axes(), axes=(*two_axes().axes, Axis("ลาย", ("ดอก",)))), ["shopee.too_many_axes"]),
        (replace(one_axis(), offers=one_axis().offers * 26), ["shopee.too_many_variants"]),
        (replace(one_axis(), axes=(LONG_AXIS,)), ["shopee.axis_name_too_long"]),
        (replace(one_axis(), axes=(LONG_OPTION,)), ["shopee.option_too_long"]),
        (a_listing(size=Size(0, 1, 1, 1)), ["shopee.weight_missing"]),
    ],
)
def test_each_limit_has_its_objection(listing, expected: list[str]):
    """One key each, all of them listed for the pages."""
    assert because(listing) == expected
    assert set(expected) <= audit.KEYS


def test_a_parcel_no_channel_carries_is_an_objection():
    """Found before any call writes."""
    assert because(a_listing(), can_ship=False) == ["shopee.no_shipping_channel"]


# --- facts and quirks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind))
def test_shp_015_every_kind_finds_a_category_without_a_recommendation(practice: PracticeShop, kind: Kind):
    """Shopee recommends snacks for any title it does not understand; our kind knows better."""
    created = practice.publish(a_listing(kind=kind, title="ของดีประจำหมู่บ้านเรา"))

    assert practice.shop.look([created.listing_id]).listings[0].state is ListingState.LIVE


def test_shp_015_a_recommendation_our_kind_agrees_with_wins():
    """Of several recommended leaves the one our kind names too; else our kind's own, whatever was recommended."""
    names = {1: "ขนมขบเคี้ยว", 2: "กระเป๋าสะพาย", 3: "กระเป๋าสาน", 4: "สบู่"}
    tree = [
        {"category_id": number, "display_category_name": name, "has_children": False} for number, name in names.items()
    ]
    tree.append({"category_id": 9, "display_category_name": "กระเป๋า", "has_children": True})

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        return envelope({"category_list": tree} if path.endswith("category") else {"category_id": [1, 9, 3]})

    channel, access, tokens = scripted(answer)
    facts = channel.open(access, KeptTokens(channel, access, tokens))._facts

    assert facts.category("ย่าม", Kind.BAG) == 3
    assert facts.category("ก้อนหอม", Kind.SOAP) == 4
    assert facts.category("ของแปลก", Kind.RICE_GRAIN) == 1


def test_shp_010_kits_are_not_ours_to_write():
    """They are left out of the read, and the read is complete all the same."""
    price = {"currency": "THB", "original_price": 259}
    stock = {"summary_info": {"total_available_stock": 5}}
    item = {
        "item_name": "x",
        "item_status": "NORMAL",
        "has_model": False,
        "price_info": [price],
        "stock_info_v2": stock,
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("get_item_list"):
            rows = [{"item_id": number, "item_status": "NORMAL"} for number in (1, 2)]
            return envelope({"item": rows, "total_count": 2, "has_next_page": False, "next": ""})
        return envelope({"item_list": [item | {"item_id": 1}, item | {"item_id": 2, "tag": {"kit": True}}]})

    channel, access, tokens = scripted(answer)
    observation = channel.open(access, KeptTokens(channel, access, tokens)).observe()

    assert observation.complete
    assert [row.listing_id for row in observation.listings] == ["1"]


@pytest.mark.parametrize(
    ("page", "complete"),
    [
        ({"has_next_page": False, "next": "", "total_count": 1}, True),
        ({"has_next_page": False, "next": "", "total_count": 2}, False),
        ({"has_next_page": True, "next": "abc", "total_count": 1}, False),
    ],
    ids=["last page", "fewer than counted", "more without an offset"],
)
def test_shp_017_the_last_page_has_no_offset(page: dict, complete: bool):
    """More without a place to go on, or fewer than counted, is an incomplete read."""
    item = {
        "item_id": 1,
        "item_name": "x",
        "item_status": "NORMAL",
        "has_model": False,
        "price_info": [{"currency": "THB", "original_price": 259}],
        "stock_info_v2": {"summary_info": {"total_available_stock": 5}},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("get_item_list"):
            return envelope({"item": [{"item_id": 1, "item_status": "NORMAL"}]} | page)
        return envelope({"item_list": [item]})

    channel, access, tokens = scripted(answer)
    observation = channel.open(access, KeptTokens(channel, access, tokens)).observe()

    assert observation.complete is complete
    assert len(observation.listings) == 1


def test_a_deep_offset_ends_the_read_incomplete():
    """Beyond the deepest offset Shopee refuses; what came is kept and proves nothing."""
    item = {
        "item_id": 1,
        "item_name": "x",
        "item_status": "UNLIST",
        "has_model": False,
        "price_info": [{"currency": "THB", "original_price": 259}],
        "stock_info_v2": {"summary_info": {"total_available_stock": 5}},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("get_item_list"):
            return envelope({"item_list": [item]})
        if request.url.params["offset"] != "0":
            return envelope(error="error_param", message="get items offset over limit, please use the next field")
        rows = [{"item_id": 1, "item_status": "UNLIST"}]
        return envelope({"item": rows, "total_count": 101, "has_next_page": True, "next_offset": 100, "next": "abc"})

    channel, access, tokens = scripted(answer)
    observation = channel.open(access, KeptTokens(channel, access, tokens)).observe()

    assert not observation.complete
    assert [row.state for row in observation.listings] == [ListingState.HIDDEN]


def test_an_unknown_path_is_a_surprise_and_an_unknown_order_is_not():
    """The bare body of a wrong path against the envelope of an unknown thing."""
    wrong, access, tokens = scripted(lambda r: httpx.Response(404, json={"error": "error_not_found"}))
    with pytest.raises(ProtocolSurpriseError):
        wrong.open(access, KeptTokens(wrong, access, tokens)).orders_by_id(["A"])

    unknown, access, tokens = scripted(lambda r: envelope(error="error_not_found", message="the order is not found."))
    assert unknown.open(access, KeptTokens(unknown, access, tokens)).orders_by_id(["A", "B", "C"]) == ()


def test_a_stale_listing_is_stale_when_written():
    """The item is gone: look again."""
    channel, access, tokens = scripted(lambda r: envelope(error="product.error_item_not_found", message="gone"))
    shop = channel.open(access, KeptTokens(channel, access, tokens))

    with pytest.raises(StaleError):
        shop.finish(one_axis(), "1000", {})


# --- pace ---------------------------------------------------------------------------------------------------


def test_a_few_calls_leave_at_once_and_then_one_by_one():
    """Three at once, then four a second evenly: the fourth and fifth wait, another shop's does not."""
    now, slept = [100.0], []
    pace = Pace(4, 3, now=lambda: now[0], sleep=slept.append)

    for _ in range(5):
        pace.wait("shop", "product/update_stock")
    pace.wait("other", "product/update_stock")
    assert slept == [0.25, 0.5]

    now[0] = 110.0
    pace.wait("shop", "product/update_stock")
    assert slept == [0.25, 0.5]


def test_many_listings_stay_under_the_burst_limit(practice: PracticeShop):
    """The practice shop lets fifty calls a second through; sixty writes meet no refusal."""
    ids = [practice.publish(a_listing(f"TEA{number}")).listing_id for number in range(60)]
    practice.sim("calls/reset")
    started = time.monotonic()
    targets = [OfferTarget(f"TEA{at}-50", listing_id, "0", 1) for at, listing_id in enumerate(ids)]
    outcomes = practice.shop.set_stock(targets)

    assert {outcome.state.value for outcome in outcomes} == {"accepted"}
    assert practice.state()["calls"]["/api/v2/product/update_stock"] == 60
    assert time.monotonic() - started < 10

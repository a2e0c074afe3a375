"""Lazada's words and ours, table by table."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from lazada_shop import COLOUR, NOON, SIZE, Scripted, a_listing, a_product, a_sku, ok

from chalicelib.domain.catalogue import Axis, Size
from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import ListingState, ObservedListing
from chalicelib.domain.orders import OrderState
from chalicelib.domain.ports import OfferTarget
from connectors.lazada import audit, convert, convert_orders, payloads
from connectors.lazada.answers import ProductAnswer, read_as
from connectors.lazada.payloads import Demanded
from connectors.lazada.settings import Settings


def seen(**changes) -> ObservedListing:
    """The item as we read it."""
    return convert.observed_listing(read_as(ProductAnswer, a_product(**changes)), NOON, Settings())


STATES = [
    ({"status": "Active"}, ListingState.LIVE),
    ({"status": "ACTIVE"}, ListingState.LIVE),
    ({"status": "InActive"}, ListingState.HIDDEN),
    ({"status": "Pending QC"}, ListingState.IN_REVIEW),
    ({"status": "Suspended"}, ListingState.REJECTED),
    ({"status": "InActive", "subStatus": "Reject"}, ListingState.REJECTED),
    ({"status": "InActive", "subStatus": "Live_Reject"}, ListingState.REJECTED),
    ({"status": "Active", "subStatus": "Lock"}, ListingState.REJECTED),
    ({"status": "InActive", "subStatus": "Admin"}, ListingState.REJECTED),
    ({"status": "Deleted"}, ListingState.GONE),
    ({"status": "Active", "skus": [a_sku(Status="inactive")]}, ListingState.HIDDEN),
    ({"status": "Active", "skus": [a_sku(Status="deleted")]}, ListingState.GONE),
    ({"status": "Deleted", "skus": [a_sku(price=None)]}, ListingState.GONE),
]


@pytest.mark.parametrize(("changes", "state"), STATES)
def test_an_item_stands_as_its_statuses_say(changes, state):
    """Item, sub and SKU status together, compared without case."""
    assert seen(**changes).state is state


@pytest.mark.parametrize("changes", [{"status": "Melted"}, {"skus": [a_sku(Status="asleep")]}])
def test_a_status_never_seen_is_a_surprise(changes):
    """An unknown status is not guessed at."""
    with pytest.raises(ProtocolSurpriseError):
        seen(**changes)


def test_a_rejection_keeps_the_channels_reason():
    """Reasons come as texts or objects; the texts are kept."""
    listing = seen(status="InActive", subStatus="Reject", rejectReason=[{"suggestion": "รูปไม่ชัด", "id": 3}])

    assert listing.reason == "รูปไม่ชัด"


WAREHOUSE = {"warehouseCode": "dropshipping", "quantity": 42, "sellableQuantity": 40, "totalQuantity": 42}
STOCK = [
    ({"multiWarehouseInventories": [WAREHOUSE], "Available": 41, "quantity": 42}, 40),
    ({"multiWarehouseInventories": [WAREHOUSE, WAREHOUSE], "quantity": 80}, 80),
    ({"multiWarehouseInventories": [], "Available": 3, "quantity": 9}, 3),
    ({"quantity": "1,250"}, 1250),
    ({"quantity": 10**12}, 999_999_999),
    ({"quantity": -2}, 0),
    ({"quantity": 12, "multiWarehouseInventories": [], "fblWarehouseInventories": [WAREHOUSE]}, 0),
]


@pytest.mark.parametrize(("sku", "quantity"), STOCK)
def test_laz_001_sellable_is_what_we_read(sku, quantity):
    """`sellableQuantity` of our own warehouses first, then `Available`, then `quantity`."""
    assert seen(skus=[a_sku(**sku)]).offers[0].quantity == quantity


@pytest.mark.parametrize("price", [1199.5, "1199.50", "1,199.50"])
def test_laz_005_amounts_come_as_numbers_or_texts_with_commas(price):
    """However it is written, it is the same money."""
    assert seen(skus=[a_sku(price=price)]).offers[0].price == Money(119_950)


def test_laz_012_a_store_without_prices_is_a_surprise():
    """Semi-managed stores show no price; nothing is invented."""
    with pytest.raises(ProtocolSurpriseError):
        seen(skus=[a_sku(price=None)])


def test_a_camel_case_product_reads_the_same():
    """One documented sample of a single item is written in camel case."""
    camel = {
        "itemId": 7,
        "status": "Active",
        "attributes": {"name": "M"},
        "skus": [{"skuId": 8, "sellerSku": "A", "price": 1}],
    }
    read = convert.observed_listing(read_as(ProductAnswer, camel), NOON, Settings())

    assert (read.listing_id, read.offers[0].offer_id, read.offers[0].seller_sku) == ("7", "8", "A")


def test_laz_006_an_item_on_two_pages_is_one_item():
    """Repeated items are merged by item and SKU."""
    pages = [a_product(skus=[a_sku(SkuId=1)]), a_product(skus=[a_sku(SkuId=1), a_sku(SkuId=2)])]

    (merged,) = convert.merged([read_as(ProductAnswer, page) for page in pages])

    assert [sku.sku_id for sku in merged.skus] == ["1", "2"]


def test_an_answer_without_its_id_is_a_surprise_that_names_no_value():
    """The error says where, never what."""
    with pytest.raises(ProtocolSurpriseError, match=r"ProductAnswer\.item_id"):
        read_as(ProductAnswer, {"status": "Active", "attributes": {"name": "secret"}})


# --- what we send ----------------------------------------------------------------------------------------------


def product_of(payload: str):
    return json.loads(payload)["Request"]["Product"]


def test_a_create_is_arrays_and_strings():
    """One image is a list, one SKU is a list, every SKU value is text; no axes, no variation."""
    said = product_of(
        payloads.create_payload(a_listing(), {"c0ffee": "https://x/a.jpg"}, "3", Demanded({"brand_id": "30768"}))
    )

    assert said["Images"] == {"Image": ["https://x/a.jpg"]}
    assert "variation" not in said
    assert said["Skus"]["Sku"] == [
        {
            "SellerSku": "SCARF-1",
            "quantity": "7",
            "price": "1289.00",
            "Status": "active",
            "package_weight": "0.36",
            "package_length": "30.00",
            "package_width": "20.50",
            "package_height": "2.10",
        }
    ]


def test_laz_010_axes_are_custom_variations_under_their_own_names():
    """Both axes are declared with all options, and each SKU names one of each."""
    said = product_of(payloads.create_payload(a_listing(axes=(COLOUR, SIZE)), {}, "3", Demanded()))

    assert said["variation"]["Variation2"] == {
        "name": "ขนาด",
        "hasImage": False,
        "customize": True,
        "options": {"option": ["เล็ก", "ใหญ่"]},
    }
    assert [row["saleProp"] for row in said["Skus"]["Sku"]][-1] == {"สี": "แดง", "ขนาด": "ใหญ่"}


def test_laz_003_an_update_says_the_status_and_keeps_price_and_stock_out():
    """A status left out would switch the SKU on; a quantity would overwrite the stock."""
    on, off = (
        product_of(payloads.update_payload(a_listing(on_sale=on_sale), "7", {"SCARF-1": "8"}, {}))["Skus"]["Sku"][0]
        for on_sale in (True, False)
    )

    assert (on["Status"], off["Status"]) == ("active", "inactive")
    assert not {"price", "quantity", "SellerSku"} & set(on)


def test_numbers_name_both_ids():
    """Stock is said as sellable, prices with two decimals, each with item and SKU id."""
    target = OfferTarget("A", "7", "8", quantity=5, price=Money(8950))

    assert product_of(payloads.stock_payload([target]))["Skus"]["Sku"] == [
        {"ItemId": "7", "SkuId": "8", "SellerSku": "A", "SellableQuantity": "5"}
    ]
    assert product_of(payloads.price_payload([target]))["Skus"]["Sku"] == [
        {"ItemId": "7", "SkuId": "8", "SellerSku": "A", "Price": "89.50"}
    ]


def test_a_description_keeps_its_lines_and_loses_nothing():
    """Plain text becomes paragraphs; signs that are refused travel as entities."""
    assert payloads.rich("ก < ข ~ ^ |\nสอง\n\nสาม") == "<p>ก &lt; ข &#126; &#94; &#124;<br/>สอง</p><p>สาม</p>"


def test_variation_names_are_read_in_order_whatever_their_case():
    """`Variation1` and `variation2` both occur."""
    shown = {"variation2": {"name": "size"}, "Variation1": {"name": "color_family"}}

    assert [axis.name for axis in convert.shown_axes(shown)] == ["color_family", "size"]


# --- orders ----------------------------------------------------------------------------------------------------

ORDER_STATES = {
    "unpaid": "unpaid", "pending": "to_pack", "repacked": "to_pack", "packed": "packed",
    "ready_to_ship_pending": "packed", "ready_to_ship": "packed", "shipped": "handed_over", "delivered": "delivered",
    "confirmed": "completed", "canceled": "cancelled", "returned": "returned", "failed": "returning",
    "failed_delivery": "returning", "shipped_back": "returning", "shipped_back_success": "returned",
    "shipped_back_failed": "lost", "package_scrapped": "lost", "lost": "lost", "lost_by_3pl": "lost",
    "damaged_by_3pl": "lost",
}  # fmt: skip


def test_every_recorded_item_status_has_a_state():
    """The table covers section 4.5 and nothing else."""
    assert {word: convert_orders.state(word).value for word in convert_orders.STATES} == ORDER_STATES


def test_an_order_status_never_seen_is_a_surprise():
    """A new status is not guessed at."""
    with pytest.raises(ProtocolSurpriseError):
        convert_orders.state("teleported")


def an_item(unit: int, **changes):
    return {
        "order_item_id": unit, "order_id": 900, "status": "pending", "sku": "MUG-BLK", "sku_id": "800000001",
        "product_id": "700000001", "item_price": 349.0, "paid_price": 300.0, "currency": "THB",
    } | changes  # fmt: skip


ORDER = {
    "order_id": 900, "created_at": "2026-01-31 10:18:27 +0700", "updated_at": "2026-01-31 10:18:51 +0700",
    "price": "1,234.00", "customer_first_name": "น***ต",
    "address_shipping": {
        "first_name": "น***ต", "phone": "66***41", "address1": "6***ง", "address4": "เ***t", "post_code": "83000",
    },
}  # fmt: skip


def test_laz_007_each_unit_is_a_line_of_its_own():
    """Two pieces of one SKU are two lines whose ids stay when one is cancelled."""
    items = {"order_id": 900, "order_items": [an_item(2, status="canceled"), an_item(1)]}
    shop = Scripted(lambda path, said: ok(ORDER if path == "/order/get" else [items]))

    (order,) = shop.shop.orders_by_id(["900"])

    assert [(line.line_id, line.quantity, line.state) for line in order.lines] == [
        ("1", 1, OrderState.TO_PACK),
        ("2", 1, OrderState.CANCELLED),
    ]
    assert (order.total, order.lines[0].paid, order.lines[0].unit_price) == (
        Money(123_400),
        Money(30_000),
        Money(34_900),
    )
    assert order.created_at == datetime(2026, 1, 31, 3, 18, 27, tzinfo=UTC)
    assert (order.buyer.name, order.buyer.address) == ("น***ต", "6***ง เ***t 83000")


# --- audit -----------------------------------------------------------------------------------------------------

LONG = Axis("ก" * 16, ("ข" * 21, "ค<"))
OBJECTIONS = [
    ({"title": " "}, "lazada.title_missing"),
    ({"title": "ก" * 256}, "lazada.title_too_long"),
    ({"title": 'ผ้า "คราม"'}, "lazada.title_forbidden_character"),
    ({"description": "ก" * 25_000}, "lazada.description_too_long"),
    ({"photos": ()}, "lazada.photos_missing"),
    ({"photos": tuple("abcdefghi")}, "lazada.too_many_photos"),
    ({"size": Size(0, 1, 1, 1)}, "lazada.package_missing"),
    ({"size": Size(40_001, 1, 1, 1)}, "lazada.package_too_heavy"),
    ({"size": Size(1, 1000, 1000, 1001)}, "lazada.package_too_large"),
    ({"axes": (COLOUR, SIZE, Axis("กลิ่น", ("ก",)))}, "lazada.too_many_axes"),
    ({"axes": (LONG,)}, "lazada.axis_name_too_long"),
    ({"axes": (LONG,)}, "lazada.option_too_long"),
    ({"axes": (LONG,)}, "lazada.option_forbidden_character"),
    ({"axes": (Axis("ก", tuple(map(str, range(51)))),)}, "lazada.too_many_options"),
    ({"code": "A/B"}, "lazada.sku_forbidden_character"),
    ({"offers": ()}, "lazada.variants_without_axes"),
]


@pytest.mark.parametrize(("changes", "key"), OBJECTIONS)
def test_what_lazada_would_refuse_is_said_before(changes, key):
    """Each limit of the page has an objection of its own."""
    found = {objection.because for objection in audit.objections(a_listing(**changes))}

    assert key in found
    assert found <= audit.KEYS


@pytest.mark.parametrize("axes", [(), (COLOUR,), (COLOUR, SIZE)])
def test_a_sound_listing_meets_no_objection(axes):
    """Nought, one or two axes are fine."""
    assert audit.objections(a_listing(axes=axes)) == ()

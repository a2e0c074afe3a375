"""Split orders, and ways to ship the practice shop does not show."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from shopee_shop import KeptTokens, envelope, scripted

from chalicelib.domain.errors import (
    ProtocolSurpriseError,
    RejectedError,
)
from chalicelib.domain.shipping import HandOver, ParcelState, ShippingChoice
from connectors.shopee import convert_shipping
from connectors.shopee.answers_desk import ShippingWays
from connectors.shopee.answers_orders import OrderDetail


def a_split(states: tuple[str, str] = ("LOGISTICS_READY", "LOGISTICS_READY"), **more: Any) -> dict[str, Any]:
    """An order of two lines in two parcels."""
    items = [
        {
            "item_id": number,
            "item_sku": f"SKU-{number}",
            "model_quantity_purchased": 1,
            "model_original_price": 100,
            "model_discounted_price": 100,
            "line_item_id": number,
        }
        for number in (1, 2)
    ]
    packages = [
        {
            "package_number": f"OFG{number}",
            "logistics_status": state,
            "shipping_carrier": "Kerry",
            "item_list": [{"item_id": number, "model_id": 0, "promotion_group_id": 0}],
        }
        for number, state in zip((1, 2), states, strict=True)
    ]
    return {
        "order_sn": "250101ABCDEF12",
        "order_status": "READY_TO_SHIP",
        "currency": "THB",
        "create_time": 1735689000,
        "update_time": 1735689100,
        "total_amount": 200,
        "item_list": items,
        "package_list": packages,
    } | more


def a_shop_with(detail: dict[str, Any], sent: list[tuple[str, Any]]):
    """A shop that shows this order and takes every write."""

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        sent.append((name, json.loads(request.content or b"{}") or dict(request.url.params)))
        if name == "get_order_detail":
            return envelope({"order_list": [detail]})
        if name == "get_tracking_number":
            return envelope({"tracking_number": "TH" + request.url.params.get("package_number", "none")})
        return envelope()

    channel, access, tokens = scripted(answer)
    return channel.open(access, KeptTokens(channel, access, tokens))


DROP = ShippingChoice("dropoff::", HandOver.DROPOFF, "")


def test_shp_020_each_parcel_of_a_split_order_is_shipped_by_its_number():
    """And only those of the lines asked for, with exactly one method."""
    sent: list[tuple[str, Any]] = []
    shop = a_shop_with(a_split(), sent)

    first = shop.pack("250101ABCDEF12", ["1"], DROP)
    shop.pack("250101ABCDEF12", (), DROP)

    shipped = [body for name, body in sent if name == "ship_order"]
    assert shipped == [
        {"order_sn": "250101ABCDEF12", "package_number": number, "dropoff": {}} for number in ("OFG1", "OFG1", "OFG2")
    ]
    assert [(parcel.package_id, parcel.state, parcel.line_ids) for parcel in first] == [
        ("OFG1", ParcelState.ARRANGED, ("1",)),
        ("OFG2", ParcelState.TO_ARRANGE, ("2",)),
    ]


def test_shp_020_an_order_never_split_is_shipped_without_a_number():
    """Although its detail shows one."""
    sent: list[tuple[str, Any]] = []
    detail = a_split()
    whole = detail | {"package_list": detail["package_list"][:1], "item_list": detail["item_list"][:1]}

    a_shop_with(whole, sent).pack("250101ABCDEF12", (), DROP)

    assert [body for name, body in sent if name == "ship_order"] == [{"order_sn": "250101ABCDEF12", "dropoff": {}}]


def test_a_parcel_shipped_already_keeps_its_number_and_the_other_is_shipped():
    """What was arranged before is not arranged again."""
    sent: list[tuple[str, Any]] = []
    shop = a_shop_with(a_split(("LOGISTICS_REQUEST_CREATED", "LOGISTICS_READY")), sent)

    parcels = shop.pack("250101ABCDEF12", (), DROP)

    assert [body["package_number"] for name, body in sent if name == "ship_order"] == ["OFG2"]
    assert [(parcel.tracking_number, parcel.state) for parcel in parcels] == [
        ("THOFG1", ParcelState.READY),
        ("", ParcelState.ARRANGED),
    ]


def test_part_of_a_parcel_cannot_be_packed():
    """Splitting needs a permission, so the choice is the person's."""
    sent: list[tuple[str, Any]] = []
    detail = a_split()
    whole = detail | {"package_list": detail["package_list"][:1]}

    with pytest.raises(RejectedError) as refused:
        a_shop_with(whole, sent).pack("250101ABCDEF12", ["1"], DROP)

    assert refused.value.user_key == "shopee.whole_parcel"
    assert "ship_order" not in [name for name, _ in sent]


WAYS = [
    ({"dropoff": []}, {"branch_list": None, "slug_list": None}, ["dropoff::"]),
    ({"dropoff": ["branch_id"]}, {"branch_list": [{"branch_id": 7, "city": "น่าน"}]}, ["dropoff:7:"]),
    ({"dropoff": ["slug"]}, {"slug_list": [{"slug": "a-1", "slug_name": "A"}]}, ["dropoff::a-1"]),
    ({"non_integrated": []}, None, ["non_integrated::"]),
    ({"dropoff": [], "non_integrated": ["tracking_number"]}, None, ["dropoff::"]),
]


@pytest.mark.parametrize(("needed", "dropoff", "ids"), WAYS)
def test_the_keys_of_info_needed_decide(needed, dropoff, ids):
    """An empty list still means an empty object; what no choice can say is left out."""
    found = convert_shipping.choices(ShippingWays(info_needed=needed, dropoff=dropoff), "Kerry")

    assert [choice.id for choice in found] == ids


def test_a_pickup_without_times_names_the_address_alone():
    """Some channels give no slots."""
    ways = ShippingWays(info_needed={"pickup": ["address_id"]}, pickup={"address_list": [{"address_id": 5}]})

    (choice,) = convert_shipping.choices(ways, "Kerry")

    assert convert_shipping.method_body(choice) == {"pickup": {"address_id": 5}}


@pytest.mark.parametrize("pickup", [None, {"address_list": None}])
def test_a_pickup_that_needs_nothing_is_asked_for_with_an_empty_object(pickup: dict[str, Any] | None):
    """Nothing is shown to choose from, and still it is a way to ship."""
    (choice,) = convert_shipping.choices(ShippingWays(info_needed={"pickup": []}, pickup=pickup), "Kerry")

    assert (choice.how, choice.words) == (HandOver.PICKUP, "Kerry")
    assert convert_shipping.method_body(choice) == {"pickup": {}}


def test_a_pickup_time_is_handed_back_unchanged():
    """Colons in it belong to it."""
    slot = {"date": 1735862400, "pickup_time_id": "1735862400:1", "flags": ["recommended"]}
    address = {"address_id": 5, "time_slot_list": [slot]}
    ways = ShippingWays(info_needed={"pickup": ["address_id", "pickup_time_id"]}, pickup={"address_list": [address]})

    (choice,) = convert_shipping.choices(ways, "Kerry")

    assert convert_shipping.method_body(choice) == {"pickup": {"address_id": 5, "pickup_time_id": "1735862400:1"}}
    assert (choice.slot_from, choice.recommended) == (datetime(2025, 1, 3, tzinfo=UTC), True)


def test_a_way_only_the_seller_centre_can_ask_about_is_refused_in_words():
    """A sender's name or a number of the seller's own."""
    ways = ShippingWays(info_needed={"dropoff": ["sender_real_name"], "non_integrated": ["tracking_number"]})

    with pytest.raises(RejectedError) as refused:
        convert_shipping.choices(ways, "Kerry")

    assert refused.value.user_key == "shopee.ship_by_hand"


def test_a_parcel_in_a_state_nobody_recorded_is_loud():
    """It is never taken for waiting."""
    with pytest.raises(ProtocolSurpriseError):
        convert_shipping.parcel_state("LOGISTICS_BEAMED_UP")


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({}, {"OUT_OF_STOCK", "CUSTOMER_REQUEST"}),
        ({"cod": True}, {"OUT_OF_STOCK", "CUSTOMER_REQUEST", "COD_NOT_SUPPORTED"}),
        ({"can_full_cancel_order": False}, set()),
        ({"order_status": "TO_RETURN"}, set()),
    ],
)
def test_reasons_fit_the_order(more: dict[str, Any], reasons: set[str]):
    """Cash on delivery only where it was chosen; none where Shopee says so or the goods are gone."""
    detail = OrderDetail.model_validate(a_split(**more))

    assert {reason.id for reason in convert_shipping.cancel_reasons(detail, ())} == reasons


def test_part_of_an_order_that_may_not_be_split_up_has_no_reasons():
    """The order says whether part of it may go."""
    detail = OrderDetail.model_validate(a_split(can_partial_cancel_order=False))

    assert convert_shipping.cancel_reasons(detail, ["1"]) == ()
    assert convert_shipping.cancel_reasons(detail, ["1", "2"]) != ()

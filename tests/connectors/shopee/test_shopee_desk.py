"""The seller's desk over real HTTP: ship, print, cancel; and what a lost answer leaves behind."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from shopee_shop import KeptTokens, PracticeShop, a_listing, envelope, one_axis, scripted

from chalicelib.domain.errors import (
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RejectedError,
    StaleError,
    TransientError,
)
from chalicelib.domain.orders import OrderState
from chalicelib.domain.shipping import CancelReason, HandOver, Parcel, ParcelState, ShippingChoice
from chalicelib.domain.synclog import EntryState
from connectors.shopee import convert_shipping
from connectors.shopee.answers import OrderDetail, ShippingWays

LATER_S = 5


def ordered(practice: PracticeShop, quantity: int = 1, **more: Any) -> str:
    """An order of one line for a new product."""
    practice.publish(a_listing())
    return practice.sim("orders", lines=[{"seller_sku": "TEA-50", "quantity": quantity}], **more)["order_id"]


def packed(practice: PracticeShop, order_id: str) -> tuple[Parcel, ...]:
    """The order is packed and the carrier has given its number."""
    practice.shop.pack(order_id, (), practice.shop.shipping_choices(order_id)[0])
    wait(practice)
    return practice.shop.parcels(order_id)


def wait(practice: PracticeShop) -> None:
    """What follows a little later has followed."""
    for _ in range(3):
        practice.sim("clock", advance_s=LATER_S)


def test_an_order_is_offered_every_way_it_may_go(practice: PracticeShop):
    """Pickup at each address and time, and dropping it off."""
    choices = practice.shop.shipping_choices(ordered(practice))

    pickups = [choice for choice in choices if choice.how is HandOver.PICKUP]
    assert [choice.how for choice in choices][-1] is HandOver.DROPOFF
    assert len(pickups) >= 2
    assert [choice.recommended for choice in pickups].count(True) == 1
    assert all(choice.slot_from and "ถนนสมมุติ" in choice.words for choice in pickups)
    assert all(choice.carrier == "Kerry" for choice in choices)


@pytest.mark.parametrize("how", [HandOver.PICKUP, HandOver.DROPOFF])
def test_an_order_is_packed_tracked_and_labelled(practice: PracticeShop, how: HandOver):
    """Arranged at once, a number and a label a little later, handed over when the carrier came."""
    order_id = ordered(practice)
    choice = next(choice for choice in practice.shop.shipping_choices(order_id) if choice.how is how)

    (parcel,) = practice.shop.pack(order_id, (), choice)
    (told,) = practice.shop.ready_to_ship([parcel])
    wait(practice)
    (tracked,) = practice.shop.parcels(order_id)

    assert (parcel.state, parcel.tracking_number) == (ParcelState.ARRANGED, "")
    assert (told.subject, told.state) == (parcel.package_id, EntryState.ACCEPTED)
    assert (tracked.state, tracked.carrier) == (ParcelState.READY, "Kerry")
    assert tracked.tracking_number.startswith("TH")
    assert tracked.line_ids == tuple(line.line_id for line in practice.shop.orders_by_id([order_id])[0].lines)

    with pytest.raises(TransientError) as being_made:
        practice.shop.label([tracked])
    wait(practice)
    label = practice.shop.label([tracked])
    assert being_made.value.retry_after_s > 0
    assert (label.content_type, label.data[:5]) == ("application/pdf", b"%PDF-")
    assert order_id.encode() in label.data

    practice.sim(f"orders/{order_id}/advance", to="SHIPPED")
    assert practice.shop.parcels(order_id)[0].state is ParcelState.HANDED_OVER


def test_labels_of_several_orders_come_in_one_file(practice: PracticeShop):
    """One page for each parcel."""
    first = ordered(practice)
    second = practice.sim("orders", lines=[{"seller_sku": "TEA-50"}])["order_id"]
    parcels = (*packed(practice, first), *packed(practice, second))

    with pytest.raises(TransientError):
        practice.shop.label(parcels)
    wait(practice)

    assert practice.shop.label(parcels).data.count(b"PRACTICE SHIPPING LABEL") == 2


def test_a_label_waits_for_the_tracking_number(practice: PracticeShop):
    """It is asked for once more, and then it is too early."""
    order_id = ordered(practice)
    practice.sim("settings", tracking_after_s=3600)
    parcels = packed(practice, order_id)

    with pytest.raises(TransientError) as early:
        practice.shop.label(parcels)

    assert early.value.code == "no_tracking_number_yet"
    assert early.value.retry_after_s > 0


def test_a_label_before_packing_is_too_early(practice: PracticeShop):
    """Nothing has a number yet."""
    parcels = practice.shop.parcels(ordered(practice))

    with pytest.raises(TransientError):
        practice.shop.label(parcels)


@pytest.mark.parametrize("kind", ["html", "drop_after"])
def test_a_label_that_did_not_come_is_fetched_again(practice: PracticeShop, kind: str):
    """A page of HTML is no label."""
    parcels = packed(practice, ordered(practice))
    with pytest.raises(TransientError):
        practice.shop.label(parcels)
    wait(practice)
    practice.fault(kind, "logistics/download_shipping_document")

    assert practice.shop.label(parcels).data.startswith(b"%PDF")


def test_a_lost_answer_to_packing_is_told_by_the_parcels(practice: PracticeShop):
    """It was packed; packing again finds the world moved, and crashes nothing."""
    order_id = ordered(practice)
    choice = practice.shop.shipping_choices(order_id)[0]
    practice.fault("drop_after", "logistics/ship_order")

    with pytest.raises(OutcomeUnknownError):
        practice.shop.pack(order_id, (), choice)
    with pytest.raises(StaleError) as again:
        practice.shop.pack(order_id, (), choice)
    wait(practice)

    (parcel,) = practice.shop.parcels(order_id)
    assert again.value.code == "logistics.package_already_shipped"
    assert parcel.state is ParcelState.READY
    with pytest.raises(StaleError):
        practice.shop.pack(order_id, (), choice)


def test_a_request_lost_on_its_way_packed_nothing(practice: PracticeShop):
    """The parcels still wait, and the second try packs them."""
    order_id = ordered(practice)
    choice = practice.shop.shipping_choices(order_id)[0]
    practice.fault("drop_before", "logistics/ship_order")

    with pytest.raises(OutcomeUnknownError):
        practice.shop.pack(order_id, (), choice)

    assert practice.shop.parcels(order_id)[0].state is ParcelState.TO_ARRANGE
    assert practice.shop.pack(order_id, (), choice)[0].state is ParcelState.ARRANGED


@pytest.mark.parametrize("status", ["UNPAID", "PROCESSED", "SHIPPED", "CANCELLED"])
def test_an_order_in_another_state_is_not_to_be_shipped(practice: PracticeShop, status: str):
    """Unpaid, already arranged, gone or cancelled."""
    order_id = ordered(practice, paid=status not in {"UNPAID", "CANCELLED"})
    if status != "UNPAID":
        practice.sim(f"orders/{order_id}/advance", to=status)

    with pytest.raises(StaleError):
        practice.shop.shipping_choices(order_id)


def test_an_unknown_order_is_stale(practice: PracticeShop):
    """It is no crash to ask for one that is not there."""
    with pytest.raises(StaleError):
        practice.shop.parcels("250101ABCDEF12")


# --- cancelling ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["OUT_OF_STOCK", "CUSTOMER_REQUEST"])
def test_the_seller_cancels_with_a_reason_of_the_list(practice: PracticeShop, reason: str):
    """The order is cancelled and its units are for sale again."""
    order_id = ordered(practice, quantity=2)
    reasons = {one.id: one for one in practice.shop.cancel_reasons(order_id, ())}

    done = practice.shop.cancel(order_id, (), reasons[reason])

    assert set(reasons) == {"OUT_OF_STOCK", "CUSTOMER_REQUEST"}
    assert (done.subject, done.state) == (order_id, EntryState.ACCEPTED)
    assert practice.shop.orders_by_id([order_id])[0].state is OrderState.CANCELLED
    assert practice.shop.observe().listings[0].offers[0].quantity == 7


def test_one_line_is_cancelled_and_the_other_stays(practice: PracticeShop):
    """Part of an order names the units that go."""
    practice.publish(one_axis())
    lines = [{"seller_sku": "CLOTH-0", "quantity": 2}, {"seller_sku": "CLOTH-1"}]
    order_id = practice.sim("orders", lines=lines)["order_id"]
    first, second = practice.shop.orders_by_id([order_id])[0].lines
    reason = practice.shop.cancel_reasons(order_id, [first.line_id])[0]

    practice.shop.cancel(order_id, [first.line_id], reason)

    states = {line.line_id: line.state for line in practice.shop.orders_by_id([order_id])[0].lines}
    assert states == {first.line_id: OrderState.CANCELLED, second.line_id: OrderState.TO_PACK}


@pytest.mark.parametrize("status", ["SHIPPED", "COMPLETED", "IN_CANCEL"])
def test_nothing_can_be_cancelled_by_the_seller_any_more(practice: PracticeShop, status: str):
    """Shipped or asked to be cancelled: no reason is offered, and one sent all the same is refused in words."""
    order_id = ordered(practice)
    practice.sim(f"orders/{order_id}/advance", to=status)

    assert practice.shop.cancel_reasons(order_id, ()) == ()
    with pytest.raises(RejectedError) as refused:
        practice.shop.cancel(order_id, (), CancelReason("CUSTOMER_REQUEST", ""))
    assert refused.value.user_key == "shopee.cannot_cancel"


def test_a_lost_cancellation_is_told_by_the_order(practice: PracticeShop):
    """It happened; nothing is sent twice."""
    order_id = ordered(practice)
    practice.fault("drop_after", "order/cancel_order")

    with pytest.raises(OutcomeUnknownError):
        practice.shop.cancel(order_id, (), CancelReason("CUSTOMER_REQUEST", ""))

    assert practice.shop.orders_by_id([order_id])[0].state is OrderState.CANCELLED


@pytest.mark.parametrize(("agree", "state"), [(True, OrderState.CANCELLED), (False, OrderState.TO_PACK)])
def test_a_buyers_cancellation_is_answered_once(practice: PracticeShop, agree: bool, state: OrderState):
    """Agreed or refused; a second answer finds nothing to answer."""
    order_id = ordered(practice)
    practice.sim(f"orders/{order_id}/advance", to="IN_CANCEL")

    done = practice.shop.answer_cancellation(order_id, agree=agree)

    assert done.state is EntryState.ACCEPTED
    assert practice.shop.orders_by_id([order_id])[0].state is state
    with pytest.raises(StaleError):
        practice.shop.answer_cancellation(order_id, agree=agree)


# --- split orders and ways the practice shop does not show --------------------------------------------------


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

"""The seller's desk over real HTTP: ship, print, cancel; and what a lost answer leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from shopee_shop import PracticeShop, a_listing, one_axis

from chalicelib.domain.errors import (
    OutcomeUnknownError,
    RejectedError,
    StaleError,
    TransientError,
)
from chalicelib.domain.orders import OrderState
from chalicelib.domain.shipping import CancelReason, HandOver, Parcel, ParcelState
from chalicelib.domain.synclog import EntryState

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


def test_shp_027_what_shopee_ships_itself_is_not_ours(practice: PracticeShop):
    """Its line says so, and packing says that there is nothing to pack."""
    order_id = ordered(practice, by_channel=True)
    (order,) = practice.shop.orders_by_id([order_id])
    with pytest.raises(StaleError) as caught:
        practice.shop.shipping_choices(order_id)
    assert [line.fulfilled_by_channel for line in order.lines] == [True]
    assert caught.value.user_key == "shopee.fulfilled_by_shopee"
    (own,) = practice.shop.orders_by_id([ordered(practice)])
    assert [line.fulfilled_by_channel for line in own.lines] == [False]


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

"""The seller's desk and the consent, the same for every channel: ship, print, cancel, take back, be paid, connect."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from shopkeeper import Shopkeeper, a_listing

from chalicelib.domain.errors import OutcomeUnknownError, RejectedError, StaleError, TransientError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import OrderState
from chalicelib.domain.ports import OrderWindow
from chalicelib.domain.returns import ReturnState
from chalicelib.domain.settlement import FeeClass
from chalicelib.domain.shipping import Label, Parcel, ParcelState
from chalicelib.domain.synclog import EntryState

SHIPPED = {"lazada": "shipped", "shopee": "SHIPPED"}
DELIVERED = {"lazada": "delivered", "shopee": "TO_CONFIRM_RECEIVE"}
DONE = {"lazada": "delivered", "shopee": "COMPLETED"}
PACK = {"lazada": "/order/fulfill/pack", "shopee": "/api/v2/logistics/ship_order"}
BACK = "https://app.example.test/back"


def ordered(keeper: Shopkeeper, quantity: int = 1) -> str:
    """An order for a new product."""
    keeper.make(a_listing())
    return keeper.buy("TEA", quantity)


def packed(keeper: Shopkeeper, order_id: str) -> tuple[Parcel, ...]:
    """Packed as the channel recommends, with what follows a little later."""
    choices = keeper.market.shipping_choices(order_id)
    chosen = next((choice for choice in choices if choice.recommended), choices[0])
    keeper.market.pack(order_id, (), chosen)
    later(keeper)
    return keeper.market.parcels(order_id)


def later(keeper: Shopkeeper) -> None:
    """What the marketplace does in its own time is done."""
    for _ in range(3):
        keeper.wait(5)


def state(keeper: Shopkeeper, order_id: str) -> set[OrderState]:
    (order,) = keeper.market.orders_by_id([order_id])
    return {line.state for line in order.lines}


def printed(keeper: Shopkeeper, parcels: tuple[Parcel, ...]) -> Label:
    """The label, waited for as long as the channel asks."""
    for _ in range(5):
        try:
            return keeper.market.label(parcels)
        except TransientError as error:
            keeper.wait(max(error.retry_after_s, 1))
    raise AssertionError("never printed")


def test_an_order_is_packed_made_ready_printed_and_handed_over(keeper: Shopkeeper) -> None:
    """Choices, pack, parcels twice the same, ready to ship, a label that prints, and the carrier came."""
    order_id = ordered(keeper, 2)
    parcels = packed(keeper, order_id)
    assert parcels == keeper.market.parcels(order_id)
    assert {parcel.state for parcel in parcels} <= {ParcelState.ARRANGED, ParcelState.READY}
    assert all(parcel.tracking_number and parcel.order_id == order_id for parcel in parcels)
    (order,) = keeper.market.orders_by_id([order_id])
    assert {line for parcel in parcels for line in parcel.line_ids} == {line.line_id for line in order.lines}
    told = keeper.market.ready_to_ship(parcels)
    assert [outcome.state for outcome in told] == [EntryState.ACCEPTED] * len(parcels)

    label = printed(keeper, parcels)
    assert len(label.data) > 100
    assert label.content_type in ("application/pdf", "text/html")
    keeper.advance(order_id, SHIPPED[keeper.channel])
    assert {parcel.state for parcel in keeper.market.parcels(order_id)} == {ParcelState.HANDED_OVER}
    assert state(keeper, order_id) == {OrderState.HANDED_OVER}


def test_a_second_pack_is_stale(keeper: Shopkeeper) -> None:
    """What is packed is not packed again: StaleError, and the parcels are as they were."""
    order_id = ordered(keeper)
    choice = keeper.market.shipping_choices(order_id)[0]
    parcels = packed(keeper, order_id)
    with pytest.raises(StaleError):
        keeper.market.pack(order_id, (), choice)
    assert keeper.market.parcels(order_id) == parcels


def test_a_pack_without_an_answer_is_unknown_and_seen(keeper: Shopkeeper) -> None:
    """The answer is lost after it worked: the outcome is unknown, and the parcels tell."""
    order_id = ordered(keeper)
    choice = keeper.market.shipping_choices(order_id)[0]
    keeper.fault("drop_after", PACK[keeper.channel])
    with pytest.raises(OutcomeUnknownError):
        keeper.market.pack(order_id, (), choice)
    later(keeper)
    assert {parcel.state for parcel in keeper.market.parcels(order_id)} <= {ParcelState.ARRANGED, ParcelState.READY}


def test_the_seller_cancels_once(keeper: Shopkeeper) -> None:
    """With a reason the channel offers; afterwards it offers none, and the order is cancelled."""
    order_id = ordered(keeper)
    reasons = keeper.market.cancel_reasons(order_id, ())
    assert all(reason.id and reason.words for reason in reasons)
    plain = next(reason for reason in reasons if not reason.zeroes_stock)
    assert keeper.market.cancel(order_id, (), plain).state is EntryState.ACCEPTED
    later(keeper)
    assert state(keeper, order_id) == {OrderState.CANCELLED}
    assert keeper.market.cancel_reasons(order_id, ()) == ()


def asks_to_cancel(keeper: Shopkeeper, order_id: str) -> None:
    """The buyer's side of it."""
    if keeper.channel == "lazada":
        keeper.sim(f"orders/{order_id}/ask_cancel", {})
    else:
        keeper.advance(order_id, "IN_CANCEL")


@pytest.mark.parametrize("agree", [True, False])
def test_a_buyers_wish_to_cancel_is_answered(keeper: Shopkeeper, agree: bool) -> None:
    """Agreed, the order is cancelled; refused, it waits to be packed as before."""
    order_id = ordered(keeper)
    asks_to_cancel(keeper, order_id)
    assert keeper.market.answer_cancellation(order_id, agree=agree).state is EntryState.ACCEPTED
    later(keeper)
    assert state(keeper, order_id) == {OrderState.CANCELLED if agree else OrderState.TO_PACK}


def test_money_adds_up_and_comes_once(keeper: Shopkeeper) -> None:
    """What was settled names the order, its sale and its fees, and the payout is their sum; twice the same."""
    order_id = ordered(keeper, 2)
    began = keeper.clock() - timedelta(days=1)
    keeper.advance(order_id, DONE[keeper.channel])
    keeper.wait(8 * 86_400)
    until = keeper.clock() + timedelta(days=1)
    found = [one for page in keeper.market.settlements(began, until) for one in page]
    assert found == [one for page in keeper.market.settlements(began, until) for one in page]
    assert found
    assert all(one.adds_up for one in found)
    lines = [line for one in found for line in one.lines]
    assert len({line.id for line in lines}) == len(lines)
    assert {line.order_id for line in lines} == {order_id}
    sales = [line.amount.minor for line in lines if line.fee is FeeClass.SALE]
    assert sum(sales) == 2 * 8900
    assert sum(one.payout.minor for one in found) < Money(2 * 8900).minor


def asks_back(keeper: Shopkeeper, order_id: str) -> None:
    """The buyer's side, which each practice marketplace has in its own words."""
    if keeper.channel == "lazada":
        keeper.sim(f"orders/{order_id}/return", {})
    else:
        keeper.sim("returns", {"order_id": order_id, "lines": [{"seller_sku": "TEA", "quantity": 1}]})


def returned(keeper: Shopkeeper) -> list:
    window = OrderWindow("updated", keeper.clock() - timedelta(hours=2), keeper.clock() + timedelta(minutes=1))
    return [one for page in keeper.market.returns(window) for one in page]


def test_a_return_is_seen_once_and_agreed(keeper: Shopkeeper) -> None:
    """It names the order, the SKU and the refund, waits for the seller, and moves on when agreed."""
    order_id = ordered(keeper)
    keeper.advance(order_id, DELIVERED[keeper.channel])
    assert returned(keeper) == []
    asks_back(keeper, order_id)
    (asked,) = returned(keeper)
    assert [asked] == returned(keeper)
    assert (asked.order_id, asked.state) == (order_id, ReturnState.ASKED)
    assert [(line.seller_sku, line.quantity) for line in asked.lines] == [("TEA", 1)]
    assert asked.reason
    assert keeper.market.answer_return(asked.return_id, agree=True).state is EntryState.ACCEPTED
    (now,) = returned(keeper)
    assert now.return_id == asked.return_id
    assert now.state is not ReturnState.ASKED


def consent(keeper: Shopkeeper) -> dict[str, str]:
    """What the browser brings back after a seller agreed on the practice page."""
    link = keeper.system.consent_url(keeper.access.app, BACK, "state-1", keeper.access.base_url)
    page = keeper.http.get(link)
    assert page.status_code == 200, page.text
    parts = urlsplit(link)
    form = {"shop_id": keeper.access.remote_id, "redirect_uri": BACK, "state": "state-1"}
    agreed = keeper.http.post(link if parts.path.endswith("authorize") else f"{keeper.server.url}/auth", data=form)
    back = agreed.headers["location"]
    assert back.startswith(BACK)
    return dict(parse_qsl(urlsplit(back).query))


def test_a_consent_opens_the_shop_once(keeper: Shopkeeper) -> None:
    """The link, the seller's yes, the code, the tokens: they read the shop; the code works once, the state is kept."""
    answered = consent(keeper)
    assert answered["state"] == "state-1"
    (grant,) = keeper.system.redeem(keeper.access.app, answered, keeper.access.base_url)
    assert grant.remote_id == keeper.access.remote_id
    keeper.tokens.tokens = replace(grant.tokens, generation=5)
    assert keeper.market.observe().complete
    with pytest.raises(RejectedError):
        keeper.system.redeem(keeper.access.app, answered, keeper.access.base_url)

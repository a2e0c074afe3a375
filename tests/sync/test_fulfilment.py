"""Fulfilment from Pinto against the practice marketplaces: pack once, print, tell, track, cancel, answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.errors import NotFoundError, OutcomeUnknownError, StaleError, TransientError
from chalicelib.domain.orders import OrderState
from chalicelib.domain.shipping import PACKED_STATES, ParcelState
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import cancel, fulfil, messages, take_orders
from tests.world import COMMUNITY, a_product, a_world

PACK = {"lazada": "/order/fulfill/pack", "shopee": "/api/v2/logistics/ship_order"}
CANCEL = {"lazada": "/order/reverse/cancel/create", "shopee": "/api/v2/order/cancel_order"}
SHIPPED = {"lazada": "shipped", "shopee": "SHIPPED"}


@pytest.fixture(params=("lazada", "shopee"))
def world(request):
    with a_world() as made:
        made.channel, made.shop = request.param, made.shops[request.param].id
        a_product(made)
        made.publish_all()
        yield made


def ordered(world, quantity: int = 2, paid: bool = True) -> str:
    """An order that was pushed and taken."""
    order_id = world.buy(world.channel, "TEA-50", quantity, paid)
    world.queues.send("urgent", [messages.look_at_orders(world.shop, [order_id])])
    world.drain()
    return order_id


def choice(world, order_id: str) -> str:
    offered = fulfil.choices(world.ctx, world.shop, order_id)
    return next((one for one in offered if one.recommended), offered[0]).id


def packed(world, order_id: str):
    return fulfil.pack(world.ctx, world.shop, order_id, choice(world, order_id), person="สมศรี")


def settle(world) -> None:
    """What the marketplace does in its own time is done."""
    for _ in range(4):
        world.move(20)


def shown(world, order_id: str):
    """The parcels the marketplace itself holds."""
    return world.ctx.open(world.shops[world.channel]).parcels(order_id)


def states(world, order_id: str) -> set[OrderState]:
    order = world.store.orders.get(world.shop, order_id)
    return {line.state for line in order.lines}


def printed(world, order_id: str):
    waits: list[float] = []
    for _ in range(6):
        try:
            return fulfil.label(world.ctx, world.shop, order_id, "somsri@example.test")
        except TransientError as error:
            waits.append(error.retry_after_s)
            world.move(error.retry_after_s)
    raise AssertionError("never printed")


def test_an_order_goes_the_whole_way_from_here(world):
    """Packed, printed, ready, handed over: each step in the log, the parcel with its number, stock with the last."""
    order_id = ordered(world)
    (waiting,) = fulfil.to_hand_over(world.ctx, COMMUNITY.id)
    assert len(waiting.waiting_lines) == len(waiting.order.lines)
    packed(world, order_id)
    settle(world)
    (parcel,) = fulfil.track(world.ctx, world.shop, order_id)
    assert parcel.state in PACKED_STATES
    assert parcel.tracking_number
    assert states(world, order_id) == {OrderState.PACKED}
    (waiting,) = fulfil.to_hand_over(world.ctx, COMMUNITY.id)
    assert (waiting.waiting_lines, waiting.parcels) == ((), (parcel,))
    label = printed(world, order_id)
    assert len(label.data) > 100
    told = fulfil.ready(world.ctx, world.shop, order_id, "สมศรี")
    assert {one.state for one in told} == {EntryState.ACCEPTED}
    world.sim(world.channel, f"orders/{order_id}/advance", {"to": SHIPPED[world.channel]})
    fulfil.track(world.ctx, world.shop, order_id)
    assert states(world, order_id) == {OrderState.HANDED_OVER}
    assert fulfil.to_hand_over(world.ctx, COMMUNITY.id) == ()
    level = world.store.stock.level(COMMUNITY.id, "TEA-50")
    assert (level.on_hand, level.reserved) == (8, 0)
    because = {entry.because for entry in world.store.log.recent_entries(COMMUNITY.id)}
    assert {"seller_packed", "seller_ready"} <= because
    (opening,) = world.store.openings.of_order(COMMUNITY.id, world.shop, order_id)
    assert opening.person == "somsri@example.test"


def test_an_unpaid_order_is_not_to_be_packed(world):
    """It holds its units, and stands in nobody's way."""
    ordered(world, paid=False)
    assert world.store.stock.level(COMMUNITY.id, "TEA-50").reserved == 2
    assert fulfil.to_hand_over(world.ctx, COMMUNITY.id) == ()


def test_a_second_pack_makes_no_second_parcel(world):
    """Pressed twice, at once and later: the same parcel."""
    order_id = ordered(world)
    chosen = choice(world, order_id)
    first = packed(world, order_id)
    assert [one.package_id for one in fulfil.pack(world.ctx, world.shop, order_id, chosen)] == [
        one.package_id for one in first
    ]
    settle(world)
    fulfil.pack(world.ctx, world.shop, order_id, chosen)
    assert len(shown(world, order_id)) == 1
    assert world.sim(world.channel, "state")["calls"][PACK[world.channel]] == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(world, kind):
    """Packed or not, nobody knows: the shop is looked at, and one parcel stands in the end, never two."""
    order_id = ordered(world)
    chosen = choice(world, order_id)
    world.fault(world.channel, kind, PACK[world.channel])
    lost = True
    for _ in range(6):
        try:
            fulfil.pack(world.ctx, world.shop, order_id, chosen, person="สมศรี")
            break
        except OutcomeUnknownError:
            assert lost, "sent once more although the outcome was unknown"
            lost = False
        except TransientError as error:
            world.move(error.retry_after_s or 5)
    settle(world)
    (parcel,) = fulfil.track(world.ctx, world.shop, order_id)
    assert parcel.state in PACKED_STATES
    assert len(shown(world, order_id)) == 1


def test_two_people_pack_at_once(world):
    """While one step is on its way the other waits, and then finds the parcel."""
    order_id = ordered(world)
    chosen = choice(world, order_id)
    assert world.store.parcels.begin(world.shop, order_id, 60)
    with pytest.raises(TransientError) as busy:
        fulfil.pack(world.ctx, world.shop, order_id, chosen)
    assert busy.value.retry_after_s > 0
    assert all(parcel.state is ParcelState.TO_ARRANGE for parcel in shown(world, order_id))
    world.move(61)
    assert fulfil.pack(world.ctx, world.shop, order_id, chosen)


def test_a_choice_that_is_gone_is_refused_before_anything_is_sent(world):
    """And the next try may begin at once."""
    order_id = ordered(world)
    with pytest.raises(StaleError):
        fulfil.pack(world.ctx, world.shop, order_id, "pickup:0:yesterday")
    assert packed(world, order_id)


def test_the_deadline_is_the_channels_and_else_the_communitys(world):
    """Both practice marketplaces name one; without it the community's hours count, nearest first."""
    order_id = ordered(world)
    (waiting,) = fulfil.to_hand_over(world.ctx, COMMUNITY.id)
    assert waiting.by_channel
    assert waiting.order.created_at < waiting.hand_over_by
    assert not waiting.is_late(world.clock())
    assert waiting.is_late(waiting.hand_over_by + timedelta(seconds=1))
    order = world.store.orders.get(world.shop, order_id)
    assert waiting.hand_over_by == order.ship_by


def test_the_seller_cancels_and_the_units_are_free(world):
    """With a reason the channel offers, once; the log names it."""
    order_id = ordered(world)
    plain = next(one for one in cancel.reasons(world.ctx, world.shop, order_id) if not one.zeroes_stock)
    told = cancel.cancel(world.ctx, world.shop, order_id, plain.id, person="สมศรี")
    assert told.state is EntryState.ACCEPTED
    settle(world)
    fulfil.track(world.ctx, world.shop, order_id)
    assert states(world, order_id) == {OrderState.CANCELLED}
    level = world.store.stock.level(COMMUNITY.id, "TEA-50")
    assert (level.on_hand, level.reserved) == (10, 0)
    with pytest.raises(StaleError):
        cancel.cancel(world.ctx, world.shop, order_id, plain.id)


def test_a_cancel_without_an_answer_is_settled_by_looking(world):
    """It worked: that is seen in the shop, not guessed."""
    order_id = ordered(world)
    plain = next(one for one in cancel.reasons(world.ctx, world.shop, order_id) if not one.zeroes_stock)
    world.fault(world.channel, "drop_after", CANCEL[world.channel])
    told = cancel.cancel(world.ctx, world.shop, order_id, plain.id)
    settle(world)
    assert told.state in (EntryState.ACCEPTED, EntryState.UNKNOWN)
    fulfil.track(world.ctx, world.shop, order_id)
    assert states(world, order_id) == {OrderState.CANCELLED}


@pytest.mark.parametrize("agree", [True, False])
def test_a_buyers_wish_to_cancel_is_a_fact_and_is_answered(world, agree):
    """It is seen with the order; agreed, the units are free; refused, the order is to be packed as before."""
    order_id = ordered(world)
    if world.channel == "lazada":
        world.sim("lazada", f"orders/{order_id}/ask_cancel", {})
    else:
        world.sim("shopee", f"orders/{order_id}/advance", {"to": "IN_CANCEL"})
    take_orders.hear(world.ctx, world.shop, [order_id])
    assert world.store.orders.get(world.shop, order_id).cancel_asked
    assert world.store.stock.level(COMMUNITY.id, "TEA-50").reserved == 2
    told = cancel.answer_cancellation(world.ctx, world.shop, order_id, agree=agree, person="สมศรี")
    assert told.state is EntryState.ACCEPTED
    settle(world)
    take_orders.hear(world.ctx, world.shop, [order_id])
    assert states(world, order_id) == {OrderState.CANCELLED if agree else OrderState.TO_PACK}
    assert not world.store.orders.get(world.shop, order_id).cancel_asked
    assert world.store.stock.level(COMMUNITY.id, "TEA-50").reserved == (0 if agree else 2)


def test_an_unknown_order_is_said(world):
    """Nobody packs what is not there."""
    with pytest.raises((NotFoundError, StaleError)):
        fulfil.pack(world.ctx, world.shop, "999999999999999", "any")

"""Returns: a fact of their own with a clock of its own; goods come back only when a person counts them in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from chalicelib.domain.errors import StaleError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import OrderState
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState, merged_return
from chalicelib.domain.stock import StockError
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import messages, returns
from tests.world import COMMUNITY, a_product, a_world

DELIVERED = {"lazada": "delivered", "shopee": "TO_CONFIRM_RECEIVE"}
OTHER = {"lazada": "shopee", "shopee": "lazada"}
NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@pytest.fixture(params=("lazada", "shopee"))
def world(request):
    with a_world() as made:
        made.channel, made.shop = request.param, made.shops[request.param].id
        a_product(made)
        made.publish_all()
        yield made


def poll(world) -> None:
    world.move(700)
    world.queues.send("urgent", [messages.poll_orders(world.shop)])
    world.drain()


def asked_back(world, quantity: int = 2) -> SimpleNamespace:
    """An order that arrived, of which the buyer wants to give one unit back."""
    order_id = world.buy(world.channel, "TEA-50", quantity)
    poll(world)
    world.sim(world.channel, f"orders/{order_id}/advance", {"to": DELIVERED[world.channel]})
    poll(world)
    if world.channel == "lazada":
        world.sim("lazada", f"orders/{order_id}/return", {})
    else:
        lines = [{"seller_sku": "TEA-50", "quantity": 1}]
        world.sim("shopee", "returns", {"order_id": order_id, "lines": lines})
    poll(world)
    (found,) = world.store.returns.of_order(world.shop, order_id)
    return SimpleNamespace(order=order_id, id=found.return_id, line=found.lines[0].line_id, found=found)


def on_hand(world) -> int:
    return world.store.stock.level(COMMUNITY.id, "TEA-50").on_hand


def test_a_return_is_heard_and_waits_for_an_answer(world):
    """Found by the poll, with the seller's deadline; the order stays delivered, the shelf as it was."""
    back = asked_back(world)
    assert back.found.state is ReturnState.ASKED
    assert returns.waiting(world.ctx, world.shop) == (back.found,)
    assert returns.wants(back.found) == "answer"
    order = world.store.orders.get(world.shop, back.order)
    assert {line.state for line in order.lines} <= {OrderState.DELIVERED, OrderState.RETURNING}
    assert on_hand(world) == 8


def test_goods_come_back_when_they_are_counted_in(world):
    """By one person, once, no more than were sold; every shop then shows them."""
    back = asked_back(world)
    before = on_hand(world)
    counted = returns.count_in(world.ctx, world.shop, back.id, back.line, 1, "สมศรี")
    assert [(one.quantity, one.person) for one in counted.counted_in] == [(1, "สมศรี")]
    assert on_hand(world) == before + 1
    left = counted.left_to_count(back.line)
    with pytest.raises(StockError):
        returns.count_in(world.ctx, world.shop, back.id, back.line, left + 1, "สมศรี")
    world.drain()
    assert world.offers(OTHER[world.channel])["TEA-50"]["stock"] == before + 1
    poll(world)
    (found,) = world.store.returns.of_order(world.shop, back.order)
    assert found.counted_in == counted.counted_in
    assert on_hand(world) == before + 1


def test_the_seller_agrees_and_the_return_moves_on(world):
    """The answer is in the log, the return is read again; its goods are still not on the shelf."""
    back = asked_back(world)
    before = on_hand(world)
    told = returns.answer(world.ctx, world.shop, back.id, agree=True, person="สมศรี")
    assert told.state is EntryState.ACCEPTED
    now = world.store.returns.get(world.shop, back.id)
    assert now.state is not ReturnState.ASKED
    assert on_hand(world) == before
    assert any(one.because == "seller_answered_return" for one in world.store.log.recent_entries(COMMUNITY.id))


@pytest.mark.parametrize("world", ["lazada"], indirect=True)  # Shopee shows such a parcel as a return
def test_a_parcel_nobody_took_is_counted_in_too(world):
    """No buyer asked, so no return names it: the order's own line does, once and never twice."""
    order_id = world.buy("lazada", "TEA-50", 2)
    poll(world)
    line = world.store.orders.get(world.shop, order_id).lines[0].line_id
    with pytest.raises(StaleError):
        returns.count_in_undelivered(world.ctx, world.shop, order_id, line, 1)
    for status in ("shipped", "failed"):
        world.sim("lazada", f"orders/{order_id}/advance", {"to": status})
    poll(world)
    assert on_hand(world) == 8
    made = returns.count_in_undelivered(world.ctx, world.shop, order_id, line, 1, "สมศรี")
    assert made.counted_in[0].person == "สมศรี"
    assert on_hand(world) == 9
    with pytest.raises((StockError, StaleError)):
        returns.count_in_undelivered(world.ctx, world.shop, order_id, line, 1)
    assert on_hand(world) == 9


def a_return(state: ReturnState, minutes: int) -> Return:
    line = ReturnLine("l", "TEA", 2, Money(100))
    at = NOON + timedelta(minutes=minutes)
    return Return("s", "r", "o", ReturnKind.GOODS_AND_MONEY, state, (line,), "", NOON, at)


def test_a_returns_own_clock_decides():
    """Late news never moves it back, and news of the same moment only forward."""
    asked, agreed = a_return(ReturnState.ASKED, 0), a_return(ReturnState.AGREED, 5)
    refunded = a_return(ReturnState.REFUNDED, 9)
    assert merged_return(asked, None) == asked
    assert merged_return(asked, agreed) == agreed
    assert merged_return(a_return(ReturnState.ASKED, 5), agreed) == agreed
    assert merged_return(refunded, agreed) == refunded
    assert merged_return(agreed, refunded) == refunded

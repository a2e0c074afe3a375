"""Goods that come back by ways no return names, and what an erased buyer wrote: it stays away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.catalogue import Kind, Product, Size, Variant
from chalicelib.domain.errors import StaleError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Buyer, Order, OrderLine, OrderState
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState
from chalicelib.domain.shops import Shop
from chalicelib.domain.stock import StockError
from chalicelib.sync import returns, take_orders
from tests.properties.order_source import OrderSource, a_context

NOW = datetime(2026, 11, 9, 20, tzinfo=UTC)
SHOP = Shop("village-shopee", "village", "shopee", "1", "app")
PACKED, HANDED_OVER, CANCELLED = OrderState.PACKED, OrderState.HANDED_OVER, OrderState.CANCELLED


@pytest.fixture
def ctx():
    made = a_context(OrderSource(), SHOP, lambda: NOW)
    for sku in ("BOX", "TEA"):
        size, variant = Size(1, 1, 1, 1), Variant(sku, Money(8900))
        made.store.catalogues.save(Product("village", sku, Kind.SNACK, sku, "", "", "", "m", size, (variant,)), 0)
        made.store.stock.count("village", sku, 5, movement_id=f"c-{sku}", because="counted", at=NOW)
    return made


def heard(ctx, *states: OrderState, **facts) -> None:
    line = replace(OrderLine("1", "BOX", 2, states[0], Money(8900), Money(17800)), **facts)
    for hours, state in enumerate(states):
        now = replace(line, state=state)
        moved = NOW + timedelta(hours=hours + 1)
        take_orders.take_all(ctx, SHOP, [Order(SHOP.id, "1", NOW, moved, (now,), line.paid, Buyer("นภา"))])


def on_hand(ctx, sku: str = "BOX") -> int:
    return ctx.store.stock.level("village", sku).on_hand


def test_a_parcel_that_its_channel_cancelled_on_the_way_is_counted_in(ctx):
    """Shopee ends so what nobody took: its units are off the shelf until somebody has them in hand, and never twice."""
    heard(ctx, PACKED, HANDED_OVER, CANCELLED)
    assert on_hand(ctx) == 3
    made = returns.count_in_undelivered(ctx, SHOP.id, "1", "1", 2, "สมศรี")
    assert [(one.line_id, one.quantity) for one in made.lines] == [("1", 2)]
    assert on_hand(ctx) == 5
    with pytest.raises((StockError, StaleError)):
        returns.count_in_undelivered(ctx, SHOP.id, "1", "1", 1)


def test_what_was_cancelled_on_the_shelf_is_not_counted_in(ctx):
    """Its units never left."""
    heard(ctx, PACKED, CANCELLED)
    assert ctx.store.stock.level("village", "BOX").reserved == 0
    with pytest.raises(StaleError):
        returns.count_in_undelivered(ctx, SHOP.id, "1", "1", 1)


def test_a_box_that_became_a_set_comes_back_as_the_box_it_was(ctx):
    """Its parts lie where they lay."""
    heard(ctx, OrderState.TO_PACK, HANDED_OVER)
    known = ctx.store.catalogues.product("village", "BOX")
    ctx.store.catalogues.save(
        replace(known, variants=(replace(known.variants[0], components=(("TEA", 1),)),)), known.version
    )
    heard(ctx, OrderState.TO_PACK, HANDED_OVER, OrderState.RETURNING)
    returns.count_in_undelivered(ctx, SHOP.id, "1", "1", 1)
    assert (on_hand(ctx, "BOX"), on_hand(ctx, "TEA")) == (4, 5)


def a_return(state: ReturnState = ReturnState.ASKED, hours: int = 0) -> Return:
    line = ReturnLine("1", "BOX", 1, Money(8900))
    at = NOW + timedelta(hours=hours)
    kind = ReturnKind.GOODS_AND_MONEY
    return Return(SHOP.id, "R", "1", kind, state, (line,), "ผมชื่อนภา ของแตก", at, at, tracking_number="TH1")


def test_what_an_erased_buyer_wrote_does_not_come_with_a_return_heard_later(ctx):
    """Nor with the next news of it; what the return is about is kept."""
    heard(ctx, PACKED, HANDED_OVER)
    ctx.store.orders.erase_buyer("village", ctx.store.orders.get(SHOP.id, "1"))
    assert returns.take_all(ctx, SHOP, [a_return()]) == 1
    kept = ctx.store.returns.get(SHOP.id, "R")
    assert (kept.reason, kept.tracking_number, kept.buyer_gone) == ("", "", True)
    assert returns.take_all(ctx, SHOP, [a_return()]) == 0
    assert returns.take_all(ctx, SHOP, [a_return(ReturnState.RECEIVED, 1)]) == 1
    later = ctx.store.returns.get(SHOP.id, "R")
    assert (later.state, later.reason, later.lines) == (ReturnState.RECEIVED, "", a_return().lines)


def test_what_other_buyers_wrote_is_kept(ctx):
    """Why goods come back is what the seller answers to."""
    heard(ctx, PACKED, HANDED_OVER)
    returns.take_all(ctx, SHOP, [a_return()])
    assert ctx.store.returns.get(SHOP.id, "R").tracking_number == "TH1"


def test_two_returns_of_an_item_in_two_lines_are_both_counted_in(ctx):
    """Both name the first line, for Shopee tells the item: two pieces were sold, so two come back and no third."""
    lines = tuple(
        OrderLine(name, "BOX", 1, HANDED_OVER, Money(8900), Money(8900), "item", "model") for name in ("1", "2")
    )
    take_orders.take_all(ctx, SHOP, [Order(SHOP.id, "1", NOW, NOW, lines, Money(17800))])
    assert on_hand(ctx) == 3
    asked = [replace(a_return(ReturnState.REFUNDED), return_id=name) for name in ("R1", "R2", "R3")]
    returns.take_all(ctx, SHOP, [*asked, replace(a_return(ReturnState.CANCELLED), return_id="R0")])
    returns.count_in(ctx, SHOP.id, "R1", "1", 1)
    with pytest.raises(StockError):
        returns.count_in(ctx, SHOP.id, "R0", "1", 1)
    returns.count_in(ctx, SHOP.id, "R2", "1", 1)
    with pytest.raises(StockError):
        returns.count_in(ctx, SHOP.id, "R3", "1", 1)
    assert on_hand(ctx) == 5

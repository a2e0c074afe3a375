"""What a line keeps of the moment it was first taken, and how far it may move."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.balance import order_differences
from chalicelib.domain.catalogue import Kind, Product, Size, Variant
from chalicelib.domain.fulfilment import merged, with_makers, with_recipes
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState

AT = datetime(2026, 11, 9, 20, tzinfo=UTC)
HANDED_OVER, RETURNING = OrderState.HANDED_OVER, OrderState.RETURNING
DELIVERED, COMPLETED, CANCELLED = OrderState.DELIVERED, OrderState.COMPLETED, OrderState.CANCELLED
PARTS = (("SOAP", 1), ("TEA", 1))


def an_order(state: OrderState, days: float = 0, **facts) -> Order:
    line = replace(OrderLine("1", "BOX", 2, state, Money(8900), Money(17800)), **facts)
    return Order("s", "1", AT, AT + timedelta(days=days), (line,), Money(17800))


def after(*heard: Order) -> OrderLine:
    known = None
    for one in heard:
        known = merged(one, known)
    return known.lines[0]


@pytest.mark.parametrize("end", [DELIVERED, COMPLETED])
def test_an_order_goes_on_when_its_return_is_over(end):
    """A withdrawn return leaves the goods with the buyer; the night agrees."""
    news = an_order(end, 2)
    assert after(an_order(HANDED_OVER), an_order(RETURNING, 1), news).state is end
    kept = merged(news, merged(an_order(RETURNING, 1), None))
    assert list(order_differences(news, kept)) == []
    assert [one.cause for one in order_differences(news, an_order(RETURNING, 1))] == ["state_differs"]


@pytest.mark.parametrize("end", [DELIVERED, COMPLETED])
def test_late_news_moves_no_order_back_into_or_out_of_a_return(end):
    """In whatever order the two are heard, the newer holds; of one moment, the coming back does."""
    assert after(an_order(RETURNING, 2), an_order(end, 1)).state is RETURNING
    assert after(an_order(end, 2), an_order(RETURNING, 1)).state is end
    assert after(an_order(end, 1), an_order(RETURNING, 2)).state is RETURNING
    assert after(an_order(RETURNING, 1), an_order(end, 1)).state is RETURNING
    assert after(an_order(end, 1), an_order(RETURNING, 1)).state is RETURNING


def test_a_line_that_was_kept_as_coming_back_for_ever_goes_on():
    """Its row knows the channel's word already, by an older rule; the night says so, and the same news mends it."""
    news = an_order(COMPLETED, 2, channel_state="COMPLETED")
    kept = an_order(RETURNING, 2, channel_state="COMPLETED")
    assert [one.cause for one in order_differences(news, kept)] == ["state_differs"]
    assert merged(news, kept).lines[0].state is COMPLETED
    assert merged(an_order(COMPLETED, 2), an_order(RETURNING, 2)).lines[0].state is RETURNING


@pytest.mark.parametrize("state", [OrderState.PACKED, HANDED_OVER])
def test_nothing_is_packed_or_sent_again_after_a_return(state):
    """Also not by newer news."""
    assert after(an_order(RETURNING, 1), an_order(state, 2)).state is RETURNING


@pytest.mark.parametrize("state", [HANDED_OVER, DELIVERED, RETURNING])
def test_a_line_cancelled_after_it_left_says_so_for_good(state):
    """Its goods may come back; one cancelled on the shelf has nothing to come back."""
    left = after(an_order(state), an_order(CANCELLED, 1), an_order(CANCELLED, 2))
    assert (left.state, left.had_left) == (CANCELLED, True)
    assert not after(an_order(OrderState.PACKED), an_order(CANCELLED, 1)).had_left
    assert not after(an_order(CANCELLED, 1), an_order(HANDED_OVER)).had_left


def test_a_plain_sku_that_left_stays_plain():
    """What was shipped as one box is no set of soap and tea, whatever the box becomes later."""
    known, news = an_order(HANDED_OVER), an_order(RETURNING, 1)
    assert with_recipes(merged(news, known), known, {"BOX": PARTS}).lines[0].recipe == ()


def test_a_line_that_is_held_stays_what_it_was_held_as():
    """Its reservation is one of boxes; so it is when it leaves, and nothing is held for it any more."""
    known = an_order(OrderState.TO_PACK, held=2)
    gone = an_order(HANDED_OVER, 1)
    assert with_recipes(merged(gone, known), known, {"BOX": PARTS}).lines[0].recipe == ()


def test_a_line_that_is_new_or_open_and_unheld_is_what_the_catalogue_says():
    """Nothing of it has moved yet."""
    known, gone = an_order(OrderState.TO_PACK), an_order(HANDED_OVER, 1)
    assert with_recipes(gone, None, {"BOX": PARTS}).lines[0].recipe == PARTS
    assert with_recipes(merged(gone, known), known, {"BOX": PARTS}).lines[0].recipe == PARTS


def a_product(sku: str, maker: str, price: int = 100, parts=()) -> Product:
    return Product(
        "c", sku, Kind.SNACK, sku, "", "", "", maker, Size(1, 1, 1, 1), (Variant(sku, Money(price), components=parts),)
    )


def test_a_line_keeps_its_maker():
    """Whoever makes it later; a line nobody knew gets its makers when its SKU is known."""
    order = an_order(OrderState.TO_PACK)
    assert with_makers(order, {}).lines[0].makers == ()
    first = with_makers(order, {"BOX": a_product("BOX", "m1")})
    assert first.lines[0].makers == (("m1", 1),)
    assert with_makers(first, {"BOX": a_product("BOX", "m2")}) == first
    assert merged(an_order(HANDED_OVER, 1), first).lines[0].makers == (("m1", 1),)


def test_a_bundle_keeps_the_weights_of_its_makers():
    """By the prices and the recipe it was sold with."""
    products = {"BOX": a_product("BOX", "m1", parts=PARTS), "SOAP": a_product("SOAP", "m2", 300)}
    products["TEA"] = a_product("TEA", "m3", 100)
    order = with_recipes(an_order(OrderState.TO_PACK), None, {"BOX": PARTS})
    assert with_makers(order, products).lines[0].makers == (("m2", 300), ("m3", 100))

"""Laws of two shops that share one shelf: whatever happens in whatever order, they come to rest without overselling."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import MarketplaceError
from chalicelib.domain.stock import sellable
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync import messages, publish
from tests.properties.bazaar import Square
from tests.properties.laws import fewer, open_units

NAMES = ("test-bazaar", "test-market")
SKUS = ("TEA-50", "SOAP")
shops, skus, few_units = st.sampled_from(NAMES), st.sampled_from(SKUS), st.integers(1, 3)
happenings = st.one_of(
    st.tuples(st.just("buy"), shops, skus, few_units),
    st.tuples(st.just("push"), shops, skus, few_units),
    st.tuples(st.just("count"), shops, skus, st.integers(0, 9)),
    st.tuples(st.just("poll"), shops, skus, few_units),
    st.tuples(st.just("look"), shops, skus, few_units),
    st.tuples(st.just("sweep"), shops, skus, few_units),
    st.tuples(st.just("work"), shops, skus, few_units),
    st.tuples(st.just("lose"), shops, skus, few_units),
)


def _happens(square, what, shop, sku, units) -> None:
    market = square.markets[shop]
    if what in ("buy", "push") and market.shown()[sku][1] >= units:
        order = market.buy(sku, units)
        if what == "push":
            square.send("urgent", [messages.look_at_orders(shop, [order.order_id])] * units)
    elif what == "count":
        # Nobody counts fewer pieces than lie packed for open orders.
        square.count(sku, units + square.store.stock.level("test", sku).reserved)
        square.send("urgent", [messages.look_at_offers(name, [sku]) for name in NAMES])
    elif what == "poll":
        square.send("urgent", [messages.poll_orders(shop)])
    elif what == "look":
        square.send("urgent", [messages.look_at_offers(shop, [sku])])
    elif what == "sweep":
        square.send("bulk", [messages.publish_shop(shop, "sweep")])
    elif what == "lose" and square.sent:
        square.sent.pop()
    elif what == "work" and square.sent:
        lane, body, _ = square.sent.pop(units % len(square.sent))
        work(square.ctx, lane, Message.model_validate(body))


def _at_rest(square) -> None:
    """Messages that were lost are made up for by the poll and the sweep."""
    for _ in range(2):
        square.clock.now += timedelta(hours=1)
        for name in NAMES:
            square.send("urgent", [messages.poll_orders(name)])
        square.drain()
        for name in NAMES:
            square.send("bulk", [messages.publish_shop(name, "sweep")])
        square.drain()


@fewer
@given(st.lists(happenings, max_size=20), st.integers(0, 12))
def test_two_shops_come_to_rest_at_what_is_left(story, start):
    """Sales, pushes twice or never, polls, counts, looks, messages lost or reordered: at the end every order is ours
    once, the ledger adds up, and the shops show what is left; of the last pieces, together no more than there are."""
    square = Square(NAMES)
    for sku in SKUS:
        square.sell(sku, start)
    for name in NAMES:
        publish.publish(square.ctx, name)
    for happening in story:
        _happens(square, *happening)
    _at_rest(square)
    for sku in SKUS:
        sold = [order for market in square.markets.values() for order in market.sold]
        kept = {name: square.store.orders.many(name, [o.order_id for o in sold]) for name in NAMES}
        assert sum(map(len, kept.values())) == len(sold)
        level = square.store.stock.level("test", sku)
        assert level.reserved == open_units(sold, sku)
        left = sellable(level.on_hand, level.reserved, 0)
        shown = [market.shown()[sku][1] for market in square.markets.values()]
        if left < square.ctx.policy.split_below:
            assert sum(shown) == left
        else:
            assert shown == [left, left]


faults = st.lists(st.sampled_from(("", "down", "lost", "unanswered", "ignored", "refused", "stale")), max_size=8)


@fewer
@given(st.lists(happenings, max_size=10), faults)
def test_and_so_they_do_after_a_storm(story, kinds):
    """The same with stock and price writes that fail, get lost or go unanswered on the way."""
    square = Square(NAMES)
    for sku in SKUS:
        square.sell(sku, 6)
    for name in NAMES:
        publish.publish(square.ctx, name)
    left = list(kinds)
    for market in square.markets.values():
        market.fault = lambda call: left.pop() if left and call.startswith("set_") else ""
    for happening in story:
        try:
            _happens(square, *happening)
        except MarketplaceError:
            continue
    left.clear()
    _at_rest(square)
    for sku in SKUS:
        level = square.store.stock.level("test", sku)
        shown = [market.shown()[sku][1] for market in square.markets.values()]
        units = sellable(level.on_hand, level.reserved, 0)
        assert sum(shown) == units if units < square.ctx.policy.split_below else shown == [units, units]

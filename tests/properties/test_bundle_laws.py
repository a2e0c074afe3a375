"""Laws of bundles and rules: pieces are promised once, reservations move components, second plans are empty."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.bundles import BundleError, numbers
from chalicelib.domain.catalogue import Variant
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.policy import CommunityPolicy, StockMode
from chalicelib.domain.ports import Outcome
from chalicelib.domain.stock import PushRule, sellable
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import edit_rules, messages, publish, take_orders
from tests.properties.bazaar import Square
from tests.properties.laws import NOW, few, fewer
from tests.properties.test_stock_laws import rules

NAMES = ("test-bazaar", "test-market")
PLAIN = ("CUP", "TEA")
RECIPES = {"GIFT": (("CUP", 1), ("TEA", 2)), "PAIR": (("TEA", 2),)}
few_units = st.integers(0, 9)
policies = st.builds(CommunityPolicy, st.sampled_from(StockMode), st.integers(0, 6))


def _square(cup: int, tea: int, policy: CommunityPolicy | None = None) -> Square:
    square = Square(NAMES)
    square.sell("CUP", cup)
    square.sell("TEA", tea)
    for sku, recipe in RECIPES.items():
        square.sell(sku, 0, variants=(Variant(sku, Money(19900), components=recipe),))
    if policy:
        square.store.policies.save("test", policy)
    return square


def _at_rest(square: Square) -> None:
    for _ in range(2):
        square.clock.now += timedelta(hours=1)
        for name in NAMES:
            square.send("urgent", [messages.poll_orders(name)])
            square.send("bulk", [messages.publish_shop(name, "sweep")])
        square.drain()


def _pieces_shown(square: Square, sku: str) -> int:
    """Pieces of a plain SKU that buyers could order now: as itself and inside bundles, in every shop."""
    shown = [market.shown() for market in square.markets.values()]
    own = sum(shop[sku][1] for shop in shown)
    return own + sum(shop[b][1] * dict(r).get(sku, 0) for shop in shown for b, r in RECIPES.items())


def _sellable(square: Square, sku: str) -> int:
    level = square.store.stock.level("test", sku)
    return sellable(level.on_hand, level.reserved, 0)


@few
@given(few_units, few_units, policies)
def test_while_a_component_is_scarce_its_offers_never_promise_more_than_there_is(cup, tea, policy):
    """Its own offer and every bundle made of it together; a bundle never shows more than a component allows."""
    there = {"CUP": cup, "TEA": tea}
    users = {"CUP": ["GIFT"], "TEA": ["GIFT", "PAIR"]}
    found = numbers(there, RECIPES, users, policy.is_scarce)
    assert all(units >= 0 for units in found.values())
    for sku, units in there.items():
        promised = sum(found[bundle] * dict(recipe).get(sku, 0) for bundle, recipe in RECIPES.items())
        if policy.is_scarce(units):
            assert found[sku] + promised == units
        assert all(found[bundle] * dict(RECIPES[bundle])[sku] <= units for bundle in users[sku])


@fewer
@given(few_units, few_units, st.dictionaries(st.sampled_from((*PLAIN, *RECIPES, "")), rules, max_size=3), policies)
def test_split_with_rules_and_bundles_never_shows_more_pieces_than_are_sellable(cup, tea, some, policy):
    """In split mode, whatever rules one shop has; in any mode the second plan is empty and frozen is never above."""
    square = _square(cup, tea, policy)
    edit_rules.set_rules(square.store, square, NAMES[0], some)
    _at_rest(square)
    for sku in PLAIN:
        if policy.is_scarce(_sellable(square, sku)):
            assert _pieces_shown(square, sku) <= _sellable(square, sku)
    for name in NAMES:
        assert publish.preview(square.ctx, name).is_empty
    frozen = {sku: rule.frozen_at for sku, rule in some.items() if rule.frozen_at is not None and sku}
    for sku, units in frozen.items():
        assert square.markets[NAMES[0]].shown()[sku][1] <= units


ends = st.sampled_from(((), (OrderState.CANCELLED,), (OrderState.HANDED_OVER,)))


@fewer
@given(
    st.lists(st.tuples(st.sampled_from((*PLAIN, *RECIPES)), st.integers(1, 2), ends), min_size=1, max_size=3),
    st.data(),
)
def test_bundle_reservations_conserve_component_stock_in_any_order_of_events(lives, data):
    """Told in any order and more than once, the ledger of each component adds up, and a bundle has none."""
    square = _square(40, 40)
    shop = square.store.shops.get(NAMES[0])
    told = [
        Order(shop.id, str(number), NOW, NOW + timedelta(minutes=minute), (_line(sku, units, state),), Money(1))
        for number, (sku, units, end) in enumerate(lives)
        for minute, state in enumerate((OrderState.TO_PACK, *end))
    ]
    for order in data.draw(st.permutations([*told, *told[:2]])):
        take_orders.take(square.ctx, shop, order)
    for sku in PLAIN:
        level, moves = square.store.stock.level("test", sku), square.store.stock.movements("test", sku, 100)
        assert level.on_hand == sum(move.on_hand for move in moves)
        held = [(line, dict(line.recipe or ((line.seller_sku, 1),))) for line in _lines(square, shop.id)]
        assert level.reserved == sum(line.held * each.get(sku, 0) for line, each in held)
        gone = sum(line.quantity * each.get(sku, 0) for line, each in held if line.state is OrderState.HANDED_OVER)
        assert level.on_hand == 40 - gone
    for sku in RECIPES:
        assert square.store.stock.level("test", sku).reserved == square.store.stock.level("test", sku).on_hand == 0


def _line(sku: str, units: int, state: OrderState) -> OrderLine:
    return OrderLine("1", sku, units, state, Money(1), Money(1))


def _lines(square: Square, shop: str) -> list[OrderLine]:
    return [line for order in square.store.orders.latest(shop, 50) for line in order.lines]


def test_a_bundle_sold_lowers_its_components_and_its_neighbours_everywhere():
    """Also in the shop that sold it: the channel lowered the bundle alone."""
    square = _square(10, 10)
    _at_rest(square)
    order = square.markets[NAMES[0]].buy("GIFT", 2)
    square.send("urgent", [messages.look_at_orders(NAMES[0], [order.order_id])])
    square.drain()
    for market in square.markets.values():
        shown = {sku: row[1] for sku, row in market.shown().items()}
        assert (shown["CUP"], shown["TEA"]) == (8, 6)
    for bundle in RECIPES:
        # Three sets are left of six pieces of tea: so few are split between the shops.
        assert sum(market.shown()[bundle][1] for market in square.markets.values()) == 3


def test_the_pieces_of_a_bundle_come_back_as_they_were_held():
    """Its recipe may change while an order is open."""
    square = _square(10, 10)
    shop = square.store.shops.get(NAMES[0])
    told = Order(shop.id, "1", NOW, NOW, (_line("GIFT", 2, OrderState.TO_PACK),), Money(1))
    take_orders.take(square.ctx, shop, told)
    gift = square.store.catalogues.product("test", "GIFT")
    square.edit(gift, variants=(Variant("GIFT", Money(19900), components=(("CUP", 3),)),))
    ended = Order(shop.id, "1", NOW, NOW + timedelta(1), (_line("GIFT", 2, OrderState.CANCELLED),), Money(1))
    take_orders.take(square.ctx, shop, ended)
    assert {sku: square.store.stock.level("test", sku).reserved for sku in PLAIN} == {"CUP": 0, "TEA": 0}


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        ((("GIFT", 1),), "GIFT is a bundle and a component of NEW"),
        ((("NEW", 1),), "NEW cannot be a component of itself"),
        ((("NOWHERE", 1),), "no such SKU to make a bundle of: NOWHERE"),
        ((("TEA", 0),), "NEW holds 0 of TEA"),
        ((("TEA", 1), ("TEA", 2)), "NEW names a component twice"),
    ],
)
def test_bundles_of_bundles_and_cycles_are_refused_in_words(recipe, says):
    """Nothing is saved."""
    square = _square(1, 1)
    with pytest.raises(BundleError, match=says):
        square.sell("NEW", 0, variants=(Variant("NEW", Money(100), components=recipe),))
    assert square.store.catalogues.products_of("test", ["NEW"]) == ()


def test_a_component_cannot_become_a_bundle_nor_leave_while_it_is_needed():
    """The message names the bundles that need it."""
    square = _square(1, 1)
    tea = square.store.catalogues.product("test", "TEA")
    with pytest.raises(BundleError, match="TEA is a bundle and a component of GIFT, PAIR"):
        square.edit(tea, variants=(Variant("TEA", Money(100), components=(("CUP", 1),)),))
    with pytest.raises(BundleError, match="TEA is a component of GIFT, PAIR"):
        square.edit(tea, variants=(Variant("TEA-NEW", Money(100)),))


def test_a_rule_of_one_shop_narrows_it_and_its_arithmetic_is_in_the_log():
    """Half of what is sellable; the entry keeps the facts of then."""
    square = _square(20, 20)
    _at_rest(square)
    edit_rules.set_rules(square.store, square, NAMES[0], {"TEA": PushRule(share_percent=50)})
    square.drain()
    assert [market.shown()["TEA"][1] for market in square.markets.values()] == [10, 20]
    entry = [one for one in square.entries() if one.seller_sku == "TEA" and one.field == "stock"][-1]
    assert entry.why == (
        "on_hand 20",
        "reserved 0",
        "buffer 0",
        "promotion 0",
        "sellable 20",
        "share_percent 50",
        "due 10",
    )


def test_what_the_seller_keeps_is_left_alone_until_given_back():
    """Price and title as a hand wrote them; stock still follows."""
    square = _square(20, 20)
    _at_rest(square)
    edit_rules.keep_fields(square.store, square, NAMES[0], "TEA", frozenset({"price", "title"}))
    stall = next(one for one in square.markets[NAMES[0]].stalls.values() if one.code == "TEA")
    stall.title, stall.offers["TEA"][1] = "by hand", Money(7700)
    square.count("TEA", 12)
    _at_rest(square)
    assert (stall.title, stall.offers["TEA"][1:]) == ("by hand", [Money(7700), 12])
    skipped = {one.field for one in square.entries() if one.because == "seller_keeps_it"}
    assert skipped == {"price", "title"}
    edit_rules.keep_fields(square.store, square, NAMES[0], "TEA", frozenset())
    _at_rest(square)
    assert (stall.title, stall.offers["TEA"][1]) == ("TEA", Money(8900))


def test_a_policy_of_one_community_splits_at_its_own_number():
    """Ten pieces, split below eleven: each shop has a part."""
    square = _square(20, 10)
    edit_rules.set_policy(square.store, square, "test", CommunityPolicy(split_below=11))
    _at_rest(square)
    assert _pieces_shown(square, "TEA") <= 10


def test_a_price_that_a_promotion_holds_is_noted_with_its_card_and_tried_again_later():
    """Skipped, not failed; not sent with every sync; sent when the time is over."""
    square = _square(20, 20)
    _at_rest(square)
    market, asked = square.markets[NAMES[0]], []

    def refuse(targets):
        asked.extend(target.seller_sku for target in targets)
        return tuple(
            Outcome(target.seller_sku, EntryState.FAILED, error="shopee.promotion_lock", code="locked")
            for target in targets
        )

    market.set_prices = refuse
    tea = square.store.catalogues.product("test", "TEA")
    square.edit(tea, variants=(Variant("TEA", Money(9900)),))
    for _ in range(3):
        publish.publish(square.ctx, NAMES[0])
    assert asked == ["TEA"]
    noted = [one for one in square.entries() if one.field == "price" and one.state is EntryState.SKIPPED]
    assert noted[0].error == "shopee.promotion_lock"
    assert noted[-1].because == "promotion_locked"
    del market.set_prices
    square.clock.now += timedelta(hours=13)
    publish.publish(square.ctx, NAMES[0])
    assert market.shown()["TEA"][0] == Money(9900)

"""Laws of stock: levels are sums, splits are exact, the last pieces are shown once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.stock import (
    Movement,
    MovementKind,
    PushRule,
    StockError,
    StockLevel,
    allotment,
    apply,
    offered,
    raised_safely,
    sellable,
    split,
)
from chalicelib.store.build import memory_store
from tests.properties.laws import NOW, few, fewer

SHOPS = ("a", "b", "c")
units = st.integers(0, 12)
sales = st.dictionaries(st.sampled_from(SHOPS), units)
rules = st.builds(
    PushRule,
    share_percent=st.integers(0, 100),
    hold_back=st.integers(0, 3),
    minimum_to_show=st.integers(0, 3),
    cap=st.none() | units,
    frozen_at=st.none() | units,
)
per_shop = st.dictionaries(st.sampled_from(SHOPS), rules, min_size=1)
steps = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), max_size=12)


@few
@given(steps)
def test_a_level_is_the_sum_of_its_movements_and_never_negative(changes):
    """Movements that would break the ledger are refused whole; the others add up, one version each."""
    level, done = StockLevel("TEA-50"), []
    for number, (on_hand, reserved) in enumerate(changes):
        move = Movement(str(number), "TEA-50", MovementKind.ADJUST, on_hand, reserved, NOW)
        try:
            level = apply(level, move)
        except StockError:
            continue
        done.append(move)
        assert level.on_hand >= 0
        assert level.reserved >= 0
    sums = sum(move.on_hand for move in done), sum(move.reserved for move in done)
    assert (level.on_hand, level.reserved, level.version) == (*sums, len(done))


@fewer
@given(steps, st.lists(units, max_size=4))
def test_the_stored_ledger_keeps_the_same_law(changes, counts):
    """Through the store, with counts between the movements and everything sent twice."""
    stock = memory_store(lambda: NOW).stock
    for number, (on_hand, reserved) in enumerate(changes):
        move = Movement(str(number), "TEA-50", MovementKind.ADJUST, on_hand, reserved, NOW)
        for _ in range(2):
            try:
                stock.move("test", move)
            except StockError:
                continue
        if number < len(counts):
            for _ in range(2):
                stock.count("test", "TEA-50", counts[number], movement_id=f"c{number}", because="", at=NOW)
    level, ledger = stock.level("test", "TEA-50"), stock.movements("test", "TEA-50", 100)
    assert level.on_hand == sum(move.on_hand for move in ledger) >= 0
    assert level.reserved == sum(move.reserved for move in ledger) >= 0


@few
@given(units, units, units)
def test_sellable_is_never_negative_and_never_more_than_on_hand(on_hand, reserved, buffer):
    """Also when two shops sold the same last piece."""
    assert 0 <= sellable(on_hand, reserved, buffer) <= on_hand


@few
@given(units, rules)
def test_a_rule_narrows_and_never_widens(number, rule):
    """A shop never shows more than is sellable, nor less than nothing; fewer than its minimum show as zero."""
    shown = offered(number, rule)
    assert 0 <= shown <= number
    if rule.frozen_at is None and shown:
        assert shown >= max(rule.minimum_to_show, 1)
        assert rule.cap is None or shown <= rule.cap


@few
@given(units, st.lists(st.sampled_from(SHOPS), unique=True, min_size=1), sales, st.randoms(use_true_random=False))
def test_a_split_gives_away_exactly_what_is_sellable(number, shops, sold, random):
    """Shares sum to it, differ by at most one, the best seller has the most, the order of shops is irrelevant."""
    shares = split(number, shops, sold)
    assert sum(shares.values()) == number
    assert max(shares.values()) - min(shares.values()) <= 1
    assert shares[max(sorted(shops), key=lambda shop: sold.get(shop, 0))] == max(shares.values())
    mixed = list(shops)
    random.shuffle(mixed)
    assert split(number, mixed, sold) == shares


@few
@given(units, per_shop, sales, units)
def test_allotments_never_exceed_what_is_sellable(number, by_shop, sold, split_below):
    """Each shop's number stays within it; once split, so does their sum."""
    shown = allotment(number, by_shop, sold, split_below)
    assert set(shown) == set(by_shop)
    assert all(0 <= units <= number for units in shown.values())
    if number < split_below:
        assert sum(shown.values()) <= number


@st.composite
def turns(draw):
    """(shops, what each shows at first, sellable, sold lately, who takes a turn when)."""
    shops = draw(st.lists(st.sampled_from(SHOPS), unique=True, min_size=1))
    shown = {shop: draw(units) for shop in shops}
    return shops, shown, draw(units), draw(sales), draw(st.lists(st.sampled_from(shops), max_size=12))


@few
@given(turns())
def test_shops_that_take_turns_never_show_more_than_before_or_than_is_sellable(case):
    """Every turn: the sum is at most what was shown before or what is sellable. When each shop had two turns, the
    sum is exactly what is sellable, whoever came first: coming down makes room, and the second turn fills it."""
    shops, shown, number, sold, order = case
    shares = split(number, shops, sold)
    for shop in (*order, *shops, *shops):
        before = sum(shown.values())
        elsewhere = before - shown[shop]
        shown[shop] = raised_safely(shares[shop], shown[shop], number, elsewhere)
        assert sum(shown.values()) <= max(before, number)
    assert sum(shown.values()) == number
    assert shown == shares


@few
@given(turns(), st.data())
def test_sales_between_the_turns_never_bring_the_shops_above_what_is_left(case, data):
    """Once their sum has come down to what is sellable it stays there, while buyers buy and shares move."""
    shops, shown, number, sold, order = case
    shown = split(number, shops, sold)
    for shop in order:
        if shown[shop] and data.draw(st.booleans()):
            shown[shop] -= 1
            number -= 1
            sold = {**sold, shop: sold.get(shop, 0) + 1}
        turn = data.draw(st.sampled_from(shops))
        share = split(number, shops, sold)[turn]
        shown[turn] = raised_safely(share, shown[turn], number, sum(shown.values()) - shown[turn])
        assert sum(shown.values()) <= number


def test_two_shops_that_raise_on_the_same_old_numbers_can_meet():
    """What does not hold: reading and raising are two steps, and two shops may do both at once. The next look at
    either brings the sum down again; a sale in between is the price of having no lock over all shops."""
    shown, number = {"a": 1, "b": 1}, 3
    both = {
        shop: raised_safely(split(number, SHOPS[:2], {shop: 9})[shop], shown[shop], number, 1) for shop in SHOPS[:2]
    }
    assert sum(both.values()) == 4
    again = {"a": raised_safely(1, both["a"], number, both["b"]), "b": both["b"]}
    assert sum(again.values()) == 3


def test_unknown_stock_error_says_what_there_was():
    """The refusal names the SKU and both numbers."""
    with pytest.raises(StockError, match="TEA-50: on hand -1, reserved 0"):
        StockLevel("TEA-50", -1)

"""Money laws: shares, fees, commission and pledge are the payout, to the satang, whatever happened to an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.catalogue import Kind, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.settlement import FeeClass, SettlementLine
from chalicelib.domain.sharing import (
    GOODS,
    Base,
    Division,
    Share,
    ShareRule,
    Side,
    What,
    allot,
    basis_of,
    divide,
    in_force,
    percent,
)

ORDERS = 10_000
NOON = datetime(2026, 3, 31, 17, tzinfo=UTC)
names = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 10**6), min_size=1, max_size=8)


def a_product(sku: str, maker: str, price: int, parts: tuple[tuple[str, int], ...] = ()) -> Product:
    variant = Variant(sku, Money(price), components=parts)
    return Product("c", sku, Kind.HERB, sku, sku, "", "", maker, Size(1, 1, 1, 1), (variant,))


SHELF = {f"P{n}": a_product(f"P{n}", f"m{n % 5}", 990 + 1237 * n) for n in range(9)}
SHELF["SET"] = a_product("SET", "m0", 29_900, (("P1", 2), ("P2", 1), ("P7", 3)))


def an_order(draw: Random) -> Order:
    """One to five lines, vouchers off some, some cancelled, some of nobody we know."""
    lines = []
    for number in range(draw.randint(1, 5)):
        sku, units = draw.choice([*SHELF, "STRANGER"]), draw.randint(1, 4)
        price = draw.randint(1, 99_999)
        paid = max(price * units - draw.choice((0, 0, draw.randint(0, price))), 0)
        state = OrderState.CANCELLED if draw.random() < 0.08 else OrderState.COMPLETED
        lines.append(OrderLine(f"L{number}", sku, units, state, Money(price), Money(paid)))
    return Order("s", "o", NOON, NOON, tuple(lines), Money(sum(line.paid.minor for line in lines)))


def settled(draw: Random, order: Order) -> list[SettlementLine]:
    """What a channel may settle of it: by line or as a whole, refunds in part, fees and later adjustments."""
    by_line, made = draw.random() < 0.6, []

    def say(fee: FeeClass, amount: int, line_id: str = "", order_id: str = order.order_id) -> None:
        made.append(SettlementLine("s", f"n{len(made)}", NOON, fee, Money(amount), "", order_id, line_id))

    for line in order.lines:
        place = line.line_id if by_line else ""
        say(FeeClass.SALE, line.unit_price.minor * line.quantity, place)
        say(FeeClass.SELLER_DISCOUNT, line.paid.minor - line.unit_price.minor * line.quantity, place)
        say(FeeClass.COMMISSION, -percent(line.paid.minor, 535), place)
        if draw.random() < 0.15:
            say(FeeClass.REFUND, -draw.randint(0, line.paid.minor), place)
    for fee in (FeeClass.PAYMENT_FEE, FeeClass.SHIPPING_PAID_BY_BUYER, FeeClass.SHIPPING_COST, FeeClass.SERVICE_FEE):
        say(fee, draw.randint(-5_000, 3_000))
    if draw.random() < 0.3:
        say(FeeClass.PLATFORM_DISCOUNT, draw.randint(0, 4_000))
    if draw.random() < 0.2:
        say(FeeClass.ADJUSTMENT, draw.randint(-9_999, 9_999), order_id=draw.choice(("", order.order_id)))
    return made


def a_rule(draw: Random) -> ShareRule:
    commission, pledge = draw.choice((0, 300, 725, 1_000)), draw.choice((0, 100, 333))
    return ShareRule("c", date(2026, 1, 1), "p", commission, "temple", pledge, draw.choice(list(Base)))


def kept(divisions: Sequence[Division]) -> dict[str, int]:
    """Shares, fees, commission and pledge of some amounts."""
    shares = [share for one in divisions for share in one.shares]

    def of(*chosen: bool) -> int:
        return sum(share.amount.minor for share, is_it in zip(shares, chosen, strict=True) if is_it)

    return {
        "shares": of(*(one.side in (Side.MAKER, Side.COMMUNITY) and one.what is not What.FEE for one in shares)),
        "fees": of(*(one.what is What.FEE for one in shares)),
        "commission": of(*(one.side is Side.PARTNER for one in shares)),
        "pledge": of(*(one.side is Side.CAUSE for one in shares)),
    }


def test_ten_thousand_orders_come_out_to_the_satang():
    """Vouchers, partial refunds, cancelled lines and adjustments: nothing is lost and nothing invented."""
    draw = Random(20_260_331)
    for _ in range(ORDERS):
        order, rule = an_order(draw), a_rule(draw)
        lines = settled(draw, order)
        divisions = [divide(line, basis_of(line, order, SHELF, rule)) for line in lines]
        payout = sum(line.amount.minor for line in lines)
        sums = kept(divisions)

        assert sum(sums.values()) == payout
        assert sums["fees"] == sum(line.amount.minor for line in lines if line.fee not in GOODS)


def test_what_is_taken_back_is_what_was_given():
    """A full refund leaves nobody richer or poorer, commission and pledge included."""
    draw = Random(7)
    for _ in range(500):
        order, rule = an_order(draw), a_rule(draw)
        for line in settled(draw, order):
            basis = basis_of(line, order, SHELF, rule)
            given, taken = divide(line, basis), divide(replace(line, amount=line.amount * -1), basis)
            assert [share.amount.minor for share in given.shares] == [-share.amount.minor for share in taken.shares]


@given(st.integers(-(10**9), 10**9), names)
def test_parts_are_the_whole_and_fair(minor: int, weights: dict[str, int]):
    """Their sum is the amount, none is a satang from its exact part, and taking back mirrors giving."""
    parts, whole = allot(minor, weights), sum(weights.values())
    assert sum(parts.values()) == minor
    assert allot(-minor, weights) == {name: -units for name, units in parts.items()}
    if whole:
        assert all(abs(parts[name] * whole - minor * weight) < whole for name, weight in weights.items())


def test_left_over_satang_go_to_the_largest_remainder_then_by_name():
    """The rule, by hand: 100 over 3 3 1 is 42.86, 42.86, 14.29."""
    assert allot(100, {"b": 3, "a": 3, "c": 1}) == {"a": 43, "b": 43, "c": 14}
    assert allot(1, {"b": 1, "a": 1}) == {"a": 1, "b": 0}
    assert allot(5, {"a": 0, "b": 0}) == {"a": 3, "b": 2}


def test_a_bundles_makers_share_by_list_price():
    """A set of two P1, one P2 and three P7: by price times units, whatever the set cost."""
    order = Order(
        "s", "o", NOON, NOON, (OrderLine("L", "SET", 1, OrderState.COMPLETED, Money(100), Money(100)),), Money(1)
    )
    line = SettlementLine("s", "n", NOON, FeeClass.SALE, Money(30_000), "", "o", "L")
    shares = divide(line, basis_of(line, order, SHELF, ShareRule("c", date.min))).shares
    prices = {"m1": 2 * SHELF["P1"].variants[0].price.minor}
    prices["m2"] = SHELF["P2"].variants[0].price.minor + 3 * SHELF["P7"].variants[0].price.minor
    assert {share.who: share.amount.minor for share in shares} == allot(30_000, prices)


def test_a_division_that_does_not_add_up_cannot_be_made():
    """By construction."""
    with pytest.raises(ValueError, match="was divided into"):
        Division(Money(10), (Share(Side.MAKER, "m", What.GOODS, Money(9)),))


def test_the_rule_of_the_day_holds():
    """From its day on, until the next."""
    rules = [ShareRule("c", date(2026, 1, 1), "p", 500), ShareRule("c", date(2026, 4, 1), "p", 700)]
    days = (date(2025, 12, 31), date(2026, 3, 31), date(2026, 4, 1))
    assert [in_force(rules, "c", day).commission_bp for day in days] == [0, 500, 700]


@pytest.mark.parametrize("odd", [{"commission_bp": -1}, {"commission_bp": 9_000, "pledge_bp": 1_001}, {"pledge_bp": 1}])
def test_rules_nobody_could_keep_are_refused(odd: dict[str, int]):
    """More than all, less than nothing, or for nobody."""
    with pytest.raises(ValueError, match="pledge"):
        ShareRule("c", NOON.date() - timedelta(1), partner="p", **odd)  # type: ignore[arg-type]

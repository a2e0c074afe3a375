"""The brakes: what a plan may not do without a person."""

from __future__ import annotations

import pytest

from chalicelib.domain.changes import CreateListing, HideListing, Plan, SetPrice, SetStock
from chalicelib.domain.errors import UnsafePlanError
from chalicelib.domain.money import Money
from chalicelib.domain.safety import Brakes, check

BRAKES = Brakes()


def _stock(number, to):
    return SetStock(f"S{number}", f"P{number}", "1", "1", 9, to, "x")


def _price(number, was, to):
    return SetPrice(f"S{number}", f"P{number}", "1", "1", Money(was), Money(to), "x")


MANY = {
    "hides_many": lambda number: HideListing(f"P{number}", "1", "x"),
    "zeroes_many": lambda number: _stock(number, 0),
    "reprices_many": lambda number: _price(number, 8900, 9900),
    "recreates_many": lambda number: CreateListing(f"P{number}", (f"S{number}",), "listing_gone"),
}
PERCENT = {"hides_many": 30, "zeroes_many": 50, "reprices_many": 60, "recreates_many": 20}


def _reasons(changes, shown, brakes=BRAKES):
    try:
        check(Plan(tuple(changes)), shown, brakes)
    except UnsafePlanError as error:
        return error.reasons
    return ()


@pytest.mark.parametrize("reason", MANY)
def test_a_brake_holds_above_its_share_and_not_at_it(reason):
    """Exactly the share of a shop of a hundred offers passes; one more waits, and says why."""
    limit = PERCENT[reason]
    assert _reasons(map(MANY[reason], range(limit)), 100) == ()
    assert _reasons(map(MANY[reason], range(limit + 1)), 100) == (reason,)


@pytest.mark.parametrize("reason", MANY)
def test_small_plans_pass(reason):
    """Five changes are ordinary however small the shop is; six of six are not."""
    assert _reasons(map(MANY[reason], range(5)), 5) == ()
    assert _reasons(map(MANY[reason], range(6)), 6) == (reason,)


@pytest.mark.parametrize(
    ("was", "to", "waits"),
    [(8900, 89000, True), (89000, 8900, True), (8900, 88999, False), (8900, 0, True), (0, 8900, True)],
)
def test_a_price_that_moves_tenfold_waits(was, to, waits):
    """Up or down, from or to nothing, even when it is the only change."""
    assert _reasons([_price(1, was, to)], 100) == (("price_jumps",) if waits else ())


def test_every_tripped_brake_is_named():
    """A person sees all reasons at once."""
    changes = [MANY[reason](number) for reason in MANY for number in range(80)]
    assert _reasons([*changes, _price(1, 1, 100)], 100) == (*MANY, "price_jumps")


def test_new_products_and_restocks_are_ordinary_in_any_number():
    """A first publish creates everything; a delivery raises everything."""
    new = [CreateListing(f"P{number}", (f"S{number}",), "new_product") for number in range(300)]
    assert _reasons([*new, *(_stock(number, 20) for number in range(300))], 0) == ()


def test_nothing_is_made_again_in_a_shop_that_shows_nothing():
    """One product gone from a shop with others is made again; gone from an empty answer, it waits."""
    gone = [MANY["recreates_many"](1)]
    assert _reasons(gone, 1) == ()
    assert _reasons(gone, 0) == ("recreates_many",)

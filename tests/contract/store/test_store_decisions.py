"""What people decided: policies, push rules, kept fields, promotion locks, and what bundles are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from store_builders import NOON, SHOP, VILLAGE, a_product

from chalicelib.domain.bundles import BundleError
from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.money import Money
from chalicelib.domain.policy import CommunityPolicy, PolicyError, StockMode
from chalicelib.domain.safety import Brakes
from chalicelib.domain.stock import PushRule, StockError


def test_a_policy_comes_back_as_decided(store):
    """None until somebody decides; brakes with it; nobody else's."""
    decided = CommunityPolicy(StockMode.SPLIT, 7, Brakes(hide_percent=10))
    assert store.policies.of(VILLAGE) is None
    store.policies.save(VILLAGE, decided)
    assert store.policies.of(VILLAGE) == decided
    assert store.policies.of("elsewhere") is None


def test_a_rule_of_a_sku_comes_before_the_shops_own(store):
    """And the plain rule holds where nobody decided."""
    whole, own = PushRule(share_percent=50), PushRule(cap=3, frozen_at=0)
    assert store.rules.of_shop(SHOP, ["A"]) == {"A": PushRule()}
    store.rules.save(SHOP, "", whole)
    store.rules.save(SHOP, "A", own)
    assert store.rules.of_shop(SHOP, ["A", "B"]) == {"A": own, "B": whole}
    assert store.rules.stored(SHOP) == {"": whole, "A": own}
    store.rules.clear(SHOP, "A")
    assert store.rules.of_shop(SHOP, ["A"]) == {"A": whole}
    assert store.rules.stored("other") == {}


def test_kept_fields_are_given_back_by_keeping_none(store):
    """Per product of one shop."""
    store.rules.keep(SHOP, "TEA", frozenset({"price", "title"}))
    assert store.rules.kept(SHOP, ["TEA", "SOAP"]) == {"TEA": frozenset({"price", "title"})}
    store.rules.keep(SHOP, "TEA", frozenset())
    assert store.rules.kept(SHOP, ["TEA"]) == {}


def test_a_lock_ends_by_itself(store):
    """Each field has an end of its own."""
    store.rules.lock(SHOP, "A", "price", NOON + timedelta(hours=2))
    store.rules.lock(SHOP, "A", "stock", NOON + timedelta(hours=1))
    assert store.rules.locked(SHOP, ["A", "B"], NOON) == {"A": frozenset({"price", "stock"})}
    assert store.rules.locked(SHOP, ["A"], NOON + timedelta(hours=1)) == {"A": frozenset({"price"})}
    store.rules.lock(SHOP, "B", "price", NOON + timedelta(hours=2))
    store.rules.unlock(SHOP, ["A", "C"])
    assert store.rules.locked(SHOP, ["A", "B"], NOON) == {"B": frozenset({"price"})}
    assert store.rules.locked(SHOP, ["A"], NOON + timedelta(hours=2)) == {}


def _bundle(store, code="SET", recipe=(("TEA", 2),), version=0):
    product = a_product(code, code)
    made = replace(product, variants=(replace(product.variants[0], components=recipe),))
    return store.catalogues.save(made, version)


def test_a_bundle_and_its_components_know_of_each_other(store):
    """In both directions, by keyed reads, until it is dissolved."""
    for sku in ("TEA", "CUP"):
        store.catalogues.save(a_product(sku, sku), 0)
    _bundle(store, "SET", (("CUP", 1), ("TEA", 2)))
    _bundle(store, "PAIR")
    assert store.catalogues.products_of(VILLAGE, ["SET"])[0].variant("SET").components == (("CUP", 1), ("TEA", 2))
    assert store.catalogues.bundles_using(VILLAGE, ["TEA", "CUP", "SET"]) == {"TEA": ("PAIR", "SET"), "CUP": ("SET",)}
    assert store.catalogues.recipes(VILLAGE, ["TEA", "PAIR"]) == {"PAIR": (("TEA", 2),)}
    assert store.catalogues.family(VILLAGE, ["SET"]) == ("CUP", "PAIR", "SET", "TEA")
    assert store.catalogues.family(VILLAGE, ["CUP"]) == ("CUP", "SET")
    assert store.catalogues.bundles_using("elsewhere", ["TEA"]) == {}
    _bundle(store, "SET", (), 1)
    assert store.catalogues.family(VILLAGE, ["CUP"]) == ("CUP",)


def test_two_people_who_would_make_a_bundle_of_a_bundle_at_once_cannot(store, monkeypatch):
    """Each looked before the other saved; the second save is refused and can be decided anew."""
    for sku in ("TEA", "CUP", "SET"):
        store.catalogues.save(a_product(sku, sku), 0)
    _bundle(store, "SET", (("TEA", 2),), 1)
    as_it_was = type(store.catalogues._parts)
    monkeypatch.setattr(as_it_was, "_read", lambda self, community, skus: {})
    with pytest.raises(StaleWriteError):
        _bundle(store, "TEA", (("CUP", 1),), 1)
    monkeypatch.undo()
    with pytest.raises(BundleError):
        _bundle(store, "TEA", (("CUP", 1),), 1)


@pytest.mark.parametrize("numbers", [{"share_percent": 101}, {"hold_back": -1}, {"cap": -1}, {"frozen_at": -2}])
def test_a_rule_that_makes_no_sense_is_refused(numbers):
    """Before it could be stored."""
    with pytest.raises(StockError):
        PushRule(**numbers)


def test_a_policy_that_makes_no_sense_is_refused():
    """Brakes are shares, a number of units is not negative, a factor of one stops every price."""
    for numbers in ({"split_below": -1}, {"brakes": Brakes(hide_percent=101)}, {"brakes": Brakes(price_factor=1)}):
        with pytest.raises(PolicyError):
            CommunityPolicy(**numbers)


def test_however_many_are_asked_the_answer_is_the_same(store):
    """A hundred and more are read as they lie: rules, kept fields, locks and prices of those asked, and no other."""
    many = [f"S-{number:03}" for number in range(150)]
    for sku in ("S-003", "S-149", "T-001"):
        store.rules.save(SHOP, sku, PushRule(cap=2))
        store.rules.keep(SHOP, sku, frozenset({"price"}))
        store.rules.lock(SHOP, sku, "price", NOON + timedelta(hours=1))
        store.prices.save(SHOP, sku, Money(9900))
    store.rules.save(SHOP, "", PushRule(hold_back=1))
    rules = store.rules.of_shop(SHOP, many)
    assert list(rules) == many
    assert {sku for sku in many if rules[sku] == PushRule(cap=2)} == {"S-003", "S-149"}
    assert rules["S-000"] == PushRule(hold_back=1)
    assert set(store.rules.kept(SHOP, many)) == {"S-003", "S-149"}
    assert set(store.rules.locked(SHOP, many, NOON)) == {"S-003", "S-149"}
    assert set(store.prices.of_shop(SHOP, many)) == {"S-003", "S-149"}
    assert store.catalogues.recipes(VILLAGE, many) == {}

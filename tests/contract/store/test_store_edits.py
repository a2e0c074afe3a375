"""Prices of a shop's own, who changed what of a product, and what audits learnt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from store_builders import NOON, SHOP, VILLAGE, a_product

from chalicelib.domain.history import Edit, differences
from chalicelib.domain.money import Money


def test_a_price_of_a_shops_own_is_found_until_it_is_cleared(store):
    """Others sell at the catalogue's price, and other shops know nothing of it."""
    store.prices.save(SHOP, "A", Money(9900))
    store.prices.save(SHOP, "A", Money(9500))
    assert store.prices.of_shop(SHOP, ["A", "B"]) == {"A": Money(9500)}
    assert store.prices.of_shop("other", ["A"]) == {}
    assert store.rules.stored(SHOP) == {}
    store.prices.clear(SHOP, "A")
    assert store.prices.of_shop(SHOP, ["A"]) == {}


def test_edits_come_back_whole_and_newest_first(store):
    """With the product as it was, so that it can be restored."""
    before = a_product("TEA", "TEA-50", "TEA-100")
    after = replace(before, title_th="ชาใหม่", version=2)
    first = Edit("1", VILLAGE, "TEA", NOON, "nok@example.org", differences(before, after), 2, before)
    second = replace(first, id="2", at=NOON + timedelta(seconds=1), before=None, undoes="1")
    for edit in (first, second, first):
        store.edits.add(edit)
    assert store.edits.of_product(VILLAGE, "TEA") == (second, first)
    assert store.edits.of_product(VILLAGE, "TEA", 1) == (second,)
    assert store.edits.of_product("elsewhere", "TEA") == ()


def test_audit_facts_are_a_shops_own(store):
    """The last ones hold."""
    store.audit_facts.save(SHOP, "old")
    store.audit_facts.save(SHOP, "new")
    assert store.audit_facts.of_shops([SHOP, "other"]) == {SHOP: "new"}

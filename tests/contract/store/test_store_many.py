"""Questions about many SKUs at once are answered as the same questions about each."""

from __future__ import annotations

from datetime import timedelta

from store_builders import NOON, SHOP

from chalicelib.domain.money import Money
from chalicelib.domain.stock import PushRule


def test_three_hundred_skus_are_answered_like_each_of_them(store):
    """Rules, kept fields, locks and prices; rows of SKUs that were not asked for stay out, other shops' too."""
    skus = [f"SKU-{number:03d}" for number in range(300)]
    for shop in (SHOP, "other"):
        for sku in (skus[3], skus[299], "NOT-ASKED"):
            store.rules.save(shop, sku, PushRule(cap=len(shop)))
            store.rules.keep(shop, sku, frozenset({"title"}))
            store.rules.lock(shop, sku, "price", NOON + timedelta(hours=1))
            store.prices.save(shop, sku, Money(100))
    asked = (store.rules.of_shop, store.rules.kept, store.prices.of_shop)
    for question in asked:
        each = {name: value for sku in skus for name, value in question(SHOP, [sku]).items()}
        assert question(SHOP, skus) == each
    assert store.rules.locked(SHOP, skus, NOON) == {sku: frozenset({"price"}) for sku in (skus[3], skus[299])}
    assert store.prices.of_shop(SHOP, []) == {}

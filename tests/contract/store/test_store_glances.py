"""Products at a glance, products by code, and the log of one product: what lists are made from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from store_builders import NOON, SHOP, VILLAGE, a_product

from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.glance import Glance, GlanceSku, ShopGlance, Told
from chalicelib.domain.synclog import Entry, EntryState
from chalicelib.store import keys

TWO = (GlanceSku("TEA-50"), GlanceSku("TEA-100"))


def test_a_product_is_found_by_its_words_as_soon_as_it_is_saved(store):
    """By code, both titles and every SKU, in small letters; a save that fails changes nothing."""
    saved = store.catalogues.save(a_product("TEA", "TEA-50", "TEA-100"), 0)
    store.catalogues.save(a_product("ALE"), 0)
    store.catalogues.save(replace(saved, title_en="Old tea", on_sale=False), 1)
    with pytest.raises(StaleWriteError):
        store.catalogues.save(replace(saved, title_en="Lost tea"), 1)
    found = store.glances.of(VILLAGE).products
    assert list(found) == ["ALE", "TEA"]
    assert found["TEA"] == Glance("TEA", 2, False, "tea ชาใบหม่อน old tea", TWO)
    assert found["TEA"].words == "tea ชาใบหม่อน old tea tea-50 tea-100"
    assert store.glances.of("elsewhere").products == {}


def test_hundreds_of_products_are_a_few_rows(store, table):
    """Five hundred or fifty, a list asks one question and reads no more rows."""
    for number in range(60):
        store.catalogues.save(a_product(f"P-{number:03}"), 0)
    assert len(list(table.query(keys.glances(VILLAGE)))) <= 16
    assert list(store.glances.of(VILLAGE).products) == [f"P-{number:03}" for number in range(60)]


def test_what_a_shop_is_told_of_stays_until_it_is_told_anew(store):
    """Work on a few leaves the others; work on the whole shop is all there is. Shops are told apart."""
    store.glances.tell(VILLAGE, SHOP, {"TEA": Told("ok", 3, 2), "ALE": Told("bad", 1, 0)})
    assert store.glances.shop(VILLAGE, SHOP).is_whole is False
    store.glances.tell(VILLAGE, SHOP, {"TEA": Told("wait", 4, 2)})
    assert store.glances.shop(VILLAGE, SHOP).told == {"TEA": Told("wait", 4, 2), "ALE": Told("bad", 1, 0)}
    store.glances.tell(VILLAGE, SHOP, {"TEA": Told("ok", 4, 2)}, whole=True)
    store.glances.tell(VILLAGE, SHOP, {"TEA": Told("ok", 4, 1)})
    assert store.glances.of(VILLAGE).shops == {SHOP: ShopGlance({"TEA": Told("ok", 4, 1)}, True)}
    assert store.glances.shop(VILLAGE, "other") == ShopGlance()


def test_words_that_are_missing_or_old_are_mended_and_newer_ones_left_alone(store, table):
    """Whoever reads the whole catalogue makes the words right: rows from before there were any, and rows gone wrong."""
    tea, ale, rum = (store.catalogues.save(a_product(code), 0) for code in ("TEA", "ALE", "RUM"))
    right = store.glances.of(VILLAGE)
    for row in list(table.query(keys.glances(VILLAGE))):
        table.delete((row["PK"], row["SK"]))
    newer = store.catalogues.save(replace(rum, title_en="Dark rum"), 1)
    assert store.glances.mend(VILLAGE, [tea, ale, rum]) == 2
    after = store.glances.of(VILLAGE).products
    assert (after["TEA"], after["ALE"]) == (right.products["TEA"], right.products["ALE"])
    assert "dark rum" in after["RUM"].said
    assert store.glances.mend(VILLAGE, [tea, ale, newer]) == 0


def test_some_products_come_in_the_order_asked(store):
    """Unknown codes are left out, and the same code twice is one product."""
    tea, ale = (store.catalogues.save(a_product(code), 0) for code in ("TEA", "ALE"))
    assert store.catalogues.some(VILLAGE, ["TEA", "NONE", "ALE", "TEA"]) == (tea, ale)
    assert store.catalogues.some(VILLAGE, []) == ()


def test_the_log_of_one_product_has_all_its_variants_and_no_others(store):
    """Newest first, however it is named; an entry said again is there once."""

    def entry(number: int, code: str, sku: str) -> Entry:
        at, rest = NOON + timedelta(seconds=number), ("stock", "1", "2", "moved", EntryState.LIVE)
        return Entry("run", number, at, VILLAGE, SHOP, "lazada", code, sku, *rest)

    whole, first, second = entry(0, "TEA", ""), entry(1, "TEA", "TEA-50"), entry(2, "TEA", "TEA-100")
    # A variant of something else may be called as this product is.
    store.log.add([whole, first, second, entry(3, "BOX", "TEA"), entry(4, "ALE", "ALE")])
    store.log.add([replace(first, state=EntryState.FAILED)])
    found = store.log.of_product(VILLAGE, "TEA")
    assert found == (second, replace(first, state=EntryState.FAILED), whole)
    assert store.log.of_product("elsewhere", "TEA") == ()

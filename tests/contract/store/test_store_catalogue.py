"""Communities, makers, products."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_builders import NOON, VILLAGE, a_community, a_product

from chalicelib.domain.catalogue import Axis, Maker, Variant
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.money import Money


def test_communities_are_kept_and_listed(store):
    """What was saved last counts, by id and in the list."""
    store.communities.save(a_community("b"))
    store.communities.save(a_community("a"))
    changed = replace(a_community("b"), women_led=None, name_th="ใหม่")
    store.communities.save(changed)

    assert store.communities.get("b") == changed
    assert store.communities.list() == (a_community("a"), changed)
    with pytest.raises(NotFoundError):
        store.communities.get("c")


def test_a_product_is_stored_whole(store, clock):
    """Axes, options, photos and times come back; the version rises and the time of the edit is kept."""
    product = a_product(
        axes=(Axis("ขนาด", ("50 ก.", "100 ก.")),),
        photos=("f" * 64,),
        variants=(Variant("TEA-50", Money(8900), ("50 ก.",), buffer=2), Variant("TEA-100", Money(15900))),
        on_sale=False,
    )

    stored = store.catalogues.save(product, 0)

    assert stored == replace(product, version=1, updated_at=clock.now)
    assert store.catalogues.product(VILLAGE, "TEA") == stored
    with pytest.raises(NotFoundError):
        store.catalogues.product(VILLAGE, "COFFEE")


def test_an_edit_of_an_old_version_is_refused(store):
    """Only who read the stored version may write the next; nothing of the late edit stays."""
    first = store.catalogues.save(a_product(), 0)
    second = store.catalogues.save(replace(first, title_en="Tea leaves"), first.version)

    for late in (0, 1, 7):
        with pytest.raises(StaleWriteError):
            store.catalogues.save(a_product("TEA", "TEA-NEW", title_en="Late"), late)

    assert second.version == 2
    assert store.catalogues.product(VILLAGE, "TEA") == second
    assert store.catalogues.products_of(VILLAGE, ["TEA-NEW"]) == ()


def test_a_sku_belongs_to_one_product(store):
    """A second product cannot take it, until the first gives it up."""
    tea = store.catalogues.save(a_product("TEA", "A", "B"), 0)
    with pytest.raises(StaleWriteError, match="B belongs to TEA"):
        store.catalogues.save(a_product("GIFT", "B", "C"), 0)
    assert store.catalogues.products_of(VILLAGE, ["C"]) == ()

    store.catalogues.save(a_product("TEA", "A"), tea.version)
    gift = store.catalogues.save(a_product("GIFT", "B", "C"), 0)

    assert store.catalogues.products_of(VILLAGE, ["B"]) == (gift,)


def test_products_are_found_by_their_skus(store):
    """Each product once, unknown SKUs left out, other communities' products too."""
    gift = store.catalogues.save(a_product("GIFT", "G1", "G2"), 0)
    tea = store.catalogues.save(a_product("TEA", "T1"), 0)
    store.catalogues.save(a_product("TEA", "X", community="elsewhere"), 0)

    assert store.catalogues.products_of(VILLAGE, ["T1", "G2", "G1", "X", "NONE"]) == (gift, tea)
    assert store.catalogues.products_of(VILLAGE, []) == ()


def test_fifty_variants_can_all_change_at_once(store):
    """A product may swap every one of fifty SKUs; all of the old ones are free again."""
    old, new = [f"OLD-{n}" for n in range(50)], [f"NEW-{n}" for n in range(50)]
    stored = store.catalogues.save(a_product("TEA", *old), 0)

    stored = store.catalogues.save(a_product("TEA", *new), stored.version)

    assert store.catalogues.products_of(VILLAGE, new) == (stored,)
    assert store.catalogues.save(a_product("COFFEE", *old), 0).version == 1


def test_the_catalogue_holds_everything_of_one_community(store):
    """Products by code, makers by id, and what stands on the shelf: zero for a SKU never counted."""
    store.communities.save(a_community())
    tea = store.catalogues.save(a_product("TEA", "T1", "T2"), 0)
    gift = store.catalogues.save(a_product("GIFT", "G1"), 0)
    store.catalogues.save_maker(VILLAGE, Maker("nok", "นก"))
    store.catalogues.save_maker(VILLAGE, Maker("dao", "ดาว"))
    store.stock.count(VILLAGE, "T2", 7, movement_id="m", because="counted", at=NOON)
    store.stock.count("elsewhere", "T1", 9, movement_id="m", because="counted", at=NOON)

    catalogue = store.catalogues.get(VILLAGE)

    assert catalogue.community == a_community()
    assert catalogue.products == store.catalogues.products(VILLAGE) == (gift, tea)
    assert catalogue.on_hand == {"G1": 0, "T1": 0, "T2": 7}
    assert catalogue.makers == store.catalogues.makers(VILLAGE) == (Maker("dao", "ดาว"), Maker("nok", "นก"))
    with pytest.raises(NotFoundError):
        store.catalogues.get("elsewhere")

"""Bindings and photos handed over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from store_builders import SHOP, a_binding

from chalicelib.domain.errors import LeaseLostError
from chalicelib.domain.offers import Claim, ListingState


@pytest.mark.parametrize("leased", [False, True])
def test_bindings_come_back_by_seller_sku(store, leased):
    """Hundreds of them, with and without a lease; the last one for a SKU counts."""
    lease = store.shops.lease(SHOP, "anna", 30) if leased else None
    many = [a_binding(f"S-{number:03d}", quantity=number) for number in range(150)]

    store.bindings.save([a_binding("S-000", quantity=99), *many], lease)
    store.bindings.save([], lease)

    assert store.bindings.of_shop(SHOP) == {binding.seller_sku: binding for binding in many}
    assert store.bindings.of_skus(SHOP, ["S-001", "NONE"]) == {"S-001": many[1]}
    assert store.bindings.of_shop("other") == {}


def test_a_binding_is_stored_whole(store):
    """State, money, times and versions come back."""
    binding = a_binding(
        state=ListingState.REJECTED, reason="รูปไม่ชัด", content="c", desired_version=4, applied_version=3, finished=False
    )
    store.bindings.save([binding])

    assert store.bindings.of_skus(SHOP, ["TEA-50"]) == {"TEA-50": binding}


@pytest.mark.parametrize(("units", "left"), [(2, 3), (5, 0), (7, 0), (0, 5), (-2, 7)])
def test_what_the_channel_sold_is_remembered(store, units, left):
    """The remembered quantity falls, never below zero; a cancellation raises it again."""
    store.bindings.save([a_binding(quantity=5)])

    store.bindings.sold(SHOP, "TEA-50", units)

    assert store.bindings.of_shop(SHOP) == {"TEA-50": a_binding(quantity=left)}


def test_sales_of_an_unbound_sku_are_ignored(store):
    """No binding comes into being."""
    store.bindings.sold(SHOP, "TEA-50", 1)

    assert store.bindings.of_shop(SHOP) == {}


def test_photos_handed_over_are_remembered(store):
    """Each shop has references of its own; unknown photos are left out."""
    store.bindings.save_images(SHOP, {"a": "https://img/1", "b": "https://img/2"})
    store.bindings.save_images(SHOP, {"b": "https://img/3"})

    assert store.bindings.images(SHOP, ["a", "b", "c"]) == {"a": "https://img/1", "b": "https://img/3"}
    assert store.bindings.images("other", ["a"]) == {}
    assert store.bindings.images(SHOP, keys=[]) == {}


def test_a_worker_that_lost_the_shop_lowers_no_claim(store, clock):
    """What the worker who has the shop now claimed stays, for a hundred SKUs and more as well."""
    lost = store.shops.lease(SHOP, "anna", 30)
    clock.advance(31)
    many = {f"S-{number}": Claim(5, clock()) for number in range(120)}
    store.bindings.claim(SHOP, many, store.shops.lease(SHOP, "bert", 60))

    with pytest.raises(LeaseLostError):
        store.bindings.claim(SHOP, dict.fromkeys(many, Claim(1, clock())), lost)

    assert {one.units for one in store.bindings.claims(SHOP, sorted(many)).values()} == {5}


def test_the_last_claim_of_a_sku_counts(store):
    """By shop and SKU; most have none."""
    at = datetime(2026, 3, 2, 3, 0, 0, 1, UTC)
    store.bindings.claim(SHOP, {"TEA-50": Claim(5, at), "SOAP": Claim(1, at)})
    store.bindings.claim(SHOP, {"TEA-50": Claim(3, at)})
    store.bindings.claim(SHOP, {})

    assert store.bindings.claims(SHOP, ["TEA-50", "SOAP", "NONE"]) == {"TEA-50": Claim(3, at), "SOAP": Claim(1, at)}
    assert store.bindings.claims("other", ["TEA-50"]) == {}

"""Shops, apps, tokens and leases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_builders import SHOP, VILLAGE, a_binding, a_pair, a_shop

from chalicelib.domain.errors import LeaseLostError, NotFoundError, StaleWriteError
from chalicelib.domain.shops import AppKeys, ShopState, Spoken
from chalicelib.store import keys

APP = AppKeys("lazada", "app-1", "very-secret", "push-secret")


def test_shops_are_found_in_every_way(store):
    """By id, by the channel's id, by community, and all of them."""
    lazada, shopee = a_shop("c1-lazada", community="c1"), a_shop("c1-shopee", community="c1", channel="shopee")
    other = a_shop("c10-lazada", community="c10")
    for shop in (other, shopee, lazada):
        store.shops.save(shop)

    assert store.shops.get("c1-shopee") == shopee
    assert store.shops.by_remote("shopee", "remote-c1-shopee") == shopee
    assert store.shops.of_community("c1") == (lazada, shopee)
    assert store.shops.list() == (lazada, shopee, other)
    with pytest.raises(NotFoundError):
        store.shops.by_remote("lazada", "remote-c1-shopee")
    with pytest.raises(NotFoundError):
        store.shops.get("nobody")


def test_a_changed_shop_is_changed_everywhere(store):
    """State, community and remote id move with it; the old remote id means nobody."""
    store.shops.save(a_shop())
    moved = replace(a_shop(), community="new", remote_id="r2", state=ShopState.PAUSED, note="พัก")
    store.shops.save(moved)

    assert store.shops.get(SHOP) == store.shops.by_remote("lazada", "r2") == moved
    assert store.shops.list() == store.shops.of_community("new") == (moved,)
    assert store.shops.of_community(VILLAGE) == ()
    with pytest.raises(NotFoundError):
        store.shops.by_remote("lazada", f"remote-{SHOP}")


def test_a_remote_shop_belongs_to_one_of_ours(store):
    """Two communities cannot both connect the same seller account."""
    store.shops.save(a_shop("one", remote_id="r"))
    with pytest.raises(StaleWriteError):
        store.shops.save(a_shop("two", remote_id="r"))

    assert [shop.id for shop in store.shops.list()] == ["one"]


def test_access_brings_the_app_of_the_shop(store):
    """App keys are opened for the connector; without them there is no access."""
    store.shops.save(a_shop())
    with pytest.raises(NotFoundError):
        store.shops.access(SHOP)
    store.shops.save_app(APP)
    store.shops.save_app(AppKeys("lazada", "app-2", "s2"))

    access = store.shops.access(SHOP)

    assert (access.shop, access.app, access.remote_id) == (SHOP, APP, f"remote-{SHOP}")
    assert store.shops.apps("lazada") == (APP, AppKeys("lazada", "app-2", "s2"))
    assert store.shops.apps("shopee") == ()


def test_a_shop_is_closed_over_what_is_in_force(store):
    """Everywhere, with its reason; what the shop was spoken for with is asked for again in the same moment."""
    store.shops.save(a_shop())
    store.shops.save_app(APP)
    pair = store.shops.save_tokens(SHOP, a_pair(), None)
    spoken = Spoken(store.shops.access(SHOP), pair.generation)
    store.shops.close(SHOP, ShopState.DISCONNECTED, "error.disconnected", spoken)

    closed = replace(a_shop(), state=ShopState.DISCONNECTED, note="error.disconnected")
    assert store.shops.get(SHOP) == closed
    assert store.shops.of_community(VILLAGE) == store.shops.list() == (closed,)
    store.shops.close(SHOP, ShopState.PARKED, "error.surprise", spoken)
    assert store.shops.get(SHOP) == closed


@pytest.mark.parametrize("renewed", ["secret", "tokens"])
def test_a_shop_is_not_closed_over_what_was_replaced(store, renewed):
    """A secret or a consent that is newer than what was refused: nothing is changed."""
    store.shops.save(a_shop())
    store.shops.save_app(APP)
    pair = store.shops.save_tokens(SHOP, a_pair(), None)
    spoken = Spoken(store.shops.access(SHOP), pair.generation)
    if renewed == "secret":
        store.shops.save_app(replace(APP, app_secret="newer"))
    else:
        store.shops.save_tokens(SHOP, a_pair("consent"), None)
    with pytest.raises(StaleWriteError):
        store.shops.close(SHOP, ShopState.DISCONNECTED, "error.disconnected", spoken)

    assert store.shops.get(SHOP) == a_shop()
    assert store.shops.list() == (a_shop(),)
    store.shops.close(SHOP, ShopState.DISCONNECTED, "error.disconnected", Spoken())
    assert store.shops.get(SHOP).state is ShopState.DISCONNECTED


def test_each_saved_pair_is_one_generation_younger(store):
    """A refresh names the generation it replaces; a new consent replaces any."""
    with pytest.raises(NotFoundError):
        store.shops.tokens(SHOP)
    first = store.shops.save_tokens(SHOP, a_pair(), None)
    second = store.shops.save_tokens(SHOP, a_pair("second"), first.generation)
    consent = store.shops.save_tokens(SHOP, a_pair("consent"), None)

    assert [pair.generation for pair in (first, second, consent)] == [1, 2, 3]
    assert store.shops.tokens(SHOP) == consent == replace(a_pair("consent"), generation=3)


def test_the_second_of_two_refreshers_is_told(store):
    """Its pair is not stored, and the winner's stays."""
    first = store.shops.save_tokens(SHOP, a_pair(), 0)
    won = store.shops.save_tokens(SHOP, a_pair("won"), first.generation)

    for generation in (0, first.generation):
        with pytest.raises(StaleWriteError):
            store.shops.save_tokens(SHOP, a_pair("lost"), generation)

    assert store.shops.tokens(SHOP) == won


def test_secrets_are_sealed_in_the_table(store, table, backend):
    """Where the vault encrypts, no row holds a readable token or secret."""
    store.shops.save_app(APP)
    store.shops.save_tokens(SHOP, a_pair(), None)
    if type(backend.vault()).__name__ != "KmsVault":
        return

    written = str(table.get(keys.app("lazada", "app-1"))) + str(table.get(keys.tokens(SHOP)))

    assert not any(secret in written for secret in ("very-secret", "push-secret", "access-first", "refresh-first"))


def test_one_worker_holds_a_shop(store, clock):
    """Others (and the same one again) wait until it is released or its time is over; the fence rises."""
    first = store.shops.lease(SHOP, "anna", 30)
    assert store.shops.lease(SHOP, "ben", 30) is None
    assert store.shops.lease(SHOP, "anna", 30) is None
    assert store.shops.lease("other", "ben", 30) is not None

    store.shops.release(first)
    second = store.shops.lease(SHOP, "ben", 30)
    clock.advance(30)
    third = store.shops.lease(SHOP, "carl", 30)

    assert first.fence < second.fence < third.fence
    assert (third.owner, third.shop) == ("carl", SHOP)


def test_work_and_refresh_do_not_wait_for_each_other(store):
    """A long sync never keeps the tokens from being renewed."""
    work = store.shops.lease(SHOP, "anna", 30)
    refresh = store.shops.lease(SHOP, "ben", 30, "refresh")

    assert refresh is not None
    assert store.shops.lease(SHOP, "carl", 30, "refresh") is None
    store.shops.release(refresh)
    assert store.shops.lease(SHOP, "carl", 30) is None
    assert store.shops.extend(work, 60).fence == work.fence


def test_a_lease_can_be_extended_until_it_is_lost(store, clock):
    """Extending lengthens it; once somebody else took over, the old holder is told and cannot end the new one."""
    lease = store.shops.extend(store.shops.lease(SHOP, "anna", 30), 60)
    clock.advance(45)
    assert store.shops.lease(SHOP, "ben", 30) is None
    clock.advance(20)
    assert store.shops.lease(SHOP, "ben", 30) is not None

    with pytest.raises(LeaseLostError):
        store.shops.extend(lease, 30)
    store.shops.release(lease)
    assert store.shops.lease(SHOP, "carl", 30) is None


def test_a_lost_lease_writes_nothing(store, clock):
    """The fence shuts out a worker that slept through the end of its lease."""
    lost = store.shops.lease(SHOP, "anna", 30)
    clock.advance(31)
    held = store.shops.lease(SHOP, "ben", 30)
    store.bindings.save([a_binding(quantity=3)], held)

    with pytest.raises(LeaseLostError):
        store.bindings.save([a_binding(quantity=9), a_binding("OTHER")], lost)

    assert store.bindings.of_shop(SHOP) == {"TEA-50": a_binding(quantity=3)}

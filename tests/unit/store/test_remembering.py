"""Shop facts are remembered for a moment, and never when it would matter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.policy import CommunityPolicy
from chalicelib.domain.shops import AppKeys, Shop, ShopState, Spoken
from chalicelib.store.build import memory_store
from chalicelib.store.remembering import RememberingPolicies, RememberingShops

SHOP = Shop("a-lazada", "a", "lazada", "1001", "app")


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_another_workers_change_is_seen_after_a_moment_and_our_own_at_once():
    """A pause by somebody else counts within the time; a pause of ours counts now."""
    behind, clock = memory_store().shops, Time()
    behind.save(SHOP)
    shops = RememberingShops(behind, 5.0, clock)
    assert shops.get("a-lazada").state is ShopState.ACTIVE

    behind.save(replace(SHOP, state=ShopState.PAUSED))
    assert shops.get("a-lazada").state is ShopState.ACTIVE
    clock.now += 5.1
    assert shops.get("a-lazada").state is ShopState.PAUSED
    shops.save(SHOP)
    assert shops.get("a-lazada").state is ShopState.ACTIVE


def test_a_shop_that_was_closed_or_could_not_be_is_read_anew():
    """A secret that was remembered too long is what made the shop be refused."""
    behind = memory_store().shops
    behind.save(SHOP)
    behind.save_app(AppKeys("lazada", "app", "old"))
    shops = RememberingShops(behind, 5.0, Time())
    spoken = Spoken(shops.access(SHOP.id))
    behind.save_app(AppKeys("lazada", "app", "new"))
    with pytest.raises(StaleWriteError):
        shops.close(SHOP.id, ShopState.DISCONNECTED, "error.disconnected", spoken)

    assert shops.access(SHOP.id).app.app_secret == "new"
    assert shops.get(SHOP.id).state is ShopState.ACTIVE
    shops.close(SHOP.id, ShopState.DISCONNECTED, "error.disconnected", Spoken(shops.access(SHOP.id)))
    assert shops.get(SHOP.id).state is ShopState.DISCONNECTED


def test_what_is_not_there_is_asked_for_again():
    """A shop connected a moment after it was missed is found."""
    behind = memory_store().shops
    shops = RememberingShops(behind)
    with pytest.raises(NotFoundError):
        shops.by_remote("lazada", "1001")
    behind.save(SHOP)
    assert shops.by_remote("lazada", "1001").id == "a-lazada"


def test_a_policy_of_another_worker_counts_within_the_time_and_our_own_at_once():
    """Also that nobody had decided is remembered, for as long."""
    behind, clock = memory_store().policies, Time()
    policies = RememberingPolicies(behind, 5.0, clock)
    assert policies.of("a") is None
    behind.save("a", CommunityPolicy(split_below=9))
    assert policies.of("a") is None
    clock.now += 6
    assert policies.of("a") == CommunityPolicy(split_below=9)
    policies.save("a", CommunityPolicy(split_below=2))
    assert policies.of("a") == CommunityPolicy(split_below=2)

"""The use cases behind the forms: saved first, then every active shop is asked to look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pages_world import NOW, World

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.money import Money
from chalicelib.sync.edit_catalogue import adjust_stock, count_stock, set_on_sale, set_price
from chalicelib.sync.messages import look_at_offers

COMMUNITY = "namphrik-tittu"


def test_only_the_offers_that_moved_are_looked_at(world: World):
    """One message a shop, naming the SKUs whose price changed and no other."""
    prices = {"NP-SET-1": Money(9900), "NP-SET-2": Money(9500)}
    saved = set_price(world.store, world.queues, COMMUNITY, "NP-SET", prices, 1)
    assert saved.version == 2
    shops = (f"{COMMUNITY}-lazada", f"{COMMUNITY}-shopee")
    assert world.queues.sent == [("urgent", look_at_offers(shop, ["NP-SET-1"])) for shop in shops]


def test_the_same_price_again_is_no_edit(world: World):
    """Nothing is saved and nothing sent, whatever version was expected."""
    saved = set_price(world.store, world.queues, COMMUNITY, "NP-120", {"NP-120": Money(8900)}, 99)
    assert saved.version == 1
    assert world.queues.sent == []


def test_a_version_that_moved_stops_the_edit(world: World):
    """What another person saved is never overwritten, and nobody is asked to look."""
    with pytest.raises(StaleWriteError):
        set_price(world.store, world.queues, COMMUNITY, "NP-120", {"NP-120": Money(9900)}, 0)
    with pytest.raises(StaleWriteError):
        set_on_sale(world.store, world.queues, COMMUNITY, "NP-120", False, 7)
    assert world.queues.sent == []


def test_a_sku_of_another_product_or_community_is_refused(world: World):
    """An edit stays inside its product."""
    with pytest.raises(KeyError):
        set_price(world.store, world.queues, COMMUNITY, "NP-120", {"KM-80": Money(100)}, 1)
    with pytest.raises(NotFoundError):
        set_price(world.store, world.queues, "kratip", "NP-120", {"NP-120": Money(100)}, 1)


def test_a_count_leaves_reservations_and_repeats_harmlessly(world: World):
    """The same movement twice counts once; looking twice is harmless."""
    for _ in range(2):
        level = count_stock(world.store, world.queues, COMMUNITY, "NP-120", 20, "count:1", "counted", NOW)
    assert (level.on_hand, level.reserved) == (20, 3)
    assert len(world.queues.sent) == 4


def test_a_count_heard_again_after_a_sale_is_no_edit(world: World):
    """Nothing moved, so nothing stands in the history that could be taken back, and the sold unit stays sold."""
    outside = world.store, world.queues, COMMUNITY
    count_stock(*outside, "NP-120", 20, "count:1", "counted", NOW, by="nok")
    adjust_stock(*outside, "NP-120", -1, "sold", "sold_elsewhere", NOW + timedelta(minutes=1), by="nok")
    count_stock(*outside, "NP-120", 20, "count:1", "counted", NOW + timedelta(minutes=2), by="nok")

    told = [moved for edit in world.store.edits.of_product(COMMUNITY, "NP-120") for moved in edit.moved]
    assert [one.field for one in told] == ["adjust", "count"]
    assert world.store.stock.level(COMMUNITY, "NP-120").on_hand == 19


def test_a_community_without_an_active_shop_is_edited_all_the_same(world: World):
    """The catalogue does not wait for a shop."""
    count_stock(world.store, world.queues, "kratip", "KT-1", 3, "count:2", "counted", NOW)
    assert world.queues.sent == []
    assert world.store.stock.level("kratip", "KT-1").on_hand == 3

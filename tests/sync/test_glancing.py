"""What lists count by, after real work on the practice marketplaces: the same as a look at each product says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.domain.money import Money
from chalicelib.sync import edit_catalogue
from chalicelib.web.services import Services
from chalicelib.web.views.standing import Latest, facts_of, shops_of, standings
from tests.world import COMMUNITY, World, a_product, a_world


@pytest.fixture(scope="module")
def market() -> Iterator[World]:
    with a_world() as world:
        yield world


def _looked(world: World) -> dict[str, list[str]]:
    """Product code -> its tones by a look at everything it stands on, one a shop."""
    nobody = None
    services = Services(world.store, world.queues, nobody, nobody, world.clock, nobody)  # type: ignore[arg-type]
    products = world.store.catalogues.products(COMMUNITY.id)
    facts = facts_of(world.store, shops_of(world.store, COMMUNITY.id), products, Latest(world.store, COMMUNITY.id))
    books = [standings(services, one, products) for one in facts]
    return {product.code: [book[product.code][0].tone for book in books] for product in products}


def _glanced(world: World) -> dict[str, list[str]]:
    glance = world.store.glances.of(COMMUNITY.id)
    shops = shops_of(world.store, COMMUNITY.id)
    return {code: [glance.tone(shop.id, code) for shop in shops] for code in glance.products}


def test_a_glance_says_what_a_look_says(market):
    """New, on sale, edited, sold, refused, mended and taken off: at rest and before the work, both say the same."""
    world = market
    a_product(world, "TEA-50")
    refused = a_product(world, "NO-PHOTO", photos=())
    assert _glanced(world) == _looked(world) == {"NO-PHOTO": ["wait", "wait"], "TEA-50": ["wait", "wait"]}

    world.publish_all()
    assert _glanced(world) == _looked(world)
    assert _glanced(world)["TEA-50"] == ["ok", "ok"]
    assert "bad" in _glanced(world)["NO-PHOTO"]
    assert all(world.store.glances.shop(COMMUNITY.id, shop.id).is_whole for shop in world.shops.values())

    tea = world.store.catalogues.product(COMMUNITY.id, "TEA-50")
    dearer = {"TEA-50": Money(9900)}
    edit_catalogue.set_price(world.store, world.queues, COMMUNITY.id, "TEA-50", dearer, tea.version)
    assert _glanced(world)["TEA-50"] == _looked(world)["TEA-50"] == ["wait", "wait"]
    world.drain()
    assert _glanced(world)["TEA-50"] == _looked(world)["TEA-50"] == ["ok", "ok"]

    photos = world.store.catalogues.product(COMMUNITY.id, "TEA-50").photos
    mended = replace(refused, photos=photos)
    edit_catalogue.save_product(world.store, world.queues, refused, mended, edit="e", at=world.clock(), by="nok")
    world.drain()
    world.publish_all()
    assert _glanced(world)["NO-PHOTO"] == _looked(world)["NO-PHOTO"] == ["ok", "ok"]

    tea = world.store.catalogues.product(COMMUNITY.id, "TEA-50")
    edit_catalogue.set_on_sale(world.store, world.queues, COMMUNITY.id, "TEA-50", False, tea.version)
    world.drain()
    assert _glanced(world)["TEA-50"] == _looked(world)["TEA-50"] == ["off", "off"]


def test_a_whole_pass_makes_lost_words_right(market):
    """Whatever became of the words: after the sweep every product is found again."""
    world = market
    before = world.store.glances.of(COMMUNITY.id).products
    table = world.store.glances._table
    for row in list(table.query(f"GLANCES#{COMMUNITY.id}", begins="WORDS#")):
        table.delete((row["PK"], row["SK"]))
    assert world.store.glances.of(COMMUNITY.id).products == {}
    world.publish_all()
    assert world.store.glances.of(COMMUNITY.id).products == before

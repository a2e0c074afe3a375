"""A hand edit in a shop: ours wins, unless the seller keeps the field or a person takes theirs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib import bootstrap, cli
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.money import Money
from chalicelib.domain.stock import StockError
from chalicelib.sync import drift, messages
from tests.properties.bazaar import Square

SHOPS = ("test-bazaar", "test-market")
HERE, THERE = SHOPS


@pytest.fixture
def square():
    """One product in two shops; in the first somebody changed everything by hand."""
    made = Square(SHOPS)
    made.sell("TEA")
    made.send("bulk", [messages.publish_shop(shop) for shop in SHOPS])
    made.drain()
    (stall,) = made.markets[HERE].stalls.values()
    stall.title, stall.offers["TEA"][1], stall.offers["TEA"][2] = "Mulberry tea", Money(9900), 6
    return made


@pytest.fixture
def pinto(square, monkeypatch, capsys):
    """Rows that `pinto drift` answers."""
    monkeypatch.setattr(bootstrap, "context", lambda: square.ctx)

    def run(*words: str, code: int = 0):
        assert cli.main(["drift", *words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run


def _publish(square: Square) -> None:
    square.send("bulk", [messages.publish_shop(shop) for shop in SHOPS])
    square.drain()


def _take(square: Square, field: str) -> str:
    return drift.take(square.ctx, HERE, "TEA", field, edit=f"e-{field}", by="somsri")


def test_differences_name_both_sides_and_the_owner(square):
    """Price, units and words are ours, so the next pass mends them; the other shop does not differ."""
    found = {one.field: (one.theirs, one.ours, one.owner) for one in drift.differences(square.ctx, HERE)}
    assert found["price"] == ("99.00", "89.00", "ours")
    assert found["stock"] == ("6", "10", "ours")
    assert found["content"][0] == "Mulberry tea"
    assert drift.differences(square.ctx, THERE) == ()
    _publish(square)
    assert square.markets[HERE].shown()["TEA"][:2] == (Money(8900), 10)
    assert drift.differences(square.ctx, HERE) == ()


def test_a_price_taken_from_a_shop_is_the_price_everywhere(square):
    """The edit carries a name; the other shop follows."""
    assert _take(square, "price") == "99.00"
    square.drain()
    assert {market.shown()["TEA"][0] for market in square.markets.values()} == {Money(9900)}
    (edit, *_) = square.store.edits.of_product("test", "TEA")
    assert (edit.id, edit.by) == ("e-price", "somsri")


def test_a_shop_with_a_price_of_its_own_keeps_it_to_itself(square):
    """Taken where it came from: the catalogue and the other shop stay."""
    square.store.prices.save(HERE, "TEA", Money(9500))
    _take(square, "price")
    square.drain()
    assert square.store.prices.of_shop(HERE, ["TEA"]) == {"TEA": Money(9900)}
    assert square.markets[THERE].shown()["TEA"][0] == Money(8900)


def test_words_and_units_are_taken_too(square):
    """Six shown are six sellable: what is kept back comes on top."""
    product = square.store.catalogues.product("test", "TEA")
    square.edit(product, variants=(replace(product.variants[0], buffer=2),))
    assert (_take(square, "stock"), _take(square, "title")) == ("6", "Mulberry tea")
    assert square.store.stock.level("test", "TEA").on_hand == 8
    _publish(square)
    assert square.markets[THERE].shown()["TEA"][1] == 6
    assert {stall.title for market in square.markets.values() for stall in market.stalls.values()} == {"Mulberry tea"}


def test_a_field_the_seller_keeps_is_left_alone_and_said_so(square):
    """Theirs stays in this shop alone."""
    assert drift.keep(square.ctx, HERE, "TEA", "price") == {"price"}
    _publish(square)
    assert square.markets[HERE].shown()["TEA"][0] == Money(9900)
    assert [(one.field, one.owner) for one in drift.differences(square.ctx, HERE)] == [("price", "seller")]


def test_what_cannot_be_taken_is_said(square):
    """A field of ours alone, a SKU the shop does not show, units of a bundle."""
    with pytest.raises(ValueError, match="only title, price, stock"):
        _take(square, "photos")
    square.sell("JAM")
    with pytest.raises(NotFoundError):
        drift.take(square.ctx, HERE, "JAM", "price", edit="e", by="somsri")
    product = square.sell("SET", 0)
    square.edit(product, variants=(replace(product.variants[0], components=(("TEA", 2),)),))
    _publish(square)
    with pytest.raises(StockError):
        drift.take(square.ctx, HERE, "SET", "stock", edit="e", by="somsri")


def test_the_terminal_lists_takes_and_keeps(square, pinto):
    """`pinto drift SHOP`, `--take FIELD SKU`, `--keep FIELD SKU`."""
    assert {row["field"] for row in pinto(HERE)} == {"price", "stock", "content"}
    assert pinto(HERE, "--take", "price", "TEA") == [
        {"shop": HERE, "seller_sku": "TEA", "field": "price", "taken": "99.00"}
    ]
    assert pinto(HERE, "--keep", "title", "TEA")[0]["kept"] == ["title"]
    assert "no SKU NOWHERE" in pinto(HERE, "--take", "price", "NOWHERE", code=1)["error"]

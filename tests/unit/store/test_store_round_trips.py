"""Hot paths stay a call or two long: each is a network round trip that a person or a queue waits for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.catalogue import Community, Kind, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding, ListingState
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.ports import Cursor
from chalicelib.domain.shops import Tokens
from chalicelib.domain.stock import Movement, MovementKind
from chalicelib.store.build import build
from chalicelib.store.memory import MemoryTable
from chalicelib.store.photos import MemoryPhotos
from chalicelib.store.vault import PlainVault

NOON = datetime(2025, 3, 2, 12, tzinfo=UTC)
SKUS = [f"S-{number}" for number in range(50)]


class CountingTable:
    """A table that counts the calls made to it."""

    def __init__(self):
        self.calls = 0
        self._table = MemoryTable()

    def __getattr__(self, name):
        self.calls += 1
        return getattr(self._table, name)


@pytest.fixture
def table():
    return CountingTable()


@pytest.fixture
def store(table):
    store = build(table, MemoryPhotos(), PlainVault(), lambda: NOON)
    store.communities.save(Community("c", "ก", "ก", "ก", "X", "north"))
    variants = tuple(Variant(sku, Money(100)) for sku in SKUS)
    store.catalogues.save(Product("c", "P", Kind.BAG, "ก", "a", "ก", "a", "m", Size(1, 1, 1, 1), variants), 0)
    store.orders.take("c", an_order("0"), None, ())
    table.calls = 0
    return store


def a_move(sku, kind=MovementKind.RESERVE):
    return Movement(f"{sku}-{kind}", sku, kind, 0, 1, NOON)


def moves():
    return [a_move(sku) for sku in SKUS[:10]]


def an_order(id="1"):
    lines = tuple(OrderLine(sku, sku, 1, OrderState.TO_PACK, Money(100), Money(100)) for sku in SKUS[:10])
    return Order("s", id, NOON, NOON, lines, Money(1000))


def bindings():
    return [Binding("s", sku, "P", "L", sku, ListingState.LIVE, "ก", Money(100), 1, NOON) for sku in SKUS]


@pytest.mark.parametrize(
    ("path", "calls"),
    [
        (lambda store: store.catalogues.get("c"), 2),
        (lambda store: store.catalogues.products_of("c", SKUS), 2),
        (lambda store: store.catalogues.save(store.catalogues.product("c", "P"), 1), 3),
        (lambda store: store.stock.levels("c", SKUS), 1),
        (lambda store: store.stock.move("c", a_move("S-1")), 2),
        (lambda store: store.stock.count("c", "S-1", 5, movement_id="m", because="", at=NOON), 2),
        (lambda store: store.orders.take("c", an_order(), None, moves(), Cursor("s", "u", NOON)), 2),
        (lambda store: store.orders.many("s", [str(number) for number in range(100)]), 1),
        (lambda store: store.orders.latest("s"), 1),
        (lambda store: store.bindings.of_shop("s"), 1),
        (lambda store: store.bindings.save(bindings()), 1),
        (lambda store: store.bindings.sold("s", "S-1", 1), 1),
        (lambda store: store.shops.save_tokens("s", Tokens("a", "r", NOON, NOON), None), 2),
        (lambda store: store.shops.lease("s", "anna", 30), 1),
        (lambda store: store.seen.first_time("push", 60), 1),
        (lambda store: store.seen.count("wrong", 60), 1),
    ],
)
def test_a_hot_path_makes_few_calls(store, table, path, calls):
    """As many as docs/store.md says, and no more."""
    path(store)

    assert table.calls == calls


def test_saving_under_a_lease_costs_one_call(store, table):
    """The fence is checked inside the same transaction."""
    lease = store.shops.lease("s", "anna", 30)
    table.calls = 0

    store.bindings.save(bindings(), lease)

    assert table.calls == 1

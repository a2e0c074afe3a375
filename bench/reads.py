"""What the table is asked for one changed offer, in a small catalogue and in one a hundred times as large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from unittest import mock

from chalicelib.domain.catalogue import Axis, Kind, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding, ListingState, desired_listing
from chalicelib.domain.ports import Clock, Store
from chalicelib.store import keys
from chalicelib.store.build import build
from chalicelib.store.memory import MemoryTable
from chalicelib.store.photos import MemoryPhotos
from chalicelib.store.table import Item, Key
from chalicelib.store.vault import PlainVault
from chalicelib.sync import messages
from tests.properties.bazaar import Square
from tests.properties.laws import NOW

SMALL, LARGE, VARIANTS, SALES = 1_000, 100_000, 10, 20
GOAL_GROWTH = 1.1
SHOPS = ("test-bazaar", "test-market")


class CountingTable(MemoryTable):
    """Counts rows read as DynamoDB charges them: each row answered or asked for in vain, and a query at least once."""

    def __init__(self) -> None:
        super().__init__()
        self.rows = self.calls = 0

    def get(self, key: Key) -> Item | None:
        """One row."""
        self._read(1)
        return super().get(key)

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """A row for each key."""
        wanted = list(keys)
        self._read(len(wanted))
        return super().batch_get(wanted)

    def query(self, pk: str, **how: Any) -> Iterator[Item]:
        """The rows that are taken."""
        self._read(0)
        taken = 0
        for row in super().query(pk, **how):
            taken += 1
            self.rows += 1
            yield row
        self.rows += not taken

    def _read(self, rows: int) -> None:
        self.calls += 1
        self.rows += rows


def measure() -> list[dict[str, object]]:
    """Rows and calls for each sale, from the order heard to the sibling's number read back; then their growth."""
    small, large = _reads(SMALL), _reads(LARGE)
    growth = round(max(large[0] / small[0], large[1] / small[1]), 2)
    rows: list[dict[str, object]] = []
    for offers, (read, calls) in ((SMALL, small), (LARGE, large)):
        name = f"table rows read for one changed offer, {offers:,} offers ({calls:.1f} calls)"
        rows.append({"name": name, "value": round(read, 1), "unit": "rows", "goal": None, "met": None})
    name = f"table reads for one changed offer, {LARGE:,} offers against {SMALL:,}"
    rows.append({"name": name, "value": growth, "unit": "ratio", "goal": GOAL_GROWTH, "met": growth <= GOAL_GROWTH})
    return rows


def _reads(offers: int) -> tuple[float, float]:
    """(rows, calls) for one sale and what follows from it, the mean of some spread over the catalogue."""
    table, square = CountingTable(), None
    with mock.patch("tests.properties.bazaar.memory_store", lambda clock: _store(table, clock)):
        square = Square(SHOPS)
    products = offers // len(SHOPS) // VARIANTS
    every = products // SALES
    sold = [_fill(table, square, number, is_sold=number % every == 0) for number in range(products)]
    skus = [sku for sku in sold if sku][:SALES]
    _sell(square, skus[0])  # a warm worker: tokens and access are read once a process
    table.rows = table.calls = 0
    for sku in skus[1:]:
        _sell(square, sku)
    return table.rows / (len(skus) - 1), table.calls / (len(skus) - 1)


def _store(table: CountingTable, clock: Clock) -> Store:
    return build(table, MemoryPhotos(), PlainVault(), clock)


def _fill(table: CountingTable, square: Square, number: int, *, is_sold: bool) -> str:
    """One product with its claims, levels and bindings; of a sold one the shops have the listing too."""
    code, options = f"P{number:05}", tuple(f"{place}" for place in range(VARIANTS))
    variants = tuple(Variant(f"{code}-{one}", Money(8900), (one,)) for one in options)
    product = Product(
        "test", code, Kind.HERB, code, code, "", "", "", Size(1, 1, 1, 1), variants, (Axis("a", options),)
    )
    square.store.catalogues.save(product, 0)
    table.batch_put(
        keys.keyed(keys.level("test", sku), {"sku": sku, "on_hand": 10, "reserved": 0, "version": 1})
        for sku in product.skus
    )
    for shop in SHOPS:
        listing_id = code
        if is_sold:
            listing_id = square.markets[shop].show(code, dict.fromkeys(product.skus, (89, 10))).id
        square.store.bindings.save([_binding(shop, product, sku, listing_id) for sku in product.skus])
    return product.skus[0] if is_sold else ""


def _binding(shop: str, product: Product, sku: str, listing_id: str) -> Binding:
    said, live = desired_listing(product, {}), ListingState.LIVE
    facts = (product.code, listing_id, f"{listing_id}-{sku}", live, said.title, Money(8900), 10, NOW)
    return Binding(shop, sku, *facts, content=said.content, desired_version=1, applied_version=1)


def _sell(square: Square, sku: str) -> None:
    """One piece is sold in the first shop, and the second shows one less."""
    first, second = SHOPS
    order = square.markets[first].buy(sku)
    square.send("urgent", [messages.look_at_orders(first, [order.order_id])])
    square.drain()
    if square.markets[second].shown()[sku][1] != 9:
        raise AssertionError(f"{sku} shows {square.markets[second].shown()[sku]} after a sale")

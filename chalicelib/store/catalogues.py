"""Products, their makers, and which product each SKU belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from chalicelib.domain.bundles import Recipe
from chalicelib.domain.catalogue import Catalogue, Community, Maker, Product
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.ports import Clock
from chalicelib.store import keys
from chalicelib.store.glances import words_update
from chalicelib.store.items import from_item, to_item
from chalicelib.store.parts import Parts
from chalicelib.store.table import (
    MAX_OPERATIONS,
    Absent,
    AnyOf,
    ConditionFailedError,
    Delete,
    Equals,
    Item,
    Operation,
    Put,
    Table,
)

T = TypeVar("T")


class Catalogues:
    """`ports.Catalogues` over a table.

    A product is one row with its variants. Each of its SKUs has a claim row that names the product, written in
    the same transaction: a SKU belongs to one product, and finding the product of a SKU is two keyed reads.
    """

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock
        self._parts = Parts(table)

    def get(self, community_id: str) -> Catalogue:
        """Everything of one community, in two reads; on hand is 0 for a SKU never counted."""
        rows = list(self._table.query(keys.community_partition(community_id)))
        community = [row for row in rows if row["SK"] == "COMMUNITY"]
        if not community:
            raise NotFoundError(f"no community {community_id}")
        products = _read(rows, keys.PRODUCT, Product)
        counted = {row["sku"]: row["on_hand"] for row in self._levels(community_id)}
        return Catalogue(
            community=from_item(Community, community[0]),
            products=products,
            on_hand={sku: counted.get(sku, 0) for product in products for sku in product.skus},
            makers=_read(rows, keys.MAKER, Maker),
        )

    def products(self, community_id: str) -> tuple[Product, ...]:
        """All products, by code."""
        partition = keys.community_partition(community_id)
        return tuple(from_item(Product, row) for row in self._table.query(partition, begins=keys.PRODUCT))

    def some(self, community_id: str, codes: Sequence[str]) -> tuple[Product, ...]:
        """The products of these codes, in their order; unknown codes are left out."""
        places = [keys.product(community_id, code) for code in dict.fromkeys(codes)]
        rows = self._table.batch_get(places)
        return tuple(from_item(Product, rows[place]) for place in places if place in rows)

    def product(self, community_id: str, code: str) -> Product:
        """One product. Raises: NotFoundError."""
        row = self._table.get(keys.product(community_id, code))
        if row is None:
            raise NotFoundError(f"no product {code} in {community_id}")
        return from_item(Product, row)

    def products_of(self, community_id: str, skus: Sequence[str]) -> tuple[Product, ...]:
        """The products these SKUs belong to, each once, by code; unknown SKUs are left out."""
        claims = self._table.batch_get(keys.claim(community_id, sku) for sku in skus)
        codes = sorted({claim["product"] for claim in claims.values()})
        places = [keys.product(community_id, code) for code in codes]
        rows = self._table.batch_get(places)
        products = [from_item(Product, rows[place]) for place in places if place in rows]
        return tuple(product for product in products if set(product.skus) & set(skus))

    def save(self, product: Product, expected_version: int) -> Product:
        """The product as stored: version one higher than expected (0 = new), `updated_at` now.

        Raises: StaleWriteError when the stored version is another or a SKU belongs to another product; BundleError
        for components that are unknown or bundles themselves.
        """
        known = self._known(product, expected_version)
        before = set(known.skus) if known else set()
        parts = self._parts.operations(product, known)
        stored = replace(product, version=expected_version + 1, updated_at=self._clock())
        claims = _claims(stored, set(stored.skus) - before)
        releases = _releases(stored, before - set(stored.skus))
        # A product that changed all of fifty SKUs has two operations too many: what it gave up can wait.
        room = max(MAX_OPERATIONS - 2 - len(claims) - len(parts), 0)
        self._write([_put(stored, expected_version), words_update(stored), *claims, *parts, *releases[:room]])
        if releases[room:]:
            self._table.write(releases[room:])
        return stored

    def bundles_using(self, community_id: str, skus: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """SKU -> bundles made of it; SKUs in no bundle are missing."""
        return self._parts.bundles_using(community_id, skus)

    def recipes(self, community_id: str, skus: Sequence[str]) -> dict[str, Recipe]:
        """SKU -> components, for those that are bundles."""
        return self._parts.recipes(community_id, skus)

    def family(self, community_id: str, skus: Sequence[str]) -> tuple[str, ...]:
        """These SKUs, components of bundles among them, and every bundle made of any of those, by SKU."""
        return self._parts.family(community_id, skus)

    def save_maker(self, community_id: str, maker: Maker) -> None:
        """The maker is as given."""
        self._table.put(keys.keyed(keys.maker(community_id, maker.id), to_item(maker)))

    def makers(self, community_id: str) -> tuple[Maker, ...]:
        """All makers, by id."""
        partition = keys.community_partition(community_id)
        return tuple(from_item(Maker, row) for row in self._table.query(partition, begins=keys.MAKER))

    def _levels(self, community_id: str) -> Iterable[Item]:
        return self._table.query(keys.stock_partition(community_id), begins=keys.LEVEL)

    def _known(self, product: Product, expected_version: int) -> Product | None:
        """The stored product; read only when there should be one."""
        if expected_version == 0:
            return None
        row = self._table.get(keys.product(product.community, product.code))
        found = row["version"] if row else 0
        if row is None or found != expected_version:
            raise StaleWriteError(f"{product.code}: version {found} is stored, {expected_version} was expected")
        return from_item(Product, row)

    def _write(self, operations: list[Operation]) -> None:
        try:
            self._table.write(operations)
        except ConditionFailedError as error:
            raise StaleWriteError(_reason(operations, error)) from error


def _read(rows: Iterable[Item], prefix: str, kind: type[T]) -> tuple[T, ...]:
    return tuple(from_item(kind, row) for row in rows if row["SK"].startswith(prefix))


def _put(stored: Product, expected_version: int) -> Put:
    row = keys.keyed(keys.product(stored.community, stored.code), to_item(stored))
    return Put(row, Equals("version", expected_version) if expected_version else Absent())


def _claims(stored: Product, skus: Iterable[str]) -> list[Operation]:
    """One claim for each SKU, refused while another product holds it."""
    free = AnyOf((Absent(), Equals("product", stored.code)))
    rows = (keys.keyed(keys.claim(stored.community, sku), {"sku": sku, "product": stored.code}) for sku in sorted(skus))
    return [Put(row, free) for row in rows]


def _releases(stored: Product, skus: Iterable[str]) -> list[Operation]:
    """The claims a product gives up, never those of another."""
    mine = AnyOf((Absent(), Equals("product", stored.code)))
    return [Delete(keys.claim(stored.community, sku), mine) for sku in sorted(skus)]


def _reason(operations: Sequence[Operation], error: ConditionFailedError) -> str:
    product = operations[0].key[1].removeprefix(keys.PRODUCT)
    taken = [f"{row['sku']} belongs to {row['product']}" for row in error.rows[1:] if row and "product" in row]
    return f"{product}: {', '.join(taken) or 'another version is stored'}"

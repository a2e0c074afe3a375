"""Bindings of SKUs to offers, and the photos each shop already has."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence

from chalicelib.domain.errors import LeaseLostError
from chalicelib.domain.offers import Binding, Claim
from chalicelib.domain.shops import Lease
from chalicelib.store import keys as places  # `keys` is a word of the port below
from chalicelib.store.items import from_item, to_item
from chalicelib.store.leases import still_held
from chalicelib.store.table import (
    MAX_OPERATIONS,
    AtLeast,
    ConditionFailedError,
    Equals,
    Item,
    Put,
    Table,
    Update,
    chunks,
)


class Bindings:
    """`ports.Bindings` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_shop(self, shop_id: str) -> dict[str, Binding]:
        """Seller SKU -> binding, all of the shop."""
        rows = self._table.query(places.bindings(shop_id))
        return {row["seller_sku"]: from_item(Binding, row) for row in rows}

    def of_skus(self, shop_id: str, skus: Sequence[str]) -> dict[str, Binding]:
        """Seller SKU -> binding, for those that have one."""
        rows = self._table.batch_get(places.binding(shop_id, sku) for sku in skus)
        return {row["seller_sku"]: from_item(Binding, row) for row in rows.values()}

    def save(self, bindings: Sequence[Binding], lease: Lease | None = None) -> None:
        """The bindings are as given (the last one for a SKU).

        Raises: LeaseLostError when the lease is no longer the one in force; up to 99 bindings are written all or
        none, and of more the first hundreds may be in.
        """
        rows = {}
        for binding in bindings:
            key = places.binding(binding.shop, binding.seller_sku)
            rows[key] = places.keyed(key, to_item(binding))
        self._write(list(rows.values()), lease)

    def sold(self, shop_id: str, seller_sku: str, units: int) -> None:
        """The remembered quantity falls by the units, never below zero; a SKU without binding is ignored.

        Units that come back (below zero) also raise what the shop claims: it may show them beside what it claimed.
        """
        if units < 0:
            self._claim_more(shop_id, seller_sku, -units)
        key = places.binding(shop_id, seller_sku)
        try:
            self._table.update(Update(key, add={"quantity": -units}, when=AtLeast("quantity", units)))
        except ConditionFailedError as error:
            row = error.rows[0]
            if row:
                self._empty(shop_id, seller_sku, units, remembered=row["quantity"])

    def _claim_more(self, shop_id: str, seller_sku: str, units: int) -> None:
        claimed = places.claimed_units(shop_id, seller_sku)
        with contextlib.suppress(ConditionFailedError):  # it claims nothing
            self._table.update(Update(claimed, add={"units": units}, when=AtLeast("units", 0)))

    def claims(self, shop_id: str, skus: Sequence[str]) -> dict[str, Claim]:
        """Seller SKU -> the most the shop may have shown of it, for those with a claim."""
        rows = self._table.batch_get(places.claimed_units(shop_id, sku) for sku in skus)
        return {row["seller_sku"]: from_item(Claim, row) for row in rows.values()}

    def claim(self, shop_id: str, claims: Mapping[str, Claim], lease: Lease | None = None) -> None:
        """The claims are as given. Raises: LeaseLostError, as `save`: who lost the shop must not lower its claims."""
        rows = [
            places.keyed(places.claimed_units(shop_id, sku), {"seller_sku": sku, **to_item(claim)})
            for sku, claim in claims.items()
        ]
        self._write(rows, lease)

    def images(self, shop_id: str, keys: Sequence[str]) -> dict[str, str]:
        """Content key -> the marketplace's reference, for photos handed over before."""
        rows = self._table.batch_get(places.image(shop_id, key) for key in keys)
        return {row["photo"]: row["reference"] for row in rows.values()}

    def save_images(self, shop_id: str, images: Mapping[str, str]) -> None:
        """The references are remembered."""
        self._table.batch_put(
            places.keyed(places.image(shop_id, key), {"photo": key, "reference": reference})
            for key, reference in images.items()
        )

    def _write(self, rows: Sequence[Item], lease: Lease | None) -> None:
        """The rows are in the table, written by whoever holds the lease. Raises: LeaseLostError."""
        if lease is None:
            self._table.batch_put(rows)
            return
        for some in chunks(rows, MAX_OPERATIONS - 1):
            try:
                self._table.write([still_held(lease), *(Put(row) for row in some)])
            except ConditionFailedError:
                raise LeaseLostError(f"{lease.shop}: another worker holds it") from None

    def _empty(self, shop_id: str, seller_sku: str, units: int, remembered: int) -> None:
        """Zero, if it is still what the first try saw; otherwise from the start."""
        change = Update(places.binding(shop_id, seller_sku), set={"quantity": 0}, when=Equals("quantity", remembered))
        try:
            self._table.update(change)
        except ConditionFailedError:
            self.sold(shop_id, seller_sku, units)

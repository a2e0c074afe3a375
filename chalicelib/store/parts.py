"""What bundles are made of, kept with every SKU that takes part in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.domain.bundles import BundleError, Recipe, check_recipe
from chalicelib.domain.catalogue import Product
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.sparse import rows_of
from chalicelib.store.table import Absent, Equals, Operation, Put, Table

MOST_TOUCHED = 40
"""SKUs whose part rows one product may change: they share a transaction with the product and its claims."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One SKU's row: what it is made of, which bundles are made of it. `version` rises with every change."""

    sku: str
    recipe: tuple[tuple[str, int], ...] = ()
    bundles: tuple[str, ...] = ()
    version: int = field(default=0)


class Parts:
    """Reads the part rows, and says what a saved product does to them.

    A bundle and each of its components have a row, and both change under a condition in the transaction that saves
    the product: two products saved at once cannot make a bundle of a bundle.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def bundles_using(self, community_id: str, skus: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """SKU -> bundles made of it."""
        return {sku: part.bundles for sku, part in self._read(community_id, skus).items() if part.bundles}

    def recipes(self, community_id: str, skus: Sequence[str]) -> dict[str, Recipe]:
        """SKU -> components, for bundles."""
        return {sku: part.recipe for sku, part in self._read(community_id, skus).items() if part.recipe}

    def family(self, community_id: str, skus: Sequence[str]) -> tuple[str, ...]:
        """These SKUs, components of bundles among them, and every bundle made of any of those."""
        parts = self._read(community_id, skus)
        plain = {name for part in parts.values() for name, _ in part.recipe} - set(skus)
        parts |= self._read(community_id, sorted(plain)) if plain else {}
        users = {bundle for part in parts.values() for bundle in part.bundles}
        return tuple(sorted({*skus, *plain, *users}))

    def operations(self, product: Product, before: Product | None) -> list[Operation]:
        """What to write with the product; nothing, and no read, for one that is in no bundle's way.

        Raises: BundleError for components that are unknown or bundles, or a SKU that a bundle still needs.
        """
        was = {one.sku: one.components for one in before.variants} if before else {}
        now = {one.sku: one.components for one in product.variants}
        for sku, recipe in now.items():
            check_recipe(sku, recipe)
        changed = {sku for sku in {*was, *now} if was.get(sku, ()) != now.get(sku, ())}
        removed = set(was) - set(now)
        if not changed and not removed:
            return []
        return self._changed(product.community, was, now, changed, removed)

    def _changed(
        self,
        community_id: str,
        was: Mapping[str, Recipe],
        now: Mapping[str, Recipe],
        changed: set[str],
        removed: set[str],
    ) -> list[Operation]:
        named = {name for sku in changed for name, _ in (*was.get(sku, ()), *now.get(sku, ()))}
        there = self._read(community_id, {*changed, *removed, *named})
        parts = {sku: there.get(sku, _Part(sku)) for sku in sorted({*changed, *named})}
        for sku in sorted(changed):
            parts[sku] = replace(parts[sku], recipe=now.get(sku, ()))
            for name in {name for name, _ in (*was.get(sku, ()), *now.get(sku, ()))}:
                uses = {*parts[name].bundles} - {sku} | ({sku} if name in dict(now.get(sku, ())) else set())
                parts[name] = replace(parts[name], bundles=tuple(sorted(uses)))
        wanted = {name for sku in changed for name, _ in now.get(sku, ())}
        self._refuse(community_id, parts, there, removed, wanted - set(now))
        if len(parts) > MOST_TOUCHED:
            raise BundleError(f"one product can change bundles of at most {MOST_TOUCHED} SKUs, not {len(parts)}")
        return [_put(community_id, part) for part in parts.values()]

    def _refuse(
        self,
        community_id: str,
        parts: Mapping[str, _Part],
        there: Mapping[str, _Part],
        removed: set[str],
        elsewhere: set[str],
    ) -> None:
        for part in parts.values():
            if part.recipe and part.bundles:
                users = ", ".join(part.bundles)
                raise BundleError(f"{part.sku} is a bundle and a component of {users}; bundles hold plain SKUs only")
        for sku in sorted(removed):
            users = ", ".join(parts.get(sku, there.get(sku, _Part(sku))).bundles)
            if users:
                raise BundleError(f"{sku} is a component of {users}; change the bundle first")
        known = self._table.batch_get(keys.claim(community_id, sku) for sku in elsewhere) if elsewhere else {}
        unknown = elsewhere - {row["sku"] for row in known.values()}
        if unknown:
            raise BundleError(f"no such SKU to make a bundle of: {', '.join(sorted(unknown))}")

    def _read(self, community_id: str, skus: Iterable[str]) -> dict[str, _Part]:
        wanted = (keys.part(community_id, sku) for sku in skus)
        rows = rows_of(self._table, keys.skus(community_id), keys.PART, wanted)
        return {row["sku"]: from_item(_Part, row) for row in rows.values()}


def _put(community_id: str, part: _Part) -> Put:
    row = to_item(replace(part, version=part.version + 1))
    unmoved = Equals("version", part.version) if part.version else Absent()
    return Put(keys.keyed(keys.part(community_id, part.sku), row), unmoved)

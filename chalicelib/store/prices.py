"""Prices that differ from the catalogue in one shop; beside its rules, as both say what the shop should show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.money import Money
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.sparse import rows_of
from chalicelib.store.table import Item, Key, Table


class Prices:
    """`ports.Prices` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_shop(self, shop_id: str, skus: Sequence[str]) -> dict[str, Money]:
        """SKU -> its price there."""
        wanted = (keys.price(shop_id, sku) for sku in skus)
        return prices_in(rows_of(self._table, keys.rules(shop_id), keys.PRICE, wanted))

    def save(self, shop_id: str, sku: str, price: Money) -> None:
        """The shop sells the SKU at this price."""
        self._table.put(keys.keyed(keys.price(shop_id, sku), {"sku": sku, **to_item(price)}))

    def clear(self, shop_id: str, sku: str) -> None:
        """The shop sells the SKU at the catalogue's price."""
        self._table.delete(keys.price(shop_id, sku))


def prices_in(rows: Mapping[Key, Item]) -> dict[str, Money]:
    """SKU -> price, of those rows that are prices."""
    return {row["sku"]: from_item(Money, row) for (_, sort), row in rows.items() if sort.startswith(keys.PRICE)}

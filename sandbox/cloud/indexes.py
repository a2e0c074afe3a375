"""Index partitions of a moto table, kept beside it, so that an index query does not look at every item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

ItemKey = tuple[DynamoType, DynamoType | None]


def item_key(table: Table, attributes: dict[str, Any]) -> ItemKey:
    """Where an item with these attributes lies in `table`."""
    range_key = DynamoType(attributes[table.range_key_attr]) if table.range_key_attr else None
    return DynamoType(attributes[table.hash_key_attr]), range_key


def items(table: Table) -> Iterator[tuple[ItemKey, Item]]:
    """Every item with its key, in no order; the caller holds the lock."""
    for hash_key, row in table.items.items():
        if table.range_key_attr is None:
            yield (hash_key, None), row
        else:
            yield from (((hash_key, range_key), item) for range_key, item in row.items())


class Indexes:
    """For one table: index name -> value of the index's hash attribute -> items that carry it.

    The caller holds the DynamoDB lock, calls `forget` before it changes an item and `learn` after.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._shape = _shape(table)
        self._rows: dict[str, dict[DynamoType, dict[ItemKey, Item]]] = {name: defaultdict(dict) for name in self._shape}
        for key, _ in items(table):
            self.learn(key)

    @classmethod
    def of(cls, table: Table) -> Indexes:
        """The indexes of a table, built on first use and again when its indexes were changed."""
        found = table.__dict__.get("_pinto_indexes")
        if found is None or found._shape != _shape(table):
            found = table.__dict__["_pinto_indexes"] = cls(table)
        return found

    def partition(self, index_name: str, value: DynamoType) -> list[Item]:
        """Items whose hash attribute in that index equals `value`, in no order."""
        return list(self._rows.get(index_name, {}).get(value, {}).values())

    def learn(self, key: ItemKey) -> None:
        """The item at `key`, if there is one, is found through its indexes from now on."""
        item = self._table.get_item(*key)
        if item is None:
            return
        for name, attribute in self._shape.items():
            value = item.attrs.get(attribute)
            if value is not None:
                self._rows[name][value][key] = item

    def forget(self, key: ItemKey) -> None:
        """No index finds the item at `key` any more."""
        item = self._table.get_item(*key)
        if item is None:
            return
        for name, attribute in self._shape.items():
            value = item.attrs.get(attribute)
            if value is not None and value in self._rows[name]:
                self._rows[name][value].pop(key, None)
                if not self._rows[name][value]:
                    del self._rows[name][value]


def _shape(table: Table) -> dict[str, str]:
    """Index name -> its hash attribute."""
    return {
        index.name: next(part["AttributeName"] for part in index.schema if part["KeyType"] == "HASH")
        for index in table.all_indexes()
    }

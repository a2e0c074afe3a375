"""Index partitions of a moto table, kept beside it, so that an index query does not look at every item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter
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


TABLE = ""
"""The table itself, among its indexes."""


class Indexes:
    """For one table: index name -> value of the index's hash attribute -> items that carry it.

    The caller holds the DynamoDB lock, calls `forget` before it changes an item and `learn` after.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._shape = _shape(table)
        self._rows: dict[str, dict[DynamoType, dict[ItemKey, Item]]] = {name: defaultdict(dict) for name in self._shape}
        # Put in order when somebody asks, and again after a change: a list that is only read is sorted once.
        self._ordered: dict[tuple[str, DynamoType], list[tuple[str, Item]]] = {}
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

    def range_key(self, index_name: str) -> str:
        """The attribute by which a partition is ordered; empty when that is no single text."""
        return self._shape.get(index_name, ("", ""))[1]

    def ordered(self, index_name: str, value: DynamoType) -> list[tuple[str, Item]]:
        """(range key, item) of such a partition, by range key; what lacks it is not in an index."""
        known = self._ordered.get((index_name, value))
        if known is None:
            attribute, rows = self.range_key(index_name), self.partition(index_name, value)
            pairs = [(row.attrs[attribute].value, row) for row in rows if attribute in row.attrs]
            known = self._ordered[index_name, value] = sorted(pairs, key=itemgetter(0))
        return known

    def learn(self, key: ItemKey) -> None:
        """The item at `key`, if there is one, is found through its indexes from now on."""
        item = self._table.get_item(*key)
        if item is None:
            return
        for name, (attribute, _) in self._shape.items():
            value = item.attrs.get(attribute)
            if value is not None:
                self._rows[name][value][key] = item
                self._ordered.pop((name, value), None)

    def forget(self, key: ItemKey) -> None:
        """No index finds the item at `key` any more."""
        item = self._table.get_item(*key)
        if item is None:
            return
        for name, (attribute, _) in self._shape.items():
            value = item.attrs.get(attribute)
            if value is not None and value in self._rows[name]:
                self._rows[name][value].pop(key, None)
                self._ordered.pop((name, value), None)
                if not self._rows[name][value]:
                    del self._rows[name][value]


def _shape(table: Table) -> dict[str, tuple[str, str]]:
    """Name -> its hash attribute and its range attribute, the table itself first; the latter only if it is a text."""
    kinds = {one["AttributeName"]: one["AttributeType"] for one in table.attr}
    schemas = {TABLE: table.schema, **{index.name: index.schema for index in table.all_indexes()}}
    return {name: _attributes(schema, kinds) for name, schema in schemas.items()}


def _attributes(schema: list[dict[str, str]], kinds: dict[str, str]) -> tuple[str, str]:
    named = {kind: [part["AttributeName"] for part in schema if part["KeyType"] == kind] for kind in ("HASH", "RANGE")}
    texts = [name for name in named["RANGE"] if kinds.get(name) == "S"]
    return named["HASH"][0], texts[0] if len(named["RANGE"]) == len(texts) == 1 else ""

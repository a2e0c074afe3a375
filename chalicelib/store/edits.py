"""Who changed what of a product, newest first."""

from __future__ import annotations

from chalicelib.domain.history import Edit
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Table


class Edits:
    """`ports.Edits` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, edit: Edit) -> None:
        """The edit is kept."""
        self._table.put(keys.keyed(keys.edit(edit.community, edit.code, edit.at, edit.id), to_item(edit)))

    def of_product(self, community_id: str, code: str, limit: int = 50) -> tuple[Edit, ...]:
        """Newest first."""
        rows = self._table.query(keys.edits(community_id, code), newest_first=True, limit=limit)
        return tuple(from_item(Edit, row) for row in rows)

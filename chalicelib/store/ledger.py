"""The money ledger of each community, read by time; entries are written with the lines they come from."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.ledger import Entry
from chalicelib.store import keys
from chalicelib.store.items import from_item, text_of
from chalicelib.store.table import Table


class Ledger:
    """`ports.Ledger` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def between(self, community_id: str, since: datetime, until: datetime) -> tuple[Entry, ...]:
        """Entries of the span, in order of time."""
        rows = self._table.query(keys.money_book(community_id), between=(text_of(since), text_of(until)))
        return tuple(one for one in (from_item(Entry, row) for row in rows) if one.at < until)

    def newest(self, community_id: str) -> Entry | None:
        """The entry with the latest time, or None in an empty ledger."""
        rows = self._table.query(keys.money_book(community_id), newest_first=True, limit=1)
        return next((from_item(Entry, row) for row in rows), None)

"""Marketplace calls, redacted, ninety days."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.call_notes import CallNote
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Table

KEPT = timedelta(days=90)


class CallNotes:
    """`ports.CallNotes` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def note(self, note: CallNote) -> None:
        """The call is kept."""
        ends = int((note.at + KEPT).timestamp())
        self._table.put(keys.keyed(keys.call_note(note.channel, note.request_id), {**to_item(note), "ttl": ends}))

    def get(self, channel: str, request_id: str) -> CallNote | None:
        """The call, or None."""
        row = self._table.get(keys.call_note(channel, request_id))
        return from_item(CallNote, row) if row else None

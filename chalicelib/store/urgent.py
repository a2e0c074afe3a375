"""Urgent work that waits for a busy shop says so, for a few seconds; long work looks here between two steps."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.ports import Clock
from chalicelib.store import keys
from chalicelib.store.items import text_of
from chalicelib.store.table import Table


class UrgentWaits:
    """`ports.UrgentWaits` over a table."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def say(self, shop_id: str, seconds: float) -> None:
        """Urgent work waits for the shop until then. It ends by itself: nobody has to take the word back."""
        end = self._clock() + timedelta(seconds=seconds)
        self._table.put(keys.keyed(keys.urgent(shop_id), {"until": text_of(end), "ttl": int(end.timestamp()) + 1}))

    def any(self, shop_id: str) -> bool:
        """Whether urgent work waits for the shop now."""
        row = self._table.get(keys.urgent(shop_id))
        return row is not None and str(row["until"]) > text_of(self._clock())

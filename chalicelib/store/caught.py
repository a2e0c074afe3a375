"""How many orders and offers each layer caught, by shop and Thai day; kept two years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from chalicelib.store import keys
from chalicelib.store.table import Table, Update

KEPT = timedelta(days=2 * 365)
_BEFORE = "n_"  # keeps a layer's name from meeting another field's


class CaughtCounts:
    """`ports.CaughtCounts` over a table: one row a day, a counter for each layer."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, shop_id: str, day: date, layer: str, count: int) -> None:
        """So many more."""
        ends = int((datetime(day.year, day.month, day.day, tzinfo=UTC) + KEPT).timestamp())
        facts = {"day": day.isoformat(), "ttl": ends}
        self._table.update(Update(keys.caught(shop_id, day), set=facts, add={f"{_BEFORE}{layer}": count}))

    def of_shop(self, shop_id: str, limit: int = 31) -> dict[date, dict[str, int]]:
        """Day -> layer -> how many, newest day first."""
        rows = self._table.query(keys.caught_days(shop_id), newest_first=True, limit=limit)
        return {
            date.fromisoformat(row["day"]): {
                name.removeprefix(_BEFORE): units for name, units in sorted(row.items()) if name.startswith(_BEFORE)
            }
            for row in rows
        }

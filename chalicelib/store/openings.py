"""Who opened which buyer's details, when and why; kept two years, without the details."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.privacy import Opening
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Table

KEPT = timedelta(days=2 * 365)


class Openings:
    """`ports.Openings` over a table; entries are only added, never changed."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, opening: Opening) -> None:
        """It is written down."""
        values = to_item(opening) | {"ttl": int((opening.at + KEPT).timestamp())}
        sort = keys.at(opening.at, opening.shop, opening.order_id, opening.person)
        self._table.put(keys.keyed(keys.opening(opening.community, sort), values))

    def latest(self, community_id: str, limit: int = 200) -> tuple[Opening, ...]:
        """Newest first."""
        rows = self._table.query(keys.openings(community_id), newest_first=True, limit=limit)
        return tuple(from_item(Opening, row) for row in rows)

    def of_order(self, community_id: str, shop_id: str, order_id: str) -> tuple[Opening, ...]:
        """Newest first, those of one order. Reads all of the community: openings are few, and asked for rarely."""
        rows = self._table.query(keys.openings(community_id), newest_first=True)
        return tuple(from_item(Opening, row) for row in rows if (row["shop"], row["order_id"]) == (shop_id, order_id))

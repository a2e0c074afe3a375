"""Quarters that are over, one row a community and quarter, reckoned once and kept for ever."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.progress import Progress, Quarter
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Table


class ProgressRows:
    """`ports.ProgressRows` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, community_id: str, quarters: Sequence[Quarter], currency: str) -> dict[Quarter, Progress]:
        """Quarter -> its numbers, for those that are kept."""
        rows = self._table.batch_get(keys.quarter(community_id, str(one), currency) for one in quarters)
        unknown = {"products_on_sale": None, "hand_over_s": None}  # A row leaves out what is None.
        found = (from_item(Progress, {**unknown, **row}) for row in rows.values())
        return {one.quarter: one for one in found}

    def keep(self, row: Progress) -> None:
        """The quarter's numbers are as given."""
        key = keys.quarter(row.community, str(row.quarter), row.sales.currency)
        self._table.put(keys.keyed(key, to_item(row)))

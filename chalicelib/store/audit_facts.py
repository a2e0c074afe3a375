"""What audits learnt about each shop, as the connector wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.store import keys
from chalicelib.store.table import Table


class AuditFacts:
    """`ports.AuditFacts` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_shops(self, shop_ids: Sequence[str]) -> dict[str, str]:
        """Shop id -> facts."""
        rows = self._table.batch_get(keys.audit_facts(shop_id) for shop_id in shop_ids)
        return {row["shop"]: row["facts"] for row in rows.values()}

    def save(self, shop_id: str, facts: str) -> None:
        """These are the facts."""
        self._table.put(keys.keyed(keys.audit_facts(shop_id), {"shop": shop_id, "facts": facts}))

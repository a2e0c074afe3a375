"""What communities decided, one row each."""

from __future__ import annotations

from chalicelib.domain.policy import CommunityPolicy
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Table


class Policies:
    """`ports.Policies` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, community_id: str) -> CommunityPolicy | None:
        """What the community decided, or None."""
        row = self._table.get(keys.policy(community_id))
        return from_item(CommunityPolicy, row) if row else None

    def save(self, community_id: str, policy: CommunityPolicy) -> None:
        """The policy is as given."""
        self._table.put(keys.keyed(keys.policy(community_id), to_item(policy)))

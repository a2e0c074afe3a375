"""Communities: the tenants."""

from __future__ import annotations

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Put, Table


class Communities:
    """`ports.Communities` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, community_id: str) -> Community:
        """The community. Raises: NotFoundError."""
        row = self._table.get(keys.community(community_id))
        if row is None:
            raise NotFoundError(f"no community {community_id}")
        return from_item(Community, row)

    def list(self) -> tuple[Community, ...]:
        """All of them, by id."""
        return tuple(from_item(Community, row) for row in self._table.query(keys.COMMUNITIES))

    def save(self, community: Community) -> None:
        """The community is as given, in its own row and in the list."""
        values = to_item(community)
        places = keys.community(community.id), keys.community_copy(community.id)
        self._table.write([Put(keys.keyed(place, values)) for place in places])

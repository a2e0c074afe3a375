"""Calls for help, by community and for the whole programme, and who can help with what."""

from __future__ import annotations

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.help_wanted import HelpWanted, Skill
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import GSI1, Absent, AllOf, Equals, Item, Table


class Help:
    """`ports.Help` over a table. A change names the state and hands it was decided on."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def ask(self, wanted: HelpWanted) -> None:
        """The call is known; the same one again changes nothing. Raises: StaleWriteError for a known id."""
        self._table.put(_row(wanted), Absent())

    def get(self, community_id: str, help_id: str) -> HelpWanted:
        """One call. Raises: NotFoundError."""
        row = self._table.get(keys.help_wanted(community_id, help_id))
        if row is None:
            raise NotFoundError(f"no call for help {help_id}")
        return from_item(HelpWanted, row)

    def of_community(self, community_id: str) -> tuple[HelpWanted, ...]:
        """Newest first."""
        found = [from_item(HelpWanted, row) for row in self._table.query(keys.help_partition(community_id))]
        return tuple(sorted(found, key=lambda one: (one.asked_at, one.id), reverse=True))

    def everywhere(self, limit: int = 200) -> tuple[HelpWanted, ...]:
        """Of every community, newest first."""
        rows = self._table.query(keys.HELP, index=GSI1, newest_first=True, limit=limit)
        return tuple(from_item(HelpWanted, row) for row in rows)

    def move(self, wanted: HelpWanted, was: HelpWanted) -> None:
        """It is as given. Raises: StaleWriteError when somebody else moved it first."""
        self._table.put(_row(wanted), AllOf((Equals("state", was.state.value), Equals("taken_by", was.taken_by))))

    def skills(self, email: str) -> frozenset[Skill]:
        """What this person can help with."""
        row = self._table.get(keys.skills(email)) or {}
        return frozenset(Skill(one) for one in row.get("skills", ()))

    def set_skills(self, email: str, skills: frozenset[Skill]) -> None:
        """The person can help with these."""
        self._table.put(keys.keyed(keys.skills(email), {"skills": sorted(one.value for one in skills)}))


def _row(wanted: HelpWanted) -> Item:
    sort = keys.at(wanted.asked_at, wanted.id)
    return keys.indexed(keys.help_wanted(wanted.community, wanted.id), keys.HELP, sort, to_item(wanted))

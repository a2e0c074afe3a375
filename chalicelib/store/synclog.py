"""The sync log: runs, kept for ever, and their entries, kept ninety days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.log_search import LogPage, LogQuery
from chalicelib.domain.synclog import Entry, Run, RunState
from chalicelib.store import keys, log_search
from chalicelib.store.board import note_run
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import GSI1, ConditionFailedError, Equals, Item, Table

KEPT = timedelta(days=90)


class SyncLog:
    """`ports.SyncLog` over a table; the same run or entry number again replaces what was said."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def start(self, run: Run) -> None:
        """The run is known, from now on in its community's list."""
        self._table.put(_run_row(run))

    def add(self, entries: Sequence[Entry]) -> None:
        """The entries are as given."""
        self._table.batch_put(row for entry in entries for row in _entry_rows(entry))

    def finish(self, run: Run) -> None:
        """The run ended as given, and the board says so."""
        self._table.put(_run_row(run))
        note_run(self._table, run)

    def abandon(self, run: Run) -> bool:
        """The run ended as given, and True; False, and nothing is said, when its own worker ended it meanwhile."""
        try:
            self._table.put(_run_row(run), Equals("state", RunState.RUNNING.value))
        except ConditionFailedError:
            return False
        note_run(self._table, run)
        return True

    def run(self, run_id: str) -> Run:
        """One run. Raises: NotFoundError."""
        row = self._table.get(keys.run(run_id))
        if row is None:
            raise NotFoundError(f"no run {run_id}")
        return from_item(Run, row)

    def runs(self, community_id: str, limit: int = 50) -> tuple[Run, ...]:
        """Runs of a community, newest first."""
        rows = self._table.query(keys.runs(community_id), index=GSI1, newest_first=True, limit=limit)
        return tuple(from_item(Run, row) for row in rows)

    def entries(self, run_id: str) -> tuple[Entry, ...]:
        """Entries of a run, by number."""
        rows = self._table.query(keys.run_partition(run_id), begins=keys.ENTRY)
        return tuple(from_item(Entry, row) for row in rows)

    def recent_entries(self, community_id: str, limit: int = 200) -> tuple[Entry, ...]:
        """Entries of all shops of the community, newest first."""
        rows = self._table.query(keys.log(community_id), index=GSI1, newest_first=True, limit=limit)
        return tuple(from_item(Entry, row) for row in rows)

    def of_product(self, community_id: str, code: str, limit: int = 40) -> tuple[Entry, ...]:
        """Entries of one product and its variants, in all shops, newest first."""
        return log_search.of_product(self._table, community_id, code, limit)

    def search(self, asked: LogQuery, limit: int = 50, older: str = "") -> LogPage:
        """One page of the changes asked for, newest first, from below `older`."""
        return log_search.search(self._table, asked, limit, older)


def _run_row(run: Run) -> Item:
    sort = keys.at(run.started_at, run.id)
    return keys.indexed(keys.run(run.id), keys.runs(run.community), sort, to_item(run))


def _entry_rows(entry: Entry) -> Iterator[Item]:
    values = to_item(entry) | {"ttl": int((entry.at + KEPT).timestamp())}
    sort = keys.at(entry.at, entry.run, f"{entry.number:06d}")
    yield keys.indexed(keys.entry(entry.run, entry.number), keys.log(entry.community), sort, values)
    yield from log_search.copies(entry, values, sort)

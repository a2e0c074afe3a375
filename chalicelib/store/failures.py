"""Why messages failed: one row for each thing that was asked for, gone after fourteen days as dead letters are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.letters import Failure
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Table

KEPT = timedelta(days=14)


class Failures:
    """`ports.Failures` over a table. Two workers at once may count one failure too few; the reason stays right."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def note(self, failure: Failure) -> None:
        """The message failed once more, last with this reason."""
        before = self._table.get(keys.failure(failure.digest))
        if before is not None:
            known = from_item(Failure, before)
            failure = replace(failure, first_at=known.first_at, times=known.times + 1, run=failure.run or known.run)
        ends = int((failure.last_at + KEPT).timestamp())
        self._table.put(keys.keyed(keys.failure(failure.digest), {**to_item(failure), "ttl": ends}))

    def of(self, digests: Sequence[str]) -> dict[str, Failure]:
        """Digest -> why it failed, for those that are known."""
        rows = self._table.batch_get(keys.failure(digest) for digest in digests)
        return {row["digest"]: from_item(Failure, row) for row in rows.values()}

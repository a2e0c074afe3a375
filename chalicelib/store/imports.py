"""Import jobs: one row each, gone after ninety days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.import_job import ImportJob
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Absent, Condition, Equals, Table

KEPT = timedelta(days=90)


class Imports:
    """`ports.Imports` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, job: ImportJob) -> ImportJob:
        """The new job as stored. Raises: StaleWriteError when there is one of this id."""
        return self._put(job, Absent())

    def get(self, community_id: str, job_id: str) -> ImportJob:
        """The job. Raises: NotFoundError."""
        row = self._table.get(keys.import_job(community_id, job_id))
        if row is None:
            raise NotFoundError(f"no import {job_id}")
        return from_item(ImportJob, row)

    def save(self, job: ImportJob) -> ImportJob:
        """The job as stored, its version raised. Raises: StaleWriteError."""
        return self._put(job, Equals("version", job.version))

    def latest(self, community_id: str, limit: int = 10) -> tuple[ImportJob, ...]:
        """Newest first: ids begin with their time."""
        rows = self._table.query(keys.imports(community_id), newest_first=True, limit=limit)
        return tuple(from_item(ImportJob, row) for row in rows)

    def _put(self, job: ImportJob, when: Condition) -> ImportJob:
        saved = replace(job, version=job.version + 1)
        ends = int((job.at + KEPT).timestamp())
        key = keys.import_job(job.community, job.id)
        self._table.put(keys.keyed(key, to_item(saved) | {"ttl": ends}), when)
        return saved

"""Where product files wait that somebody brought."""

from __future__ import annotations

from typing import Protocol

from chalicelib.domain.import_job import ImportJob


class Imports(Protocol):
    def add(self, job: ImportJob) -> ImportJob:
        """The new job as stored. Raises: StaleWriteError when there is one of this id."""

    def get(self, community_id: str, job_id: str) -> ImportJob: ...  # raises NotFoundError
    def save(self, job: ImportJob) -> ImportJob:
        """The job as stored, its version raised. Raises: StaleWriteError when somebody saved it meanwhile."""

    def latest(self, community_id: str, limit: int = 10) -> tuple[ImportJob, ...]:
        """Newest first."""

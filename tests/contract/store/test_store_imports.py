"""Import jobs and the files they came with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_builders import NOON, VILLAGE

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.import_job import ImportJob, JobState


def test_import_jobs_come_back_newest_first_and_are_saved_once(store):
    """Two workers at one job: the slower one is refused."""
    first = store.imports.add(ImportJob(VILLAGE, "20261125030000-a", "a.xlsx", "f" * 64, NOON, "nok@example.org"))
    second = store.imports.add(replace(first, id="20261125030001-b", version=0))
    assert store.imports.latest(VILLAGE) == (second, first)
    assert store.imports.latest("elsewhere") == ()
    saved = store.imports.save(replace(first, state=JobState.WRITING, total=30, left=("TEA",)))
    assert store.imports.get(VILLAGE, first.id) == saved
    with pytest.raises(StaleWriteError):
        store.imports.save(first)
    with pytest.raises(StaleWriteError):
        store.imports.add(replace(first, version=0))
    with pytest.raises(NotFoundError):
        store.imports.get("elsewhere", first.id)


def test_uploads_are_kept_by_content(store):
    """Whatever was brought comes back bit for bit."""
    key = store.uploads.put(b"rows", "application/zip")
    assert store.uploads.get(key).data == b"rows"
    with pytest.raises(NotFoundError):
        store.uploads.get("0" * 64)

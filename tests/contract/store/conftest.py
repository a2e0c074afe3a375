"""Every test here runs once for each kind of store, on a table of its own."""

from __future__ import annotations

import pytest
from store_kinds import CHOSEN, HandClock, running

from chalicelib.store.build import build


@pytest.fixture(scope="session", params=CHOSEN)
def backend(request):
    with running(request.param) as started:
        yield started


@pytest.fixture
def table(backend):
    return backend.table()


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def store(backend, table, clock):
    return build(table, backend.photos(), backend.vault(), clock)

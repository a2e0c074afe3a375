"""A run whose worker died is ended by the next; one that ended by itself stays as it was said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.synclog import Run, RunState
from chalicelib.sync import publish
from tests.properties.bazaar import Square
from tests.properties.laws import NOW

SHOP = "test-bazaar"
RUN = Run("r1", "test", SHOP, "bazaar", "bulk", "sweep", NOW)


class LaggingLog:
    """A log whose list still shows a run as it was before it ended, as an index may for a moment."""

    def __init__(self, log):
        self._log = log

    def runs(self, community_id, limit=50):
        return (RUN, *(run for run in self._log.runs(community_id, limit) if run.id != RUN.id))

    def __getattr__(self, name):
        return getattr(self._log, name)


@pytest.fixture
def square():
    made = Square()
    made.sell("TEA-50")
    made.store.log.start(RUN)
    made.ctx = replace(made.ctx, store=replace(made.store, log=LaggingLog(made.store.log)))
    return made


def test_a_run_that_just_ended_is_not_called_lost(square):
    """The next worker reads an old list; what the first one said of its own run stands."""
    ended = replace(RUN, state=RunState.COMPLETE, ended_at=square.clock(), counts={"live": 3}, calls=7)
    square.store.log.finish(ended)
    publish.publish(square.ctx, SHOP)
    assert square.store.log.run("r1") == ended


def test_a_run_whose_worker_died_is_over(square):
    """It does not say "running" for ever."""
    publish.publish(square.ctx, SHOP)
    lost = square.store.log.run("r1")
    assert (lost.state, lost.note) == (RunState.STOPPED, "worker_lost")

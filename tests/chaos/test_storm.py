"""Storms, a few dozen: what must hold after everything went wrong does, and a naive client shows that it need not."""

from __future__ import annotations

import time

import pytest

from sandbox.chaos.run import replay, run_naive, run_ours
from sandbox.chaos.stage import open_stage

SEEDS = range(24)
NAIVE_SEEDS = range(16)
AT_MOST_S = 75
"""A slow machine meets fewer storms, not a slower test."""


@pytest.fixture(scope="module")
def stage():
    with open_stage() as made:
        yield made


def test_every_law_holds_after_every_storm(stage):
    """Converged, no twin, no order lost or doubled, the ledger adds up, balances are clean; split never oversells."""
    began = time.monotonic()
    met = []
    for seed in SEEDS:
        outcome = run_ours(stage, seed)
        assert not outcome.failures, replay(outcome)
        met.append(outcome)
        if time.monotonic() - began > AT_MOST_S:
            break
    assert len(met) >= 4
    assert sum(one.oversold for one in met if one.split) == 0
    assert sum(one.faults for one in met) > len(met)


def test_a_storm_is_the_same_twice(stage):
    """A seed tells one story, so that a failure can be looked at again."""
    first, second = run_ours(stage, 7), run_ours(stage, 7)
    assert first.trace == second.trace


def test_the_same_storms_cost_a_naive_client_something(stage):
    """Units oversold, twins or orders lost: without losses here the storms above would prove nothing."""
    losses = 0
    for seed in NAIVE_SEEDS:
        outcome = run_naive(stage, seed)
        losses += outcome.oversold + outcome.twins + outcome.lost_orders
        if losses >= 3:
            break
    assert losses >= 3

"""Runs seeds, and says what a failing one did."""

from __future__ import annotations

from sandbox.chaos import invariants
from sandbox.chaos.logs import captured
from sandbox.chaos.naive import Naive
from sandbox.chaos.ours import Ours
from sandbox.chaos.stage import Stage
from sandbox.chaos.storm import Outcome, Storm

REPLAYED = 40


def is_split(seed: int) -> bool:
    """Every other seed is a storm where each SKU is split, and must not oversell a single unit."""
    return seed % 2 == 1


def run_ours(stage: Stage, seed: int) -> Outcome:
    """What the seed's storm did to Pinto; an engine that fell over is a failure too."""
    storm = Storm(stage, seed, is_split(seed))
    outcome = Outcome(seed, is_split(seed), trace=storm.world.trace)
    with captured() as logs:
        engine = Ours(stage, storm.world, seed, is_split(seed))
        try:
            storm.blow(engine)
            outcome.rounds = engine.settle()
            outcome.failures = invariants.check(engine, logs, outcome.rounds)
        except Exception as error:
            outcome.failures.append(f"the engine fell over: {error!r}")
    outcome.lost_orders = sum(failure.startswith("no lost order") for failure in outcome.failures)
    return _measured(outcome, storm)


def run_naive(stage: Stage, seed: int) -> Outcome:
    """What the same storm did to the baseline; it has no laws, only losses."""
    storm = Storm(stage, seed, is_split(seed))
    outcome = Outcome(seed, is_split(seed), trace=storm.world.trace)
    with captured():
        engine = Naive(stage, storm.world, seed)
        storm.blow(engine)
        engine.settle()
    outcome.lost_orders = engine.lost()
    return _measured(outcome, storm)


def replay(outcome: Outcome) -> str:
    """The laws that broke, the last events, and the command that shows it again."""
    lines = [f"seed {outcome.seed} ({'split' if outcome.split else 'shared'}) FAILED"]
    lines += [f"  {failure}" for failure in outcome.failures]
    lines += ["  the last events:", *(f"    {line[:200]}" for line in outcome.trace[-REPLAYED:])]
    lines.append(f"  again: python -m sandbox.chaos --seeds 1 --start {outcome.seed} --trace")
    return "\n".join(lines)


def _measured(outcome: Outcome, storm: Storm) -> Outcome:
    world = storm.world
    outcome.sold, outcome.oversold, outcome.faults = world.sold, world.oversold, world.faults
    outcome.twins = invariants.twins(world)
    return outcome

"""Storms side by side: each process has a stage of its own."""

from __future__ import annotations

import contextlib
import multiprocessing
import traceback
from collections.abc import Iterator

from sandbox.chaos.run import run_naive, run_ours
from sandbox.chaos.stage import Stage, open_stage
from sandbox.chaos.storm import Outcome

Job = tuple[int, bool]
"""A seed, and whether the naive client meets its storm too."""

_stage: Stage | None = None
_open = contextlib.ExitStack()


def storms(jobs: list[Job], workers: int) -> Iterator[tuple[Outcome, Outcome | None]]:
    """What each job's storm did to us and perhaps to the naive client, in the order of the jobs."""
    if workers < 2 or len(jobs) < 2:
        _begin()
        yield from map(_both, jobs)
        _open.close()
        return
    with multiprocessing.get_context("spawn").Pool(min(workers, len(jobs)), _begin) as pool:
        yield from pool.imap(_both, jobs)


def _begin() -> None:
    global _stage
    _stage = _open.enter_context(open_stage())


def _both(job: Job) -> tuple[Outcome, Outcome | None]:
    seed, with_naive = job
    assert _stage is not None
    try:
        return run_ours(_stage, seed), run_naive(_stage, seed) if with_naive else None
    except Exception:
        # Our own errors do not travel between processes, and one that hangs the pool helps nobody.
        raise RuntimeError(f"seed {seed}: {traceback.format_exc()}") from None

"""One present for everybody: the engine, both practice marketplaces, and whoever would sleep."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from sandbox.market.clock import Clock

START_S = datetime(2026, 3, 2, 3, tzinfo=UTC).timestamp()
TICK_S = 0.001
SLEEPERS = ("sandbox.lazada.gateway", "chalicelib.sync.token_care", "tenacity.nap")


class VirtualClock(Clock):
    """Time that passes only when told to, and a little with every look of the engine; also a `time` module."""

    def __init__(self) -> None:
        super().__init__()
        self.at_s = START_S

    def __call__(self) -> datetime:
        """The present for the engine: aware UTC."""
        self.at_s += TICK_S
        return datetime.fromtimestamp(self.at_s, UTC)

    def now(self) -> float:
        """The present for a practice marketplace: epoch seconds."""
        return self.at_s

    def advance(self, seconds: float) -> float:
        """The new present."""
        self.at_s += max(seconds, 0.0)
        return self.at_s

    time = monotonic = now

    def time_ns(self) -> int:
        """Nanoseconds since the epoch."""
        return int(self.at_s * 1e9)

    def sleep(self, seconds: float) -> None:
        """Nobody waits: the clock moves."""
        self.advance(seconds)


@contextlib.contextmanager
def everywhere(clock: VirtualClock) -> Iterator[None]:
    """Inside the block nobody sleeps for real, and calls that go side by side go one after another."""
    keeper: Any = importlib.import_module("chalicelib.sync.context")
    original = keeper.TokenKeeper
    with contextlib.ExitStack() as stack:
        for name in SLEEPERS:
            stack.enter_context(patch.object(importlib.import_module(name), "time", clock))
        stack.enter_context(patch.object(importlib.import_module("connectors.wire"), "ThreadPoolExecutor", _InLine))
        made = lambda *parts: original(*parts, sleep=clock.sleep)  # noqa: E731
        stack.enter_context(patch.object(keeper, "TokenKeeper", made))
        yield


class _InLine:
    """A thread pool without threads, so that a seed always tells the same story."""

    def __init__(self, max_workers: int = 1) -> None:
        self.max_workers = max_workers

    def __enter__(self) -> _InLine:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to wait for."""

    map = staticmethod(map)

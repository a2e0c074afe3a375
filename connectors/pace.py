"""Keeps a shop below a burst limit that nobody publishes: a few calls of one path at once, then evenly spaced."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """Lets `at_once` calls through together and after that `calls_per_s` a second, evenly; shared by all threads.

    In no second do more than `calls_per_s + at_once` calls of one path leave for one shop, so that sum is what must
    stay below the marketplace's limit. Even spacing is what allows to go close to it: calls that all leave in the
    same instant of each second would be banned for a few milliseconds of jitter.
    """

    def __init__(
        self,
        calls_per_s: float,
        at_once: int = 1,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._space_s = 1 / calls_per_s
        self._credit_s = (at_once - 1) / calls_per_s
        self._now = now
        self._sleep = sleep
        self._next: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def wait(self, shop: str, path: str) -> None:
        """Returns when this call may leave."""
        with self._lock:
            now = self._now()
            due = max(self._next.get((shop, path), now), now)
            self._next[shop, path] = due + self._space_s
            at = due - self._credit_s
        if at > now:
            self._sleep(at - now)

"""Keeps a shop below a burst limit that nobody publishes: so many calls of one path a second, no more."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW_S = 1.0


class Pace:
    """Lets calls through at once until a second is full, then makes them wait; shared by all threads."""

    def __init__(
        self,
        calls_per_s: int,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._most = calls_per_s
        self._now = now
        self._sleep = sleep
        self._recent: dict[tuple[str, str], deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, shop: str, path: str) -> None:
        """Returns when this call fits into the second that ends with it."""
        with self._lock:
            now = self._now()
            recent = self._recent.setdefault((shop, path), deque(maxlen=self._most))
            at = max(now, recent[0] + WINDOW_S) if len(recent) == self._most else now
            recent.append(at)
        if at > now:
            self._sleep(at - now)

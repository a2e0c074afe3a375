"""Spends calls that all workers share: taken in handfuls, spaced evenly, and never after their time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from chalicelib.domain.errors import PacedError, RateLimitError
from chalicelib.domain.ports import Allowance, Limit
from connectors.pace import Pace

HANDFUL = 10
APP_HANDFUL = 50
LONGEST_WAIT_S = 6.0
"""A call due later than this is not waited for: the message goes back to its queue."""
TRIES = 3


@dataclass(slots=True)
class _Purse:
    """What this process holds of one limit. `size` grows while handfuls are spent, and falls when one lapses."""

    largest: int
    size: int = 1
    left: int = 0
    due_at: float = 0.0
    space_s: float = 0.0
    valid_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class SharedPace:
    """Lets calls leave as the allowance says: first the app's total, then the shop's share of one operation.

    A process that calls now and then takes one or two at a time, so that little lapses unspent; one that works
    through a shop takes ten, and of the app's total fifty: that is what bounds the writes of the allowance.
    `app_codes` are the channel's codes for a limit of the whole app.
    """

    def __init__(
        self,
        allowance: Allowance,
        channel: str,
        calls_per_s: float,
        app_calls_per_s: float,
        app_codes: Sequence[str] = (),
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._allowance = allowance
        self._channel = channel
        self._calls_per_s = calls_per_s
        self._app_calls_per_s = app_calls_per_s
        self._app_codes = frozenset(app_codes)
        self._now = now
        self._sleep = sleep
        self._purses: dict[Limit, _Purse] = {}
        self._lock = threading.Lock()

    @contextmanager
    def call(self, app_key: str, shop: str, path: str) -> Iterator[None]:
        """A block for one call, entered when it may leave; a refusal as too many teaches every worker.

        Raises: PacedError, before the block, when the call would have to wait long.
        """
        app, own = Limit(self._channel, app_key), Limit(self._channel, app_key, shop, path)
        at = max(self._due(app), self._due(own))
        wait_s = at - self._now()
        if wait_s > 0:
            self._sleep(wait_s)
        try:
            yield
        except Exception as error:
            refused = error if isinstance(error, RateLimitError) else error.__cause__
            if isinstance(refused, RateLimitError):
                self._learn(app if refused.code in self._app_codes else own, refused.retry_after_s)
            raise

    def _due(self, limit: Limit) -> float:
        purse = self._purse(limit)
        with purse.lock:  # threads that need the same handful wait for one take
            now = self._now()
            if not purse.left or max(now, purse.due_at) > purse.valid_until:
                self._fill(limit, purse)
            purse.left -= 1
            at = max(purse.due_at, self._now())
            # Also what is spent late is spaced, so that a worker alone never goes faster than the rate.
            purse.due_at = at + purse.space_s
            return at

    def _fill(self, limit: Limit, purse: _Purse) -> None:
        lapsed = purse.left > 0
        purse.size = max(purse.size - purse.left, 1) if lapsed else min(purse.size * 4, purse.largest)
        purse.left = 0
        for _ in range(TRIES):
            granted = self._allowance.take(limit, purse.size, self._rate(limit))
            if granted.wait_s > LONGEST_WAIT_S:
                break
            if granted.calls:
                now = self._now()
                purse.left, purse.space_s = granted.calls, granted.space_s
                purse.due_at = max(purse.due_at, now + granted.wait_s)
                purse.valid_until = now + granted.valid_s
                return
            self._sleep(granted.wait_s)
        raise PacedError(self._channel, "not_sent", f"paced {limit.operation}", retry_after_s=max(granted.wait_s, 1.0))

    def _learn(self, limit: Limit, retry_after_s: float) -> None:
        purse = self._purse(limit)
        with purse.lock:
            purse.left = 0
        self._allowance.slow_down(limit, self._rate(limit), retry_after_s)

    def _rate(self, limit: Limit) -> float:
        return self._calls_per_s if limit.shop or limit.operation else self._app_calls_per_s

    def _purse(self, limit: Limit) -> _Purse:
        with self._lock:
            largest = HANDFUL if limit.shop or limit.operation else APP_HANDFUL
            return self._purses.setdefault(limit, _Purse(largest))


class OwnPace:
    """The same block for a process that shares with nobody."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    @contextmanager
    def call(self, app_key: str, shop: str, path: str) -> Iterator[None]:
        """A block for one call, entered when it may leave."""
        self._pace.wait(shop, path)
        yield


Pacing = OwnPace | SharedPace


def pacing(
    channel: str,
    allowance: Allowance | None,
    calls_per_s: float,
    at_once: int,
    app_calls_per_s: float,
    app_codes: Sequence[str] = (),
) -> Pacing:
    """How this channel's calls are paced: shared where there is an allowance to share, else by this process alone."""
    if allowance is None:
        return OwnPace(Pace(calls_per_s, at_once))
    return SharedPace(allowance, channel, calls_per_s, app_calls_per_s, app_codes)

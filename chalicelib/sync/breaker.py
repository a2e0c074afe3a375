"""Stands before a shop's marketplace: lets work through, holds it back while nothing answers, and tries one alone."""

from __future__ import annotations

from chalicelib.domain.breaker import Breaker, Stand, Trouble, failed, given_back, probing, stand
from chalicelib.domain.errors import (
    MarketplaceError,
    OutcomeUnknownError,
    PacedError,
    RateLimitError,
    StaleWriteError,
    TransientError,
)
from chalicelib.sync.context import Context

TRIES = 5
LOST_RACE_S = 5.0


class ShopRestingError(Exception):
    """The shop's marketplace is left alone for a while; the message should come back after `wait_s`."""

    def __init__(self, shop_id: str, wait_s: float) -> None:
        super().__init__(shop_id)
        self.wait_s = wait_s


class Guard:
    """Watches one message's work on one shop.

    Costs one read. Nothing is written while all goes well: only a failure, a probe, and the first success after them.
    """

    def __init__(self, ctx: Context, shop_id: str) -> None:
        self._ctx = ctx
        self._shop_id = shop_id
        self._breaker = Breaker()
        self._version = 0
        self._is_probe = False

    def let_in(self) -> None:
        """The work may start. Raises: ShopRestingError while it may not."""
        self._breaker, self._version = self._ctx.store.breakers.get(self._shop_id)
        now = self._ctx.clock()
        state, wait_s = stand(self._breaker, now)
        if state is Stand.OPEN:
            raise ShopRestingError(self._shop_id, wait_s)
        if state is Stand.HALF_OPEN:
            self._is_probe = True
            if not self._saved(probing(self._breaker, now, self._ctx.policy.breaker)):
                raise ShopRestingError(self._shop_id, LOST_RACE_S)  # another worker tries; this one waits for it

    def answered(self) -> None:
        """The marketplace answered, whatever it said: nothing that failed before counts any more."""
        if not self._breaker.is_clean:
            self._saved(Breaker())

    def told_nothing(self) -> None:
        """The work ended without a word from the marketplace: another message may try in its place."""
        if self._is_probe:
            self._saved(given_back(self._breaker))

    def failed(self, error: Exception) -> None:
        """The error is counted, if it is of a kind that may pass and not of our own making."""
        trouble = trouble_of(error)
        if trouble is None:
            self._no_trouble(error)
            return
        asked_s = error.retry_after_s if isinstance(error, RateLimitError) else 0.0
        for _ in range(TRIES):
            now, thresholds = self._ctx.clock(), self._ctx.policy.breaker
            after = failed(self._breaker, trouble, now, thresholds, asked_s=asked_s, salt=self._shop_id)
            if after is self._breaker or self._saved(after):
                return
            self._breaker, self._version = self._ctx.store.breakers.get(self._shop_id)

    def _no_trouble(self, error: Exception) -> None:
        if isinstance(error, MarketplaceError) and not isinstance(error, PacedError):
            self.answered()
        else:
            self.told_nothing()

    def _saved(self, breaker: Breaker) -> bool:
        try:
            self._ctx.store.breakers.save(self._shop_id, breaker, self._version)
        except StaleWriteError:
            return False
        self._breaker, self._version = breaker, self._version + 1
        return True


def trouble_of(error: Exception) -> Trouble | None:
    """The class of an error that may pass; None for any other, and where only our own pacing held us back."""
    if isinstance(error, PacedError):
        return None
    if isinstance(error, RateLimitError):
        return Trouble.LIMITED
    if isinstance(error, TransientError):
        return Trouble.DOWN
    return Trouble.UNANSWERED if isinstance(error, OutcomeUnknownError) else None

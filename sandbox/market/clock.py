"""The time a practice marketplace believes in."""

import time


class Clock:
    """Real time plus an offset that only moves forward; epoch seconds.

    With `now` given, the clock starts at that moment and keeps running from there.
    """

    def __init__(self, now: float | None = None) -> None:
        self.offset_s = 0.0 if now is None else now - time.time()

    def now(self) -> float:
        """Epoch seconds."""
        return time.time() + self.offset_s

    def advance(self, seconds: float) -> float:
        """The new time, `seconds` later than before."""
        self.offset_s += max(seconds, 0.0)
        return self.now()

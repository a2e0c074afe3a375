"""Pacing: how many calls may leave, decided from one small state that all workers share.

The state sells time. Each call costs `1 / calls_per_s` seconds of the future, and whoever takes several buys a span
that nobody else gets. Spans never overlap, so workers together stay below the rate whatever each of them does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Habits:
    """How a rate is learnt. A limit met multiplies it by `fall`; quiet time raises it back in a straight line.

    `floor_share`: what of the ceiling is left at least. `recover_s`: quiet seconds from nothing to the ceiling.
    `hold_s`: how long after its span a worker may still use what it took: too long, and two spans meet.
    `longest_ahead_s`: time is not sold further ahead; a worker that would wait longer is better put back.
    """

    fall: float = 0.5
    floor_share: float = 0.1
    recover_s: float = 900.0
    hold_s: float = 0.25
    longest_ahead_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Meter:
    """State of one limit. Seconds of one clock: `sold_until`, the rate as it was at `learnt_at`, a ban's end."""

    sold_until: float = 0.0
    calls_per_s: float = 0.0
    learnt_at: float = 0.0
    banned_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Granted:
    """`calls` may leave: the first in `wait_s`, each next one `space_s` later, none after `valid_s`.

    None at all: ask again in `wait_s`.
    """

    calls: int
    wait_s: float
    space_s: float = 0.0
    valid_s: float = 0.0


def rate(meter: Meter, ceiling: float, now: float, habits: Habits) -> float:
    """Calls a second that are safe now: what was learnt, and a little more for each quiet second.

    >>> rate(Meter(), ceiling=40, now=0, habits=Habits())
    40
    >>> rate(Meter(calls_per_s=20, learnt_at=100), ceiling=40, now=325, habits=Habits())
    30.0
    """
    if not meter.calls_per_s:
        return ceiling
    quiet_s = max(now - meter.learnt_at, 0.0)
    return min(ceiling, meter.calls_per_s + ceiling * quiet_s / habits.recover_s)


def take(meter: Meter, wanted: int, ceiling: float, now: float, habits: Habits) -> tuple[Meter, Granted]:
    """The state after `wanted` calls were taken (fewer when that is too far ahead), and what was granted."""
    if now < meter.banned_until:
        return meter, Granted(0, meter.banned_until - now)
    start = max(meter.sold_until, now)
    space_s = 1 / rate(meter, ceiling, now, habits)
    calls = min(wanted, max(int((now + habits.longest_ahead_s - start) / space_s), 0))
    if start == now:
        calls = max(calls, 1)  # a rate so low that one call fills the time ahead still lets one go
    if not calls:
        return meter, Granted(0, max(start - now - habits.longest_ahead_s, 0.0) + space_s)
    end = start + calls * space_s
    return replace(meter, sold_until=end), Granted(calls, start - now, space_s, end - now + habits.hold_s)


def slowed(meter: Meter, ceiling: float, now: float, retry_after_s: float, habits: Habits) -> Meter:
    """The state after the marketplace said that it was too much; nobody calls before the ban ends.

    Several workers that met one ban teach it once: what was learnt within the ban is not learnt again.
    """
    banned_until = max(meter.banned_until, now + retry_after_s)
    if now < meter.banned_until:
        return replace(meter, banned_until=banned_until)
    lower = max(rate(meter, ceiling, now, habits) * habits.fall, ceiling * habits.floor_share)
    return Meter(max(meter.sold_until, banned_until), lower, banned_until, banned_until)

"""The breaker: when a shop's marketplace fails again and again, it is left alone for a while, then tried once."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

PROBE_LOOK_S = 10.0
"""How soon those who wait for a probe look how it went."""


class Trouble(StrEnum):
    """Class of an error that may pass."""

    DOWN = "down"  # no answer to a read, or a 5xx
    UNANSWERED = "unanswered"  # a write was sent and nobody knows
    LIMITED = "limited"  # too many calls


class Stand(StrEnum):
    """What a message may do now."""

    CLOSED = "closed"  # work
    OPEN = "open"  # wait, without a call
    HALF_OPEN = "half_open"  # work, alone, and tell how it went


@dataclass(frozen=True, slots=True)
class Thresholds:
    """`failures` in a row open a circuit for `first_s`, each next time `growth` times as long, to `longest_s`.

    `jitter` is the share by which an end varies between shops. `probe_s` is how long one probe may take.
    """

    failures: int = 3
    first_s: float = 20.0
    growth: float = 2.0
    longest_s: float = 600.0
    jitter: float = 0.2
    probe_s: float = 120.0


@dataclass(frozen=True, slots=True)
class Circuit:
    """One class of trouble: failures in a row, and since when it keeps opening."""

    failures: int = 0
    openings: int = 0
    open_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """All circuits of one shop. `probe_until`: somebody tries, and others wait for what comes of it."""

    circuits: Mapping[str, Circuit] = field(default_factory=dict)
    probe_until: datetime | None = None

    @property
    def open_until(self) -> datetime | None:
        """When the last of the open circuits lets one through; None when none ever opened."""
        ends = [circuit.open_until for circuit in self.circuits.values() if circuit.open_until is not None]
        return max(ends, default=None)

    @property
    def is_clean(self) -> bool:
        """Whether nothing failed since the last success."""
        return not self.circuits and self.probe_until is None


def stand(breaker: Breaker, now: datetime) -> tuple[Stand, float]:
    """What a message may do now, and the seconds it waits when it may not."""
    until = breaker.open_until
    if until is None:
        return Stand.CLOSED, 0.0
    if now < until:
        return Stand.OPEN, (until - now).total_seconds()
    if breaker.probe_until is not None and now < breaker.probe_until:
        return Stand.OPEN, min((breaker.probe_until - now).total_seconds(), PROBE_LOOK_S)
    return Stand.HALF_OPEN, 0.0


def probing(breaker: Breaker, now: datetime, thresholds: Thresholds) -> Breaker:
    """The breaker while one message is let through."""
    return replace(breaker, probe_until=now + timedelta(seconds=thresholds.probe_s))


def given_back(breaker: Breaker) -> Breaker:
    """The breaker after a probe that told nothing: the next message may try."""
    return replace(breaker, probe_until=None)


def failed(
    breaker: Breaker,
    trouble: Trouble,
    now: datetime,
    thresholds: Thresholds,
    *,
    asked_s: float = 0.0,
    salt: str = "",
) -> Breaker:
    """The breaker after one more failure; `asked_s` is what the marketplace asked to wait.

    A failure while it is open anyway was under way before, and a failed probe opens it again at once.
    """
    before = breaker.circuits.get(trouble.value, Circuit())
    if breaker.open_until is not None and now < breaker.open_until:
        return breaker
    circuit = replace(before, failures=before.failures + 1)
    if breaker.open_until is not None or circuit.failures >= thresholds.failures:
        seconds = _open_s(circuit.openings, thresholds, asked_s, f"{salt}:{trouble.value}")
        circuit = replace(circuit, openings=circuit.openings + 1, open_until=now + timedelta(seconds=seconds))
    return Breaker({**breaker.circuits, trouble.value: circuit})


def _open_s(openings: int, thresholds: Thresholds, asked_s: float, salt: str) -> float:
    """Growing, never shorter than asked, and spread by the salt so that shops do not come back together."""
    grown_s = min(thresholds.first_s * thresholds.growth ** min(openings, 30), thresholds.longest_s)
    spread = zlib.crc32(f"{salt}:{openings}".encode()) / 2**32
    return max(grown_s, min(asked_s, thresholds.longest_s)) * (1 + thresholds.jitter * spread)

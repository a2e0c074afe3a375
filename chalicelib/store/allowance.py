"""Calls that all workers share: one row per limit, one conditional write per handful of calls."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from chalicelib.domain import pacing
from chalicelib.domain.pacing import Granted, Habits, Meter
from chalicelib.domain.ports import Clock, Limit
from chalicelib.store import keys
from chalicelib.store.table import (
    Absent,
    AllOf,
    AtLeast,
    AtMost,
    Condition,
    ConditionFailedError,
    Equals,
    Item,
    Key,
    Table,
    Update,
)

TRIES = 6
RETRY_S = 0.2
FORGET_AFTER_S = 24 * 3600
TOTAL_HOLD_S = 2.0
"""An app's total is far from being used up by one worker, and a little lateness there breaks no shop's limit."""


class Allowance:
    """`ports.Allowance` over a table.

    Each process remembers the row as it last saw it, so that the usual take is one write and no read. A worker that
    lost a race learns the row from the refusal itself.
    """

    def __init__(self, table: Table, clock: Clock, habits: Habits | None = None) -> None:
        self._table = table
        self._clock = clock
        self._own = habits or Habits()
        self._total = replace(self._own, hold_s=max(self._own.hold_s, TOTAL_HOLD_S))
        self._seen: dict[Key, Meter] = {}
        self._crowded: set[Key] = set()
        self._lock = threading.Lock()

    def take(self, limit: Limit, wanted: int, calls_per_s: float) -> Granted:
        """At most `wanted` calls, in a span of time that no other worker was sold."""
        key = _key(limit)
        for _ in range(TRIES):
            now = self._now()
            seen = self._remembered(key)
            after, granted = pacing.take(seen or Meter(), wanted, calls_per_s, now, self._habits(limit))
            if not granted.calls and seen is not None:
                return granted
            try:
                row = self._table.update(self._sale(key, seen, after, granted, now))
            except ConditionFailedError as error:
                self._lost(key, error.rows[0], now)
                continue
            self._remember(key, row)
            later_s = _meter(row).sold_until - after.sold_until
            return replace(granted, wait_s=granted.wait_s + later_s, valid_s=granted.valid_s + later_s)
        return Granted(0, RETRY_S)

    def slow_down(self, limit: Limit, calls_per_s: float, retry_after_s: float) -> None:
        """The rate falls and the ban's end is known to every worker, as soon as it asks for its next handful."""
        key = _key(limit)
        for _ in range(TRIES):
            seen = self._remembered(key)
            after = pacing.slowed(seen or Meter(), calls_per_s, self._now(), retry_after_s, self._habits(limit))
            try:
                self._remember(key, self._table.update(Update(key, set=_fields(after), when=_unchanged(seen))))
            except ConditionFailedError as error:
                self._remember(key, error.rows[0])
                continue
            return

    def _habits(self, limit: Limit) -> Habits:
        return self._own if limit.shop or limit.operation else self._total

    def _now(self) -> float:
        return self._clock().timestamp()

    def _sale(self, key: Key, seen: Meter | None, after: Meter, granted: Granted, now: float) -> Update:
        """The write that sells the span.

        Where others buy too, or time is sold ahead, the span is added to whatever was sold; a row that lies idle is
        set, whoever used it last. So workers who take turns rarely need a second try.
        """
        if seen is None:
            return Update(key, set=_fields(after), when=Absent())
        same = _fields(seen)
        learnt = tuple(Equals(name, same[name]) for name in ("per_s_milli", "learnt_us", "banned_us"))
        if seen.sold_until < now and key not in self._crowded:
            return Update(key, set=_fields(after), when=AllOf((AtMost("sold_us", _us(now)), *learnt)))
        condition = AllOf((AtLeast("sold_us", _us(now)), *learnt))
        return Update(key, add={"sold_us": _us(granted.calls * granted.space_s)}, when=condition)

    def _lost(self, key: Key, row: Item | None, now: float) -> None:
        """Another worker was faster and may be again; or nobody is there any more."""
        self._remember(key, row)
        is_crowded = bool(row) and _meter(row or {}).sold_until >= now
        with self._lock:
            (self._crowded.add if is_crowded else self._crowded.discard)(key)

    def _remembered(self, key: Key) -> Meter | None:
        with self._lock:
            return self._seen.get(key)

    def _remember(self, key: Key, row: Item | None) -> None:
        with self._lock:
            self._seen.pop(key, None)
            if row:
                self._seen[key] = _meter(row)


def _key(limit: Limit) -> Key:
    return keys.meter(limit.channel, limit.app_key, limit.shop, limit.operation)


def _unchanged(seen: Meter | None) -> Condition:
    if seen is None:
        return Absent()
    return AllOf(tuple(Equals(name, value) for name, value in _fields(seen).items() if name != "ttl"))


def _fields(meter: Meter) -> dict[str, Any]:
    """The meter in whole numbers: microseconds, and calls of a thousand seconds."""
    return {
        "sold_us": _us(meter.sold_until),
        "per_s_milli": round(meter.calls_per_s * 1000),
        "learnt_us": _us(meter.learnt_at),
        "banned_us": _us(meter.banned_until),
        "ttl": int(max(meter.sold_until, meter.learnt_at)) + FORGET_AFTER_S,
    }


def _meter(row: Item) -> Meter:
    return Meter(row["sold_us"] / 1e6, row["per_s_milli"] / 1000, row["learnt_us"] / 1e6, row["banned_us"] / 1e6)


def _us(seconds: float) -> int:
    return round(seconds * 1_000_000)

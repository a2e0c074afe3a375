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


class Allowance:
    """`ports.Allowance` over a table.

    Each process remembers the row as it last saw it, so that the usual take is one write and no read. A worker that
    lost a race learns the row from the refusal itself.
    """

    def __init__(self, table: Table, clock: Clock, habits: Habits | None = None) -> None:
        self._table = table
        self._clock = clock
        self._habits = habits or Habits()
        self._seen: dict[Key, Meter] = {}
        self._lock = threading.Lock()

    def take(self, limit: Limit, wanted: int, calls_per_s: float) -> Granted:
        """At most `wanted` calls, in a span of time that no other worker was sold."""
        key = _key(limit)
        for _ in range(TRIES):
            now = self._now()
            seen = self._remembered(key)
            after, granted = pacing.take(seen or Meter(), wanted, calls_per_s, now, self._habits)
            if not granted.calls and seen is not None:
                return granted
            try:
                row = self._table.update(_sale(key, seen, after, now))
            except ConditionFailedError as error:
                self._remember(key, error.rows[0])
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
            after = pacing.slowed(seen or Meter(), calls_per_s, self._now(), retry_after_s, self._habits)
            try:
                self._remember(key, self._table.update(Update(key, set=_fields(after), when=_unchanged(seen))))
            except ConditionFailedError as error:
                self._remember(key, error.rows[0])
                continue
            return

    def _now(self) -> float:
        return self._clock().timestamp()

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


def _sale(key: Key, seen: Meter | None, after: Meter, now: float) -> Update:
    """The write that sells the span.

    While time is sold ahead the span is added to whatever was sold, so that workers who take turns need no second
    try; only a row that lies idle is set, and only when nobody was faster.
    """
    if seen is None or seen.sold_until < now:
        return Update(key, set=_fields(after), when=_unchanged(seen))
    same = _fields(seen)
    learnt = tuple(Equals(name, same[name]) for name in ("per_s_milli", "learnt_us", "banned_us"))
    condition = AllOf((AtLeast("sold_us", _us(now)), *learnt))
    return Update(key, add={"sold_us": _us(after.sold_until) - _us(seen.sold_until)}, when=condition)


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

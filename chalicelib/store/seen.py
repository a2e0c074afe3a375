"""What happened before: the first of equal messages does the work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.domain.ports import Clock
from chalicelib.store import keys
from chalicelib.store.items import text_of
from chalicelib.store.table import Absent, AnyOf, AtLeast, AtMost, ConditionFailedError, Table, Update


class Seen:
    """`ports.Seen` over a table. The time limit is exact; DynamoDB removes the row some hours later."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def first_time(self, key: str, seconds: int) -> bool:
        """True once per key within the time; a repeat answers False and does not lengthen it."""
        return self._put(key, seconds, {})

    def remembered(self, key: str, seconds: int, value: str) -> str:
        """What was said under this key first within the time: this value, when nothing was."""
        while not self._put(key, seconds, {"value": value}):
            row = self._table.get(keys.seen(key))
            if row is not None:  # Removed between the two looks: then nothing was said.
                return str(row.get("value", ""))
        return value

    def _put(self, key: str, seconds: int, more: Mapping[str, str]) -> bool:
        """Whether nothing was remembered under the key."""
        now = self._clock()
        end = now + timedelta(seconds=seconds)
        row = keys.keyed(keys.seen(key), {"until": text_of(end), "ttl": int(end.timestamp()) + 1, **more})
        try:
            self._table.put(row, AnyOf((Absent(), AtMost("until", text_of(now)))))
        except ConditionFailedError:
            return False
        return True

    def knows(self, key: str) -> bool:
        """Whether a first time of this key is still remembered; asking remembers nothing."""
        row = self._table.get(keys.seen(key))
        return row is not None and row["until"] > text_of(self._clock())

    def count(self, key: str, seconds: int, by: int = 1) -> int:
        """How often this key was counted within the time after the last one; one atomic write, however many ask."""
        now = self._clock()
        end = now + timedelta(seconds=seconds)
        kept = {"until": text_of(end), "ttl": int(end.timestamp()) + 1}
        alive = AnyOf((Absent(), AtLeast("until", text_of(now + timedelta(microseconds=1)))))
        try:
            return int(self._table.update(Update(keys.seen(key), kept, {"times": by}, when=alive))["times"])
        except ConditionFailedError:
            # Forgotten, but not yet removed: whoever comes first begins anew, the others go on from there.
            over = AtMost("until", text_of(now))
        try:
            return int(self._table.update(Update(keys.seen(key), {**kept, "times": by}, when=over))["times"])
        except ConditionFailedError:
            return int(self._table.update(Update(keys.seen(key), kept, {"times": by}))["times"])

"""The table as a dictionary: same answers as DynamoDB, for tests and simulations."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import RLock
from typing import Any

from chalicelib.store.table import (
    MAIN,
    MAX_OPERATIONS,
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    Check,
    Condition,
    ConditionFailedError,
    Delete,
    Equals,
    Item,
    Key,
    Operation,
    Present,
    Put,
    Update,
)

_LAST = "\U0010ffff"
_ATOMS = frozenset({str, int, bool, bytes, type(None)})
_Place = tuple[str, Key]


class MemoryTable:
    """A `Table` that forgets everything when the process ends. Safe to share by threads.

    As strict as the real one: a float, an empty key or two operations on one row are refused.
    """

    def __init__(self) -> None:
        self._rows: dict[Key, Item] = {}
        # index name -> partition -> sorted (sort key, row key)
        self._order: dict[str, dict[str, list[_Place]]] = {"": defaultdict(list), "GSI1": defaultdict(list)}
        self._lock = RLock()

    def rows(self) -> tuple[Item, ...]:
        """Every row, in no order; what a table of the same rows elsewhere would be made of."""
        with self._lock:
            return tuple(self._rows.values())

    def get(self, key: Key) -> Item | None:
        """The row, or None."""
        with self._lock:
            row = self._rows.get(key)
            return None if row is None else _copied(row)

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The rows that exist."""
        with self._lock:
            return {key: _copied(self._rows[key]) for key in dict.fromkeys(keys) if key in self._rows}

    def query(
        self,
        pk: str,
        *,
        index: str = MAIN,
        begins: str = "",
        between: tuple[str, str] | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[Item]:
        """Rows of one partition by sort key."""
        low, high = between or (begins, begins + _LAST)
        with self._lock:
            places = self._order[index].get(pk, [])
            start = bisect_left(places, low, key=_sort_key)
            keys = [key for _, key in places[start : bisect_right(places, high, key=_sort_key)]]
            if newest_first:
                keys.reverse()
            rows = [self._rows[key] for key in keys[:limit]]
        # A stored row is replaced and never changed, so what is not read yet need not be copied yet.
        return (_copied(row) for row in rows)

    def put(self, item: Item, when: Condition | None = None) -> None:
        """The row is this item. Raises: ConditionFailedError."""
        self.write([Put(item, when)])

    def update(self, change: Update) -> Item:
        """The row after the change. Raises: ConditionFailedError."""
        with self._lock:
            self.write([change])
            return _copied(self._rows[change.key])

    def delete(self, key: Key, when: Condition | None = None) -> None:
        """The row is gone. Raises: ConditionFailedError."""
        self.write([Delete(key, when)])

    def write(self, operations: Sequence[Operation]) -> None:
        """All of them or none. Raises: ConditionFailedError, ValueError for none or more than a hundred."""
        if not 1 <= len(operations) <= MAX_OPERATIONS:
            raise ValueError(f"a transaction carries 1 to {MAX_OPERATIONS} operations, got {len(operations)}")
        if len({operation.key for operation in operations}) < len(operations):
            raise ValueError("a transaction touches each row once")
        with self._lock:
            failed = [self._failed(operation) for operation in operations]
            if any(row is not None for row in failed):
                raise ConditionFailedError(failed)
            rows = [(operation.key, self._after(operation)) for operation in operations]
            for key, row in rows:
                self._replace(key, row)

    def batch_put(self, items: Iterable[Item]) -> None:
        """The rows are these items."""
        with self._lock:
            for item in items:
                self.put(item)

    def _failed(self, operation: Operation) -> Item | None:
        row = self._rows.get(operation.key, {})
        if operation.when is None or holds(operation.when, row):
            return None
        return _copied(row)

    def _after(self, operation: Operation) -> Item | None:
        """The row as the operation leaves it; computed for all before any is stored."""
        match operation:
            case Put(item):
                return _checked(_copied(item))
            case Update():
                return _checked(_updated(operation, self._rows.get(operation.key)))
            case Delete():
                return None
            case Check(key):
                return self._rows.get(key)

    def _replace(self, key: Key, row: Item | None) -> None:
        old = self._rows.pop(key, None)
        for index, order in self._order.items():
            before, after = _place(index, old), _place(index, row)
            if before != after:
                _move(order, key, before, after)
        if row is not None:
            self._rows[key] = row


def holds(when: Condition, row: Mapping[str, Any]) -> bool:
    """Whether the condition holds for the row (an empty one where there is none)."""
    match when:
        case Absent(field):
            return field not in row
        case Present(field):
            return field in row
        case AnyOf(conditions):
            return any(holds(one, row) for one in conditions)
        case AllOf(conditions):
            return all(holds(one, row) for one in conditions)
    if when.field not in row or not isinstance(row[when.field], type(when.value)):
        return False
    found: Any = row[when.field]
    if isinstance(when, Equals):
        return bool(found == when.value)
    return bool(found >= when.value if isinstance(when, AtLeast) else found <= when.value)


def _updated(change: Update, row: Item | None) -> Item:
    pk, sk = change.key
    after: Item = _copied(row) if row is not None else {"PK": pk, "SK": sk}
    after |= _copied(change.set)
    for name, units in change.add.items():
        after[name] = after.get(name, 0) + units
    for name in change.remove:
        after.pop(name, None)
    return after


def _place(index: str, row: Item | None) -> tuple[str, str] | None:
    """(partition, sort key) of the row in the index, or None when it does not stand there."""
    if row is None or f"{index}PK" not in row:
        return None
    return row[f"{index}PK"], row[f"{index}SK"]


def _move(
    order: dict[str, list[_Place]], key: Key, before: tuple[str, str] | None, after: tuple[str, str] | None
) -> None:
    if before is not None:
        places = order[before[0]]
        del places[bisect_left(places, (before[1], key))]
    if after is not None:
        insort(order[after[0]], (after[1], key))


def _sort_key(place: _Place) -> str:
    return place[0]


def _checked(row: Item) -> Item:
    for name in ("PK", "SK", *(name for name in ("GSI1PK", "GSI1SK") if name in row)):
        if not isinstance(row[name], str) or not row[name]:
            raise ValueError(f"{name} must be a text and not empty")
    return row


def _copied(row: Mapping[str, Any]) -> Item:
    """A deep copy of a row. Raises: TypeError for what a row may not hold."""
    # Most values are plain ones, which are told apart here rather than by a call of their own each.
    return {str(name): value if type(value) in _ATOMS else _copied_value(value) for name, value in row.items()}


def _copied_value(value: Any) -> Any:
    if type(value) in _ATOMS:
        return value
    if isinstance(value, Mapping):
        return _copied(value)
    if isinstance(value, list):
        return [one if type(one) in _ATOMS else _copied_value(one) for one in value]
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"a row cannot hold {type(value).__name__}")

"""One table with string keys: what the aggregates may ask of it, and the conditions a write may carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar

from chalicelib.domain.errors import StaleWriteError

T = TypeVar("T")

Item: TypeAlias = dict[str, Any]
"""One row: PK and SK, perhaps GSI1PK, GSI1SK and ttl, and values of str, int, bool, bytes, None, list, dict."""

Key: TypeAlias = tuple[str, str]
"""(PK, SK) of one row."""

MAIN, GSI1 = "", "GSI1"
MAX_OPERATIONS = 100


@dataclass(frozen=True, slots=True)
class Absent:
    """The row has no such field; without a name: there is no row."""

    field: str = "PK"


@dataclass(frozen=True, slots=True)
class Present:
    """The row has the field; without a name: there is a row."""

    field: str = "PK"


@dataclass(frozen=True, slots=True)
class Equals:
    """The field is there and is this value."""

    field: str
    value: str | int


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The field is there and not smaller; texts compare by their bytes."""

    field: str
    value: str | int


@dataclass(frozen=True, slots=True)
class AtMost:
    """The field is there and not larger; texts compare by their bytes."""

    field: str
    value: str | int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these hold."""

    conditions: tuple[Condition, ...]


Condition: TypeAlias = Absent | Present | Equals | AtLeast | AtMost | AnyOf | AllOf


@dataclass(frozen=True, slots=True)
class Put:
    """The row is exactly this item."""

    item: Item
    when: Condition | None = None

    @property
    def key(self) -> Key:
        """Key of the row it writes."""
        return key_of(self.item)


@dataclass(frozen=True, slots=True)
class Update:
    """Fields are set, added to (a missing number counts as zero) or removed; a missing row comes into being."""

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """The row is gone."""

    key: Key
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Nothing is written; the others of the transaction are only when this holds."""

    key: Key
    when: Condition


Operation: TypeAlias = Put | Update | Delete | Check


class ConditionFailedError(StaleWriteError):
    """A condition did not hold and nothing was written.

    `rows` has one place per operation: the row as it stands where a condition failed (`{}` when there is none),
    None where it held.
    """

    def __init__(self, rows: Sequence[Item | None]) -> None:
        self.rows = tuple(rows)
        super().__init__(f"condition failed at operation {', '.join(map(str, self.places))}")

    @property
    def places(self) -> tuple[int, ...]:
        """Positions of the operations whose condition failed."""
        return tuple(place for place, row in enumerate(self.rows) if row is not None)


class Table(Protocol):
    """One table. Reads see every earlier write, except through GSI1, which may lag by moments."""

    def get(self, key: Key) -> Item | None:
        """The row, or None."""

    def batch_get(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The rows that exist, in as few calls as possible."""

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
        """Rows of one partition by sort key, page after page as they are asked for.

        `begins` or `between` (both ends included) narrow the sort key; `index` GSI1 reads GSI1PK and GSI1SK.
        """

    def put(self, item: Item, when: Condition | None = None) -> None:
        """The row is this item. Raises: ConditionFailedError."""

    def update(self, change: Update) -> Item:
        """The row after the change. Raises: ConditionFailedError."""

    def delete(self, key: Key, when: Condition | None = None) -> None:
        """The row is gone. Raises: ConditionFailedError."""

    def write(self, operations: Sequence[Operation]) -> None:
        """All of them or none, at most 100, each on a row of its own. Raises: ConditionFailedError."""

    def batch_put(self, items: Iterable[Item]) -> None:
        """The rows are these items (the last one for a key); not atomic, and repeated until all are in."""


def key_of(item: Item) -> Key:
    """Key of an item."""
    return item["PK"], item["SK"]


def chunks(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The rows in order, at most `size` at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]

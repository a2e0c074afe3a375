"""Domain dataclasses as plain rows and back: whole numbers, texts, lists and dictionaries, nothing pickled.

Times are ISO texts in UTC with microseconds, so that they sort as texts; money is `"12900 THB"` (minor units).
A field that a stored row lacks takes the dataclass's default, so that a class may grow.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from chalicelib.domain.money import Money

T = TypeVar("T")
Reader = Callable[[Any], Any]


def to_item(thing: object) -> dict[str, Any]:
    """The dataclass as a plain dictionary; fields that are None are left out.

    >>> to_item(Money(12900))
    {'minor': 12900, 'currency': 'THB'}
    """
    kind: Any = type(thing)
    written = ((name, plain(getattr(thing, name))) for name in _names(kind))
    return {name: value for name, value in written if value is not None}


def from_item(kind: Callable[..., T], item: Mapping[str, Any]) -> T:
    """The dataclass a row was written from. Raises: TypeError when a field without default is missing."""
    readers = _readers(kind)
    return kind(**{name: readers[name](value) for name, value in item.items() if name in readers})


def plain(value: Any) -> Any:
    """The value as a row holds it. Raises: TypeError for a float or anything unknown."""
    match value:
        case None | bool() | int() | bytes():
            return value
        case str():
            return str(value)
        case datetime():
            return text_of(value)
        case date():
            return value.isoformat()
        case Money():
            return f"{value.minor} {value.currency}"
        case tuple() | list():
            return [plain(one) for one in value]
        case Mapping():
            return {str(name): plain(one) for name, one in value.items()}
    if is_dataclass(value):
        return to_item(value)
    raise TypeError(f"no row form for {type(value).__name__}")


def text_of(moment: datetime) -> str:
    """The moment as a text that sorts like time. Raises: ValueError for a naive one.

    >>> text_of(datetime(2025, 3, 2, 10, 2, tzinfo=UTC))
    '2025-03-02T10:02:00.000000Z'
    """
    if moment.tzinfo is None:
        raise ValueError("a stored time must be aware")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """The aware UTC moment of a stored text."""
    return datetime.fromisoformat(text)


def money_of(text: str) -> Money:
    """The amount of a stored text.

    >>> money_of("12900 THB")
    Money(minor=12900, currency='THB')
    """
    minor, currency = text.split()
    return Money(int(minor), currency)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _readers(kind: Any) -> dict[str, Reader]:
    hints = get_type_hints(kind)
    return {name: _reader(hints[name]) for name in _names(kind)}


def _reader(hint: Any) -> Reader:
    """How a value of this declared type is read back."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional(_reader(next(one for one in inner if one is not type(None))))
    if origin is tuple:
        return _many(_reader(inner[0])) if inner[-1] is Ellipsis else tuple  # a pair of plain values
    if origin is not None and issubclass(origin, Mapping):
        return _named(_reader(inner[1]))
    known = {Money: money_of, datetime: moment_of, date: date.fromisoformat}.get(hint)
    if known is not None:
        return known
    if is_dataclass(hint) and isinstance(hint, type):
        return lambda item: from_item(hint, item)
    return hint if issubclass(hint, StrEnum) else _same


def _optional(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def _many(read: Reader) -> Reader:
    return lambda values: tuple(read(value) for value in values)


def _named(read: Reader) -> Reader:
    return lambda values: {name: read(value) for name, value in values.items()}


def _same(value: Any) -> Any:
    return value

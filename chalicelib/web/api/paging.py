"""Cursors: the place a page ended at, as a text that goes into an address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from chalicelib.web.api.models import Model, Page, Paged

T = TypeVar("T")
M = TypeVar("M", bound=Model)


def page_after(rows: Sequence[T], asked: Paged, place: Callable[[T], str], said: Callable[[T], M]) -> Page[M]:
    """The rows after the cursor; `rows` rise by `place`."""
    return cut([row for row in rows if place(row) > asked.cursor], asked.limit, place, said)


def page_before(rows: Sequence[T], asked: Paged, place: Callable[[T], str], said: Callable[[T], M]) -> Page[M]:
    """The rows before the cursor; `rows` fall by `place`, the newest first."""
    left = [row for row in rows if not asked.cursor or place(row) < asked.cursor]
    return cut(left, asked.limit, place, said)


def cut(left: Sequence[T], limit: int, place: Callable[[T], str], said: Callable[[T], M]) -> Page[M]:
    """The first `limit` of these rows, with the cursor of what is left."""
    shown = left[:limit]
    following = place(shown[-1]) if len(left) > limit else ""
    return Page(items=tuple(said(row) for row in shown), next=following)


def moment_place(at: datetime, name: str) -> str:
    """A place in time that sorts as time does; `name` tells apart what happened at once."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{name}"


def moment_of(cursor: str) -> datetime | None:
    """The moment just after a place in time, to read from there; None for a cursor that names none."""
    try:
        at = datetime.fromisoformat(cursor.partition("~")[0])
    except ValueError:
        return None
    return at + timedelta(microseconds=1) if at.tzinfo and 1900 < at.year < 9000 else None

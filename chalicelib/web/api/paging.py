"""Cursors: where a list goes on, opaque to the caller."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from chalicelib.web.api.models import Model, Page, Paged
from chalicelib.web.api.problems import invalid

T = TypeVar("T")
M = TypeVar("M", bound=Model)


def cursor_of(*place: str) -> str:
    """The place as an opaque text that is safe in an address."""
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def place_of(cursor: str, parts: int) -> tuple[str, ...]:
    """The place a cursor names; empty for none. Raises: ApiError (422) for a cursor that is not ours."""
    if not cursor:
        return ()
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise invalid("cursor", "cursor") from None
    if not isinstance(found, list) or len(found) != parts or not all(isinstance(part, str) for part in found):
        raise invalid("cursor", "cursor")
    return tuple(found)


def page_after(
    rows: Sequence[T], asked: Paged, place: Callable[[T], tuple[str, ...]], said: Callable[[T], M], parts: int = 1
) -> Page[M]:
    """The rows after the cursor; `rows` are sorted ascending by `place`."""
    after = place_of(asked.cursor, parts)
    left = [row for row in rows if not after or place(row) > after]
    return cut(left, asked.limit, place, said)


def cut(left: Sequence[T], limit: int, place: Callable[[T], tuple[str, ...]], said: Callable[[T], M]) -> Page[M]:
    """The first `limit` of these rows, with the cursor of what is left."""
    shown = left[:limit]
    following = cursor_of(*place(shown[-1])) if len(left) > limit else ""
    return Page(items=tuple(said(row) for row in shown), next=following)

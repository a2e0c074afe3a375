"""Of a large partition, the few rows one page of a query can be made of, so that moto need not sort and walk all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from moto.dynamodb.models.dynamo_type import DynamoType, Item

Ordered = Sequence[tuple[str, Item]]
"""Rows of one partition by the text of their range key."""
_value = itemgetter(0)
_HIGHEST = "\U0010ffff"


def near(
    rows: Ordered,
    comparison: str | None,
    values: Sequence[DynamoType],
    limit: int | None,
    start: str | None,
    *,
    forward: bool,
) -> list[Item]:
    """The rows moto would look at for this page, one more at least when there are more.

    `start` is the range key the last page ended with. Rows that share a range key stay together: which of them
    comes first is moto's to say, and so is what any other comparison means.
    """
    low, high = _span(rows, comparison, [one.value for one in values])
    skipped = 0
    if start is not None:
        left, right = bisect_left(rows, start, key=_value), bisect_right(rows, start, key=_value)
        low, high, skipped = (max(low, left), high, right - left) if forward else (low, min(high, right), right - left)
    if limit is not None and high - low > limit + skipped + 1:
        if forward:
            high = bisect_right(rows, rows[low + limit + skipped][0], low, high, key=_value)
        else:
            low = bisect_left(rows, rows[high - limit - skipped - 1][0], low, high, key=_value)
    return [row for _, row in rows[low:high]]


def start_of(key: Mapping[str, Any] | None, attribute: str) -> str | None:
    """The text of that attribute in the key a page ended with."""
    return str(DynamoType(key[attribute]).value) if key and attribute in key else None


def _span(rows: Ordered, comparison: str | None, texts: Sequence[str]) -> tuple[int, int]:
    if comparison == "BETWEEN":
        return bisect_left(rows, texts[0], key=_value), bisect_right(rows, texts[1], key=_value)
    if comparison == "BEGINS_WITH":
        return bisect_left(rows, texts[0], key=_value), bisect_right(rows, texts[0] + _HIGHEST, key=_value)
    return 0, len(rows)

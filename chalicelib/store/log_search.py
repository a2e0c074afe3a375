"""The sync log by shop, SKU, day and error: copies of its entries, each question one keyed query.

Copies are written with their entry and carry the same end (ttl). Those of troubled entries are not taken away when
the trouble ends; a reader compares, so an entry that arrived in the meantime is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, timedelta

from chalicelib.domain.log_search import LogPage, LogQuery
from chalicelib.domain.synclog import Entry, EntryState
from chalicelib.store import keys
from chalicelib.store.items import from_item, text_of
from chalicelib.store.table import GSI1, MAIN, Item, Table

TROUBLED = frozenset({EntryState.FAILED, EntryState.UNKNOWN})
MOST_LOOKED_AT = 2000
"""Rows one page may look at when a filter is left that no key answers."""
_LAST = "~"


def copies(entry: Entry, values: Item, sort: str) -> Iterator[Item]:
    """The rows under which an entry is found besides its run and community."""
    day, about = entry.at.astimezone(UTC).date(), entry.seller_sku or entry.product_code
    yield keys.indexed((keys.log_of_shop(entry.shop), sort), keys.log_of_day(day), sort, values)
    if entry.product_code not in ("", about):
        # All of a product with variants is one question too.
        yield keys.keyed((keys.log_of_sku(entry.community, entry.product_code), sort), values)
    place = keys.log_of_sku(entry.community, about), sort
    if entry.state not in TROUBLED:
        yield keys.keyed(place, values)
        return
    yield keys.indexed(place, keys.troubles(entry.community), sort, values)
    error = keys.log_of_error(entry.error or "error.unknown"), sort
    yield keys.indexed(error, keys.troubles_of_day(day), sort, values)


def of_product(table: Table, community_id: str, code: str, limit: int) -> tuple[Entry, ...]:
    """The latest changes of one product and its variants, newest first."""
    rows = table.query(keys.log_of_sku(community_id, code), newest_first=True, limit=limit)
    # Another product's variant may be called as this product is.
    return tuple(from_item(Entry, row) for row in rows if row["product_code"] == code)


def search(table: Table, asked: LogQuery, limit: int, older: str) -> LogPage:
    """One page, newest first, of at most `limit` changes, from below `older`."""
    found: list[Entry] = []
    looked_at, last = 0, ""
    for row in _rows(table, asked, older, limit):
        if len(found) == limit or looked_at == MOST_LOOKED_AT:
            return LogPage(tuple(found), last)
        looked_at, last = looked_at + 1, _sort(row)
        if _fits(row, asked):
            found.append(from_item(Entry, row))
    return LogPage(tuple(found))


def _rows(table: Table, asked: LogQuery, older: str, limit: int) -> Iterator[Item]:
    low, high = text_of(asked.since), older or text_of(asked.until) + _LAST
    for index, partition in _partitions(asked, older):
        yield from _newest(table, partition, index, (low, high), limit + 2)


def _newest(table: Table, partition: str, index: str, span: tuple[str, str], step: int) -> Iterator[Item]:
    """Rows of the partition below the upper end, newest first: as many as a page holds, then twice as many, and so on.

    How many must be sifted shows only while they are read, and mostly the first are enough.
    """
    low, high = span
    while True:
        rows = list(table.query(partition, index=index, between=(low, high), newest_first=True, limit=step))
        sorts = [row["SK" if index == MAIN else "GSI1SK"] for row in rows]
        yield from (row for row, sort in zip(rows, sorts, strict=True) if sort != high)
        if len(rows) < step:
            return
        high, step = sorts[-1], step * 2


def _partitions(asked: LogQuery, older: str) -> Iterator[tuple[str, str]]:
    """(index, partition) of the narrowest key that answers; one for each day when no tenant is named."""
    if asked.sku and asked.community:
        yield MAIN, keys.log_of_sku(asked.community, asked.sku)
    elif asked.community and (asked.state in TROUBLED or asked.error):
        yield GSI1, keys.troubles(asked.community)
    elif asked.shop:
        yield MAIN, keys.log_of_shop(asked.shop)
    elif asked.community:
        yield GSI1, keys.log(asked.community)
    elif asked.error:
        yield MAIN, keys.log_of_error(asked.error)
    else:
        of_day = keys.troubles_of_day if asked.state in TROUBLED else keys.log_of_day
        yield from ((GSI1, of_day(day)) for day in _days(asked, older))


def _days(asked: LogQuery, older: str) -> Iterator[date]:
    day = date.fromisoformat(older[:10]) if older else asked.until.astimezone(UTC).date()
    while day >= asked.since.astimezone(UTC).date():
        yield day
        day -= timedelta(days=1)


def _fits(row: Item, asked: LogQuery) -> bool:
    wanted = (
        ("community", asked.community),
        ("shop", asked.shop),
        ("channel", asked.channel),
        ("state", asked.state),
        ("error", asked.error),
        ("error_code", asked.code),
    )
    about = row["seller_sku"] or row["product_code"]
    return asked.sku in ("", about) and all(value in ("", row[name]) for name, value in wanted)


def _sort(row: Item) -> str:
    return keys.at_text(row["at"], row["run"], f"{row['number']:06d}")

"""What may be asked of the sync log, and what comes back: one page of changes and where the next one begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.synclog import Entry


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Filters of the log; an empty one asks nothing. Without a community it is the whole programme's log.

    `since` and `until` are aware; `sku` is a seller SKU, or a product code for changes of a whole listing.
    """

    since: datetime
    until: datetime
    community: str = ""
    shop: str = ""
    channel: str = ""
    sku: str = ""
    state: str = ""
    error: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class LogPage:
    """Changes newest first. `older` is where the next page begins, empty at the end.

    A page may be short although more follows: only so many rows are looked at in one go.
    """

    entries: tuple[Entry, ...]
    older: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The same error, wherever it happened. `entries` are the changes that met it, newest first."""

    channel: str
    error: str
    code: str
    entries: tuple[Entry, ...]

    @property
    def shops(self) -> tuple[str, ...]:
        """Which shops have it."""
        return tuple(sorted({entry.shop for entry in self.entries}))

    @property
    def communities(self) -> tuple[str, ...]:
        """Which communities have it."""
        return tuple(sorted({entry.community for entry in self.entries}))

    @property
    def since(self) -> datetime:
        """When it was seen first, among those looked at."""
        return self.entries[-1].at


def clusters(entries: tuple[Entry, ...]) -> tuple[Cluster, ...]:
    """Failed changes, newest first, by channel, error and code; the error in most shops stands first."""
    found: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        found.setdefault((entry.channel, entry.error, entry.error_code), []).append(entry)
    made = (Cluster(*key, tuple(rows)) for key, rows in found.items())
    return tuple(sorted(made, key=lambda one: (-len(one.shops), -len(one.entries), one.channel, one.error, one.code)))

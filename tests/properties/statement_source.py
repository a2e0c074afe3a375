"""A shop's statements as dictionaries behind the seller desk port, and the orders they are for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from chalicelib.domain.settlement import Settlement


@dataclass
class StatementSource:
    """Holds statements as the channel shows them; `hidden` ones are not shown yet."""

    held: dict[str, Settlement] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    shuffle: Random | None = None
    page: int = 3
    channel: str = "lazada"
    calls: int = 0

    def open(self, access: object, tokens: object, remaining_s: object = None) -> StatementSource:
        """It is its own channel."""
        return self

    def settlements(self, since: datetime, until: datetime) -> Iterator[tuple[Settlement, ...]]:
        found = [one for one in self.held.values() if since <= one.at < until and one.id not in self.hidden]
        found.sort(key=lambda one: (one.at, one.id))
        if self.shuffle is not None:
            self.shuffle.shuffle(found)
        for start in range(0, len(found), self.page):
            self.calls += 1
            yield tuple(found[start : start + self.page])

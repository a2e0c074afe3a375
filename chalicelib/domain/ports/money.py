"""Where settled money lies: statements with their lines, the ledger, and the rules it is shared by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.domain.ledger import BookedLine, Entry, Statement
from chalicelib.domain.sharing import ShareRule


class Settlements(Protocol):
    def statement(self, shop_id: str, statement_id: str) -> Statement | None: ...
    def statements(self, shop_id: str, since: datetime, until: datetime) -> tuple[Statement, ...]:
        """Those settled in `since <= at < until`, oldest first."""

    def lines(self, statement: Statement) -> dict[str, BookedLine]:
        """Line id -> line, of one statement."""

    def lines_between(self, shop_id: str, since: datetime, until: datetime) -> tuple[BookedLine, ...]:
        """Lines of everything settled in the span, in one query."""

    def of_order(self, shop_id: str, order_id: str) -> tuple[BookedLine, ...]:
        """Lines of one order, whatever statement they are in."""

    def book(self, line: BookedLine, known: BookedLine | None, entries: Sequence[Entry]) -> None:
        """The line and its entries are stored in one transaction.

        Raises: StaleWriteError when the stored line is no longer `known`; then nothing was written.
        """

    def save(self, statement: Statement) -> None:
        """Saved after its lines, so that a worker that died before left it to be read again."""


class Ledger(Protocol):
    def between(self, community_id: str, since: datetime, until: datetime) -> tuple[Entry, ...]:
        """Entries of the span, in order of time. There is no way to change one."""

    def newest(self, community_id: str) -> Entry | None:
        """The entry with the latest time, or None in an empty ledger."""


class MoneyRules(Protocol):
    def of(self, community_id: str) -> tuple[ShareRule, ...]:
        """Every rule the community ever had, oldest first."""

    def add(self, rule: ShareRule) -> None:
        """The rule holds from its day. Raises: StaleWriteError when there is one from that day already."""

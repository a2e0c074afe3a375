"""What channels paid: statements and their lines, each line stored in one transaction with its ledger entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.ledger import BookedLine, Entry, Statement
from chalicelib.store import keys
from chalicelib.store.items import from_item, text_of, to_item
from chalicelib.store.table import MAX_OPERATIONS, Absent, Equals, Item, Operation, Put, Table


class Settlements:
    """`ports.Settlements` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def statement(self, shop_id: str, statement_id: str) -> Statement | None:
        """The statement as it was last heard, or None."""
        row = self._table.get(keys.statement(shop_id, statement_id))
        return from_item(Statement, row) if row else None

    def statements(self, shop_id: str, since: datetime, until: datetime) -> tuple[Statement, ...]:
        """Those settled in the span, oldest first."""
        span = (text_of(since), text_of(until))
        rows = self._table.query(keys.statements(shop_id), index="GSI1", between=span)
        return tuple(one for one in (from_item(Statement, row) for row in rows) if one.at < until)

    def lines(self, statement: Statement) -> dict[str, BookedLine]:
        """Line id -> line, of one statement."""
        begins = keys.at(statement.at, statement.id, "")
        rows = self._table.query(keys.settled_lines(statement.shop), begins=begins)
        return {one.line.id: one for one in (from_item(BookedLine, row) for row in rows)}

    def lines_between(self, shop_id: str, since: datetime, until: datetime) -> tuple[BookedLine, ...]:
        """Lines of everything settled in the span."""
        rows = self._table.query(keys.settled_lines(shop_id), between=(text_of(since), text_of(until)))
        return tuple(one for one in (from_item(BookedLine, row) for row in rows) if one.settled_at < until)

    def of_order(self, shop_id: str, order_id: str) -> tuple[BookedLine, ...]:
        """Lines of one order, whatever statement they are in."""
        rows = self._table.query(keys.paid_for(shop_id, order_id), index="GSI1")
        return tuple(from_item(BookedLine, row) for row in rows)

    def book(self, line: BookedLine, known: BookedLine | None, entries: Sequence[Entry]) -> None:
        """The line and its entries are stored in one transaction, or none of them."""
        when = Absent() if known is None else Equals("version", known.version)
        writes: list[Operation] = [Put(_row(line), when)]
        writes += [Put(keys.keyed(keys.book_entry(one), to_item(one)), Absent()) for one in entries]
        if len(writes) > MAX_OPERATIONS:
            raise ValueError(f"{line.line.id}: {len(entries)} entries are more than one transaction holds")
        self._table.write(writes)

    def save(self, statement: Statement) -> None:
        """The statement is as heard."""
        key = keys.statement(statement.shop, statement.id)
        sort = keys.at(statement.at, statement.id)
        self._table.put(keys.indexed(key, keys.statements(statement.shop), sort, to_item(statement)))


def _row(line: BookedLine) -> Item:
    key = keys.settled_line(line.line.shop, line.settled_at, line.settlement, line.line.id)
    if not line.line.order_id:
        return keys.keyed(key, to_item(line))
    partition = keys.paid_for(line.line.shop, line.line.order_id)
    return keys.indexed(key, partition, key[1], to_item(line))

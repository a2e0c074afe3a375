"""Settled money in every kind of store: a line and its entries together or not at all, entries never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from store_builders import VILLAGE

from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.ledger import BookedLine, Statement, corrected, correcting_entries, first_entries
from chalicelib.domain.money import Money
from chalicelib.domain.settlement import FeeClass, SettlementLine
from chalicelib.domain.sharing import Base, Basis, Portion, ShareRule, Weight

AT = datetime(2026, 12, 31, 17, tzinfo=UTC)
SHOP = "village-lazada"
BASIS = Basis((Portion("1", 10_000, (Weight("m1", 2), Weight("m2", 1))),), "partner", 525, "temple", 100)


def a_line(name: str = "n1", amount: int = 10_001, order_id: str = "o1", at: datetime = AT) -> BookedLine:
    line = SettlementLine(SHOP, name, at, FeeClass.SALE, Money(amount), "Item Price", order_id, "1", "S1")
    return BookedLine(line, "S1", at, line.amount, BASIS, order_known=True)


def booked(store, line: BookedLine) -> BookedLine:
    store.settlements.book(line, None, first_entries(VILLAGE, line))
    return line


def test_a_line_and_its_entries_are_read_as_written(store):
    """By statement, by order and by time."""
    line = booked(store, a_line())
    statement = Statement(SHOP, "S1", AT, line.booked, line.booked, AT, AT)
    store.settlements.save(statement)

    assert store.settlements.statement(SHOP, "S1") == statement
    assert store.settlements.statement(SHOP, "S2") is None
    assert store.settlements.lines(statement) == {"n1": line}
    assert store.settlements.of_order(SHOP, "o1") == (line,)
    assert sorted(one.id for one in store.ledger.between(VILLAGE, AT, AT + timedelta(1))) == sorted(
        one.id for one in first_entries(VILLAGE, line)
    )


def test_spans_are_half_open(store):
    """What is settled at the end belongs to the next span."""
    line = booked(store, a_line())
    store.settlements.save(Statement(SHOP, "S1", AT, line.booked, line.booked, AT, AT))
    before, after = (AT - timedelta(1), AT), (AT, AT + timedelta(1))

    for read, first in ((store.ledger.between, VILLAGE), (store.settlements.statements, SHOP)):
        assert read(first, *before) == ()
        assert read(first, *after)
    assert store.settlements.lines_between(SHOP, *before) == ()
    assert store.settlements.lines_between(SHOP, *after) == (line,)


def test_a_line_is_booked_once(store):
    """A repeat, and a correction of what has moved meanwhile, write nothing."""
    line = booked(store, a_line())
    after = corrected(line, replace(line.line, amount=Money(9_000)), Money(9_000), AT + timedelta(1))
    entries = correcting_entries(VILLAGE, line, after, AT + timedelta(1))
    with pytest.raises(StaleWriteError):
        booked(store, line)
    store.settlements.book(after, line, entries)
    with pytest.raises(StaleWriteError):
        store.settlements.book(after, line, entries)

    kept = store.ledger.between(VILLAGE, AT, AT + timedelta(2))
    assert sum(one.amount.minor for one in kept) == 9_000
    assert len(kept) == len(first_entries(VILLAGE, line)) + len(entries)


def test_the_newest_entry_of_a_ledger_is_found(store):
    """The latest by its time, whatever was written last; an empty ledger has none."""
    assert store.ledger.newest(VILLAGE) is None
    for days in (0, 3, 1):
        booked(store, a_line(f"n{days}", at=AT + timedelta(days)))
    newest = store.ledger.newest(VILLAGE)
    assert newest is not None
    assert newest.at == AT + timedelta(3)


def test_rules_are_added_and_never_changed(store):
    """Oldest first; another rule from the same day is refused."""
    rules = [ShareRule(VILLAGE, date(2026, 10, day), "partner", 500, base=Base.PAYOUT) for day in (9, 1)]
    for rule in rules:
        store.money_rules.add(rule)
    with pytest.raises(StaleWriteError):
        store.money_rules.add(replace(rules[0], commission_bp=900))

    assert store.money_rules.of(VILLAGE) == (rules[1], rules[0])
    assert store.money_rules.of("elsewhere") == ()

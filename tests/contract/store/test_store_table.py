"""The table itself: every kind keeps the same promises."""

from __future__ import annotations

import pytest

from chalicelib.store.table import (
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Check,
    ConditionFailedError,
    Delete,
    Equals,
    Present,
    Put,
    Update,
)


def a_row(sk: str = "1", pk: str = "P", **values):
    return {"PK": pk, "SK": sk, **values}


def sort_keys(rows):
    return [row["SK"] for row in rows]


def test_a_row_comes_back_as_it_was_written(table):
    """Texts in Thai, numbers, truth, nothing, bytes, lists and dictionaries survive; reserved names too."""
    row = a_row(name="น้ำพริก", state=-3, ok=False, none=None, blob=b"\x00\xff", list=[1, "", []], map={"a": {}})

    table.put(row)

    assert table.get(("P", "1")) == row
    assert table.get(("P", "2")) is None


def test_a_row_is_not_changed_by_whoever_holds_a_copy(table):
    """Neither what was handed in nor what came out is the stored row."""
    row = a_row(list=[1])
    table.put(row)
    row["list"].append(2)
    table.get(("P", "1"))["list"].append(3)

    assert table.get(("P", "1"))["list"] == [1]


def test_floats_are_refused(table):
    """A row holds whole numbers only."""
    with pytest.raises(TypeError):
        table.put(a_row(price=1.5))


def test_empty_keys_are_refused(table):
    """No row has an empty sort key."""
    with pytest.raises(Exception):  # noqa: B017, PT011  each kind says it in its own words
        table.put(a_row(sk=""))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (Absent(), False),
        (Absent("other"), True),
        (Present(), True),
        (Present("other"), False),
        (Equals("units", 5), True),
        (Equals("units", 6), False),
        (Equals("units", "5"), False),
        (AtLeast("units", 5), True),
        (AtLeast("units", 6), False),
        (AtLeast("other", 0), False),
        (AtMost("units", 5), True),
        (AtMost("units", 4), False),
        (AtMost("name", "b"), True),
        (AtMost("name", "a"), False),
        (AnyOf((Absent(), Equals("name", "b"))), True),
        (AnyOf((Absent(), Equals("name", "c"))), False),
        (AllOf((Present(), AtLeast("units", 1), AnyOf((Absent("name"), Present("name"))))), True),
        (AllOf((AtLeast("units", 6), Present())), False),
    ],
)
def test_a_write_happens_only_when_its_condition_holds(table, when, holds):
    """A failed condition writes nothing and tells the row as it stands."""
    before = a_row(units=5, name="b")
    table.put(before)
    if holds:
        table.update(Update(("P", "1"), set={"done": True}, when=when))
        assert table.get(("P", "1"))["done"] is True
    else:
        with pytest.raises(ConditionFailedError) as failed:
            table.update(Update(("P", "1"), set={"done": True}, when=when))
        assert failed.value.rows == (before,)
        assert table.get(("P", "1")) == before


def test_a_condition_on_no_row_tells_an_empty_one(table):
    """Where there is no row, the error holds an empty one."""
    with pytest.raises(ConditionFailedError) as failed:
        table.put(a_row(), Present())

    assert failed.value.rows == ({},)


def test_an_update_sets_adds_and_removes(table):
    """The answer is the row after it; a missing row and a missing number begin from nothing."""
    assert table.update(Update(("P", "1"), set={"a": 1}, add={"n": -2})) == a_row(a=1, n=-2)
    assert table.update(Update(("P", "1"), add={"n": 5}, remove=("a", "never"))) == a_row(n=3)


def test_a_deleted_row_is_gone(table):
    """Deleting twice is no error; with a condition it can fail."""
    table.put(a_row(units=1))
    with pytest.raises(ConditionFailedError):
        table.delete(("P", "1"), Equals("units", 2))
    table.delete(("P", "1"), Equals("units", 1))
    table.delete(("P", "1"))

    assert table.get(("P", "1")) is None


def test_a_query_reads_one_partition_in_order(table):
    """By prefix, by span with both ends, backwards, and only so many; another partition stays out."""
    table.batch_put([a_row(sk) for sk in ("b2", "a1", "b1", "c1", "b3")] + [a_row("b1", pk="Q")])

    assert sort_keys(table.query("P")) == ["a1", "b1", "b2", "b3", "c1"]
    assert sort_keys(table.query("P", begins="b")) == ["b1", "b2", "b3"]
    assert sort_keys(table.query("P", between=("b1", "b2"))) == ["b1", "b2"]
    assert sort_keys(table.query("P", begins="b", newest_first=True, limit=2)) == ["b3", "b2"]
    assert sort_keys(table.query("nobody")) == []


def test_sort_keys_compare_by_their_bytes(table):
    """Thai letters come after Latin ones and capitals before small ones, everywhere."""
    table.batch_put([a_row(sk) for sk in ("ก", "a", "B", "é", "~")])

    assert sort_keys(table.query("P")) == ["B", "a", "~", "é", "ก"]


def test_the_index_finds_rows_by_its_own_keys(table):
    """A row stands in GSI1 while it has the keys, and moves when they change."""
    table.put(a_row("1", GSI1PK="G", GSI1SK="2025-03"))
    table.put(a_row("2", GSI1PK="G", GSI1SK="2025-01"))
    table.put(a_row("3"))
    assert sort_keys(table.query("G", index="GSI1")) == ["2", "1"]

    table.put(a_row("1", GSI1PK="G", GSI1SK="2024-12"))
    table.update(Update(("P", "2"), remove=("GSI1PK", "GSI1SK")))
    table.put(a_row("4", GSI1PK="G", GSI1SK="2025-02"))

    assert sort_keys(table.query("G", index="GSI1", newest_first=True)) == ["4", "1"]
    assert sort_keys(table.query("G", index="GSI1", between=("2025", "2026"))) == ["4"]


def test_a_query_goes_on_past_one_page(table):
    """Two megabytes of rows come back whole, though a page holds one."""
    rows = [a_row(f"{number:02d}", text="ก" * 20_000) for number in range(35)]
    table.batch_put(rows)

    assert list(table.query("P")) == rows
    assert sort_keys(table.query("P", newest_first=True, limit=30))[-1] == "05"


def test_batches_go_beyond_what_one_call_carries(table):
    """Two hundred rows are written and read; the last row of a key wins, unknown keys are left out."""
    rows = [a_row(f"{number:03d}", n=number) for number in range(200)]
    table.batch_put([a_row("000", n=-1), *rows])

    found = table.batch_get([("P", f"{number:03d}") for number in range(210)] + [("P", "000")])

    assert found == {(row["PK"], row["SK"]): row for row in rows}
    assert table.batch_get([]) == {}


def test_a_transaction_writes_all_or_nothing(table):
    """One failed condition stops every operation, and the error says which and what stands there."""
    table.put(a_row("level", units=1))
    table.put(a_row("old"))
    operations = [
        Put(a_row("new"), Absent()),
        Update(("P", "level"), add={"units": -2}, when=AtLeast("units", 2)),
        Delete(("P", "old")),
        Check(("P", "lease"), Equals("fence", 1)),
    ]

    with pytest.raises(ConditionFailedError) as failed:
        table.write(operations)

    assert failed.value.rows == (None, a_row("level", units=1), None, {})
    assert sort_keys(table.query("P")) == ["level", "old"]

    table.put(a_row("lease", fence=1))
    table.put(a_row("level", units=2))
    table.write(operations)

    assert list(table.query("P")) == [a_row("lease", fence=1), a_row("level", units=0), a_row("new")]


def test_a_transaction_carries_one_to_a_hundred_rows(table):
    """A hundred fit; none and a hundred and one are refused."""
    rows = [Put(a_row(f"{number:03d}")) for number in range(101)]
    table.write(rows[:100])

    assert len(list(table.query("P"))) == 100
    for wrong in ([], rows):
        with pytest.raises(ValueError, match="1 to 100"):
            table.write(wrong)

"""The dictionary and DynamoDB give the same answers to the same operations, whatever they are."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.store.memory import MemoryTable
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

sort_keys, fields = st.sampled_from(["a", "b", "ก"]), st.sampled_from(["n", "t", "x"])
numbers, texts = st.integers(-2, 2), st.sampled_from(["", "a", "ข"])
tests = st.sampled_from([Equals, AtLeast, AtMost])
simple = st.one_of(
    st.builds(Absent),
    st.builds(Present),
    st.builds(Absent, fields),
    st.builds(Present, fields),
    st.builds(lambda test, field, value: test(field, value), tests, fields, numbers | texts),
)
several = st.lists(simple, min_size=1, max_size=2).map(tuple)
conditions = st.none() | simple | st.builds(AnyOf, several) | st.builds(AllOf, several)
index_keys = st.fixed_dictionaries({"GSI1PK": st.just("G"), "GSI1SK": st.sampled_from(["1", "2", "3"])})
values = st.fixed_dictionaries({}, optional={"n": numbers, "t": texts, "x": st.none() | st.booleans() | texts})


puts = st.builds(
    lambda sk, row, index, when: Put({"PK": "P", "SK": sk, **row, **index}, when),
    sort_keys,
    values,
    st.just({}) | index_keys,
    conditions,
)
updates = st.builds(
    lambda sk, text, units, gone, when: Update(("P", sk), set={"t": text}, add={"n": units}, remove=gone, when=when),
    sort_keys,
    texts,
    numbers,
    st.sampled_from([(), ("x",), ("GSI1PK", "GSI1SK")]),
    conditions,
)
deletes = st.builds(lambda sk, when: Delete(("P", sk), when), sort_keys, conditions)
checks = st.builds(lambda sk, when: Check(("P", sk), when), sort_keys, simple)
operations = st.lists(puts | updates | deletes | checks, min_size=1, max_size=3, unique_by=lambda one: one.key)


def answer(table, some):
    """What the table says to a transaction: nothing, or the rows that stood in its way."""
    try:
        table.write(some)
    except ConditionFailedError as error:
        return error.rows
    return None


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(operations, min_size=1, max_size=5))
def test_both_tables_agree(table, history):
    """Which transactions fail, on what rows, and what the table holds at the end, also through the index."""
    real, dictionary = table, MemoryTable()
    for old in list(real.query("P")):
        real.delete((old["PK"], old["SK"]))

    for some in history:
        assert answer(real, some) == answer(dictionary, some)

    assert list(real.query("P")) == list(dictionary.query("P"))
    by_key = sorted(real.query("G", index="GSI1"), key=lambda row: (row["GSI1SK"], row["SK"]))
    assert by_key == list(dictionary.query("G", index="GSI1"))

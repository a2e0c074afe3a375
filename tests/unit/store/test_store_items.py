"""Every stored dataclass comes back equal, through DynamoDB's own form of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.balance import Balance
from chalicelib.domain.catalogue import Community, Maker, Product
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding
from chalicelib.domain.orders import Order
from chalicelib.domain.ports import Cursor
from chalicelib.domain.shops import Shop
from chalicelib.domain.stock import Movement, StockLevel
from chalicelib.domain.synclog import Entry, Run
from chalicelib.store import wire
from chalicelib.store.items import from_item, plain, text_of, to_item

KINDS = [Balance, Binding, Community, Cursor, Entry, Maker, Movement, Order, Product, Run, Shop, StockLevel]

offsets = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=offsets)
st.register_type_strategy(datetime, moments)
st.register_type_strategy(Money, st.builds(Money, st.integers(), st.sampled_from(["THB", "SGD", "VND"])))


def things(kind):
    if kind is StockLevel:
        units = st.integers(0, 10**9)
        return st.builds(StockLevel, st.text(), on_hand=units, reserved=units, version=units)
    return st.from_type(kind)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(KINDS).flatmap(things))
def test_what_was_stored_comes_back_equal(thing):
    """Whatever its texts, times, amounts and nested parts are."""
    packed = wire.pack_item(to_item(thing))

    assert from_item(type(thing), wire.unpack_item(packed)) == thing


@given(st.lists(moments, min_size=2))
def test_times_sort_as_texts(times):
    """A sort key by time is in the order of time, whatever the zone the moments were given in."""
    assert [text_of(moment) for moment in sorted(times)] == sorted(text_of(moment) for moment in times)


def test_a_class_may_grow():
    """A field that an old row lacks takes its default; one that the class no longer has is ignored."""
    row = {"id": "s", "community": "c", "channel": "lazada", "remote_id": "r", "app_key": "a", "gone": 1}

    assert from_item(Shop, row) == Shop("s", "c", "lazada", "r", "a")


def test_rows_are_plain():
    """Nothing but texts, whole numbers, truth, lists and dictionaries is written."""
    run = Run("r", "c", "s", "lazada", "urgent", "edit", datetime(2025, 3, 2, 17, tzinfo=timezone(timedelta(hours=7))))

    row = to_item(run)

    assert row["started_at"] == "2025-03-02T10:00:00.000000Z"
    assert type(row["state"]) is str
    assert "ended_at" not in row
    assert plain((Money(100), date(2025, 3, 2))) == ["100 THB", "2025-03-02"]


@pytest.mark.parametrize("value", [1.5, object(), {1, 2}])
def test_what_has_no_row_form_is_refused(value):
    """Floats above all."""
    with pytest.raises(TypeError):
        plain(value)


def test_naive_times_are_refused():
    """A time without a zone means something else on every machine."""
    with pytest.raises(ValueError, match="aware"):
        text_of(datetime(2025, 3, 2, tzinfo=UTC).replace(tzinfo=None))

"""The nightly balance: Thai days, and every difference between two lists of orders, no more and no fewer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.balance import Balance, Difference, business_day, compare_orders, day_window
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)


def an_order(order_id="1", states=(OrderState.TO_PACK, OrderState.TO_PACK)):
    """An order with a line for each state."""
    lines = tuple(OrderLine(str(n), "TEA-50", 2, state, Money(8900), Money(17800)) for n, state in enumerate(states))
    return Order("test-bazaar", order_id, NOW, NOW, lines, Money(17800) * len(states))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 1, 16, 59, 59, 999999, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 1, 17, tzinfo=UTC), date(2026, 3, 2)),
        (datetime(2026, 2, 28, 16, 59, 59, tzinfo=UTC), date(2026, 2, 28)),
        (datetime(2026, 2, 28, 17, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2028, 2, 28, 17, tzinfo=UTC), date(2028, 2, 29)),
        (datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 17, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_business_day_begins_at_midnight_in_bangkok(moment, day):
    """Seven hours ahead of UTC, at the end of months, of February and of years."""
    assert business_day(moment) == day


@settings(max_examples=80, deadline=None)
@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_every_moment_lies_in_the_window_of_its_day_and_in_no_other(moment):
    """Windows are half open, a day long, and join without a gap."""
    day = business_day(moment)
    start, end = day_window(day)
    assert start <= moment < end
    assert end - start == timedelta(days=1)
    assert day_window(day + timedelta(days=1))[0] == end
    assert business_day(end - timedelta(microseconds=1)) == day


SEEDS = {
    "order_missing_here": lambda order: (order, None),
    "order_missing_there": lambda order: (None, order),
    "money_differs": lambda order: (replace(order, total=order.total + Money(1)), order),
    "line_missing_here": lambda order: (order, replace(order, lines=order.lines[:1])),
    "line_missing_there": lambda order: (replace(order, lines=order.lines[:1]), order),
    "state_differs": lambda order: (_line(order, state=OrderState.PACKED), order),
    "quantity_differs": lambda order: (_line(order, quantity=1), order),
}


def _line(order, **facts):
    return replace(order, lines=(replace(order.lines[0], **facts), *order.lines[1:]))


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.integers(0, 9).map(str), st.sampled_from((*SEEDS, "")), max_size=8))
def test_every_seeded_difference_is_found_and_no_other(seeds):
    """Each kind of difference, in any mix over many orders, is named once with its order."""
    theirs, ours = [], {}
    for order_id, cause in seeds.items():
        order = an_order(order_id)
        there, here = SEEDS[cause](order) if cause else (order, order)
        theirs += [there] if there else []
        ours |= {order_id: here} if here else {}
    found = {(difference.subject.split("/")[0], difference.cause) for difference in compare_orders(theirs, ours)}
    assert found == {(order_id, cause) for order_id, cause in seeds.items() if cause}


@pytest.mark.parametrize(
    ("ours", "theirs", "differs"),
    [
        (OrderState.PACKED, OrderState.TO_PACK, False),
        (OrderState.DELIVERED, OrderState.HANDED_OVER, False),
        (OrderState.HANDED_OVER, OrderState.DELIVERED, True),
        (OrderState.TO_PACK, OrderState.CANCELLED, True),
        (OrderState.CANCELLED, OrderState.CANCELLED, False),
        (OrderState.CANCELLED, OrderState.TO_PACK, True),
        (OrderState.RETURNED, OrderState.COMPLETED, False),
    ],
)
def test_late_news_we_rightly_ignore_is_no_difference(ours, theirs, differs):
    """A state behind the channel's differs, and so does an end of ours to what the channel holds as open."""
    found = compare_orders([an_order(states=(theirs,))], {"1": an_order(states=(ours,))})
    assert [difference.cause for difference in found] == (["state_differs"] if differs else [])


def test_a_balance_is_clean_only_when_everything_agrees():
    """An order, an offer or an open difference too many, and it is not."""
    clean = Balance("s", "c", "bazaar", date(2026, 3, 1), NOW, 3, 3, 5, 5, (Difference("1", "x", "a", "b", True),))
    assert clean.is_clean
    assert not replace(clean, accounted=2).is_clean
    assert not replace(clean, offers_agreeing=4).is_clean
    assert not replace(clean, differences=(Difference("1", "x", "a", "b"),)).is_clean

"""Laws of pacing: spans never overlap, bans are kept, rates fall at once and rise slowly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.pacing import Habits, Meter, rate, slowed, take

HABITS = Habits()
CEILING = 40.0
waits = st.floats(0, 3)
takes = st.lists(st.tuples(waits, st.integers(1, 50)), min_size=1, max_size=40)


@given(takes)
def test_no_two_handfuls_share_a_moment_and_no_second_sells_more_than_the_rate(story):
    """Whoever asks, and whenever: the calls granted to all together stay below the rate."""
    meter, now, leaving = Meter(), 1000.0, []
    for wait_s, wanted in story:
        now += wait_s
        meter, granted = take(meter, wanted, CEILING, now, HABITS)
        leaving += [now + granted.wait_s + place * granted.space_s for place in range(granted.calls)]
    assert leaving == sorted(leaving)
    for place, at in enumerate(leaving):
        within = sum(1 for other in leaving[place:] if other < at + 1 - 1e-6)
        assert within <= CEILING + 1e-6


@given(takes)
def test_time_is_not_sold_far_ahead(story):
    """Who would wait long gets nothing, and is told when to ask again."""
    meter, now = Meter(), 1000.0
    for wait_s, wanted in story:
        now += wait_s
        meter, granted = take(meter, wanted, CEILING, now, HABITS)
        assert granted.calls or granted.wait_s > 0
        assert meter.sold_until <= now + HABITS.longest_ahead_s + 1 / CEILING + 1e-6


def test_a_ban_is_kept_by_everybody():
    """Until its end nothing is granted; the wait is what is left of it."""
    meter = slowed(Meter(), CEILING, 1000.0, 30.0, HABITS)
    same, granted = take(meter, 10, CEILING, 1012.0, HABITS)
    assert (same, granted.calls, granted.wait_s) == (meter, 0, pytest.approx(18.0))
    assert take(meter, 10, CEILING, 1030.0, HABITS)[1].calls == 10


def test_the_rate_halves_and_comes_back_slowly_to_the_ceiling_and_no_further():
    """Down at once; up in a straight line over quiet time."""
    meter = slowed(Meter(), CEILING, 0.0, 0.0, HABITS)
    rates = [rate(meter, CEILING, now, HABITS) for now in (0, 225, 450, 10_000)]
    assert rates == [20.0, 30.0, 40.0, 40.0]


@given(st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 100)), max_size=30))
def test_the_rate_stays_between_its_floor_and_the_ceiling(story):
    """However many refusals come, something always goes."""
    meter, now = Meter(), 0.0
    for wait_s, ban_s in story:
        now += wait_s
        meter = slowed(meter, CEILING, now, ban_s, HABITS)
        assert CEILING * HABITS.floor_share - 1e-9 <= rate(meter, CEILING, now, HABITS) <= CEILING


def test_several_workers_that_met_one_ban_teach_it_once():
    """Ten calls of one burst are refused: the rate is halved once, the longest ban counts."""
    once = slowed(Meter(), CEILING, 100.0, 10.0, HABITS)
    twice = slowed(once, CEILING, 100.2, 20.0, HABITS)
    assert twice.calls_per_s == once.calls_per_s
    assert twice.banned_until == 120.2

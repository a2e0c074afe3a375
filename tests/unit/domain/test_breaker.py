"""The breaker, case by case: when it opens, for how long, who may try, what closes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.breaker import Breaker, Stand, Thresholds, Trouble, failed, given_back, probing, stand

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RULES = Thresholds()


def _after(times: int, trouble: Trouble = Trouble.DOWN, breaker: Breaker | None = None, **more) -> Breaker:
    breaker = breaker or Breaker()
    for _ in range(times):
        breaker = failed(breaker, trouble, NOW, RULES, **more)
    return breaker


def _open_s(breaker: Breaker, since: datetime = NOW) -> float:
    return (breaker.open_until - since).total_seconds()


def test_it_opens_at_the_third_failure_in_a_row():
    """Two are bad luck."""
    assert [stand(_after(times), NOW)[0] for times in (0, 1, 2, 3)] == [Stand.CLOSED] * 3 + [Stand.OPEN]


def test_classes_are_counted_apart():
    """Two lost answers and two refusals are not four of one kind."""
    breaker = _after(2, Trouble.UNANSWERED, _after(2, Trouble.LIMITED))
    assert stand(breaker, NOW)[0] is Stand.CLOSED


def test_after_its_time_one_message_tries_and_others_wait_for_it():
    """A second one sees the probe and comes back soon."""
    breaker = _after(3)
    then = breaker.open_until
    assert stand(breaker, then) == (Stand.HALF_OPEN, 0.0)
    tried = probing(breaker, then, RULES)
    state, wait_s = stand(tried, then)
    assert state is Stand.OPEN
    assert 0 < wait_s <= 10
    assert stand(given_back(tried), then)[0] is Stand.HALF_OPEN


def test_a_probe_whose_worker_died_is_tried_by_another():
    """Nobody waits for ever."""
    breaker = _after(3)
    tried = probing(breaker, breaker.open_until, RULES)
    assert stand(tried, breaker.open_until + timedelta(seconds=RULES.probe_s))[0] is Stand.HALF_OPEN


def test_a_failed_probe_opens_it_for_twice_as_long():
    """One failure is enough then, of whatever class is already known or new."""
    first = _after(3)
    then = first.open_until
    second = failed(probing(first, then, RULES), Trouble.DOWN, then, RULES)
    assert 40 <= _open_s(second, then) <= 48
    assert second.probe_until is None


def test_what_the_marketplace_asked_counts_when_it_is_longer():
    """A ban of two minutes is a break of two minutes at least."""
    assert 120 <= _open_s(_after(3, Trouble.LIMITED, asked_s=120.0)) <= 144


@given(st.integers(1, 60), st.text(max_size=8))
def test_no_break_is_shorter_than_the_first_or_longer_than_the_longest_and_its_jitter(times, salt):
    """However often it opened."""
    breaker, now = Breaker(), NOW
    for _ in range(times + RULES.failures):
        breaker = failed(breaker, Trouble.DOWN, now, RULES, salt=salt)
        if breaker.open_until is not None:
            assert RULES.first_s <= _open_s(breaker, now) <= RULES.longest_s * (1 + RULES.jitter)
            now = breaker.open_until


def test_shops_that_failed_together_do_not_come_back_together():
    """The salt spreads them, the same way each time."""
    ends = {_after(3, salt=f"shop-{number}").open_until for number in range(20)}
    assert len(ends) == 20
    assert ends == {_after(3, salt=f"shop-{number}").open_until for number in range(20)}


def test_a_failure_of_work_under_way_does_not_lengthen_the_break():
    """Five workers that fail within a second open it once."""
    assert _after(7) == _after(3)

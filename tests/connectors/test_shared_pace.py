"""Calls that all workers share, as one process spends them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.errors import OutcomeUnknownError, PacedError, RateLimitError
from chalicelib.store.allowance import Allowance
from chalicelib.store.memory import MemoryTable
from connectors.shared_pace import SharedPace

PER_S, APP_PER_S = 40.0, 200.0


class Time:
    """Passes while somebody sleeps."""

    def __init__(self):
        self.at_s, self.slept = 1_700_000_000.0, []

    def now(self):
        return self.at_s

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.at_s += seconds

    def clock(self):
        return datetime.fromtimestamp(self.at_s, UTC)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def table():
    return MemoryTable()


def _pace(table, time, **more):
    return SharedPace(Allowance(table, time.clock), "bazaar", PER_S, APP_PER_S, now=time.now, sleep=time.sleep, **more)


def _busiest_second(moments):
    return max(sum(1 for other in moments if at <= other < at + 0.999) for at in moments)


def test_no_second_sees_more_calls_than_the_rate(table, time):
    """A burst, a rest, a burst, a little late, a burst: never more than the rate and the one under way."""
    pace, left = _pace(table, time), []
    for turn in range(300):
        time.at_s += {0: 3.0, 50: 0.4, 55: 0.1}.get(turn % 100, 0.0)
        with pace.call("app", "shop", "/stock"):
            left.append(time.at_s)
    assert _busiest_second(left) <= PER_S + 1


def test_a_refusal_holds_back_every_worker_of_the_shop_and_no_other(table, time):
    """One met the limit; another process waits with it, other shops go on."""
    one, other = _pace(table, time), _pace(table, time)
    with pytest.raises(RateLimitError), one.call("app", "shop", "/stock"):
        raise RateLimitError("bazaar", "429", retry_after_s=3)
    since = time.at_s
    with other.call("app", "next", "/stock"):
        assert time.at_s == pytest.approx(since)
    with other.call("app", "shop", "/stock"):
        assert time.at_s >= since + 3 - 0.01


def test_a_limit_told_as_an_unknown_outcome_teaches_as_well(table, time):
    """A create that met the limit may have worked; the limit was met all the same."""
    pace = _pace(table, time)
    refused = OutcomeUnknownError("bazaar", "429")
    refused.__cause__ = RateLimitError("bazaar", "429", retry_after_s=3)
    with pytest.raises(OutcomeUnknownError), pace.call("app", "shop", "/add"):
        raise refused
    since = time.at_s
    with pace.call("app", "shop", "/add"):
        assert time.at_s >= since + 3 - 0.01


def test_a_long_ban_is_not_slept_through(table, time):
    """The message goes back to its queue, with the time it takes; nothing was sent."""
    pace = _pace(table, time)
    with pytest.raises(RateLimitError), pace.call("app", "shop", "/stock"):
        raise RateLimitError("bazaar", "429", retry_after_s=600)
    with pytest.raises(PacedError) as held, pace.call("app", "shop", "/stock"):
        raise AssertionError("a call left")
    assert held.value.retry_after_s == pytest.approx(600, abs=1)
    assert held.value.code == "not_sent"


def test_a_limit_of_the_whole_app_holds_back_every_shop(table, time):
    """Told by its code."""
    pace = _pace(table, time, app_codes=("AppLimit",))
    with pytest.raises(RateLimitError), pace.call("app", "shop", "/stock"):
        raise RateLimitError("bazaar", "AppLimit", retry_after_s=600)
    with pytest.raises(PacedError), pace.call("app", "another", "/orders"):
        raise AssertionError("a call left")
    with pace.call("app2", "another", "/orders"):
        pass


def test_an_app_s_shops_share_its_total(table, time):
    """Thirty shops at once: together no more than the app's total and what is under way."""
    pace, left = _pace(table, time), []
    for turn in range(900):
        with pace.call("app", f"shop-{turn % 30}", "/stock"):
            left.append(time.at_s)
    assert _busiest_second(left) <= APP_PER_S + 1


def test_a_call_now_and_then_takes_little(table, time):
    """Who calls once a minute does not keep ten calls from others."""
    pace, key = _pace(table, time), ("PACE#bazaar#app#shop", "PACE#/stock")
    sold = []
    for _ in range(20):
        with pace.call("app", "shop", "/stock"):
            sold.append(table.get(key)["sold_us"] / 1e6 - time.at_s)
        time.at_s += 60
    assert max(sold) <= 4 / PER_S + 0.001

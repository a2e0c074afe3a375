"""What workers share about marketplaces: calls, breakers, and that urgent work waits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from store_builders import NOON, SHOP

from chalicelib.domain.breaker import Breaker, Thresholds, Trouble, failed, probing
from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.ports import Limit
from chalicelib.store.allowance import Allowance

LIMIT = Limit("bazaar", "app", "100", "/stock")
PER_S = 40.0


def _span(granted, at_s=0.0):
    start = at_s + granted.wait_s
    return start, start + granted.calls * granted.space_s


def test_two_workers_are_sold_different_spans(table, clock):
    """Each has a memory of its own; what one took the other is not given."""
    workers = [Allowance(table, clock) for _ in range(2)]
    spans = sorted(_span(workers[turn % 2].take(LIMIT, 10, PER_S)) for turn in range(8))
    assert spans[0] == (pytest.approx(0.0), pytest.approx(0.25))
    assert all(before[1] == pytest.approx(after[0], abs=1e-4) for before, after in pairwise(spans))


def test_workers_at_the_same_time_are_sold_different_spans(table, clock):
    """Races are settled by the table: nobody's span is sold twice."""
    workers = [Allowance(table, clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        granted = list(pool.map(lambda turn: workers[turn % 4].take(LIMIT, 5, PER_S), range(12)))
    spans = sorted(_span(one) for one in granted if one.calls)
    assert len(spans) >= 4
    assert all(before[1] <= after[0] + 1e-4 for before, after in pairwise(spans))


def test_an_idle_limit_starts_at_once(table, clock):
    """Time that nobody bought is not saved up either: after an hour there is no burst of an hour's calls."""
    one, other = Allowance(table, clock), Allowance(table, clock)
    one.take(LIMIT, 10, PER_S)
    other.take(LIMIT, 10, PER_S)
    clock.advance(3600)
    granted = [one.take(LIMIT, 10, PER_S), other.take(LIMIT, 10, PER_S)]
    assert [one.wait_s for one in granted] == [pytest.approx(0.0), pytest.approx(0.25, abs=1e-4)]


def test_every_worker_keeps_a_ban_that_one_of_them_met(table, clock):
    """Also one that remembers better days; afterwards all are slower."""
    one, other, third = (Allowance(table, clock) for _ in range(3))
    other.take(LIMIT, 1, PER_S)
    one.slow_down(LIMIT, PER_S, 30.0)
    for worker in (one, other, third):
        granted = worker.take(LIMIT, 10, PER_S)
        assert granted.calls == 0
        assert granted.wait_s == pytest.approx(30.0, abs=0.1)
    clock.advance(30)
    assert third.take(LIMIT, 10, PER_S).space_s == pytest.approx(2 / PER_S, rel=0.01)


def test_shops_operations_and_apps_are_counted_apart(table, clock):
    """A ban of one operation of one shop leaves the others alone."""
    allowance = Allowance(table, clock)
    allowance.slow_down(LIMIT, PER_S, 30.0)
    others = [
        Limit("bazaar", "app", "200", "/stock"),
        Limit("bazaar", "app", "100", "/orders"),
        Limit("bazaar", "app"),
        Limit("fair", "app", "100", "/stock"),
    ]
    assert [allowance.take(limit, 10, PER_S).calls for limit in others] == [10] * 4


def test_a_breaker_is_kept_with_its_version(store):
    """As it was written; clean for a shop that never failed; an old version is refused."""
    assert store.breakers.get(SHOP) == (Breaker(), 0)
    made = failed(Breaker(), Trouble.DOWN, NOON, Thresholds(failures=1))
    store.breakers.save(SHOP, made, 0)
    assert store.breakers.get(SHOP) == (made, 1)
    with pytest.raises(StaleWriteError):
        store.breakers.save(SHOP, made, 0)
    store.breakers.save(SHOP, Breaker(), 1)
    assert store.breakers.get(SHOP) == (Breaker(), 2)


def test_one_worker_alone_may_try(store):
    """Of two that saw the same half-open breaker, one gets through."""
    made = failed(Breaker(), Trouble.DOWN, NOON, Thresholds(failures=1))
    store.breakers.save(SHOP, made, 0)
    tried = probing(made, made.open_until, Thresholds())
    outcomes = []
    for _ in range(2):
        try:
            store.breakers.save(SHOP, tried, 1)
            outcomes.append("tries")
        except StaleWriteError:
            outcomes.append("waits")
    assert outcomes == ["tries", "waits"]


def test_urgent_work_waits_for_a_few_seconds(store, clock):
    """It is said for one shop, and ends by itself."""
    store.urgent.say(SHOP, 4)
    assert (store.urgent.any(SHOP), store.urgent.any("other")) == (True, False)
    clock.advance(5)
    assert not store.urgent.any(SHOP)

"""Many workers at once: nothing is lost, doubled or broken."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

from store_builders import NOON, SHOP, VILLAGE, a_binding, a_move, a_pair, a_reservation, an_order

from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.stock import StockError

WORKERS = 6


def at_once(work, workers=WORKERS):
    """What each worker's work answered; all begin together."""
    start = Barrier(workers)

    def begin(number):
        start.wait(10)
        return work(number)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(begin, range(workers)))


def test_movers_of_one_sku_lose_nothing(store):
    """While half of the movements are refused, every accepted one is in the ledger, and the level is its sum."""
    store.stock.count(VILLAGE, "TEA-50", 12, movement_id="count", because="counted", at=NOON)

    def work(number):
        accepted = 0
        for step in range(8):
            units = -2 if number % 2 else -50 if step % 2 else 1
            with suppress(StockError):
                store.stock.move(VILLAGE, a_move(f"w{number}-{step}", on_hand=units))
                accepted += units
        return accepted

    accepted = sum(at_once(work))

    level, ledger = store.stock.level(VILLAGE, "TEA-50"), store.stock.ledger(VILLAGE, "TEA-50")
    assert level.on_hand == 12 + accepted == sum(move.on_hand for move in ledger)
    assert level.version == len(ledger)
    assert level.on_hand >= 0


def test_acknowledged_writes_outlive_failing_transactions(store):
    """A refused transaction of one SKU never takes back what another worker wrote elsewhere."""

    def work(number):
        if number % 2:
            for step in range(20):
                with suppress(StockError):
                    store.stock.move(VILLAGE, a_move(f"bad{number}-{step}", "EMPTY", on_hand=-1))
            return []
        done = []
        for step in range(20):
            sku = f"S-{number}-{step}"
            store.bindings.save([a_binding(sku)])
            done.append(sku)
        return done

    acknowledged = [sku for done in at_once(work) for sku in done]

    assert sorted(store.bindings.of_shop(SHOP)) == sorted(acknowledged)


def test_counts_and_movements_at_once_add_up(store):
    """A count sets a number in between movements; the ledger still sums to the level."""

    def work(number):
        for step in range(3):
            if number % 2:
                store.stock.count(VILLAGE, "TEA-50", 10, movement_id=f"c{number}-{step}", because="counted", at=NOON)
            else:
                store.stock.move(VILLAGE, a_move(f"m{number}-{step}", on_hand=1))

    at_once(work, 4)

    level, ledger = store.stock.level(VILLAGE, "TEA-50"), store.stock.ledger(VILLAGE, "TEA-50")
    assert level.on_hand == sum(move.on_hand for move in ledger)
    assert len(ledger) == 12


def test_the_same_movement_at_once_is_applied_once(store):
    """Six workers that heard of the same thing move it once."""
    at_once(lambda number: store.stock.move(VILLAGE, a_move("same", on_hand=3)))

    assert store.stock.level(VILLAGE, "TEA-50").on_hand == 3


def test_an_order_taken_by_many_reserves_once(store):
    """One worker takes it, the others are told to look again."""

    def work(number):
        try:
            store.orders.take(VILLAGE, an_order(), None, [a_reservation("1001", 2)])
        except StaleWriteError:
            return "stale"
        return "taken"

    assert Counter(at_once(work)) == {"taken": 1, "stale": WORKERS - 1}
    assert store.stock.level(VILLAGE, "TEA-50").reserved == 2
    assert store.orders.sold_lately(SHOP, ["TEA-50"]) == {"TEA-50": 1}


def test_a_shop_is_leased_by_one_of_many(store):
    """One holder; after it, the next has a higher fence."""
    leases = at_once(lambda number: store.shops.lease(SHOP, f"worker-{number}", 30))

    held = [lease for lease in leases if lease]
    assert len(held) == 1
    store.shops.release(held[0])
    assert store.shops.lease(SHOP, "next", 30).fence == held[0].fence + 1


def test_a_generation_of_tokens_is_saved_by_one_of_many(store):
    """The pair in force is the winner's."""
    first = store.shops.save_tokens(SHOP, a_pair(), None)

    def work(number):
        try:
            return store.shops.save_tokens(SHOP, a_pair(f"w{number}"), first.generation)
        except StaleWriteError:
            return None

    won = [pair for pair in at_once(work) if pair]
    assert won == [store.shops.tokens(SHOP)]


def test_sales_at_once_are_all_remembered(store):
    """The remembered quantity falls by each, and stops at zero."""
    store.bindings.save([a_binding("MANY", quantity=20), a_binding("FEW", quantity=5)])

    def work(number):
        store.bindings.sold(SHOP, "MANY", 2)
        store.bindings.sold(SHOP, "FEW", 2)

    at_once(work)

    remembered = {sku: binding.quantity for sku, binding in store.bindings.of_shop(SHOP).items()}
    assert remembered == {"MANY": 20 - 2 * WORKERS, "FEW": 0}


def test_a_thing_is_seen_first_by_one_of_many(store):
    """One worker does the work."""
    assert sorted(at_once(lambda number: store.seen.first_time("push", 60))) == [False] * (WORKERS - 1) + [True]


def test_each_of_many_that_count_is_told_another_number(store):
    """No two are the tenth: a limit holds however many ask in the same moment."""
    assert sorted(at_once(lambda number: store.seen.count("wrong", 60))) == list(range(1, WORKERS + 1))

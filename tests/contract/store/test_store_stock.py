"""Stock levels and their ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from store_builders import NOON, VILLAGE, a_move, a_reservation

from chalicelib.domain.stock import MovementKind, StockError, StockLevel


def count(store, units, id="count-1", sku="TEA-50"):
    return store.stock.count(VILLAGE, sku, units, movement_id=id, because="counted", at=NOON)


def test_a_sku_never_counted_has_nothing(store):
    """Levels are zero and say so for every SKU asked."""
    assert store.stock.level(VILLAGE, "TEA-50") == StockLevel("TEA-50")
    assert store.stock.levels(VILLAGE, ["A", "B"]) == {"A": StockLevel("A"), "B": StockLevel("B")}


def test_counting_makes_on_hand_a_number(store):
    """The ledger receives the difference; reservations stay."""
    count(store, 10)
    store.stock.move(VILLAGE, a_reservation("1001", 3))

    assert count(store, 4, "count-2") == StockLevel("TEA-50", 4, 3, 3)

    newest = store.stock.movements(VILLAGE, "TEA-50")
    assert sorted(move.on_hand for move in newest) == [-6, 0, 10]
    assert {move.kind for move in newest} == {MovementKind.COUNT, MovementKind.RESERVE}


def test_a_repeated_count_changes_nothing(store):
    """The same movement id again answers the level as it is now."""
    count(store, 10)
    store.stock.move(VILLAGE, a_move("gift", on_hand=-1))

    assert count(store, 10) == store.stock.level(VILLAGE, "TEA-50")
    assert store.stock.level(VILLAGE, "TEA-50").on_hand == 9


def test_a_count_of_what_moved_meanwhile_is_not_taken(store):
    """Whoever counted saw another number: the level answers, and the ledger has no such movement."""
    count(store, 10)
    store.stock.move(VILLAGE, a_move("gift", on_hand=-1))
    late = {"movement_id": "late", "because": "counted", "at": NOON}

    assert store.stock.count(VILLAGE, "TEA-50", 12, was=10, **late).on_hand == 9
    assert len(store.stock.movements(VILLAGE, "TEA-50")) == 2
    assert store.stock.count(VILLAGE, "TEA-50", 12, was=9, **late).on_hand == 12


def test_nobody_counts_less_than_nothing(store):
    """A negative count is refused."""
    with pytest.raises(StockError):
        count(store, -1)


def test_a_movement_is_applied_once(store):
    """The same id again changes nothing; the same id at another SKU is another movement."""
    assert store.stock.move(VILLAGE, a_move("m1", on_hand=5)) == StockLevel("TEA-50", 5, 0, 1)
    assert store.stock.move(VILLAGE, a_move("m1", on_hand=5)) == StockLevel("TEA-50", 5, 0, 1)
    assert store.stock.move(VILLAGE, a_move("m1", on_hand=5, at=NOON + timedelta(1))).on_hand == 5
    assert store.stock.move(VILLAGE, a_move("m1", "TEA-100", on_hand=2)).on_hand == 2
    assert store.stock.level(VILLAGE, "TEA-50").on_hand == 5


@pytest.mark.parametrize(("on_hand", "reserved"), [(-6, 0), (0, -3), (-6, -3), (9, -3)])
def test_a_movement_below_zero_is_refused(store, on_hand, reserved):
    """Nothing of it stays, neither in the level nor in the ledger."""
    count(store, 5)
    store.stock.move(VILLAGE, a_reservation("1001", 2))

    with pytest.raises(StockError, match="TEA-50: on hand 5, reserved 2"):
        store.stock.move(VILLAGE, a_move("bad", on_hand=on_hand, reserved=reserved))

    assert store.stock.level(VILLAGE, "TEA-50") == StockLevel("TEA-50", 5, 2, 2)
    assert "bad" not in {move.id for move in store.stock.movements(VILLAGE, "TEA-50")}


def test_more_can_be_reserved_than_is_on_hand(store):
    """Two shops sold the last piece: the ledger shows it."""
    count(store, 1)

    assert store.stock.move(VILLAGE, a_reservation("1001", 2)) == StockLevel("TEA-50", 1, 2, 2)


def test_movements_come_newest_first(store):
    """By their own time, whatever order they were written in, and whole."""
    moves = [a_move(f"m{day}", on_hand=1, because="found", order="o", at=NOON + timedelta(day)) for day in (1, 3, 2)]
    for move in moves:
        store.stock.move(VILLAGE, move)

    assert store.stock.movements(VILLAGE, "TEA-50") == (moves[1], moves[2], moves[0])
    assert store.stock.movements(VILLAGE, "TEA-50", limit=2) == (moves[1], moves[2])
    assert store.stock.movements(VILLAGE, "OTHER") == ()


def test_communities_share_no_stock(store):
    """The same SKU of another community is another SKU."""
    count(store, 5)

    assert store.stock.level("elsewhere", "TEA-50").on_hand == 0
    assert store.stock.movements("elsewhere", "TEA-50") == ()

"""What long reports stand on, in every store: movements since a moment, quarters kept, requests that wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from store_builders import NOON, VILLAGE

from chalicelib.domain.money import Money
from chalicelib.domain.ports import Store
from chalicelib.domain.progress import Progress, Quarter
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState
from chalicelib.domain.stock import Movement, MovementKind

Q3 = Quarter(2026, 3)


def test_movements_since_a_moment_are_its_own_and_all_later_ones(store: Store) -> None:
    """Newest first, the moment itself included, nothing of another SKU."""
    for number in range(5):
        at = NOON + timedelta(days=number)
        store.stock.move(VILLAGE, Movement(f"m{number}", "TEA-50", MovementKind.ADJUST, 1, 0, at, "made_more"))
    store.stock.move(VILLAGE, Movement("other", "RICE-1", MovementKind.ADJUST, 1, 0, NOON, "made_more"))
    found = store.stock.movements_since(VILLAGE, "TEA-50", NOON + timedelta(days=2))
    assert [one.id for one in found] == ["m4", "m3", "m2"]


def test_a_quarter_is_kept_as_it_was_told(store: Store) -> None:
    """With what is not known of it; other quarters, currencies and communities are others."""
    row = Progress(VILLAGE, Q3, 4, 9, Money(120_000), Money(110_000), None, 2, None, True)
    store.progress.keep(row)
    store.progress.keep(replace(row, quarter=Q3.before, hand_over_s=7_200, women_led=None))
    assert store.progress.of(VILLAGE, [Q3, Q3.next], "THB") == {Q3: row}
    assert store.progress.of(VILLAGE, [Q3.before], "THB")[Q3.before].hand_over_s == 7_200
    assert store.progress.of(VILLAGE, [Q3], "USD") == {}
    assert store.progress.of("coast", [Q3], "THB") == {}


def test_the_board_counts_requests_that_wait_for_an_answer(store: Store) -> None:
    """Heard twice it counts once, answered it counts no more."""
    line = ReturnLine("1", "TEA-50", 1, Money(8_900))
    asked, kind = ReturnState.ASKED, ReturnKind.MONEY_ONLY
    first = Return("s1", "R-1", "O-1", kind, asked, (line,), "broken", NOON, NOON)
    second = replace(first, return_id="R-2")
    store.returns.take(first, None)
    store.returns.take(second, None)
    store.returns.take(replace(first, updated_at=NOON + timedelta(1)), first)
    assert store.board.lines()["s1"].returns == 2
    store.returns.take(replace(second, state=ReturnState.REFUSED), second)
    assert store.board.lines()["s1"].returns == 1

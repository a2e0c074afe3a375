"""The office's rows, in every store: the log by every key, the board, calls for help, calls redacted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.balance import Balance, Difference
from chalicelib.domain.call_notes import CallNote
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.help_wanted import HelpState, HelpWanted, Skill
from chalicelib.domain.log_search import LogQuery
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Tokens
from chalicelib.domain.synclog import Entry, EntryState, Run, RunState
from chalicelib.domain.tasks import task_of
from chalicelib.domain.waiting_plans import HeldChange, waiting_plan

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
ASKED = LogQuery(NOON - timedelta(days=3), NOON + timedelta(hours=1))


def _entry(number: int, at: datetime, state: EntryState = EntryState.LIVE, **words: str) -> Entry:
    facts = {
        "run": "r1", "community": "hill", "shop": "hill-lazada", "channel": "lazada", "product_code": "TEA",
        "seller_sku": "TEA-50", "field": "stock", "before": "1", "after": "2", "because": "sellable_stock_moved",
    }  # fmt: skip
    return Entry(**{**facts, **words}, number=number, at=at, state=state)


ENTRIES = (
    _entry(0, NOON),
    _entry(1, NOON - timedelta(minutes=5), EntryState.FAILED, error="lazada.photo_small", error_code="4"),
    _entry(2, NOON - timedelta(days=1), seller_sku="RICE-1", product_code="RICE"),
    _entry(3, NOON - timedelta(days=2), EntryState.UNKNOWN, run="r2", community="coast", shop="coast-shopee",
           channel="shopee", error="lazada.photo_small"),
    _entry(4, NOON - timedelta(days=9)),
)  # fmt: skip


def _numbers(store: Store, limit: int = 50, **filters: str) -> list[int]:
    return [entry.number for entry in store.log.search(replace(ASKED, **filters), limit).entries]


def test_the_log_answers_every_question_by_a_key(store: Store) -> None:
    """Community, shop, channel, SKU, state, error and time, alone and together, with and without a tenant."""
    store.log.add(ENTRIES)
    assert _numbers(store) == [0, 1, 2, 3]
    assert _numbers(store, community="hill") == [0, 1, 2]
    assert _numbers(store, community="coast") == [3]
    assert _numbers(store, shop="hill-lazada") == [0, 1, 2]
    assert _numbers(store, community="hill", sku="RICE-1") == [2]
    assert _numbers(store, sku="TEA-50") == [0, 1, 3]
    assert _numbers(store, state="failed") == [1]
    assert _numbers(store, community="hill", state="failed") == [1]
    assert _numbers(store, community="hill", state="live") == [0, 2]
    assert _numbers(store, error="lazada.photo_small") == [1, 3]
    assert _numbers(store, error="lazada.photo_small", channel="shopee") == [3]
    assert _numbers(store, community="hill", error="lazada.photo_small") == [1]
    assert _numbers(store, shop="coast-shopee", community="hill") == []


def test_pages_of_the_log_follow_each_other_without_a_gap_or_a_repeat(store: Store) -> None:
    """Two by two, across days, everything comes once."""
    store.log.add(ENTRIES)
    found, older = [], ""
    for _ in range(4):
        page = store.log.search(ASKED, 2, older)
        found += [entry.number for entry in page.entries]
        older = page.older
        if not older:
            break
    assert found == [0, 1, 2, 3]


def test_a_change_that_arrived_later_is_no_trouble_any_more(store: Store) -> None:
    """The same entry again, now live: no question for trouble finds it."""
    store.log.add(ENTRIES)
    store.log.add([replace(ENTRIES[1], state=EntryState.LIVE, error="")])
    assert _numbers(store, community="hill", state="failed") == []
    assert _numbers(store, community="hill", state="live") == [0, 1, 2]


def test_the_board_knows_the_last_run_and_the_newest_night(store: Store) -> None:
    """One line a shop; an urgent run does not hide what a whole one left behind, nor an old night a new one."""
    run = Run("r1", "hill", "hill-lazada", "lazada", "bulk", "sweep", NOON, RunState.COMPLETE, NOON, {"failed": 2})
    store.log.finish(run)
    store.log.finish(replace(run, id="r2", lane="urgent", ended_at=NOON + timedelta(minutes=1), counts={"live": 1}))
    open_one = (Difference("O-1", "missed", "-", "paid"),)
    night = Balance("hill-lazada", "hill", "lazada", NOON.date(), NOON, 3, 2, 5, 4, open_one)
    store.balances.save(night)
    store.balances.save(replace(night, day=NOON.date() - timedelta(days=1), differences=(), accounted=3))
    line = store.board.lines()["hill-lazada"]
    assert (line.run_at, line.whole_run_at, line.behind, line.failed) == (NOON + timedelta(minutes=1), NOON, 2, 2)
    assert (line.balance_day, line.unexplained, line.drift, line.is_clean) == (NOON.date(), 1, 1, False)


def test_the_board_knows_what_waits_for_a_person(store: Store) -> None:
    """A plan until somebody has spoken, open tasks, and when the tokens end; asked for some shops or for all."""
    plan = waiting_plan("hill-lazada", "r1", ["price_jumps"], [HeldChange("SetPrice", "T", "T", "price", *"123")], NOON)
    difference = Difference("O-1", "order_missing_here", "-", "paid")
    task = task_of("hill", "hill-lazada", NOON.date(), difference, NOON)
    store.plans.hold(plan)
    store.tasks.found([task])
    store.shops.save_tokens("hill-lazada", Tokens("a", "r", NOON, NOON + timedelta(days=20)), None)
    line = store.board.of_shops(["hill-lazada", "nowhere"])["hill-lazada"]
    assert (line.plan_waits, line.tasks, line.refresh_until) == (True, 1, NOON + timedelta(days=20))
    store.plans.refuse("hill-lazada", plan.fingerprint, "nid@example.org")
    store.plans.hold(plan)
    store.tasks.solve("hill", task.id, "nid@example.org", NOON)
    line = store.board.lines()["hill-lazada"]
    assert (line.plan_waits, line.tasks) == (False, 0)


def test_one_person_takes_a_call_for_help(store: Store) -> None:
    """The second who wants it is told that it moved."""
    wanted = HelpWanted("h1", "hill", Skill.PHOTOS, "too dark", "nok@example.org", NOON, "TEA")
    store.help.ask(wanted)
    taken = replace(wanted, state=HelpState.TAKEN, taken_by="ton@example.org", taken_at=NOON)
    store.help.move(taken, wanted)
    with pytest.raises(StaleWriteError):
        store.help.move(replace(taken, taken_by="nid@example.org"), wanted)
    assert store.help.of_community("hill") == store.help.everywhere() == (taken,)
    assert store.help.of_community("coast") == ()
    with pytest.raises(NotFoundError):
        store.help.get("coast", "h1")


def test_skills_belong_to_a_person(store: Store) -> None:
    """Upper and lower case of an address mean the same person."""
    store.help.set_skills("Ton@example.org", frozenset({Skill.PHOTOS}))
    assert store.help.skills("ton@example.org") == {Skill.PHOTOS}
    assert store.help.skills("nid@example.org") == frozenset()


def test_a_call_is_found_by_its_channel_and_id(store: Store) -> None:
    """Two channels may use the same id."""
    note = CallNote("lazada", "0ab", NOON, "POST", "/product/update", "{}", "{}", 200)
    store.call_notes.note(note)
    assert store.call_notes.get("lazada", "0ab") == note
    assert store.call_notes.get("shopee", "0ab") is None


def test_the_board_counts_orders_by_hour_whenever_they_come(store: Store) -> None:
    """An older order that comes late counts in its hour and hides no newer one; the first stays the first."""
    for number, hours in enumerate((5, 1, 3)):
        at = NOON - timedelta(hours=hours)
        line = OrderLine("1", "TEA-50", 1, OrderState.UNPAID, Money(100), Money(100))
        store.orders.take("hill", Order("hill-lazada", f"O-{number}", at, at, (line,), Money(100)), None, ())
    line = store.board.lines()["hill-lazada"]
    assert line.hours == {"07": 1, "09": 1, "11": 1}
    assert (line.first_order_at, line.order_at) == (NOON - timedelta(hours=5), NOON - timedelta(hours=1))

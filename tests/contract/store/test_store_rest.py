"""Sync log, balances, waiting plans, what was seen, sessions, photos."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from store_builders import NOON, SHOP, VILLAGE, a_run, an_entry

from chalicelib.domain.balance import Balance, Difference
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.synclog import EntryState, RunState
from chalicelib.domain.waiting_plans import HeldChange, waiting_plan
from chalicelib.store import keys
from chalicelib.store.sessions import Sessions


def test_a_run_is_known_from_start_to_end(store):
    """It is listed once, newest run first, with what it ended as."""
    old, new = a_run("old"), a_run("new", started_at=NOON + timedelta(hours=1))
    store.log.start(new)
    store.log.start(old)
    ended = replace(new, state=RunState.COMPLETE, ended_at=NOON + timedelta(hours=2), counts={"live": 3}, calls=7)
    store.log.finish(ended)

    assert store.log.run("new") == ended
    assert store.log.runs(VILLAGE) == (ended, old)
    assert store.log.runs(VILLAGE, limit=1) == (ended,)
    assert store.log.runs("elsewhere") == ()
    with pytest.raises(NotFoundError):
        store.log.run("none")


def test_a_run_is_given_up_only_while_it_runs(store):
    """What its own worker said of its end stands, also on the board; a run nobody knows is none."""
    lost, ended = a_run("lost"), replace(a_run("ended"), state=RunState.COMPLETE, ended_at=NOON + timedelta(hours=2))
    store.log.start(lost)
    store.log.start(a_run("ended"))
    store.log.finish(ended)
    given_up = [
        replace(a_run(one), state=RunState.STOPPED, ended_at=NOON + timedelta(hours=3), note="worker_lost")
        for one in ("ended", "none", "lost")
    ]

    assert [store.log.abandon(run) for run in given_up[:2]] == [False, False]
    assert store.log.run("ended") == ended
    assert store.board.lines()[SHOP].run_state == "complete"
    assert store.log.abandon(given_up[2])
    assert store.log.run("lost") == given_up[2]
    assert store.board.lines()[SHOP].run_state == "stopped"
    with pytest.raises(NotFoundError):
        store.log.run("none")


def test_entries_are_kept_by_run_and_by_community(store):
    """By number inside a run, newest first over all runs; the same number again replaces it."""
    entries = [an_entry(number, at=NOON + timedelta(seconds=number)) for number in range(1, 13)]
    late = an_entry(1, "run-2", shop="other", at=NOON + timedelta(minutes=1))
    store.log.add([*entries, late])
    live = replace(entries[0], state=EntryState.LIVE, at=NOON + timedelta(minutes=2))
    store.log.add([live])

    assert store.log.entries("run-1") == (live, *entries[1:])
    assert store.log.recent_entries(VILLAGE, 3) == (live, late, entries[-1])
    assert len(store.log.recent_entries(VILLAGE)) == 13


def test_entries_end_after_ninety_days_and_runs_never(store, table):
    """DynamoDB removes a row at its ttl."""
    store.log.start(a_run())
    store.log.add([an_entry()])

    assert table.get(keys.entry("run-1", 1))["ttl"] == int((NOON + timedelta(days=90)).timestamp())
    assert "ttl" not in table.get(keys.run("run-1"))


def a_balance(day, shop=SHOP, **changes):
    balance = Balance(shop, VILLAGE, "lazada", date(2025, 3, day), NOON, 5, 5, 9, 9, (), 12)
    return replace(balance, **changes)


def test_balances_are_found_by_shop_and_by_day(store):
    """Newest day first for a shop; every shop for a day; made again, the later one counts."""
    for balance in (a_balance(1), a_balance(3), a_balance(2), a_balance(3, "other")):
        store.balances.save(balance)
    found = Difference("1001", "order_missing_here", "-", "paid", repaired=True)
    again = a_balance(3, accounted=4, differences=(found,))
    store.balances.save(again)

    assert store.balances.of_shop(SHOP) == (again, a_balance(2), a_balance(1))
    assert store.balances.of_shop(SHOP, limit=1) == (again,)
    assert store.balances.of_day(date(2025, 3, 3)) == (again, a_balance(3, "other"))
    assert store.balances.of_day(date(2025, 3, 9)) == ()


def a_plan(run="run-1", reasons=("hides_many",), to="hidden", changes=1):
    """A plan of this shop that waits; another `to` makes it another plan."""
    held = [HeldChange("HideListing", f"TEA{n}", "", "listing", "live", to, "off_sale") for n in range(changes)]
    return waiting_plan(SHOP, run, reasons, held, NOON, {"TEA0": 3})


def test_a_plan_waits_with_every_change_until_a_person_approves_exactly_it(store):
    """Another plan is not approved by it, and cannot be approved by mistake."""
    assert store.plans.waiting(SHOP) is None
    plan = a_plan(changes=450)
    store.plans.hold(plan)

    assert store.plans.waiting(SHOP) == plan
    assert store.plans.waiting(SHOP).is_waiting
    with pytest.raises(NotFoundError):
        store.plans.approve(SHOP, "another", "somsri")
    assert not store.plans.approved(SHOP, plan.fingerprint)

    store.plans.approve(SHOP, plan.fingerprint, "somsri")
    assert store.plans.approved(SHOP, plan.fingerprint)
    assert not store.plans.approved(SHOP, "another")
    assert store.plans.waiting(SHOP).approved_by == "somsri"
    assert store.plans.waiting(SHOP).changes == plan.changes


def test_a_refused_plan_stays_refused_while_it_is_made_again(store):
    """No is an answer too, until the person or the facts change."""
    store.plans.hold(a_plan())
    store.plans.refuse(SHOP, a_plan().fingerprint, "somsri")
    store.plans.hold(a_plan(run="run-2"))
    assert (store.plans.waiting(SHOP).refused_by, store.plans.waiting(SHOP).run) == ("somsri", "run-2")
    assert not store.plans.approved(SHOP, a_plan().fingerprint)

    store.plans.approve(SHOP, a_plan().fingerprint, "malee")
    assert (store.plans.waiting(SHOP).approved_by, store.plans.waiting(SHOP).is_refused) == ("malee", False)
    store.plans.hold(a_plan(to="gone"))
    assert store.plans.waiting(SHOP).is_waiting


def test_the_same_plan_again_stays_approved_and_another_does_not(store):
    """Approval follows the fingerprint."""
    first, other = a_plan(), a_plan("run-3", ["b"], to="gone")
    store.plans.hold(first)
    store.plans.approve(SHOP, first.fingerprint, "somsri")
    store.plans.hold(replace(first, run="run-2"))
    assert store.plans.approved(SHOP, first.fingerprint)
    assert store.plans.waiting(SHOP).run == "run-2"

    store.plans.hold(other)
    assert not store.plans.approved(SHOP, first.fingerprint)
    assert not store.plans.approved(SHOP, other.fingerprint)
    assert store.plans.waiting(SHOP) == other

    store.plans.clear(SHOP)
    assert store.plans.waiting(SHOP) is None
    with pytest.raises(NotFoundError):
        store.plans.approve(SHOP, other.fingerprint, "somsri")


def test_what_was_said_first_is_remembered(store, clock):
    """Whatever is said afterwards, until its time is over."""
    assert store.seen.remembered("key-1", 60, "a") == "a"
    assert store.seen.remembered("key-1", 60, "b") == "a"
    assert store.seen.remembered("key-2", 60, "b") == "b"
    clock.advance(60)
    assert store.seen.remembered("key-1", 60, "c") == "c"


def test_a_thing_happens_for_the_first_time_once(store, clock):
    """A repeat within the time is no first time; after it, it is again. Long keys are as good as short ones."""
    for key in ("push-1", "x" * 5000):
        assert store.seen.first_time(key, 60)
        assert not store.seen.first_time(key, 60)
    assert store.seen.first_time("push-2", 600)
    clock.advance(60)

    assert store.seen.first_time("push-1", 60)
    assert not store.seen.first_time("push-2", 60)


def test_asking_whether_a_thing_happened_is_no_happening(store, clock):
    """Known from its first time until its time is over, to the moment."""
    assert not store.seen.knows("reminder")
    assert store.seen.first_time("reminder", 60)
    assert store.seen.knows("reminder")
    clock.advance(60)

    assert not store.seen.knows("reminder")
    assert store.seen.first_time("reminder", 60)


def test_things_are_counted_until_they_are_forgotten(store, clock):
    """Each key for itself; a count may be taken back; the time begins anew with each count."""
    assert [store.seen.count("wrong", 60) for _ in range(3)] == [1, 2, 3]
    assert store.seen.count("other", 60) == 1
    assert store.seen.count("wrong", 60, -1) == 2
    clock.advance(59)
    assert store.seen.count("wrong", 60) == 3
    clock.advance(60)

    assert store.seen.count("wrong", 60) == 1
    assert store.seen.count("wrong", 60) == 2


def test_a_session_is_lengthened_but_never_brought_back(table, clock):
    """From the moment of the call; one that was ended meanwhile stays ended, and all of a person's still end."""
    sessions = Sessions(table, clock)
    person = {"email": "ton@example.org"}
    one, two = sessions.create(person, 60), sessions.create(person, 60)
    clock.advance(50)
    sessions.extend(person, 60, one)
    clock.advance(50)
    assert sessions.get(one) == person
    assert sessions.get(two) is None

    sessions.end_all("ton@example.org")
    sessions.extend(person, 60, one)
    assert sessions.get(one) is None


def test_a_session_means_a_person_for_a_while(table, clock):
    """Until it ends or is deleted; ids cannot be guessed and are not in the table."""
    sessions = Sessions(table, clock)
    person = {"id": "u1", "name": "สมศรี", "communities": ["a", "b"], "staff": False}
    one, two = sessions.create(person, 60), sessions.create(person, 600)

    assert one != two
    assert len(one) >= 43
    assert sessions.get(one) == person
    assert one not in str(table.get(keys.session(one)))
    clock.advance(60)
    assert sessions.get(one) is None
    assert sessions.get(two) == person
    sessions.delete(two)
    assert sessions.get(two) is None
    assert sessions.get("") is None


def test_all_sessions_of_a_person_end_together(table, clock):
    """However the address is written; nobody else's end, and a new one may begin."""
    sessions = Sessions(table, clock)
    mine = [sessions.create({"email": email}, 600) for email in ("Ton@example.org", "ton@example.org ")]
    other = sessions.create({"email": "mali@example.org"}, 600)

    sessions.end_all("ton@example.org")

    assert [sessions.get(one) for one in mine] == [None, None]
    assert sessions.get(other) == {"email": "mali@example.org"}
    assert sessions.get(sessions.create({"email": "ton@example.org"}, 60)) is not None


def test_photos_are_kept_by_what_they_contain(store):
    """The same bytes have one key, and come back with their type."""
    key = store.photos.put(b"\xff\xd8 jpeg", "image/jpeg")

    assert key == store.photos.put(b"\xff\xd8 jpeg", "image/jpeg")
    assert store.photos.put(b"another", "image/png") != key
    photo = store.photos.get(key)
    assert (photo.key, photo.data, photo.content_type) == (key, b"\xff\xd8 jpeg", "image/jpeg")
    assert store.photos.has(key)


@pytest.mark.parametrize("key", ["0" * 64, "../exports/orders.csv", ""])
def test_photos_nobody_kept_are_not_found(store, key):
    """Nothing outside the photos can be reached by a key."""
    assert not store.photos.has(key)
    with pytest.raises(NotFoundError):
        store.photos.get(key)

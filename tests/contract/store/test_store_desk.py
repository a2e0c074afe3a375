"""What a seller's work leaves behind, on each kind of store: parcels, returns, tasks, openings, counts, deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from store_builders import NOON, SHOP, VILLAGE

from chalicelib.domain.balance import Balance, Difference, HalfBalance
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Buyer, Order, OrderLine, OrderState
from chalicelib.domain.privacy import Opening, OpeningReason
from chalicelib.domain.returns import CountedIn, Return, ReturnKind, ReturnLine, ReturnState
from chalicelib.domain.shipping import Parcel, ParcelState, Waiting
from chalicelib.domain.stock import Movement, MovementKind
from chalicelib.domain.tasks import task_of
from chalicelib.store import keys

DAY = date(2025, 3, 1)
DUE = NOON + timedelta(days=2)
PARCEL = Parcel("o1", "p1", ParcelState.ARRANGED, ("l",), "TH123", "Thailand Post")


def an_order(order_id: str = "o1", state: OrderState = OrderState.TO_PACK, **facts) -> Order:
    line = OrderLine("l", "TEA", 1, state, Money(100), Money(100))
    return Order(SHOP, order_id, NOON, facts.pop("updated_at", NOON), (line,), Money(100), **facts)


def a_return(state: ReturnState = ReturnState.ASKED, **facts) -> Return:
    line = ReturnLine("l", "TEA", 2, Money(100))
    return Return(SHOP, "r1", "o1", ReturnKind.GOODS_AND_MONEY, state, (line,), "แตก", NOON, NOON, **facts)


def test_parcels_are_those_saved_last(store):
    """Together for an order, and for many orders at once."""
    assert store.parcels.of_order(SHOP, "o1") == ()
    store.parcels.save(SHOP, "o1", [PARCEL])
    ready = replace(PARCEL, state=ParcelState.READY)
    store.parcels.save(SHOP, "o1", [ready])
    assert store.parcels.of_order(SHOP, "o1") == (ready,)
    assert store.parcels.of_orders(SHOP, ["o1", "o2"]) == {"o1": (ready,)}


def test_one_at_a_time_may_begin_a_step(store, clock):
    """Until it is done or the time is over."""
    assert store.parcels.begin(SHOP, "o1", 60)
    assert not store.parcels.begin(SHOP, "o1", 60)
    assert store.parcels.busy(SHOP, "o1")
    store.parcels.done(SHOP, "o1")
    assert not store.parcels.busy(SHOP, "o1")
    assert store.parcels.begin(SHOP, "o1", 60)
    clock.advance(61)
    assert not store.parcels.busy(SHOP, "o1")
    assert store.parcels.begin(SHOP, "o1", 60)


def test_a_return_lies_under_its_order(store):
    """Found by its id, by its order and by time; written only over the one it was decided on."""
    asked = a_return()
    store.returns.take(asked, None)
    assert store.returns.get(SHOP, "r1") == asked
    assert store.returns.of_order(SHOP, "o1") == (asked,)
    assert store.returns.of_order(SHOP, "o") == ()
    assert store.returns.latest(SHOP) == (asked,)
    agreed = replace(asked, state=ReturnState.AGREED, updated_at=NOON + timedelta(hours=1))
    store.returns.take(agreed, asked)
    with pytest.raises(StaleWriteError):
        store.returns.take(replace(asked, state=ReturnState.REFUSED), asked)
    assert store.returns.of_order(SHOP, "o1") == (agreed,)


def test_counting_in_moves_the_ledger_with_the_return(store):
    """Both or neither."""
    asked = a_return()
    store.returns.take(asked, None)
    counted = replace(asked, counted_in=(CountedIn("l", 1, NOON, "somsri"),))
    back = Movement("m", "TEA", MovementKind.RETURN, 1, 0, NOON)
    store.returns.count_in(VILLAGE, counted, asked, [back])
    with pytest.raises(StaleWriteError):
        store.returns.count_in(VILLAGE, counted, asked, [replace(back, id="n")])
    assert store.stock.level(VILLAGE, "TEA").on_hand == 1
    assert store.returns.get(SHOP, "r1") == counted


def a_task(subject: str = "o1", hours: int = 0):
    difference = Difference(subject, "order_missing_there", "to_pack", "-", since=NOON - timedelta(hours=hours))
    return task_of(VILLAGE, SHOP, DAY, difference, NOON)


def test_tasks_stay_until_they_are_solved(store):
    """The oldest beginning first; found again they keep it; solved ones are listed apart."""
    store.tasks.found([a_task("o1"), a_task("o2", hours=5)])
    assert [one.subject for one in store.tasks.open(VILLAGE)] == ["o2", "o1"]
    store.tasks.found([replace(a_task("o2"), found_at=NOON + timedelta(days=1))])
    assert [one.found_at for one in store.tasks.of_shop(VILLAGE, SHOP)] == [NOON, NOON]
    solved = store.tasks.solve(VILLAGE, a_task("o2").id, "somsri", NOON, "asked")
    assert (solved.solved_by, solved.note) == ("somsri", "asked")
    assert [one.subject for one in store.tasks.open(VILLAGE)] == ["o1"]
    assert store.tasks.solved(VILLAGE) == (solved,)
    store.tasks.found([a_task("o2")])
    assert len(store.tasks.open(VILLAGE)) == 2
    assert store.tasks.solved(VILLAGE) == ()
    with pytest.raises(NotFoundError):
        store.tasks.solve(VILLAGE, "nothing", "somsri", NOON)


def test_openings_are_listed_newest_first(store):
    """Those of one order, and all of a community."""
    first = Opening(VILLAGE, SHOP, "o1", "somsri", OpeningReason.SHIPPING, NOON)
    second = replace(first, order_id="o2", at=NOON + timedelta(minutes=1))
    store.openings.add(first)
    store.openings.add(second)
    assert store.openings.latest(VILLAGE) == (second, first)
    assert store.openings.of_order(VILLAGE, SHOP, "o1") == (first,)
    assert store.openings.latest("elsewhere") == ()


def test_catches_add_up_by_day_and_layer(store):
    """Newest day first."""
    store.caught.add(SHOP, DAY, "push", 2)
    store.caught.add(SHOP, DAY, "push", 3)
    store.caught.add(SHOP, DAY, "balance", 1)
    store.caught.add(SHOP, DAY + timedelta(days=1), "poll", 4)
    found = store.caught.of_shop(SHOP)
    assert list(found.items()) == [(DAY + timedelta(days=1), {"poll": 4}), (DAY, {"balance": 1, "push": 5})]


def test_what_is_to_be_handed_over_is_a_list_of_its_own(store):
    """Paid and not yet gone; the unpaid, the channel's own and what left are not in it."""
    waiting, gone = an_order("o1"), an_order("o2")
    store.orders.take(VILLAGE, waiting, None, ())
    store.orders.take(VILLAGE, gone, None, ())
    store.orders.take(VILLAGE, an_order("o3", OrderState.UNPAID), None, ())
    left = an_order("o2", OrderState.HANDED_OVER, updated_at=NOON + timedelta(hours=1))
    store.orders.take(VILLAGE, left, gone, ())
    assert store.orders.to_hand_over(SHOP) == (waiting,)


def test_the_list_of_what_waits_says_what_a_page_shows(store):
    """Units by SKU, what is to be packed, the deadline and the wish to cancel, as the order stood last."""
    first = an_order("o1")
    store.orders.take(VILLAGE, first, None, ())
    lines = (*first.lines, OrderLine("m", "TEA", 2, OrderState.PACKED, Money(100), Money(100)))
    later = replace(first, lines=lines, updated_at=NOON + timedelta(hours=1), ship_by=DUE, cancel_asked=True)
    store.orders.take(VILLAGE, later, first, ())
    assert store.orders.waiting(SHOP) == (Waiting(SHOP, "o1", NOON, (("TEA", 3),), ("l",), DUE, True),)
    assert store.orders.waiting("elsewhere") == ()


def test_places_of_before_the_list_said_anything_are_read_from_their_orders(store, table):
    """Such a row names its order alone; the order's next writing heals it."""
    old, new = an_order("o1"), an_order("o2")
    for order in (old, new):
        store.orders.take(VILLAGE, order, None, ())
    table.put(keys.keyed(keys.order_to_hand_over(SHOP, "o1"), {"order_id": "o1"}))
    assert sorted(one.order_id for one in store.orders.waiting(SHOP)) == ["o1", "o2"]
    store.orders.take(VILLAGE, replace(old, ship_by=DUE), old, ())
    assert "shown" in table.get(keys.order_to_hand_over(SHOP, "o1"))
    assert {one.order_id: one.ship_by for one in store.orders.waiting(SHOP)} == {"o1": DUE, "o2": None}


def test_a_deadline_and_a_wish_come_back_with_the_order(store):
    """As they were taken."""
    order = an_order(ship_by=NOON + timedelta(days=2), cancel_asked=True)
    store.orders.take(VILLAGE, order, None, ())
    assert store.orders.get(SHOP, "o1") == order


def test_ids_of_a_span_are_counted_without_the_orders(store):
    """Half open, as every span."""
    store.orders.take(VILLAGE, an_order(), None, ())
    assert list(store.orders.created_ids(SHOP, NOON, NOON + timedelta(seconds=1))) == ["o1"]
    assert list(store.orders.created_ids(SHOP, NOON - timedelta(seconds=1), NOON)) == []


def test_a_buyers_details_end_and_are_erased(store, clock):
    """At their time exactly; erased they are gone at once, masked letters too."""
    buyer = Buyer("นภา", "0812345678", "12 หมู่ 3")
    store.orders.take(VILLAGE, an_order("o1", buyer=buyer), None, (), buyer_until=clock.now + timedelta(hours=1))
    store.orders.take(VILLAGE, an_order("o2", buyer=buyer), None, ())
    assert store.orders.buyer(SHOP, "o1") == buyer
    clock.advance(3600)
    assert store.orders.buyer(SHOP, "o1") == Buyer()
    store.orders.erase_buyer(VILLAGE, store.orders.get(SHOP, "o2"))
    assert store.orders.buyer(SHOP, "o2") == Buyer()
    assert store.orders.get(SHOP, "o2").buyer == Buyer()


def test_half_a_balance_is_no_balance(store):
    """It is kept beside the finished ones, and forgotten when the day is done."""
    half = HalfBalance(SHOP, DAY, NOON, 3600, 5, differences=(Difference("o1", "x", "-", "-", since=NOON),))
    assert store.balances.half(SHOP, DAY) is None
    store.balances.save_half(half)
    assert store.balances.half(SHOP, DAY) == half
    assert store.balances.of_shop(SHOP) == ()
    whole = Balance(SHOP, VILLAGE, "lazada", DAY, NOON, 5, 5, 0, 0, counted_created=5, counted_updated=4)
    store.balances.save(whole)
    store.balances.forget_half(SHOP, DAY)
    assert store.balances.of_shop(SHOP) == (whole,)
    assert store.balances.half(SHOP, DAY) is None

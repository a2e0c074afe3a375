"""The nightly balance against a channel of dictionaries: named, settled by a second look, repaired, kept as tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.balance import CauseClass, Difference, HalfBalance, day_window
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.shops import Shop
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync import messages, reconcile, take_orders
from chalicelib.sync.balance_orders import UnfinishedError
from tests.properties.order_source import OrderSource, a_context
from tests.world import Queues

DAY = date(2026, 1, 31)
START, END = day_window(DAY)
SHOP = Shop("village-lazada", "village", "lazada", "1", "app")


def later() -> datetime:
    """Two in the morning of the next day, in Thailand."""
    return END + timedelta(hours=2)


@pytest.fixture
def source():
    return OrderSource()


@pytest.fixture
def ctx(source):
    return a_context(source, SHOP, later)


def an_order(number: int, state: OrderState = OrderState.TO_PACK, **facts) -> Order:
    at = START + timedelta(minutes=number)
    line = OrderLine("l", "TEA", 1, state, Money(100), Money(100))
    return Order(SHOP.id, f"{number:04d}", at, facts.pop("updated_at", at), (line,), Money(100), **facts)


def known(ctx, *orders: Order) -> None:
    for order in orders:
        take_orders.take(ctx, SHOP, order)


def balance(ctx):
    return reconcile.balance(ctx, SHOP.id, DAY, with_offers=False)


def test_a_day_that_agrees_says_so(ctx, source):
    """Both counts, and a line a person can read."""
    source.held = {one.order_id: one for one in (an_order(1), an_order(2))}
    known(ctx, *source.held.values())
    made = balance(ctx)
    assert made.is_clean
    assert made.verdict == "2 of 2 accounted, 0 unexplained"
    assert (made.counted_created, made.counted_updated) == (2, 2)
    assert ctx.store.tasks.open("village") == ()


def test_what_was_missed_is_named_with_its_beginning_and_repaired(ctx, source):
    """An order nobody heard of, and one that moved on: whose doing it was, and since when."""
    first, second = an_order(1), an_order(2)
    moved = replace(an_order(2, OrderState.HANDED_OVER), updated_at=second.updated_at + timedelta(hours=3))
    source.held = {first.order_id: first, moved.order_id: moved}
    known(ctx, second)
    made = balance(ctx)
    assert made.is_clean
    told = {(one.subject, one.cause, one.cause_class, one.since) for one in made.differences}
    assert told == {
        ("0001", "order_missing_here", CauseClass.MISSED, first.created_at),
        ("0002/l", "state_differs", CauseClass.LATE, moved.updated_at),
    }
    assert all(one.repaired for one in made.differences)
    assert ctx.store.caught.of_shop(SHOP.id)[date(2026, 2, 1)]["balance"] == 2


def test_an_edit_without_a_word_is_called_one(ctx, source):
    """Money changed and the order's clock did not."""
    order = an_order(1)
    known(ctx, order)
    source.held = {order.order_id: replace(order, total=Money(90))}
    (found,) = balance(ctx).differences
    assert (found.cause, found.cause_class, found.repaired) == ("money_differs", CauseClass.EDITED, True)
    assert ctx.store.orders.get(SHOP.id, "0001").total == Money(90)


def test_a_list_that_drops_an_order_raises_no_alarm(ctx, source):
    """Ours is asked for by its number before anybody is told that it is missing; it counts as theirs."""
    orders = [an_order(1), an_order(2)]
    source.held = {one.order_id: one for one in orders}
    source.unlisted = {"0002"}
    known(ctx, *orders)
    made = balance(ctx)
    assert made.is_clean
    assert (made.orders, made.counted_created, made.differences) == (2, 1, ())


def test_an_order_the_first_count_dropped_is_found_by_the_second(ctx, source):
    """The two counts do not lean on each other."""
    order = an_order(1)
    source.held = {order.order_id: order}
    source.unlisted_by = {"created": {"0001"}}
    made = balance(ctx)
    assert [(one.cause, one.repaired) for one in made.differences] == [("order_missing_here", True)]
    assert ctx.store.orders.get(SHOP.id, "0001") is not None


def test_an_old_reading_raises_no_alarm(ctx, source):
    """A list that shows yesterday's state of an order is asked again."""
    old = an_order(1)
    new = replace(an_order(1, OrderState.PACKED), updated_at=old.updated_at + timedelta(hours=1), total=Money(80))
    known(ctx, new)
    source.held = {new.order_id: new}
    source.stale = {old.order_id: old}
    made = balance(ctx)
    assert made.is_clean
    assert made.differences == ()


def test_what_cannot_be_repaired_is_a_task_until_it_is_solved(ctx, source):
    """It keeps when it was first found; a later night that finds it gone solves it."""
    order = an_order(1)
    known(ctx, order)
    made = balance(ctx)
    assert (made.unexplained, made.is_clean) == (1, False)
    (task,) = ctx.store.tasks.open("village")
    assert (task.cause, task.cause_class, task.since) == (
        "order_missing_there",
        CauseClass.NOT_THERE,
        order.updated_at,
    )
    balance(ctx)
    assert [one.found_at for one in ctx.store.tasks.open("village")] == [task.found_at]
    source.held = {order.order_id: order}
    assert balance(ctx).is_clean
    assert ctx.store.tasks.open("village") == ()
    assert [one.solved_by for one in ctx.store.tasks.solved("village")] == ["balance"]


def test_a_night_solves_no_task_that_is_not_its_own(ctx, source):
    """An authorisation that ends on the balanced day stays a task, however well the orders agree."""
    known(ctx, an_order(1))
    balance(ctx)
    (task,) = ctx.store.tasks.open("village")
    ctx.store.tasks.found([replace(task, id="village-shop#consent", cause="authorisation_ends", cause_class="")])
    source.held = {"1": an_order(1), an_order(1).order_id: an_order(1)}
    balance(ctx)
    assert "authorisation_ends" in {one.cause for one in ctx.store.tasks.open("village")}


def test_a_person_may_solve_a_task(ctx):
    """And it stays solved as it was."""
    known(ctx, an_order(1))
    balance(ctx)
    (task,) = ctx.store.tasks.open("village")
    now = datetime(2026, 2, 1, tzinfo=UTC)
    ctx.store.tasks.solve("village", task.id, "somsri", now, "ถามตลาดแล้ว")
    assert ctx.store.tasks.open("village") == ()
    assert ctx.store.tasks.solve("village", task.id, "another", now).solved_by == "somsri"


@pytest.mark.parametrize("pages", [1, 3, 7, 12])
def test_a_balance_without_time_goes_on_where_it_stopped(ctx, source, pages):
    """Cut after so many questions each time, it comes to the same answer as one that had all the time."""
    orders = [an_order(number * 9) for number in range(150)]
    source.held = {one.order_id: one for one in orders}
    source.page = 10
    known(ctx, *orders[:140])
    hurried = replace(ctx, remaining_s=lambda: 100.0 if source.since_stop < pages + 12 else 0.0)
    rounds = 0
    while True:
        rounds += 1
        source.since_stop = 0
        try:
            made = reconcile.balance(hurried, SHOP.id, DAY, with_offers=False)
            break
        except UnfinishedError:
            assert rounds < 200
    assert rounds > 1
    assert (made.orders, made.accounted, made.unexplained) == (150, 150, 0)
    assert all(ctx.store.orders.get(SHOP.id, one.order_id) for one in orders)
    assert ctx.store.balances.half(SHOP.id, DAY) is None


def test_a_message_whose_time_is_over_comes_again(ctx, source):
    """The queue carries the day from worker to worker until it is balanced; no attempt is counted for it."""
    orders = [an_order(number * 9) for number in range(150)]
    source.held = {one.order_id: one for one in orders}
    source.page = 10
    queues = Queues()
    queues.send("money", [messages.balance_shop(SHOP.id, DAY)])
    hurried = replace(ctx, queues=queues, remaining_s=lambda: 100.0 if source.since_stop < 15 else 0.0)
    workers = 0
    while queues.sent:
        lane, message, _ = queues.sent.pop(0)
        if lane == "money":
            source.since_stop, workers = 0, workers + 1
            work(replace(hurried, clock=lambda: END + timedelta(days=1)), lane, Message.model_validate(message))
        assert workers < 100
    assert workers > 1
    (made,) = ctx.store.balances.of_shop(SHOP.id)
    assert made.verdict == "150 of 150 accounted, 0 unexplained"


def test_very_many_differences_fit_into_one_row():
    """Unexplained ones are kept first, the others are counted."""
    half = HalfBalance("s", DAY, START, 60)
    many = [Difference(str(n), "x", "-", "-", repaired=n % 2 == 0) for n in range(3000)]
    made = half.with_differences(many)
    assert len(made.differences) == 800
    assert not any(one.repaired for one in made.differences)
    assert (made.more_unexplained, made.more_repaired) == (700, 1500)


def test_an_order_that_is_listed_and_cannot_be_read_is_named(ctx, source):
    """It counts as an order of the day, and not as accounted for; a night that can read it solves the task."""
    source.held = {one.order_id: one for one in (an_order(1), an_order(2))}
    known(ctx, source.held["0001"])
    source.unreadable = {"0002"}
    made = balance(ctx)
    assert (made.orders, made.accounted) == (2, 1)
    assert [(one.subject, one.cause) for one in made.differences] == [("0002", "order_unreadable")]
    source.unreadable = set()
    assert balance(ctx).is_clean
    assert ctx.store.tasks.open(SHOP.community) == ()

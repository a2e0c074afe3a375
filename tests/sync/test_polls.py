"""One order that cannot be read, a long outage, or a closed side door of a marketplace: the shop goes on selling."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import TransientError
from chalicelib.domain.ports import Cursor
from chalicelib.domain.shops import ShopState
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync import messages, take_orders
from tests.properties.bazaar import Square

HERE, THERE = SHOPS = ("test-bazaar", "test-market")


@pytest.fixture
def square() -> Square:
    """Two products on sale in two shops, orders heard of until now."""
    made = Square(SHOPS)
    for sku in ("A", "B"):
        made.sell(sku, 10)
    made.send("bulk", [messages.publish_shop(shop) for shop in SHOPS])
    made.send("urgent", [messages.poll_orders(shop) for shop in SHOPS])
    made.drain()
    made.clock.now += timedelta(minutes=1)
    return made


def poll(square: Square) -> None:
    square.send("urgent", [messages.poll_orders(HERE)])
    square.drain()
    square.clock.now += timedelta(minutes=1)


def asked_there(square: Square) -> set[str]:
    """SKUs that the other shop was asked to look at."""
    return {sku for _, body, _ in square.sent if body["shop"] == THERE for sku in body.get("skus", [])}


def tasks(square: Square) -> list[tuple[str, str]]:
    return [(task.subject, task.cause) for task in square.store.tasks.open("test")]


def shop(square: Square):
    return square.store.shops.get(HERE)


def test_an_order_that_cannot_be_read_holds_up_no_other(square):
    """The orders behind it are taken and told at once; the cursor waits a few minutes for the one that is late."""
    late, other = square.market.buy("A"), square.market.buy("B")
    square.market.unreadable = {late.order_id}
    before = square.store.orders.cursor(HERE, "updated")
    poll(square)
    assert square.store.orders.get(HERE, other.order_id) is not None
    assert square.markets[THERE].shown()["B"][1] == 9
    assert square.store.orders.cursor(HERE, "updated") == before
    square.market.unreadable = set()
    poll(square)
    assert square.store.orders.get(HERE, late.order_id) is not None
    assert tasks(square) == []


def test_an_order_that_stays_unreadable_becomes_a_task(square):
    """After three polls a person is told, the cursor goes on, and the shop's breaker never opened."""
    lost = square.market.buy("A")
    square.market.unreadable = {lost.order_id}
    for _ in range(4):
        poll(square)
    assert tasks(square) == [(lost.order_id, "order_unreadable")]
    assert square.store.orders.cursor(HERE, "updated").at > lost.updated_at
    assert square.store.breakers.get(HERE)[0].is_clean


def test_what_a_poll_took_before_it_failed_is_told(square):
    """The second page did not come; the pieces of the first are gone from the other shop's number all the same."""
    square.market.buy("A")
    square.market.buy("B")
    square.market.page = 1
    pages = iter(["first", "second"])

    def before(call: str) -> None:
        if call == "orders_page" and next(pages) == "second":
            raise TransientError("bazaar", "down")

    square.market.before = before
    with pytest.raises(TransientError):
        take_orders.poll(square.ctx, HERE)
    assert asked_there(square) == {"A"}


def test_a_long_time_is_read_day_by_day(square):
    """A worker with little time gets one day on, and one that has more goes on from there."""
    order = square.market.buy("A")
    square.store.orders.save_cursor(Cursor(HERE, "updated", square.clock.now - timedelta(days=3)))
    square.sent = []
    late = replace(square.ctx, remaining_s=iter([100.0, 100.0, 1.0, *[1.0] * 50]).__next__)
    work(late, "urgent", Message.model_validate(messages.poll_orders(HERE)))
    cursor = square.store.orders.cursor(HERE, "updated")
    assert timedelta(days=2) < square.clock.now - cursor.at < timedelta(days=2, hours=1)
    assert [(lane, body["kind"]) for lane, body, _ in square.sent] == [("bulk", "poll")]
    square.drain()
    assert square.store.orders.get(HERE, order.order_id) is not None


def test_returns_that_the_app_may_not_read_close_no_shop(square):
    """A person is told once; the shop sells on, and is asked again only after a while."""
    square.market.fault = lambda call: "not permitted" if call == "returns" else ""
    square.clock.now += timedelta(minutes=20)
    poll(square)
    poll(square)
    assert shop(square).state is ShopState.ACTIVE
    assert tasks(square) == [("returns", "cannot_read")]
    square.market.fault = lambda call: ""
    square.clock.now += timedelta(minutes=20)
    poll(square)
    assert tasks(square) == []


def test_returns_that_are_out_of_order_hold_up_no_number(square):
    """The breaker stays closed; after a day without an answer somebody hears of it."""
    square.market.fault = lambda call: "down" if call == "returns" else ""
    for _ in range(4):
        square.clock.now += timedelta(minutes=20)
        poll(square)
    assert square.store.breakers.get(HERE)[0].is_clean
    assert tasks(square) == []
    square.clock.now += timedelta(days=1, hours=1)
    poll(square)
    assert tasks(square) == [("returns", "cannot_read")]


def test_statements_that_the_app_may_not_read_close_no_shop(square):
    """The same for what was paid."""
    square.market.fault = lambda call: "not permitted" if call == "settlements" else ""
    square.send("money", [messages.settle_shop(HERE)])
    square.drain()
    assert (shop(square).state, tasks(square)) == (ShopState.ACTIVE, [("settlements", "cannot_read")])
    square.market.fault = lambda call: ""
    square.send("money", [messages.settle_shop(HERE)])
    square.drain()
    assert tasks(square) == []


def test_an_app_that_may_not_show_products_closes_the_shop_with_its_reason(square):
    """Without its listings a shop cannot be kept."""
    square.market.fault = lambda call: "not permitted" if call == "observe" else ""
    square.send("bulk", [messages.publish_shop(HERE)])
    square.drain()
    assert shop(square).state is ShopState.DISCONNECTED


def test_work_that_comes_when_the_time_is_over_is_left_to_the_next_worker(square):
    """Nothing is begun that would die half way; no attempt is lost over it."""
    square.sent = []
    message = Message.model_validate(messages.look_at_offers(HERE, ["A"], "order"))
    work(replace(square.ctx, remaining_s=lambda: 1.0), "urgent", message)
    assert square.sent == [("urgent", messages.look_at_offers(HERE, ["A"], "order"), 0)]

"""What happens to a message when its work cannot be done now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import LeaseLostError, NotFoundError, RateLimitError, StaleError, StaleWriteError
from chalicelib.domain.shops import ShopState
from chalicelib.jobs import schedules
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import MAX_ATTEMPTS, GivenUpError, work
from chalicelib.sync import messages
from tests.properties.bazaar import ERRORS, Square
from tests.properties.laws import NOW

SHOP = "test-bazaar"
POLL = Message(v=1, kind="poll", shop=SHOP)
PUBLISH = Message(v=1, kind="publish", shop=SHOP, trigger="sweep")


@pytest.fixture
def square():
    made = Square()
    made.sell("TEA-50")
    return made


def _fails(square, error):
    def before(call):
        raise error

    square.market.before = before


def _state(square):
    shop = square.store.shops.get(SHOP)
    return shop.state, shop.note


@pytest.mark.parametrize(
    "error",
    [
        ERRORS["down"]("bazaar", "503"),
        ERRORS["lost"]("bazaar", "timeout"),
        StaleError("bazaar", "moved"),
        StaleWriteError("row"),
        LeaseLostError("other"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(("attempt", "delay_s"), [(0, 2), (3, 16), (7, 256), (8, 300), (11, 300)])
def test_what_may_work_later_is_put_back_later_each_time(square, error, attempt, delay_s):
    """The same message with one attempt more, in its lane, after a delay that doubles up to five minutes."""
    _fails(square, error)
    work(square.ctx, "urgent", POLL.model_copy(update={"attempt": attempt}))
    assert square.sent == [("urgent", {"v": 1, "kind": "poll", "shop": SHOP, "attempt": attempt + 1}, delay_s)]
    assert _state(square) == (ShopState.ACTIVE, "")


def test_the_channel_says_how_long_to_wait(square):
    """A rate limit's own time counts, rounded up to whole seconds, and never more than five minutes."""
    _fails(square, RateLimitError("bazaar", "429", retry_after_s=7.2))
    work(square.ctx, "urgent", POLL)
    _fails(square, RateLimitError("bazaar", "429", retry_after_s=86400))
    work(square.ctx, "urgent", POLL)
    assert [delay for _, _, delay in square.sent] == [8, 300]


def test_what_never_works_is_given_up_with_its_reason(square):
    """After the last attempt the message goes to the dead letters: the queue's own count takes over."""
    _fails(square, ERRORS["down"]("bazaar", "503"))
    with pytest.raises(GivenUpError, match=r"poll test-bazaar.*503"):
        work(square.ctx, "urgent", POLL.model_copy(update={"attempt": MAX_ATTEMPTS}))
    assert square.sent == []


@pytest.mark.parametrize(
    ("kind", "state", "note"),
    [
        ("disconnected", ShopState.DISCONNECTED, "error.disconnected"),
        ("token", ShopState.DISCONNECTED, "error.token_expired"),
        ("surprise", ShopState.PARKED, "error.surprise"),
    ],
)
def test_a_shop_that_cannot_be_spoken_for_is_closed_with_the_reason(square, kind, state, note):
    """The shop's page says why; nothing is put back, and later messages wait without a call."""
    square.market.fault = lambda call: kind
    work(square.ctx, "urgent", POLL)
    assert _state(square) == (state, note)
    calls = square.market.calls
    work(square.ctx, "bulk", PUBLISH)
    assert square.sent == []
    assert square.market.calls == calls


def test_a_busy_shop_costs_no_attempt(square):
    """Another worker has the shop: the message comes back in a moment, as often as it takes."""
    lease = square.store.shops.lease(SHOP, "other", 60)
    for _ in range(MAX_ATTEMPTS + 5):
        work(square.ctx, "bulk", PUBLISH)
        lane, body, delay_s = square.sent.pop()
        assert (lane, delay_s, body.get("attempt", 0)) == ("bulk", 2, 0)
        assert Message.model_validate(body) == PUBLISH
    square.store.shops.release(lease)
    work(square.ctx, "bulk", PUBLISH)
    assert list(square.market.shown()) == ["TEA-50"]


def test_a_lease_nobody_let_go_ends_by_itself(square):
    """A killed worker's shop is free again after the lease; no message is lost over it."""
    square.store.shops.lease(SHOP, "dead", square.ctx.policy.lease_s)
    square.send("bulk", [messages.publish_shop(SHOP)])
    square.drain()
    assert list(square.market.shown()) == ["TEA-50"]


def test_what_nobody_foresaw_is_loud(square):
    """A shop that does not exist, a bug: the message fails and the queue keeps it."""
    with pytest.raises(NotFoundError):
        work(square.ctx, "bulk", replace_shop(PUBLISH, "nobody"))
    _fails(square, ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        work(square.ctx, "bulk", PUBLISH)


def replace_shop(message, shop):
    return message.model_copy(update={"shop": shop})


def test_a_refresh_asks_only_when_the_token_ends_soon(square):
    """Hours before the end nothing is asked; within the hour a new pair is stored."""
    refresh = Message(v=1, kind="refresh", shop=SHOP)
    work(square.ctx, "bulk", refresh)
    assert square.store.shops.tokens(SHOP).access == "a0"
    square.clock.now = NOW + timedelta(hours=23, minutes=30)
    work(square.ctx, "bulk", refresh)
    assert square.store.shops.tokens(SHOP).access == "a1" or square.store.shops.tokens(SHOP).generation > 1


# --- schedules ----------------------------------------------------------------------------------------------


@pytest.fixture
def four():
    made = Square(("a", "b", "c", "d"))
    for shop, state in (("b", ShopState.PAUSED), ("c", ShopState.DISCONNECTED)):
        made.store.shops.save(replace(made.store.shops.get(shop), state=state))
    return made


@pytest.mark.parametrize(
    ("schedule", "lane", "kind"),
    [
        (schedules.poll_orders, "urgent", "poll"),
        (schedules.sweep, "bulk", "publish"),
    ],
)
def test_a_schedule_asks_every_active_shop_once(four, schedule, lane, kind):
    """One message a shop, so that none waits for another; closed shops wait for a person."""
    assert schedule(four.ctx) == 2
    assert sorted((one, body["kind"], body["shop"]) for one, body, _ in four.sent) == [
        (lane, kind, "a"),
        (lane, kind, "d"),
    ]
    for _, body, _ in four.sent:
        assert Message.model_validate(body).v == 1


def test_many_shops_are_asked_one_after_another_and_each_in_even_steps():
    """Ten a second, over before the next tick; the same shop always has the same place."""
    many = Square(tuple(f"s{number:03}" for number in range(700)))
    schedules.poll_orders(many.ctx)
    first = {body["shop"]: delay_s for _, body, delay_s in many.sent}
    assert len(first) == 700
    assert (min(first.values()), max(first.values())) == (0, 45)
    assert sum(delay_s == 7 for delay_s in first.values()) == 10
    many.sent.clear()
    schedules.poll_orders(many.ctx)
    assert {body["shop"]: delay_s for _, body, delay_s in many.sent} == first


def test_tokens_are_looked_after_in_every_shop(four):
    """A paused shop keeps its authorisation, and one that lost it is reminded of."""
    assert schedules.refresh_tokens(four.ctx) == 4
    assert sorted((body["kind"], body["shop"]) for _, body, _ in four.sent) == [("refresh", shop) for shop in "abcd"]


@pytest.mark.parametrize(("hour_utc", "newest"), [(19, "2026-03-02"), (16, "2026-03-01")])
def test_the_night_balances_yesterday_in_thailand_and_six_days_before(four, hour_utc, newest):
    """At 02:00 in Bangkok it is still yesterday in UTC; the Thai calendar counts."""
    four.clock.now = NOW.replace(hour=hour_utc)
    assert schedules.nightly_balance(four.ctx) == 2
    days = [body["day"] for lane, body, _ in four.sent if body["shop"] == "a" and lane == "money"]
    assert (len(days), days[-1], days == sorted(days)) == (7, newest, True)

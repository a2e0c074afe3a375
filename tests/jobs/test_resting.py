"""A shop whose marketplace does not answer is left alone, tried by one, and delays no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.errors import PacedError
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync import messages
from connectors.lazada.system import Lazada
from connectors.wire import Patience
from tests.properties.bazaar import Square
from tests.world import COMMUNITY, a_product, a_world

SHOP = "test-bazaar"
POLL = Message(v=1, kind="poll", shop=SHOP)
TO_ZERO = Message(v=1, kind="offers", shop=SHOP, skus=["TEA-50"], trigger="order")


@pytest.fixture
def square():
    made = Square()
    made.sell("TEA-50")
    made.send("bulk", [messages.publish_shop(SHOP)])
    made.drain()
    return made


def _down(square, times=3):
    """The marketplace is down, and that many polls found it out."""
    square.market.fault = lambda call: "down"
    for _ in range(times):
        work(square.ctx, "urgent", POLL)
    square.sent.clear()


def _wait_out(square):
    square.clock.now = square.store.breakers.get(SHOP)[0].open_until


def test_while_it_rests_messages_wait_without_a_call_and_without_losing_an_attempt(square):
    """The delay is what is left of the break."""
    _down(square)
    calls = square.market.calls
    work(square.ctx, "urgent", TO_ZERO.model_copy(update={"attempt": 12}))
    assert square.market.calls == calls
    ((lane, body, delay_s),) = square.sent
    assert (lane, body["kind"], body["attempt"]) == ("urgent", "offers", 12)
    assert 20 <= delay_s <= 24


def test_polls_of_a_resting_shop_do_not_pile_up(square):
    """A schedule goes on asking; one message waits for all of them."""
    _down(square)
    for _ in range(20):
        work(square.ctx, "urgent", POLL)
    assert len(square.sent) == 1


def test_one_message_tries_and_its_success_lets_all_through(square):
    """The rest comes back, the first one closes the breaker, and what was waiting is done."""
    _down(square)
    square.count("TEA-50", 0)
    work(square.ctx, "urgent", TO_ZERO)
    square.market.fault = lambda call: ""
    square.drain()
    assert square.market.shown()["TEA-50"][1] == 0
    assert square.store.breakers.get(SHOP)[0].is_clean


def test_while_one_tries_others_wait(square):
    """In the middle of the probe's call another message arrives: it makes no call of its own."""
    _down(square)
    _wait_out(square)
    square.market.fault = lambda call: ""
    during = []

    def before(call):
        if not during:
            during.append(square.market.calls)
            work(square.ctx, "urgent", TO_ZERO)
            during.append(square.market.calls)

    square.market.before = before
    work(square.ctx, "urgent", POLL)
    assert during[0] == during[1]
    assert [body["kind"] for _, body, _ in square.sent] == ["offers"]


def test_a_probe_that_asked_nothing_proves_nothing(square):
    """A message with nothing to do leaves the trying to the next one."""
    _down(square)
    _wait_out(square)
    work(square.ctx, "urgent", TO_ZERO)
    assert not square.store.breakers.get(SHOP)[0].is_clean
    calls = square.market.calls
    work(square.ctx, "urgent", POLL)
    assert square.market.calls > calls


def test_a_shop_that_stays_down_costs_few_calls(square):
    """Six hours, a poll each five minutes and a sweep each hour: a call each ten minutes, not each poll."""
    _down(square)
    calls, end = square.market.calls, square.clock.now + timedelta(hours=6)
    queue = [(square.clock.now + timedelta(minutes=5 * n), "urgent", POLL.model_dump()) for n in range(72)]
    while queue and min(queue, key=lambda row: row[0])[0] < end:
        queue.sort(key=lambda row: row[0])
        at, lane, body = queue.pop(0)
        square.clock.now = max(at, square.clock.now)
        try:
            work(square.ctx, lane, Message.model_validate(body))
        except Exception as error:
            assert type(error).__name__ == "GivenUpError"  # noqa: PT017
        queue += [(square.clock.now + timedelta(seconds=wait), one, again) for one, again, wait in square.sent]
        square.sent.clear()
    assert square.market.calls - calls <= 45


def test_our_own_pacing_is_no_failure_of_the_shop(square):
    """Waiting for our turn opens no breaker and costs no attempt."""

    def before(call):
        raise PacedError("bazaar", "not_sent", "paced", retry_after_s=7)

    square.market.before = before
    for _ in range(5):
        work(square.ctx, "urgent", POLL)
    assert {(body.get("attempt", 0), delay_s) for _, body, delay_s in square.sent} == {(0, 7)}
    assert square.store.breakers.get(SHOP)[0].is_clean


def test_a_dead_shop_delays_no_other():
    """One marketplace answers 500 for ever: the other shop is published and zeroed, the dead one hardly called."""
    with a_world() as world:
        a_product(world)
        a_product(world, "SOAP")
        world.publish_all()
        _impatient(world)
        world.fault("lazada", "http_500", times=None)
        before = _calls(world, "lazada")
        for sku in ("TEA-50", "SOAP"):
            world.store.stock.count(COMMUNITY.id, sku, 0, movement_id=f"zero-{sku}", because="test", at=world.clock())
        for _ in range(10):
            for shop in world.shops.values():
                world.queues.send("urgent", [messages.look_at_offers(shop.id, ["TEA-50", "SOAP"])])
                world.queues.send("urgent", [messages.poll_orders(shop.id)])
        for _ in range(70):
            if world.queues.sent:
                world.step()
        assert {sku: row["stock"] for sku, row in world.offers("shopee").items()} == {"TEA-50": 0, "SOAP": 0}
        assert {body["shop"] for _, body, _ in world.queues.sent} == {"test-lazada"}
        assert 0 < _calls(world, "lazada") - before <= 40


def _impatient(world):
    """Reads are tried twice, at once: nobody waits for a marketplace that this test keeps down."""
    usual = world.ctx.channel
    quick = Lazada(world.http, world.clock, patience=Patience(attempts=2, first_wait_s=0.01))
    world.ctx = replace(world.ctx, channel=lambda name: quick if name == "lazada" else usual(name), speakers={})


def _calls(world, channel):
    return sum(world.sim(channel, "state")["calls"].values())

"""Urgent work on a shop whose bulk pass is running waits for one step, not for the pass."""

from __future__ import annotations

import pytest

from chalicelib.domain.synclog import RunState
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync import messages
from tests.properties.bazaar import Square

SHOP = "test-bazaar"
TO_ZERO = Message.model_validate(messages.look_at_offers(SHOP, ["TEA-50"], "order"))
HERBS = [f"HERB-{number:02}" for number in range(20)]


@pytest.fixture
def square():
    """One product is on sale, twenty wait to be published."""
    made = Square()
    made.sell("TEA-50")
    made.send("bulk", [messages.publish_shop(SHOP)])
    made.drain()
    for code in HERBS:
        made.sell(code)
    return made


def _during(square, call, times, then):
    """`then` happens in the middle of the call number `times` of this name."""
    left = [times]

    def before(name):
        if name == call:
            left[0] -= 1
            if left[0] == 0:
                then()

    square.market.before = before


def _sold_out(square):
    square.count("TEA-50", 0)
    work(square.ctx, "urgent", TO_ZERO)


def test_a_running_pass_stops_after_the_step_it_is_in(square):
    """The third of twenty creates is going on when the last piece sells elsewhere: no fourth one comes before zero."""
    _during(square, "create", 3, lambda: _sold_out(square))
    square.send("bulk", [messages.publish_shop(SHOP)])
    lane, body, _ = square.sent.pop(0)
    work(square.ctx, lane, Message.model_validate(body))
    assert len(square.market.shown()) == 1 + 3
    waiting = sorted((delay_s, lane, body["kind"]) for lane, body, delay_s in square.sent)
    assert waiting[0] == (2, "urgent", "offers")
    assert (5, "bulk", "publish") in waiting


def test_urgent_work_is_done_before_the_pass_goes_on_and_nothing_is_lost(square):
    """Zero first, all twenty afterwards."""
    at_zero = []
    square.market.before = lambda name: None
    _during(square, "create", 3, lambda: _sold_out(square))
    square.send("bulk", [messages.publish_shop(SHOP)])
    for _ in range(100):
        if square.sent:
            square.drain_one()
        if not at_zero and square.market.shown()["TEA-50"][1] == 0:
            at_zero.append(len(square.market.shown()))
    assert at_zero == [1 + 3]
    assert set(square.market.shown()) == {"TEA-50", *HERBS}


def test_the_run_says_that_it_made_way(square):
    """It stopped, it is not called complete, and the rest of it is noted as planned."""
    _during(square, "create", 3, lambda: _sold_out(square))
    square.send("bulk", [messages.publish_shop(SHOP)])
    lane, body, _ = square.sent.pop(0)
    work(square.ctx, lane, Message.model_validate(body))
    run = square.store.log.runs("test")[0]
    assert (run.state, run.note) == (RunState.STOPPED, "made_way")
    assert run.counts["planned"] == 17


def test_a_shop_with_urgent_work_all_day_is_published_all_the_same(square):
    """Urgent work waits at every single step; each pass still does one."""
    square.market.before = lambda name: square.store.urgent.say(SHOP, 4) if name == "create" else None
    square.send("bulk", [messages.publish_shop(SHOP)])
    square.drain()
    assert set(square.market.shown()) == {"TEA-50", *HERBS}


def test_urgent_work_makes_way_for_nobody(square):
    """It does not even look."""
    square.market.before = lambda name: square.store.urgent.say(SHOP, 60)
    square.count("TEA-50", 0)
    work(square.ctx, "urgent", TO_ZERO)
    assert square.market.shown()["TEA-50"][1] == 0


def test_queued_bulk_work_is_in_nobody_s_way(square):
    """A hundred waiting passes of the shop: urgent work has a lane of its own and an unheld shop."""
    square.send("bulk", [messages.publish_shop(SHOP)] * 100)
    _sold_out(square)
    assert square.market.shown()["TEA-50"][1] == 0

"""What a batch counts: one line of CloudWatch's embedded format for each shop, and what a run was asked by."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from test_lanes import LambdaContext, an_event

from chalicelib.jobs.lanes import handle_batch
from chalicelib.sync import messages
from tests.properties.bazaar import Square


@pytest.fixture(autouse=True)
def _counted(monkeypatch):
    for name in ("POWERTOOLS_METRICS_DISABLED", "POWERTOOLS_DEV", "POWERTOOLS_METRICS_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def square():
    made = Square(("good", "bad"))
    made.sell("TEA-50")
    return made


def _told(square, capsys, lane, *bodies):
    """The lines a batch left for CloudWatch."""
    event = an_event(*bodies)
    for record in event["Records"]:
        record["attributes"]["SentTimestamp"] = str(int((square.clock.now - timedelta(seconds=3)).timestamp() * 1000))
    capsys.readouterr()
    handle_batch(square.ctx, lane, event, LambdaContext())
    lines = capsys.readouterr().out.splitlines()
    return [json.loads(line) for line in lines if '"_aws"' in line]


def test_a_batch_is_one_line_for_each_shop(square, capsys):
    """Messages, their age, entries and calls; the shop stands beside the numbers, not among what is paid for."""

    def before(call):
        raise ZeroDivisionError

    square.markets["bad"].before = before
    bad, line = _told(square, capsys, "bulk", messages.publish_shop("good"), messages.publish_shop("bad"))
    described = line["_aws"]["CloudWatchMetrics"][0]
    assert (described["Namespace"], line["channel"], line["lane"]) == ("Pinto", "bazaar", "bulk")
    assert set(described["Dimensions"][0]) == {"channel", "lane", "service"}
    assert (bad["shop"], line["shop"]) == ("bad", "good")
    assert (bad["MessagesFailed"], "EntriesLive" in bad) == ([1.0], False)
    assert (line["MessagesDone"], line["EntriesLive"]) == ([1.0], [1.0])
    assert line["MarketplaceCalls"][0] > 1
    assert all(2.9 < age < 5 for age in line["QueueAge"])
    assert "Drift" not in line


def test_a_look_at_a_whole_shop_says_how_fresh_it_was_and_what_is_behind(square, capsys):
    """An hour since the last look, and one offer whose newest words the shop refuses."""
    handle_batch(square.ctx, "bulk", an_event(messages.publish_shop("good")), LambdaContext())
    square.clock.now += timedelta(hours=1)
    product = square.store.catalogues.products_of("test", ["TEA-50"])[0]
    square.edit(product, description_th="new words")
    square.markets["good"].fault = lambda call: "refused" if call == "update_content" else ""
    (line,) = _told(square, capsys, "bulk", messages.publish_shop("good"))
    assert 3600 <= line["Freshness"][0] < 3700
    assert line["OffersBehind"] == [1.0]


def test_an_edit_is_timed_until_it_is_read_back(square, capsys):
    """The time it was asked at travels in the message; the run says which edit it was."""
    handle_batch(square.ctx, "bulk", an_event(messages.publish_shop("good")), LambdaContext())
    square.count("TEA-50", 4)
    asked = messages.traced(messages.look_at_offers("good", ["TEA-50"]), "edit-77", square.clock.now)
    square.clock.now += timedelta(seconds=8)
    (line,) = _told(square, capsys, "urgent", asked)
    assert 8 <= line["EditToLive"][0] < 10
    assert "SaleToLive" not in line
    assert square.store.log.runs("test")[0].cause == "edit-77"


def test_a_sale_is_counted_by_its_layer_and_timed_in_its_sister_shop(square, capsys):
    """A push brings the order; the other shop's run names it; the poll then finds nothing new."""
    handle_batch(square.ctx, "bulk", an_event(*map(messages.publish_shop, square.markets)), LambdaContext())
    order = square.markets["good"].buy("TEA-50")
    (line,) = _told(square, capsys, "urgent", messages.look_at_orders("good", [order.order_id]))
    assert line["OrdersByPush"] == [1.0]
    assert line["MarketplaceCalls"][0] >= 1
    (lane, asked, _), (later, looks, _) = square.sent[-2:]
    square.sent.clear()
    assert (later, looks["shop"], looks["trigger"]) == ("bulk", "good", "reread")
    assert (lane, asked["shop"], asked["cause"]) == ("urgent", "bad", order.order_id)
    (line,) = _told(square, capsys, "urgent", asked)
    assert line["SaleToLive"][0] >= 0
    assert square.store.log.runs("test")[0].cause == order.order_id
    (line,) = _told(square, capsys, "urgent", messages.poll_orders("good"))
    assert line["OrdersByPoll"] == [0.0]


def test_what_a_sweep_mends_is_drift(square, capsys):
    """Somebody changed the shop by hand; the whole read finds it."""
    handle_batch(square.ctx, "bulk", an_event(messages.publish_shop("good")), LambdaContext())
    next(iter(square.markets["good"].stalls.values())).offers["TEA-50"][2] = 3
    (line,) = _told(square, capsys, "bulk", messages.publish_shop("good", "sweep"))
    assert line["Drift"] == [1.0]
    (line,) = _told(square, capsys, "bulk", messages.publish_shop("good", "sweep"))
    assert line["Drift"] == [0.0]


def test_work_nobody_named_goes_by_its_messages_id(square):
    """The queue's own id is in the run, so that the log of the lane is found."""
    event = an_event(messages.publish_shop("good"))
    handle_batch(square.ctx, "bulk", event, LambdaContext())
    assert square.store.log.runs("test")[0].cause == event["Records"][0]["messageId"]


def test_messages_of_one_look_share_the_oldest_time_and_all_names():
    """What was joined is told whole."""
    from chalicelib.jobs.lanes import joined
    from chalicelib.jobs.message import Message

    at = datetime(2026, 3, 2, tzinfo=UTC)
    facts = [("e1", at + timedelta(seconds=5)), ("", None), ("e2", at), ("e1", at)]
    made = joined([Message(v=1, kind="offers", shop="s", cause=cause, asked_at=asked) for cause, asked in facts])
    assert (made.cause, made.asked_at) == ("e1 e2", at)

"""Dead letters: why a message failed is known, equal errors stand together, and a replay is looked at first."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from test_lanes import LambdaContext, an_event

from chalicelib.domain import letters
from chalicelib.domain.errors import RejectedError, TransientError
from chalicelib.domain.letters import Letter
from chalicelib.jobs.lanes import handle_batch
from chalicelib.jobs.work import MAX_ATTEMPTS
from chalicelib.store import keys
from chalicelib.store.queues import MemoryDeadLetters
from chalicelib.sync import dead_letters, messages
from tests.properties.bazaar import Square


@pytest.fixture
def square():
    made = Square(("good", "bad"))
    made.sell("TEA-50")
    return made


@pytest.fixture
def dead(square):
    return MemoryDeadLetters(square)


def _fails(square, shop, error):
    def before(call):
        raise error

    square.markets[shop].before = before


def _dies(square, dead, lane, message):
    """The message failed in its lane and lies among the dead letters."""
    body = message if isinstance(message, str) else json.dumps(message)
    answer = handle_batch(square.ctx, lane, an_event(body), LambdaContext())
    assert answer["batchItemFailures"]
    dead.kept.append(Letter(f"letter-{len(dead.kept)}", lane, body, square.clock(), 5))


def test_a_letter_that_was_given_up_says_what_kept_it_from_being_done(square, dead):
    """The reason is the marketplace's error with its code and request id, not that we gave up."""
    _fails(square, "bad", TransientError("bazaar", "503", "busy", request_id="req-7"))
    tired = {**messages.traced(messages.publish_shop("bad", "sweep"), "edit-1"), "attempt": MAX_ATTEMPTS}
    _dies(square, dead, "bulk", tired)

    (told,) = dead_letters.read(square.ctx, dead)
    assert (told.error, told.user_key, told.shop.id, told.kind) == (
        "TransientError",
        "error.transient",
        "bad",
        "publish",
    )
    assert (told.failure.code, told.failure.request_id, told.failure.cause) == ("503", "req-7", "edit-1")
    run = square.store.log.run(told.failure.run)
    assert (run.shop, run.note, run.cause) == ("bad", "error.transient", "edit-1")


def test_the_first_time_stays_and_times_are_counted_over_every_attempt(square, dead):
    """A message put back by us is the same thing to look at; the row ends with the letters, after fourteen days."""
    _fails(square, "bad", ZeroDivisionError("no"))
    for attempt in range(3):
        square.clock.now += timedelta(minutes=1)
        _dies(square, dead, "urgent", {**messages.poll_orders("bad"), "attempt": attempt})
    found = dead_letters.read(square.ctx, dead)
    assert {told.failure.times for told in found} == {3}
    assert found[0].last_at - found[0].first_at >= timedelta(minutes=2)
    row = square.store.failures._table.get(keys.failure(found[0].failure.digest))
    assert row["ttl"] == int((found[0].last_at + timedelta(days=14)).timestamp())


def test_nothing_secret_is_kept(square, dead):
    """Tokens, signatures, telephone numbers and mailboxes do not reach the row, nor does an unreadable body."""
    said = "GET /x?access_token=abc123&sign=0f0f&shop_id=7 Bearer 0123456789abcdef0123456789abcdef 0812345678 a@b.co"
    _fails(square, "bad", RuntimeError(said))
    _dies(square, dead, "urgent", messages.poll_orders("bad"))
    _dies(square, dead, "urgent", '{"v": 2, "kind": "poll", "shop": "นภา 0812345678"}')
    texts = [told.failure.text for told in dead_letters.read(square.ctx, dead)]
    assert texts[0] == "GET /x?access_token=*&sign=*&shop_id=7 Bearer * * *"
    assert "081" not in texts[1]
    assert "v: literal_error" in texts[1]


def test_equal_errors_of_several_shops_and_lanes_are_one_cluster(square, dead):
    """One fix mends them together; another error stands apart; the largest comes first."""
    for shop in ("good", "bad"):
        _fails(square, shop, RejectedError("bazaar", "E9", "no"))
        _dies(square, dead, "urgent", messages.poll_orders(shop))
    _dies(square, dead, "bulk", messages.publish_shop("bad"))
    _dies(square, dead, "bulk", "not json")
    first, second = dead_letters.clusters(dead_letters.read(square.ctx, dead))
    assert (len(first.letters), first.shops, first.communities) == (3, ("bad", "good"), ("test",))
    assert (len(second.letters), second.newest.error, second.newest.kind) == (1, "ValidationError", "")


def test_a_look_before_says_what_each_shop_would_be_sent_and_writes_nothing(square, dead):
    """Whole shops are read, offers come from memory, reading messages are counted, closed shops say so."""
    dead.kept = [
        Letter("1", "bulk", json.dumps(messages.publish_shop("good")), square.clock()),
        Letter("2", "urgent", json.dumps(messages.look_at_offers("bad", ["TEA-50"])), square.clock()),
        Letter("3", "urgent", json.dumps(messages.poll_orders("good")), square.clock()),
        Letter("4", "bulk", json.dumps(messages.publish_shop("gone")), square.clock()),
        Letter("5", "bulk", "not json", square.clock()),
    ]
    seen = dead_letters.preview(square.ctx, dead_letters.read(square.ctx, dead))
    effects = {effect.shop: effect for effect in seen.effects}
    assert dict(effects["good"].counts) == {"CreateListing": 1}
    assert effects["good"].lines == ("CreateListing TEA-50 listing: - -> TEA-50",)
    assert dict(effects["bad"].counts) == {}
    assert effects["gone"].trouble == "letters.no_shop"
    assert (dict(seen.looks), seen.unreadable, seen.untried) == ({"poll": 1}, 1, 0)
    assert [market.shown() for market in square.markets.values()] == [{}, {}]
    assert square.sent == []


def test_a_look_before_is_bounded(square, dead):
    """Few shops are read; how many were not is said."""
    for number in range(dead_letters.SHOPS_TRIED + 3):
        dead.kept.append(Letter(str(number), "bulk", json.dumps(messages.publish_shop(f"s{number}")), square.clock()))
    seen = dead_letters.preview(square.ctx, dead_letters.read(square.ctx, dead))
    assert (len(seen.effects), seen.untried) == (dead_letters.SHOPS_TRIED, 3)


def test_a_replay_starts_afresh_and_comes_to_rest(square, dead):
    """The letter leaves, its message is no longer tired, and the work is done; the rest stays."""
    tired = {**messages.traced(messages.publish_shop("good"), "edit-1"), "attempt": MAX_ATTEMPTS}
    dead.kept = [
        Letter("1", "bulk", json.dumps(tired), square.clock()),
        Letter("2", "bulk", json.dumps(messages.publish_shop("bad")), square.clock()),
    ]
    told = dead_letters.read(square.ctx, dead)
    assert dead_letters.replay(dead, dead_letters.chosen(told, ids=["1"])) == 1
    assert dead_letters.replay(dead, dead_letters.chosen(told, ids=["1"])) == 0  # pressed twice
    assert [(lane, body.get("attempt")) for lane, body, _ in square.sent] == [("bulk", None)]
    square.drain()
    assert list(square.markets["good"].shown()) == ["TEA-50"]
    assert [letter.id for letter in dead.kept] == ["2"]


def test_letters_are_chosen_by_id_by_cluster_or_all(square, dead):
    """Nothing named, nothing chosen."""
    dead.kept = [Letter(str(n), "bulk", json.dumps(messages.publish_shop("bad")), square.clock()) for n in range(3)]
    told = dead_letters.read(square.ctx, dead)
    assert dead_letters.chosen(told) == ()
    assert len(dead_letters.chosen(told, ids=["1", "9"])) == 1
    assert len(dead_letters.chosen(told, cluster=told[0].cluster)) == 3
    assert len(dead_letters.chosen(told, all_=True)) == 3


def test_a_message_keeps_its_name_however_often_it_was_put_back():
    """What it asks for counts, not its travel."""
    fresh = json.dumps(messages.poll_orders("s"))
    tired = json.dumps({**messages.traced(messages.poll_orders("s"), "edit-1"), "attempt": 9})
    assert letters.digest(fresh) == letters.digest(tired)
    assert letters.digest(fresh) != letters.digest(json.dumps(messages.poll_orders("t")))
    assert letters.digest("no json") != letters.digest("no  json")

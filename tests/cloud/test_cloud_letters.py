"""Dead letters over SQS: looking changes nothing, a replay moves each letter once."""

import json

import pytest

from chalicelib.store.queues import SqsDeadLetters
from chalicelib.sync import messages

LANES = ("urgent", "bulk", "money")


def _drained(sqs, url):
    found = []
    while rows := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for row in rows:
            found.append(json.loads(row["Body"]) if row["Body"].startswith("{") else row["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=row["ReceiptHandle"])
    return found


@pytest.fixture
def urls(cloud, sqs):
    """Queues of these tests alone, with addresses as the environment would give them."""
    assert all(cloud.environment[f"PINTO_{lane.upper()}_DEAD_URL"].endswith("DeadLetters") for lane in LANES)
    made = {}
    for lane in LANES:
        for kind in ("live", "dead"):
            made[kind, lane] = sqs.create_queue(QueueName=f"letters-{kind}-{lane}")["QueueUrl"]
    yield made
    for url in made.values():
        sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def dead(sqs, urls):
    return SqsDeadLetters(
        sqs, {lane: urls["dead", lane] for lane in LANES}, {lane: urls["live", lane] for lane in LANES}
    )


def _lay(sqs, urls, lane, *bodies):
    for body in bodies:
        sqs.send_message(QueueUrl=urls["dead", lane], MessageBody=body if isinstance(body, str) else json.dumps(body))


def test_an_empty_lane_has_no_letters(dead):
    """Nothing to hold, nothing to send."""
    assert dead.list("urgent") == ()
    assert dead.replay([]) == 0


def test_looking_changes_nothing(sqs, urls, dead):
    """More than one batch is read, within the limit, and every letter can be read again at once."""
    _lay(sqs, urls, "bulk", *[messages.publish_shop(f"s{number:02}") for number in range(13)])
    first = dead.list("bulk")
    assert sorted(str(letter.message["shop"]) for letter in first) == [f"s{number:02}" for number in range(13)]
    assert {letter.lane for letter in first} == {"bulk"}
    assert all(letter.received >= 1 for letter in first)
    again = dead.list("bulk", limit=13)
    assert {letter.id for letter in again} == {letter.id for letter in first}
    assert len(dead.list("bulk", limit=4)) == 4
    assert dead.list("urgent") == ()


def test_a_replay_moves_each_letter_once_and_leaves_the_others(sqs, urls, dead):
    """The message is fresh again in its own lane; pressed twice, nothing moves twice; neighbours stay readable."""
    _lay(sqs, urls, "urgent", {**messages.poll_orders("a"), "attempt": 12}, messages.poll_orders("b"), "not json")
    _lay(sqs, urls, "money", messages.poll_orders("c"))
    found = [*dead.list("urgent"), *dead.list("money")]
    wanted = [letter for letter in found if letter.message.get("shop") in ("a", "c")]
    assert dead.replay(wanted) == 2
    assert dead.replay(wanted) == 0
    assert _drained(sqs, urls["live", "urgent"]) == [messages.poll_orders("a")]
    assert _drained(sqs, urls["live", "money"]) == [messages.poll_orders("c")]
    left = dead.list("urgent")
    assert {letter.message.get("shop", letter.body) for letter in left} == {"b", "not json"}


def test_an_unreadable_letter_goes_back_as_it_is(sqs, urls, dead):
    """It is the handler that says it cannot be read, again."""
    _lay(sqs, urls, "bulk", "not json")
    assert dead.replay(dead.list("bulk")) == 1
    assert _drained(sqs, urls["live", "bulk"]) == ["not json"]


def test_what_is_dropped_is_gone(sqs, urls, dead):
    """Only the named ones, for good."""
    _lay(sqs, urls, "bulk", *[messages.publish_shop(f"s{number}") for number in range(12)])
    letters = dead.list("bulk")
    assert dead.drop(letters[:11]) == 11
    assert dead.drop(letters[:11]) == 0
    assert [letter.id for letter in dead.list("bulk")] == [letters[11].id]
    assert _drained(sqs, urls["live", "bulk"]) == []

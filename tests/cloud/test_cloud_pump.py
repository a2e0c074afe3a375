"""The pump treats handlers as Lambda's pollers do."""

import json
import time

import pytest
from toy_app import toy_app

from sandbox.cloud.pump import Pump, failed_ids


@pytest.fixture
def app():
    return toy_app()


@pytest.fixture
def lanes(cloud, sqs):
    """Queue URLs by lane, emptied, with visibility short enough to see a message come back."""
    urls = {name: cloud.environment[f"PINTO_{name.upper()}_QUEUE_URL"] for name in ("urgent", "bulk", "money")}
    for url in urls.values():
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "0"})
        while left := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in left:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return urls


def send(sqs, url, *bodies):
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))


def bodies_of(app, lane):
    return [json.loads(record["body"]) for records, _ in app.seen.get(lane, []) for record in records]


def test_each_lane_is_fed_by_its_own_queue(app, cloud, sqs, lanes):
    """A message reaches the handler that resources.yaml connects to its queue, through the app's middleware."""
    pump = Pump(app, cloud.endpoint)
    for name, url in lanes.items():
        send(sqs, url, {"v": 1, "lane": name})

    handled = [pump.once(f"{name}_lane") for name in lanes]

    assert handled == [1, 1, 1]
    assert [bodies_of(app, f"{name}_lane") for name in lanes] == [[{"v": 1, "lane": name}] for name in lanes]
    assert app.middlewares == ["SQSEvent"] * 3
    assert pump.backlog() == {"urgent_lane": 0, "bulk_lane": 0, "money_lane": 0}


def test_a_record_looks_like_lambdas(app, cloud, sqs, lanes):
    """Ids are the message's own, keys begin with a small letter, and the context knows the lane's timeout."""
    attributes = {"trigger": {"DataType": "String", "StringValue": "push"}}
    sent = sqs.send_message(QueueUrl=lanes["urgent"], MessageBody="{}", MessageAttributes=attributes)

    Pump(app, cloud.endpoint).once("urgent_lane")

    (records, remaining_ms), *_ = app.seen["urgent_lane"]
    assert records[0]["messageId"] == sent["MessageId"]
    assert records[0]["eventSourceARN"].endswith(":pinto-local-UrgentQueue")
    assert records[0]["attributes"]["ApproximateReceiveCount"] == "1"
    assert records[0]["messageAttributes"]["trigger"]["stringValue"] == "push"
    assert 25_000 < remaining_ms <= 30_000


def test_only_failed_messages_stay(app, cloud, sqs, lanes):
    """Of a batch, those the handler names as failed come again; the others are gone."""
    send(sqs, lanes["bulk"], {"n": 1}, {"n": 2, "fail": True}, {"n": 3})
    pump = Pump(app, cloud.endpoint)

    pump.once("bulk_lane")
    pump.once("bulk_lane")

    assert [body["n"] for body in bodies_of(app, "bulk_lane")] == [1, 2, 3, 2]
    assert pump.lanes["bulk_lane"].tally.done == 2
    assert pump.lanes["bulk_lane"].tally.failed == 2
    assert pump.backlog()["bulk_lane"] == 1


@pytest.mark.parametrize("poison", [{"raise": True}, {"lie": True}])
def test_a_batch_that_raises_or_names_a_stranger_stays_whole(app, cloud, sqs, lanes, poison):
    """An exception, or an id that was not in the batch, keeps every message of it."""
    send(sqs, lanes["bulk"], {"n": 1}, {"n": 2, **poison})
    pump = Pump(app, cloud.endpoint)

    pump.once("bulk_lane")

    assert pump.backlog()["bulk_lane"] == 2
    assert pump.lanes["bulk_lane"].tally.done == 0


def test_a_message_that_always_fails_ends_among_the_dead_letters(app, cloud, sqs, lanes):
    """After five receives the message is no longer handled; the dead letters hold it, unchanged."""
    dead = sqs.get_queue_url(QueueName="pinto-local-MoneyDeadLetters")["QueueUrl"]
    send(sqs, lanes["money"], {"fail": True, "settlement": "S1"})
    pump = Pump(app, cloud.endpoint)

    for _ in range(8):
        pump.once("money_lane")

    assert len(app.seen["money_lane"]) == 5
    letters = sqs.receive_message(QueueUrl=dead).get("Messages", [])
    assert [json.loads(letter["Body"])["settlement"] for letter in letters] == ["S1"]


def test_workers_empty_all_lanes_and_stop(app, cloud, sqs, lanes):
    """Started, the pump handles everything, delayed messages at their time, and stops when told."""
    for url in lanes.values():
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    send(sqs, lanes["bulk"], *[{"n": number} for number in range(30)])
    started = time.monotonic()
    sqs.send_message(QueueUrl=lanes["urgent"], MessageBody='{"later": true}', DelaySeconds=1)
    pump = Pump(app, cloud.endpoint, workers={"bulk_lane": 3})

    pump.start()
    emptied = pump.wait_until_empty(within_s=20)
    waited_s = time.monotonic() - started
    pump.stop()

    assert emptied
    assert waited_s > 0.8
    assert sorted(body["n"] for body in bodies_of(app, "bulk_lane")) == list(range(30))
    assert bodies_of(app, "urgent_lane") == [{"later": True}]


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "a"}]}, {"a"}),
        ({"batchItemFailures": [{"itemIdentifier": "z"}]}, {"a", "b"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"a", "b"}),
        ({"batchItemFailures": [{"wrong": "a"}]}, {"a", "b"}),
        ({"batchItemFailures": "a"}, {"a", "b"}),
        ("done", {"a", "b"}),
    ],
)
def test_the_answer_decides_what_is_kept(answer, kept):
    """Lambda's rules for an answer of a batch with messages a and b."""
    assert failed_ids(answer, {"a", "b"}) == kept

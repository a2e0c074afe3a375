"""A lane as Lambda calls it: a batch of SQS records in, the ids of those to repeat out."""

from __future__ import annotations

import json

import pytest

from chalicelib.jobs.lanes import handle_batch, joined
from chalicelib.jobs.message import Message
from chalicelib.sync import messages
from tests.properties.bazaar import Square


class LambdaContext:
    """What Lambda hands over, as far as the batch tools look."""

    function_name = "pinto-urgent_lane"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:ap-southeast-1:123456789012:function:pinto-urgent_lane"
    aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    def get_remaining_time_in_millis(self) -> int:
        return 25_000


def an_event(*bodies):
    """An event as SQS sends it to Lambda."""
    records = [
        {
            "messageId": f"059f36b4-87a3-44ab-83d2-66197{number:07}",
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
            "body": body if isinstance(body, str) else json.dumps(body),
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1545082649183",
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": "1545082649185",
            },
            "messageAttributes": {},
            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:ap-southeast-1:123456789012:pinto-urgent",
            "awsRegion": "ap-southeast-1",
        }
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


@pytest.fixture
def square():
    made = Square(("good", "bad"))
    made.sell("TEA-50")
    made.sell("SOAP")
    return made


def _failed(square, event, lane="urgent"):
    answer = handle_batch(square.ctx, lane, event, LambdaContext())
    names = [row["itemIdentifier"] for row in answer["batchItemFailures"]]
    return [place for place, record in enumerate(event["Records"]) if record["messageId"] in names]


def _break(square, shop):
    def before(call):
        raise ZeroDivisionError

    square.markets[shop].before = before


def test_only_the_records_that_failed_come_again(square):
    """A bug in the middle of a batch: its record is named, the others are done."""
    _break(square, "bad")
    event = an_event(messages.publish_shop("good"), messages.publish_shop("bad"), messages.poll_orders("good"))
    assert _failed(square, event, "bulk") == [1]
    assert sorted(square.markets["good"].shown()) == ["SOAP", "TEA-50"]


def test_all_done_answers_an_empty_list(square):
    """Lambda deletes the whole batch."""
    assert _failed(square, an_event(messages.publish_shop("good"), messages.publish_shop("bad"))) == []


def test_all_failed_names_all_and_raises_nothing(square):
    """Raising would repeat the batch without saying why."""
    _break(square, "bad")
    assert _failed(square, an_event(messages.publish_shop("bad"), messages.poll_orders("bad"))) == [0, 1]


@pytest.mark.parametrize("body", ["", "no json", "[]", '{"v": 2, "kind": "poll", "shop": "good"}', '{"v": 1}'])
def test_a_message_nobody_can_read_fails_alone(square, body):
    """Not JSON, another version, a field missing: it ends as a dead letter, its neighbours are done."""
    event = an_event(messages.look_at_offers("good", ["TEA-50"]), body, messages.publish_shop("good"))
    assert _failed(square, event) == [1]
    assert sorted(square.markets["good"].shown()) == ["SOAP", "TEA-50"]


def test_a_shop_that_is_down_is_put_back_and_not_failed(square):
    """Trouble of a marketplace is no failure of the message: it waits in the lane with its delay."""
    square.markets["bad"].fault = lambda call: "down"
    assert _failed(square, an_event(messages.publish_shop("bad"), messages.publish_shop("good"))) == []
    assert [(body["shop"], body["attempt"], delay) for _, body, delay in square.sent] == [("bad", 1, 2)]


def test_sales_of_one_shop_in_one_batch_are_one_look(square):
    """Ten messages about a shop cost what one costs; all of them are done."""
    handle_batch(square.ctx, "bulk", an_event(messages.publish_shop("good")), LambdaContext())
    market = square.markets["good"]
    for sku in ("TEA-50", "SOAP"):
        square.count(sku, 4)
    before = market.calls
    bodies = [messages.look_at_offers("good", [sku], "order") for sku in ("TEA-50", "SOAP")] * 5
    assert _failed(square, an_event(*bodies)) == []
    assert {row[1] for row in market.shown().values()} == {4}
    assert market.calls - before == 2  # one write, one look


def test_a_group_that_fails_fails_whole(square):
    """None of its records is called done when the one look for all of them broke."""
    handle_batch(square.ctx, "bulk", an_event(messages.publish_shop("bad")), LambdaContext())
    square.count("TEA-50", 4)
    _break(square, "bad")
    event = an_event(
        messages.look_at_offers("bad", ["TEA-50"]),
        messages.look_at_offers("good", ["TEA-50"]),
        messages.look_at_offers("bad", ["SOAP"]),
    )
    assert _failed(square, event) == [0, 2]


def test_joined_messages_ask_for_everything_and_an_edit_keeps_its_word():
    """SKUs and ids are united, the highest attempt stays, and an edit is not taken for a mere sale."""
    one, two = (Message(v=1, kind="offers", shop="s", skus=[sku], trigger="order") for sku in ("B", "A"))
    edit = Message(v=1, kind="offers", shop="s", skus=["C"], trigger="edit", attempt=2)
    assert joined([one, two, edit]) == Message(
        v=1, kind="offers", shop="s", skus=["A", "B", "C"], trigger="edit", attempt=2
    )
    assert joined([one, two]).trigger == "order"

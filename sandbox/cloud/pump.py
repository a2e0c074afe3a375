"""Carries messages from the queues to the app's handlers, as Lambda's pollers do."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalice.app import SQSEventConfig

from infra import template as infra_template
from sandbox.cloud import resources
from sandbox.cloud.invoke import invoke

WORKERS = {"urgent_lane": 2, "bulk_lane": 4, "money_lane": 1}
WAIT_S = 3  # Lambda waits twenty; three lets the pump stop soon, and a long poll wakes on a message anyway.
_ATTRIBUTE = {"StringValue": "stringValue", "BinaryValue": "binaryValue", "DataType": "dataType"}
_log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What one lane did since the start."""

    invocations: int = 0
    done: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Lane:
    """One queue handler of the app and the queue that feeds it."""

    function: str
    url: str
    arn: str
    batch_size: int
    tally: Tally = field(default_factory=Tally)


class Pump:
    """Workers for every `@app.on_sqs_message` of an app; which queue feeds which comes from resources.yaml.

    Counts in `lanes` are written by the lane's own workers and are exact once they stopped.
    """

    def __init__(self, app: Any, endpoint: str, workers: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._endpoint = endpoint
        self._workers = {**WORKERS, **(workers or {})}
        self._sqs = resources.client(endpoint, "sqs")
        self._counting = threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self.lanes = {config.name: self._lane(config) for config in _queue_handlers(app)}

    def start(self) -> None:
        """Messages are handled from now on."""
        for lane in self.lanes.values():
            for number in range(self._workers.get(lane.function, 1)):
                name = f"{lane.function}-{number}"
                self._threads.append(threading.Thread(target=self._work, args=(lane,), name=name, daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self, within_s: float = 30.0) -> None:
        """No message is being handled any more; those left stay in their queues."""
        self._stopping.set()
        deadline = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))

    def backlog(self) -> dict[str, int]:
        """Messages waiting, delayed or being handled, by function."""
        return {lane.function: self._waiting(lane.url) for lane in self.lanes.values()}

    def wait_until_empty(self, within_s: float) -> bool:
        """Whether every queue was empty, and nothing in flight, within that time."""
        deadline = time.monotonic() + within_s
        while any(self.backlog().values()):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def once(self, function: str, wait_s: int = 0) -> int:
        """Handles one batch of a lane in this thread; returns how many messages it had."""
        return self._batch(self.lanes[function], self._sqs, wait_s)

    def _lane(self, config: SQSEventConfig) -> Lane:
        name = resources.physical_name(infra_template.load().queue_of(config.name))
        url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        asked = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return Lane(config.name, url, asked["Attributes"]["QueueArn"], config.batch_size)

    def _waiting(self, url: str) -> int:
        names = ["", "NotVisible", "Delayed"]
        asked = [f"ApproximateNumberOfMessages{name}" for name in names]
        found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=asked)["Attributes"]
        return sum(int(found[name]) for name in asked)

    def _work(self, lane: Lane) -> None:
        sqs = resources.client(self._endpoint, "sqs")
        while not self._stopping.is_set():
            try:
                self._batch(lane, sqs, WAIT_S)
            except Exception:  # The cloud may be stopping under us; a poller never dies of that.
                _log.exception("%s could not be polled", lane.function)
                self._stopping.wait(1)

    def _batch(self, lane: Lane, sqs: Any, wait_s: int) -> int:
        messages = sqs.receive_message(
            QueueUrl=lane.url,
            MaxNumberOfMessages=min(lane.batch_size, 10),
            WaitTimeSeconds=wait_s,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            failed = self._failures(lane, messages)
            self._count(lane, len(messages), len(failed))
            done = [message for message in messages if message["MessageId"] not in failed]
            _delete(sqs, lane.url, done)
        return len(messages)

    def _failures(self, lane: Lane, messages: list[dict[str, Any]]) -> set[str]:
        """Ids of the messages that stay in the queue; all of them when the handler raised."""
        everything = {message["MessageId"] for message in messages}
        try:
            answer = invoke(self._app, lane.function, sqs_event(messages, lane.arn))
        except Exception:
            _log.exception("%s raised; its whole batch stays", lane.function)
            return everything
        return failed_ids(answer, everything)

    def _count(self, lane: Lane, messages: int, failed: int) -> None:
        with self._counting:
            lane.tally.invocations += 1
            lane.tally.done += messages - failed
            lane.tally.failed += failed


def failed_ids(answer: Any, everything: set[str]) -> set[str]:
    """Which messages Lambda keeps after this answer of a handler with ReportBatchItemFailures.

    None, {} and an empty list mean success. An id that was not in the batch, or none at all, fails the
    whole batch, and so does an answer of another shape.
    Source: AWS Lambda guide, "Implementing partial batch responses".
    """
    if not answer:
        return set()
    if not isinstance(answer, dict):
        return everything
    failures = answer.get("batchItemFailures") or []
    if not isinstance(failures, list) or not all(isinstance(failure, dict) for failure in failures):
        return everything
    ids = {failure.get("itemIdentifier") for failure in failures}
    return {str(found) for found in ids} if ids <= everything else everything


def sqs_event(messages: list[dict[str, Any]], queue_arn: str) -> dict[str, Any]:
    """The event Lambda builds from received messages; its keys begin with a small letter, SQS's do not."""
    return {"Records": [_record(message, queue_arn) for message in messages]}


def _record(message: dict[str, Any], queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {"stringListValues": [], "binaryListValues": [], **_attribute(value)}
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message.get("MD5OfBody"),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    return {_ATTRIBUTE[name]: inner for name, inner in value.items() if name in _ATTRIBUTE}


def _delete(sqs: Any, url: str, messages: list[dict[str, Any]]) -> None:
    entries = [
        {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]} for number, message in enumerate(messages)
    ]
    if entries:
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def _queue_handlers(app: Any) -> list[SQSEventConfig]:
    return [source for source in app.event_sources if isinstance(source, SQSEventConfig)]

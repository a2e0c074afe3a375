"""The lanes as SQS queues."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from chalicelib.domain.ports import Lane
from chalicelib.store.table import chunks

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_SEND_TOGETHER = 10
_LONGEST_DELAY_S = 900


class NotQueuedError(Exception):
    """SQS took only part of a batch; the rest is sent again."""


class SqsQueues:
    """A `Queues` over one SQS queue per lane; the client is handed in and shared by threads."""

    def __init__(self, client: SQSClient, urls: Mapping[Lane, str]) -> None:
        self._client = client
        self._urls = urls

    def send(self, lane: Lane, messages: Sequence[Mapping[str, object]], delay_s: int = 0) -> None:
        """The messages are in the lane, ten a call; a delay over SQS's fifteen minutes is cut to it."""
        for some in chunks(list(messages), _SEND_TOGETHER):
            self._send(self._urls[lane], [json.dumps(message, ensure_ascii=False) for message in some], delay_s)

    @retry(
        retry=retry_if_exception_type(NotQueuedError),
        stop=stop_after_attempt(4),
        wait=wait_random_exponential(0.1, max=2),
        reraise=True,
    )
    def _send(self, url: str, bodies: Sequence[str], delay_s: int) -> None:
        delay = min(max(delay_s, 0), _LONGEST_DELAY_S)
        answer = self._client.send_message_batch(
            QueueUrl=url,
            Entries=[{"Id": str(n), "MessageBody": body, "DelaySeconds": delay} for n, body in enumerate(bodies)],
        )
        if answer.get("Failed"):
            # Sending all of them again doubles some, which a look-at message bears.
            raise NotQueuedError(str(len(answer["Failed"])))

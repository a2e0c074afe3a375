"""The lanes and their dead letters as SQS queues."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from chalicelib.domain.letters import Letter, renewed
from chalicelib.domain.ports import Lane, Queues
from chalicelib.store.table import chunks

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_SEND_TOGETHER = 10
_LONGEST_DELAY_S = 900
_HIDDEN_S = 60  # how long dead letters in somebody's hands are hidden from others
_HELD_MOST = 500
_MOST_LOOKS = 100


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


class SqsDeadLetters:
    """A `DeadLetters` over each lane's own dead-letter queue.

    SQS has no way to look without taking: what is received is hidden for a moment and then let go again, so two
    people who look in the same second may each see a part.
    """

    def __init__(self, client: SQSClient, urls: Mapping[Lane, str], queues: Mapping[Lane, str]) -> None:
        self._client = client
        self._urls = urls
        self._queues = queues

    def list(self, lane: Lane, limit: int = 100) -> tuple[Letter, ...]:
        """Dead letters of the lane, oldest first; visible again afterwards."""
        held = self._hold(lane, limit)
        self._let_go(lane, held)
        return tuple(sorted((_letter(lane, row) for row in held), key=lambda letter: (letter.sent_at, letter.id)))

    def replay(self, letters: Sequence[Letter]) -> int:
        """How many went back: sent first, deleted after, so that none is lost between; one may be doubled instead."""
        return self._each_lane(letters, self._send_back)

    def drop(self, letters: Sequence[Letter]) -> int:
        """How many were deleted."""
        return self._each_lane(letters, self._delete)

    def _each_lane(self, letters: Sequence[Letter], do: Callable[[Lane, Sequence[Any]], None]) -> int:
        done = 0
        for lane in self._urls:
            wanted = {letter.id for letter in letters if letter.lane == lane}
            held = self._hold(lane, _HELD_MOST, wanted) if wanted else []
            ours = [row for row in held if row["MessageId"] in wanted]
            self._let_go(lane, [row for row in held if row["MessageId"] not in wanted])
            for some in chunks(ours, _SEND_TOGETHER):
                do(lane, some)
            done += len(ours)
        return done

    def _hold(self, lane: Lane, limit: int, wanted: Set[str] = frozenset()) -> list[Any]:
        """Messages taken from the queue for a while; stops at the limit, or when all wanted ones are in hand."""
        held: dict[str, Any] = {}
        for _ in range(_MOST_LOOKS):
            left = limit - len(held)
            if left <= 0 or (wanted and wanted <= held.keys()):
                break
            answer = self._client.receive_message(
                QueueUrl=self._urls[lane],
                MaxNumberOfMessages=min(left, _SEND_TOGETHER),
                VisibilityTimeout=_HIDDEN_S,
                WaitTimeSeconds=1 if self._waiting(lane) else 0,
                MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
            )
            rows = answer.get("Messages", [])
            if not rows:
                break
            held.update((row["MessageId"], row) for row in rows)
        return list(held.values())

    def _waiting(self, lane: Lane) -> int:
        name: Any = "ApproximateNumberOfMessages"
        answer = self._client.get_queue_attributes(QueueUrl=self._urls[lane], AttributeNames=[name])
        return int(answer["Attributes"][name])

    def _let_go(self, lane: Lane, held: Sequence[Any]) -> None:
        for some in chunks(held, _SEND_TOGETHER):
            entries: Any = [{**one, "VisibilityTimeout": 0} for one in _handles(some)]
            self._client.change_message_visibility_batch(QueueUrl=self._urls[lane], Entries=entries)

    def _send_back(self, lane: Lane, held: Sequence[Any]) -> None:
        entries: Any = [{"Id": str(n), "MessageBody": renewed(row["Body"])} for n, row in enumerate(held)]
        answer = self._client.send_message_batch(QueueUrl=self._queues[lane], Entries=entries)
        taken = {row["Id"] for row in answer.get("Successful", [])}
        self._delete(lane, [row for n, row in enumerate(held) if str(n) in taken])
        if answer.get("Failed"):
            raise NotQueuedError(str(len(answer["Failed"])))

    def _delete(self, lane: Lane, held: Sequence[Any]) -> None:
        if held:
            self._client.delete_message_batch(QueueUrl=self._urls[lane], Entries=_handles(held))


def _handles(held: Sequence[Any]) -> list[Any]:
    return [{"Id": str(n), "ReceiptHandle": row["ReceiptHandle"]} for n, row in enumerate(held)]


def _letter(lane: Lane, row: Any) -> Letter:
    facts = row["Attributes"]
    sent_at = datetime.fromtimestamp(int(facts["SentTimestamp"]) / 1000, UTC)
    return Letter(row["MessageId"], lane, row["Body"], sent_at, int(facts["ApproximateReceiveCount"]))


class MemoryDeadLetters:
    """A `DeadLetters` in this process alone; `kept` is what lies there, and a replay goes to the queues given."""

    def __init__(self, queues: Queues, kept: Iterable[Letter] = ()) -> None:
        self._queues = queues
        self.kept = list(kept)

    def list(self, lane: Lane, limit: int = 100) -> tuple[Letter, ...]:
        """Dead letters of the lane, oldest first."""
        found = sorted((one for one in self.kept if one.lane == lane), key=lambda one: (one.sent_at, one.id))
        return tuple(found[:limit])

    def replay(self, letters: Sequence[Letter]) -> int:
        """How many went back; a letter that no queue of this kind can carry stays."""
        back = [one for one in self._here(letters) if one.message]
        for letter in back:
            self._queues.send(cast(Lane, letter.lane), [json.loads(renewed(letter.body))])
        return self.drop(back)

    def drop(self, letters: Sequence[Letter]) -> int:
        """How many are gone."""
        gone = {one.id for one in self._here(letters)}
        self.kept = [one for one in self.kept if one.id not in gone]
        return len(gone)

    def _here(self, letters: Sequence[Letter]) -> list[Letter]:
        wanted = {letter.id for letter in letters}
        return [one for one in self.kept if one.id in wanted]

"""The lanes as a list: at least once, in no order, now and then twice, late or never."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.ports import Lane
from sandbox.chaos.clock import VirtualClock
from sandbox.chaos.trouble import Probe

VISIBLE_AGAIN_S = {"urgent": 180, "bulk": 720, "money": 1800}
MOST_RECEIVES = 5


@dataclass
class Letter:
    """One message on its way."""

    lane: Lane
    body: str
    due_s: float
    number: int
    sent_s: float
    receives: int = 0

    def record(self) -> dict[str, Any]:
        """As Lambda hands it over."""
        times = str(int(self.sent_s * 1000))
        attributes = {
            "ApproximateReceiveCount": str(self.receives), "SentTimestamp": times, "SenderId": "storm",
            "ApproximateFirstReceiveTimestamp": times,
        }  # fmt: skip
        return {
            "messageId": f"message-{self.number}", "receiptHandle": str(self.number), "body": self.body,
            "attributes": attributes, "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:ap-southeast-1:000000000000:{self.lane}", "awsRegion": "ap-southeast-1",
        }  # fmt: skip


@dataclass
class Lanes:
    """All messages of one storm; `mischief` is how often one is doubled, held back or lost."""

    clock: VirtualClock
    rng: random.Random
    mischief: float = 0.08
    waiting: list[Letter] = field(default_factory=list)
    dead: list[Letter] = field(default_factory=list)
    sent: int = 0

    def post(self, lane: Lane, message: Mapping[str, object], delay_s: float) -> None:
        """The message is on its way, or not."""
        die = self.rng.random()
        if die < self.mischief / 3:
            return
        copies = 2 if die < self.mischief * 2 / 3 else 1
        late_s = self.rng.random() * 120 if die > 1 - self.mischief / 3 else 0.0
        for _ in range(copies):
            self.letter(lane, message, delay_s + late_s)

    def letter(self, lane: Lane, message: Mapping[str, object], wait_s: float) -> Letter:
        """The message, waiting."""
        self.sent += 1
        now = self.clock.at_s
        self.waiting.append(Letter(lane, json.dumps(message), now + wait_s, self.sent, now))
        return self.waiting[-1]

    def take(self, most: int) -> list[Letter]:
        """Some messages of one lane that are due, in any order; others see them again only after a while."""
        due = [one for one in self.waiting if one.due_s <= self.clock.at_s]
        if not due:
            return []
        first = self.rng.choice(due)
        alike = [one for one in due if one.lane == first.lane and one is not first]
        taken = [first, *self.rng.sample(alike, min(most - 1, len(alike)))]
        for letter in taken:
            letter.receives += 1
            letter.due_s = self.clock.at_s + VISIBLE_AGAIN_S[letter.lane]
        return taken

    def done(self, letter: Letter) -> None:
        """Deleted, unless the deletion is lost and it comes once more."""
        if self.rng.random() >= self.mischief / 3 and letter in self.waiting:
            self.waiting.remove(letter)

    def failed(self, letter: Letter) -> None:
        """It stays, or is a dead letter after enough receives."""
        if letter.receives >= MOST_RECEIVES and letter in self.waiting:
            self.waiting.remove(letter)
            self.dead.append(letter)

    def next_due_s(self) -> float | None:
        """When the next message can be taken, or None."""
        return min((one.due_s for one in self.waiting), default=None)


class Sender:
    """`ports.Queues` of one worker."""

    def __init__(self, lanes: Lanes, probe: Probe) -> None:
        self._lanes = lanes
        self._probe = probe

    def send(self, lane: Lane, messages: Sequence[Mapping[str, object]], delay_s: int = 0) -> None:
        """On their way, one call for all."""
        if messages:
            self._probe.point(f"send {len(messages)} {lane}")
        for message in messages:
            self._lanes.post(lane, message, delay_s)

"""Dead letters: messages nobody could do, and why they failed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain import redaction

TEXT_KEPT = 300

_OURS = ("attempt", "asked_at", "cause")
"""What a message carries about its own travel; two messages that differ only in it ask for the same thing."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message among the dead letters of a lane; `received` counts how often the queue ever handed it out."""

    id: str
    lane: str
    body: str
    sent_at: datetime
    received: int = 0

    @property
    def message(self) -> Mapping[str, object]:
        """What it asks for; empty when nobody can read it."""
        return read(self.body)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message failed last. `error` is the kind of error, `text` redacted, `run` the run it ended, if any."""

    digest: str
    lane: str
    kind: str
    shop: str
    error: str
    user_key: str
    code: str
    text: str
    request_id: str
    run: str
    cause: str
    first_at: datetime
    last_at: datetime
    times: int = 1


def read(body: str) -> Mapping[str, object]:
    """The body as a message; empty when it is none.

    >>> read('{"v": 1, "kind": "poll"}')
    {'v': 1, 'kind': 'poll'}
    >>> read("no json")
    {}
    """
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def digest(body: str) -> str:
    """A name for what the message asks for, the same however often it was put back."""
    message = read(body)
    asked = json.dumps({name: message[name] for name in sorted(message) if name not in _OURS}) if message else body
    return hashlib.sha256(asked.encode()).hexdigest()[:32]


def renewed(body: str) -> str:
    """The message as it was first sent: put back never. A replay must not be given up at its first trouble.

    >>> renewed('{"v": 1, "kind": "poll", "shop": "s", "attempt": 12}')
    '{"v": 1, "kind": "poll", "shop": "s"}'
    """
    message = read(body)
    if not message:
        return body
    return json.dumps({name: value for name, value in message.items() if name != "attempt"}, ensure_ascii=False)


def redacted(text: str) -> str:
    """The text without what looks like a token, a signature, a mailbox or a telephone number, and not too long.

    >>> redacted("GET /x?access_token=abc&shop=1 for 0812345678")
    'GET /x?access_token=*&shop=1 for *'
    """
    return redaction.safe(text)[:TEXT_KEPT]

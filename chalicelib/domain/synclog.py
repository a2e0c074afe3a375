"""Runs and entries: what a sync did, change by change, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EntryState(StrEnum):
    """How far one change came. Only a read-back makes it live."""

    PLANNED = "planned"
    SENT = "sent"
    ACCEPTED = "accepted"
    APPLIED = "applied"
    LIVE = "live"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


class RunState(StrEnum):
    """How a run ended; one that stopped half way is never complete."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one run. `before` and `after` are texts for people; `because` and `error` are text keys.

    `why` is the arithmetic a stock number came from, as `Reckoning.steps`: the facts of then, not of now.
    """

    run: str
    number: int
    at: datetime
    community: str
    shop: str
    channel: str
    product_code: str
    seller_sku: str
    field: str
    before: str
    after: str
    because: str
    state: EntryState
    request_id: str = ""
    error: str = ""
    error_code: str = ""
    error_text: str = ""
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One piece of work on one shop. `counts` maps entry state -> changes; `calls` counts marketplace calls.

    `cause` names what asked for it: a person's edit, an order, or the queue message.
    """

    id: str
    community: str
    shop: str
    channel: str
    lane: str
    trigger: str
    started_at: datetime
    state: RunState = RunState.RUNNING
    ended_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0
    note: str = ""
    cause: str = ""

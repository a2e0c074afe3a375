"""What is left for a person: differences the night found and could not set right by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain.balance import Difference


@dataclass(frozen=True, slots=True)
class Task:
    """One unexplained difference of one shop; open until a person or a later night solves it.

    `since` is when it began, as far as known; `found_at` when a balance first named it. `solved_by` is a person's
    name, or "balance" when a later night found it gone.
    """

    id: str
    community: str
    shop: str
    day: date
    subject: str
    cause: str
    ours: str
    theirs: str
    since: datetime
    found_at: datetime
    seen_at: datetime
    cause_class: str = ""
    solved_at: datetime | None = None
    solved_by: str = ""
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to look at it."""
        return self.solved_at is None


def task_of(community: str, shop: str, day: date, difference: Difference, now: datetime) -> Task:
    """The task a difference asks for; the same difference of the same shop is the same task on every night."""
    since = difference.since or now
    return Task(
        id=task_id(shop, difference),
        community=community,
        shop=shop,
        day=day,
        subject=difference.subject,
        cause=difference.cause,
        ours=difference.ours,
        theirs=difference.theirs,
        since=since,
        found_at=now,
        seen_at=now,
        cause_class=difference.cause_class,
    )


def task_id(shop: str, difference: Difference) -> str:
    """Names the difference, not the night that found it."""
    return f"{shop}#{difference.subject}#{difference.cause}"


def seen_again(known: Task, heard: Task) -> Task:
    """The task as found once more: newest values, oldest beginnings; one that was solved is open again."""
    return replace(heard, since=min(known.since, heard.since), found_at=known.found_at)

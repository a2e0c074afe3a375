"""A product file somebody brought, and how far Pinto has come with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """What happens to a file, in this order; `unusable` is an end too."""

    READING = "reading"  # a worker looks what it would change
    READY = "ready"  # the preview waits for a person
    WRITING = "writing"  # a worker writes, product by product
    DONE = "done"
    UNUSABLE = "unusable"  # nothing in it can be used


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One file of one community. `file`, `photos` and `report` are content keys of kept uploads.

    `total` are the products to write, in the order of the report, and `done` how many of them are behind us: the
    place a stopped worker goes on from. `version` rises with every saved step.
    """

    community: str
    id: str
    name: str
    file: str
    at: datetime
    by: str = ""
    photos: str = ""
    state: JobState = JobState.READING
    policy: str = ""
    report: str = ""
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    counted: int = 0
    refused: int = 0
    total: int = 0
    done: int = 0
    left: tuple[str, ...] = ()
    already_counted: tuple[str, ...] = ()
    touched_at: datetime | None = None
    version: int = 0
    moved_since: tuple[str, ...] = ()

    @property
    def is_working(self) -> bool:
        """Whether a worker has it, so that its page should look again."""
        return self.state in (JobState.READING, JobState.WRITING)

    @property
    def writes_nothing(self) -> bool:
        """Whether the catalogue already says what the file says."""
        return self.total == 0

    def advanced(
        self,
        steps: int,
        at: datetime,
        left: tuple[str, ...] = (),
        counted_before: tuple[str, ...] = (),
        moved_since: tuple[str, ...] = (),
    ) -> ImportJob:
        """The job after so many more products; done with the last one.

        `left` are those somebody else edited since the preview, `counted_before` SKUs this very file counted before,
        `moved_since` SKUs whose stock moved since the preview, so that their count was left.
        """
        done = min(self.done + steps, self.total)
        return replace(
            self,
            done=done,
            left=tuple(dict.fromkeys((*self.left, *left))),
            already_counted=tuple(dict.fromkeys((*self.already_counted, *counted_before))),
            moved_since=tuple(dict.fromkeys((*self.moved_since, *moved_since))),
            state=JobState.DONE if done == self.total else self.state,
            touched_at=at,
        )

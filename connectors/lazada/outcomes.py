"""What came of writes: outcomes instead of errors, where one item's trouble must not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from chalicelib.domain.errors import (
    DisconnectedError,
    MarketplaceError,
    ProtocolSurpriseError,
    TokenExpiredError,
    TransientError,
)
from chalicelib.domain.ports import Outcome
from chalicelib.domain.synclog import EntryState
from connectors.lazada.client import Reply
from connectors.wire import batches, state_after, whole_s

# Troubles of the whole shop or of the code: they stop the work instead of failing one row of it.
FOR_THE_CALLER = (DisconnectedError, TokenExpiredError, ProtocolSurpriseError)

T = TypeVar("T")


def outcome(subject: str, call: Callable[[], Reply]) -> Outcome:
    """What came of one call; troubles of the whole shop, and those before anything was sent, are raised."""
    try:
        reply = call()
    except (*FOR_THE_CALLER, TransientError):
        raise
    except MarketplaceError as error:
        return failed(subject, error)
    return Outcome(subject, EntryState.ACCEPTED, request_id=reply.request_id)


def one_by_one(subjects: Iterable[str], call: Callable[[str], Reply]) -> tuple[Outcome, ...]:
    """One outcome for each; a passing trouble is raised only while nothing was written yet."""
    outcomes: list[Outcome] = []
    for subject in subjects:
        try:
            outcomes.append(outcome(subject, partial(call, subject)))
        except TransientError as error:
            if not outcomes:
                raise
            outcomes.append(failed(subject, error))
    return tuple(outcomes)


def in_batches(
    rows: Sequence[T], size: int, subject: Callable[[T], str], write: Callable[[Sequence[T]], Sequence[Outcome]]
) -> list[Outcome]:
    """One outcome for each row; `write` answers those of one batch, an error of it stands for all its rows."""
    outcomes: list[Outcome] = []
    for batch in batches(rows, size):
        try:
            outcomes += write(batch)
        except FOR_THE_CALLER:
            raise
        except MarketplaceError as error:
            if isinstance(error, TransientError) and not outcomes:
                raise  # nothing was written yet: the caller may simply come back
            outcomes += [failed(subject(row), error) for row in batch]
    return outcomes


def failed(subject: str, error: MarketplaceError) -> Outcome:
    """The error as an outcome: unknown when it may have worked, planned when it may work later."""
    state = state_after(error)
    return Outcome(subject, state, error.request_id, error.user_key, error.code, error.message, whole_s(error))

"""Says why a message failed, so that its dead letter can be read by a person."""

from __future__ import annotations

from pydantic import ValidationError

from chalicelib.domain import letters
from chalicelib.domain.errors import MarketplaceError
from chalicelib.domain.letters import Failure
from chalicelib.domain.ports import Lane
from chalicelib.jobs.work import GivenUpError
from chalicelib.sync.context import Context


def note(ctx: Context, lane: Lane, body: str, error: Exception, run: str = "") -> Failure:
    """The failure as it was stored. A message that was given up failed for what kept it from being done."""
    reason = error.__cause__ if isinstance(error, GivenUpError) and error.__cause__ else error
    message, now = letters.read(body), ctx.clock()
    failure = Failure(
        digest=letters.digest(body),
        lane=lane,
        kind=str(message.get("kind", "")),
        shop=str(message.get("shop", "")),
        error=type(reason).__name__,
        user_key=str(getattr(reason, "user_key", "error.unknown")),
        code=reason.code if isinstance(reason, MarketplaceError) else "",
        text=_text(reason),
        request_id=reason.request_id if isinstance(reason, MarketplaceError) else "",
        run=run,
        cause=str(message.get("cause", "")),
        first_at=now,
        last_at=now,
    )
    ctx.store.failures.note(failure)
    return failure


def _text(reason: BaseException) -> str:
    if isinstance(reason, ValidationError):
        # Its own words would repeat the body.
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in reason.errors())
    return letters.redacted(str(reason))

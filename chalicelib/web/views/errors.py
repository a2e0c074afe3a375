"""Pages for what went wrong: one sentence, one thing to do."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.texts import say
from chalicelib.web.visits import Visit


@dataclass(frozen=True, slots=True)
class ErrorView:
    """What happened and the one action; text keys start with `page_error.<name>`."""

    name: str
    action_url: str


def problem(visit: Visit, status: int, name: str) -> Answer:
    """The page for this status. `name` is forbidden, missing, expired, changed, unreadable or broken."""
    view = ErrorView(name, visit.url("/"))
    return page(visit, "error", view, title=say(visit.language, f"page_error.{name}.title"), status=status)

"""A readable list of what programs can ask: made from the same table as the description itself."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.web.access import RULES
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit


@dataclass(frozen=True, slots=True)
class OperationLine:
    """One call. `who` is a text key: everybody, person, office or some."""

    method: str
    path: str
    summary: str
    about: str
    who: str


@dataclass(frozen=True, slots=True)
class GuideView:
    """Every call by group, and where a program finds the description."""

    groups: tuple[tuple[str, tuple[OperationLine, ...]], ...]
    description_url: str


def guide(visit: Visit, services: Services) -> Answer:
    """Every operation with one sentence and who may use it."""
    # Imported here: pydantic's models cost a tenth of a second that no other page should pay.
    from chalicelib.web.api.openapi import operation_of, tag, who

    groups: dict[str, list[OperationLine]] = {}
    for rule in RULES:
        if rule.is_api:
            asked = operation_of(rule)
            line = OperationLine(rule.method, visit.url(rule.path), asked.summary, asked.about, who(rule))
            groups.setdefault(tag(rule), []).append(line)
    view = GuideView(tuple((name, tuple(lines)) for name, lines in groups.items()), visit.url("/api/v1/openapi.json"))
    return page(visit, "api", view)

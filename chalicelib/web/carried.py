"""What was typed into a form when the session had ended: carried through the door, and sent again on request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from chalicelib.web.visits import SESSION_COOKIE, Visit, local_path

if TYPE_CHECKING:
    from chalice.app import Request

PREFIX = "carried."
MOST_BYTES = 40_000
MOST_FIELDS = 350


@dataclass(frozen=True, slots=True)
class Carried:
    """The fields and the path they were on their way to; nothing carried has no path."""

    to: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[str, ...]:
        """What a person may recognise as typed: no marks and switches of the form itself."""
        typed = (value.strip() for name, value in self.fields.items() if name not in _OF_THE_FORM)
        return tuple(dict.fromkeys(value for value in typed if value))


_OF_THE_FORM = frozenset({"step", "version", "edit", "known", "next", "to"})


def is_ours(visit: Visit, request: Request) -> bool:
    """Whether the form came from a page of this site, though its session is over.

    A browser sends our cookie (SameSite=Lax) with a form of our own only, so its being there, whatever it is worth by
    now, says that no other site made the form. Another site's is not carried: whoever signs in would be asked to
    confirm what somebody else wrote.
    """
    return bool(visit.token(SESSION_COOKIE)) and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"


def of(visit: Visit) -> Carried:
    """What the visit's form carries on: no proof of a session, no password; nothing when it is too much."""
    kept = {name: value for name, value in visit.form.items() if name != "form_token" and "password" not in name}
    size = sum(len(name.encode()) + len(value.encode()) for name, value in kept.items())
    # A chosen file cannot be put into a form again: the person goes back to the page and chooses it once more.
    if visit.files or not kept or len(kept) > MOST_FIELDS or size > MOST_BYTES:
        return Carried()
    return Carried(visit.path, kept)


def read(form: Mapping[str, str]) -> Carried:
    """What the door's form carried, as it was."""
    to = local_path(form.get("to", "/"))
    fields = {name.removeprefix(PREFIX): value for name, value in form.items() if name.startswith(PREFIX)}
    return Carried(to, fields) if fields and to != "/" else Carried()


def back_to(visit: Visit, request: Request, has_page: bool) -> str:
    """Where the form stood: the page that sent it, else the page at its own address, else the front page."""
    sent_from = urlsplit(request.headers.get("referer", ""))
    path = sent_from.path.removeprefix(visit.base) if visit.base else sent_from.path
    if path.startswith("/"):
        return local_path(f"{path}?{urlencode(parse_qsl(sent_from.query))}" if sent_from.query else path)
    return visit.path if has_page else "/"

"""One request as the views see it: checked parameters, form, language, person, and where links lead."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from chalicelib.web.services import Person, Session
from chalicelib.web.texts import LANGUAGES

if TYPE_CHECKING:
    from chalicelib.web.multipart import SentFile

SESSION_COOKIE = "pinto_session"
VISIT_COOKIE = "pinto_visit"
LANGUAGE_COOKIE = "pinto_language"
FORM_BYTES = 64_000
FORM_FIELDS = 400

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
_LOCAL = re.compile(r"/(?!/)[A-Za-z0-9._~/?&=%+,:-]{0,500}")


class TooLargeError(ValueError):
    """A form with files is larger than what comes through."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Facts of one request. `path` is without the stage prefix `base`; times are aware UTC."""

    method: str
    path: str
    base: str
    now: datetime
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str
    secure: bool
    session: Session | None = None
    files: Mapping[str, SentFile] = field(default_factory=dict)

    @property
    def person(self) -> Person | None:
        """Who is signed in, if anybody."""
        return self.session.person if self.session else None

    @property
    def email(self) -> str:
        """The signed-in person's address, for the record of who did something."""
        return self.session.person.email if self.session else ""

    @property
    def language(self) -> str:
        """Thai, unless this browser chose another language."""
        chosen = self.cookies.get(LANGUAGE_COOKIE, "")
        return chosen if chosen in LANGUAGES else LANGUAGES[0]

    @property
    def visit_token(self) -> str:
        """The value of a signed-out browser's own cookie, or nothing."""
        return self.token(VISIT_COOKIE)

    @property
    def form_token(self) -> str:
        """What a form of this browser must carry: the session's, or one bound to its visit cookie."""
        if self.session:
            return self.session.form_token
        return hashlib.sha256(f"form:{self.visit_token}".encode()).hexdigest() if self.visit_token else ""

    @property
    def here(self) -> str:
        """The address of this page with its filters, to come back to."""
        asked = urlencode(self.query)
        return local_path(f"{self.path}?{asked}" if asked else self.path)

    def token(self, cookie: str) -> str:
        """The cookie's value when it looks like one of ours, else nothing."""
        value = self.cookies.get(cookie, "")
        return value if _TOKEN.fullmatch(value) else ""

    def url(self, path: str) -> str:
        """The path with the stage prefix before it."""
        return f"{self.base}{path}"

    def signed_in(self, session: Session | None) -> Visit:
        """This visit with its session."""
        return replace(self, session=session)

    def with_form(self, form: Mapping[str, str], files: Mapping[str, SentFile] | None = None) -> Visit:
        """This visit with what its form carried."""
        return replace(self, form=form, files=files or {})

    def with_cookie(self, name: str, value: str) -> Visit:
        """This visit as the browser will make it once it holds the cookie."""
        return replace(self, cookies={**self.cookies, name: value})

    def cookie(self, name: str, value: str, seconds: int) -> str:
        """A Set-Cookie value. Raises: ValueError for a value that is not one of ours."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", value):
            raise ValueError("cookie values are tokens")
        secure = "; Secure" if self.secure else ""
        return f"{name}={value}; Path={self.base or '/'}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def local_path(asked: str) -> str:
    """The path when it leads to this site, else the front page; never another host, never a line break."""
    return asked if _LOCAL.fullmatch(asked) else "/"


def whole(text: str) -> int:
    """A page number as asked for; 1 for anything else."""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def read_cookies(header: str) -> dict[str, str]:
    """Cookie name -> value; the first of a name wins, as browsers send the most specific path first."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, mark, value = part.strip().partition("=")
        if mark:
            found.setdefault(name, value)
    return found


def read_form(raw: bytes | str) -> dict[str, str]:
    """Field -> its first value. Raises: ValueError when it is no form or too large to be one of ours."""
    body = raw.encode() if isinstance(raw, str) else raw
    if len(body) > FORM_BYTES:
        raise ValueError("form too large")
    fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FORM_FIELDS)
    return {name: values[0] for name, values in fields.items()}

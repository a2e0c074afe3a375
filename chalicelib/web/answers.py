"""What a view answers: a page, a redirect or a file, before it becomes a Chalice response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
GUARDS: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}
PRIVATE = "private, no-store"
FOR_EVER = "max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers; cookies apart, because a response may set several."""

    status: int
    body: str | bytes
    content_type: str = "text/html; charset=utf-8"
    cache: str = PRIVATE
    location: str = ""
    cookies: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    def setting(self, cookies: tuple[str, ...]) -> Answer:
        """This answer, which also sets these cookies."""
        return replace(self, cookies=self.cookies + cookies)


def redirect(location: str, cookies: tuple[str, ...] = ()) -> Answer:
    """See other: the browser asks for `location` with GET. Raises: ValueError for a line break in it."""
    if any(ord(character) < 33 for character in location):
        raise ValueError("a redirect target holds no blanks or line breaks")
    return Answer(303, "", "text/plain; charset=utf-8", location=location, cookies=cookies)


def plain(text: str, status: int = 200) -> Answer:
    """A few words for a machine."""
    return Answer(status, text, "text/plain; charset=utf-8")

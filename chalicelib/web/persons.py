"""Who uses the pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.web.roles import Role

IDLE_S = 12 * 3600
"""How long a session lasts without a visit."""
LONGEST_S = 30 * 86400
"""How long it lasts however often its browser comes."""
RENEWED_AFTER_S = 3600
"""A busy session is written anew at most this often."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in. `communities` are the ids this person works for; staff and admins see all without them."""

    email: str
    name: str
    role: Role
    communities: tuple[str, ...] = ()
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. `id` is the opaque value of its cookie, `form_token` the proof its forms carry.

    It ends at `until`, which each visit moves on, but never past `ends_at`; without `ends_at` it stays where it is.
    A program's session has no form token: its `id` is a bearer token and opens no page.
    """

    id: str
    person: Person
    form_token: str
    until: datetime
    ends_at: datetime | None = None

    def renewed(self, now: datetime) -> Session:
        """The session as this visit leaves it; itself when moving its end is not worth a write yet."""
        if self.ends_at is None:
            return self
        until = min(now + timedelta(seconds=IDLE_S), self.ends_at)
        return replace(self, until=until) if until - self.until >= timedelta(seconds=RENEWED_AFTER_S) else self

    @property
    def is_of_api(self) -> bool:
        """Whether a program holds it."""
        return not self.form_token

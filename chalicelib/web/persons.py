"""Who uses the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.web.roles import Role


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

    A program's session has no form token: its `id` is a bearer token and opens no page.
    """

    id: str
    person: Person
    form_token: str
    until: datetime

    @property
    def is_of_api(self) -> bool:
        """Whether a program holds it."""
        return not self.form_token

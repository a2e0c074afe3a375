"""Who uses the pages, in words light enough for a cold start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the programme."""

    SELLER = "seller"
    PARTNER = "partner"
    STAFF = "staff"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in. `communities` are the ids this person works for; staff and admins see all without them."""

    email: str
    name: str
    role: Role
    communities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. `id` is the opaque value of its cookie, `form_token` the proof its forms carry."""

    id: str
    person: Person
    form_token: str
    until: datetime

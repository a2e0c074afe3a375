"""People and roles: an administrator invites, changes and switches off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import NotFoundError
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Person, Role, Services
from chalicelib.web.visits import Visit

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Everybody and one form; `known` is the address being changed, empty for a new person."""

    people: tuple[Person, ...]
    typed: Mapping[str, str]
    known: str
    roles: tuple[str, ...]
    wrong: bool = False


def people(visit: Visit, services: Services) -> Answer:
    """Everybody, and the form for a new person or the one the address names."""
    every, asked = services.people.list(), visit.query.get("email", "")
    found = next((one for one in every if one.email == asked), None)
    typed = {"email": "", "name": "", "role": "seller", "communities": "", "active": "yes"}
    if found:
        typed = {"email": found.email, "name": found.name, "role": found.role.value,
                 "communities": ", ".join(found.communities), "active": "yes" if found.is_active else ""}  # fmt: skip
    return page(visit, "people", PeopleView(every, typed, found.email if found else "", tuple(Role)))


def save(visit: Visit, services: Services) -> Answer:
    """The person is as typed."""
    typed = {
        name: visit.form.get(name, "").strip()[:200] for name in ("email", "name", "role", "communities", "active")
    }
    every, known = services.people.list(), visit.form.get("known", "")
    if known and known not in {one.email for one in every}:
        raise NotFoundError(known)
    person = _read(services, {**typed, "email": known or typed["email"].lower()}, visit.email)
    if person is None or (not known and person.email in {one.email for one in every}):
        view = PeopleView(every, typed, known, tuple(Role), True)
        return page(visit, "people", view, status=422)
    if known:
        services.people.change(person)
        if person.email != visit.email:
            # A session carries the role it began with: the new one, or none, holds from now on.
            services.sessions.end_all(person.email)
    else:
        services.people.invite(person)
    return redirect(visit.url("/people"))


def _read(services: Services, typed: Mapping[str, str], reader: str) -> Person | None:
    """The person as typed, or None when something is wrong; the reader stays an active administrator."""
    wanted = tuple(part.strip() for part in typed["communities"].split(",") if part.strip())
    there = {one.id for one in services.store.communities.list()}
    active = typed["active"] == "yes"
    if not _EMAIL.fullmatch(typed["email"]) or not typed["name"] or typed["role"] not in set(Role):
        return None
    if not there.issuperset(wanted) or (typed["email"] == reader and not (active and typed["role"] == Role.ADMIN)):
        return None
    return Person(typed["email"], typed["name"], Role(typed["role"]), wanted, active)

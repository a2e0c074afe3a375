"""People and roles: an administrator invites, changes and switches off."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.errors import NotFoundError
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Person, Role, Services
from chalicelib.web.visits import Visit

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


LONGEST = {"email": 128, "name": 120, "role": 20, "communities": 2000, "active": 3}
"""Characters of each field; Cognito keeps 2,048 of the communities."""


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Everybody and one form; `known` is the address being changed, empty for a new person.

    `wrong` is the text key of what stands in the way, `said` what of the typed it is about.
    """

    people: tuple[Person, ...]
    typed: Mapping[str, str]
    known: str
    roles: tuple[str, ...]
    wrong: str = ""
    said: str = ""
    longest: Mapping[str, int] = field(default_factory=lambda: LONGEST)


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
    """The person is as typed: all of it, or nothing and what is wrong with it (422)."""
    typed = {name: visit.form.get(name, "").strip() for name in LONGEST}
    every, known = services.people.list(), visit.form.get("known", "")
    if known and known not in {one.email for one in every}:
        raise NotFoundError(known)
    wanted = tuple(dict.fromkeys(part.strip() for part in typed["communities"].split(",") if part.strip()))
    email = known or typed["email"].lower()
    wrong, said = _wrong(services, {**typed, "email": email}, wanted, visit.email)
    if not wrong and not known and email in {one.email.lower() for one in every}:
        wrong, said = "people.known", email
    if not wrong:
        person = Person(email, typed["name"], Role(typed["role"]), wanted, typed["active"] == "yes")
        wrong, said = _saved(services, person, known, visit.email)
    if wrong:
        view = PeopleView(every, typed, known, tuple(Role), wrong, said)
        return page(visit, "people", view, status=422)
    return redirect(visit.url("/people"))


def _saved(services: Services, person: Person, known: str, reader: str) -> tuple[str, str]:
    """Nothing once it is done; what stands in the way otherwise."""
    if not known:
        try:
            services.people.invite(person)
        except ValueError:  # invited by somebody else in this moment
            return "people.known", person.email
        return "", ""
    services.people.change(person)
    if person.email != reader:
        # A session carries the role it began with: the new one, or none, holds from now on.
        services.sessions.end_all(person.email)
    return "", ""


def _wrong(services: Services, typed: Mapping[str, str], wanted: Sequence[str], reader: str) -> tuple[str, str]:
    """(text key, what it is about) of the first thing that is wrong; the reader stays an active administrator."""
    for name, most in LONGEST.items():
        if len(typed[name]) > most:
            return "people.too_long", str(most)
    if not _EMAIL.fullmatch(typed["email"]):
        return "people.wrong_email", ""
    if not typed["name"] or typed["role"] not in set(Role):
        return "people.wrong_name", ""
    if unknown := [one for one in wanted if one not in {known.id for known in services.store.communities.list()}]:
        return "people.unknown_community", ", ".join(unknown[:5])
    if typed["role"] == Role.SELLER and len(wanted) > 1:
        return "people.one_community", ""
    if typed["email"] == reader and (typed["active"] != "yes" or typed["role"] != Role.ADMIN):
        return "people.yourself", ""
    return "", ""

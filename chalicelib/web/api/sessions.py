"""Signing in from a program: a bearer token that is a stored session, with the tries of the page."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from chalicelib.domain.people import MustChoose
from chalicelib.web.api.calls import Call, Reply, operation
from chalicelib.web.api.models import Model, Moment
from chalicelib.web.api.problems import ApiError
from chalicelib.web.persons import IDLE_S
from chalicelib.web.roles import Role
from chalicelib.web.services import Person, Session
from chalicelib.web.tries import may_try, was_right
from chalicelib.web.views.door import LONGEST


class SignIn(Model):
    """What a person signs in with."""

    email: Annotated[str, Field(min_length=1, max_length=LONGEST, examples=["seller@kratip.example"])]
    password: Annotated[str, Field(min_length=1, max_length=LONGEST, examples=["rice-and-mango-2026"])]


class Who(Model):
    """A person and the communities this person works for; the office sees all without naming them."""

    email: str
    name: Annotated[str, Field(examples=["ป้าสร้อย"])]
    role: Role
    communities: Annotated[tuple[str, ...], Field(examples=[["kratip"]])]


class SignedIn(Model):
    """Send the token with every call: `Authorization: Bearer <token>`."""

    token: str
    until: Moment
    person: Who


@operation("Sign in", SignedIn, status=201, body=SignIn, errors=(401, 429))
def sign_in(call: Call) -> SignedIn:
    """A token for half a day. Ten wrong tries per person and place in a quarter of an hour, as on the page.

    Who signs in for the first time chooses a password on the page.
    """
    given, services, visit = call.given(SignIn), call.services, call.visit
    if not may_try(services, visit, given.email.strip()):
        raise ApiError(429)
    person = services.people.sign_in(given.email.strip(), given.password)
    if person is None:
        raise ApiError(401, "wrong_pair")
    was_right(services, visit, given.email.strip())
    if isinstance(person, MustChoose):
        raise ApiError(401, "first_password")
    session = Session(secrets.token_urlsafe(32), person, "", visit.now + timedelta(seconds=IDLE_S))
    services.sessions.create(session)
    return SignedIn(token=session.id, until=session.until, person=_who(person))


@operation("Who am I?", Who)
def who(call: Call) -> Who:
    """The person the token stands for."""
    return _who(call.person)


@operation("Sign out", None)
def sign_out(call: Call) -> Reply:
    """The token is worth nothing any more."""
    assert call.visit.session is not None
    call.services.sessions.delete(call.visit.session.id)
    return Reply()


def _who(person: Person) -> Who:
    return Who(email=person.email, name=person.name, role=person.role, communities=person.communities)

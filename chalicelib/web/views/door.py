"""The door's pages: a browser that is not signed in gets a cookie its forms are bound to, and a person a session."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from chalicelib.web.answers import Answer
from chalicelib.web.carried import Carried
from chalicelib.web.pages import page
from chalicelib.web.persons import IDLE_S, LONGEST_S, Person, Session
from chalicelib.web.services import Services
from chalicelib.web.visits import SESSION_COOKIE, VISIT_COOKIE, Visit

LONGEST = 256


@dataclass(frozen=True, slots=True)
class SignInView:
    """The form as typed, where to go afterwards, the text key of what was wrong, and a form that waits for the door."""

    email: str = ""
    then: str = "/"
    error: str = ""
    carried: Carried = field(default_factory=Carried)


def door_page(visit: Visit, template: str, view: object, status: int = 200) -> Answer:
    """The page; a browser without a visit cookie gets one, because the form's token is bound to it."""
    cookies: tuple[str, ...] = ()
    if not visit.visit_token:
        token = secrets.token_urlsafe(32)
        cookies = (visit.cookie(VISIT_COOKIE, token, IDLE_S),)
        visit = visit.with_cookie(VISIT_COOKIE, token)
    return page(visit, template, view, status=status).setting(cookies)


def enter(visit: Visit, services: Services, person: Person) -> tuple[Visit, tuple[str, ...]]:
    """The visit as it goes on with a session, and the cookies that say so.

    A new id at every sign-in: a session somebody planted in this browser beforehand is worth nothing. The cookie
    outlives the session, so that a form sent too late is known to be ours (`carried.is_ours`).
    """
    now = visit.now
    until, ends_at = now + timedelta(seconds=IDLE_S), now + timedelta(seconds=LONGEST_S)
    session = Session(secrets.token_urlsafe(32), person, secrets.token_urlsafe(32), until, ends_at)
    services.sessions.create(session)
    cookies = (visit.cookie(SESSION_COOKIE, session.id, 2 * LONGEST_S), visit.cookie(VISIT_COOKIE, "", 0))
    return visit.signed_in(session), cookies

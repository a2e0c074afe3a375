"""Signing in and out, and choosing a language."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services, Session
from chalicelib.web.texts import LANGUAGES
from chalicelib.web.visits import LANGUAGE_COOKIE, SESSION_COOKIE, VISIT_COOKIE, Visit, local_path

SESSION_SECONDS = 12 * 3600
YEAR_SECONDS = 365 * 86400
WINDOW_SECONDS = 15 * 60
TRIES_PER_PERSON = 10
TRIES_PER_ADDRESS = 60
LONGEST = 256


@dataclass(frozen=True, slots=True)
class SignInView:
    """The form as typed, where to go afterwards, and the text key of what was wrong."""

    email: str = ""
    then: str = "/"
    error: str = ""


def sign_in_page(visit: Visit, services: Services) -> Answer:
    """The form; a browser without a visit cookie gets one, because the form's token is bound to it."""
    if visit.session:
        return redirect(visit.url("/"))
    return _form(visit, SignInView(then=local_path(visit.query.get("next", "/"))))


def sign_in(visit: Visit, services: Services) -> Answer:
    """A session, or the same form with one sentence: never which half was wrong."""
    email, password = visit.form.get("email", "").strip(), visit.form.get("password", "")
    view = SignInView(email[:LONGEST], local_path(visit.form.get("next", "/")))
    if not email or not password or len(email) > LONGEST or len(password) > LONGEST:
        return _form(visit, SignInView(view.email, view.then, "sign_in.both"), 422)
    if not may_try(services, visit, email):
        return _form(visit, SignInView(view.email, view.then, "sign_in.too_many"), 429)
    person = services.people.sign_in(email, password)
    if person is None:
        return _form(visit, SignInView(view.email, view.then, "sign_in.wrong"), 422)
    # A new id at every sign-in: a session somebody planted in this browser beforehand is worth nothing.
    until = visit.now + timedelta(seconds=SESSION_SECONDS)
    session = Session(secrets.token_urlsafe(32), person, secrets.token_urlsafe(32), until)
    services.sessions.create(session)
    cookies = (visit.cookie(SESSION_COOKIE, session.id, SESSION_SECONDS), visit.cookie(VISIT_COOKIE, "", 0))
    return redirect(visit.url(view.then), cookies)


def sign_out(visit: Visit, services: Services) -> Answer:
    """The session is gone, here and in the store."""
    if visit.session:
        services.sessions.delete(visit.session.id)
    return redirect(visit.url("/sign-in"), (visit.cookie(SESSION_COOKIE, "", 0),))


def choose_language(visit: Visit, services: Services) -> Answer:
    """This browser reads the chosen language from now on."""
    chosen = visit.form.get("language", "")
    cookies = (visit.cookie(LANGUAGE_COOKIE, chosen, YEAR_SECONDS),) if chosen in LANGUAGES else ()
    return redirect(visit.url(local_path(visit.form.get("to", "/"))), cookies)


def _form(visit: Visit, view: SignInView, status: int = 200) -> Answer:
    cookies: tuple[str, ...] = ()
    if not visit.visit_token:
        token = secrets.token_urlsafe(32)
        cookies = (visit.cookie(VISIT_COOKIE, token, SESSION_SECONDS),)
        visit = visit.with_cookie(VISIT_COOKIE, token)
    answer = page(visit, "sign_in", view, status=status)
    return answer.setting(cookies)


def may_try(services: Services, visit: Visit, email: str) -> bool:
    """Whether there is a try left in this quarter of an hour, for this person here and for this address at all.

    Villages share one mobile address, so the address alone gets more tries. Names are kept as fingerprints.
    """
    name = hashlib.sha256(f"{email.lower()} {visit.address}".encode()).hexdigest()[:32]
    place = hashlib.sha256(visit.address.encode()).hexdigest()[:32]
    return _take(services, name, TRIES_PER_PERSON) and _take(services, place, TRIES_PER_ADDRESS)


def _take(services: Services, name: str, tries: int) -> bool:
    window = int(services.clock().timestamp()) // WINDOW_SECONDS
    return any(
        services.store.seen.first_time(f"sign-in/{name}/{window}/{number}", WINDOW_SECONDS) for number in range(tries)
    )

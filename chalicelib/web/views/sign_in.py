"""Signing in and out, and choosing a language."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.people import MustChoose
from chalicelib.web import carried
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.carried import Carried
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.texts import LANGUAGES
from chalicelib.web.tries import may_try, was_right
from chalicelib.web.views import passwords
from chalicelib.web.views.door import LONGEST, SignInView, door_page, enter
from chalicelib.web.visits import LANGUAGE_COOKIE, SESSION_COOKIE, Visit, local_path

YEAR_SECONDS = 365 * 86400


@dataclass(frozen=True, slots=True)
class CarriedView:
    """What was typed before the session ended, where it goes, and the page it came from."""

    carried: Carried
    back: str


def sign_in_page(visit: Visit, services: Services) -> Answer:
    """The form, for whoever is not signed in."""
    if visit.session:
        return redirect(visit.url("/"))
    return _form(visit, SignInView(then=local_path(visit.query.get("next", "/"))))


def session_over(visit: Visit, back: str) -> Answer:
    """The form instead of what a page sent without a session; what was typed waits in it (401)."""
    return _form(visit, SignInView(then=back, error="sign_in.over", carried=carried.of(visit)), 401)


def sign_in(visit: Visit, services: Services) -> Answer:
    """A session, or the same form with one sentence: never which half was wrong."""
    email, password = visit.form.get("email", "").strip(), visit.form.get("password", "")
    view = SignInView(email[:LONGEST], local_path(visit.form.get("next", "/")), "", carried.read(visit.form))
    if not email or not password or len(email) > LONGEST or len(password) > LONGEST:
        return _form(visit, replace(view, error="sign_in.both"), 422)
    if not may_try(services, visit, email):
        return _form(visit, replace(view, error="sign_in.too_many"), 429)
    found = services.people.sign_in(email, password)
    if found is None:
        return _form(visit, replace(view, error="sign_in.wrong"), 422)
    was_right(services, visit, email)
    if isinstance(found, MustChoose):
        return passwords.must_choose(visit, services, found, view.then)
    visit, cookies = enter(visit, services, found)
    if view.carried.to:
        return page(visit, "carried", CarriedView(view.carried, view.then)).setting(cookies)
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
    return door_page(visit, "sign_in", view, status)

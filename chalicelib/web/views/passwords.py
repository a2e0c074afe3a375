"""Choosing a password: the first one of one's own, or a new one with a code from a letter."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.people import LONGEST_PASSWORD, MustChoose, PasswordRefusedError, Refusal, is_weak
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.services import Person, Services
from chalicelib.web.tries import may_try, may_write, was_right
from chalicelib.web.views.door import LONGEST, SignInView, door_page, enter
from chalicelib.web.visits import Visit, local_path

CHOOSING_S = 15 * 60
"""As long as Cognito waits for the new password (AuthSessionValidity of the pool's client)."""
CODE_S = 3600
"""As long as a code from a letter is worth something."""


@dataclass(frozen=True, slots=True)
class PasswordView:
    """The form as typed, without passwords, and the text key of what was wrong; `place` is the field it is about."""

    email: str = ""
    code: str = ""
    error: str = ""
    place: str = ""


def must_choose(visit: Visit, services: Services, asked: MustChoose, then: str) -> Answer:
    """On to the page that asks for a password; what proves the first one stays here, under the visit's cookie."""
    facts = {"email": asked.email, "name": asked.name, "ticket": asked.ticket, "then": then}
    services.sessions.put_aside(visit.visit_token, facts, CHOOSING_S if asked.ticket else CODE_S)
    return redirect(visit.url("/choose-password" if asked.ticket else "/new-password"))


def choose_page(visit: Visit, services: Services) -> Answer:
    """The form, for a browser that has just shown a first password; any other is led to the door."""
    facts = _aside(visit, services)
    if not facts.get("ticket"):
        return redirect(visit.url("/sign-in"))
    return door_page(visit, "choose_password", PasswordView(facts["email"]))


def choose(visit: Visit, services: Services) -> Answer:
    """A password of one's own, and signed in with it."""
    facts = _aside(visit, services)
    if not facts.get("ticket"):
        return _again(visit, facts.get("email", ""))
    view = PasswordView(facts["email"])
    if wrong := _wrong(visit, view):
        return door_page(visit, "choose_password", wrong, 422)
    if not may_try(services, visit, view.email):
        return door_page(visit, "choose_password", PasswordView(view.email, "", "sign_in.too_many"), 429)
    try:
        asked = MustChoose(facts["email"], facts["name"], facts["ticket"])
        person = services.people.choose(asked, visit.form["password"])
    except PasswordRefusedError as error:
        if error.refusal is Refusal.TOO_LATE:
            return _again(visit, view.email)
        return _refused(visit, "choose_password", view, error.refusal)
    was_right(services, visit, view.email)
    return _in(visit, services, person, facts["then"])


def forgot_page(visit: Visit, services: Services) -> Answer:
    """Asks for the address a letter should go to."""
    return door_page(visit, "forgot_password", PasswordView(_aside(visit, services).get("email", "")))


def send_code(visit: Visit, services: Services) -> Answer:
    """A letter, if the address is somebody's; the next page is the same either way."""
    email = visit.form.get("email", "").strip()
    view = PasswordView(email[:LONGEST])
    if not email or len(email) > LONGEST:
        return door_page(visit, "forgot_password", PasswordView(view.email, "", "password.no_email", "email"), 422)
    try:
        if not may_try(services, visit, email) or not may_write(services, email):
            raise PasswordRefusedError(Refusal.TOO_OFTEN)
        services.people.send_code(email)
    except PasswordRefusedError as error:
        return _refused(visit, "forgot_password", view, error.refusal)
    services.sessions.put_aside(visit.visit_token, {"email": email, "then": "/"}, CODE_S)
    return redirect(visit.url("/new-password"))


def new_page(visit: Visit, services: Services) -> Answer:
    """The form for the code; the letter leads here too, in another browser perhaps."""
    return door_page(visit, "new_password", PasswordView(_aside(visit, services).get("email", "")))


def set_new(visit: Visit, services: Services) -> Answer:
    """The password is the new one, and its person signed in."""
    email, code = visit.form.get("email", "").strip(), "".join(visit.form.get("code", "").split())
    view = PasswordView(email[:LONGEST], code[:40])
    if not email or not code or len(email) > LONGEST or len(code) > 40:
        return door_page(visit, "new_password", PasswordView(*_typed(view), "password.no_code", "code"), 422)
    if wrong := _wrong(visit, view):
        return door_page(visit, "new_password", wrong, 422)
    if not may_try(services, visit, email):
        return _refused(visit, "new_password", view, Refusal.TOO_OFTEN)
    try:
        services.people.replace_password(email, code, visit.form["password"])
    except PasswordRefusedError as error:
        return _refused(visit, "new_password", view, error.refusal)
    was_right(services, visit, email)
    found = services.people.sign_in(email, visit.form["password"])
    return _in(visit, services, None if isinstance(found, MustChoose) else found, "/")


def _typed(view: PasswordView) -> tuple[str, str]:
    return view.email, view.code


def _wrong(visit: Visit, view: PasswordView) -> PasswordView | None:
    """What is wrong with the new password before anybody is asked."""
    password = visit.form.get("password", "")[: LONGEST_PASSWORD + 1]
    if is_weak(password):
        return PasswordView(*_typed(view), "password.too_weak", "password")
    if password != visit.form.get("again", ""):
        return PasswordView(*_typed(view), "password.differ", "again")
    return None


_PLACES = {Refusal.TOO_WEAK: "password", Refusal.WRONG_CODE: "code"}


def _refused(visit: Visit, template: str, view: PasswordView, refusal: Refusal) -> Answer:
    wrong = PasswordView(*_typed(view), f"password.{refusal}", _PLACES.get(refusal, ""))
    return door_page(visit, template, wrong, 429 if refusal is Refusal.TOO_OFTEN else 422)


def _again(visit: Visit, email: str) -> Answer:
    """The proof of the first password is over: it has to be typed once more."""
    return door_page(visit, "sign_in", SignInView(email, "/", "password.too_late"), 422)


def _in(visit: Visit, services: Services, person: Person | None, then: str) -> Answer:
    """Signed in; somebody without a role in the programme, or whom it does not know at all, stays outside."""
    if person is None:
        return redirect(visit.url("/sign-in"))
    visit, cookies = enter(visit, services, person)
    return redirect(visit.url(local_path(then)), cookies)


def _aside(visit: Visit, services: Services) -> dict[str, str]:
    return dict(services.sessions.aside(visit.visit_token) or {}) if visit.visit_token else {}

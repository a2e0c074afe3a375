"""Passwords: the first one of one's own, and a forgotten one; without script, and never more tries than at the door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pages_browser import Browser, Html
from pages_world import CODE, FIRST_PASSWORD, World

EMAIL, OWN = "seller@tittu.example", "น้ำพริก สามครก"


def _keep(browser: Browser, answer) -> None:
    """The browser's cookies as the answer leaves them."""
    found = answer.headers.get("Set-Cookie", [])
    for cookie in found if isinstance(found, list) else [found]:
        name, _, value = cookie.split(";")[0].partition("=")
        browser.cookies[name] = value


def _fill(browser: Browser, path: str, **fields: str):
    """The page's own form, sent with these fields."""
    page = browser.get(path)
    assert page.status_code == 200
    _keep(browser, page)
    form = Html(page.body.decode()).form()
    answer = browser.post(path, {**form, **fields}, token=form["form_token"])
    _keep(browser, answer)
    return answer


def _at_the_question(browse, world: World) -> Browser:
    """A browser whose person has shown the first password."""
    world.people.first.add(EMAIL)
    browser = browse()
    answer = _fill(browser, "/sign-in?next=/c/namphrik-tittu/stock", email=EMAIL, password=FIRST_PASSWORD)
    assert answer.headers["Location"] == "/choose-password"
    return browser


def test_who_was_invited_chooses_a_password_and_is_in(browse, world: World):
    """The password from the letter opens one page only; the chosen one leads to where one wanted, and holds."""
    browser = _at_the_question(browse, world)
    assert world.sessions.kept == {}
    page = browser.get("/choose-password").body.decode()
    assert "อย่างน้อย 10 ตัว" in page
    assert f"ticket of {EMAIL}" not in page
    answer = _fill(browser, "/choose-password", password=OWN, again=OWN)
    assert answer.headers["Location"] == "/c/namphrik-tittu/stock"
    assert browser.get("/c/namphrik-tittu/stock").status_code == 200
    assert _fill(browse(), "/sign-in", email=EMAIL, password=FIRST_PASSWORD).status_code == 422
    assert _fill(browse(), "/sign-in", email=EMAIL, password=OWN).status_code == 303


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [("short", "short", "อย่างน้อย 10 ตัว"), (" " + OWN, " " + OWN, "เว้นวรรค"), (OWN, OWN + "x", "ไม่เหมือนกัน")],
)
def test_a_password_that_breaks_the_rule_is_said_beside_its_field(browse, world: World, password, again, said):
    """422, the rule in words, neither password sent back, and nothing chosen."""
    answer = _fill(_at_the_question(browse, world), "/choose-password", password=password, again=again)
    assert answer.status_code == 422
    assert said in Html(answer.body.decode()).text["p"]
    assert 'aria-invalid="true"' in answer.body.decode()
    assert password.strip() not in answer.body.decode()
    assert world.people.first == {EMAIL}


def test_the_page_is_closed_to_whoever_showed_no_first_password(browse, world: World):
    """Another browser is led to the door, and its form changes nothing."""
    _at_the_question(browse, world)
    stranger = browse()
    assert stranger.get("/choose-password").headers["Location"] == "/sign-in"
    _keep(stranger, stranger.get("/sign-in"))
    token = Html(stranger.get("/sign-in").body.decode()).form()["form_token"]
    answer = stranger.post("/choose-password", {"password": OWN, "again": OWN, "email": EMAIL}, token=token)
    assert answer.status_code == 422
    assert world.people.first == {EMAIL}


def test_too_late_a_choice_is_asked_to_begin_again(browse, world: World):
    """Cognito forgets after some minutes: the door says what to do, the address filled in."""
    browser = _at_the_question(browse, world)
    form = Html(browser.get("/choose-password").body.decode()).form()
    world.people.first.clear()
    answer = browser.post("/choose-password", {"password": OWN, "again": OWN}, token=form["form_token"])
    assert answer.status_code == 422
    assert "เกินเวลาแล้ว" in answer.body.decode()
    assert Html(answer.body.decode()).form()["email"] == EMAIL


@pytest.mark.parametrize("path", ["/choose-password", "/forgot-password", "/new-password"])
def test_a_form_of_another_site_does_nothing(browse, world: World, path):
    """Without the proof of this browser: 403."""
    form = {"email": EMAIL, "code": CODE, "password": OWN, "again": OWN}
    assert _at_the_question(browse, world).post(path, form, token="").status_code == 403
    assert world.people.letters == []


def test_a_forgotten_password_is_replaced_with_a_code(browse, world: World):
    """A letter, the code from it, a new password, and one is in; the old one is worth nothing."""
    browser = browse()
    assert _fill(browser, "/forgot-password", email=EMAIL).headers["Location"] == "/new-password"
    assert world.people.letters == [EMAIL]
    assert Html(browser.get("/new-password").body.decode()).form()["email"] == EMAIL
    wrong = _fill(browser, "/new-password", code="000000", password=OWN, again=OWN)
    assert wrong.status_code == 422
    assert "รหัสจากอีเมลไม่ถูกต้อง" in wrong.body.decode()
    assert _fill(browser, "/new-password", code=f" {CODE} ", password=OWN, again=OWN).headers["Location"] == "/"
    assert browser.get("/c/namphrik-tittu/stock").status_code == 200
    assert world.people.sign_in(EMAIL, OWN) is not None


def test_nobody_learns_here_who_has_an_account(browse, world: World):
    """The answer for a stranger's address is the same, and no letter goes out."""
    answer = _fill(browse(), "/forgot-password", email="nobody@x.example")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/new-password")
    assert world.people.letters == []


def test_a_mailbox_is_not_filled(browse, world: World):
    """Five letters in an hour, from wherever they are asked for; then words, and later again."""
    answers = [_fill(browse(), "/forgot-password", email=EMAIL).status_code for _ in range(6)]
    assert answers == [303] * 5 + [429]
    world.now += timedelta(hours=2)
    assert _fill(browse(), "/forgot-password", email=EMAIL).status_code == 303


def test_codes_are_not_guessed(browse, world: World):
    """Ten wrong ones, then the right one does nothing either."""
    browser = browse()
    _fill(browser, "/forgot-password", email=EMAIL)
    world.now += timedelta(minutes=30)
    for _ in range(10):
        assert _fill(browser, "/new-password", email=EMAIL, code="0", password=OWN, again=OWN).status_code == 422
    assert _fill(browser, "/new-password", email=EMAIL, code=CODE, password=OWN, again=OWN).status_code == 429
    assert world.people.sign_in(EMAIL, OWN) is None

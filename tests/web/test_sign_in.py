"""Signing in and out: who is let in, how often one may try, and what a form must prove."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pages_browser import Browser, Html
from pages_world import PASSWORD, World

from chalicelib.web.visits import local_path

EMAIL = "seller@tittu.example"


def _door(browser: Browser, path: str = "/sign-in", **headers: str) -> dict[str, str]:
    """The sign-in form as this browser got it, its cookie kept."""
    answer = browser.get(path, **headers)
    for cookie in _cookies(answer):
        name, _, value = cookie.split(";")[0].partition("=")
        browser.cookies[name] = value
    return Html(answer.body.decode()).form()


def _cookies(answer) -> list[str]:
    found = answer.headers.get("Set-Cookie", [])
    return found if isinstance(found, list) else [found]


def _try(browser: Browser, password: str = PASSWORD, email: str = EMAIL, **form: str):
    token = _door(browser)["form_token"]
    return browser.post("/sign-in", {"email": email, "password": password, **form}, token=token)


def test_the_right_pair_opens_a_session(browse, world: World):
    """An opaque id in a cookie no script can read; the person stands in the store, not in the cookie."""
    answer = _try(browse())
    session_cookie = next(one for one in _cookies(answer) if one.startswith("pinto_session="))
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    assert "HttpOnly" in session_cookie
    assert "SameSite=Lax" in session_cookie
    assert EMAIL not in session_cookie
    (session,) = world.sessions.kept.values()
    assert session.person.email == EMAIL


def test_behind_https_the_cookie_is_secure(browse):
    """Only an encrypted connection may carry the session."""
    browser = browse()
    token = _door(browser)["form_token"]
    form = {"email": EMAIL, "password": PASSWORD}
    answer = browser.post("/sign-in", form, token=token, **{"x-forwarded-proto": "https"})
    assert all("; Secure" in one for one in _cookies(answer))


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@x.example", PASSWORD)])
def test_a_wrong_pair_gets_the_same_sentence_whichever_half_is_wrong(browse, email, password):
    """422, the address kept, the password not, and no hint which half it was."""
    answer = _try(browse(), password, email)
    source = answer.body.decode()
    assert answer.status_code == 422
    assert "อีเมลหรือรหัสผ่านไม่ถูกต้อง" in source
    assert Html(source).form()["email"] == email
    assert Html(source).form()["password"] == ""


def test_an_empty_field_is_said_before_anybody_is_asked(browse):
    """422 with a sentence."""
    assert _try(browse(), "").status_code == 422


def test_after_ten_tries_the_door_stays_shut_for_a_quarter_of_an_hour(browse, world: World):
    """429 even for the right password; later it opens again."""
    browser = browse()
    for _ in range(10):
        assert _try(browser, "wrong").status_code == 422
    assert _try(browser).status_code == 429
    assert _try(browser, email="staff@office.example").status_code == 303
    world.now += timedelta(minutes=30)
    assert _try(browser).status_code == 303


def test_right_passwords_use_up_no_tries(browse, world: World):
    """A village behind one mobile address signs in as often as it likes; a hundred wrong ones shut the address."""
    for _ in range(70):
        assert _try(browse()).status_code == 303
    for number in range(60):
        assert _try(browse(), "wrong", f"p{number}@x.example").status_code == 422
    assert _try(browse()).status_code == 429


def test_trying_costs_the_store_a_few_writes(browse, world: World, monkeypatch):
    """However many tries there were before: one counter for the person and one for the address."""
    asked: list[str] = []
    count = type(world.store.seen).count
    monkeypatch.setattr(
        type(world.store.seen), "count", lambda *given, **more: asked.append(given[1]) or count(*given, **more)
    )
    browser = browse()
    for _ in range(9):
        _try(browser, "wrong")
    asked.clear()
    _try(browser, "wrong")
    assert len(asked) == 2


def test_a_form_without_its_proof_is_refused(browse, world: World):
    """No token, a made-up one, or another browser's: 403 and nobody is signed in."""
    other = _door(browse())["form_token"]
    form = {"email": EMAIL, "password": PASSWORD}
    browser = browse()
    assert browser.post("/sign-in", form, token="").status_code == 403
    _door(browser)
    assert browser.post("/sign-in", form, token=other).status_code == 403
    assert world.sessions.kept == {}


def test_signing_out_ends_the_session_everywhere(browse, world: World):
    """The id is worth nothing afterwards."""
    browser = browse(EMAIL)
    answer = browser.post("/sign-out", {})
    assert answer.headers["Location"] == "/sign-in"
    assert world.sessions.kept == {}
    assert browser.get("/").headers["Location"] == "/sign-in"


def test_after_the_door_one_comes_back_to_where_one_wanted(browse):
    """The address asked for, with its filters."""
    browser = browse()
    asked = browser.get("/c/namphrik-tittu/products?q=%E0%B8%99&state=attention").headers["Location"]
    form = _door(browser, asked)
    answer = _try(browser, next=form["next"])
    assert answer.headers["Location"] == "/c/namphrik-tittu/products?q=%E0%B8%99&state=attention"


@pytest.mark.parametrize(
    "asked", ["//evil.example", "https://evil.example", "/\\evil", "/a\r\nSet-Cookie: a=1", "x", ""]
)
def test_a_redirect_never_leaves_the_site(browse, asked):
    """Anything that is not a path of ours leads to the front page."""
    assert local_path(asked) == "/"
    assert _try(browse(), next=asked).headers["Location"] == "/"


def test_the_language_is_kept_in_a_cookie(browse):
    """A choice outlives the session and changes the page."""
    browser = browse(EMAIL)
    answer = browser.post("/language", {"language": "en", "to": "/c/namphrik-tittu/orders"})
    assert answer.headers["Location"] == "/c/namphrik-tittu/orders"
    assert any(one.startswith("pinto_language=en;") for one in _cookies(answer))
    assert _cookies(browser.post("/language", {"language": "xx\r\n", "to": "/"})) == []


def test_a_form_too_large_is_refused_in_words(browse):
    """400, nothing read further."""
    assert browse(EMAIL).post("/language", {"to": "x" * 70_000}).status_code == 400

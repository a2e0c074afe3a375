"""How long a session lasts, and what was typed when it had ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pages_browser import Browser, Html
from pages_world import PASSWORD, World

EMAIL = "seller@tittu.example"
HOME = "/c/namphrik-tittu"
PRODUCT = f"{HOME}/products/NP-120"
TYPED = {"title_th": "น้ำพริก\r\nใหม่", "step": "preview", "version": "1"}


def _keep(browser: Browser, answer) -> None:
    found = answer.headers.get("Set-Cookie", [])
    for cookie in found if isinstance(found, list) else [found]:
        name, _, value = cookie.split(";")[0].partition("=")
        browser.cookies[name] = value


def _signed_in(browse) -> Browser:
    """A browser that came in through the door."""
    browser = browse()
    _keep(browser, browser.get("/sign-in"))
    form = Html(browser.get("/sign-in").body.decode()).form()
    _keep(browser, browser.post("/sign-in", {"email": EMAIL, "password": PASSWORD}, token=form["form_token"]))
    return browser


def _proof(browser: Browser, world: World) -> str:
    return world.sessions.kept[browser.cookies["pinto_session"]].form_token


def test_a_busy_session_lasts_and_is_written_once_an_hour(browse, world: World):
    """Whoever comes every few minutes stays in past the twelve hours; the store hears of it once an hour."""
    browser = _signed_in(browse)
    for _ in range(36):
        world.now += timedelta(minutes=30)
        assert browser.get(f"{HOME}/stock").status_code == 200
    assert world.sessions.extended == 18


def test_an_idle_session_ends_after_half_a_day(browse, world: World):
    """Nobody there for twelve hours: the door."""
    browser = _signed_in(browse)
    world.now += timedelta(hours=12, minutes=1)
    assert browser.get(HOME).headers["Location"].startswith("/sign-in")


def test_no_session_outlives_thirty_days(browse, world: World):
    """However busy."""
    browser, days = _signed_in(browse), 0
    while browser.get(f"{HOME}/stock").status_code == 200:
        world.now += timedelta(hours=6)
        days += 1
    assert days == 30 * 4


def _over(browse, world: World) -> tuple[Browser, str]:
    """A browser with a page open whose session has ended, and the page's proof."""
    browser = _signed_in(browse)
    proof = _proof(browser, world)
    world.now += timedelta(hours=13)
    return browser, proof


def test_what_was_typed_waits_at_the_door_and_is_sent_on(browse, world: World):
    """Sign in again, look at what was typed, press once: it arrives where it was going, as it was."""
    browser, proof = _over(browse, world)
    door = browser.post(PRODUCT, TYPED, token=proof)
    assert door.status_code == 401
    assert "ยังอยู่" in door.body.decode()
    assert proof not in door.body.decode()
    _keep(browser, door)
    form = Html(door.body.decode()).form()
    answer = browser.post("/sign-in", {**form, "email": EMAIL, "password": "wrong"}, token=form["form_token"])
    assert answer.status_code == 422
    form = Html(answer.body.decode()).form()
    answer = browser.post("/sign-in", {**form, "email": EMAIL, "password": PASSWORD}, token=form["form_token"])
    _keep(browser, answer)
    page = Html(answer.body.decode())
    assert answer.status_code == 200
    assert PRODUCT in [one.get("action") for one in page.all("form")]
    waiting = page.form()
    assert {name: waiting[name] for name in TYPED} == TYPED
    assert waiting["form_token"] == _proof(browser, world)
    assert PASSWORD not in answer.body.decode()
    assert world.store.catalogues.product("namphrik-tittu", "NP-120").title_th != TYPED["title_th"]
    assert browser.post(PRODUCT, TYPED, token=waiting["form_token"]).status_code != 401


def test_one_comes_back_to_the_page_the_form_stood_on(browse, world: World):
    """What the browser says it was; without that the page at the form's own address."""
    browser, proof = _over(browse, world)
    answer = browser.post(
        f"{HOME}/products/NP-120/on-sale", {"on_sale": "yes"}, token=proof, referer=f"http://x{PRODUCT}?a=1"
    )
    assert Html(answer.body.decode()).form()["next"] == f"{PRODUCT}?a=1"
    answer = browser.post(PRODUCT, TYPED, token=proof)
    assert Html(answer.body.decode()).form()["next"] == PRODUCT
    answer = browser.post(
        f"{HOME}/products/NP-120/on-sale", {"on_sale": "yes"}, token=proof, referer="http://x//evil.example/"
    )
    assert Html(answer.body.decode()).form()["next"] == "/"


def test_no_password_and_no_file_is_carried(browse, world: World):
    """A file has to be chosen again: the person comes back to the page instead."""
    browser, proof = _over(browse, world)
    answer = browser.post("/people", {"name": "x", "new_password": "hidden-1"}, token=proof)
    assert "hidden-1" not in answer.body.decode()
    answer = browser.send_file(f"{HOME}/import", {"form_token": proof, "name": "x"}, "workbook", "a.xlsx", b"x")
    form = Html(answer.body.decode()).form()
    assert answer.status_code == 401
    assert not [name for name in form if name.startswith("carried.")]
    assert form["next"] == f"{HOME}/import"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_wrote_is_not_carried(browse, world: World, site):
    """Whoever signs in is never asked to confirm what a stranger's page sent."""
    browser, proof = _over(browse, world)
    answer = browser.post(PRODUCT, TYPED, token=proof, **{"sec-fetch-site": site})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    without_our_cookie = browse()
    assert without_our_cookie.post(PRODUCT, TYPED, token=proof).status_code == 303


def test_text_carried_is_written_out(browse, world: World):
    """What was typed is text on the door's page, never markup."""
    browser, proof = _over(browse, world)
    answer = browser.post(PRODUCT, {"title_th": '"><script>alert(1)</script>'}, token=proof)
    assert "<script>alert" not in answer.body.decode()

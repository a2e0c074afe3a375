"""Every page, in both languages: it answers, and keeps the laws of pages."""

from __future__ import annotations

import re

import pytest
from chalice import Chalice
from chalice.test import Client
from pages_browser import Browser, Html
from pages_world import a_world

from chalicelib.web.pages import static_files
from chalicelib.web.routes import register

HOME = "/c/namphrik-tittu"
SELLER, STAFF = "seller@tittu.example", "staff@office.example"
PAGES = [
    ("", "/sign-in", 200),
    (STAFF, "/", 200),
    (STAFF, "/?q=พะเยา", 200),
    (STAFF, "/?q=nowhere", 200),
    (STAFF, "/letters", 200),
    (STAFF, "/letters?lane=bulk&sent=3", 200),
    (SELLER, "/letters", 403),
    (SELLER, f"{HOME}/products", 200),
    (SELLER, f"{HOME}/products?q=NP&shop=namphrik-tittu-shopee&state=attention&page=9", 200),
    (SELLER, f"{HOME}/products?q=nothing", 200),
    (SELLER, f"{HOME}/products/NP-120", 200),
    (SELLER, f"{HOME}/products/NP-SET?done=sent", 200),
    (SELLER, f"{HOME}/products/TN-200?done=<script>", 200),
    (SELLER, f"{HOME}/orders", 200),
    (SELLER, f"{HOME}/orders?shop=namphrik-tittu-lazada", 200),
    (SELLER, f"{HOME}/balance", 200),
    (SELLER, f"{HOME}/shops", 200),
    (STAFF, f"{HOME}/shops?done=asked", 200),
    (SELLER, f"{HOME}/log", 200),
    (SELLER, f"{HOME}/log?state=failed", 200),
    (SELLER, f"{HOME}/log/run-2", 200),
    (STAFF, f"{HOME}/log/run-2?state=failed&sku=tn", 200),
    (STAFF, f"{HOME}/log/run-1", 200),
    (STAFF, "/c/saima/products", 200),
    (STAFF, "/c/saima/orders", 200),
    (STAFF, "/c/saima/balance", 200),
    (STAFF, "/c/saima/shops", 200),
    (STAFF, "/c/saima/log", 200),
    (SELLER, "/c/kratip/products", 403),
    (STAFF, "/c/nowhere/products", 404),
    (STAFF, f"{HOME}/products/NOPE", 404),
    (STAFF, f"{HOME}/log/nope", 404),
]


@pytest.fixture(scope="module")
def shared():
    """One world for all of these: nothing here writes."""
    return a_world()


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(("email", "path", "status"), PAGES, ids=[f"{path} {email[:5]}" for email, path, _ in PAGES])
def test_the_page_answers_and_keeps_the_laws(shared, email, path, status, language):
    """Status, one heading, title, language, labels, unique ids, no script of its own, no inline style, and it is light."""
    answer = Browser(shared, email, language).get(path)
    source = answer.body.decode()
    html = Html(source)

    assert answer.status_code == status
    assert html.all("html") == [{"lang": language}]
    assert html.text["title"].strip()
    assert len(html.all("h1")) == 1
    assert html.text["h1"].strip()
    _labelled(html)
    _self_contained(html)
    assert "None" not in html.text.get("main", "")
    assert len(answer.body) + sum(len(data) for _, data in static_files().values()) < 100_000


def _labelled(html: Html) -> None:
    labels = {one["for"] for one in html.all("label")}
    inputs = [one for one in html.all("input") if one.get("type") != "hidden"] + html.all("select")
    assert all(one.get("id") in labels for one in inputs)
    ids = [attributes["id"] for _, attributes in html.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert all("alt" in one and one.get("width") and one.get("height") for one in html.all("img"))


def _self_contained(html: Html) -> None:
    assert all(str(one.get("src", "")).startswith("/static/") for one in html.all("script"))
    assert not html.text.get("script", "").strip()
    assert not html.all("style")
    for tag, attributes in html.elements:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("href", "src", "action"):
            assert re.match(r"[/?#]", attributes.get(name) or "/"), (tag, attributes)
    assert all("form_token" in html.form() for one in html.all("form") if one.get("method") == "post")


def test_every_answer_carries_the_guards(shared):
    """Content policy, no sniffing, no framing, and private pages are kept by nobody."""
    answer = Browser(shared, SELLER).get(f"{HOME}/products")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_style_sheet_is_kept_for_ever_under_its_own_name(shared):
    """The name changes with the content, so no browser asks twice or shows an old one."""
    page = Browser(shared).get("/sign-in")
    sheet = next(one["href"] for one in Html(page.body.decode()).all("link") if one["rel"] == "stylesheet")
    answer = Browser(shared).get(str(sheet))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert Browser(shared).get("/static/pinto.css").status_code == 404


def test_text_from_people_is_written_out(shared):
    """What somebody typed into the address is shown as text, never run."""
    source = Browser(shared, SELLER).get(f"{HOME}/products?q=%22%3E%3Cscript%3Ealert(1)").body.decode()
    assert "<script>" not in source
    assert "&lt;script&gt;alert(1)" in source


def test_health_is_a_word_and_builds_nothing():
    """A machine asks, and no client, table or setting is needed for the answer."""
    app = Chalice(app_name="pinto-pages")
    register(app, lambda: pytest.fail("services were built"))
    answer = Client(app).http.get("/health")
    assert (answer.status_code, answer.body) == (200, b"ok\n")


def test_behind_a_stage_every_link_keeps_the_prefix(shared):
    """On API Gateway the pages live under /api, and so do their links."""
    from sandbox.cloud.gateway import Gateway, Request

    gateway = Gateway(shared.app(), prefix="/api")
    session = shared.session_of(STAFF)
    for path in ("/api/", f"/api{HOME}/products/NP-120"):
        cookie = [("cookie", f"pinto_session={session.id}"), ("accept", "text/html")]
        answer = gateway.handle(Request("GET", path, cookie, b"", "127.0.0.1"))
        html = Html(answer.body.decode())
        assert answer.status == 200
        links = [one["href"] for one in html.all("a") if str(one["href"]).startswith("/")]
        assert links
        assert all(str(link).startswith("/api/") for link in links)
    gateway.close()

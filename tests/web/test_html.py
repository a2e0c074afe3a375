"""Every page, in both languages: it answers, and keeps the laws of pages."""

from __future__ import annotations

import gzip
import re

import pytest
from api_client import Program
from chalice import Chalice
from chalice.test import Client
from pages_browser import Browser, Html
from pages_walk import OTHER, OURS, READING, SELLER, STAFF, STATES, THEIRS, address, every_page, readers
from pages_world import PEOPLE, a_world
from strict_html import StrictHtml
from test_api_access import VALUES

from chalicelib.web.access import RULES
from chalicelib.web.pages import static_files
from chalicelib.web.routes import register
from sandbox.cloud.gateway import COMPRESS_FROM_BYTES

HOME = f"/c/{OURS}"
MOST_BYTES = 100_000
# What answers with a file or leads on: looked at by the tests of its own page.
NO_PAGE = ("image/", "text/csv", "application/", "text/plain")


@pytest.fixture(scope="module")
def shared():
    """One world for all of these: nothing here writes."""
    return a_world()


@pytest.fixture(scope="module")
def programs(shared):
    """A program of each of two sellers."""
    return {email: Program(shared, email) for email in (SELLER, OTHER)}


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize(("email", "path", "status"), STATES, ids=[f"{path} {email[:5]}" for email, path, _ in STATES])
def test_the_state_of_a_page_answers_and_keeps_the_laws(shared, email, path, status, language):
    """Filters, empty lists, what is done, refused and missing: the status is right and every law holds."""
    answer = Browser(shared, email, language).get(path)
    assert answer.status_code == status
    keeps_the_laws(answer, language)


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("rule", READING, ids=lambda rule: rule.path)
def test_every_page_there_is_keeps_the_laws(shared, rule, language):
    """Each GET route of the access table, for each kind of reader; a route without an example address fails here."""
    for email in readers(rule):
        answer = Browser(shared, email, language).get(address(rule))
        assert answer.status_code < 500
        if answer.status_code != 303 and not answer.headers["Content-Type"].startswith(NO_PAGE):
            keeps_the_laws(answer, language)


def keeps_the_laws(answer, language):
    """One heading, title, language, labels, whole tags in their places, no script of its own, no style, and light."""
    source = answer.body.decode()
    html = Html(source)

    assert StrictHtml(source).faults == []
    assert html.all("html") == [{"lang": language}]
    assert html.text["title"].strip()
    assert len(html.all("h1")) == 1
    assert html.text["h1"].strip()
    _labelled(html)
    _self_contained(html)
    assert "None" not in html.text.get("main", "")
    assert len(answer.body) < MOST_BYTES
    assert _sent(answer.body) + sum(_sent(data) for _, data in static_files().values()) < MOST_BYTES


@pytest.mark.parametrize(
    "body",
    [
        "<p>one<div>two</div></p>",
        "<ul><p>one</p></ul>",
        "<div><span>one</div></span>",
        "<a href='/'><button>one</button></a>",
        "<form><form></form></form>",
        "<p id='a'></p><p id='a'></p>",
        "<p class='a' class='b'></p>",
        "<dl><span>one</span></dl>",
        "<div>open",
        "<p/>",
        "fish & chips",
        "<h1>twice</h1>",
    ],
)
def test_the_reader_forgives_nothing(body):
    """Every fault a browser would repair in silence is found, and a whole page has none."""
    page = "<!doctype html><html><head><title>t</title></head><body><main><h1>h</h1>{}</main></body></html>"
    assert StrictHtml(page.format("<ul><li>one</li></ul>")).faults == []
    assert StrictHtml(page.format(body)).faults


def _sent(data):
    """Bytes on the wire: the gateway packs what is longer than a kilobyte. Photos are weighed in a real browser."""
    return len(gzip.compress(data, 6)) if len(data) >= COMPRESS_FROM_BYTES else len(data)


def _private(store, community):
    """What only this community's people may read: names, codes, orders, shops, makers, people."""
    one = store.communities.get(community)
    shops = store.shops.of_community(community)
    products = store.catalogues.products(community)
    words = {community, one.name_th, one.group_th, *(shop.id for shop in shops), *(shop.remote_id for shop in shops)}
    words |= {word for item in products for word in (item.code, *item.skus, item.title_th, item.title_en)}
    words |= {order.order_id for shop in shops for order in store.orders.latest(shop.id)}
    words |= {maker.name_th for maker in store.catalogues.makers(community)}
    words |= {person.name for person in PEOPLE if person.communities[:1] == (community,)}
    return {word for word in words if word}


@pytest.mark.parametrize("rule", [rule for rule in READING if rule.roles], ids=lambda rule: rule.path)
@pytest.mark.parametrize(("email", "home", "foreign"), [(SELLER, OURS, THEIRS), (OTHER, THEIRS, OURS)])
def test_no_page_of_a_seller_tells_anything_of_another_community(shared, rule, email, home, foreign):
    """Neither a page of one's own nor a refusal names what is somebody else's; the address typed does not count."""
    for community in (home, foreign):
        asked = address(rule, community)
        said = Browser(shared, email).get(asked).body.decode(errors="replace").replace(asked, "")
        told = {word for word in _private(shared.store, foreign) if word in said}
        assert told == set()


@pytest.mark.parametrize("rule", [one for one in RULES if one.is_api and one.method == "GET"], ids=lambda one: one.path)
@pytest.mark.parametrize(("email", "home", "foreign"), [(SELLER, OURS, THEIRS), (OTHER, THEIRS, OURS)])
def test_no_answer_to_a_sellers_program_does_either(shared, programs, rule, email, home, foreign):
    """The same for the API, whose description uses one of the communities as its example."""
    if rule.view == "api.openapi.description":
        return
    program = programs[email]
    for community in (home, foreign):
        said = program.get(address(rule, community, VALUES)).body.decode()
        assert {word for word in _private(shared.store, foreign) if word in said} == set()


@pytest.mark.parametrize(("email", "path"), every_page(), ids=str)
def test_no_page_shows_a_buyer_in_clear(shared, email, path):
    """Names are masked; telephone and address stand nowhere on a page."""
    said = Browser(shared, email).get(path).body
    assert not [word for word in ("สมชาย", "0812345678", "พหลโยธิน") if word.encode() in said]


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

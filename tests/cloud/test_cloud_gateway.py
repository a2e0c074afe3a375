"""The gateway before the app has API Gateway's manners and limits."""

import http.client
import threading

import httpx
import pytest
from toy_app import toy_app

from sandbox.cloud.gateway import Gateway, Request
from sandbox.cloud.web_server import GatewayServer


@pytest.fixture(scope="module")
def site():
    with GatewayServer(toy_app()) as server, httpx.Client(base_url=server.url) as browser:
        yield browser


def test_a_page_is_thai_text(site):
    """Text goes through as UTF-8, with a request id beside it."""
    answer = site.get("/")

    assert answer.text == "ยินดีต้อนรับ"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-amzn-requestid"]


def test_names_in_the_path_are_decoded(site):
    """A path parameter reaches the view as the person typed it; so do empty and repeated query values."""
    seen = site.get("/echo/ข้าว%20หอม", params={"q": "ก ข", "empty": ""}, headers={"user-agent": "phone"}).json()

    assert seen["name"] == "ข้าว หอม"
    assert seen["query"] == {"q": "ก ข", "empty": ""}
    assert seen["agent"] == "phone"
    assert 28_000 < seen["ms"] <= 29_000


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("DELETE", "/"), ("GET", "/echo/a/b")])
def test_what_is_not_routed_is_not_there_in_words(site, method, path):
    """API Gateway would say 403 in its own words; the stack says 404 in ours: a page, or JSON to a program."""
    answer, page = site.request(method, path), site.request(method, path, headers={"accept": "text/html,*/*"})

    assert (answer.status_code, page.status_code) == (404, 404)
    assert answer.json()["message"] == "Missing Authentication Token"
    assert "ไม่พบหน้านี้" in answer.json()["message_th"]
    assert page.headers["content-type"] == "text/html"
    assert "ไม่พบหน้านี้" in page.content.decode()


def test_a_form_arrives_whole_also_in_chunks(site):
    """Bodies with and without a length reach the view; all travel as base64 and come out as sent."""
    whole = site.post("/echo/a", data={"name": "ก"})
    chunked = site.post("/echo/a", content=iter([b"{", b"}"]), headers={"content-type": "application/json"})
    photo = site.post("/echo/a", files={"photo": b"\x00\xff" * 500})

    assert whole.json()["bytes"] == len("name=%E0%B8%81")
    assert chunked.json()["bytes"] == 2
    assert photo.json()["bytes"] > 1000


def test_a_photo_comes_back_as_bytes(site):
    """Binary answers survive base64 when the browser accepts them."""
    assert site.get("/photo", headers={"accept": "image/png"}).content == b"\x89PNG\x00\xff"


def test_two_cookies_are_two_headers(site):
    """A redirect keeps every Set-Cookie of its own."""
    answer = site.get("/cookies")

    assert answer.status_code == 303
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_long_answers_are_compressed(site):
    """From 1,024 bytes on, for a browser that asked; short ones are not."""
    assert site.get("/large/1024").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in site.get("/large/1023").headers
    assert "content-encoding" not in site.get("/large/5000", headers={"accept-encoding": "identity"}).headers


def test_an_answer_past_lambdas_limit_is_a_bad_gateway(site):
    """Six megabytes is what Lambda may answer."""
    assert site.get("/large/6400000").status_code == 502


def test_an_answer_that_is_not_json_is_a_bad_gateway(site):
    """A view whose answer cannot be written down gives 502 and no detail."""
    answer = site.get("/wrong")

    assert answer.status_code in (500, 502)
    assert b"set" not in answer.content


@pytest.mark.parametrize(("size", "kind"), [(10_500_000, "text/plain"), (5_000_000, "multipart/form-data")])
def test_a_request_past_the_limits_is_refused(size, kind):
    """Ten megabytes at the gateway; six at Lambda, where a photo has grown by a third."""
    request = Request("POST", "/echo/a", [("Content-Type", kind)], b"x" * size)

    assert Gateway(toy_app()).handle(request).status == 413


def test_a_huge_upload_is_refused_on_the_wire(site):
    """The connection is answered and closed although the client would send more."""
    connection = http.client.HTTPConnection(site.base_url.host, site.base_url.port)
    connection.putrequest("POST", "/echo/a")
    connection.putheader("Content-Length", str(11 * 1024 * 1024))
    connection.putheader("Content-Type", "application/json")
    connection.endheaders()
    connection.send(b"x" * (10 * 1024 * 1024 + 1))

    assert connection.getresponse().status == 413
    connection.close()


def test_a_slow_view_times_out():
    """The caller has its 504 in time, though the view is still busy."""
    gateway = Gateway(toy_app(), timeout_s=0.1)

    assert gateway.handle(Request("GET", "/slow/1?name=a", [])).status == 504
    gateway.close()


def test_preflight_is_answered_without_the_app(site):
    """CORS headers come for a route that allows it; another route knows no OPTIONS."""
    assert site.options("/echo/a").headers["access-control-allow-origin"] == "https://a"
    assert site.options("/photo").status_code == 404


def test_head_has_no_body_and_is_not_routed_by_itself(site):
    """Chalice declares no HEAD, so API Gateway refuses it; the answer carries no body."""
    answer = site.head("/")

    assert answer.status_code == 404
    assert answer.content == b""


def test_requests_at_the_same_time_do_not_mix(site):
    """Each thread sees its own request, though the app object is one."""
    names = [str(number) for number in range(16)]
    answers = {}

    def ask(name):
        answers[name] = site.get("/slow/0.05", params={"name": name}).json()["name"]

    threads = [threading.Thread(target=ask, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {name: name for name in names}


def test_a_stage_prefix_is_part_of_the_address_only():
    """Under /api the app answers as before, and its context knows the whole path."""
    gateway = Gateway(toy_app(), prefix="/api")

    inside = gateway.handle(Request("GET", "/api/echo/a", []))
    outside = gateway.handle(Request("GET", "/echo/a", []))

    assert b'"path":"/api/echo/a"' in inside.body
    assert outside.status == 404
    gateway.close()

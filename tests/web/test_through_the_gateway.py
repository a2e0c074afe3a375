"""The pages and calls behind a gateway that sends every body in base64: forms, JSON and files arrive as they left."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from api_client import HOME, V1
from pages_world import PASSWORD, PEOPLE, World

from sandbox.cloud.gateway import Gateway, Request

SELLER = PEOPLE[0].email


@pytest.fixture
def gateway(world: World):
    made = Gateway(world.app())
    yield made
    made.close()


def _ask(gateway: Gateway, method: str, path: str, body: bytes = b"", **headers: str):
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return gateway.handle(Request(method, path, named, body, "127.0.0.1"))


def _token(gateway: Gateway) -> str:
    body = json.dumps({"email": SELLER, "password": PASSWORD}).encode()
    return json.loads(_ask(gateway, "POST", f"{V1}/session", body, content_type="application/json").body)["token"]


def test_json_and_a_form_are_read_and_answered_as_text(gateway, world: World):
    """Thai words in both directions, whatever the client says it accepts first."""
    bearer = {"authorization": f"Bearer {_token(gateway)}", "content_type": "application/json"}
    body = json.dumps({"units": -1, "because": "แตก"}).encode()
    answer = _ask(gateway, "POST", f"{HOME}/stock/NP-120/adjust", body, **bearer)
    assert json.loads(answer.body)["on_hand"] == 11
    session = world.session_of(SELLER)
    form = urlencode({"form_token": session.form_token, "count.KM-80": "๓๘", "seen.KM-80": "40", "q": "หมู"}).encode()
    kind = {"content_type": "application/x-www-form-urlencoded", "cookie": f"pinto_session={session.id}"}
    for accept in ("text/html,*/*", "*/*", "application/json"):
        assert _ask(gateway, "POST", "/c/namphrik-tittu/stock", form, **kind, accept=accept).status == 303
    assert world.store.stock.level("namphrik-tittu", "KM-80").on_hand == 38
    assert "น้ำพริกตาแดง" in _ask(gateway, "GET", "/c/namphrik-tittu/products", **kind, accept="*/*").body.decode()


@pytest.mark.parametrize("accept", ["*/*", "application/json, */*", "text/html,application/xhtml+xml,*/*;q=0.8"])
def test_a_file_is_a_file_whatever_is_named_first(gateway, world: World, accept):
    """A statement as PDF and a list as CSV."""
    cookie = f"pinto_session={world.session_of(SELLER).id}"
    paper = "/c/namphrik-tittu/money/statement.pdf?side=all&month=2026-11"
    assert _ask(gateway, "GET", paper, cookie=cookie, accept=accept).body.startswith(b"%PDF")
    rows = _ask(gateway, "GET", "/c/namphrik-tittu/export/stock.csv", cookie=cookie, accept=accept)
    assert rows.body.decode().startswith("\ufeffรหัสสินค้า,")

"""Whatever is sent to a practice marketplace is answered: refused in its own words, never a crash.

Each storm is bounded by calls and by time, and drawn from a seed; a failure names the request that did it.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fuzz_lazada import lazada_good
from fuzz_shopee import shopee_good
from lazada_caller import Caller, signature
from mutations import BYTES, Mutator
from shopee_practice import Seller

from sandbox.lazada.gateway import LONGEST_QUERY
from sandbox.market.server import Server, running
from sandbox.shopee.market import HANDLERS

CALLS, WITHIN_S = 2000, 10.0


@pytest.fixture(scope="module")
def lazada() -> Iterator[Server]:
    with running("lazada") as server:
        server.market.settings["rate_per_second"] = 10**9
        yield server


@pytest.fixture(scope="module")
def shopee() -> Iterator[Server]:
    with running("shopee") as server:
        yield server


def answered(answer: httpx.Response, what: object) -> None:
    """Not a crash, and what calls itself JSON is JSON."""
    assert answer.status_code < 500, (answer.status_code, what)
    if answer.headers.get("content-type", "").startswith("application/json"):
        answer.json()


def until_tired(calls: int = CALLS) -> Iterator[int]:
    """Numbers of calls, while there is time."""
    started = time.monotonic()
    for number in range(calls):
        if time.monotonic() - started > WITHIN_S:
            assert number > calls // 10, "far too slow"
            return
        yield number


# -- Lazada


def lazada_call(caller: Caller, mutator: Mutator, path: str, params: dict[str, str]) -> httpx.Response:
    """Signed as it stands; sometimes with a system parameter spoilt, in one of the ways parameters travel."""
    dice, keys = mutator.dice, caller.keys
    whole = {
        "app_key": keys["app_key"],
        "timestamp": str(int(time.time() * 1000)),
        "sign_method": "sha256",
        "access_token": keys["access_token"],
        **params,
    }
    if dice.random() < 0.05:
        whole[dice.choice(sorted(whole))] = mutator.text()
    whole["sign"] = signature(path, {k: v for k, v in whole.items() if k != "sign"}, keys["app_secret"])
    if dice.random() < 0.03:
        whole["sign"] = mutator.text()
    url, way = keys["base_url"] + path, dice.random()
    if way < 0.3:
        return caller.http.get(url, params=whole)
    if way < 0.9:
        return caller.http.post(url, data=whole)
    return caller.http.post(url, data=whole, files={dice.choice(("image", "", "payload")): dice.choice(BYTES)})


def test_the_practice_lazada_answers_everything(lazada: Server) -> None:
    """Two thousand spoilt calls over every API: always HTTP 200 and JSON with a code and a request id.

    Only an address too long to be read is refused before that (LAZ-029).
    """
    caller, mutator = Caller(lazada), Mutator(7)
    good = lazada_good(caller)
    for number in until_tired():
        if number % 250 == 249:
            lazada.market.reset(1)
            good = lazada_good(caller)
        path = mutator.dice.choice(sorted(good))
        params = mutator.params(good[path], packed_lazada(mutator))
        answer = lazada_call(caller, mutator, path, params)
        if len(answer.request.url.query) > LONGEST_QUERY:
            assert answer.status_code == 414, (path, params)
            continue
        assert answer.status_code == 200, (path, params)
        body = answer.json()
        assert isinstance(body["code"], str), (path, params)
        assert body["request_id"]


def packed_lazada(mutator: Mutator) -> Any:
    """JSON mostly; sometimes XML or broken text, as payloads come."""

    def packed(value: Any) -> str:
        if mutator.dice.random() < 0.05:
            return str(mutator.dice.choice(BYTES).decode("utf-8", "replace"))
        return as_xml(value) if mutator.dice.random() < 0.1 else json.dumps(value)

    return packed


def as_xml(value: Any) -> str:
    """The same structure as elements; names that are none make it broken XML, which is as good."""
    if isinstance(value, dict):
        return "".join(
            "".join(f"<{name}>{as_xml(one)}</{name}>" for one in (inner if isinstance(inner, list) else [inner]))
            for name, inner in value.items()
        )
    return "" if value is None else str(value)


# -- Shopee


def shopee_call(seller: Seller, mutator: Mutator, name: str, query: dict[str, Any], body: Any) -> httpx.Response:
    """Signed; sometimes with a common parameter spoilt, the other verb, or a body that is no JSON."""
    dice, path = mutator.dice, f"/api/v2/{name}"
    method = HANDLERS[path][0] if dice.random() < 0.97 else dice.choice(("GET", "POST", "PUT", "DELETE"))
    common = seller.common(path)
    if dice.random() < 0.05:
        common[dice.choice(sorted(common))] = mutator.text()
    parts: dict[str, Any] = {}
    if name == "media_space/upload_image" or dice.random() < 0.01:
        parts["files"] = [(dice.choice(("image", "images", "")), ("a", dice.choice(BYTES)))] * dice.choice((1, 2, 10))
    elif method != "GET":
        raw = dice.choice(BYTES) if dice.random() < 0.05 else json.dumps(mutator.spoilt_often(body)).encode()
        parts = {"content": raw, "headers": {"content-type": dice.choice(("application/json", "text/plain", "a"))}}
    return seller.http.request(method, path, params={**common, **mutator.params(query)}, **parts)


def test_the_practice_shopee_answers_everything(shopee: Server) -> None:
    """Two thousand spoilt calls over every path: below 500, and JSON answers carry `error` and a request id."""
    seller, mutator = Seller(shopee.url, shopee.credentials("ร้านฝึก")), Mutator(11)
    good = shopee_good(seller)
    for number in until_tired():
        if number % 250 == 249:
            shopee.market.reset(1)
            seller = Seller(shopee.url, shopee.credentials("ร้านฝึก"))
            good = shopee_good(seller)
        name = mutator.dice.choice(sorted(good))
        query, body = good[name]
        answer = shopee_call(seller, mutator, name, query, body)
        answered(answer, (number, name, str(answer.request.url)))
        if answer.headers.get("content-type", "").startswith("application/json") and answer.status_code != 405:
            assert "error" in answer.json()


# -- what both have


CONTROL: dict[str, dict[str, Any]] = {
    "reset": {"seed": 1},
    "shops": {"name": "ร้าน", "name_th": "ร้าน", "shop_id": "220099999"},
    "orders": {"lines": [{"seller_sku": "TEA-S", "quantity": 1}], "paid": True},
    "orders/1/advance": {"to": "shipped"},
    "clock": {"advance_s": 1},
    "edit": {"seller_sku": "TEA-S", "price": 9, "stock": 3, "title": "ก", "status": "Active"},
    "push": {"url": None},
    "class": {"hints": True, "shops": ["ร้าน", {"name": "x", "name_th": "ก"}]},
    "settings": {"rate_per_second": 10**9},
    "calls/reset": {},
    "returns": {"order_id": "1", "lines": [{"seller_sku": "TEA-S", "quantity": 1}]},
    "returns/1/advance": {"to": "x"},
    "consents": {"shop_ids": ["1"]},
    "promotions": {"seller_sku": "TEA-S", "reserved": 1, "price": 2},
}
PAGES = ("/", "/shop/", "/shop/{}", "/shop/{}/item/{}", "/shop/{}/order/{}", "/image/{}", "/label/{}.pdf", "/class")


@pytest.mark.parametrize("channel", ["lazada", "shopee"])
def test_control_surface_and_pages_answer_everything(channel: str, request: pytest.FixtureRequest) -> None:
    """Spoilt control calls, addresses and forms: refused with a reason, never a crash, and the state stays readable."""
    server, mutator = request.getfixturevalue(channel), Mutator(13)
    dice = mutator.dice
    with httpx.Client(base_url=server.url, trust_env=False, timeout=10) as http:
        for number in until_tired(600):
            if number % 3:
                name = dice.choice(sorted(CONTROL))
                raw = (
                    dice.choice(BYTES)
                    if dice.random() < 0.1
                    else json.dumps(mutator.spoilt_often(CONTROL[name])).encode()
                )
                answered(http.post(f"/_sim/{name}", content=raw), (name, raw))
            else:
                page = dice.choice(PAGES).format(*(dice.choice(("x", "1", "%00", "ก")) for _ in range(2)))
                answered(http.get(page), page)
                answered(http.post(page, content=dice.choice(BYTES)), page)
            server.market.pusher.url = None
            server.market.clock.offset_s = 0.0
        assert http.get("/_sim/state").status_code == 200
    server.market.reset(1)

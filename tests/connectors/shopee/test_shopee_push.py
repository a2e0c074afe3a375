"""Pushes: who signed, and what each code asks to look at."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import pytest
from shopee_shop import PracticeShop, a_listing

from chalicelib.domain.ports import ForgedPushError, LookAt, MalformedPushError
from chalicelib.domain.shops import AppKeys
from connectors.shopee import build
from connectors.shopee.sign import push_signature

CHANNEL = build()
URL = "https://hooks.example.com/shopee/push"
APP = AppKeys("shopee", "2001234", "partner-key", "push-key-0123456789abcdef")
OTHER = AppKeys("shopee", "2009999", "other-partner-key")

VECTORS = [
    (
        '{"data":{"items":[],"ordersn":"250101ABCDEF12","status":"READY_TO_SHIP","completed_scenario":"",'
        '"update_time":1735689590},"shop_id":220011445,"code":3,"timestamp":1735689600}',
        "bc9fb8dedb41ceca169782e8527a49936632f3722dc5829560c73e3afb2875a7",
    ),
    (
        '{"code":3,"data":{"ordersn":"250101ABCDEF12","status":"READY_TO_SHIP","items":[{"name":"เสื้อยืด"}],'
        '"update_time":1735689590},"shop_id":220011445,"timestamp":1735689600}',
        "73bef75fc75e3154efafee42acad066f1377199ba338c77a71f14649f8838a95",
    ),
]


def read(body: bytes, signed_by: str = APP.push_key, apps=(OTHER, APP), url: str = URL):
    """What a push signed with this key says."""
    return CHANNEL.read_push({"authorization": push_signature(signed_by, URL, body)}, body, apps, url)


def looks(code: int | str, data: dict, **more) -> tuple[LookAt, ...]:
    """What a push of this code asks to look at."""
    push = {"code": code, "data": data, "shop_id": 220011445, "timestamp": 1735689600} | more
    return tuple(LookAt(found.kind, found.id) for found in read(json.dumps(push).encode()).look_at)


@pytest.mark.parametrize(("body", "authorization"), VECTORS)
def test_the_worked_vectors_are_believed(body: str, authorization: str):
    """Raw bytes as sent, Thai letters and field order included."""
    reading = CHANNEL.read_push({"authorization": authorization}, body.encode(), (OTHER, APP), URL)

    assert reading.remote_id == "220011445"
    assert reading.look_at == (LookAt("order", "250101ABCDEF12", "order status"),)
    assert reading.sent_at == datetime.fromtimestamp(1735689600, UTC)


def test_capitals_in_the_signature_are_the_same_signature():
    """Hex is hex."""
    body, authorization = VECTORS[0]

    assert CHANNEL.read_push({"authorization": authorization.upper()}, body.encode(), (APP,), URL).look_at


def test_an_older_app_signs_with_its_partner_key():
    """The push key is tried first, then the partner key, for every app."""
    body = VECTORS[0][0].encode()

    assert read(body, OTHER.app_secret).remote_id == read(body, APP.app_secret).remote_id == "220011445"


@pytest.mark.parametrize(
    "changes",
    [
        {"signed_by": "somebody-else"},
        {"apps": ()},
        {"url": "http://hooks.example.com/shopee/push"},
        {"apps": (AppKeys("shopee", "1", "", ""),)},
    ],
    ids=["wrong key", "no app", "other address", "empty keys"],
)
def test_a_push_nobody_of_ours_signed_is_forged(changes: dict):
    """Nothing in it is believed."""
    with pytest.raises(ForgedPushError):
        read(VECTORS[0][0].encode(), **changes)


def test_an_empty_key_signs_nothing():
    """An app without a push key is not open to everybody."""
    body = VECTORS[0][0].encode()

    with pytest.raises(ForgedPushError):
        read(body, signed_by="")


def test_a_changed_body_is_forged():
    """One byte is enough."""
    body, authorization = VECTORS[0]

    with pytest.raises(ForgedPushError):
        CHANNEL.read_push({"authorization": authorization}, body.encode() + b" ", (APP,), URL)


def test_a_missing_or_odd_header_is_forged():
    """No exception but ours, whatever comes."""
    for headers in ({}, {"authorization": ""}, {"authorization": "ลายเซ็น"}):
        with pytest.raises(ForgedPushError):
            CHANNEL.read_push(headers, VECTORS[0][0].encode(), (APP,), URL)


def test_shp_014_the_verification_ping_asks_for_nothing():
    """Its signature matches no key, and nothing follows from it."""
    body = json.dumps({"code": 0, "data": {"verify_info": "This is a Verification message."}}).encode()

    reading = CHANNEL.read_push({}, body, (APP,), URL)

    assert (reading.remote_id, [found.kind for found in reading.look_at]) == ("", ["nothing"])


def test_a_ping_that_names_a_shop_is_no_ping():
    """Only the harmless shape passes unsigned."""
    body = json.dumps({"code": 0, "shop_id": 1, "data": {"verify_info": "x"}}).encode()

    with pytest.raises(ForgedPushError):
        CHANNEL.read_push({}, body, (APP,), URL)


ITEM = {"item_id": 1000, "variation_id": 11}
ORDER = {"ordersn": "250101ABCDEF12"}
SHOP = LookAt("shop", "220011445")
CODES = [
    (1, {"shop_id": 220011445, "success": 1}, (SHOP,)),
    (1, {"shop_id_list": [1, 2], "main_account_id": 5}, (LookAt("shop", "1"), LookAt("shop", "2"))),
    (2, {"shopid": 220011445, "authorize_type": "expiry"}, (SHOP,)),
    (3, ORDER, (LookAt("order", "250101ABCDEF12"),)),
    (4, ORDER, (LookAt("order", "250101ABCDEF12"),)),
    (5, {"actions": []}, (LookAt("nothing"),)),
    (6, ITEM, (LookAt("nothing"),)),
    (7, ITEM, (LookAt("listing", "1000"),)),
    (8, ITEM | ORDER, (LookAt("listing", "1000"), LookAt("order", "250101ABCDEF12"))),
    (9, ITEM, (LookAt("listing", "1000"),)),
    (10, {}, (LookAt("nothing"),)),
    (11, {}, (LookAt("nothing"),)),
    (12, {"shop_expire_soon": [1, {"shop_id": 2}]}, (LookAt("shop", "1"), LookAt("shop", "2"))),
    (12, {"shop_expire_soon": []}, (LookAt("nothing"),)),
    (13, {}, (LookAt("nothing"),)),
    (15, ORDER, (LookAt("order", "250101ABCDEF12"),)),
    (16, ITEM, (LookAt("listing", "1000"),)),
    (22, {"item_id": 1000, "model_id": 11}, (LookAt("listing", "1000"),)),
    (23, {}, (LookAt("nothing"),)),
    (24, {}, (LookAt("nothing"),)),
    (25, {}, (LookAt("nothing"),)),
    (27, ITEM, (LookAt("listing", "1000"),)),
    ("28", {"action_type": "1"}, (LookAt("shop", ""),)),
    (29, {"order_sn": "250101ABCDEF12", "return_sn": "R1"}, (LookAt("order", "250101ABCDEF12"),)),
    (30, ORDER, (LookAt("order", "250101ABCDEF12"),)),
    (36, {"list": []}, (LookAt("nothing"),)),
    (37, {}, (LookAt("nothing"),)),
    (47, {"order_sn": "250101ABCDEF12"}, (LookAt("order", "250101ABCDEF12"),)),
    (999, {}, (LookAt("nothing"),)),
]


@pytest.mark.parametrize(("code", "data", "expected"), CODES)
def test_each_code_says_where_to_look(code, data: dict, expected: tuple[LookAt, ...]):
    """Numbers may arrive as text; codes nobody recorded ask for nothing."""
    assert looks(code, data) == expected


@pytest.mark.parametrize(
    "body", [b"not json", b"[]", b'{"data":{}}', b'{"code":3,"data":{}}', b'{"code":16,"data":null}']
)
def test_a_signed_push_that_cannot_be_read_is_malformed(body: bytes):
    """Well signed, and contradicting what is recorded."""
    with pytest.raises(MalformedPushError):
        read(body)


# --- as the practice marketplace sends them -----------------------------------------------------------------


@contextmanager
def listening() -> Iterator[tuple[str, Queue[tuple[dict[str, str], bytes]]]]:
    """An address on this machine and the pushes that arrive there."""
    arrived: Queue[tuple[dict[str, str], bytes]] = Queue()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            arrived.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *said: object) -> None:
            """Nothing is written to the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/shopee/push", arrived
    finally:
        server.shutdown()
        server.server_close()


def test_a_push_of_the_practice_marketplace_is_believed(practice: PracticeShop):
    """An order is placed; its push is verified with the shop's own keys and names the order."""
    practice.publish(a_listing())
    with listening() as (url, arrived):
        practice.sim("push", url=url)
        order_id = practice.sim("orders", lines=[{"seller_sku": "TEA-50"}])["order_id"]
        headers, body = arrived.get(timeout=10)
        practice.sim("push", url=None)

    reading = practice.channel.read_push(headers, body, [OTHER, practice.app], url)

    assert reading.remote_id == practice.keys["shop_id"]
    assert [(found.kind, found.id) for found in reading.look_at] == [("order", order_id)]

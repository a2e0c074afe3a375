"""Pushes: who signed them, and where they send us."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.ports import ForgedPushError, LookAt, PushReading
from chalicelib.domain.shops import AppKeys
from connectors.lazada.sign import push_signature
from connectors.lazada.system import Lazada

APPS = [AppKeys("lazada", "100000", "another"), AppKeys("lazada", "100001", "s3cr3t-Key")]


def read(message: Any, app: AppKeys = APPS[1]) -> PushReading:
    """What a push of this app says."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    header = push_signature(app.app_secret, app.app_key, body)
    return Lazada().read_push({"authorization": header}, body, APPS, "https://pinto.example/push/lazada")


def envelope(kind: Any, data: Any, **changes: Any) -> dict[str, Any]:
    return {"seller_id": "9999", "message_type": kind, "timestamp": 1769826600, "data": data} | changes


LISTING = {"item_id": 700000003, "action": "DELETED", "sku_list": []}
ORDER = {"trade_order_id": "900100200300401", "order_status": "unpaid"}
REVERSE = {"trade_order_id": "900100200300401", "reverse_status": "CANCEL_INIT"}
CASES = [
    (0, ORDER, LookAt("order", "900100200300401", "unpaid")),
    (1, {"itemId": 700000003, "status": "REJECTED"}, LookAt("listing", "700000003", "rejected")),
    (2, {}, LookAt("nothing", note="chat")),
    (3, LISTING, LookAt("listing", "700000003", "deleted")),
    (4, LISTING, LookAt("listing", "700000003", "deleted")),
    (5, LISTING, LookAt("listing", "700000003", "deleted")),
    (6, {"seller_sku": "MUG", "sku_id": "1"}, LookAt("nothing", note="shallow_stock")),
    (7, {"videoId": 1}, LookAt("nothing", note="video")),
    (8, {"seller_id": "9999"}, LookAt("shop", note="token_expires_soon")),
    (10, REVERSE, LookAt("order", "900100200300401", "CANCEL_INIT")),
    (12, {"status": "finish"}, LookAt("nothing", note="category_tree")),
    (13, {"status": "close"}, LookAt("shop", note="store_status")),
    (14, {"trade_order_id": 900100200300401, "status": "DELIVERED"}, LookAt("order", "900100200300401", "DELIVERED")),
    (19, {}, LookAt("nothing", note="chat")),
    (21, {}, LookAt("nothing", note="review")),
    (35, {}, LookAt("nothing", note="purchase")),
    (46, {}, LookAt("nothing", note="pickup")),
]


@pytest.mark.parametrize(("kind", "data", "look_at"), CASES)
def test_each_recorded_type_sends_us_somewhere(kind, data, look_at):
    """Every message type of the page says what to look at, and in which shop."""
    reading = read(envelope(kind, data))

    assert (reading.remote_id, reading.look_at) == ("9999", (look_at,))


def test_a_promotion_comes_without_an_envelope():
    """Type 11 names its seller in its own way and asks for nothing."""
    reading = read({"promotionId": 1, "promotionType": "x", "sellerId": 9999})

    assert (reading.remote_id, reading.look_at[0].kind) == ("9999", "nothing")


def test_a_seller_called_null_is_found_inside():
    """The reminder about tokens writes the seller into its data."""
    assert read(envelope(8, {"seller_id": 9999}, seller_id="null")).remote_id == "9999"


@pytest.mark.parametrize("timestamp", [1769826600, 1769826600000, "1769826600000"])
def test_laz_014_a_push_time_is_read_in_seconds_or_milliseconds(timestamp):
    """Recorded messages count seconds, documented ones milliseconds."""
    reading = read(envelope(0, ORDER, timestamp=timestamp))

    assert reading.sent_at == datetime(2026, 1, 31, 2, 30, tzinfo=UTC)


def test_a_changed_byte_makes_a_forgery():
    """One more blank in the body, and nobody we know has signed it."""
    body = json.dumps(envelope(0, ORDER)).encode()
    header = push_signature("s3cr3t-Key", "100001", body)

    with pytest.raises(ForgedPushError):
        Lazada().read_push({"authorization": header}, body + b" ", APPS, "")


@pytest.mark.parametrize("headers", [{}, {"authorization": ""}, {"authorization": "ไทย"}])
def test_an_unsigned_push_is_a_forgery(headers):
    """No header, an empty one and an unreadable one are all refused."""
    with pytest.raises(ForgedPushError):
        Lazada().read_push(headers, b"{}", APPS, "")


NEVER_RECORDED = [
    b"<html>",
    b"[]",
    b"{}",
    b"\xff",
    envelope(99, {}),
    envelope(0, {}),
    envelope(0, None),
    envelope(3, {"item_id": "x"}),
    envelope(["0"], {}),
]


@pytest.mark.parametrize("message", NEVER_RECORDED)
def test_laz_027_a_signed_push_never_recorded_asks_for_nothing_and_is_logged(message, caplog):
    """It is answered as taken, since refusals would end all pushes; the log tells somebody to look."""
    reading = read(message)

    assert [look.kind for look in reading.look_at] == ["nothing"]
    assert "could not be read" in caplog.text


@pytest.mark.parametrize("timestamp", ["9" * 30, "soon", None])
def test_an_odd_time_does_not_hide_the_order(timestamp):
    """Only the hint counts."""
    reading = read(envelope(0, ORDER, timestamp=timestamp))

    assert (reading.look_at[0].id, reading.sent_at) == ("900100200300401", None)

"""Notes of marketplace calls: found by the call's id, and nothing secret or personal in them."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from connectors import witness

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
TOKEN = "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6"
ANSWER = {
    "request_id": "0ab",
    "code": "4",
    "message": f"bad token {TOKEN}, call 081-234-5678 or nok@example.org",
    "data": {"item_id": 7, "buyer_name": "สมหญิง", "shipping": "99 หมู่ 1", "access_token": TOKEN},
}


def _client(notes, answer):
    http = httpx.Client(transport=httpx.MockTransport(lambda request: answer))
    return witness.attach(http, "lazada", notes.append, lambda: NOON)


def test_a_write_is_noted_under_its_request_id_without_secrets_or_people():
    """Harmless values stay; tokens, signatures, buyers, phone numbers and addresses do not."""
    notes = []
    payload = "<Request><Product><SellerSku>TEA-50</SellerSku><Other>99 หมู่ 1</Other></Product></Request>"
    sent = {"payload": payload, "sign": "ABCDEF0123", "access_token": TOKEN, "app_key": "100500"}
    with _client(notes, httpx.Response(200, json=ANSWER)) as http:
        assert http.post("https://m.example/product/update", data=sent).json() == ANSWER
    (note,) = notes
    assert (note.request_id, note.path, note.status, note.at) == ("0ab", "/product/update", 200, NOON)
    assert "TEA-50" in note.request
    assert '"item_id": 7' in note.answer
    for secret in (TOKEN, "ABCDEF0123", "100500", "สมหญิง", "99 หมู่", "081-234-5678", "nok@example.org"):
        assert secret not in note.request + note.answer


def test_what_a_marketplace_repeats_of_secrets_and_buyers_is_not_kept():
    """A short token, a name or an address that was sent stands in no message and under no odd name of the answer."""
    notes = []
    sent = {
        "access_token": "tok-77",
        "payload": '{"recipient": {"name": "สมหญิง ใจงาม", "address_line": "99 หมู่ 1"}, "item_name": "ชา"}',
    }
    answer = {
        "request_id": "0ac",
        "message": "tok-77 may not ship to สมหญิง ใจงาม, 99 หมู่ 1",
        "msg": "ส่ง (081) 234-5678, 081.234.5678, +66 (0) 81 234 5678 หรือ ๐๘๑๒๓๔๕๖๗๘ ไม่ได้",
        "error": "https://m.example/x?sign=AB12&timestamp=1",
        "nok@example.org": {"count": 1},
    }
    with _client(notes, httpx.Response(200, json=answer)) as http:
        http.post("https://m.example/order/pack", data=sent)
    (note,) = notes
    assert "ชา" in note.request
    assert "may not ship to" in note.answer
    for secret in ("tok-77", "สมหญิง", "หมู่ 1", "234", "๒๓๔", "AB12", "nok@example.org"):
        assert secret not in note.request + note.answer


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/products/get", httpx.Response(200, json=ANSWER)),
        ("POST", "/auth/token/refresh", httpx.Response(200, json=ANSWER)),
        ("POST", "/product/update", httpx.Response(502, text="<html>bad gateway</html>")),
        ("POST", "/product/update", httpx.Response(200, json={"code": "0"})),
        ("POST", "/product/update", httpx.Response(200, json=["no", "object"])),
    ],
)
def test_reads_tokens_and_answers_without_an_id_leave_no_note(method, path, answer):
    """Only what the log can point at is kept, and never a call about tokens."""
    notes = []
    with _client(notes, answer) as http:
        http.request(method, f"https://m.example{path}")
    assert notes == []


def test_a_note_that_cannot_be_kept_changes_nothing(caplog):
    """The answer arrives as if nobody had watched."""

    def fails(note):
        raise OSError("table gone")

    http = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, json=ANSWER)))
    with witness.attach(http, "lazada", fails, lambda: NOON) as watched:
        assert watched.post("https://m.example/x", json={"a": 1}).status_code == 200
    assert "call note not kept" in caplog.text


def test_what_is_kept_is_short():
    """A thousand rows of an answer are cut."""
    notes = []
    rows = [{"item_name": "น้ำพริก" * 100, "message": "x" * 900} for _ in range(1000)]
    with _client(notes, httpx.Response(200, json={"request_id": "1", "data": rows})) as http:
        http.post("https://m.example/x", json={"body": rows})
    assert len(notes[0].answer) <= 4001
    assert len(notes[0].request) <= 4001

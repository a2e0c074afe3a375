"""Verifies a push and says what to look at; the push itself is never believed further."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.ports import ForgedPushError, LookAt, MalformedPushError, PushReading
from chalicelib.domain.shops import AppKeys
from connectors.shopee.answers_app import LostPush
from connectors.shopee.sign import push_signature

Fields = Mapping[str, Any]
PING = 0


def read(headers: Mapping[str, str], body: bytes, apps: Sequence[AppKeys], callback_url: str) -> PushReading:
    """Which shop the push is about and what to look at there.

    Raises: ForgedPushError when no key of ours signed it; MalformedPushError when one did and it is unreadable.
    """
    if _is_ping(body):
        return PushReading("", (LookAt("nothing", note="verification"),))
    if not _is_ours(headers.get("authorization", ""), body, apps, callback_url):
        raise ForgedPushError("shopee")
    push = _parsed(body)
    code, data = _code(push), _data(push)
    return PushReading(_shop(push, data), tuple(_look(code, data)), _sent_at(push))


def read_lost(row: LostPush) -> PushReading:
    """What an undelivered push says; it came over our own call, so nothing is left to verify.

    One that cannot be read asks for nothing: raising would hold up every push behind it.
    """
    shop = str(row.shop_id or "")
    try:
        push = _parsed(row.data.encode())
        code, data = _code(push), _data(push)
        return PushReading(_shop(push, data) or shop, tuple(_look(code, data)), _sent_at(push))
    except MalformedPushError as error:
        return PushReading(shop, (LookAt("nothing", note=f"unreadable: {error}"),))


def _is_ours(given: str, body: bytes, apps: Sequence[AppKeys], callback_url: str) -> bool:
    """Signed over `url|body` with a push key or, on older apps, a partner key; every key is tried."""
    said = given.strip().lower().encode("utf-8", "replace")
    keys = [key for app in apps for key in (app.push_key, app.app_secret) if key]
    matches = [hmac.compare_digest(push_signature(key, callback_url, body).encode(), said) for key in keys]
    return any(matches)


def _is_ping(body: bytes) -> bool:
    """The test when an address is saved in the console; its signature matches no key (SHP-014).

    Nothing follows from it, so it may be believed unsigned.
    """
    try:
        push = json.loads(body)
    except ValueError:
        return False
    if not isinstance(push, dict) or str(push.get("code")) != str(PING):
        return False
    return set(push) <= {"code", "data", "timestamp", "msg_id"} and "verify_info" in (push.get("data") or {})


def _parsed(body: bytes) -> Fields:
    try:
        push = json.loads(body)
    except ValueError:
        raise MalformedPushError("not JSON") from None
    if not isinstance(push, dict):
        raise MalformedPushError("not an object")
    return push


def _code(push: Fields) -> int:
    """The code; it may arrive as text (28 does)."""
    try:
        return int(push["code"])
    except (KeyError, TypeError, ValueError):
        raise MalformedPushError("no code") from None


def _data(push: Fields) -> Fields:
    data = push.get("data")
    return data if isinstance(data, dict) else {}


def _shop(push: Fields, data: Fields) -> str:
    """The shop's id; empty for a push about the app or about many shops."""
    for fields, name in ((push, "shop_id"), (data, "shop_id"), (data, "shopid")):
        if fields.get(name):
            return str(fields[name])
    return ""


def _sent_at(push: Fields) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(push["timestamp"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _look(code: int, data: Fields) -> Iterator[LookAt]:
    """What this code is about. Codes nobody recorded ask for nothing: they still deserve an answer of 200."""
    reader, note = _CODES.get(code, (_nothing, f"code {code}"))
    yield from reader(data, note)


def _order(data: Fields, note: str) -> Iterator[LookAt]:
    order_sn = data.get("ordersn") or data.get("order_sn")
    if not order_sn:
        raise MalformedPushError(f"{note} without an order")
    yield LookAt("order", str(order_sn), note)


def _listing(data: Fields, note: str) -> Iterator[LookAt]:
    item_id = data.get("item_id")
    if not item_id:
        raise MalformedPushError(f"{note} without an item")
    yield LookAt("listing", str(item_id), note)


def _promotion(data: Fields, note: str) -> Iterator[LookAt]:
    for look in _listing(data, note):
        yield replace(look, promotion=True)


def _reserved_stock(data: Fields, note: str) -> Iterator[LookAt]:
    """A promotion's reserve moved, because of an order or of its cancellation."""
    yield from _listing(data, note)
    if data.get("ordersn") or data.get("order_sn"):
        yield from _order(data, note)


def _shops(data: Fields, note: str) -> Iterator[LookAt]:
    """Authorisations: one shop, or a list of numbers or of rows."""
    found: list[Any] = [data.get("shop_id") or data.get("shopid")]
    for name in ("shop_id_list", "shop_expire_soon"):
        found += [row.get("shop_id") if isinstance(row, dict) else row for row in data.get(name) or ()]
    why = str(data.get("authorize_type") or note)
    ids = list(dict.fromkeys(str(number) for number in found if number))
    yield from (LookAt("shop", number, why) for number in ids)
    if not ids:
        yield LookAt("nothing", note=note)


def _this_shop(data: Fields, note: str) -> Iterator[LookAt]:
    yield LookAt("shop", note=note)


def _nothing(data: Fields, note: str) -> Iterator[LookAt]:
    yield LookAt("nothing", note=note)


_Reader = Callable[[Fields, str], Iterator[LookAt]]
_CODES: dict[int, tuple[_Reader, str]] = {
    0: (_nothing, "verification"),
    1: (_shops, "authorised"),
    2: (_shops, "authorisation ended"),
    3: (_order, "order status"),
    4: (_order, "tracking number"),
    5: (_nothing, "news"),
    6: (_nothing, "banned item, withdrawn code"),
    7: (_promotion, "item promotion"),
    8: (_reserved_stock, "reserved stock"),
    9: (_promotion, "promotion update"),
    10: (_nothing, "chat"),
    11: (_nothing, "video"),
    12: (_shops, "authorisation ends soon"),
    13: (_nothing, "brand review"),
    15: (_order, "label"),
    16: (_listing, "violation"),
    22: (_listing, "price"),
    23: (_nothing, "booking"),
    24: (_nothing, "booking"),
    25: (_nothing, "booking"),
    27: (_listing, "scheduled publishing failed"),
    28: (_this_shop, "penalty points"),
    29: (_order, "return"),
    30: (_order, "package"),
    36: (_nothing, "warehouse stock"),
    37: (_nothing, "courier binding"),
    47: (_order, "package"),
}


def known_codes() -> frozenset[int]:
    """Every code that is recorded."""
    return frozenset(_CODES)

"""Reads a push: who signed it, which shop it is about, what to look at. Never believed, only followed."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.ports import ForgedPushError, LookAt, PushReading
from chalicelib.domain.shops import AppKeys
from connectors.lazada.sign import push_signature

logger = logging.getLogger(__name__)

_MILLISECONDS_FROM = 10**11  # a timestamp this large counts milliseconds


def read(headers: Mapping[str, str], body: bytes, apps: Sequence[AppKeys]) -> PushReading:
    """What the push says. Every app is tried, so that the time taken tells nothing.

    A signed push of a kind or shape never recorded asks for nothing and is logged: Lazada stops pushing to an address
    that refuses half of what it sends, and what is pushed is found by reading as well (LAZ-027).
    Raises: ForgedPushError.
    """
    given = headers.get("authorization", "").strip().encode()
    signed = [hmac.compare_digest(push_signature(app.app_secret, app.app_key, body).encode(), given) for app in apps]
    if not any(signed):
        raise ForgedPushError("signed by no app of ours")
    message = _object(body)
    return PushReading(_seller(message), (_look_at(message),), _sent_at(message.get("timestamp")))


def _object(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _look_at(message: Mapping[str, Any]) -> LookAt:
    if "message_type" not in message and "promotionId" in message:
        return LookAt("nothing", note="promotion")  # type 11 comes without an envelope
    data, kind = message.get("data"), str(message.get("message_type"))
    reader = _READERS.get(kind)
    found = reader(data if isinstance(data, dict) else {}) if reader else None
    return found or _unread(kind)


def _unread(kind: str) -> LookAt:
    logger.warning("lazada: a signed push of type %.40r could not be read", kind)
    return LookAt("nothing", note="unread")


def _order(data: Mapping[str, Any]) -> LookAt | None:
    note = data.get("order_status") or data.get("reverse_status") or data.get("status")
    found = _id(data, "trade_order_id")
    return LookAt("order", found, _text(note)) if found else None


def _listing(data: Mapping[str, Any]) -> LookAt | None:
    found = _id(data, "itemId" if "itemId" in data else "item_id")
    return LookAt("listing", found, _text(data.get("action") or data.get("status")).lower()) if found else None


def _shop(note: str) -> Callable[[Mapping[str, Any]], LookAt]:
    return lambda data: LookAt("shop", note=note)


def _nothing(note: str) -> Callable[[Mapping[str, Any]], LookAt]:
    return lambda data: LookAt("nothing", note=note)


_READERS: dict[str, Callable[[Mapping[str, Any]], LookAt | None]] = {
    "0": _order,
    "1": _listing,
    "2": _nothing("chat"),
    "3": _listing,
    "4": _listing,
    "5": _listing,
    "6": _nothing("shallow_stock"),  # names a SKU but no listing; the order push says what sold
    "7": _nothing("video"),
    "8": _shop("token_expires_soon"),
    "10": _order,
    "11": _nothing("promotion"),
    "12": _nothing("category_tree"),
    "13": _shop("store_status"),
    "14": _order,
    "19": _nothing("chat"),
    "21": _nothing("review"),
    "35": _nothing("purchase"),
    "46": _nothing("pickup"),
}


def _seller(message: Mapping[str, Any]) -> str:
    """The shop's id at Lazada; type 8 writes "null" and repeats it inside, type 12 has none."""
    data = message.get("data")
    inner = data.get("seller_id") if isinstance(data, dict) else None
    for seller in (message.get("seller_id"), inner, message.get("sellerId")):
        if _text(seller) not in ("", "null"):
            return _text(seller)
    return ""


def _sent_at(value: Any) -> datetime | None:
    text = _text(value)
    if not text.isdigit():
        return None
    number = int(text)
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else float(number)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _id(data: Mapping[str, Any], name: str) -> str:
    """The id, or empty where there is none."""
    found = _text(data.get(name))
    return found if found.isdigit() else ""


def _text(value: Any) -> str:
    return "" if value is None else str(value)

"""What went out in one marketplace call and what came back, with everything secret or personal taken out.

Only values under names that are known to be harmless are kept as they are; every other text becomes its length, so
that a field nobody thought of (a new token, a buyer's new phone number) stays out by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from chalicelib.domain import redaction

MOST_TEXT = 4000
"""Characters kept of a request and of an answer, each."""
_MOST_VALUE, _MOST_ROWS, _MOST_DEPTH = 200, 60, 8
_UNREADABLE = 200_000

# fmt: off
_HARMLESS = frozenset(
    {
        "attribute_id", "brand", "brand_id", "category_id", "code", "condition", "count", "days_to_ship",
        "detail", "error", "error_message", "fail_error", "failed_reason", "field", "item_id", "item_name",
        "item_sku", "item_status", "itemid", "message", "model_id", "model_name", "model_sku", "more", "msg",
        "next_offset", "normal_stock", "original_price", "package_height", "package_length",
        "package_weight", "package_width", "partial", "price", "primary_category", "primarycategory",
        "quantity", "request_id", "sellablequantity", "seller_sku", "seller_status", "seller_stock",
        "sellersku", "sku_id", "skuid", "special_price", "status", "stock", "success", "total", "type",
        "unlist", "value_id", "warning", "weight",
    }
)
# fmt: on
_SECRET = re.compile(r"token|sign|secret|password|auth|cookie|buyer|recipient|address|phone|email|customer", re.I)
_LEAST_SCRUBBED = 4
"""Shorter texts would be found everywhere."""


@dataclass(frozen=True, slots=True)
class CallNote:
    """One call: method, path without host, what was sent and answered (redacted), and the answer's HTTP status."""

    channel: str
    request_id: str
    at: datetime
    method: str
    path: str
    request: str
    answer: str
    status: int


def redacted(value: Any, name: str = "", depth: int = 0, hidden: tuple[str, ...] = ()) -> Any:
    """The value without what is secret or personal: unknown texts as their length, long lists cut.

    `hidden` are texts that may stand nowhere, also not inside a harmless message.

    >>> redacted({"item_id": 7, "access_token": "abc", "note": "call me", "item_name": "tea"})
    {'item_id': 7, 'access_token': '[hidden]', 'note': '[7 characters]', 'item_name': 'tea'}
    """
    if _SECRET.search(name):
        return "[hidden]"
    if depth > _MOST_DEPTH:
        return "[deeper]"
    if isinstance(value, Mapping):
        rows = list(value.items())[:_MOST_ROWS]
        return {_clean(str(key), hidden)[:60]: redacted(one, str(key), depth + 1, hidden) for key, one in rows}
    if isinstance(value, list | tuple):
        return [redacted(one, name, depth + 1, hidden) for one in value[:_MOST_ROWS]]
    if value is None or isinstance(value, bool):
        return value
    return _single(value, name, hidden)


def secrets_in(value: Any, name: str = "", is_secret: bool = False) -> set[str]:
    """Texts that stand under names of secrets and people, however deep: they may be repeated in an error message.

    >>> sorted(secrets_in({"access_token": "abc-1", "recipient": {"name": "สมหญิง"}, "item_name": "tea"}))
    ['abc-1', 'สมหญิง']
    """
    is_secret = is_secret or bool(_SECRET.search(name))
    value = (_parsed(value) or value) if isinstance(value, str) else value
    if isinstance(value, Mapping):
        return {text for key, one in value.items() for text in secrets_in(one, str(key), is_secret)}
    if isinstance(value, list | tuple):
        return {text for one in value for text in secrets_in(one, name, is_secret)}
    text = "" if value is None or isinstance(value, bool) else str(value).strip()
    return {text} if is_secret and len(text) >= _LEAST_SCRUBBED else set()


def _single(value: Any, name: str, hidden: tuple[str, ...]) -> Any:
    text = str(value)
    inner = _parsed(text) if isinstance(value, str) else None
    if inner is not None:
        return redacted(inner, name, 1, hidden)
    if name.lower() not in _HARMLESS:
        return f"[{len(text)} characters]" if isinstance(value, str) else "[number]"
    if not isinstance(value, str):
        return value
    clean = _clean(text, hidden)
    return clean[:_MOST_VALUE] + ("…" if len(clean) > _MOST_VALUE else "")


def _clean(text: str, hidden: tuple[str, ...]) -> str:
    for one in hidden:
        text = text.replace(one, "[hidden]")
    return redaction.safe(text)


def _parsed(text: str) -> Any:
    """A JSON object or an XML document inside a text (Lazada's payloads), or None."""
    head = text.lstrip()[:1]
    if head not in ("{", "[", "<") or len(text) > _UNREADABLE or "<!" in text:
        return None
    try:
        # Without a document type (refused above) there are no entities to be surprised by.
        return _tree(ElementTree.fromstring(text)) if head == "<" else json.loads(text)  # noqa: S314
    except (ValueError, ElementTree.ParseError):
        return None


def _tree(node: ElementTree.Element) -> Any:
    if not len(node):
        return {node.tag: node.text or ""}
    return {node.tag: [_tree(child) for child in node]}


def told(value: Any, secrets: Iterable[str] = ()) -> str:
    """The redacted value as text for people, cut to a size; none of `secrets` stands in it."""
    hidden = tuple(sorted(secrets, key=len, reverse=True))
    text = json.dumps(redacted(value, hidden=hidden), ensure_ascii=False, indent=1, default=str)
    return text[:MOST_TEXT] + ("…" if len(text) > MOST_TEXT else "")

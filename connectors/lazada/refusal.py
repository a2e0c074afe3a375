"""Reads a refusal: the envelope of an error, its details, and which of our errors it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.errors import (
    MarketplaceError,
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RateLimitError,
)
from connectors.lazada.errors import TABLE, Meaning
from connectors.lazada.settings import Settings

CHANNEL = "lazada"

# Codes that only say "look into the detail".
_GENERAL = frozenset({"500", "501", "503", "504"})
_UNKNOWN = Meaning(ProtocolSurpriseError, "error.surprise")
_BAN = re.compile(r"last(?:s)?\s+(\d+(?:\.\d+)?)\s*second", re.IGNORECASE)
# Orders ids in `message` are not private; addresses and tokens never appear in Lazada's messages, and a long
# text is cut all the same.
_LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class Detail:
    """One entry of `detail`: which SKU it is about, and its own code where the message packs one."""

    field: str
    seller_sku: str
    sku_id: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer whose code is not "0"."""

    code: str
    message: str
    request_id: str
    details: tuple[Detail, ...]


def refusal(body: dict[str, Any]) -> Refusal:
    """The refusal in an answer."""
    details = body.get("detail")
    rows = [row for row in details if isinstance(row, dict)] if isinstance(details, list) else []
    message = _text(body.get("message") or body.get("msg"))
    return Refusal(_text(body.get("code")), message, _text(body.get("request_id")), tuple(_detail(row) for row in rows))


def error_of(found: Refusal, settings: Settings, *, is_write: bool) -> MarketplaceError:
    """Our error for a refusal; general codes are judged by their first detail that has a known code."""
    code, detail = _deciding(found)
    meaning = TABLE.get(code, _UNKNOWN)
    kind = meaning.after_write if is_write and meaning.after_write else meaning.kind
    return kind(
        CHANNEL,
        code,
        _message(found, detail),
        request_id=found.request_id,
        user_key=meaning.user_key if kind is meaning.kind else "",
        seller_sku=detail.seller_sku if detail else "",
        field=detail.field if detail else "",
        retry_after_s=_retry_after_s(code, found.message, kind, settings),
    )


def meaning_of(detail: Detail) -> Meaning:
    """What one failing SKU's detail means; an unknown or missing code is a plain rejection."""
    return TABLE.get(detail.code, TABLE["501"])


def as_unknown(error: RateLimitError) -> OutcomeUnknownError:
    """A rate limit on a create, told as an unknown outcome: the shop is looked at before another try."""
    return OutcomeUnknownError(
        error.channel, error.code, error.message, request_id=error.request_id, retry_after_s=error.retry_after_s
    )


def _deciding(found: Refusal) -> tuple[str, Detail | None]:
    first = found.details[0] if found.details else None
    if found.code == "4135" and "duplicat" in found.message.lower():
        return "4141", first
    if found.code not in _GENERAL:
        return found.code, first
    for detail in found.details:
        if detail.code in TABLE:
            return detail.code, detail
    inside = _first_code(found.message, skip=found.code)
    return inside or found.code, first


def _detail(row: dict[str, Any]) -> Detail:
    message = _text(row.get("message"))
    return Detail(
        field=_text(row.get("field")),
        seller_sku=_text(row.get("seller_sku")),
        sku_id=_text(row.get("sku")),
        code=_text(row.get("code")) or _first_code(message),
        message=message[:_LONGEST_MESSAGE],
    )


def _first_code(message: str, skip: str = "") -> str:
    """The first known code that a message packs between colons or spaces, or nothing.

    >>> _first_code("207:SKU_NOT_FOUND:sku not exist")
    '207'
    """
    for part in re.split(r"[:\s,\[\]()]+", message):
        if part in TABLE and part not in _GENERAL and len(part) > 2 and part != skip:
            return part
    if "ABILITY_PG" in message:
        return "4170"  # the campaign switch, said without a number
    return ""


def _message(found: Refusal, detail: Detail | None) -> str:
    parts = [found.message, detail.message if detail else ""]
    return " / ".join(part for part in parts if part)[:_LONGEST_MESSAGE]


def _retry_after_s(code: str, message: str, kind: type[MarketplaceError], settings: Settings) -> float:
    if code == "998":
        return settings.campaign_wait_s
    if code in ("4147", "4154"):
        return settings.busy_wait_s
    if not issubclass(kind, RateLimitError):
        return 0.0
    ban = _BAN.search(message)
    told_s = float(ban.group(1)) if ban else 0.0
    return max(told_s, 60.0 if code == "AppCallLimit" else 1.0)


def _text(value: Any) -> str:
    return "" if value is None else str(value)

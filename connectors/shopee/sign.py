"""Shopee's signature: HMAC-SHA256 over a plain concatenation; neither body nor query is covered."""

from __future__ import annotations

import hashlib
import hmac


def signature(partner_key: str, base: str) -> str:
    """Lower-case hex. The key is used as text: the `shpk` in front belongs to it, and it is not hex-decoded."""
    return hmac.new(partner_key.encode(), base.encode(), hashlib.sha256).hexdigest()


def base_string(partner_id: str, path: str, timestamp: int, access_token: str = "", shop_id: str = "") -> str:
    """What is signed: a public call leaves token and shop empty, a shop call gives both.

    `path` starts with `/api/v2/` and has neither host nor query.

    >>> base_string("2001887", "/api/v2/shop/get_shop_info", 1655714431, "5977", "14701711")
    '2001887/api/v2/shop/get_shop_info1655714431597714701711'
    """
    return f"{partner_id}{path}{timestamp}{access_token}{shop_id}"


def push_signature(key: str, callback_url: str, body: bytes) -> str:
    """Lower-case hex over `url|body`; the address is exactly the one registered in the console."""
    return hmac.new(key.encode(), f"{callback_url}|".encode() + body, hashlib.sha256).hexdigest()

"""Answers that are true and hard to read: rows out of order, titles of absurd length, odd Unicode."""

import json
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

KINDS = ("shuffled_page", "huge_title", "odd_unicode")
HUGE = "ผ้าทอมือลายดอกพิกุลย้อมครามธรรมชาติ " * 300
# Stacked vowels and tone marks, a decomposed sara am, a zero-width joiner and space, an emoji, right-to-left marks.
ODD = "กำ\u0e4d\u0e32 ป้ำ\u200b\u200dน้ำ 🧺 \u202eกลับ\u202c ก\u0e34\u0e4c\u0e48"


def distorted(kinds: list[str], titles: frozenset[str], pages: frozenset[str], send: Send) -> Send:
    """A sender that spoils one JSON answer; `titles` and `pages` are the channel's names of such fields."""
    held: list[MutableMapping[str, Any]] = []

    async def later(message: MutableMapping[str, Any]) -> None:
        held.append(message)
        if message["type"] != "http.response.body" or message.get("more_body", False):
            return
        body = b"".join(part.get("body", b"") for part in held if part["type"] == "http.response.body")
        spoilt = _spoilt(body, kinds, titles, pages)
        start = dict(held[0])
        start["headers"] = [
            (name, str(len(spoilt)).encode() if name == b"content-length" else value)
            for name, value in start["headers"]
        ]
        await send(start)
        await send({"type": "http.response.body", "body": spoilt, "more_body": False})

    return later


def _spoilt(body: bytes, kinds: list[str], titles: frozenset[str], pages: frozenset[str]) -> bytes:
    try:
        answer = json.loads(body)
    except ValueError:
        return body
    for owner in _objects(answer):
        for name in titles & owner.keys():
            if isinstance(owner[name], str):
                owner[name] = HUGE if "huge_title" in kinds else ODD if "odd_unicode" in kinds else owner[name]
        for name in pages & owner.keys():
            if "shuffled_page" in kinds and isinstance(owner[name], list):
                owner[name].reverse()
    return json.dumps(answer, ensure_ascii=False).encode()


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)

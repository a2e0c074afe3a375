"""A short line to a practice marketplace in this process: the bytes of a real one, and no socket between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote

import httpx

from sandbox.market.wire import HANG_UP, App

Message = MutableMapping[str, Any]


class Line(httpx.BaseTransport):
    """Asks the application behind each port; who is called twice is never asked twice at once.

    Two threads that hand every call to each other cost more than both of them work, on a busy machine many times.
    """

    def __init__(self, apps: Mapping[int, App]) -> None:
        self._apps = apps
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The whole answer. Raises: httpx.RemoteProtocolError when the marketplace hangs up without one."""
        call = _Call(request)
        app = self._apps[request.url.port or 0]
        self._loop.run_until_complete(app(call.scope(), call.receive, call.send))
        return call.answer()

    def close(self) -> None:
        """Nobody is asked any more."""
        self._loop.close()


class _Call:
    """One request, as an application reads it, and what it said."""

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self._hung_up = False
        self._start: Message = {}
        self._body = bytearray()

    def scope(self) -> dict[str, Any]:
        request, target = self._request, self._request.url.raw_path.partition(b"?")
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": request.url.scheme,
            "method": request.method, "path": unquote(target[0].decode()), "raw_path": target[0], "root_path": "",
            "query_string": target[2], "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "server": (request.url.host, request.url.port), "client": ("127.0.0.1", 1), HANG_UP: self._hang_up,
        }  # fmt: skip

    async def receive(self) -> Message:
        return {"type": "http.request", "body": self._request.read(), "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        else:
            self._body += message.get("body", b"")

    async def _hang_up(self) -> None:
        self._hung_up = True

    def answer(self) -> httpx.Response:
        if self._hung_up or not self._start:
            raise httpx.RemoteProtocolError("server disconnected without an answer", request=self._request)
        return httpx.Response(self._start["status"], headers=self._start["headers"], content=bytes(self._body))

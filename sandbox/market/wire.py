"""Between the socket and the channel: counts calls and does the misbehaviour that no channel needs to know of."""

import asyncio
import pickle
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.market import distort
from sandbox.market.classroom import listening
from sandbox.market.market import Market

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HANG_UP = "sandbox.hang_up"
LATENCY_S = 1.0
_BUSY_PAGE = "<html><head><title>Service busy</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class HangUpProtocol(H11Protocol):
    """HTTP/1.1 whose application may close the connection without an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope[HANG_UP] = self._hang_up
            await inner(scope, receive, send)

        self.app = app

    async def _hang_up(self) -> None:
        self.transport.close()
        # Once the loop has told the protocol, it will not try to answer 500 in our place.
        while self.cycle is not None and not self.cycle.disconnected:
            await asyncio.sleep(0)


class Wire:
    """ASGI wrapper around the whole practice marketplace."""

    def __init__(self, market: Market, app: App) -> None:
        self.market, self.app = market, app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.market.tick()
        path = self.market.api_path(scope["path"])
        if path is None:
            await self.app(scope, receive, send)
            return
        await self._api(path, scope, await _whole_body(receive), send)

    async def _api(self, path: str, scope: Scope, body: bytes, send: Send) -> None:
        market = self.market
        shop_id = market.caller(Request(scope), body)
        market.calls[path, shop_id] += 1
        slow = market.faults.take("latency", path, shop_id)
        if slow is not None:
            await asyncio.sleep(LATENCY_S if slow.delay_s is None else slow.delay_s)
        if market.faults.take("drop_before", path, shop_id):
            await scope[HANG_UP]()
            return
        answer = _broken_answer(market, path, shop_id)
        if answer is not None:
            await answer(scope, _replay(body), send)
            return
        _spoil_tokens(market, path, shop_id)
        if market.classroom.hints:
            send = listening(lambda given: market.classroom.note(market, path, shop_id, given), send)
        if market.faults.take("drop_after", path, shop_id):
            await self._handle(path, shop_id, scope, body, _swallow)
            await scope[HANG_UP]()
            return
        await self._handle(path, shop_id, scope, body, send)

    async def _handle(self, path: str, shop_id: str | None, scope: Scope, body: bytes, send: Send) -> None:
        market = self.market
        if not market.is_write(path):
            kinds = [kind for kind in distort.KINDS if market.faults.take(kind, path, shop_id)]
            send = distort.distorted(kinds, market.title_fields, market.page_fields, send) if kinds else send
        if shop_id is None or shop_id not in market.shops:
            await self.app(scope, _replay(body), send)
        elif market.is_write(path):
            await self._write(path, shop_id, scope, body, send)
        elif market.faults.take("stale_read", path, shop_id):
            await self._stale(shop_id, scope, body, send)
        else:
            await self.app(scope, _replay(body), send)

    async def _write(self, path: str, shop_id: str, scope: Scope, body: bytes, send: Send) -> None:
        market = self.market
        if market.faults.waiting("stale_read"):
            market.remember(shop_id)
        if not market.faults.take("accept_then_lose", path, shop_id):
            await self.app(scope, _replay(body), send)
            return
        kept: list[MutableMapping[str, Any]] = []
        # Locked, so that no saving in between keeps the shop as it must not be.
        with market.lock:
            before, market.muted = pickle.dumps(market.shops[shop_id]), True
            try:
                await self.app(scope, _replay(body), _later(kept))
            finally:
                market.put_back(shop_id, before)
                market.muted = False
        for message in kept:
            await send(message)

    async def _stale(self, shop_id: str, scope: Scope, body: bytes, send: Send) -> None:
        market = self.market
        kept: list[MutableMapping[str, Any]] = []
        with market.lock:
            present = market.shops[shop_id]
            market.shops[shop_id] = market.remembered(shop_id)
            try:
                await self.app(scope, _replay(body), _later(kept))
            finally:
                market.shops[shop_id] = present
        for message in kept:
            await send(message)


def _broken_answer(market: Market, path: str, shop_id: str | None) -> Response | None:
    if market.faults.take("http_500", path, shop_id):
        return Response("Internal Server Error", 500, media_type="text/plain")
    if market.faults.take("html", path, shop_id):
        return HTMLResponse(_BUSY_PAGE)
    if market.faults.take("empty", path, shop_id):
        return Response(b"", 200)
    return None


def _spoil_tokens(market: Market, path: str, shop_id: str | None) -> None:
    shop = market.shops.get(shop_id or "")
    if shop is None:
        return
    if market.faults.take("token_expired", path, shop_id):
        for grant in shop.grants:
            grant.access_ends_at = 0.0
    if market.faults.take("token_revoked", path, shop_id):
        for grant in shop.grants:
            grant.revoke()


async def _whole_body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes) -> Receive:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _swallow(message: MutableMapping[str, Any]) -> None:
    """The answer that the caller of a dropped connection never sees."""


def _later(kept: list[MutableMapping[str, Any]]) -> Send:
    async def send(message: MutableMapping[str, Any]) -> None:
        kept.append(message)

    return send

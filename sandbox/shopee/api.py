"""One call through the gateway: known path, signature, token, limits, handler, envelope."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.market.reading import read_json
from sandbox.market.shop import Shop
from sandbox.shopee import decode, errors, gateway, pushes
from sandbox.shopee.errors import RefusalError

if TYPE_CHECKING:
    from sandbox.shopee.market import ShopeeMarket

DAY_S, UTC8_S, PING_WITHIN_S = 86_400, 8 * 3600, 3.0
SET_PUSH_PATH = "/api/v2/push/set_app_push_config"
OFFLINE = "Permission denied. This API is currently offline or the request path is incorrect."
# Once real, still called by old clients; a path that never was answers 404 instead.
RETIRED = frozenset({"/api/v2/product/get_attributes"})


@dataclass
class Call:
    """What a handler gets: the market, the shop it may act on, and the request's parts."""

    market: "ShopeeMarket"
    path: str
    query: QueryParams
    raw: bytes
    request_id: str
    shop_id: str = ""
    form: FormData | None = None
    ping_ok: bool | None = None

    @property
    def shop(self) -> Shop:
        """The caller's shop."""
        return self.market.shops[self.shop_id]

    @property
    def now(self) -> float:
        """Epoch seconds."""
        return self.market.clock.now()

    @property
    def module(self) -> str:
        """`product`, `order`, ..."""
        return self.path.split("/")[3]

    def body(self, shape: Mapping[str, Any], *required: str) -> dict[str, Any]:
        """The JSON body, strictly read."""
        name = "".join(part.capitalize() for part in self.path.rsplit("/", 1)[-1].split("_")) + "Req"
        return decode.read(self.raw, shape, name, self.module, *required)

    def text(self, name: str) -> str:
        """A required query parameter."""
        if not self.query.get(name):
            raise errors.missing(self.module, name)
        return self.query[name]

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number in the query; required without a default."""
        text = self.query.get(name) or ("" if default is None else str(default))
        if not text:
            raise errors.missing(self.module, name)
        return parse_int(text, name)

    def numbers(self, name: str, most: int) -> list[int]:
        """A comma-joined list of 1 to `most` whole numbers; brackets do not parse."""
        found = [parse_int(part, name) for part in self.text(name).split(",")]
        if len(found) > most:
            raise errors.param(f"{name} should not be more than {most}.")
        return found

    def page_size(self) -> int:
        """`page_size`, 1 to 100; the fault `more_rows` doubles it."""
        size = self.number("page_size")
        if not 1 <= size <= 100:
            raise errors.param("page_size should be between 1 and 100.")
        return size * 2 if self.strikes("more_rows") else size

    def strikes(self, kind: str) -> bool:
        """Whether a requested fault of this kind hits this call."""
        return self.market.faults.take(kind, self.path, self.shop_id or None) is not None

    def ok(self, response: object = None, **top: Any) -> dict[str, Any]:
        """A successful answer; keyword arguments stand at the top level."""
        return errors.envelope(self.request_id, response, top=top)


Handler = Callable[[Call], dict[str, Any] | Response]


@dataclass
class Limits:
    """Burst limit per shop and path, and the app's daily quota that returns at 00:00 UTC+8."""

    recent: dict[tuple[str, str], deque[float]] = field(default_factory=dict)
    day: int = 0
    used: int = 0

    def count(self, shop_id: str, path: str, now: float, settings: Mapping[str, Any]) -> None:
        """Raises RefusalError when this call is one too many."""
        window = self.recent.setdefault((shop_id, path), deque())
        while window and window[0] <= now - 1.0:
            window.popleft()
        if len(window) >= settings["rate_per_s"]:
            raise errors.rate_limited(settings["rate_limit_status"])
        window.append(now)
        today = int((now + UTC8_S) // DAY_S)
        self.day, self.used = today, self.used + 1 if today == self.day else 1
        if settings["daily_limit"] is not None and self.used > settings["daily_limit"]:
            raise errors.daily_limit()


def parse_int(text: str, name: str) -> int:
    """The whole number in `text`, or Shopee's Go-like complaint about it."""
    try:
        return int(text)
    except ValueError:
        problem = f'strconv.ParseInt: parsing "{text}": invalid syntax'
        raise errors.param(f"parse param {name} error: {problem}") from None


async def answer(market: "ShopeeMarket", handlers: Mapping[str, tuple[str, Handler]], request: Request) -> Response:
    """The HTTP answer to one API call."""
    path = request.url.path
    if path in RETIRED:
        return JSONResponse(errors.refused(market.new_request_id(), RefusalError("error_param", OFFLINE)))
    if path not in handlers:
        return JSONResponse(errors.UNKNOWN_PATH, 404)
    is_form = request.headers.get("content-type", "").startswith("multipart/form-data")
    form = await request.form() if is_form else None
    raw = b"" if is_form else await request.body()
    # Whether a push URL answers is asked before the lock is taken, for the listener may be slow.
    ping_ok = await _ping(raw) if path == SET_PUSH_PATH else None
    with market.lock:
        call = Call(market, path, request.query_params, raw, market.new_request_id(), form=form, ping_ok=ping_ok)
        try:
            given = _admitted(call, request.method, handlers[path])
        except RefusalError as refusal:
            return _refused(call, refusal)
    return given if isinstance(given, Response) else JSONResponse(given)


def _admitted(call: Call, method: str, handler: tuple[str, Handler]) -> dict[str, Any] | Response:
    market = call.market
    if method != handler[0]:
        raise RefusalError("error_param", OFFLINE, gateway=True)
    public = gateway.check(
        call.query, call.path, partner_id=market.app_key, partner_key=market.app_secret, now_s=int(call.now)
    )
    if not public:
        call.shop_id = str(gateway.check_token(call.query, market.token_serves, market.why_not_linked))
    if call.strikes("rate_limit"):
        raise errors.rate_limited(market.settings["rate_limit_status"])
    market.limits.count(call.shop_id, call.path, call.now, market.settings)
    given = handler[1](call)
    if market.is_write(call.path):
        market.touch()
    return given


async def _ping(raw: bytes) -> bool | None:
    """Whether the URL in this body takes a verification message; None when the body names none."""
    try:
        url = read_json(raw)["callback_url"]
        message = pushes.verification(url)
        async with httpx.AsyncClient(timeout=PING_WITHIN_S, trust_env=False) as client:
            given = await client.post(url, content=message.body, headers=message.headers)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    except (ValueError, KeyError, TypeError):
        return None
    return given.is_success


def _refused(call: Call, refusal: RefusalError) -> Response:
    # A refused stock or price call may have changed its other rows.
    call.market.touch()
    status = refusal.http_status
    if refusal.gateway and status == 200:
        status = call.market.settings["auth_status"]
    return JSONResponse(errors.refused(call.request_id, refusal), status)

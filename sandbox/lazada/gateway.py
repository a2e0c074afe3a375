"""The gateway: reads a call, checks it in order, hands it to the API, wraps the answer."""

import itertools
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.lazada.errors import ApiError, gateway
from sandbox.lazada.signing import is_signed
from sandbox.market.shop import Shop

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

TIMESTAMP_WINDOW_S = 7200
LONGEST_QUERY = 8_000
"""Characters of an address behind its path; "long URLs fail" is recorded, their length is not."""
_MANDATORY = 'The input parameter "{}" that is mandatory for processing this request is not supplied'


@dataclass
class Call:
    """One checked call: its path, its parameters as text, its files, and the shop it speaks for."""

    path: str
    params: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)
    shop_or_none: Shop | None = None
    fetched: dict[str, bytes | None] = field(default_factory=dict)

    @property
    def shop(self) -> Shop:
        """The caller's shop; only for APIs that need a token."""
        if self.shop_or_none is None:
            raise LookupError("this API was registered without a token")
        return self.shop_or_none

    def get(self, name: str, default: str = "") -> str:
        """The parameter, or the default when it is missing or empty."""
        return self.params.get(name) or default


Handler = Callable[["LazadaMarket", Call], dict[str, Any]]


@dataclass(frozen=True)
class Api:
    """One API: its handler, whether it needs a token, whether it changes listings or orders."""

    handler: Handler
    token: bool = True
    write: bool = False


class Gateway:
    """Checks and serves every API of one practice Lazada."""

    def __init__(self, market: "LazadaMarket", apis: Mapping[str, Api]) -> None:
        self.market, self.apis = market, apis
        self._numbers = itertools.count(1)
        self._recent: dict[tuple[str, str], deque[float]] = {}
        self._banned_until: dict[tuple[str, str], float] = {}

    async def answer(self, request: Request) -> Response:
        """The answer to one call: HTTP 200 and JSON, unless the address is too long to be read at all."""
        if len(request.url.query) > LONGEST_QUERY:
            return Response("<html>414 Request-URI Too Large</html>", 414, media_type="text/html")
        path = "/" + request.path_params["path"]
        params, files = await read_params(request)
        call = Call(path, params, files)
        try:
            api = self._checked(call)
            await self.market.prepare(call)
            with self.market.lock:
                body = {"code": "0", **api.handler(self.market, call)}
        except ApiError as error:
            body = error.body()
        return JSONResponse({**body, "request_id": self._request_id()})

    def _checked(self, call: Call) -> Api:
        api = self.apis.get(call.path)
        if api is None:
            raise gateway("InvalidApiPath", "The specified API path is invalid")
        self._check_app(call.params)
        self._check_timestamp(call.params["timestamp"])
        if call.params["sign_method"] != "sha256" or not is_signed(call.path, call.params, self.market.app_secret):
            raise gateway("IncompleteSignature", "The request signature does not conform to platform standards")
        if api.token:
            call.shop_or_none = self._shop(call.params)
            self._throttle(call.path, call.shop.shop_id)
        return api

    def _check_app(self, params: Mapping[str, str]) -> None:
        for name in ("app_key", "timestamp", "sign_method", "sign"):
            if not params.get(name):
                raise gateway("MissingParameter", _MANDATORY.format(name))
        if params["app_key"] != self.market.app_key:
            raise gateway("InvalidAppKey", "The specified App Key is invalid")

    def _check_timestamp(self, text: str) -> None:
        try:
            sent_at = read_timestamp(text)
        except ValueError:
            sent_at = 0.0
        # Callers live in real time; a clock that was advanced for practice must not lock them out.
        nearest = min(abs(sent_at - time.time()), abs(sent_at - self.market.clock.now()))
        if nearest > TIMESTAMP_WINDOW_S:
            raise gateway("IllegalTimestamp", "The specified timestamp is expired or malformed")

    def _shop(self, params: Mapping[str, str]) -> Shop:
        token = params.get("access_token")
        if not token:
            raise gateway("MissingParameter", _MANDATORY.format("access_token"))
        found = self.market.by_access_token(token)
        if found is None or found[1].access_ends_at <= self.market.clock.now():
            raise gateway("IllegalAccessToken", "The specified access token is invalid or expired")
        return found[0]

    def _throttle(self, path: str, shop_id: str) -> None:
        fault = self.market.faults.take("rate_limit", path, shop_id)
        now, key = time.monotonic(), (path, shop_id)
        ban_s = 1.0 if fault is None or fault.delay_s is None else fault.delay_s
        if fault is not None and fault.delay_s:
            self._banned_until[key] = now + ban_s
        recent = self._recent.setdefault(key, deque())
        while recent and recent[0] <= now - 1.0:
            recent.popleft()
        full = len(recent) >= self.market.settings["rate_per_second"]
        if fault is not None or full or self._banned_until.get(key, 0.0) > now:
            text = f"Api access frequency exceeds the limit. this ban will last {round(ban_s)} seconds"
            raise gateway("ApiCallLimit", text)
        recent.append(now)

    def _request_id(self) -> str:
        return f"2100{self.market.seed:04x}{millis_now():012d}{next(self._numbers):08x}"


def millis_now() -> int:
    """Real milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def read_timestamp(text: str) -> float:
    """Epoch seconds of the `timestamp` parameter: milliseconds, or UTC text. Raises ValueError."""
    if text.isdecimal():
        return int(text) / 1000
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


async def read_params(request: Request) -> tuple[dict[str, str], dict[str, bytes]]:
    """The parameters of query and form together, and the file parts. A raw body holds none."""
    params = dict(parse_qsl(request.url.query, keep_blank_values=True))
    files: dict[str, bytes] = {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        text = (await request.body()).decode("utf-8", "replace")
        params |= dict(parse_qsl(text, keep_blank_values=True))
    elif kind.startswith("multipart/form-data"):
        async with request.form(max_part_size=16 * 1024 * 1024) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    files[name] = await value.read()
                else:
                    params[name] = value
    return params, files


_IN_FORM = re.compile(rb"(?:^|&)(?:access|refresh)_token=([^&]+)")
_IN_PART = re.compile(rb'name="access_token"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]+)\r\n')


def token_in(request: Request, body: bytes) -> str:
    """The access or refresh token a call carries, wherever it is; empty when there is none."""
    query = request.query_params
    given = query.get("access_token") or query.get("refresh_token")
    if given:
        return given
    multipart = request.headers.get("content-type", "").startswith("multipart/")
    found = (_IN_PART if multipart else _IN_FORM).search(body)
    return found.group(1).decode("ascii", "replace") if found else ""

"""Signs and sends calls to Shopee and opens the envelope; raises our errors and nothing else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any, TypeVar

import httpx

from chalicelib.domain import ports
from chalicelib.domain.errors import (
    MarketplaceError,
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RateLimitError,
    TokenExpiredError,
    TransientError,
)
from chalicelib.domain.shops import ShopAccess, Tokens
from connectors.shared_pace import Pacing
from connectors.shopee import answers, errors, sign
from connectors.shopee.settings import DEFAULTS, Settings
from connectors.wire import Wire

HOST = "https://partner.shopeemobile.com"
CHANNEL = "shopee"
WARNING_LENGTH = 500
# How a label begins, and what it then is; anything else is no label, whatever its header says.
FILES = {b"%PDF": "application/pdf", b"PK\x03\x04": "application/zip"}
_ROWS = ("success_list", "failure_list", "result_list")

logger = logging.getLogger(__name__)

M = TypeVar("M", bound=answers.Answer)
Params = Mapping[str, Any]


class Repeat(Enum):
    """Whether a call may be sent again when no answer came."""

    FREELY = "freely"  # reads, and photo uploads: a second copy harms nobody
    ABSOLUTE = "absolute"  # writes that set a number or a state; still unknown when all attempts are lost
    NEVER = "never"  # a second one could make a second thing


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the path after `/api/v2/`, and what goes into query, body and files.

    `rows`: the answer carries rows of its own beside an error, so an error with rows is an answer.
    `file`: the answer is a file, JSON only when refused.
    """

    path: str
    params: Params = field(default_factory=dict)
    body: Params | None = None
    files: Sequence[tuple[str, tuple[str, bytes, str]]] = ()
    repeat: Repeat = Repeat.FREELY
    rows: bool = False
    public: bool = False
    file: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An opened envelope, or the bytes of a file. `error` is empty except for a call that reads rows beside it."""

    payload: Any
    request_id: str = ""
    error: str = ""
    message: str = ""


class Sender:
    """Sends one call once, signed freshly, and opens its envelope."""

    def __init__(
        self, access: ShopAccess, wire: Wire, clock: ports.Clock, pace: Pacing, settings: Settings = DEFAULTS
    ) -> None:
        self.access = access
        self.wire = wire
        self._pace = pace
        self.clock = clock
        self.settings = settings
        self._host = (access.base_url or HOST).rstrip("/")

    def once(self, call: Call, tokens: Tokens | None = None) -> Reply:
        """The answer to one request; `tokens` are left out of public calls.

        Raises: the error of the code table; OutcomeUnknownError when a write that must not be repeated may have
        worked, which includes every refusal that asks to come back later.
        """
        with self._pace.call(self.access.app.app_key, self.access.remote_id, call.path):
            return self._exchanged(call, tokens)

    def _exchanged(self, call: Call, tokens: Tokens | None) -> Reply:
        is_write = call.repeat is Repeat.NEVER
        path = f"/api/v2/{call.path}"
        request: dict[str, Any] = {"params": _query(self._common(path, call, tokens) | dict(call.params))}
        if call.files:
            request["files"] = list(call.files)
            request["data"] = call.body or {}
        elif call.body is not None:
            request["json"] = call.body
        method = "GET" if call.body is None and not call.files else "POST"
        response = self._sent(method, self._host + path, is_write, request)
        return self._opened(call, response, is_write)

    def _sent(self, method: str, url: str, is_write: bool, request: dict[str, Any]) -> httpx.Response:
        try:
            return self.wire.send(method, url, is_write=is_write, **request)
        except RateLimitError as error:
            # A limit met half way through a create may have let it through (design.md, Failure).
            if is_write:
                raise _unknown(error) from error
            raise

    def _common(self, path: str, call: Call, tokens: Tokens | None) -> dict[str, Any]:
        """The parameters every call carries in its query, POST too."""
        app = self.access.app
        stamp = int(self.clock().timestamp())
        token = "" if call.public or tokens is None else tokens.access
        shop = self.access.remote_id if token else ""
        base = sign.base_string(app.app_key, path, stamp, token, shop)
        common = {"partner_id": app.app_key, "timestamp": stamp, "sign": sign.signature(app.app_secret, base)}
        return common | ({"access_token": token, "shop_id": shop} if token else {})

    def _opened(self, call: Call, response: httpx.Response, is_write: bool) -> Reply:
        if call.file and response.content.startswith(tuple(FILES)):
            return Reply(response.content)
        body = self.wire.json(response, is_write=is_write)
        if "error" not in body:
            raise self.wire.no_answer("no_envelope", is_write=is_write)
        code = str(body["error"] or "")
        request_id = str(body.get("request_id") or "")
        if response.status_code == 404 and "request_id" not in body:
            raise ProtocolSurpriseError(CHANNEL, "unknown_path", call.path)
        payload = body["response"] if body.get("response") is not None else body
        if self._is_success(code, call.path):
            _note(call.path, body.get("warning"), request_id)
            return Reply(payload, request_id)
        message = _message(body)
        if call.rows and _has_rows(payload):
            return Reply(payload, request_id, code, message)
        error = _refusal(code, message, request_id, is_write)
        if error.user_key == errors.DAILY_QUOTA:
            error.retry_after_s = _until_midnight_s(self.clock())
        raise error

    def _is_success(self, code: str, path: str) -> bool:
        if code == "":
            return True
        return path.startswith(self.settings.blank_errors_under) and code.strip() in {"", "-"}


class Client:
    """Calls of one shop: the right token, renewed once when stale; repeats what may be repeated."""

    def __init__(self, sender: Sender, tokens: ports.TokenSource) -> None:
        self.sender = sender
        self.settings = sender.settings
        self.clock = sender.clock
        self._tokens = tokens
        self._renewing = threading.Lock()

    @property
    def calls(self) -> int:
        """HTTP calls so far."""
        return self.sender.wire.calls

    def get(self, model: type[M], path: str, **params: Any) -> M:
        """The payload of a read."""
        reply = self.call(Call(path, params))
        return answers.read(model, reply.payload, path, reply.request_id)

    def post(self, model: type[M], path: str, body: Params, *, rows: bool = False) -> M:
        """The payload of a read that Shopee wants as a POST, or of a write that harms nobody when repeated."""
        reply = self.call(Call(path, body=body, rows=rows))
        return answers.read(model, reply.payload, path, reply.request_id)

    def write(self, path: str, body: Params, repeat: Repeat = Repeat.NEVER, *, rows: bool = False) -> Reply:
        """The answer to a JSON write."""
        return self.call(Call(path, body=body, repeat=repeat, rows=rows))

    def call(self, call: Call) -> Reply:
        """The answer, with a renewed token when the first one was stale.

        A stale token is refused before anything is written, so any call may be sent again after it.
        """
        tokens = self._tokens.current()
        try:
            return self._sent(call, tokens)
        except TokenExpiredError:
            return self._sent(call, self._renewed(tokens))

    def _renewed(self, stale: Tokens) -> Tokens:
        """A younger pair. Threads of one shop ask one after the other: a refresh token works once."""
        with self._renewing:
            now = self._tokens.current()
            return now if now.generation > stale.generation else self._tokens.renew(stale)

    def _sent(self, call: Call, tokens: Tokens) -> Reply:
        if call.repeat is Repeat.NEVER:
            return self.sender.once(call, tokens)
        if call.repeat is Repeat.FREELY:
            return self.sender.wire.read(lambda: self.sender.once(call, tokens))
        return self._absolute(call, tokens)

    def _absolute(self, call: Call, tokens: Tokens) -> Reply:
        """A write that may be repeated; when no attempt was answered, nobody knows whether one worked."""
        lost: list[MarketplaceError] = []

        def attempt() -> Reply:
            try:
                return self.sender.once(call, tokens)
            except TransientError as error:
                if not isinstance(error, RateLimitError) and error.code != "not_sent":
                    lost.append(error)
                raise

        try:
            return self.sender.wire.read(attempt)
        except TransientError as error:
            raise _unknown(lost[-1]) if lost else error from None


def _query(params: Params) -> list[tuple[str, str]]:
    """Query pairs: a tuple becomes a repeated key, a list is comma-joined, true and false are words."""
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        values = value if isinstance(value, tuple) else (value,)
        pairs.extend((name, _text(one)) for one in values if one is not None)
    return pairs


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _message(body: Mapping[str, Any]) -> str:
    """`message` or `msg`, and `debug_message` where it says more."""
    said = str(body.get("message") or body.get("msg") or "")
    more = str(body.get("debug_message") or "")
    return f"{said} ({more})" if more and more not in said else said


def _note(path: str, warning: object, request_id: str) -> None:
    """A warning beside a success may tell that a part of the data is missing; it changes nothing else (SHP-036)."""
    said = str(warning or "").strip()
    if said not in {"", "-"}:
        logger.warning("shopee %s answered with a warning: %s (request %s)", path, said[:WARNING_LENGTH], request_id)


def _has_rows(payload: Any) -> bool:
    return isinstance(payload, dict) and any(payload.get(name) for name in _ROWS)


def _refusal(code: str, message: str, request_id: str, is_write: bool) -> MarketplaceError:
    error = errors.error(code, message, request_id)
    later = isinstance(error, TransientError) and not errors.meaning(code, message).certain
    if not (is_write and later):
        return error
    unknown = _unknown(error)
    unknown.__cause__ = error  # a limit stays a limit for whoever paces the calls
    return unknown


def _until_midnight_s(now: datetime) -> float:
    """Seconds until 00:00 UTC+8, when the day's quota of calls starts anew."""
    there = now.astimezone(timezone(timedelta(hours=8)))
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return (midnight - there).total_seconds()


def _unknown(error: MarketplaceError) -> OutcomeUnknownError:
    return OutcomeUnknownError(CHANNEL, error.code, error.message, request_id=error.request_id)

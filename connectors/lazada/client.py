"""Speaks LazOP for one shop: signs, sends, unwraps the envelope, raises our errors."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.domain.errors import (
    ProtocolSurpriseError,
    RateLimitError,
    TokenExpiredError,
    TransientError,
)
from chalicelib.domain.ports import Clock, TokenSource
from chalicelib.domain.shops import ShopAccess, Tokens
from connectors.lazada.refusal import CHANNEL, Detail, as_unknown, error_of, refusal
from connectors.lazada.settings import Settings
from connectors.lazada.sign import sign
from connectors.shared_pace import Pacing
from connectors.wire import Wire

REST = "https://api.lazada.co.th/rest"
AUTH = "https://auth.lazada.com/rest"
PARTIAL = "501"

T = TypeVar("T")
Params = Mapping[str, str]
Files = dict[str, tuple[str, bytes, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was accepted, at least in part. `data` is whatever `data` held, {} when it was left out.

    `details` are the failing SKUs of a write that was applied to the others (code 501).
    """

    data: Any
    request_id: str
    body: Mapping[str, Any]
    code: str = "0"
    message: str = ""
    details: tuple[Detail, ...] = ()


class Gateway:
    """Signs and sends one call with given tokens; knows nothing of renewing them or of repeating."""

    def __init__(self, access: ShopAccess, wire: Wire, clock: Clock, pace: Pacing, settings: Settings) -> None:
        self.access = access
        self.wire = wire
        self.settings = settings
        self._clock = clock
        self._pace = pace

    def send(
        self,
        method: str,
        path: str,
        params: Params,
        *,
        access_token: str = "",
        is_write: bool,
        files: Files | None = None,
        partial: bool = False,
    ) -> Reply:
        """The reply to one attempt, with a fresh timestamp and signature.

        `partial`: a 501 that names failing SKUs is a reply, not an error. Raises: the errors of the table.
        """
        with self._pace.call(self.access.app.app_key, self.access.remote_id, path):
            signed = self._signed(path, params, access_token)
            parts: dict[str, Any] = {"params": signed} if method == "GET" else {"data": signed}
            if files:
                parts["files"] = files
            response = self.wire.send(method, self._base(path) + path, is_write=is_write, **parts)
            return self._unwrap(self.wire.json(response, is_write=is_write), is_write=is_write, partial=partial)

    def now(self) -> datetime:
        """The present moment."""
        return self._clock()

    def _base(self, path: str) -> str:
        if self.access.base_url:
            return self.access.base_url.rstrip("/")
        return AUTH if path.startswith("/auth/") else REST

    def _signed(self, path: str, params: Params, access_token: str) -> dict[str, str]:
        # An empty value is signed differently by different SDKs, so none is ever sent (LAZ-004).
        said = {name: value for name, value in params.items() if value != ""}
        said |= {"app_key": self.access.app.app_key, "sign_method": "sha256"}
        said["timestamp"] = str(int(self._clock().timestamp() * 1000))
        if access_token:
            said["access_token"] = access_token
        said["sign"] = sign(self.access.app.app_secret, path, said)
        return said

    def _unwrap(self, body: dict[str, Any], *, is_write: bool, partial: bool) -> Reply:
        if "code" not in body:
            raise ProtocolSurpriseError(CHANNEL, "no_code", "the answer has no code")
        code, request_id = str(body["code"]), str(body.get("request_id", ""))
        if code == "0":
            return Reply(body.get("data") or {}, request_id, body)
        found = refusal(body)
        if partial and code == PARTIAL and found.details:
            return Reply({}, request_id, body, code, found.message, found.details)
        raise error_of(found, self.settings, is_write=is_write)


class Client:
    """Speaks for one shop: adds its token, renews it once, tries reads again, never repeats a write."""

    def __init__(self, gateway: Gateway, tokens: TokenSource) -> None:
        self.gateway = gateway
        self.settings = gateway.settings
        self._tokens = tokens
        self._renewing = threading.Lock()

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self.gateway.wire.calls

    def read(self, path: str, params: Params | None = None) -> Reply:
        """The reply to a GET, tried again while the trouble may pass."""
        return self._patiently("GET", path, params or {})

    def upload(self, path: str, files: Files) -> Reply:
        """The reply to a file sent; repeated like a read, since an unused second copy harms nobody."""
        return self._patiently("POST", path, {}, files)

    def write(self, path: str, params: Params, *, partial: bool = False) -> Reply:
        """The reply to a POST that changes the shop. Raises: OutcomeUnknownError when it may have worked."""
        return self._with_token(
            lambda token: self.gateway.send("POST", path, params, access_token=token, is_write=True, partial=partial)
        )

    def act(self, path: str, params: Params) -> Reply:
        """As `write`, for the changes that Lazada documents as GET."""
        return self._with_token(lambda token: self.gateway.send("GET", path, params, access_token=token, is_write=True))

    def fetch(self, link: str) -> bytes:
        """The file behind a link that Lazada gave; no token and no signature travel. Raises: TransientError."""
        safe = ("https://", "http://") if self.gateway.access.base_url else ("https://",)
        if not link.startswith(safe):
            raise ProtocolSurpriseError(CHANNEL, "unexpected_link", link[:20])
        response = self.gateway.wire.read(lambda: self.gateway.wire.send("GET", link, is_write=False))
        if response.status_code != 200:
            raise TransientError(CHANNEL, f"http_{response.status_code}", "file behind a link")
        return response.content

    def create(self, path: str, params: Params) -> Reply:
        """As `write`; a rate limit also counts as unknown, so that nothing is created twice."""
        try:
            return self.write(path, params)
        except RateLimitError as error:
            raise as_unknown(error) from None

    def _patiently(self, method: str, path: str, params: Params, files: Files | None = None) -> Reply:
        def once() -> Reply:
            return self._with_token(
                lambda token: self.gateway.send(method, path, params, access_token=token, is_write=False, files=files)
            )

        return self.gateway.wire.read(once)

    def _with_token(self, call: Callable[[str], T]) -> T:
        tokens = self._tokens.current()
        try:
            return call(tokens.access)
        except TokenExpiredError:
            return self._renewed(call, tokens)

    def _renewed(self, call: Callable[[str], T], stale: Tokens) -> T:
        with self._renewing:  # threads of one shop ask one after the other; the first one's pair serves all
            fresh = self._tokens.renew(stale)
        try:
            return call(fresh.access)
        except TokenExpiredError as error:
            # A brand-new token that is refused, before anything was done: Lazada may not know it everywhere yet.
            # A consent that ended shows in the next renewal, which raises DisconnectedError by itself.
            raise TransientError(
                CHANNEL,
                error.code,
                error.message,
                request_id=error.request_id,
                retry_after_s=self.settings.new_token_wait_s,
            ) from None

"""Lazada as a whole: opens shops, refreshes tokens, asks for consent, reads pushes."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx

from chalicelib.domain import ports
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from connectors.lazada import push
from connectors.lazada.answers import TokensAnswer, read_as
from connectors.lazada.client import REST, Client, Gateway, Reply
from connectors.lazada.connector import LazadaShop
from connectors.lazada.facts import Facts
from connectors.lazada.refusal import CHANNEL
from connectors.lazada.settings import Settings
from connectors.pace import Pace
from connectors.wire import Patience, Wire, new_http

CONSENT_URL = "https://auth.lazada.com/oauth/authorize"


class Lazada:
    """Implements `ports.Channel`; one object serves every shop, category facts are shared per host."""

    name = CHANNEL

    def __init__(
        self,
        http: httpx.Client | None = None,
        clock: ports.Clock | None = None,
        settings: Settings | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._http = http or new_http()
        self._clock = clock or _now
        self._settings = settings or Settings()
        self._patience = patience or Patience()
        self._pace = Pace(self._settings.calls_per_s)
        self._facts: dict[str, Facts] = {}
        self._lock = threading.Lock()

    def open(self, access: ShopAccess, tokens: ports.TokenSource) -> LazadaShop:
        """A speaker for this shop."""
        return LazadaShop(Client(self._gateway(access), tokens), self._facts_of(access), access.shop)

    def refresh(self, access: ShopAccess, tokens: Tokens) -> Tokens:
        """A new pair; the old refresh token may be dead afterwards, so a lost answer is an unknown outcome.

        Raises: DisconnectedError, TransientError, OutcomeUnknownError.
        """
        reply = self._token_call(access, "/auth/token/refresh", {"refresh_token": tokens.refresh})
        return self._tokens(reply, tokens.generation + 1)

    def consent_url(self, app: AppKeys, redirect_uri: str, state: str, base_url: str = "") -> str:
        """Where a seller agrees. `redirect_uri` must equal the registered callback, character by character."""
        asked = {
            "response_type": "code",
            "force_auth": "true",
            "redirect_uri": redirect_uri,
            "client_id": app.app_key,
            "country": "th",
            "state": state,
        }
        page = base_url.removesuffix("/rest") + "/oauth/authorize" if base_url else CONSENT_URL
        return f"{page}?{urlencode(asked)}"

    def redeem(self, access: ShopAccess, code: str) -> tuple[str, Tokens]:
        """The shop's id at Lazada and its first tokens, for the code a consent brought back.

        Raises: DisconnectedError for a code that is wrong, used or older than thirty minutes.
        """
        reply = self._token_call(access, "/auth/token/create", {"code": code})
        answer = read_as(TokensAnswer, reply.body, reply.request_id)
        stores = [store for store in answer.stores if store.country in ("th", "")] or answer.stores
        return stores[0].seller_id if stores else "", self._tokens(reply, 1)

    def read_push(
        self, headers: Mapping[str, str], body: bytes, apps: Sequence[AppKeys], callback_url: str
    ) -> ports.PushReading:
        """What a push says; its signature covers the app key and the body, not the address."""
        return push.read(headers, body, apps)

    def calls_needed(self, changed: Sequence[tuple[str, str]]) -> int:
        """Fifty SKUs fit into one call, whatever listings they belong to."""
        return -(-len(set(changed)) // self._settings.skus_per_write)

    def _gateway(self, access: ShopAccess) -> Gateway:
        return Gateway(access, Wire(CHANNEL, self._http, self._patience), self._clock, self._pace, self._settings)

    def _facts_of(self, access: ShopAccess) -> Facts:
        with self._lock:
            host = access.base_url or REST
            return self._facts.setdefault(host, Facts(self._clock, self._settings.facts_live_s))

    def _token_call(self, access: ShopAccess, path: str, params: Mapping[str, str]) -> Reply:
        return self._gateway(access).send("POST", path, params, is_write=True)

    def _tokens(self, reply: Reply, generation: int) -> Tokens:
        answer, now = read_as(TokensAnswer, reply.body, reply.request_id), self._clock()
        return Tokens(
            access=answer.access_token,
            refresh=answer.refresh_token,
            access_until=now + timedelta(seconds=answer.expires_in),
            refresh_until=now + timedelta(seconds=answer.refresh_expires_in),
            generation=generation,
        )


def _now() -> datetime:
    return datetime.now(UTC)

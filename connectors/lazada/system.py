"""Lazada as a whole: opens shops, refreshes tokens, asks for consent, reads pushes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import httpx

from chalicelib.domain import ports
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from connectors.lazada import consent, push
from connectors.lazada.client import REST, Client, Gateway
from connectors.lazada.connector import LazadaShop
from connectors.lazada.consent import Consent
from connectors.lazada.facts import Facts
from connectors.lazada.refusal import CHANNEL
from connectors.lazada.settings import Settings
from connectors.shared_pace import pacing
from connectors.wire import Patience, Wire, forever, new_http


class Lazada:
    """Implements `ports.Channel`; one object serves every shop, category facts are shared per host."""

    name = CHANNEL

    def __init__(
        self,
        http: httpx.Client | None = None,
        clock: ports.Clock | None = None,
        settings: Settings | None = None,
        patience: Patience | None = None,
        allowance: ports.Allowance | None = None,
    ) -> None:
        self._http = http or new_http()
        self._clock = clock or _now
        self._settings = settings or Settings()
        self._patience = patience or Patience()
        self._pace = pacing(
            CHANNEL,
            allowance,
            self._settings.calls_per_s,
            self._settings.calls_at_once,
            self._settings.app_calls_per_s,
            self._settings.app_limit_codes,
        )
        self._facts: dict[str, Facts] = {}
        self._lock = threading.Lock()
        self._consent = Consent(self._gateway, self._clock, self._settings)

    def open(
        self, access: ShopAccess, tokens: ports.TokenSource, remaining_s: Callable[[], float] = forever
    ) -> LazadaShop:
        """A speaker for this shop; also its `ports.SellerDesk`."""
        return LazadaShop(Client(self._gateway(access, remaining_s), tokens), self._facts_of(access), access.shop)

    def refresh(self, access: ShopAccess, tokens: Tokens) -> Tokens:
        """A new pair. Raises: DisconnectedError, TransientError, OutcomeUnknownError."""
        return self._consent.refresh(access, tokens)

    def consent_url(self, app: AppKeys, redirect_uri: str, state: str, base_url: str = "") -> str:
        """Where a seller agrees."""
        return consent.consent_url(app, redirect_uri, state, base_url, self._settings)

    def redeem(self, app: AppKeys, answered: Mapping[str, str], base_url: str = "") -> tuple[ports.Grant, ...]:
        """The shops a consent gave, of the wanted countries. Raises: RejectedError, OutcomeUnknownError."""
        return self._consent.redeem(app, answered, base_url)

    def lost_pushes(self, app: AppKeys, base_url: str = "") -> tuple[ports.PushReading, ...]:
        """None: Lazada repeats an undelivered push twelve times and keeps nothing to ask for afterwards."""
        return ()

    def confirm_lost_pushes(self, app: AppKeys, base_url: str = "") -> None:
        """Nothing to confirm."""

    def read_push(
        self, headers: Mapping[str, str], body: bytes, apps: Sequence[AppKeys], callback_url: str
    ) -> ports.PushReading:
        """What a push says; its signature covers the app key and the body, not the address."""
        return push.read(headers, body, apps)

    def calls_needed(self, changed: Sequence[tuple[str, str]]) -> int:
        """Fifty SKUs fit into one call, whatever listings they belong to."""
        return -(-len(set(changed)) // self._settings.skus_per_write)

    def _gateway(self, access: ShopAccess, remaining_s: Callable[[], float] = forever) -> Gateway:
        wire = Wire(CHANNEL, self._http, self._patience, remaining_s=remaining_s)
        return Gateway(access, wire, self._clock, self._pace, self._settings)

    def _facts_of(self, access: ShopAccess) -> Facts:
        with self._lock:
            host = access.base_url or REST
            return self._facts.setdefault(host, Facts(self._clock, self._settings.facts_live_s))


def _now() -> datetime:
    return datetime.now(UTC)

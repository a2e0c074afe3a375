"""Shopee as a whole: opens shops, refreshes tokens, reads pushes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import httpx

from chalicelib.domain import ports
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from connectors.shared_pace import pacing
from connectors.shopee import consent, push, writes
from connectors.shopee.client import CHANNEL, Client, Sender
from connectors.shopee.connector import ShopeeShop
from connectors.shopee.facts import Shelf
from connectors.shopee.lost import LostPushes
from connectors.shopee.settings import DEFAULTS, Settings
from connectors.wire import Patience, Wire, forever, new_http


def _now() -> datetime:
    return datetime.now(UTC)


class Shopee:
    """Implements `ports.Channel`. One object serves every shop: connections and category facts are shared."""

    name = CHANNEL

    def __init__(
        self,
        http: httpx.Client | None = None,
        clock: ports.Clock | None = None,
        settings: Settings = DEFAULTS,
        patience: Patience | None = None,
        allowance: ports.Allowance | None = None,
    ) -> None:
        self._http = http or new_http()
        self._clock = clock or _now
        self._settings = settings
        self._patience = patience
        self._pace = pacing(
            CHANNEL,
            allowance,
            settings.calls_per_s,
            settings.calls_at_once,
            settings.app_calls_per_s,
            settings.app_limit_codes,
        )
        self._shelf = Shelf(self._clock, settings.facts_age_s)
        self._consent = consent.Consent(self._sender, self._clock)
        self._lost = LostPushes()

    def open(
        self, access: ShopAccess, tokens: ports.TokenSource, remaining_s: Callable[[], float] = forever
    ) -> ShopeeShop:
        """A speaker for this shop, counting its own calls."""
        return ShopeeShop(Client(self._sender(access, remaining_s), tokens), self._shelf)

    def refresh(self, access: ShopAccess, tokens: Tokens) -> Tokens:
        """A new pair; the old refresh token is spent, so the new pair must be stored before it is used.

        Raises: DisconnectedError when the pair or the consent ended; TransientError when nothing was sent;
        OutcomeUnknownError when the answer was lost: the old token may be spent.
        """
        return self._consent.refresh(access, tokens)

    def consent_url(self, app: AppKeys, redirect_uri: str, state: str, base_url: str = "") -> str:
        """Where the seller's browser is sent to agree."""
        return consent.consent_url(app, redirect_uri, state, base_url)

    def redeem(self, app: AppKeys, answered: Mapping[str, str], base_url: str = "") -> tuple[ports.Grant, ...]:
        """The shops a consent gave, each with a pair of its own, its name and when the consent ends.

        Raises: RejectedError for a code that is used, old or not ours; OutcomeUnknownError when the answer was lost.
        """
        return self._consent.redeem(app, answered, base_url)

    def lost_pushes(self, app: AppKeys, base_url: str = "") -> tuple[ports.PushReading, ...]:
        """At most a hundred undelivered pushes of the last three days, all shops of the app together."""
        return self._lost.read(self._sender(ShopAccess("", app, "", base_url)))

    def confirm_lost_pushes(self, app: AppKeys, base_url: str = "") -> None:
        """What `lost_pushes` answered last is not kept any longer."""
        self._lost.confirm(self._sender(ShopAccess("", app, "", base_url)))

    def read_push(
        self, headers: Mapping[str, str], body: bytes, apps: Sequence[AppKeys], callback_url: str
    ) -> ports.PushReading:
        """What a push says, once one of our keys proved it."""
        return push.read(headers, body, apps, callback_url)

    def calls_needed(self, changed: Sequence[tuple[str, str]]) -> int:
        """Fewest calls: one for each listing and 50 of its variants."""
        return writes.calls_needed(changed)

    def _sender(self, access: ShopAccess, remaining_s: Callable[[], float] = forever) -> Sender:
        wire = Wire(CHANNEL, self._http, self._patience, remaining_s=remaining_s)
        return Sender(access, wire, self._clock, self._pace, self._settings)

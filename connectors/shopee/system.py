"""Shopee as a whole: opens shops, refreshes tokens, reads pushes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import httpx

from chalicelib.domain import ports
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from connectors.pace import Pace
from connectors.shopee import answers, push, writes
from connectors.shopee.client import CHANNEL, Call, Client, Repeat, Sender
from connectors.shopee.connector import ShopeeShop
from connectors.shopee.facts import Shelf
from connectors.shopee.settings import DEFAULTS, Settings
from connectors.wire import Patience, Wire, new_http

REFRESH_LIFE = timedelta(days=30)
# A duration never reaches this, a Unix time always does.
_FIRST_UNIX_TIME = 10**9


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
    ) -> None:
        self._http = http or new_http()
        self._clock = clock or _now
        self._settings = settings
        self._patience = patience
        self._pace = Pace(settings.calls_per_s)
        self._shelf = Shelf(self._clock, settings.facts_age_s)

    def open(self, access: ShopAccess, tokens: ports.TokenSource) -> ShopeeShop:
        """A speaker for this shop, counting its own calls."""
        return ShopeeShop(Client(self._sender(access), tokens), self._shelf)

    def refresh(self, access: ShopAccess, tokens: Tokens) -> Tokens:
        """A new pair; the old refresh token is spent, so the new pair must be stored before it is used.

        Raises: DisconnectedError when the pair or the consent ended; TransientError when nothing was sent;
        OutcomeUnknownError when the answer was lost: the old token may be spent.
        """
        path = "auth/access_token/get"
        body = {
            "refresh_token": tokens.refresh,
            "partner_id": int(access.app.app_key),
            "shop_id": int(access.remote_id),
        }
        reply = self._sender(access).once(Call(path, body=body, repeat=Repeat.NEVER, public=True))
        new = answers.read(answers.NewTokens, reply.payload, path, reply.request_id)
        now = self._clock()
        return Tokens(
            access=new.access_token,
            refresh=new.refresh_token,
            access_until=_until(now, new.expire_in),
            refresh_until=now + REFRESH_LIFE,
            generation=tokens.generation + 1,
        )

    def read_push(
        self, headers: Mapping[str, str], body: bytes, apps: Sequence[AppKeys], callback_url: str
    ) -> ports.PushReading:
        """What a push says, once one of our keys proved it."""
        return push.read(headers, body, apps, callback_url)

    def calls_needed(self, changed: Sequence[tuple[str, str]]) -> int:
        """Fewest calls: one for each listing and 50 of its variants."""
        return writes.calls_needed(changed)

    def _sender(self, access: ShopAccess) -> Sender:
        return Sender(access, Wire(CHANNEL, self._http, self._patience), self._clock, self._pace, self._settings)


def _until(now: datetime, expire_in: int) -> datetime:
    if expire_in >= _FIRST_UNIX_TIME:
        return datetime.fromtimestamp(expire_in, UTC)
    return now + timedelta(seconds=expire_in)

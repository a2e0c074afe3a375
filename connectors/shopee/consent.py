"""How a shop is connected: the consent link, the code that comes back, and the tokens of every shop it opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain import ports
from chalicelib.domain.errors import (
    DisconnectedError,
    MarketplaceError,
    OutcomeUnknownError,
    ProtocolSurpriseError,
    RejectedError,
    TransientError,
)
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from connectors.shopee import answers, answers_app, errors
from connectors.shopee.client import CHANNEL, HOST, Call, Repeat, Reply, Sender

CONSENT_HOST = "https://open.shopee.com"
# The page sellers agree on has a host of its own; a practice marketplace serves both on one.
_CONSENT_HOSTS = {
    HOST: CONSENT_HOST,
    "https://openplatform.shopee.cn": CONSENT_HOST,
    "https://openplatform.shopee.com.br": CONSENT_HOST,
    "https://openplatform.sandbox.test-stable.shopee.sg": "https://open.sandbox.test-stable.shopee.com",
    "https://openplatform.sandbox.test-stable.shopee.cn": "https://open.sandbox.test-stable.shopee.com",
}
TOKEN_PATH = "auth/token/get"  # noqa: S105 - a path
REFRESH_PATH = "auth/access_token/get"
REFRESH_LIFE = timedelta(days=30)
SHOPS_PAGE = 100
# A duration never reaches this, a Unix time always does.
_FIRST_UNIX_TIME = 10**9

SenderOf = Callable[[ShopAccess], Sender]


def consent_url(app: AppKeys, redirect_uri: str, state: str, base_url: str = "") -> str:
    """The current, unsigned link: it does not expire and gives `state` back."""
    api = base_url.rstrip("/")
    host = _CONSENT_HOSTS.get(api, api) if api else CONSENT_HOST
    query = {
        "partner_id": app.app_key,
        "auth_type": "seller",
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "state": state,
    }
    return f"{host}/auth?{urlencode(query)}"


class Consent:
    """Exchanges codes and refresh tokens; keeps nothing."""

    def __init__(self, sender_of: SenderOf, clock: ports.Clock) -> None:
        self._sender_of = sender_of
        self._clock = clock

    def redeem(self, app: AppKeys, answered: Mapping[str, str], base_url: str) -> tuple[ports.Grant, ...]:
        """One grant of a shop account, one for each shop of a main account."""
        code, owner = answered.get("code", ""), _owner(answered)
        if not code or not owner:
            raise RejectedError(CHANNEL, "no_code", user_key="shopee.consent_code")
        nobody = ShopAccess("", app, "", base_url)
        body = {"code": code, "partner_id": int(app.app_key)} | owner
        reply = self._sender_of(nobody).once(Call(TOKEN_PATH, body=body, repeat=Repeat.NEVER, public=True))
        said = answers.read(answers_app.FirstTokens, reply.payload, TOKEN_PATH, reply.request_id)
        first = self._pair(said, 0)
        ends = self._consent_ends(nobody)
        if "shop_id" in owner:
            pairs = {str(owner["shop_id"]): first}
        else:
            pairs = self._own_pairs(app, base_url, [str(number) for number in said.shop_id_list], first)
        return tuple(
            ports.Grant(shop_id, pair, self._name(ShopAccess("", app, shop_id, base_url), pair), ends.get(shop_id))
            for shop_id, pair in pairs.items()
        )

    def refresh(self, access: ShopAccess, tokens: Tokens) -> Tokens:
        """A new pair of this shop; the old refresh token is spent."""
        body = {
            "refresh_token": tokens.refresh,
            "partner_id": int(access.app.app_key),
            "shop_id": int(access.remote_id),
        }
        try:
            reply = self._sender_of(access).once(Call(REFRESH_PATH, body=body, repeat=Repeat.NEVER, public=True))
        except ProtocolSurpriseError as error:
            raise _refresh_refused(error) from None
        new = answers.read(answers_app.NewTokens, reply.payload, REFRESH_PATH, reply.request_id)
        return self._pair(new, tokens.generation + 1)

    def _own_pairs(self, app: AppKeys, base_url: str, shop_ids: list[str], shared: Tokens) -> dict[str, Tokens]:
        """Shop id -> its own pair: a main account's first refresh token works once for each shop (SHP-019).

        A shop whose answer was lost keeps the shared pair: if the token was not spent its next refresh succeeds, if it
        was the seller is asked again. A shop that was refused is left out. Raises: that refusal when none is left.
        """
        pairs: dict[str, Tokens] = {}
        refused: MarketplaceError | None = None
        for shop_id in shop_ids:
            try:
                pairs[shop_id] = self.refresh(ShopAccess("", app, shop_id, base_url), shared)
            except (TransientError, OutcomeUnknownError):
                pairs[shop_id] = shared
            except MarketplaceError as error:
                refused = error
        if not pairs:
            raise refused or RejectedError(CHANNEL, "no_shops", user_key="shopee.consent_no_shops")
        return pairs

    def _pair(self, said: answers_app.NewTokens, generation: int) -> Tokens:
        now = self._clock()
        until = _until(now, said.expire_in)
        return Tokens(said.access_token, said.refresh_token, until, now + REFRESH_LIFE, generation)

    def _consent_ends(self, nobody: ShopAccess) -> dict[str, datetime]:
        """Shop id -> when the seller's consent ends; empty when it cannot be read, for the tokens matter more."""
        try:
            return self.ends(nobody)
        except MarketplaceError:
            return {}

    def ends(self, nobody: ShopAccess) -> dict[str, datetime]:
        """Shop id -> when its consent ends, of every shop connected to the app."""
        ends: dict[str, datetime] = {}
        path, page_no, more = "public/get_shops_by_partner", 1, True
        while more:
            reply = self._public(nobody, path, page_size=SHOPS_PAGE, page_no=page_no)
            page = answers.read(answers_app.AuthedShops, reply.payload, path, reply.request_id)
            rows = [row for row in page.authed_shop_list if row.expire_time]
            ends |= {str(row.shop_id): datetime.fromtimestamp(row.expire_time, UTC) for row in rows}
            page_no, more = page_no + 1, page.more and bool(page.authed_shop_list)
        return ends

    def _public(self, nobody: ShopAccess, path: str, **params: Any) -> Reply:
        sender = self._sender_of(nobody)
        return sender.wire.read(lambda: sender.once(Call(path, params, public=True)))

    def _name(self, access: ShopAccess, pair: Tokens) -> str:
        """The shop's name, for a person to recognise; empty when it cannot be read."""
        path, sender = "shop/get_shop_info", self._sender_of(access)
        try:
            reply = sender.wire.read(lambda: sender.once(Call(path), pair))
            return answers.read(answers_app.ShopInfo, reply.payload, path, reply.request_id).shop_name
        except MarketplaceError:
            return ""


def _owner(answered: Mapping[str, str]) -> dict[str, int]:
    """Whose code it is, as the body says it: a shop's, or a main account's."""
    for name in ("shop_id", "main_account_id"):
        if answered.get(name, "").isdecimal():
            return {name: int(answered[name])}
    return {}


def _refresh_refused(error: ProtocolSurpriseError) -> MarketplaceError:
    """Which words a spent refresh token gets is not documented: an `error_auth` nobody recorded ends the pair."""
    if error.code != "error_auth" or errors.is_recorded(error.code, error.message):
        return error
    return DisconnectedError(CHANNEL, error.code, error.message, request_id=error.request_id)


def _until(now: datetime, expire_in: int) -> datetime:
    if expire_in >= _FIRST_UNIX_TIME:
        return datetime.fromtimestamp(expire_in, UTC)
    return now + timedelta(seconds=expire_in)

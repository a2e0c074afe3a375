"""How a shop is connected: the consent link, the code that comes back, the tokens, and their renewal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from chalicelib.domain import ports
from chalicelib.domain.errors import DisconnectedError, OutcomeUnknownError, ProtocolSurpriseError, RejectedError
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from connectors.lazada.answers import StoreAnswer, TokensAnswer, read_as
from connectors.lazada.client import Gateway
from connectors.lazada.refusal import CHANNEL
from connectors.lazada.settings import Settings

CONSENT_URL = "https://auth.lazada.com/oauth/authorize"
CODE_KEY = "lazada.consent_code"


def consent_url(app: AppKeys, redirect_uri: str, state: str, base_url: str, settings: Settings) -> str:
    """Where a seller agrees. `redirect_uri` must equal the registered callback, character by character.

    `force_auth` shows the login again, or a second shop in the same browser would connect the first once more.
    """
    asked = {
        "response_type": "code",
        "force_auth": "true",
        "redirect_uri": redirect_uri,
        "client_id": app.app_key,
        "country": ",".join(settings.countries),
        "state": state,
    }
    page = base_url.rstrip("/").removesuffix("/rest") + "/oauth/authorize" if base_url else CONSENT_URL
    return f"{page}?{urlencode({name: value for name, value in asked.items() if value})}"


class Consent:
    """Exchanges codes and refresh tokens; keeps nothing."""

    def __init__(self, gateway_of: Callable[[ShopAccess], Gateway], clock: ports.Clock, settings: Settings) -> None:
        self._gateway_of = gateway_of
        self._clock = clock
        self._settings = settings

    def redeem(self, app: AppKeys, answered: Mapping[str, str], base_url: str) -> tuple[ports.Grant, ...]:
        """The grant of the one shop in a wanted country.

        Raises: RejectedError when the consent is for several of them: they would share one pair of tokens, and a
        renewal for one would leave the others with a dead one (LAZ-017).
        """
        code = answered.get("code", "")
        if answered.get("error") or not code:
            raise RejectedError(CHANNEL, answered.get("error", "")[:40] or "no_code", user_key="lazada.consent_denied")
        try:
            answer = self._ask(ShopAccess("", app, "", base_url), "/auth/token/create", {"code": code})
        except DisconnectedError as error:
            if error.code != "InvalidCode":
                raise
            raise RejectedError(
                CHANNEL, error.code, error.message, request_id=error.request_id, user_key=CODE_KEY
            ) from None
        except ProtocolSurpriseError as error:
            # The code is spent and its tokens cannot be read: only a new consent helps.
            raise OutcomeUnknownError(CHANNEL, error.code, error.message, request_id=error.request_id) from None
        pair = self._pair(answer, 1, answer.refresh_token)
        return tuple(
            ports.Grant(store.seller_id, pair, store.short_code, _end(pair)) for store in self._wanted(answer)[:1]
        )

    def refresh(self, access: ShopAccess, tokens: Tokens) -> Tokens:
        """A new pair; the old refresh token may be dead afterwards, so a lost answer is an unknown outcome.

        Raises: DisconnectedError, also for a consent that was never to be renewed (its lifetime was 0).
        """
        if not tokens.refresh:
            raise DisconnectedError(CHANNEL, "no_refresh_token")
        answer = self._ask(access, "/auth/token/refresh", {"refresh_token": tokens.refresh})
        return self._pair(answer, tokens.generation + 1, answer.refresh_token or tokens.refresh)

    def _ask(self, access: ShopAccess, path: str, params: Mapping[str, str]) -> TokensAnswer:
        reply = self._gateway_of(access).send("POST", path, params, is_write=True)
        return read_as(TokensAnswer, reply.body, reply.request_id)

    def _wanted(self, answer: TokensAnswer) -> list[StoreAnswer]:
        """Stores of the wanted countries. Raises: RejectedError when the consent is for none of them, or several."""
        # A store without a country of its own is in the country of the answer.
        stores = [(store, (store.country or answer.country).lower()) for store in answer.stores if store.seller_id]
        wanted = [store for store, country in stores if country in self._settings.countries]
        if not wanted:
            there = ",".join(sorted({country for _, country in stores})) or "none"
            raise RejectedError(CHANNEL, "no_store_here", there, user_key="lazada.consent_country")
        if len({store.seller_id for store in wanted}) > 1:
            names = ",".join(store.seller_id for store in wanted)
            raise RejectedError(CHANNEL, "several_stores", names, user_key="lazada.consent_several")
        return wanted

    def _pair(self, answer: TokensAnswer, generation: int, refresh: str) -> Tokens:
        now = self._clock()
        renewable = answer.refresh_expires_in > 0
        return Tokens(
            access=answer.access_token,
            refresh=refresh if renewable else "",
            access_until=now + timedelta(seconds=answer.expires_in),
            refresh_until=now + timedelta(seconds=max(answer.refresh_expires_in, 0)),
            generation=generation,
        )


def _end(pair: Tokens) -> datetime:
    return pair.refresh_until if pair.refresh else pair.access_until

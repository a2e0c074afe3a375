"""Codes, access tokens and single-use refresh tokens of one app, per shop.

Choices where nothing is documented: a spent refresh token answers `error_auth` "Invalid
refresh_token."; of two racing refreshes the first wins and the other is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.market.market import Market
from sandbox.market.shop import Grant, Shop
from sandbox.shopee.errors import RefusalError

CODE_LIFE_S, ACCESS_LIFE_S, OVERLAP_S = 600, 14_400, 300
REFRESH_LIFE_S, GRANT_LIFE_S = 30 * 86_400, 365 * 86_400


@dataclass
class Code:
    """A one-time code: the shops it opens, and the main account when it came from one."""

    shops: list[str]
    expires_at: float
    main_account: int | None = None


def exchange(market: Market, codes: dict[str, Code], body: Mapping[str, object]) -> dict[str, object]:
    """Answer of auth/token/get; every earlier token of these shops is dead afterwards."""
    held = _usable(codes, body, market.clock.now())
    del codes[str(body["code"])]
    shops = [market.shops[shop_id] for shop_id in held.shops]
    for shop in shops:
        for grant in shop.grants:
            grant.revoke()
    first, *others = [_consented(market, shop) for shop in shops]
    for grant in others:
        # A main account's first pair is one pair for all its shops; each may refresh it once.
        grant.access_token, grant.refresh_token = first.access_token, first.refresh_token
    answer = _pair(first)
    if held.main_account is not None:
        answer |= {"shop_id_list": [int(shop_id) for shop_id in held.shops], "merchant_id_list": []}
    return answer


def rotate(market: Market, refresh_token: str, shop: Shop) -> dict[str, object]:
    """Answer of auth/access_token/get; the old access token lives five minutes more."""
    now = market.clock.now()
    # The newest one: after a reset the same words are drawn again.
    spent = next((grant for grant in reversed(shop.grants) if grant.refresh_token == refresh_token), None)
    if why := why_not_linked(shop, now):
        raise RefusalError(why, "Partner and shop has no linked.")
    if spent is None or spent.refresh_used or spent.refresh_ends_at == 0:
        raise RefusalError("error_auth", "Invalid refresh_token.")
    if spent.refresh_ends_at < now:
        raise RefusalError("refresh_token_expired", "Your refresh_token expired.")
    spent.refresh_used = True
    for grant in shop.grants:
        grant.access_ends_at = min(grant.access_ends_at, now + OVERLAP_S)
    renewed = market.grant(shop)
    renewed.data["auth_time"] = spent.data.get("auth_time", now)
    return _pair(renewed) | {"shop_id": int(shop.shop_id)}


def serves(shops: Mapping[str, Shop], access_token: str, now: float) -> frozenset[int]:
    """The shops a live access token serves; empty when unknown or stale."""
    return frozenset(
        int(shop.shop_id)
        for shop in shops.values()
        if any(g.access_token == access_token and g.access_ends_at >= now for g in shop.grants)
    )


def why_not_linked(shop: Shop | None, now: float) -> str:
    """The code that says why the seller's consent does not stand; "" while it does."""
    if shop is None or not any(grant.refresh_ends_at > 0 for grant in shop.grants):
        return "shop_no_linked"
    return "shop_access_expired" if consent_ends_at(shop, now) < now else ""


def consented_at(shop: Shop, now: float) -> float:
    """When the seller agreed, epoch seconds."""
    return float(shop.grants[-1].data.get("auth_time", now)) if shop.grants else now


def consent_ends_at(shop: Shop, now: float) -> float:
    """When the seller's consent ends by itself."""
    return consented_at(shop, now) + GRANT_LIFE_S


def _usable(codes: Mapping[str, Code], body: Mapping[str, object], now: float) -> Code:
    held = codes.get(str(body["code"]))
    if held is None:
        raise RefusalError("error_auth", "Invalid code")
    if held.expires_at < now:
        raise RefusalError("invalid_code", "Invalid code, please have a check.")
    if held.main_account is not None and body.get("main_account_id") != held.main_account:
        raise RefusalError("invalid_main_acount_id", "Invalid main_account_id, please have a check.")
    if held.main_account is None and str(body.get("shop_id")) not in held.shops:
        raise RefusalError("invalid_shop_id", "Invalid shop_id, please have a check.")
    return held


def _consented(market: Market, shop: Shop) -> Grant:
    grant = market.grant(shop)
    grant.data["auth_time"] = market.clock.now()
    return grant


def _pair(grant: Grant) -> dict[str, object]:
    tokens: dict[str, object] = {"access_token": grant.access_token, "refresh_token": grant.refresh_token}
    return tokens | {"expire_in": ACCESS_LIFE_S}

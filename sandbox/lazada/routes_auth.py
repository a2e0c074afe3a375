"""`/auth/token/...`: the two calls that need no access token."""

from typing import TYPE_CHECKING, Any

from sandbox.lazada.errors import gateway
from sandbox.lazada.gateway import Api, Call
from sandbox.market.shop import Grant, Shop

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket


def create(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The first tokens for a code, which works once."""
    if not call.get("code"):
        raise gateway("MissingParameter", 'The input parameter "code" is not supplied')
    shop_id, ends_at = market.codes.pop(call.get("code"), ("", 0.0))
    if shop_id not in market.shops or ends_at <= market.clock.now():
        raise gateway("InvalidCode", "Invalid authorization code")
    shop = market.shops[shop_id]
    return _tokens(market, shop, market.grant(shop))


def refresh(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """New tokens for a refresh token, which dies; the end of the consent stays where it was."""
    if not call.get("refresh_token"):
        raise gateway("MissingParameter", 'The input parameter "refresh_token" is not supplied')
    found = market.by_refresh_token(call.get("refresh_token"))
    if found is None or found[1].refresh_used or found[1].refresh_ends_at <= market.clock.now():
        raise gateway("IllegalRefreshToken", "The specified refresh token is invalid or expired")
    shop, old = found
    old.refresh_used, old.access_ends_at = True, 0.0
    return _tokens(market, shop, market.grant(shop, old.refresh_ends_at))


def _tokens(market: "LazadaMarket", shop: Shop, grant: Grant) -> dict[str, Any]:
    now = market.clock.now()
    user = {
        "country": "th", "user_id": shop.shop_id, "seller_id": shop.shop_id, "short_code": short_code(shop)
    }  # fmt: skip
    return {
        "access_token": grant.access_token, "expires_in": round(grant.access_ends_at - now),
        "refresh_token": grant.refresh_token, "refresh_expires_in": round(grant.refresh_ends_at - now),
        "country": "th", "account_platform": "seller_center", "account": f"owner{shop.shop_id}@example.test",
        "account_id": None, "country_user_info": [user],
    }  # fmt: skip


def short_code(shop: Shop) -> str:
    """The shop's short code, part of warehouse codes and statement numbers."""
    return f"TH1P{shop.shop_id[-4:]}"


APIS = {
    "/auth/token/create": Api(create, token=False),
    "/auth/token/refresh": Api(refresh, token=False),
}

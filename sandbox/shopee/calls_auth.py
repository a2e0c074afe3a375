"""auth/, public/, shop/: tokens, connected shops, shop facts."""

from typing import Any

from sandbox.market.shop import Shop
from sandbox.shopee import errors, tokens
from sandbox.shopee.api import Call, Handler
from sandbox.shopee.errors import RefusalError

TOKEN = {"code": "string", "partner_id": "int64", "shop_id": "int64", "main_account_id": "int64"}
REFRESH = {"refresh_token": "string", "partner_id": "int64", "shop_id": "int64", "merchant_id": "int64"}


def get_token(call: Call) -> dict[str, Any]:
    """A code for a pair of tokens."""
    body = call.body(TOKEN, "code", "partner_id")
    _same_partner(call, body)
    if "shop_id" not in body and "main_account_id" not in body:
        raise errors.missing("auth", "shop_id")
    return call.ok(**tokens.exchange(call.market, call.market.codes, body))


def refresh_token(call: Call) -> dict[str, Any]:
    """A spent refresh token for a new pair."""
    body = call.body(REFRESH, "refresh_token", "partner_id")
    _same_partner(call, body)
    if "shop_id" not in body:
        raise errors.missing("auth", "shop_id")
    shop = call.market.shops.get(str(body["shop_id"]))
    if shop is None:
        raise RefusalError("shop_no_linked", "Partner and shop has no linked.")
    fresh = tokens.rotate(call.market, body["refresh_token"], shop)
    return call.ok(partner_id=body["partner_id"], **fresh)


def get_shops_by_partner(call: Call) -> dict[str, Any]:
    """Shops whose consent stands, a page at a time."""
    size, page = call.number("page_size", 100), call.number("page_no", 1)
    linked = [s for s in call.market.shops.values() if not tokens.why_not_linked(s, call.now)]
    rows = linked[(page - 1) * size : page * size]
    return call.ok(authed_shop_list=[_authed(shop, call.now) for shop in rows], more=len(linked) > page * size)


def get_shopee_ip_ranges(call: Call) -> dict[str, Any]:
    """Where pushes come from."""
    return call.ok(ip_list=["127.0.0.1/32"])


def get_shop_info(call: Call) -> dict[str, Any]:
    """The shop, flat at the top level."""
    shop = call.shop
    return call.ok(
        shop_name=shop.title,
        region="TH",
        status="NORMAL",
        is_cb=False,
        is_sip=False,
        is_upgraded_cbsc=False,
        merchant_id=None,
        shop_fulfillment_flag="Others",
        **_times(shop, call.now),
    )


def get_warehouse_detail(call: Call) -> dict[str, Any]:
    """Refused: Thailand has no multi-warehouse shops."""
    raise RefusalError("warehouse.error_not_in_whitelist", "Your shop is not in multi-warehouse whitelist.")


def _same_partner(call: Call, body: dict[str, Any]) -> None:
    if str(body["partner_id"]) != call.query["partner_id"]:
        raise RefusalError("error_auth", "partner_id is invalid")


def _authed(shop: Shop, now: float) -> dict[str, Any]:
    return {"shop_id": int(shop.shop_id), "region": "TH", "sip_affi_shop_list": [], **_times(shop, now)}


def _times(shop: Shop, now: float) -> dict[str, int]:
    return {
        "auth_time": int(tokens.consented_at(shop, now)),
        "expire_time": int(tokens.consent_ends_at(shop, now)),
    }


HANDLERS: dict[str, tuple[str, Handler]] = {
    "auth/token/get": ("POST", get_token),
    "auth/access_token/get": ("POST", refresh_token),
    "public/get_shops_by_partner": ("GET", get_shops_by_partner),
    "public/get_shopee_ip_ranges": ("GET", get_shopee_ip_ranges),
    "shop/get_shop_info": ("GET", get_shop_info),
    "shop/get_warehouse_detail": ("GET", get_warehouse_detail),
}

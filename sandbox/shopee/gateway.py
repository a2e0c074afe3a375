"""What Shopee's gateway checks before any shop is looked at; pure functions over the query.

The order of the checks is a choice: nobody documents it. Presence, shape, clock, partner,
signature, token, and last whether the token belongs to the shop.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping

from sandbox.shopee.errors import TOKEN_CODE, RefusalError

CLOCK_WINDOW_S = 300
LARGEST_ID = 4_294_967_295
PUBLIC_PATHS = frozenset(
    f"/api/v2/{name}"
    for name in (
        "auth/token/get",
        "auth/access_token/get",
        "shop/auth_partner",
        "shop/cancel_auth_partner",
        "public/get_shops_by_partner",
        "public/get_shopee_ip_ranges",
        "public/get_token_by_resend_code",
        "push/get_app_push_config",
        "push/set_app_push_config",
        "push/get_lost_push_message",
        "push/confirm_consumed_lost_push_message",
    )
)
EITHER_KIND = frozenset({"/api/v2/media_space/upload_image"})


def sign(partner_key: str, base: str) -> str:
    """Lower-case hex HMAC-SHA256; the key is used as text, `shpk` prefix and all."""
    return hmac.new(partner_key.encode(), base.encode(), hashlib.sha256).hexdigest()


def base_string(query: Mapping[str, str], path: str, public: bool) -> str:
    """What the signature covers: never the body, never the other parameters."""
    base = query["partner_id"] + path + query["timestamp"]
    return base if public else base + query["access_token"] + query["shop_id"]


def is_public(path: str, query: Mapping[str, str]) -> bool:
    """Whether this call is signed without a token; image upload is taken either way."""
    if path in EITHER_KIND:
        return "access_token" not in query
    return path in PUBLIC_PATHS


def check(query: Mapping[str, str], path: str, *, partner_id: str, partner_key: str, now_s: int) -> bool:
    """True for a public call, False for a shop call, both correctly signed.

    Raises: RefusalError with the gateway's own code and text.
    """
    public = is_public(path, query)
    _present(query, public)
    _timely(query["timestamp"], now_s)
    if query["partner_id"] != partner_id:
        raise _no("invalid_partner_id", "Invalid partner_id, please have a check.")
    expected = sign(partner_key, base_string(query, path, public))
    if not hmac.compare_digest(expected.encode(), query["sign"].encode()):
        raise _no("error_sign", "Wrong sign.")
    return public


def check_token(
    query: Mapping[str, str], shops_of: Callable[[str], frozenset[int]], linked: Callable[[int], str]
) -> int:
    """The shop this call may act on.

    `shops_of` maps a live token to its shops (empty when unknown or stale); `linked` answers "",
    or the code that says why a shop is no longer connected to this app.
    """
    shop_id, shops = int(query["shop_id"]), shops_of(query["access_token"])
    refusal = linked(shop_id)
    if refusal == "shop_banned":
        raise _no(refusal, "Shop is banned.")
    if refusal:
        raise _no(refusal, "Partner and shop has no linked.")
    if not shops:
        raise _no(TOKEN_CODE, "Invalid access_token, please have a check.")
    if shop_id not in shops:
        raise _no("error_auth", "Invalid partner_id or shopid.")
    return shop_id


def _present(query: Mapping[str, str], public: bool) -> None:
    names = ["partner_id", "timestamp", "sign"] + ([] if public else ["access_token", "shop_id"])
    for name in names:
        if not query.get(name):
            text = "no timestamp" if name == "timestamp" else f"There is no {name} in query."
            raise _no("error_param", text)
    for name in ("partner_id", "shop_id"):
        if name in query and name in names and not _is_id(query[name]):
            text = f"{name} is invalid, should be an integer between 0 and {LARGEST_ID}."
            raise _no("error_param", text)


def _timely(stamp: str, now_s: int) -> None:
    if not (stamp.isascii() and stamp.isdigit()) or int(stamp) > now_s + CLOCK_WINDOW_S:
        raise _no("error_param", "Invalid timestamp")
    if int(stamp) < now_s - CLOCK_WINDOW_S:
        raise _no("error_param", "Timestamp is expired.")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= LARGEST_ID


def _no(error: str, message: str) -> RefusalError:
    return RefusalError(error, message, gateway=True)

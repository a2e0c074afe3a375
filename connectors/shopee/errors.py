"""Shopee's codes, each with what happens next; nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import (
    DisconnectedError,
    MarketplaceError,
    NotPermittedError,
    ProtocolSurpriseError,
    RateLimitError,
    RejectedError,
    StaleError,
    TokenExpiredError,
    TransientError,
)

CHANNEL = "shopee"
DAILY_QUOTA = "shopee.daily_quota"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code makes happen. `certain`: said before anything was written, so even a create was not done."""

    kind: type[MarketplaceError]
    user_key: str = ""
    field: str = ""
    retry_after_s: float = 0.0
    certain: bool = False


def _no(user_key: str, field: str = "") -> Meaning:
    return Meaning(RejectedError, user_key, field)


_LATER = Meaning(TransientError, retry_after_s=1.0)
_SLOWER = Meaning(RateLimitError, retry_after_s=1.0)
_RENEW = Meaning(TokenExpiredError)
_RECONNECT = Meaning(DisconnectedError)
_BANNED = Meaning(DisconnectedError, "shopee.shop_banned")
_APP = Meaning(DisconnectedError, "shopee.app_stopped")
_NOT_OURS = Meaning(NotPermittedError, "shopee.app_stopped")
_BUG = Meaning(ProtocolSurpriseError)
_AGAIN = Meaning(StaleError)
_DATA = Meaning(RejectedError)
_BY_HAND = _no("shopee.ship_by_hand")
_CODE = _no("shopee.consent_code")
_PROMOTION = _no("shopee.promotion_lock")
_HOLIDAY = _no("shopee.holiday")
_RESERVED = _no("shopee.stock_reserved", "stock")
_LOCATION = _no("shopee.location", "stock")
_PRICE = _no("shopee.price_refused", "price")
_VARIANTS = _no("shopee.variants_refused", "variants")
_CATEGORY = _no("shopee.category", "kind")
_ATTRIBUTE = _no("shopee.attribute_missing", "kind")
_BRAND = _no("shopee.brand", "kind")
_PHOTOS = _no("shopee.photo_refused", "photos")
_SIZE = _no("shopee.size_refused", "size")
_SHIPPING = _no("shopee.no_shipping_channel", "size")

# Full codes come first, then the code without its module. `order.error_limit` is no quota (SHP-007).
_CODES: dict[str, Meaning] = {
    # the gateway
    "error_sign": _BUG,
    "invalid_partner_id": _BUG,
    "error_partner_key_expired": Meaning(ProtocolSurpriseError, "shopee.partner_key_expired"),
    "source_ip_undeclared": Meaning(ProtocolSurpriseError, "shopee.ip_undeclared"),
    "invalid_acceess_token": _RENEW,
    "invalid_access_token": _RENEW,
    "shop_no_linked": _RECONNECT,
    "partner_shop_no_link": _RECONNECT,
    "merchant_no_linked": _RECONNECT,
    "shop_access_expired": _RECONNECT,
    "merchant_access_expired": _RECONNECT,
    "error_shop_refresh_token": _RECONNECT,
    "error_merchant_refresh_token": _RECONNECT,
    "refresh_token_expired": _RECONNECT,
    "invalid_code": _CODE,
    "invalid_shop_id": _CODE,
    "invalid_main_acount_id": _CODE,
    "shop_banned": _BANNED,
    "partner_frozen": _APP,
    "api_suspended": _APP,
    "error_api_call_restricted": _APP,
    "error_api_permission": _NOT_OURS,
    "error_ashop_api_permission": _NOT_OURS,
    "error_kyc_auth": _APP,
    "error_rate_limit": _SLOWER,
    "error_too_many_request": _SLOWER,
    "request_limit_exceeded": _SLOWER,
    "frequency_limited": _SLOWER,
    "error_limit": Meaning(RateLimitError, DAILY_QUOTA, retry_after_s=3600.0, certain=True),
    # may work later
    "error_server": _LATER,
    "error_network": _LATER,
    "error_inner": _LATER,
    "error_system_busy": _LATER,
    "error_busy": _LATER,
    "error_update_price_fail": Meaning(TransientError, retry_after_s=60.0),
    # listings
    "error_param": _DATA,
    "error_data": _DATA,
    "error_busi": _DATA,
    "error_permission": _DATA,
    "error_not_found": _AGAIN,
    "error_item_not_found": _AGAIN,
    "error_wrong_modelid": _AGAIN,
    "error_duplicate_modelid": _VARIANTS,
    "error_model_duplicate_name": _VARIANTS,
    "error_busi_cannot_delete_all_model": _VARIANTS,
    "error_edit_item_price_for_item_has_model": _AGAIN,
    "error_edit_item_stock_for_item_has_model": _AGAIN,
    "error_repeated_mtsku": _AGAIN,
    "error_item_uneditable": _no("shopee.uneditable"),
    "error_set_normal_unlisted_item": _no("shopee.uneditable"),
    "error_unlist_item_all_failed": _no("shopee.uneditable"),
    "error_busi_update_stock_failed": _no("shopee.stock_refused", "stock"),
    "batch_api_all_failed": _DATA,
    "error_seller_under_penalty": _no("shopee.penalty"),
    "error_busi_invalid_shop_status": _BANNED,
    "error_holiday_on_add_item": _HOLIDAY,
    "error_holiday_mode_change_stock": _HOLIDAY,
    "error_wms_shop_block_upate_stock": _LOCATION,
    "error_not_in_whitelist": _LOCATION,
    "error_category_is_block": _CATEGORY,
    "error_invalid_attribute": _ATTRIBUTE,
    "error_less_required_attribute": _ATTRIBUTE,
    "error_invalid_brand": _BRAND,
    "error_incalid_brand": _BRAND,
    "error_invalid_days_to_ship": _no("shopee.days_to_ship"),
    "error_title_exceeds_max_length": _no("shopee.title_too_long", "title"),
    "error_item_name_is_too_short": _no("shopee.title_too_short", "title"),
    "error_title_character_forbidden": _no("shopee.title_forbidden_character", "title"),
    "error_desc_length_min_limit": _no("shopee.description_too_short", "description"),
    "error_desc_length_max_limit": _no("shopee.description_too_long", "description"),
    "error_image_num_min": _no("shopee.photos_missing", "photos"),
    "error_image_num_max": _PHOTOS,
    "error_price_exceed_min_limitt": _no("shopee.price_out_of_limits", "price"),
    "error_price_exceed_max_limitt": _no("shopee.price_out_of_limits", "price"),
    "error_invalid_price": _PRICE,
    "error_invalid_price_for_logistic": _PRICE,
    "error_price_out_of_range": _no("shopee.price_spread", "price"),
    "error_price_should_be_same_for_wholesales": _PRICE,
    # promotions (those ending in _in_promotion are recognised by their ending)
    "error_in_item_promotion_item_price_lock": _PROMOTION,
    "error_promotion_cantnot_update_stock": _PROMOTION,
    "error_param_item_status": _BUG,
    "error_update_time_range": _BUG,
    # orders, shipping, payment
    "order_list_invalid_time": _BUG,
    "exceed_max_limit": _BUG,
    "order.error_limit": _no("shopee.cannot_cancel"),
    "cancel_order_invalid_status": _AGAIN,
    "logistics.error_limit": _DATA,
    "lack_of_invoice_data": _no("shopee.invoice_missing"),
    "error_no_pickup_address": _no("shopee.pickup_address"),
    "error_logistics_shop_require_pickup_address": _no("shopee.pickup_address"),
    "package_already_shipped": _AGAIN,
    "package_can_not_print": _AGAIN,
    "package_number_not_exist": _AGAIN,
    "packages_can_not_download_together": _no("shopee.labels_apart"),
    "can_not_print_jit_order": _no("shopee.label_by_hand"),
    "tracking_number_invalid": _AGAIN,
    "shipping_document_should_print_first": _AGAIN,
    "download_later": Meaning(TransientError, retry_after_s=30.0, certain=True),
    "ship_order_not_ready_to_ship": _AGAIN,
    "ship_order_need_pacakge_number": _AGAIN,
    "ship_order_not_need_pacakge_number": _AGAIN,
    "ship_order_need_address_pickup_time": _BY_HAND,
    "ship_order_need_branch_id": _BY_HAND,
    "ship_order_need_sender_real_name": _BY_HAND,
    "ship_order_need_tracking_number": _BY_HAND,
}

# Where one code says many things the text decides (SHP-006): code without module, fragment in lower case.
_TEXTS: tuple[tuple[str, str, Meaning], ...] = (
    ("error_auth", "holiday", _HOLIDAY),
    ("error_auth", "refresh_token", _RECONNECT),
    ("error_auth", "access_token", _RENEW),
    ("error_auth", "invalid code", _CODE),
    ("error_auth", "partner_id or shopid", _RECONNECT),
    ("error_auth", "partner_id is invalid", _BUG),
    ("error_auth", "permission to current api", _NOT_OURS),
    ("error_auth", "deleted", _APP),
    ("error_auth", "restricted", _APP),
    ("error_auth", "system error", _LATER),
    ("error_auth", "reserved stock", _RESERVED),
    ("error_auth", "location", _LOCATION),
    ("error_auth", "multi warehouse", _LOCATION),
    ("error_auth", "do not have permission", _DATA),
    ("error_busi", "not ready", Meaning(TransientError, retry_after_s=5.0, certain=True)),
    ("error_busi", "connection", _LATER),
    ("error_busi", "taking some time", _LATER),
    ("error_busi", "gtin", _no("shopee.gtin", "kind")),
    ("error_param", "in query", _BUG),
    ("error_param", "timestamp", Meaning(ProtocolSurpriseError, "shopee.clock")),
    ("error_param", "invalid partner_id", _BUG),
    ("error_param", "should be an integer", _BUG),
    ("error_param", "permission denied", _BUG),
    ("error_param", "cannot unmarshal", _BUG),
    ("error_param", "not null", _BUG),
    ("error_param", "required field", _BUG),
    ("error_param", "eof", _BUG),
    ("error_param", "ready to be shipped", _AGAIN),
    ("error_param", "not ready to ship", _AGAIN),
    ("error_data", "doesn't exist", _AGAIN),
    ("error_param", "being allocated", Meaning(TransientError, retry_after_s=60.0, certain=True)),
    ("error_param", "taking some time", _LATER),
    ("error_param", "wrong model_id", _AGAIN),
    ("error_param", "without tier_variation", _AGAIN),
    ("error_param", "tier", _VARIANTS),
    ("error_param", "variation", _VARIANTS),
    ("error_param", "category", _CATEGORY),
    ("error_param", "image", _PHOTOS),
    ("error_param", "logistic", _SHIPPING),
    ("error_param", "dimension", _SIZE),
    ("error_param", "weight", _SIZE),
    ("error_param", "hashtag", _no("shopee.too_many_hashtags", "description")),
    ("error_param", "reserve", _RESERVED),
    ("error_param", "location", _LOCATION),
    ("error_param", "stock", _no("shopee.stock_refused", "stock")),
)

# What failed_reason of a price or stock row speaks of; rows carry no code.
_REASONS: tuple[tuple[str, Meaning], ...] = (
    ("reserve", _RESERVED),
    ("promotion", _PROMOTION),
    ("holiday", _HOLIDAY),
    ("penalty", _no("shopee.penalty")),
    ("location", _LOCATION),
    ("wrong model_id", _AGAIN),
    ("ratio", _no("shopee.price_spread", "price")),
    ("limit", _no("shopee.price_out_of_limits", "price")),
    ("busy", _LATER),
    ("later", _LATER),
)


# Keys raised by this channel without a code of Shopee's.
_OWN = frozenset(
    {
        "shopee.variants_by_hand",
        "shopee.satang_in_price",
        "shopee.consent_no_shops",
        "shopee.fulfilled_by_shopee",
        "shopee.whole_parcel",
        "shopee.return_by_hand",
        "error.outcome_unknown",
    }
)


def user_keys() -> frozenset[str]:
    """Every text key an error or an outcome of this channel can hand to a page; objections list their own."""
    meanings = [*_CODES.values(), *(row[2] for row in _TEXTS), *(row[1] for row in _REASONS)]
    named = frozenset(meaning.user_key or meaning.kind.user_key for meaning in meanings)
    return named | _OWN


def meaning(code: str, message: str = "") -> Meaning:
    """What the code means: full code, then without one module, spaces and case aside; texts where one code says many.

    A code outside the table contradicts what is recorded and is loud.
    """
    full = "".join(code.split()).lower()
    bare = full.partition(".")[2] or full
    text = message.lower()
    for said, fragment, found in _TEXTS:
        if said == bare and fragment in text:
            return found
    return _CODES.get(full) or _CODES.get(bare) or _by_ending(bare) or _BUG


def is_recorded(code: str, message: str = "") -> bool:
    """Whether the table says anything about this code with these words."""
    full = "".join(code.split()).lower()
    bare = full.partition(".")[2] or full
    said = any(name == bare and fragment in message.lower() for name, fragment, _ in _TEXTS)
    return said or full in _CODES or bare in _CODES or _by_ending(bare) is not None


def told_by_text() -> frozenset[str]:
    """Codes, without module, whose meaning the text beside them decides."""
    return frozenset(code for code, _, _ in _TEXTS)


def _by_ending(bare: str) -> Meaning | None:
    """Promotions lock every field under a code of its own, all with one ending."""
    return _PROMOTION if bare.startswith("error_") and bare.endswith("_in_promotion") else None


def reason_key(reason: str) -> str:
    """The text key for a `failed_reason`."""
    text = reason.lower()
    found = next((meaning for fragment, meaning in _REASONS if fragment in text), _DATA)
    return found.user_key or found.kind.user_key


def error(code: str, message: str = "", request_id: str = "") -> MarketplaceError:
    """The error to raise for a refused call."""
    what = meaning(code, message)
    return what.kind(
        CHANNEL,
        code.strip(),
        message,
        request_id=request_id,
        user_key=what.user_key,
        field=what.field,
        retry_after_s=what.retry_after_s,
    )

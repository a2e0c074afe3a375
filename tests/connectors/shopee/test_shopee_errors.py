"""Every code the protocol page names has a meaning, and texts decide where one code says many things."""

from __future__ import annotations

import httpx
import pytest
from shopee_shop import HURRIED, NOON, KeptTokens, envelope, scripted

from chalicelib.domain.errors import (
    DisconnectedError,
    NotPermittedError,
    PacedError,
    ProtocolSurpriseError,
    RateLimitError,
    RejectedError,
    StaleError,
    TokenExpiredError,
    TransientError,
)
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from chalicelib.store.allowance import Allowance
from chalicelib.store.memory import MemoryTable
from connectors.shopee import errors
from connectors.shopee.system import Shopee

# As the page prints them, modules, typos and stray spaces included; read on 2026-11-25.
PRINTED = """
api_suspended common.batch_api_all_failed common.source_ip_undeclared error_api_call_restricted
error_api_permission error_ashop_api_permission error_auth error_busi error_busi_cannot_delete_all_model
error_busi_invalid_shop_status error_busi_update_stock_failed error_busy
error_cannot_update_price_in_promotion error_cannt_delete_in_promotion error_cannt_delete_option_in_promotion
error_cannt_edit_name_in_promotion error_cannt_edit_price_in_promotion error_cannt_edit_stock_in_promotion
error_cannt_init_tier_in_promotion error_category_is_block error_data error_desc_length_min_limit
error_duplicate_modelid error_edit_item_price_for_item_has_model error_edit_item_stock_for_item_has_model
error_holiday_mode_change_stock error_holiday_on_add_item error_image_num_min
error_in_item_promotion_item_price_lock error_incalid_brand error_inner error_invalid_attribute
error_invalid_brand error_invalid_days_to_ship error_invalid_price error_invalid_price_for_logistic
error_item_name_is_too_short error_item_not_found error_item_uneditable error_kyc_auth
error_less_required_attribute error_limit error_merchant_refresh_token error_model_duplicate_name
error_model_update_stock_model_in_promotion error_network error_not_found error_param error_param_item_status
error_partner_key_expired error_permission error_price_exceed_max_limitt error_price_exceed_min_limitt
error_price_out_of_range error_price_should_be_same_for_wholesales error_promotion_cantnot_update_stock
error_rate_limit error_repeated_mtsku error_seller_under_penalty error_server error_set_normal_unlisted_item
error_shop_refresh_token error_sign error_system_busy error_title_character_forbidden
error_title_exceeds_max_length error_too_many_request error_unlist_item_all_failed error_update_price_fail
error_update_time_range error_wms_shop_block_upate_stock error_wrong_modelid exceed_max_limit
frequency_limited invalid_acceess_token invalid_access_token invalid_code invalid_main_acount_id
invalid_partner_id invalid_shop_id logistics.can_not_print_jit_order logistics.download_later
logistics.error_limit logistics.error_logistics_shop_require_pickup_address logistics.error_no_pickup_address
logistics.error_param logistics.lack_of_invoice_data logistics.package_already_shipped
logistics.package_can_not_print logistics.package_number_not_exist
logistics.packages_can_not_download_together logistics.ship_order_need_address_pickup_time
logistics.ship_order_need_branch_id logistics.ship_order_need_pacakge_number
logistics.ship_order_need_sender_real_name logistics.ship_order_need_tracking_number
logistics.ship_order_not_need_pacakge_number logistics.ship_order_not_ready_to_ship
logistics.shipping_document_should_print_first logistics.tracking_number_invalid merchant_access_expired
merchant_no_linked order.cancel_order_invalid_status order.error_limit order.error_param
order.order_list_invalid_time partner_frozen partner_shop_no_link prodct.error_param product.error_busi
product.error_busi_update_stock_failed product.error_param refresh_token_expired request_limit_exceeded
shop_access_expired shop_banned shop_no_linked source_ip_undeclared warehouse.error_not_in_whitelist
"""
NAMED = PRINTED.split()

# Codes whose recorded meaning is a surprise: our own bug, our key, our address.
OURS = {
    "error_sign", "invalid_partner_id", "error_partner_key_expired", "source_ip_undeclared",
    "common.source_ip_undeclared", "error_param_item_status", "error_update_time_range",
    "order.order_list_invalid_time", "exceed_max_limit",
}  # fmt: skip


@pytest.mark.parametrize("code", [code for code in NAMED if code != "error_auth"])
def test_every_named_code_has_a_meaning(code: str):
    """Only our own faults are surprises."""
    is_surprise = errors.meaning(code).kind is ProtocolSurpriseError

    assert is_surprise == (code in OURS)


CASES = [
    ("error_auth", "Invalid access_token.", TokenExpiredError, "error.token_expired"),
    ("error_auth", "Invalid refresh_token.", DisconnectedError, "error.disconnected"),
    ("error_auth", "Invalid partner_id or shopid.", DisconnectedError, "error.disconnected"),
    ("error_auth", "No permission to current api.", NotPermittedError, "shopee.app_stopped"),
    ("error_auth", "System error, please try again later.", TransientError, "error.transient"),
    ("error_auth", "Total stock must be more than reserved stock.", RejectedError, "shopee.stock_reserved"),
    ("error_auth", "Lack of location_id, please double check.", RejectedError, "shopee.location"),
    ("error_auth", "You do not have right to use seller location_id, ...", RejectedError, "shopee.location"),
    ("product.error_busi", "Too many connections", TransientError, "error.transient"),
    ("product.error_busi", "The GTIN code is mandatory, please check and upload again.", RejectedError, "shopee.gtin"),
    ("product.error_busi", "Invalid product setting. Please verify.", RejectedError, "error.rejected"),
    ("error_param", "Timestamp is expired.", ProtocolSurpriseError, "shopee.clock"),
    ("error_param", "There is no partner_id in query.", ProtocolSurpriseError, "error.surprise"),
    ("product.error_param", "invalid field ItemId: value must  Not Null", ProtocolSurpriseError, "error.surprise"),
    ("error_param", "Invalid category.", RejectedError, "shopee.category"),
    ("error_param", "Image not exist.", RejectedError, "shopee.photo_refused"),
    ("error_param", "dimension is required", RejectedError, "shopee.size_refused"),
    ("error_param", "Invalid logistic info, something", RejectedError, "shopee.no_shipping_channel"),
    ("error_param", "Wrong model_id.", StaleError, "error.stale"),
    ("error_param", "Model tier_index error.", RejectedError, "shopee.variants_refused"),
    ("logistics.error_param", "The order is being allocated, please wait ...", TransientError, "error.transient"),
    ("order.error_limit", "Can not cancel this order", RejectedError, "shopee.cannot_cancel"),
    ("error_auth", "Item can not be deleted in holiday mode.", RejectedError, "shopee.holiday"),
    ("error_auth", "Invalid code", RejectedError, "shopee.consent_code"),
    ("invalid_main_acount_id", "", RejectedError, "shopee.consent_code"),
    ("logistics.error_param", "The order status is not ready to ship.", StaleError, "error.stale"),
    ("error_data", "The return you queried doesn't exist.", StaleError, "error.stale"),
    ("logistics.error_no_pickup_address", "", RejectedError, "shopee.pickup_address"),
    ("error_limit", "daily", RateLimitError, "shopee.daily_quota"),
    ("order. error_param", "anything", RejectedError, "error.rejected"),
    ("PRODUCT.ERROR_ITEM_NOT_FOUND", "", StaleError, "error.stale"),
    ("error_invented_yesterday", "", ProtocolSurpriseError, "error.surprise"),
    ("error_auth", "words nobody recorded", ProtocolSurpriseError, "error.surprise"),
]


@pytest.mark.parametrize(("code", "message", "kind", "user_key"), CASES)
def test_what_happens_next(code: str, message: str, kind: type, user_key: str):
    """Full code first, then one module stripped, spaces and case aside; the text where the code says too much."""
    error = errors.error(code, message, "r-1")

    assert type(error) is kind
    assert error.user_key == user_key
    assert (error.channel, error.code, error.message, error.request_id) == ("shopee", code.strip(), message, "r-1")


def test_shp_007_a_refused_cancellation_is_no_quota():
    """`order.error_limit` and `logistics.error_limit` are about one order; only the bare code is the day's quota."""
    kinds = [errors.meaning(code).kind for code in ("order.error_limit", "logistics.error_limit", "error_limit")]

    assert kinds == [RejectedError, RejectedError, RateLimitError]


def test_a_spent_quota_waits_for_midnight_in_singapore():
    """Noon in Bangkok is one o'clock there: eleven hours to go."""
    channel, access, tokens = scripted(lambda request: envelope(error="error_limit", message="daily"))

    with pytest.raises(RateLimitError) as limited:
        channel.open(access, KeptTokens(channel, access, tokens)).observe()

    assert limited.value.retry_after_s == 11 * 3600


def test_every_card_this_table_names_is_listed():
    """Pages ask for this list to be sure each has a text."""
    keys = errors.user_keys()

    assert all(key.startswith(("shopee.", "error.")) for key in keys)
    assert {"shopee.stock_reserved", "shopee.promotion_lock", "error.disconnected"} <= keys


def test_a_spent_quota_of_the_day_holds_back_every_shop_of_the_app():
    """One shop met it; no other shop and no other path spends a call on hearing the same."""
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        return envelope(error="error_limit", message="Your daily request limit is reached.")

    http = httpx.Client(transport=httpx.MockTransport(answer))
    allowance = Allowance(MemoryTable(), lambda: NOON)
    channel = Shopee(http, clock=lambda: NOON, patience=HURRIED, allowance=allowance)
    app, pair = AppKeys("shopee", "2001234", "shpkey", "pushkey"), Tokens("access-1", "refresh-1", NOON, NOON)
    one, other = (ShopAccess(name, app, number) for name, number in (("one", "220011445"), ("other", "220011446")))

    with pytest.raises(RateLimitError) as refused:
        channel.open(one, KeptTokens(channel, one, pair)).observe()
    with pytest.raises(PacedError) as paced:
        channel.open(other, KeptTokens(channel, other, pair)).look(["7"])

    assert len(sent) == 1
    assert refused.value.user_key == errors.DAILY_QUOTA
    assert paced.value.retry_after_s > 3600


@pytest.mark.parametrize(("warning", "is_logged"), [("some items were dropped", True), ([], False), (None, False)])
def test_shp_036_a_warning_beside_a_success_is_logged(warning: object, is_logged: bool, caplog):
    """Path, words and request id, and no token; the answer stands."""
    page = {"item": [], "total_count": 0, "has_next_page": False}
    channel, access, tokens = scripted(lambda request: envelope(page, warning=warning))

    observation = channel.open(access, KeptTokens(channel, access, tokens)).observe()

    assert observation.complete
    assert ("product/get_item_list" in caplog.text) is is_logged
    assert ("some items were dropped" in caplog.text) is is_logged
    assert tokens.access not in caplog.text

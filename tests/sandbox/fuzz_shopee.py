"""A good call of every practice Shopee path, to be spoilt."""

import time
from typing import Any

from shopee_practice import Seller, model, tiers_body

from sandbox.shopee.market import HANDLERS


def shopee_good(seller: Seller) -> dict[str, tuple[dict[str, Any], Any]]:
    """For every call its query and body as they work, or nearly."""
    seller.sim("settings", {"ready_after_s": 0, "rate_per_s": 10**9, "process_after_s": 0, "label_after_s": 0})
    image = seller.upload()
    plain = seller.add(images=[image], item_sku="PLAIN")
    item = seller.add_with_models()
    first, second = (row["model_id"] for row in seller.models(item))
    order = seller.buy("C-0", 2)
    back = seller.buy("PLAIN")
    seller.sim(f"orders/{back}/advance", {"to": "TO_CONFIRM_RECEIVE"})
    sn = seller.sim("returns", {"order_id": back, "lines": [{"seller_sku": "PLAIN", "quantity": 1}]}).get(
        "return_sn", "1"
    )
    now = int(time.time())
    label = {"order_sn": order, "tracking_number": "TH1", "shipping_document_type": "NORMAL_AIR_WAYBILL"}
    labels = ({}, {"shipping_document_type": "NORMAL_AIR_WAYBILL", "order_list": [label]})
    page = {"page_size": 10, "offset": 0, "page_no": 1, "cursor": ""}
    new = {"item_id": item, "model_list": [model([0], "NEW")]}
    tiers = tiers_body(item, ("แดง", "ดำ"))
    good: dict[str, tuple[dict[str, Any], Any]] = {
        "auth/token/get": ({}, {"code": "x", "partner_id": int(seller.app_key), "shop_id": int(seller.shop_id)}),
        "auth/access_token/get": (
            {},
            {"refresh_token": "x", "partner_id": int(seller.app_key), "shop_id": int(seller.shop_id)},
        ),
        "product/add_item": ({}, seller.item(images=[image], item_sku="MORE")),
        "product/update_item": ({}, {"item_id": plain, **seller.item(images=[image])}),
        "product/init_tier_variation": ({}, tiers),
        "product/update_tier_variation": (
            {},
            tiers | {"model_list": [{"model_id": first, "tier_index": [0]}, {"model_id": second, "tier_index": [1]}]},
        ),
        "product/add_model": ({}, new),
        "product/update_model": (
            {},
            {"item_id": item, "model": [{"model_id": first, "model_sku": "C-0", "weight": 1.0}]},
        ),
        "product/delete_model": ({}, {"item_id": item, "model_id": second}),
        "product/update_price": ({}, {"item_id": item, "price_list": [{"model_id": first, "original_price": 200}]}),
        "product/update_stock": (
            {},
            {"item_id": item, "stock_list": [{"model_id": first, "seller_stock": [{"stock": 4}]}]},
        ),
        "product/unlist_item": ({}, {"item_list": [{"item_id": plain, "unlist": True}]}),
        "product/delete_item": ({}, {"item_id": plain}),
        "product/get_item_list": (
            {**page, "item_status": "NORMAL", "update_time_from": 1, "update_time_to": now},
            None,
        ),
        "product/search_item": ({**page, "item_sku": "PLAIN", "item_name": "ขนม", "item_status": "NORMAL"}, None),
        "product/get_category": ({"language": "th"}, None),
        "product/get_attribute_tree": ({"category_id_list": "[100713]", "language": "th"}, None),
        "product/get_brand_list": ({**page, "category_id": 100713, "status": 1}, None),
        "product/category_recommend": ({"item_name": "ขนม"}, None),
        "product/get_item_limit": ({"category_id": 100713}, None),
        "order/get_order_list": (
            {
                **page,
                "time_range_field": "update_time",
                "time_from": now - 9,
                "time_to": now + 9,
                "order_status": "READY_TO_SHIP",
            },
            None,
        ),
        "order/get_order_detail": (
            {"order_sn_list": order, "response_optional_fields": "item_list,package_list"},
            None,
        ),
        "order/cancel_order": (
            {},
            {
                "order_sn": order,
                "cancel_reason": "OUT_OF_STOCK",
                "item_list": [{"item_id": item, "model_id": first}],
                "partial_cancel_item_list": [{"item_id": item, "model_id": first, "quantity": 1}],
            },
        ),
        "order/handle_buyer_cancellation": ({}, {"order_sn": order, "operation": "ACCEPT"}),
        "order/set_note": ({}, {"order_sn": order, "note": "x"}),
        "logistics/ship_order": ({}, {"order_sn": order, "dropoff": {}}),
        "payment/get_escrow_list": ({**page, "release_time_from": 1, "release_time_to": now + 9}, None),
        "payment/get_escrow_detail_batch": ({}, {"order_sn_list": [order, back]}),
        "returns/get_return_list": (
            {**page, "create_time_from": 1, "create_time_to": now, "status": "REQUESTED"},
            None,
        ),
        "returns/get_return_detail": ({"return_sn": sn}, None),
        "returns/confirm": ({}, {"return_sn": sn}),
        "push/set_app_push_config": (
            {},
            {"set_push_config_on": [3], "set_push_config_off": [4], "blocked_shop_id_list": [int(seller.shop_id)]},
        ),
        "push/confirm_consumed_lost_push_message": ({}, {"last_message_id": 0}),
        "public/get_shops_by_partner": (page, None),
        "media_space/upload_image": ({}, {}),
    }
    common = {"order_sn": order, "item_id": item, "item_id_list": f"{item},{plain}"}
    for path, (method, _) in HANDLERS.items():
        name = path.removeprefix("/api/v2/")
        body = labels if "document" in name else (common, None if method == "GET" else {})
        good.setdefault(name, body)
    return good

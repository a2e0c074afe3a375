"""Request bodies of the product calls, as Go types."""

from typing import Any

STOCK: list[Any] = [{"stock": "int32", "location_id": "string"}]
DIMENSION = {"package_length": "int32", "package_width": "int32", "package_height": "int32"}
PRE_ORDER = {"is_pre_order": "bool", "days_to_ship": "int32"}
VALUE = {"value_id": "int64", "original_value_name": "string", "value_unit": "string"}
ATTRIBUTES: list[Any] = [
    {
        "attribute_id": "int64",
        "attribute_value_list": [VALUE],
    }
]
LOGISTICS: list[Any] = [
    {
        "logistic_id": "int32",
        "enabled": "bool",
        "is_free": "bool",
        "size_id": "int64",
        "shipping_fee": "float64",
    }
]
ITEM: dict[str, Any] = {
    "item_name": "string",
    "description": "string",
    "description_type": "string",
    "weight": "float64",
    "category_id": "int64",
    "image": {"image_id_list": ["string"], "image_ratio": "string"},
    "item_status": "string",
    "dimension": DIMENSION,
    "attribute_list": ATTRIBUTES,
    "brand": {"brand_id": "int64", "original_brand_name": "string"},
    "item_sku": "string",
    "condition": "string",
    "pre_order": PRE_ORDER,
    "wholesale": [{"min_count": "int32", "max_count": "int32", "unit_price": "float64"}],
    "video_upload_id": ["string"],
    "gtin_code": "string",
    "size_chart_info": {"size_chart": "string", "size_chart_id": "int64"},
}
ADD_ITEM = ITEM | {"original_price": "float64", "logistic_info": LOGISTICS, "seller_stock": STOCK}
UPDATE_ITEM = ITEM | {"item_id": "int64"}
MODEL: dict[str, Any] = {
    "tier_index": ["int32"],
    "original_price": "float64",
    "model_sku": "string",
    "seller_stock": STOCK,
    "gtin_code": "string",
    "weight": "float64",
    "dimension": DIMENSION,
    "pre_order": PRE_ORDER,
}
NEW_TIERS: list[Any] = [
    {
        "variation_id": "int64",
        "variation_name": "string",
        "variation_group_id": "int64",
        "variation_option_list": [
            {"variation_option_id": "int64", "variation_option_name": "string", "image_id": "string"}
        ],
    }
]
OLD_TIERS: list[Any] = [{"name": "string", "option_list": [{"option": "string", "image": {"image_id": "string"}}]}]
TIERS = {"item_id": "int64", "standardise_tier_variation": NEW_TIERS, "tier_variation": OLD_TIERS}
INIT_TIERS = TIERS | {"model": [MODEL]}
UPDATE_TIERS = TIERS | {"model_list": [{"model_id": "int64", "tier_index": ["int32"]}]}
ADD_MODEL = {"item_id": "int64", "model_list": [MODEL]}
UPDATE_MODEL = {"item_id": "int64", "model": [MODEL | {"model_id": "int64"}]}
DELETE_MODEL = {"item_id": "int64", "model_id": "int64"}
UPDATE_PRICE = {"item_id": "int64", "price_list": [{"model_id": "int64", "original_price": "float64"}]}
UPDATE_STOCK = {"item_id": "int64", "stock_list": [{"model_id": "int64", "seller_stock": STOCK}]}
UNLIST = {"item_list": [{"item_id": "int64", "unlist": "bool"}]}
DELETE_ITEM = {"item_id": "int64"}

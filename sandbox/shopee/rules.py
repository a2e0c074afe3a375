"""What Shopee Thailand accepts in a listing; pure checks that raise the refusal in its own words.

Codes ending `_max_limit`, `error_image_num_max` and the hashtag text are formed by analogy with
recorded ones, because no source names them. Lengths count characters.
"""

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sandbox.shopee import reference
from sandbox.shopee.errors import RefusalError, missing, param

Payload = Mapping[str, Any]
REQUIRED = ("item_name", "description", "weight", "category_id", "image")
MAX_HASHTAGS, MAX_MODELS, MAX_SKU_LENGTH, PRICE_SPREAD_TH = 18, 50, 100, 5


def check_item(item: Payload, images: Collection[str]) -> None:
    """Every rule that add_item and each later update_item apply to the whole listing."""
    for field in REQUIRED:
        if field not in item:
            raise missing("product", field)
    checks: tuple[Callable[[Payload], None], ...] = (
        _category,
        _name,
        _description,
        _weight,
        _words,
        _attributes,
        _brand,
        _pre_order,
        _dimension,
        _gtin,
        _wholesale,
    )
    for check in checks:
        check(item)
    check_images(item["image"].get("image_id_list", []), images)


def check_new(item: Payload, images: Collection[str]) -> None:
    """The rules of add_item: the whole listing, its first price, stock and shipping channels."""
    for field in ("original_price", "logistic_info"):
        if field not in item:
            raise missing("product", field)
    check_item(item, images)
    check_price(item["original_price"])
    check_stock(item.get("seller_stock", []))
    check_channels(item, reference.channels())


def check_images(ids: Sequence[str], known: Collection[str]) -> None:
    """One to nine images, each uploaded before."""
    limit = reference.limits(None)["item_image_count_limit"]
    if len(ids) < limit["min_limit"]:
        raise RefusalError("error_image_num_min", "The number of images is below the minimum limit.")
    if len(ids) > limit["max_limit"]:
        raise RefusalError("error_image_num_max", "The number of images exceeds the maximum limit.")
    if not set(ids) <= set(known):
        raise param("Image not exist.")


def check_price(price: float) -> None:
    """Whole baht within the limits (the double t is theirs)."""
    limit = reference.limits(None)["price_limit"]
    if price < limit["min_limit"]:
        raise RefusalError("error_price_exceed_min_limitt", "Price is lower than the minimum limit.")
    if price > limit["max_limit"]:
        raise RefusalError("error_price_exceed_max_limitt", "Price is higher than the maximum limit.")
    if price != int(price):
        raise RefusalError("error_invalid_price", "Invalid price, should be an integer.")


def check_spread(prices: Collection[float]) -> None:
    """The dearest variant costs at most five times the cheapest."""
    if prices and max(prices) > PRICE_SPREAD_TH * min(prices):
        text = f"The price ratio between the highest and the lowest model exceeds {PRICE_SPREAD_TH}."
        raise RefusalError("error_price_out_of_range", text)


def check_stock(rows: Sequence[Payload]) -> int:
    """Units of one seller_stock list.

    An ordinary shop may not name a location, although reads show one.
    """
    if any(row.get("location_id") for row in rows):
        raise RefusalError("error_auth", "You do not have right to use seller location_id, please double check.")
    if len(rows) > 1:
        raise RefusalError("error_auth", "Lack of location_id, please double check.")
    units = int(rows[0].get("stock", 0)) if rows else 0
    limit = reference.limits(None)["stock_limit"]
    if not limit["min_limit"] <= units <= limit["max_limit"]:
        raise param("Invalid stock, out of the stock limit.")
    return units


def check_channels(item: Payload, channels: Sequence[Payload]) -> None:
    """At least one channel switched on, each one open to buyers and fed with what its fee type needs."""
    known = {row["logistics_channel_id"]: row for row in channels}
    on = [row for row in item["logistic_info"] if row.get("enabled")]
    if not on:
        raise param("Invalid logistic info, at least one logistic channel should be enabled.")
    for row in on:
        channel = known.get(row.get("logistic_id", 0))
        if channel is None or not channel["enabled"] or channel["mask_channel_id"]:
            raise param(f"Invalid logistic info, logistic_id {row.get('logistic_id', 0)} is not available.")
        _fee_type(item, row, channel)


def check_tiers(tiers: Sequence[Payload], images: Collection[str]) -> None:
    """Names, options, sizes and pictures of one or two tiers; pictures only on the first, then on all."""
    limits = reference.limits(None)
    if len(tiers) > 2:
        raise param("The level of tier-variation over 2.")
    for position, tier in enumerate(tiers):
        names = [option["name"] for option in tier["options"]]
        _fits(tier["name"], limits["tier_variation_name_length_limit"]["max_limit"], "variation name")
        for name in names:
            _fits(name, limits["tier_variation_option_length_limit"]["max_limit"], "variation option")
        if len(set(names)) != len(names):
            raise RefusalError("error_model_duplicate_name", "The option name is duplicated.")
        if not 1 <= len(names) <= MAX_MODELS:
            raise param("The number of options of one tier-variation should be between 1 and 50.")
        _tier_images(tier, position, images)


def check_models(models: Sequence[Payload], tiers: Sequence[Payload]) -> None:
    """Each variant points at one existing combination, no two at the same."""
    if not 1 <= len(models) <= MAX_MODELS:
        raise param("The number of models should be between 1 and 50.")
    places = [tuple(model.get("tier_index", ())) for model in models]
    sizes = [len(tier["options"]) for tier in tiers]
    for place in places:
        if len(place) != len(sizes) or any(not 0 <= at < size for at, size in zip(place, sizes, strict=True)):
            raise param("Model tier_index error.")
    if len(set(places)) != len(places):
        raise param("Model tier_index error.")


def check_new_models(models: Sequence[Payload]) -> None:
    """Price, stock and code of variants about to be made."""
    for model in models:
        if "original_price" not in model:
            raise missing("product", "original_price")
        if "seller_stock" not in model:
            raise missing("product", "seller_stock")
        check_price(model["original_price"])
        check_stock(model["seller_stock"])
        check_model_facts(model)


def check_model_facts(model: Payload) -> None:
    """The parts of a variant that update_model may change."""
    if len(model.get("model_sku", "")) > MAX_SKU_LENGTH:
        raise param("The length of model_sku should be less than 100.")
    if "dimension" in model and "weight" not in model:
        raise param("weight is required when dimension is set.")


def _category(item: Payload) -> None:
    if item["category_id"] == reference.BLOCKED_CATEGORY:
        raise RefusalError("error_category_is_block", "The category is blocked.")
    if item["category_id"] not in reference.LEAF_IDS:
        raise param("Invalid category.")


def _name(item: Payload) -> None:
    limit, name = reference.limits(None)["item_name_length_limit"], item["item_name"]
    if len(name) < limit["min_limit"]:
        raise RefusalError("error_item_name_is_too_short", "The product name is too short.")
    if len(name) > limit["max_limit"]:
        raise RefusalError("error_title_exceeds_max_length", "The product name exceeds the maximum length.")
    if any(unicodedata.category(letter) in {"Cc", "So"} for letter in name):
        raise RefusalError("error_title_character_forbidden", "The product name has forbidden characters.")


def _description(item: Payload) -> None:
    limit, text = reference.limits(None)["item_description_length_limit"], item["description"]
    if len(text) < limit["min_limit"]:
        raise RefusalError("error_desc_length_min_limit", "The description is shorter than the minimum length.")
    if len(text) > limit["max_limit"]:
        raise RefusalError("error_desc_length_max_limit", "The description exceeds the maximum length.")
    if text.count("#") > MAX_HASHTAGS:
        raise param("The number of hashtags in description should not be more than 18.")


def _weight(item: Payload) -> None:
    if item["weight"] <= 0:
        raise param("Invalid Weight.")


def _words(item: Payload) -> None:
    if item.get("item_status", "NORMAL") not in {"NORMAL", "UNLIST"}:
        raise RefusalError("error_param_item_status", "Invalid item_status.")
    if item.get("condition", "NEW") not in {"NEW", "USED"}:
        raise param("Invalid condition.")
    if item.get("description_type", "normal") != "normal":
        raise RefusalError("error_auth", "You do not have permission to use extended description.")
    if len(item.get("item_sku", "")) > MAX_SKU_LENGTH:
        raise param("The length of item_sku should be less than 100.")


def _attributes(item: Payload) -> None:
    given = {row.get("attribute_id", 0): row.get("attribute_value_list", []) for row in item.get("attribute_list", [])}
    for number, values in given.items():
        known = reference.find_attribute(item["category_id"], number)
        if known is None or not all(_value_fits(known, value) for value in values):
            raise RefusalError("error_invalid_attribute", f"Invalid attribute: {number}.")
    for node in reference.attributes(item["category_id"]):
        if node["mandatory"] and not given.get(node["attribute_id"]):
            detail = f"Attribute is mandatory: id: {node['attribute_id']}, name: {node['name'][0]}"
            raise RefusalError("error_invalid_attribute", "Mandatory attribute information required", debug=detail)


def _value_fits(node: Payload, value: Payload) -> bool:
    listed = {row["value_id"] for row in node["attribute_value_list"]}
    if value.get("value_id", 0):
        return value["value_id"] in listed
    info, text = node["attribute_info"], value.get("original_value_name", "")
    custom_allowed = info["input_type"] in {2, 3, 5}
    unit_fits = info["format_type"] == 1 or value.get("value_unit", "") in info["attribute_unit_list"]
    return bool(custom_allowed and text and unit_fits and _reads_as(text, info["input_validation_type"]))


def _reads_as(text: str, validation: int) -> bool:
    if validation in {1, 4}:
        return text.lstrip("-").isdecimal()
    if validation == 3:
        return text.replace(".", "", 1).isdecimal()
    return True


def _brand(item: Payload) -> None:
    brand = item.get("brand")
    if brand is None:
        if item["category_id"] == reference.BRAND_CATEGORY:
            raise RefusalError("error_invalid_brand", "Brand ID required")
        return
    if "brand_id" not in brand:
        raise RefusalError("error_invalid_brand", "Brand ID required")
    if not brand.get("original_brand_name"):
        raise RefusalError("error_invalid_brand", "Brand name required")
    if brand["brand_id"] and reference.BRANDS.get(brand["brand_id"]) != brand["original_brand_name"]:
        raise RefusalError("error_incalid_brand", "Invalid brand.")


def _pre_order(item: Payload) -> None:
    pre_order = item.get("pre_order")
    if pre_order is None:
        return
    dts = reference.limits(item["category_id"])["dts_limit"]
    low, high = dts["days_to_ship_limit"]["min_limit"], dts["days_to_ship_limit"]["max_limit"]
    days = pre_order.get("days_to_ship", dts["non_pre_order_days_to_ship"])
    fits = low <= days <= high if pre_order.get("is_pre_order") else days == dts["non_pre_order_days_to_ship"]
    if not fits or (pre_order.get("is_pre_order") and low < 0):
        raise RefusalError("error_invalid_days_to_ship", "Invalid days_to_ship.")


def _dimension(item: Payload) -> None:
    if "dimension" not in item:
        return
    sides = [item["dimension"].get(f"package_{side}", 0) for side in ("length", "width", "height")]
    if not all(side > 0 for side in sides):
        raise param("dimension is required")


def _gtin(item: Payload) -> None:
    if reference.gtin_rule(item["category_id"]) == "Mandatory" and not item.get("gtin_code"):
        raise RefusalError("product.error_busi", "The GTIN code is mandatory, please check and upload again.")


def _wholesale(item: Payload) -> None:
    for tier in item.get("wholesale", []):
        if not 0 < tier.get("min_count", 0) <= tier.get("max_count", 0) or tier.get("unit_price", 0) <= 0:
            raise param("Invalid wholesale.")


def _fee_type(item: Payload, row: Payload, channel: Payload) -> None:
    heaviest = channel["weight_limit"]["item_max_weight"]
    if heaviest and item["weight"] > heaviest:
        raise param("Invalid Weight.")
    if channel["fee_type"] == "SIZE_INPUT" and "dimension" not in item:
        raise param("dimension is required")
    if channel["fee_type"] == "SIZE_SELECTION" and not row.get("size_id"):
        raise param("Invalid logistic info, size_id is required.")
    if channel["fee_type"] == "CUSTOM_PRICE" and "shipping_fee" not in row:
        raise param("Invalid logistic info, shipping_fee is required.")


def _fits(text: str, longest: int, what: str) -> None:
    if not 1 <= len(text) <= longest:
        raise param(f"The length of {what} should be between 1 and {longest}.")


def _tier_images(tier: Payload, position: int, images: Collection[str]) -> None:
    pictures = [option["image_id"] for option in tier["options"] if option["image_id"]]
    if pictures and position:
        raise param("Only the first tier-variation can have images.")
    if pictures and len(pictures) != len(tier["options"]):
        raise param("All options of the first tier-variation should have images.")
    if not set(pictures) <= set(images):
        raise param("Image not exist.")

"""A listing as Shopee shows it. Writing and reading differ on purpose: weight is text here,
`price_info` a list, `location_id` present although an ordinary shop may not send one, and a listing
with variants hides its price and stock.

Stock, a choice where the page is silent: `seller_stock[].stock` is everything a buyer could still
order, promotion reserve included (the number `update_stock` sets); `total_reserved_stock` is that
reserve; `total_available_stock` is the difference, so the two are equal without a promotion, and
what lies in Shopee's own warehouse (`shopee_stock`, which no call sets) comes on top of it. An
order lowers them when it is placed, paid or not; a cancellation before shipping raises them again;
shipping changes nothing more.
"""

from typing import Any

from sandbox.market.shop import Listing, Sku
from sandbox.shopee import reference

LOCATION_ID = "THZ"
IMAGE_PREFIX = "th-11134207-"


def item_facts(listing: Listing) -> dict[str, Any]:
    """What the seller last wrote about the listing as a whole."""
    facts: dict[str, Any] = listing.data["item"]
    return facts


def tiers(listing: Listing) -> list[dict[str, Any]]:
    """The listing's tiers as {"name", "id", "group_id", "options": [{"name", "image_id", "id"}]}; ids may be absent.

    Empty without variants.
    """
    kept: list[dict[str, Any]] = listing.data.get("tiers", [])
    return kept


def model_id(sku: Sku) -> int:
    """0 on a listing without variants."""
    return int(sku.data.get("model_id", 0))


def baht(satang: int) -> int | float:
    """Shopee's number for an amount: whole where it is whole."""
    return satang // 100 if satang % 100 == 0 else satang / 100


def promotion(sku: Sku, now_s: float) -> dict[str, Any] | None:
    """The promotion that holds this offer now or soon; None when there is none."""
    kept: dict[str, Any] | None = sku.data.get("promotion")
    return kept if kept and kept["end_time"] > now_s else None


def reserved(sku: Sku, now_s: float) -> int:
    """Units set apart for a promotion, never more than there are."""
    held = promotion(sku, now_s)
    return min(int(held["reserved"]), sku.sellable) if held else 0


def price_info(sku: Sku, now_s: float) -> list[dict[str, Any]]:
    """List price and the price buyers pay at this moment."""
    original = current = baht(sku.price_satang)
    held = promotion(sku, now_s)
    if held and held["start_time"] <= now_s:
        current = held["price"] or original
    return [
        {
            "currency": "THB",
            "original_price": original,
            "current_price": current,
            "inflated_price_of_original_price": original,
            "inflated_price_of_current_price": current,
        }
    ]


def stock_info(sku: Sku, now_s: float) -> dict[str, Any]:
    """`stock_info_v2` of one offer."""
    apart, shopees = reserved(sku, now_s), int(sku.data.get("shopee_stock", 0))
    return {
        "summary_info": {"total_reserved_stock": apart, "total_available_stock": sku.sellable - apart + shopees},
        "seller_stock": [{"location_id": LOCATION_ID, "stock": sku.sellable, "if_saleable": True}],
        "shopee_stock": [{"location_id": "", "stock": shopees}],
        "advance_stock": {"sellable_advance_stock": 0, "in_transit_advance_stock": 0},
    }


def image_urls(base_url: str, ids: list[str]) -> list[str]:
    """Where the pictures are served."""
    return [f"{base_url}/image/{image.removeprefix(IMAGE_PREFIX)}.jpg" for image in ids]


def base_info(listing: Listing, base_url: str, now_s: float) -> dict[str, Any]:
    """One row of get_item_base_info."""
    facts = item_facts(listing)
    row = {
        "item_id": int(listing.listing_id),
        "category_id": facts["category_id"],
        "item_name": listing.title,
        "description": facts["description"],
        "description_type": "normal",
        "item_sku": facts.get("item_sku", ""),
        "create_time": int(listing.created_at),
        "update_time": int(listing.updated_at),
        "item_status": listing.status,
        "has_model": bool(tiers(listing)),
        "has_promotion": any(promotion(sku, now_s) for sku in listing.skus),
        "image": _image(facts, base_url),
        "weight": _number(facts["weight"]),
        "logistic_info": [_channel(row) for row in facts["logistic_info"]],
        "attribute_list": [_attribute(facts, row) for row in facts.get("attribute_list", [])],
        "pre_order": _pre_order(facts),
        "condition": facts.get("condition", "NEW"),
        "brand": facts.get("brand") or {"brand_id": 0, "original_brand_name": "NoBrand"},
        "deboost": "FALSE",
        "size_chart": "",
        "size_chart_id": 0,
        "tag": {"kit": False},
    }
    for field in ("dimension", "gtin_code", "wholesale"):
        if facts.get(field):
            row[field] = facts[field]
    if not tiers(listing):
        row["price_info"] = price_info(listing.skus[0], now_s)
        row["stock_info_v2"] = stock_info(listing.skus[0], now_s)
    return row


def models(listing: Listing, base_url: str, now_s: float) -> dict[str, Any]:
    """Answer of get_model_list: three empty lists without variants, both tier shapes with them."""
    if not tiers(listing):
        return {"tier_variation": [], "standardise_tier_variation": [], "model": []}
    return {
        "tier_variation": [_old_tier(tier, base_url) for tier in tiers(listing)],
        "standardise_tier_variation": [_new_tier(tier, base_url) for tier in tiers(listing)],
        "model": [_model(listing, sku, now_s) for sku in listing.skus],
    }


def made_models(listing: Listing, skus: list[Sku]) -> dict[str, Any]:
    """Answer of init_tier_variation and add_model."""
    return {
        "item_id": int(listing.listing_id),
        "tier_variation": [_old_tier(tier, "") for tier in tiers(listing)],
        "model": [
            {
                "tier_index": sku.data.get("tier_index", []),
                "model_id": model_id(sku),
                "model_sku": sku.seller_sku,
                "price_info": [{"original_price": baht(sku.price_satang)}],
                "seller_stock": [{"location_id": LOCATION_ID, "stock": sku.sellable}],
            }
            for sku in skus
        ],
    }


def made_item(listing: Listing, base_url: str) -> dict[str, Any]:
    """Answer of add_item and update_item; `price_info` is an object here."""
    facts, sku = item_facts(listing), listing.skus[0]
    answer = {
        "item_id": int(listing.listing_id),
        "item_name": listing.title,
        "item_status": listing.status,
        "description": facts["description"],
        "category_id": facts["category_id"],
        "images": _image(facts, base_url),
        "weight": facts["weight"],
        "dimension": facts.get("dimension"),
        "attribute": facts.get("attribute_list", []),
        "logistic_info": facts["logistic_info"],
        "pre_order": _pre_order(facts),
        "item_sku": facts.get("item_sku", ""),
        "condition": facts.get("condition", "NEW"),
        "brand": facts.get("brand") or {"brand_id": 0, "original_brand_name": "NoBrand"},
    }
    if not tiers(listing):
        price = baht(sku.price_satang)
        answer["price_info"] = {"current_price": price, "original_price": price}
        answer["seller_stock"] = [{"location_id": LOCATION_ID, "stock": sku.sellable}]
    return answer


def model_name(listing: Listing, sku: Sku) -> str:
    """Option names joined with a comma, as buyers' orders show them."""
    return ",".join(
        tier["options"][at]["name"] for tier, at in zip(tiers(listing), sku.data.get("tier_index", []), strict=False)
    )


def _model(listing: Listing, sku: Sku, now_s: float) -> dict[str, Any]:
    facts, held = item_facts(listing), promotion(sku, now_s)
    return {
        "model_id": model_id(sku),
        "model_name": model_name(listing, sku),
        "model_sku": sku.seller_sku,
        "tier_index": sku.data["tier_index"],
        "price_info": price_info(sku, now_s),
        "stock_info_v2": stock_info(sku, now_s),
        "model_status": "MODEL_NORMAL",
        "promotion_id": held["promotion_id"] if held else 0,
        "has_promotion": held is not None,
        "pre_order": sku.data.get("pre_order") or _pre_order(facts),
        "gtin_code": sku.data.get("gtin_code", ""),
        "weight": _number(sku.data.get("weight", facts["weight"])),
        "dimension": sku.data.get("dimension") or facts.get("dimension"),
        "is_fulfillment_by_shopee": False,
    }


def _old_tier(tier: dict[str, Any], base_url: str) -> dict[str, Any]:
    rows = []
    for option in tier["options"]:
        row: dict[str, Any] = {"option": option["name"]}
        if option["image_id"]:
            (url,) = image_urls(base_url, [option["image_id"]])
            row["image"] = {"image_id": option["image_id"], "image_url": url}
        rows.append(row)
    return {"name": tier["name"], "option_list": rows}


def _new_tier(tier: dict[str, Any], base_url: str) -> dict[str, Any]:
    rows = []
    for option in tier["options"]:
        row = {"variation_option_id": option.get("id", 0), "variation_option_name": option["name"]}
        if option["image_id"]:
            (url,) = image_urls(base_url, [option["image_id"]])
            row |= {"image_id": option["image_id"], "image_url": url}
        rows.append(row)
    return {
        "variation_id": tier.get("id", 0),
        "variation_group_id": tier.get("group_id", 0),
        "variation_name": tier["name"],
        "variation_option_list": rows,
    }


def _image(facts: dict[str, Any], base_url: str) -> dict[str, Any]:
    ids = facts["image"]["image_id_list"]
    ratio = facts["image"].get("image_ratio") or "1:1"
    return {"image_id_list": ids, "image_url_list": image_urls(base_url, ids), "image_ratio": ratio}


def _channel(row: dict[str, Any]) -> dict[str, Any]:
    names = {c["logistics_channel_id"]: c["logistics_channel_name"] for c in reference.channels()}
    return {
        "logistic_id": row.get("logistic_id", 0),
        "logistic_name": names.get(row.get("logistic_id", 0), ""),
        "enabled": row.get("enabled", False),
        "size_id": row.get("size_id", 0),
        "is_free": row.get("is_free", False),
        "estimated_shipping_fee": row.get("shipping_fee", 40),
    }


def _attribute(facts: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    node = reference.find_attribute(facts["category_id"], row["attribute_id"])
    listed = {value["value_id"]: value["name"][0] for value in (node or {}).get("attribute_value_list", [])}
    values = [
        {
            "value_id": value.get("value_id", 0),
            "original_value_name": listed.get(value.get("value_id", 0), value.get("original_value_name", "")),
            "value_unit": value.get("value_unit", ""),
        }
        for value in row.get("attribute_value_list", [])
    ]
    return {
        "attribute_id": row["attribute_id"],
        "original_attribute_name": node["name"][0] if node else "",
        "is_mandatory": bool(node and node["mandatory"]),
        "attribute_value_list": values,
    }


def _pre_order(facts: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = facts.get("pre_order") or {}
    return {"is_pre_order": kept.get("is_pre_order", False), "days_to_ship": kept.get("days_to_ship", 2)}


def _number(value: float) -> str:
    return f"{value:g}"

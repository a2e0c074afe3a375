"""Shopee's listings <-> our words; pure.

| Ours          | Shopee                                          |
| ---           | ---                                             |
| listing id    | `item_id`                                       |
| offer id      | `model_id`, "0" when there are no models        |
| seller SKU    | `model_sku`, `item_sku` when there are no models |
| product code  | `item_sku` (the parent)                         |
| axis, option  | tier, variation option                          |
| price         | `original_price`, whole baht                    |
| quantity      | `summary_info`, available + reserved (SHP-001, SHP-002), or `seller_stock` (SHP-035) |
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.catalogue import Axis, Size
from chalicelib.domain.errors import ProtocolSurpriseError, RejectedError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import (
    DesiredListing,
    DesiredOffer,
    ListingState,
    ObservedListing,
    ObservedOffer,
)
from connectors.shopee.answers import (
    Attribute,
    AttributeValue,
    Item,
    Limits,
    Model,
    PriceInfo,
    SaidAttribute,
    ShippingChannel,
    StockInfo,
)

NO_MODEL = "0"
ATTRIBUTE_MISSING = "shopee.attribute_missing"
_STATES = {
    "NORMAL": ListingState.LIVE,
    "UNLIST": ListingState.HIDDEN,
    "REVIEWING": ListingState.IN_REVIEW,
    "BANNED": ListingState.REJECTED,
    "SELLER_DELETE": ListingState.GONE,
    "SHOPEE_DELETE": ListingState.GONE,
}
_FLOOR = re.compile(r"larger than (\d+)\s*\(reserve stock number\)", re.IGNORECASE)
# Values of a mandatory list that claim least about goods we know little of, the best first.
_MODEST_VALUES = ("ไทย", "thailand", "ไม่ระบุ", "not specified", "อื่น", "other", "ไม่มี", "none")


def state(item_status: str) -> ListingState:
    """Our state of a listing. Raises: ProtocolSurpriseError for a status nobody recorded."""
    try:
        return _STATES[item_status]
    except KeyError:
        raise ProtocolSurpriseError("shopee", "unknown_item_status", item_status) from None


def observed(item: Item, models: Sequence[Model], at: datetime, *, reserve_apart: bool = True) -> ObservedListing:
    """The listing as the shop shows it; `models` is empty for an item without variants.

    `reserve_apart`: what a promotion holds is not in the available units (Settings).
    """
    stands = state(item.item_status)
    return ObservedListing(
        listing_id=str(item.item_id),
        state=stands,
        title=item.item_name,
        offers=() if stands is ListingState.GONE else _offers(item, models, reserve_apart),
        observed_at=at,
        product_code=item.item_sku,
        reason=item.item_status if item.item_status == "BANNED" else "",
    )


def _offers(item: Item, models: Sequence[Model], apart: bool) -> tuple[ObservedOffer, ...]:
    if item.has_model:
        return tuple(_offer(model, apart) for model in models)
    units = _units(item.stock_info_v2, item.item_id, apart)
    return (ObservedOffer(item.item_sku, NO_MODEL, _price(item.price_info, item.item_id), units),)


def _offer(model: Model, apart: bool) -> ObservedOffer:
    return ObservedOffer(
        model.model_sku,
        str(model.model_id),
        _price(model.price_info, model.model_id),
        _units(model.stock_info_v2, model.model_id, apart),
        live=model.model_status != "MODEL_UNAVAILABLE",
    )


def _price(rows: Sequence[PriceInfo], of: int) -> Money:
    """The list price; `current_price` is a promotion's and comes and goes by itself."""
    if not rows:
        raise ProtocolSurpriseError("shopee", "no_price", str(of))
    try:
        return Money.parse(rows[0].original_price, rows[0].currency)
    except (KeyError, ValueError):
        raise ProtocolSurpriseError("shopee", "unreadable_price", str(of)) from None


def _units(stock: StockInfo | None, of: int, apart: bool) -> int:
    """What buyers can order now, inside a promotion or out of it: the number update_stock sets (SHP-002).

    Units promised to open orders are not in it (SHP-001), nor those in Shopee's warehouse (SHP-035).
    """
    if stock is None:
        raise ProtocolSurpriseError("shopee", "no_stock", str(of))
    if any(place.stock for place in stock.shopee_stock):
        return max(sum(place.stock for place in stock.seller_stock), 0)
    said = stock.summary_info
    return max(said.total_available_stock + (said.total_reserved_stock if apart else 0), 0)


def reserve_floor(reason: str) -> int | None:
    """Units a promotion holds, read out of a refusal (SHP-002).

    >>> reserve_floor("Stock should be larger than 13 (reserve stock number) for model แดง")
    13
    """
    found = _FLOOR.search(reason)
    return int(found[1]) if found else None


# --- what we write ------------------------------------------------------------------------------------------


def parent_sku(listing: DesiredListing) -> str:
    """`item_sku`: the product code when there are variants, else the seller SKU of the only offer."""
    return listing.product_code if listing.axes else listing.offers[0].seller_sku


def baht(price: Money) -> int:
    """A price as Thailand takes it. Raises: RejectedError for satang, which Shopee would refuse or round."""
    if not price.is_whole:
        raise RejectedError("shopee", "satang_in_price", str(price), user_key="shopee.satang_in_price", field="price")
    return int(price.decimal)


def content_body(listing: DesiredListing, images: Sequence[str]) -> dict[str, Any]:
    """Fields add_item and update_item share: words and photos. Lists replace what is stored."""
    return {
        "item_name": listing.title,
        "description": listing.description,
        "item_sku": parent_sku(listing),
        "image": {"image_id_list": list(images)},
    }


def size_body(size: Size) -> dict[str, Any]:
    """The parcel of a listing; in update_item it overwrites the parcels of all variants (SHP-033)."""
    return {"weight": weight_kg(size), "dimension": dimension_cm(size)}


def is_size_due(size: Size, item: Item, models: Sequence[Model]) -> bool:
    """Whether the listing shows another parcel than ours, and no variant one of its own that ours would overwrite."""
    shown = item.measures
    own = any(
        said is not None and said != of_item
        for model in models
        for said, of_item in zip(model.measures, shown, strict=True)
    )
    return not own and shown != (weight_kg(size), *dimension_cm(size).values())


def add_item_body(
    listing: DesiredListing,
    category_id: int,
    images: Sequence[str],
    attributes: Sequence[Attribute],
    channels: Sequence[ShippingChannel],
    limits: Limits,
    no_brand_name: str,
) -> dict[str, Any]:
    """Body of add_item.

    With axes the stock stays 0 and the price is the lowest: the variants bring their own five seconds later.
    Units:  kilograms, centimetres, whole baht, whole units.
    Source: page section 3.4.
    """
    quantity = 0 if listing.axes else listing.offers[0].quantity
    return (
        content_body(listing, images)
        | size_body(listing.size)
        | {
            "category_id": category_id,
            "original_price": baht(min(offer.price for offer in listing.offers)),
            "seller_stock": [{"stock": quantity}],
            "item_status": "NORMAL",
            "condition": "NEW",
            "brand": {"brand_id": 0, "original_brand_name": no_brand_name},
            "attribute_list": [attribute_body(attribute, listing) for attribute in attributes],
            "logistic_info": [channel_body(channel) for channel in channels],
            "pre_order": {"is_pre_order": False, "days_to_ship": limits.dts_limit.non_pre_order_days_to_ship},
        }
    )


def weight_kg(size: Size) -> float:
    """Kilograms, a number on write (and text on read)."""
    return round(size.weight_g / 1000, 3)


def dimension_cm(size: Size) -> dict[str, int]:
    """Whole centimetres, rounded up: a parcel never turns out smaller than it is."""
    sides = {"length": size.length_mm, "width": size.width_mm, "height": size.height_mm}
    return {f"package_{side}": max(-(-mm // 10), 1) for side, mm in sides.items()}


def channel_body(channel: ShippingChannel) -> dict[str, Any]:
    """One shipping channel switched on; SIZE_SELECTION takes the smallest size on offer."""
    body: dict[str, Any] = {"logistic_id": channel.logistics_channel_id, "enabled": True}
    if channel.fee_type == "SIZE_SELECTION":
        body["size_id"] = channel.size_list[0].size_id
    return body


def attribute_body(attribute: Attribute, listing: DesiredListing) -> dict[str, Any]:
    """A mandatory attribute, filled with the listed value that claims least, else in our words (SHP-005).

    Raises: RejectedError when only a person can say it (a date, or a list without values).
    """
    return {
        "attribute_id": attribute.attribute_id,
        "attribute_value_list": [_attribute_value(attribute, listing)],
    }


def attributes_with(
    said: Sequence[SaidAttribute], wanted: Sequence[Attribute], listing: DesiredListing
) -> list[dict[str, Any]]:
    """What a listing says already, word for word, then each mandatory attribute it does not have."""
    kept = [one for one in said if one.attribute_value_list]
    here = {one.attribute_id for one in kept}
    added = [attribute_body(one, listing) for one in wanted if one.attribute_id not in here]
    return [*(one.model_dump() for one in kept), *added]


def _attribute_value(attribute: Attribute, listing: DesiredListing) -> dict[str, Any]:
    info = attribute.attribute_info
    if attribute.attribute_value_list:
        value = _modest(attribute.attribute_value_list)
        return {"value_id": value.value_id, "original_value_name": value.name, "value_unit": value.value_unit}
    if info.input_type in {1, 4} or info.input_validation_type == 4:
        raise RejectedError("shopee", "attribute_missing", attribute.name, user_key=ATTRIBUTE_MISSING, field="kind")
    units = info.attribute_unit_list if info.format_type == 2 else []
    is_number = info.input_validation_type in {1, 3}
    return {
        "value_id": 0,
        "original_value_name": _number(units, listing.size) if is_number else listing.title,
        "value_unit": _unit(units),
    }


def _modest(values: Sequence[AttributeValue]) -> AttributeValue:
    named = ((value, value.name.lower()) for word in _MODEST_VALUES for value in values if word in value.name.lower())
    return next((value for value, _ in named), values[0])


def _unit(units: Sequence[str]) -> str:
    return "g" if "g" in units else next(iter(units), "")


def _number(units: Sequence[str], size: Size) -> str:
    return str(size.weight_g) if "g" in units else "1"


# --- variants -----------------------------------------------------------------------------------------------


def tier_index(options: Sequence[str], axes: Sequence[Axis]) -> list[int]:
    """Where a variant stands on each axis. Raises: ValueError for an option no axis has."""
    return [axis.options.index(option) for option, axis in zip(options, axes, strict=True)]


def model_body(offer: DesiredOffer, axes: Sequence[Axis]) -> dict[str, Any]:
    """One new variant with its price and stock."""
    return {
        "tier_index": tier_index(offer.options, axes),
        "original_price": baht(offer.price),
        "model_sku": offer.seller_sku,
        "seller_stock": [{"stock": offer.quantity}],
    }


def stock_row(offer_id: str, quantity: int) -> dict[str, Any]:
    """One row of update_stock. No location: reads show one, ordinary shops must not send it (SHP-008)."""
    return {"model_id": int(offer_id), "seller_stock": [{"stock": quantity}]}


def price_row(offer_id: str, price: Money) -> dict[str, Any]:
    """One row of update_price."""
    return {"model_id": int(offer_id), "original_price": baht(price)}


def image_ids(photos: Sequence[str], images: Mapping[str, str], most: int) -> list[str]:
    """Shopee's ids of the photos in display order, no more than it shows. Raises: KeyError for one not handed over."""
    return [images[key] for key in photos[:most]]

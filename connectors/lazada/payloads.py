"""Our words -> Lazada's payloads; pure. Lists are always arrays and SKU values always texts, or it answers 1001."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from decimal import ROUND_UP, Decimal
from typing import Any

from chalicelib.domain.catalogue import Axis, Size
from chalicelib.domain.offers import DesiredListing, DesiredOffer
from chalicelib.domain.ports import OfferTarget

Json = dict[str, Any]


def as_text(request: Mapping[str, Any]) -> str:
    """The payload string: the very text that is signed and sent."""
    return json.dumps({"Request": request}, ensure_ascii=False, separators=(",", ":"))


def create_payload(
    listing: DesiredListing, images: Mapping[str, str], category: str, attributes: Mapping[str, str]
) -> str:
    """Payload of `/product/create` for a new item.

    Shape: every list an array, every SKU value a string, or Lazada answers 1001.
    """
    product: Json = {
        "PrimaryCategory": category,
        "Images": {"Image": image_urls(listing, images)},
        "Attributes": {**words(listing), **attributes},
        "Skus": {"Sku": [new_sku(offer, listing.size, axis_names(listing.axes)) for offer in listing.offers]},
    }
    if listing.axes:
        product["variation"] = variation(listing.axes, axis_names(listing.axes))
    return as_text({"Product": product})


def add_payload(
    listing: DesiredListing,
    offers: Sequence[DesiredOffer],
    associated_sku: str,
    category: str,
    names: Sequence[str],
    attributes: Mapping[str, str],
) -> str:
    """Payload of `/product/create` for new SKUs of an existing item, whose axes are called `names` there."""
    product: Json = {
        "PrimaryCategory": category,
        "AssociatedSku": associated_sku,
        "variation": variation(listing.axes, names),
        "Attributes": {**words(listing), **attributes},
        "Skus": {"Sku": [new_sku(offer, listing.size, names) for offer in offers]},
    }
    return as_text({"Product": product})


def update_payload(
    listing: DesiredListing,
    listing_id: str,
    offer_ids: Mapping[str, str],
    images: Mapping[str, str],
    names: Sequence[str] = (),
) -> str:
    """Payload of `/product/update`: words, photos and size; price and quantity stay out of it.

    `offer_ids` are the SKUs that are there, by seller SKU. With `names`, what the item's axes are called there,
    options are said again too. `Status` is sent on purpose: left out, it would mean active (LAZ-003).
    """
    status = "active" if listing.on_sale else "inactive"
    rows: list[Json] = []
    for offer in listing.offers:
        if offer.seller_sku in offer_ids:
            row: Json = {"SkuId": offer_ids[offer.seller_sku], "Status": status, **package(listing.size)}
            rows.append(row | ({"saleProp": dict(zip(names, offer.options, strict=True))} if names else {}))
    product: Json = {
        "ItemId": listing_id,
        "Images": {"Image": image_urls(listing, images)},
        "Attributes": words(listing),
        "Skus": {"Sku": rows},
    }
    if names:
        product["variation"] = variation(listing.axes, names)
    return as_text({"Product": product})


def status_payload(listing_id: str, offer_ids: Sequence[str], status: str) -> str:
    """Payload of `/product/update` that only switches SKUs; `Attributes` must be there even when empty."""
    rows = [{"SkuId": offer_id, "Status": status} for offer_id in offer_ids]
    return as_text({"Product": {"ItemId": listing_id, "Attributes": {}, "Skus": {"Sku": rows}}})


def deactivate_body(listing_id: str) -> str:
    """The `apiRequestBody` that takes a whole item off sale; its number is a number there."""
    return as_text({"Product": {"ItemId": int(listing_id)}})


def removal_list(listing_id: str, offer_ids: Sequence[str]) -> str:
    """The `sku_id_list` of `/product/remove`: a JSON list of names made of both ids."""
    return json.dumps([f"SkuId_{listing_id}_{offer_id}" for offer_id in offer_ids])


def sku_removal_payload(listing_id: str, offer_ids: Sequence[str]) -> str:
    """Payload of `/product/sku/remove`; no axis is named, so the axes stay."""
    return as_text({"Product": {"ItemId": listing_id, "Skus": {"Sku": [{"SkuId": one} for one in offer_ids]}}})


def stock_payload(targets: Sequence[OfferTarget], warehouse: str = "") -> str:
    """Payload of `/product/stock/sellable/update`: absolute sellable units (LAZ-001).

    `warehouse` is named for shops with several only: Lazada refuses the form for a shop with one.
    """
    return _numbers_payload([_ids(target) | _stock(target, warehouse) for target in targets])


def _stock(target: OfferTarget, warehouse: str) -> Json:
    units: Json = {"SellableQuantity": str(target.quantity)}
    if not warehouse:
        return units
    return {"MultiWarehouseInventories": {"MultiWarehouseInventory": [{"WarehouseCode": warehouse} | units]}}


def price_payload(targets: Sequence[OfferTarget]) -> str:
    """Payload of `/product/price_quantity/update` with prices only; a `Quantity` would mean the total."""
    return _numbers_payload([{**_ids(target), "Price": str(target.price)} for target in targets])


def _numbers_payload(rows: Sequence[Json]) -> str:
    return as_text({"Product": {"Skus": {"Sku": list(rows)}}})


def _ids(target: OfferTarget) -> Json:
    return {"ItemId": target.listing_id, "SkuId": target.offer_id, "SellerSku": target.seller_sku}


def words(listing: DesiredListing) -> dict[str, str]:
    """Title and description as attributes."""
    return {"name": listing.title, "description": rich(listing.description)}


def rich(text: str) -> str:
    """Plain text as the HTML a description is written in; lines and paragraphs kept.

    Everything that attributes must not contain is written as an entity.
    """
    safe = html.escape(text.strip()).replace("^", "&#94;").replace("~", "&#126;").replace("|", "&#124;")
    paragraphs = [part.strip().replace("\n", "<br/>") for part in safe.split("\n\n") if part.strip()]
    return "".join(f"<p>{part}</p>" for part in paragraphs)


def image_urls(listing: DesiredListing, images: Mapping[str, str]) -> list[str]:
    """Jsons of the listing's photos in display order, each once."""
    return list(dict.fromkeys(images[key] for key in listing.photos if key in images))


def axis_names(axes: Sequence[Axis]) -> tuple[str, ...]:
    """What our axes are called in a listing we make: their own names, as custom variations (LAZ-010)."""
    return tuple(axis.name_th for axis in axes)


def variation(axes: Sequence[Axis], names: Sequence[str]) -> Json:
    """The declaration of the axes; photos belong to the item, not to an option."""
    return {
        f"Variation{number}": {
            "name": name,
            "hasImage": False,
            "customize": True,
            "options": {"option": list(axis.options)},
        }
        for number, (axis, name) in enumerate(zip(axes, names, strict=True), start=1)
    }


def new_sku(offer: DesiredOffer, size: Size, names: Sequence[str]) -> Json:
    """One SKU of a create; `quantity` is sellable there, since nothing can be held yet."""
    row: Json = {
        "SellerSku": offer.seller_sku,
        "quantity": str(offer.quantity),
        "price": str(offer.price),
        "Status": "active",
        **package(size),
    }
    if names:
        row["saleProp"] = dict(zip(names, offer.options, strict=True))
    return row


def package(size: Size) -> dict[str, str]:
    """The four package fields: kilograms and centimetres, two decimals, rounded up."""
    sides = {"length": size.length_mm, "width": size.width_mm, "height": size.height_mm}
    return {"package_weight": _up(size.weight_g, 1000), **{f"package_{k}": _up(mm, 10) for k, mm in sides.items()}}


def _up(amount: int, divisor: int) -> str:
    return str((Decimal(amount) / divisor).quantize(Decimal("0.01"), ROUND_UP))

"""Our words -> Lazada's payloads; pure. Lists are always arrays and SKU values always texts, or it answers 1001."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_UP, Decimal
from typing import Any

from chalicelib.domain.catalogue import Axis, Size
from chalicelib.domain.offers import DesiredListing, DesiredOffer
from chalicelib.domain.ports import OfferTarget

Json = dict[str, Any]


def as_text(request: Mapping[str, Any]) -> str:
    """The payload string: the very text that is signed and sent."""
    return json.dumps({"Request": request}, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class DeclaredAxis:
    """An axis as an item declares it; unless said else, as we declare one: without photos, and a custom one."""

    name: str
    has_image: bool = False
    is_own: bool = True


@dataclass(frozen=True, slots=True)
class Demanded:
    """What a category insists on: said of the item, and of each SKU."""

    of_item: Mapping[str, str] = field(default_factory=dict)
    of_sku: Mapping[str, str] = field(default_factory=dict)


def create_payload(listing: DesiredListing, images: Mapping[str, str], category: str, demanded: Demanded) -> str:
    """Payload of `/product/create` for a new item.

    Shape: every list an array, every SKU value a string, or Lazada answers 1001.
    """
    axes = our_axes(listing.axes)
    product: Json = {
        "PrimaryCategory": category,
        "Images": {"Image": image_urls(listing, images)},
        "Attributes": {**words(listing), **demanded.of_item},
        "Skus": {"Sku": [{**demanded.of_sku, **new_sku(offer, listing.size, axes)} for offer in listing.offers]},
    }
    if axes:
        product["variation"] = variation(listing.axes, axes)
    return as_text({"Product": product})


def add_payload(
    listing: DesiredListing,
    offers: Sequence[DesiredOffer],
    associated_sku: str,
    category: str,
    axes: Sequence[DeclaredAxis],
    demanded: Demanded,
    image: str = "",
) -> str:
    """Payload of `/product/create` for new SKUs of an existing item, whose axes are declared as `axes` there.

    `image` is for items whose SKUs have photos of their own: there every SKU needs one (4153).
    """
    common: Json = {**demanded.of_sku, **({"Images": {"Image": [image]}} if image else {})}
    product: Json = {
        "PrimaryCategory": category,
        "AssociatedSku": associated_sku,
        "variation": variation(listing.axes, axes),
        "Attributes": {**words(listing), **demanded.of_item},
        "Skus": {"Sku": [{**common, **new_sku(offer, listing.size, axes)} for offer in offers]},
    }
    return as_text({"Product": product})


def update_payload(
    listing: DesiredListing,
    listing_id: str,
    offer_ids: Mapping[str, str],
    images: Mapping[str, str],
    axes: Sequence[DeclaredAxis] = (),
) -> str:
    """Payload of `/product/update`: words, photos and size; price and quantity stay out of it.

    `offer_ids` are the SKUs that are there, by seller SKU. With `axes`, as the item declares them, options are said
    again too. `Status` is sent on purpose: left out, it would mean active (LAZ-003).
    """
    status = "active" if listing.on_sale else "inactive"
    rows: list[Json] = []
    for offer in listing.offers:
        if offer.seller_sku in offer_ids:
            row: Json = {"SkuId": offer_ids[offer.seller_sku], "Status": status, **package(listing.size)}
            rows.append(row | ({"saleProp": _options(offer, axes)} if axes else {}))
    product: Json = {
        "ItemId": listing_id,
        "Images": {"Image": image_urls(listing, images)},
        "Attributes": words(listing),
        "Skus": {"Sku": rows},
    }
    if axes:
        product["variation"] = variation(listing.axes, axes)
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


def our_axes(axes: Sequence[Axis]) -> tuple[DeclaredAxis, ...]:
    """How our axes are declared in a listing we make: under their own names, as custom variations (LAZ-010)."""
    return tuple(DeclaredAxis(axis.name_th) for axis in axes)


def variation(axes: Sequence[Axis], declared: Sequence[DeclaredAxis]) -> Json:
    """The declaration of the axes, as it is made or as it stands: photos and kind are never changed (LAZ-010)."""
    return {
        f"Variation{number}": {
            "name": said.name,
            "hasImage": said.has_image,
            "customize": said.is_own,
            "options": {"option": list(axis.options)},
        }
        for number, (axis, said) in enumerate(zip(axes, declared, strict=True), start=1)
    }


def new_sku(offer: DesiredOffer, size: Size, axes: Sequence[DeclaredAxis]) -> Json:
    """One SKU of a create; `quantity` is sellable there, since nothing can be held yet."""
    row: Json = {
        "SellerSku": offer.seller_sku,
        "quantity": str(offer.quantity),
        "price": str(offer.price),
        "Status": "active",
        **package(size),
    }
    if axes:
        row["saleProp"] = _options(offer, axes)
    return row


def _options(offer: DesiredOffer, axes: Sequence[DeclaredAxis]) -> dict[str, str]:
    return dict(zip((axis.name for axis in axes), offer.options, strict=True))


def package(size: Size) -> dict[str, str]:
    """The four package fields: kilograms and centimetres, two decimals, rounded up."""
    sides = {"length": size.length_mm, "width": size.width_mm, "height": size.height_mm}
    return {"package_weight": _up(size.weight_g, 1000), **{f"package_{k}": _up(mm, 10) for k, mm in sides.items()}}


def _up(amount: int, divisor: int) -> str:
    return str((Decimal(amount) / divisor).quantize(Decimal("0.01"), ROUND_UP))

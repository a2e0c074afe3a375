"""Lazada's JSON <-> our words; pure.

| Ours | Lazada |
| --- | --- |
| listing / listing id | item / `item_id`, in payloads `ItemId` |
| offer / offer id | SKU / `SkuId`, on order items `sku_id` |
| seller SKU | `SellerSku`, on order items `sku` |
| product code (parent SKU) | none: a listing is found by its SKUs |
| axis, option | `variation`, `saleProp` |
| sellable stock | `sellableQuantity`, in payloads `SellableQuantity` |
| hidden | item `InActive`, or every SKU `inactive` |
| order / order line | `order_id` / one item row, one unit each: `order_item_id` |
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Any

from chalicelib.domain.catalogue import Axis, Size
from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import DesiredListing, DesiredOffer, ListingState, ObservedListing, ObservedOffer
from chalicelib.domain.ports import OfferTarget
from connectors.lazada.answers import ProductAnswer, SkuAnswer
from connectors.lazada.refusal import CHANNEL
from connectors.lazada.settings import Settings

_ITEM_STATES = {
    "active": ListingState.LIVE,
    "inactive": ListingState.HIDDEN,
    "pending qc": ListingState.IN_REVIEW,
    "suspended": ListingState.REJECTED,
    "deleted": ListingState.GONE,
}
# A listing that the platform itself holds back needs a person, whatever `status` beside it says.
_HELD_BACK = frozenset({"lock", "reject", "live_reject", "admin"})
_SKU_STATES = frozenset({"active", "inactive", "deleted"})

Reference = dict[str, Any]


# --- listings as the shop shows them ---------------------------------------------------------------------------


def observed_listing(product: ProductAnswer, at: datetime, settings: Settings) -> ObservedListing:
    """What the shop shows for one item. SKUs that are deleted are left out.

    Raises: ProtocolSurpriseError for a status that was never recorded.
    """
    kept = [sku for sku in product.skus if _sku_status(sku) != "deleted"]
    state = _state(product, kept)
    return ObservedListing(
        listing_id=product.item_id,
        state=state,
        title=product.attributes.name,
        offers=tuple(_offer(sku, settings, gone=state is ListingState.GONE) for sku in kept),
        observed_at=at,
        reason=" / ".join(product.reject_reason) if state is ListingState.REJECTED else "",
    )


def _state(product: ProductAnswer, kept: Sequence[SkuAnswer]) -> ListingState:
    state = item_state(product.status)
    if state is ListingState.GONE or not kept:
        return ListingState.GONE
    if product.sub_status.lower() in _HELD_BACK:
        return ListingState.REJECTED
    if state is ListingState.LIVE and all(_sku_status(sku) == "inactive" for sku in kept):
        return ListingState.HIDDEN
    return state


def item_state(status: str) -> ListingState:
    """How a listing stands, by the item's status; compared without case."""
    try:
        return _ITEM_STATES[status.lower()]
    except KeyError:
        raise ProtocolSurpriseError(CHANNEL, "unknown_item_status", status) from None


def _sku_status(sku: SkuAnswer) -> str:
    status = sku.status.lower()
    if status not in _SKU_STATES:
        raise ProtocolSurpriseError(CHANNEL, "unknown_sku_status", sku.status)
    return status


def _offer(sku: SkuAnswer, settings: Settings, *, gone: bool) -> ObservedOffer:
    if sku.price is None and not gone:
        # Semi-managed stores show no price; none of them is supported (LAZ-012).
        raise ProtocolSurpriseError(CHANNEL, "no_price", "a SKU came without a price")
    return ObservedOffer(
        seller_sku=sku.seller_sku,
        offer_id=sku.sku_id,
        price=money(sku.price or Decimal(0)),
        quantity=min(max(sellable(sku), 0), settings.most_units),
        live=_sku_status(sku) == "active",
    )


def sellable(sku: SkuAnswer) -> int:
    """Units a buyer can order from the seller's own warehouses (LAZ-001).

    `sellableQuantity` first; warehouses without stock are not listed, so an empty list beside Lazada-run stock
    means none of ours. Then `Available`, then `quantity`.
    """
    if sku.warehouses or sku.fbl:
        return sum((row.sellable if row.sellable is not None else row.quantity) or 0 for row in sku.warehouses)
    if sku.available is not None:
        return sku.available
    return sku.quantity or 0


def money(amount: Decimal, currency: str = "THB") -> Money:
    """The amount as money. Raises: ProtocolSurpriseError when it is finer than a satang."""
    try:
        return Money.parse(amount, currency)
    except (ValueError, KeyError) as error:
        raise ProtocolSurpriseError(CHANNEL, "unexpected_amount", str(error)) from None


def merged(products: Sequence[ProductAnswer]) -> tuple[ProductAnswer, ...]:
    """Each item once: pages may repeat an item, each time with other SKUs (LAZ-006)."""
    by_item: dict[str, ProductAnswer] = {}
    for product in products:
        known = by_item.get(product.item_id)
        skus = {sku.sku_id: sku for sku in (*(known.skus if known else ()), *product.skus)}
        by_item[product.item_id] = product.model_copy(update={"skus": list(skus.values())})
    return tuple(by_item.values())


# --- what we send ----------------------------------------------------------------------------------------------


def as_text(request: Mapping[str, Any]) -> str:
    """The payload string: the very text that is signed and sent."""
    return json.dumps({"Request": request}, ensure_ascii=False, separators=(",", ":"))


def create_payload(
    listing: DesiredListing, images: Mapping[str, str], category: str, attributes: Mapping[str, str]
) -> str:
    """Payload of `/product/create` for a new item.

    Shape: every list an array, every SKU value a string, or Lazada answers 1001.
    """
    product: Reference = {
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
    product: Reference = {
        "PrimaryCategory": category,
        "AssociatedSku": associated_sku,
        "variation": variation(listing.axes, names),
        "Attributes": {**words(listing), **attributes},
        "Skus": {"Sku": [new_sku(offer, listing.size, names) for offer in offers]},
    }
    return as_text({"Product": product})


def update_payload(
    listing: DesiredListing, listing_id: str, offer_ids: Sequence[str], images: Mapping[str, str]
) -> str:
    """Payload of `/product/update`: words, photos and size; price and quantity stay out of it.

    `Status` is sent on purpose: left out, it would mean active (LAZ-003).
    """
    status = "active" if listing.on_sale else "inactive"
    rows = [{"SkuId": offer_id, "Status": status, **package(listing.size)} for offer_id in offer_ids]
    product = {
        "ItemId": listing_id,
        "Images": {"Image": image_urls(listing, images)},
        "Attributes": words(listing),
        "Skus": {"Sku": rows},
    }
    return as_text({"Product": product})


def status_payload(listing_id: str, offer_ids: Sequence[str], status: str) -> str:
    """Payload of `/product/update` that only switches SKUs; `Attributes` must be there even when empty."""
    rows = [{"SkuId": offer_id, "Status": status} for offer_id in offer_ids]
    return as_text({"Product": {"ItemId": listing_id, "Attributes": {}, "Skus": {"Sku": rows}}})


def deactivate_body(listing_id: str) -> str:
    """The `apiRequestBody` that takes a whole item off sale; its number is a number there."""
    return as_text({"Product": {"ItemId": int(listing_id)}})


def stock_payload(targets: Sequence[OfferTarget]) -> str:
    """Payload of `/product/stock/sellable/update`: absolute sellable units (LAZ-001)."""
    return _numbers_payload([{**_ids(target), "SellableQuantity": str(target.quantity)} for target in targets])


def price_payload(targets: Sequence[OfferTarget]) -> str:
    """Payload of `/product/price_quantity/update` with prices only; a `Quantity` would mean the total."""
    return _numbers_payload([{**_ids(target), "Price": str(target.price)} for target in targets])


def _numbers_payload(rows: Sequence[Reference]) -> str:
    return as_text({"Product": {"Skus": {"Sku": list(rows)}}})


def _ids(target: OfferTarget) -> Reference:
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
    """References of the listing's photos in display order, each once."""
    return list(dict.fromkeys(images[key] for key in listing.photos if key in images))


def axis_names(axes: Sequence[Axis]) -> tuple[str, ...]:
    """What our axes are called in a listing we make: their own names, as custom variations (LAZ-010)."""
    return tuple(axis.name_th for axis in axes)


def variation(axes: Sequence[Axis], names: Sequence[str]) -> Reference:
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


def new_sku(offer: DesiredOffer, size: Size, names: Sequence[str]) -> Reference:
    """One SKU of a create; `quantity` is sellable there, since nothing can be held yet."""
    row: Reference = {
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


def shown_axis_names(shown: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Names of an item's variations, in order; `Variation1` and `variation1` both occur."""
    rows = {str(key).lower(): row for key, row in (shown or {}).items() if isinstance(row, dict)}
    return tuple(str(rows[key].get("name", "")) for key in sorted(rows))

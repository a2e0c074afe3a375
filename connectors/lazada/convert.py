"""Lazada's listings -> our words; pure. The way back is in `payloads.py`, orders are in `convert_orders.py`.

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

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import DesiredListing, ListingState, ObservedListing, ObservedOffer
from connectors.lazada.answers import ProductAnswer, SkuAnswer, as_flag
from connectors.lazada.limits import own_rows
from connectors.lazada.payloads import DeclaredAxis
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
        reason=_reason(product) if state is ListingState.REJECTED else "",
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


def _reason(product: ProductAnswer) -> str:
    """Lazada's own words for holding a listing back; its sub-status where it gives none."""
    said = [*product.reject_reason, product.hidden_reason] if product.hidden_reason else product.reject_reason
    return " / ".join(said) or product.sub_status or product.status


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


def kept_sku_ids(product: ProductAnswer | None) -> list[str]:
    """Ids of the SKUs an item has; none of an item that is gone."""
    if product is None or item_state(product.status) is ListingState.GONE:
        return []
    return [sku.sku_id for sku in product.skus if _sku_status(sku) != "deleted"]


def _offer(sku: SkuAnswer, settings: Settings, *, gone: bool) -> ObservedOffer:
    if sku.price is None and not gone:
        # Semi-managed stores show no price; none of them is supported (LAZ-012).
        raise ProtocolSurpriseError(CHANNEL, "no_price", "a SKU came without a price")
    return ObservedOffer(
        seller_sku=sku.seller_sku,
        offer_id=sku.sku_id,
        price=money(sku.price or Decimal(0)),
        quantity=min(max(sellable(sku, settings), 0), settings.most_units),
        live=_sku_status(sku) == "active",
    )


def sellable(sku: SkuAnswer, settings: Settings) -> int:
    """Units a buyer can order from the seller's own warehouses (LAZ-001).

    `sellableQuantity` first; warehouses without stock are not listed, so an empty list beside Lazada-run stock
    means none of ours. Then `Available`, then `quantity`. Pre-order stock is not counted.
    """
    if sku.warehouses or sku.fbl:
        return sum((row.sellable if row.sellable is not None else row.quantity) or 0 for row in own_rows(sku, settings))
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


def shown_axes(shown: Mapping[str, Any] | None) -> tuple[DeclaredAxis, ...]:
    """An item's variations as they are declared there, in order; `Variation1` and `variation1` both occur."""
    rows = {str(key).lower(): row for key, row in (shown or {}).items() if isinstance(row, dict)}
    return tuple(_declared(rows[key]) for key in sorted(rows))


def _declared(row: Mapping[str, Any]) -> DeclaredAxis:
    own = row.get("customize")
    return DeclaredAxis(str(row.get("name", "")), as_flag(row.get("hasImage")), own is None or as_flag(own))


def options_differ(listing: DesiredListing, product: ProductAnswer, names: Sequence[str]) -> bool:
    """Whether some SKU shows another option than the catalogue says; `names` are the item's axes."""
    wanted = {offer.seller_sku: dict(zip(names, offer.options, strict=True)) for offer in listing.offers}
    return any(sku.sale_prop != wanted.get(sku.seller_sku, sku.sale_prop) for sku in product.skus)

"""Why a shop shows the number it shows: the arithmetic, and when it was sent and read back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain import stock
from chalicelib.domain.errors import NotFoundError
from chalicelib.sync.context import Context
from chalicelib.sync.desired import desired_listings


@dataclass(frozen=True, slots=True)
class ShopNumber:
    """One shop's part: what it should show by the arithmetic, and what it was last seen to show."""

    shop: str
    due: int
    shown: int | None
    seen_at: datetime | None
    listing_id: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """on hand - reserved - buffer = sellable; then each shop. `split` says that shops share the last pieces."""

    sku: str
    on_hand: int
    reserved: int
    buffer: int
    sellable: int
    split: bool
    shops: tuple[ShopNumber, ...]


def why(ctx: Context, community_id: str, sku: str) -> Why:
    """The answer, computed now. Raises: NotFoundError for a SKU that is not in the catalogue."""
    products = ctx.store.catalogues.products_of(community_id, [sku])
    if not products:
        raise NotFoundError(sku)
    level = ctx.store.stock.level(community_id, sku)
    buffer = products[0].variant(sku).buffer
    units = stock.sellable(level.on_hand, level.reserved, buffer)
    shops = []
    for shop in ctx.store.shops.of_community(community_id):
        bindings = ctx.store.bindings.of_skus(shop.id, products[0].skus)
        listing = desired_listings(ctx, shop, products, bindings)[0]
        due = next(offer.quantity for offer in listing.offers if offer.seller_sku == sku)
        seen = bindings.get(sku)
        shops.append(
            ShopNumber(
                shop.id,
                due,
                seen.quantity if seen else None,
                seen.seen_at if seen else None,
                seen.listing_id if seen else "",
            )
        )
    return Why(sku, level.on_hand, level.reserved, buffer, units, units < ctx.policy.split_below, tuple(shops))

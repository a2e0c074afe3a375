"""Why a shop shows the number it shows: the arithmetic, and when it was sent and read back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.catalogue import Product
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.shops import Shop
from chalicelib.sync.context import Context
from chalicelib.sync.desired import desired_listings
from chalicelib.sync.reckon import owned_reckonings


@dataclass(frozen=True, slots=True)
class ShopNumber:
    """One shop's part: what it should show by the arithmetic, and what it was last seen to show.

    `steps` is that arithmetic, as `Reckoning.steps`; `kept` says that the seller sets the number by hand there,
    `locked` that a promotion holds it for the moment.
    """

    shop: str
    due: int
    shown: int | None
    seen_at: datetime | None
    listing_id: str = ""
    steps: tuple[str, ...] = ()
    kept: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Why:
    """on hand - reserved - buffer = sellable; then each shop. `split` says that shops share the last pieces.

    A bundle has `components` (SKU, units in one, units of it that are sellable) and no units of its own.
    """

    sku: str
    on_hand: int
    reserved: int
    buffer: int
    sellable: int
    split: bool
    shops: tuple[ShopNumber, ...]
    components: tuple[tuple[str, int, int], ...] = ()


def why(ctx: Context, community_id: str, sku: str) -> Why:
    """The answer, computed now. Raises: NotFoundError for a SKU that is not in the catalogue."""
    products = ctx.store.catalogues.products_of(community_id, [sku])
    if not products:
        raise NotFoundError(sku)
    product = products[0]
    shops = ctx.store.shops.of_community(community_id)
    numbers = tuple(_number(ctx, shop, product, sku) for shop in shops)
    ours = owned_reckonings(ctx, community_id, [product])[sku]
    components = tuple((part.sku, part.each, part.sellable) for part in ours.parts)
    is_split = ctx.policy_of(community_id).is_scarce(ours.sellable)
    return Why(sku, ours.on_hand, ours.reserved, ours.buffer, ours.sellable, is_split, numbers, components)


def _number(ctx: Context, shop: Shop, product: Product, sku: str) -> ShopNumber:
    bindings = ctx.store.bindings.of_skus(shop.id, product.skus)
    listing = desired_listings(ctx, shop, [product], bindings)[0]
    offer = next(offer for offer in listing.offers if offer.seller_sku == sku)
    seen = bindings.get(sku)
    return ShopNumber(
        shop.id,
        offer.quantity,
        seen.quantity if seen else None,
        seen.seen_at if seen else None,
        seen.listing_id if seen else "",
        offer.reckoning.steps if offer.reckoning else (),
        "stock" in listing.kept,
        "stock" in offer.locked,
    )

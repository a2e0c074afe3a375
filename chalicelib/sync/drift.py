"""Drift: where a shop differs from what we say, whose field that is, and a person's choice of a side."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.bundles import refuse_count
from chalicelib.domain.catalogue import Product
from chalicelib.domain.changes import Skip
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.offers import ObservedListing, ObservedOffer
from chalicelib.sync import edit_catalogue, edit_rules, publish
from chalicelib.sync.context import Context
from chalicelib.sync.record import words

OWNERS = {"seller_keeps_it": "seller", "promotion_locked": "promotion"}
"""Whose field it is when we leave a difference alone; every other field is ours, and our word wins."""
CHANNELS_OWN = frozenset({"waiting_for_review", "rejected_by_channel", "twin_at_channel"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs. `owner` is "ours" (the next pass mends it), "seller", "promotion" or "channel"."""

    product_code: str
    seller_sku: str
    field: str
    theirs: str
    ours: str
    because: str
    owner: str


def differences(ctx: Context, shop_id: str) -> tuple[Difference, ...]:
    """Every field that differs in the shop now, which is read for it; nothing is written."""
    made = publish.preview(ctx, shop_id)
    found = []
    for change in (*made.changes, *made.skipped):
        field, theirs, ours = words(change)
        owner = OWNERS.get(change.because, "channel" if change.because in CHANNELS_OWN else "ours")
        told = theirs or (change.detail if isinstance(change, Skip) else "")
        sku = getattr(change, "seller_sku", "")
        found.append(Difference(change.product_code, sku, field, told, ours, change.because, owner))
    return tuple(found)


def take(ctx: Context, shop_id: str, sku: str, field: str, *, edit: str, by: str) -> str:
    """What the shop shows for this field of the SKU is ours from now on, in every shop; answers what it is.

    The price goes where the shop's price comes from: its own where it has one, else the catalogue. Units shown count
    as sellable: what is reserved and kept back is added to them. Raises: NotFoundError when the shop does not show
    the SKU; ValueError for another field; StockError for units of a bundle.
    """
    if field not in edit_rules.FIELDS:
        raise ValueError(f"{field}: only {', '.join(edit_rules.FIELDS)} can be taken from a shop")
    product, listing, offer = _shown(ctx, shop_id, sku)
    if field == "price":
        return _take_price(ctx, shop_id, product, offer, edit, by)
    if field == "stock":
        return _take_stock(ctx, product, offer, edit, by)
    said = {"edit": edit, "at": ctx.clock(), "by": by}
    edit_catalogue.save_product(ctx.store, ctx.queues, product, replace(product, title_th=listing.title), **said)  # type: ignore[arg-type]
    return listing.title


def keep(ctx: Context, shop_id: str, sku: str, field: str) -> frozenset[str]:
    """The seller keeps this field of the SKU's product in this shop; answers every field kept there."""
    product = _product(ctx, shop_id, sku)
    kept = ctx.store.rules.kept(shop_id, [product.code]).get(product.code, frozenset()) | {field}
    edit_rules.keep_fields(ctx.store, ctx.queues, shop_id, product.code, kept)
    return kept


def _take_price(ctx: Context, shop_id: str, product: Product, offer: ObservedOffer, edit: str, by: str) -> str:
    sku, price, now = offer.seller_sku, offer.price, ctx.clock()
    if sku in ctx.store.prices.of_shop(shop_id, [sku]):
        theirs = {sku: price}
        edit_rules.set_prices(ctx.store, ctx.queues, shop_id, product.code, theirs, edit=edit, at=now, by=by)
    else:
        place = (product.community, product.code, {sku: price}, product.version)
        edit_catalogue.set_price(ctx.store, ctx.queues, *place, edit=edit, at=now, by=by)
    return str(price)


def _take_stock(ctx: Context, product: Product, offer: ObservedOffer, edit: str, by: str) -> str:
    sku = offer.seller_sku
    refuse_count(sku, product.variant(sku).components)
    level = ctx.store.stock.level(product.community, sku)
    on_hand = offer.quantity + level.reserved + product.variant(sku).buffer
    place = (product.community, sku, on_hand, edit, "counted", ctx.clock())
    edit_catalogue.count_stock(ctx.store, ctx.queues, *place, by=by)
    return str(offer.quantity)


def _shown(ctx: Context, shop_id: str, sku: str) -> tuple[Product, ObservedListing, ObservedOffer]:
    """The SKU's product, and how its listing stands in the shop now."""
    product = _product(ctx, shop_id, sku)
    binding = ctx.store.bindings.of_skus(shop_id, [sku]).get(sku)
    if binding is not None:
        market = ctx.open(ctx.store.shops.get(shop_id))
        for listing in market.look([binding.listing_id]).listings:
            for offer in listing.offers:
                if offer.seller_sku == sku:
                    return product, listing, offer
    raise NotFoundError(f"{shop_id} does not show {sku}")


def _product(ctx: Context, shop_id: str, sku: str) -> Product:
    found = ctx.store.catalogues.products_of(ctx.store.shops.get(shop_id).community, [sku])
    if not found:
        raise NotFoundError(f"no SKU {sku}")
    return found[0]

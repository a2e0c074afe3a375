"""What one shop should show: catalogue, ledger and push rules, joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.catalogue import Product
from chalicelib.domain.offers import Binding, DesiredListing, desired_listing
from chalicelib.domain.shops import Shop
from chalicelib.sync.context import Context
from chalicelib.sync.reckon import reckon


def desired_listings(
    ctx: Context, shop: Shop, products: Sequence[Product], bindings: Mapping[str, Binding]
) -> tuple[DesiredListing, ...]:
    """What `shop` should show for the products; `bindings` are this shop's, by seller SKU.

    Each number carries its reckoning, each listing the fields the seller keeps by hand or a promotion holds.
    """
    if not products:
        return ()
    reckonings = reckon(ctx, shop, products, bindings)
    quantities = {sku: reckoning.due for sku, reckoning in reckonings.items()}
    kept = ctx.store.rules.kept(shop.id, [product.code for product in products])
    locked = ctx.store.rules.locked(shop.id, list(reckonings), ctx.clock())
    return tuple(
        desired_listing(product, quantities, reckonings, kept.get(product.code, frozenset()), locked)
        for product in products
    )

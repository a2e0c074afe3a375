"""What one shop should show: catalogue, prices of its own, ledger and push rules, joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.domain.catalogue import Product
from chalicelib.domain.money import Money
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
    skus = [sku for product in products for sku in product.skus]
    terms = ctx.store.rules.terms(shop.id, skus, [product.code for product in products], ctx.clock())
    reckonings = reckon(ctx, shop, products, bindings, terms.rules)
    quantities = {sku: reckoning.due for sku, reckoning in reckonings.items()}
    return tuple(
        desired_listing(
            at_prices(product, terms.prices),
            quantities,
            reckonings,
            terms.kept.get(product.code, frozenset()),
            terms.locked,
        )
        for product in products
    )


def at_prices(product: Product, prices: Mapping[str, Money]) -> Product:
    """The product with these prices (SKU -> price) where there are any."""
    if prices.keys().isdisjoint(product.skus):
        return product
    return replace(
        product, variants=tuple(replace(one, price=prices.get(one.sku, one.price)) for one in product.variants)
    )

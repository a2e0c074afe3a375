"""What one shop should show: catalogue, ledger and push rules, joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain import stock
from chalicelib.domain.catalogue import Product
from chalicelib.domain.offers import Binding, DesiredListing, desired_listing
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.stock import PushRule
from chalicelib.sync.context import Context


def desired_listings(
    ctx: Context, shop: Shop, products: Sequence[Product], bindings: Mapping[str, Binding]
) -> tuple[DesiredListing, ...]:
    """What `shop` should show for the products; `bindings` are this shop's, by seller SKU."""
    quantities = _quantities(ctx, shop, products, bindings)
    return tuple(desired_listing(product, quantities) for product in products)


def _quantities(
    ctx: Context, shop: Shop, products: Sequence[Product], bindings: Mapping[str, Binding]
) -> dict[str, int]:
    buffers = {variant.sku: variant.buffer for product in products for variant in product.variants}
    levels = ctx.store.stock.levels(shop.community, list(buffers))
    sellable = {
        sku: stock.sellable(levels[sku].on_hand, levels[sku].reserved, buffer) if sku in levels else 0
        for sku, buffer in buffers.items()
    }
    scarce = sorted(sku for sku, units in sellable.items() if units < ctx.policy.split_below)
    shares = _split_shares(ctx, shop, scarce, sellable, bindings)
    rule = PushRule()
    return {sku: shares[sku] if sku in shares else stock.offered(units, rule) for sku, units in sellable.items()}


def _split_shares(
    ctx: Context, shop: Shop, scarce: Sequence[str], sellable: Mapping[str, int], bindings: Mapping[str, Binding]
) -> dict[str, int]:
    """SKU -> units to send now, for SKUs with so few pieces that each may be shown only once."""
    if not scarce:
        return {}
    shops = {other.id: other for other in ctx.store.shops.of_community(shop.community)} | {shop.id: shop}
    shown = {other: _shown(ctx, other, scarce) for other in sorted(set(shops) - {shop.id})}
    sold = {other: ctx.store.orders.sold_lately(other, scarce) for other in sorted(shops)}
    found: dict[str, int] = {}
    for sku in scarce:
        sales = {other: counts.get(sku, 0) for other, counts in sold.items()}
        # A closed shop that shows nothing sells nothing: pieces kept for it would be nobody's.
        takers = [o for o in sorted(shops) if shops[o].state is ShopState.ACTIVE or shown.get(o, {}).get(sku)]
        rules = {other: PushRule() for other in {*takers, shop.id}}
        share = stock.allotment(sellable[sku], rules, sales, ctx.policy.split_below)[shop.id]
        here = bindings[sku].quantity if sku in bindings else 0
        elsewhere = sum(counts.get(sku, 0) for counts in shown.values())
        found[sku] = stock.raised_safely(share, here, sellable[sku], elsewhere)
    return found


def _shown(ctx: Context, shop_id: str, skus: Sequence[str]) -> dict[str, int]:
    return {sku: binding.quantity for sku, binding in ctx.store.bindings.of_skus(shop_id, skus).items()}

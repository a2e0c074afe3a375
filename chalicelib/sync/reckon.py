"""Where the numbers come from: ledger, bundles, policy, rules and the other shops, joined for one shop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain import bundles, stock
from chalicelib.domain.bundles import Recipe
from chalicelib.domain.catalogue import Product, Variant
from chalicelib.domain.offers import Binding
from chalicelib.domain.reckoning import Part, Reckoning
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.stock import PushRule, StockLevel
from chalicelib.sync.claims import within_reach
from chalicelib.sync.context import Context


def reckon(
    ctx: Context,
    shop: Shop,
    products: Sequence[Product],
    bindings: Mapping[str, Binding],
    rules: Mapping[str, PushRule] | None = None,
) -> dict[str, Reckoning]:
    """SKU -> the number `shop` should show, with the facts it came from.

    `bindings` are this shop's, by seller SKU. `rules` are the shop's by SKU where they were read already, or others,
    to look before saving.
    """
    policy, found = ctx.policy_of(shop.community), owned_reckonings(ctx, shop.community, products)
    ruled = rules if rules is not None else ctx.store.rules.of_shop(shop.id, list(found))
    found = {
        sku: replace(one, rule=ruled[sku], due=stock.offered(one.sellable, ruled[sku])) for sku, one in found.items()
    }
    codes = {sku: product.code for product in products for sku in product.skus}
    scarce = {sku: code for sku, code in codes.items() if policy.is_scarce(found[sku].sellable)}
    return found | _split(ctx, shop, scarce, found, bindings)


def owned_reckonings(ctx: Context, community_id: str, products: Sequence[Product]) -> dict[str, Reckoning]:
    """SKU -> what may be offered over all shops, before any shop's rule or part."""
    owned, policy = _owned(ctx, community_id, products), ctx.policy_of(community_id)
    numbers = bundles.numbers(owned.sellable, owned.recipes, owned.users, policy.is_scarce)
    return {sku: owned.reckoning(sku, numbers.get(sku, 0)) for product in products for sku in product.skus}


@dataclass(frozen=True, slots=True)
class _Owned:
    """What there is of the SKUs asked about and of everything they share pieces with.

    A bundle that is off sale is no recipe: it promises nothing.
    """

    variants: Mapping[str, Variant]
    levels: Mapping[str, StockLevel]
    sellable: Mapping[str, int]
    recipes: Mapping[str, Recipe]
    users: Mapping[str, Iterable[str]]

    def reckoning(self, sku: str, units: int) -> Reckoning:
        variant = self.variants[sku]
        if variant.is_bundle:
            parts = tuple(Part(name, self.sellable.get(name, 0), each) for name, each in variant.components)
            return Reckoning(sku, 0, 0, 0, units, units, parts=parts)
        level, promised = self.levels.get(sku, StockLevel(sku)), self.sellable[sku] - units
        return Reckoning(sku, level.on_hand, level.reserved, variant.buffer, units, units, promised=promised)


def _owned(ctx: Context, community_id: str, products: Sequence[Product]) -> _Owned:
    """One read of the ledger, and one that asks for bundles; more only for SKUs that share pieces."""
    catalogues = ctx.store.catalogues
    known = {product.code: product for product in products}
    variants = {variant.sku: variant for product in products for variant in product.variants}
    users: dict[str, tuple[str, ...]] = {}
    asked: set[str] = set()
    # From a component to its bundles, to what else those are made of, to who else claims that.
    for _ in range(2):
        pieces = _pieces(variants.values())
        users |= catalogues.bundles_using(community_id, sorted(pieces - asked)) if pieces - asked else {}
        asked |= pieces
        missing = {*pieces, *(bundle for names in users.values() for bundle in names)} - set(variants)
        for product in catalogues.products_of(community_id, sorted(missing)) if missing else ():
            known.setdefault(product.code, product)
            variants |= {one.sku: one for one in product.variants if one.sku in missing}
    selling = {sku for product in known.values() if product.on_sale for sku in product.skus}
    recipes = {sku: one.components for sku, one in variants.items() if one.is_bundle and sku in selling}
    plain = {sku: one for sku, one in variants.items() if not one.is_bundle}
    levels = ctx.store.stock.levels(community_id, sorted(plain))
    units = {
        sku: stock.sellable(levels[sku].on_hand, levels[sku].reserved, one.buffer) if sku in levels else 0
        for sku, one in plain.items()
    }
    claims = {sku: [name for name in names if name in recipes] for sku, names in users.items()}
    return _Owned(variants, levels, units, recipes, claims)


def _pieces(variants: Iterable[Variant]) -> set[str]:
    """SKUs with pieces of their own: the plain ones, and what the bundles are made of."""
    found: set[str] = set()
    for variant in variants:
        found |= {name for name, _ in variant.components} or {variant.sku}
    return found


def _split(
    ctx: Context,
    shop: Shop,
    scarce: Mapping[str, str],
    found: Mapping[str, Reckoning],
    bindings: Mapping[str, Binding],
) -> dict[str, Reckoning]:
    """SKU -> its number among shops that each have a part; `scarce` maps SKU -> product code."""
    if not scarce:
        return {}
    skus = sorted(scarce)
    shops = {other.id: other for other in ctx.store.shops.of_community(shop.community)} | {shop.id: shop}
    shown = {other: _shown(ctx, other, skus) for other in sorted(set(shops) - {shop.id})}
    reached = {other: within_reach(ctx.store, other, skus) for other in shown}
    sold = {other: ctx.store.orders.sold_lately(other, skus) for other in sorted(shops)}
    codes, now = sorted(set(scarce.values())), ctx.clock()
    terms = {other: ctx.store.rules.terms(other, skus, codes, now) for other in shown}
    mine = {sku: one.rule for sku, one in found.items()}
    numbers = {}
    for sku in skus:
        by_hand = {o for o in terms if "stock" in terms[o].kept.get(scarce[sku], ()) and sku in shown[o]}
        # A closed shop that shows nothing sells nothing: pieces kept for it would be nobody's.
        open_shops = {o for o in shops if shops[o].state is ShopState.ACTIVE or shown.get(o, {}).get(sku)}
        takers = sorted({*open_shops - by_hand, shop.id})
        # What a seller shows by hand is out of our reach: the others share what it leaves.
        left = max(found[sku].sellable - sum(shown[o][sku] for o in by_hand), 0)
        ruled = {o: terms[o].rules[sku] if o in terms else mine[sku] for o in takers}
        sales = {o: counts.get(sku, 0) for o, counts in sold.items()}
        share = stock.allotment(left, ruled, sales, left + 1)[shop.id]
        here = bindings[sku].quantity if sku in bindings else 0
        elsewhere = sum(counts[sku] for counts in reached.values())
        due = stock.raised_safely(share, here, found[sku].sellable, elsewhere)
        numbers[sku] = replace(found[sku], share=share, elsewhere=elsewhere, due=due)
    return numbers


def _shown(ctx: Context, shop_id: str, skus: Sequence[str]) -> dict[str, int]:
    return {sku: binding.quantity for sku, binding in ctx.store.bindings.of_skus(shop_id, skus).items()}

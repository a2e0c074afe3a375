"""How products stand in the shops of a community, from keyed reads of these products alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.domain.catalogue import Product
from chalicelib.domain.changes import Plan
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop
from chalicelib.domain.synclog import Entry
from chalicelib.sync.desired import desired_listings
from chalicelib.sync.standing import ShopFacts, Standing, is_trouble, stand, troubles
from chalicelib.web.services import Services

LATEST = 8
"""Of so many of a product's last changes in all shops, those of a shop's last run say what went wrong there."""

__all__ = ["Latest", "ShopFacts", "Standing", "facts_of", "is_trouble", "shops_of", "standings"]


class Latest:
    """The last changes of products, newest first, each product's read when they are first asked for.

    Most products agree with their shops and are never asked about.
    """

    def __init__(self, store: Store, community: str, limit: int = LATEST) -> None:
        self._store = store
        self._community = community
        self._limit = limit
        self._read: dict[str, tuple[Entry, ...]] = {}

    def of(self, code: str) -> tuple[Entry, ...]:
        """The last changes of this product."""
        if code not in self._read:
            self._read[code] = self._store.log.of_product(self._community, code, self._limit)
        return self._read[code]


class _Troubles(Mapping[str, Entry]):
    """Product code -> what went wrong last in one shop, looked up when it is asked for."""

    def __init__(self, shop_id: str, codes: Sequence[str], latest: Latest) -> None:
        self._shop_id = shop_id
        self._codes = codes
        self._latest = latest

    def __getitem__(self, code: str) -> Entry:
        return troubles(self._shop_id, self._latest.of(code))[code]

    def __iter__(self) -> Iterator[str]:
        return (code for code in self._codes if code in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def facts_of(store: Store, shops: Sequence[Shop], products: Sequence[Product], latest: Latest) -> tuple[ShopFacts, ...]:
    """Facts of these shops about these products alone."""
    skus = [sku for product in products for sku in product.skus]
    codes = [product.code for product in products]
    return tuple(
        ShopFacts(shop, store.bindings.of_skus(shop.id, skus), _Troubles(shop.id, codes, latest)) for shop in shops
    )


def shops_of(store: Store, community: str) -> tuple[Shop, ...]:
    """The community's shops, in the order pages show them."""
    return tuple(sorted(store.shops.of_community(community), key=lambda shop: shop.id))


def standings(
    services: Services, facts: ShopFacts, products: Sequence[Product], store: Store | None = None
) -> dict[str, tuple[Standing, Plan]]:
    """Product code -> how it stands in the shop, and what the planner would send for it now."""
    desired = desired_listings(services.context(store), facts.shop, products, facts.bindings)
    return {listing.product_code: stand(facts, listing) for listing in desired}

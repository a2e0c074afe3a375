"""Edits of the master catalogue by people: saved first, then every active shop is asked to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.bundles import BundleError, Recipe, refuse_count
from chalicelib.domain.catalogue import Product
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.money import Money
from chalicelib.domain.ports import Queues, Store
from chalicelib.domain.shops import ShopState
from chalicelib.domain.stock import StockLevel
from chalicelib.sync.messages import look_at_offers, traced


def set_price(
    store: Store,
    queues: Queues,
    community: str,
    code: str,
    prices: Mapping[str, Money],
    expected_version: int,
    *,
    edit: str = "",
    at: datetime | None = None,
) -> Product:
    """The product as stored, its variants at these prices (SKU -> price); its shops are asked to look.

    The same prices again change nothing and send nothing, so a form sent twice is harmless. `edit` names the
    person's edit and `at` its time: both are found again in the runs that carry it to the shops.
    Raises: NotFoundError; KeyError for a SKU of another product; StaleWriteError when the product was edited
    since `expected_version`.
    """
    product = store.catalogues.product(community, code)
    moved = [sku for sku, price in prices.items() if product.variant(sku).price != price]
    if not moved:
        return product
    variants = tuple(replace(one, price=prices.get(one.sku, one.price)) for one in product.variants)
    saved = _save(store, replace(product, variants=variants), expected_version)
    ask_shops(store, queues, community, moved, edit, at)
    return saved


def set_on_sale(
    store: Store, queues: Queues, community: str, code: str, on_sale: bool, expected_version: int
) -> Product:
    """The product as stored, on sale or not; its shops are asked to look. Raises as `set_price`."""
    product = store.catalogues.product(community, code)
    if product.on_sale == on_sale:
        return product
    saved = _save(store, replace(product, on_sale=on_sale), expected_version)
    ask_shops(store, queues, community, product.skus)
    return saved


def set_components(
    store: Store, queues: Queues, community: str, sku: str, components: Recipe, expected_version: int
) -> Product:
    """The product as stored, its SKU a bundle of these components (none: a plain SKU); shops are asked to look.

    Raises: NotFoundError; BundleError; StaleWriteError when the product was edited since `expected_version`.
    """
    found = store.catalogues.products_of(community, [sku])
    if not found:
        raise NotFoundError(sku)
    recipe, was = tuple(sorted(components)), found[0].variant(sku).components
    if recipe == was:
        return found[0]
    if recipe and not was:
        level = store.stock.level(community, sku)
        if level.on_hand or level.reserved:
            raise BundleError(
                f"{sku} has stock of its own (on hand {level.on_hand}, reserved {level.reserved}); count it to 0 first"
            )
    variants = tuple(replace(one, components=recipe) if one.sku == sku else one for one in found[0].variants)
    saved = _save(store, replace(found[0], variants=variants), expected_version)
    ask_shops(store, queues, community, [sku, *(name for name, _ in (*recipe, *was))])
    return saved


def count_stock(
    store: Store,
    queues: Queues,
    community: str,
    sku: str,
    on_hand: int,
    movement_id: str,
    because: str,
    at: datetime,
    *,
    edit: str = "",
) -> StockLevel:
    """The level after a person counted `on_hand` units; the shops are asked to look.

    The same movement id again changes nothing, and asks again: looking twice is harmless, not looking is not.
    Raises: StockError for a bundle, which has no stock of its own.
    """
    for product in store.catalogues.products_of(community, [sku]):
        refuse_count(sku, product.variant(sku).components)
    level = store.stock.count(community, sku, on_hand, movement_id=movement_id, because=because, at=at)
    ask_shops(store, queues, community, [sku], edit or movement_id, at)
    return level


def ask_shops(
    store: Store, queues: Queues, community: str, skus: Sequence[str], edit: str = "", at: datetime | None = None
) -> None:
    """Every active shop of the community has been asked to make the offers of these SKUs right, and of every SKU
    whose number moves with theirs."""
    active = [shop for shop in store.shops.of_community(community) if shop.state is ShopState.ACTIVE]
    if active and skus:
        family = store.catalogues.family(community, skus)
        queues.send("urgent", [traced(look_at_offers(shop.id, family), edit, at) for shop in active])


def _save(store: Store, product: Product, expected_version: int) -> Product:
    if product.version != expected_version:
        raise StaleWriteError(f"{product.code} is at version {product.version}, not {expected_version}")
    return store.catalogues.save(product, expected_version)

"""Edits of the master catalogue by people: saved first, then every active shop is asked to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain import history
from chalicelib.domain.bundles import BundleError, Recipe, refuse_count
from chalicelib.domain.catalogue import Product
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.history import Edit, Moved
from chalicelib.domain.money import Money
from chalicelib.domain.ports import Queues, Store
from chalicelib.domain.shops import ShopState
from chalicelib.domain.stock import Movement, MovementKind, StockLevel
from chalicelib.sync import newly_ours
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
    by: str = "",
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
    saved = _save(store, product, replace(product, variants=variants), expected_version, by, edit)
    ask_shops(store, queues, community, moved, edit, at)
    return saved


def set_on_sale(
    store: Store, queues: Queues, community: str, code: str, on_sale: bool, expected_version: int, by: str = ""
) -> Product:
    """The product as stored, on sale or not; its shops are asked to look. Raises as `set_price`."""
    product = store.catalogues.product(community, code)
    if product.on_sale == on_sale:
        return product
    saved = _save(store, product, replace(product, on_sale=on_sale), expected_version, by)
    ask_shops(store, queues, community, product.skus)
    return saved


def set_components(
    store: Store, queues: Queues, community: str, sku: str, components: Recipe, expected_version: int, by: str = ""
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
    saved = _save(store, found[0], replace(found[0], variants=variants), expected_version, by)
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
    by: str = "",
) -> StockLevel:
    """The level after a person counted `on_hand` units; the shops are asked to look.

    The same movement id again changes nothing, and asks again: looking twice is harmless, not looking is not.
    Raises: StockError for a bundle, which has no stock of its own.
    """
    found = store.catalogues.products_of(community, [sku])
    for product in found:
        refuse_count(sku, product.variant(sku).components)
    was = store.stock.level(community, sku)
    level = store.stock.count(community, sku, on_hand, movement_id=movement_id, because=because, at=at)
    # Told afterwards, and only what moved: a count that was not taken must not be there to be taken back.
    if level.version != was.version and level.on_hand == on_hand != was.on_hand:
        told = (Moved("count", str(was.on_hand), str(on_hand), sku),)
        for product in found:
            store.edits.add(Edit(f"{edit or movement_id}:{sku}", community, product.code, at, by, told))
    ask_shops(store, queues, community, [sku], edit or movement_id, at)
    return level


def adjust_stock(
    store: Store,
    queues: Queues,
    community: str,
    sku: str,
    units: int,
    movement_id: str,
    because: str,
    at: datetime,
    *,
    by: str = "",
    undoes: str = "",
) -> StockLevel:
    """The level after units were added or taken (negative) for a reason; the shops are asked to look.

    The same movement id again changes nothing. Raises: StockError below zero and for a bundle; NotFoundError.
    """
    found = store.catalogues.products_of(community, [sku])
    if not found:
        raise NotFoundError(sku)
    refuse_count(sku, found[0].variant(sku).components)
    was = store.stock.level(community, sku)
    movement = Movement(movement_id, sku, MovementKind.ADJUST, units, 0, at, because)
    level = store.stock.move(community, movement)
    if level.version != was.version:
        told = (Moved("adjust", str(level.on_hand - units), str(level.on_hand), sku),)
        store.edits.add(Edit(f"{movement_id}:{sku}", community, found[0].code, at, by, told, undoes=undoes))
    ask_shops(store, queues, community, [sku], movement_id, at)
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


def save_product(
    store: Store, queues: Queues, before: Product, after: Product, *, edit: str, at: datetime, by: str, undoes: str = ""
) -> Product:
    """The product as stored, changed from what a person saw to what they made of it; its shops are asked to look.

    The same edit again changes nothing. Raises: StaleWriteError when the product was edited since `before`, or a SKU
    belongs to another product; BundleError.
    """
    if not history.differences(before, after):
        return before
    saved = _save(store, before, after, before.version, by, edit, undoes)
    newly_ours.hold(store, queues, before.community, set(after.skus) - set(before.skus), at)
    # A variant taken away must leave the shops too, so they are asked about both.
    ask_shops(store, queues, before.community, tuple(dict.fromkeys((*after.skus, *before.skus))), edit, at)
    return saved


def add_product(store: Store, queues: Queues, product: Product, *, edit: str, at: datetime, by: str) -> Product:
    """The new product as stored; shops are asked to look when it is on sale.

    Raises: StaleWriteError when its code or one of its SKUs is taken.
    """
    saved = store.catalogues.save(product, 0)
    newly_ours.hold(store, queues, product.community, product.skus, at)
    told = Moved("product", "", product.code)
    store.edits.add(Edit(edit, product.community, product.code, at, by, (told,), saved.version))
    if product.on_sale:
        ask_shops(store, queues, product.community, product.skus, edit, at)
    return saved


def _save(
    store: Store,
    before: Product,
    after: Product,
    expected_version: int,
    by: str,
    edit: str = "",
    undoes: str = "",
) -> Product:
    if before.version != expected_version:
        raise StaleWriteError(f"{before.code} is at version {before.version}, not {expected_version}")
    saved = store.catalogues.save(after, expected_version)
    moved, at = history.differences(before, after), saved.updated_at
    if moved and at:
        name = edit or f"version-{saved.version}"
        store.edits.add(Edit(name, saved.community, saved.code, at, by, moved, saved.version, before, undoes))
    return saved

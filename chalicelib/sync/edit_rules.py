"""Decisions of people about what shops may show: saved first, then the shops are asked to look."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.history import Edit, Moved
from chalicelib.domain.money import Money
from chalicelib.domain.policy import CommunityPolicy
from chalicelib.domain.ports import Queues, Store
from chalicelib.domain.shops import ShopState
from chalicelib.domain.stock import PushRule
from chalicelib.sync.messages import look_at_offers, publish_shop

FIELDS = ("title", "price", "stock")


def fingerprint(
    rules: Mapping[str, PushRule], kept: Collection[str] = (), prices: Mapping[str, Money] | None = None
) -> str:
    """Equal for equal decisions, whatever their order: what a form or a program names to say which it has seen.

    >>> fingerprint({"A": PushRule(cap=1)}) == fingerprint({"A": PushRule(cap=1, hold_back=0)})
    True
    """
    own = {sku: [price.minor, price.currency] for sku, price in (prices or {}).items()}
    said = [{sku: asdict(rule) for sku, rule in rules.items()}, sorted(kept), own]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def set_policy(store: Store, queues: Queues, community: str, policy: CommunityPolicy) -> None:
    """The community's policy is as given; its active shops are read and filled anew. Raises: NotFoundError."""
    store.communities.get(community)
    store.policies.save(community, policy)
    active = [shop for shop in store.shops.of_community(community) if shop.state is ShopState.ACTIVE]
    if active:
        queues.send("bulk", [publish_shop(shop.id, "edit") for shop in active])


def set_rules(store: Store, queues: Queues, shop_id: str, rules: Mapping[str, PushRule | None]) -> None:
    """SKU -> its rule in the shop ("" is the whole shop, None takes the rule away); the shop is asked to look.

    Other shops look too: in a split they may get what this one gives up. Raises: NotFoundError for an unknown shop
    or SKU; then nothing was saved.
    """
    shop = store.shops.get(shop_id)
    skus = sorted(sku for sku in rules if sku)
    known = {sku for product in store.catalogues.products_of(shop.community, skus) for sku in product.skus}
    if unknown := sorted(set(skus) - known):
        raise NotFoundError(f"no SKU {', '.join(unknown)} in {shop.community}")
    for sku, rule in rules.items():
        if rule is None:
            store.rules.clear(shop_id, sku)
        else:
            store.rules.save(shop_id, sku, rule)
    active = [one for one in store.shops.of_community(shop.community) if one.state is ShopState.ACTIVE]
    if "" in rules and active:
        queues.send("bulk", [publish_shop(one.id, "edit") for one in active])
    elif skus and active:
        queues.send("urgent", [look_at_offers(one.id, skus) for one in active])


def set_prices(
    store: Store,
    queues: Queues,
    shop_id: str,
    code: str,
    prices: Mapping[str, Money | None],
    *,
    edit: str,
    at: datetime,
    by: str,
) -> None:
    """SKU -> the product's price in this shop alone (None: the catalogue's); the shop is asked to look.

    Raises: NotFoundError for an unknown shop, product or SKU; then nothing was saved.
    """
    shop = store.shops.get(shop_id)
    product = store.catalogues.product(shop.community, code)
    if unknown := sorted(prices.keys() - set(product.skus)):
        raise NotFoundError(f"no SKU {', '.join(unknown)} in {code}")
    before = store.prices.of_shop(shop_id, product.skus)
    moved = {sku: price for sku, price in prices.items() if before.get(sku) != price}
    for sku, price in moved.items():
        if price is None:
            store.prices.clear(shop_id, sku)
        else:
            store.prices.save(shop_id, sku, price)
    if not moved:
        return
    told = tuple(Moved("shop_price", str(before.get(sku, "")), str(moved[sku] or ""), sku) for sku in moved)
    store.edits.add(Edit(edit, shop.community, code, at, by, told))
    if shop.state is ShopState.ACTIVE:
        queues.send("urgent", [look_at_offers(shop_id, sorted(moved))])


def keep_fields(store: Store, queues: Queues, shop_id: str, code: str, fields: frozenset[str]) -> None:
    """The seller keeps exactly these fields of the product in this shop; Pinto does not write them there.

    What is given back is written again: the shop is asked to look. Raises: NotFoundError; ValueError for a field
    that is none of `FIELDS`.
    """
    if wrong := sorted(fields - set(FIELDS)):
        raise ValueError(f"{', '.join(wrong)}: only {', '.join(FIELDS)} can be kept by hand")
    shop = store.shops.get(shop_id)
    product = store.catalogues.product(shop.community, code)
    store.rules.keep(shop_id, code, fields)
    if shop.state is ShopState.ACTIVE:
        queues.send("urgent", [look_at_offers(shop_id, product.skus)])

"""Claims: how many pieces of a split SKU a shop may hold, whatever became of our last words to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from chalicelib.domain.offers import Binding, Claim, DesiredListing, DesiredOffer, reach
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Lease, Shop
from chalicelib.domain.stock import sellable


def is_split(offer: DesiredOffer) -> bool:
    """Whether the number is this shop's part of pieces that each may be shown only once."""
    return offer.reckoning is not None and offer.reckoning.share is not None


def split_skus(desired: Iterable[DesiredListing]) -> frozenset[str]:
    """SKUs of which each shop has a part."""
    return frozenset(offer.seller_sku for listing in desired for offer in listing.offers if is_split(offer))


def within_reach(store: Store, shop_id: str, skus: Sequence[str]) -> dict[str, int]:
    """SKU -> units the shop may be showing, or may have sold without our knowing."""
    bindings, claims = store.bindings.of_skus(shop_id, skus), store.bindings.claims(shop_id, skus)
    heard = _heard_until(store, shop_id) if claims else None
    return {sku: reach(bindings.get(sku), claims.get(sku), heard) for sku in skus}


def claim(
    store: Store, lease: Lease, bindings: Mapping[str, Binding], most: Mapping[str, tuple[int, datetime]]
) -> dict[str, Claim]:
    """So many units of each SKU are the shop's until it was seen and heard again; SKU -> (units, since when).

    Answers what held before, for `take_back` when nothing is sent after all. Raises: LeaseLostError when another
    worker has the shop: its claims may be higher and must stay.
    """
    if not most:
        return {}
    shop_id = lease.shop
    known, heard = store.bindings.claims(shop_id, sorted(most)), _heard_until(store, shop_id)
    rows, held = {}, {}
    for sku, (units, since) in most.items():
        before, binding = known.get(sku), bindings.get(sku)
        if before is None or before.is_settled(binding.seen_at if binding else None, heard):
            before = Claim(0, since)
        rows[sku], held[sku] = Claim(max(units, before.units), since), before
    store.bindings.claim(shop_id, rows, lease)
    return held


def take_back(store: Store, lease: Lease, held: Mapping[str, Claim]) -> None:
    """The claims are as they were before one that led to nothing; else two shops hold pieces from each other for ever.

    Raises: LeaseLostError.
    """
    if held:
        store.bindings.claim(lease.shop, held, lease)


def crowded(store: Store, shop: Shop, desired: Iterable[DesiredListing], mine: Mapping[str, int]) -> frozenset[str]:
    """Those of the SKUs just claimed of which all shops together would show more than there is; none always fits.

    Asked after claiming: of two shops that take the last pieces at once, at least one sees the other.
    """
    rooms = room(store, shop, desired, sorted(mine))
    return frozenset(sku for sku, units in rooms.items() if mine[sku] > max(units, 0))


def room(store: Store, shop: Shop, desired: Iterable[DesiredListing], skus: Sequence[str]) -> dict[str, int]:
    """SKU -> units the shop may show beside what the others may be showing; below zero where they hold too many.

    Missing are SKUs without a ledger of their own: pieces of a bundle are counted with its components.
    """
    if not skus:
        return {}
    levels = store.stock.levels(shop.community, skus)
    others = [one.id for one in store.shops.of_community(shop.community) if one.id != shop.id]
    elsewhere = [within_reach(store, other, skus) for other in others]
    found = {}
    for offer in (offer for listing in desired for offer in listing.offers if offer.seller_sku in skus):
        facts, level = offer.reckoning, levels.get(offer.seller_sku)
        if facts is not None and not facts.parts and level is not None:
            free = sellable(level.on_hand, level.reserved, facts.buffer) - facts.promised
            found[offer.seller_sku] = free - sum(shown[offer.seller_sku] for shown in elsewhere)
    return found


def _heard_until(store: Store, shop_id: str) -> datetime | None:
    cursor = store.orders.cursor(shop_id, "updated")
    return cursor.at if cursor else None

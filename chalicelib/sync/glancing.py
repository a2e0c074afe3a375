"""What product lists count by is told after each work on a shop, from what that work knows anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.glance import ShopGlance, Told
from chalicelib.domain.offers import Binding, DesiredListing, ListingState
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop
from chalicelib.domain.synclog import Entry
from chalicelib.sync.standing import ShopFacts, stand, troubles


def tell(
    store: Store,
    shop: Shop,
    desired: Sequence[DesiredListing],
    bindings: Mapping[str, Binding],
    entries: Sequence[Entry],
    *,
    whole: bool = False,
) -> None:
    """How these listings stand now is known to lists; `entries` are what this work noted. Costs one short read."""
    before = store.glances.shop(shop.community, shop.id)
    facts = ShopFacts(shop, bindings, troubles(shop.id, entries))
    touched = {entry.product_code for entry in entries}
    told = {one.product_code: _told(facts, one, before, was_touched=one.product_code in touched) for one in desired}
    store.glances.tell(shop.community, shop.id, told, whole=whole)


def _told(facts: ShopFacts, listing: DesiredListing, before: ShopGlance, *, was_touched: bool) -> Told:
    standing, _ = stand(facts, listing)
    rows = (facts.bindings[sku] for sku in listing.skus if sku in facts.bindings)
    offers = sum(row.state is not ListingState.GONE for row in rows)
    known = before.told.get(listing.product_code)
    # What went wrong in an earlier run still needs a look while the product waits and nobody tried again.
    still = known is not None and known.tone == "bad" and not was_touched and standing.tone == "wait"
    return Told("bad" if still else standing.tone, listing.version, offers)

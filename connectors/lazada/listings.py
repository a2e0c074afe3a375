"""Reads listings: all of them, these, or those with a seller SKU."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote_plus

from chalicelib.domain.errors import MarketplaceError, StaleError
from chalicelib.domain.offers import ListingState, Observation, ObservedListing
from chalicelib.domain.ports import ListingPage
from connectors.lazada import convert
from connectors.lazada.answers import ProductAnswer, ProductsAnswer, read_as
from connectors.lazada.client import Client
from connectors.lazada.limits import Limit, limit_of
from connectors.lazada.settings import Settings
from connectors.wire import side_by_side


@dataclass(frozen=True, slots=True)
class _Page:
    """One page of a walk; `after` is where the next begins, `was_cut` says that the last one left something out."""

    products: Sequence[ProductAnswer]
    after: int
    is_last: bool
    was_cut: bool


class Listings:
    """The shop's listings as Lazada shows them; remembers which SKUs an item had, to look at many at once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._settings = client.settings
        self._skus_of: dict[str, tuple[str, ...]] = {}
        self._limits: dict[str, Limit] = {}

    def all(self) -> Observation:
        """Every listing; complete only when every page came and at least as many items as were promised."""
        at = self._now()
        products, complete = self._pages({})
        return self._observation(products, complete, at)

    def parts(self, after: str) -> Iterator[ListingPage]:
        """Every listing from the offset `after` on, page by page."""
        for page in self._walk({}, int(after or 0)):
            at = self._now()
            seen = self._observation(convert.merged(page.products), complete=True, at=at)
            yield ListingPage(seen.listings, "" if page.is_last else str(page.after), not page.was_cut)

    def these(self, listing_ids: Sequence[str], seller_skus: Sequence[str] = ()) -> Observation:
        """These listings; one that is not there is missing.

        Known SKUs are asked for together, up to a hundred; what such a call does not bring is asked for by its id.
        """
        at, wanted = self._now(), list(dict.fromkeys(listing_ids))
        known = list(dict.fromkeys([*seller_skus, *self._known_skus(wanted)]))
        found: dict[str, ProductAnswer] = {}
        if known and len(_searches(known, self._settings)) < len(wanted):
            found = {product.item_id: product for product in self._by_sku(known) if product.item_id in wanted}
        missing = [listing_id for listing_id in wanted if listing_id not in found]
        for product in side_by_side(self.one, missing):
            if product is not None:
                found[product.item_id] = product
        return self._observation([found[key] for key in wanted if key in found], complete=True, at=at)

    def carrying(self, seller_skus: Sequence[str]) -> tuple[ObservedListing, ...]:
        """Listings with one of these seller SKUs; those that are deleted carry nothing."""
        at = self._now()
        wanted = set(seller_skus)
        seen = self._observation(self._by_sku(list(dict.fromkeys(seller_skus))), complete=True, at=at)
        return tuple(
            listing
            for listing in seen.listings
            if listing.state is not ListingState.GONE and any(offer.seller_sku in wanted for offer in listing.offers)
        )

    def one(self, listing_id: str) -> ProductAnswer | None:
        """The item, or None when Lazada has none of this id (any more)."""
        try:
            reply = self._client.read("/product/item/get", {"item_id": listing_id})
        except StaleError as error:
            if error.code in ("206", "207", "208", "EDIT_ITEM_NOT_BELONG_SELLER"):
                return None
            raise
        return read_as(ProductAnswer, reply.data, reply.request_id) if reply.data else None

    def remember(self, listing_id: str, seller_skus: Iterable[str]) -> None:
        """These SKUs belong to the item, as a write has just said; a later look can ask for them together."""
        known = self._skus_of.get(listing_id, ())
        self._skus_of[listing_id] = tuple(dict.fromkeys([*known, *seller_skus]))

    def limit(self, offer_id: str) -> Limit:
        """What the last read showed to bind the offer's stock; nothing when it was not read."""
        return self._limits.get(offer_id, Limit())

    def _known_skus(self, listing_ids: Iterable[str]) -> list[str]:
        return [sku for listing_id in listing_ids for sku in self._skus_of.get(listing_id, ())]

    def _by_sku(self, seller_skus: Sequence[str]) -> list[ProductAnswer]:
        found: list[ProductAnswer] = []
        for batch in _searches(seller_skus, self._settings):
            products, complete = self._pages({"sku_seller_list": _as_list(batch)})
            if not complete:
                raise self._client.gateway.wire.no_answer("pages_incomplete", is_write=False)
            found.extend(products)
        return list(convert.merged(found))

    def _pages(self, params: dict[str, str]) -> tuple[tuple[ProductAnswer, ...], bool]:
        """Items of all pages, each once, and whether nothing was cut."""
        rows: list[ProductAnswer] = []
        was_cut = False
        for page in self._walk(params, 0):
            rows += page.products
            was_cut = page.was_cut
        return convert.merged(rows), not was_cut

    def _walk(self, params: dict[str, str], offset: int) -> Iterator[_Page]:
        """Pages from the offset on, until as many items were new as were promised.

        The next page starts after the items that were new, not after the rows that came: pages may repeat items
        or hold more than was asked (LAZ-006). A page without news is asked for again a few times.
        """
        seen: set[str] = set()
        promised, stalled = 0, 0
        while True:
            page = self._page(params, offset + len(seen))
            fresh = {product.item_id for product in page.products} - seen
            seen |= fresh
            promised, stalled = max(promised, page.total_products), 0 if fresh else stalled + 1
            here = offset + len(seen)
            is_all = here >= promised
            is_last = is_all or here > self._settings.product_offset_cap or stalled > self._settings.stalled_pages
            yield _Page(page.products, here, is_last, was_cut=is_last and not is_all)
            if is_last:
                return

    def _page(self, params: dict[str, str], offset: int) -> ProductsAnswer:
        size = self._settings.products_per_page
        asked = {**params, "filter": "all", "offset": str(offset), "limit": str(size)}
        try:
            reply = self._client.read("/products/get", asked)
        except MarketplaceError as error:
            if error.code != "ServiceTimeout":
                raise
            # Items with many SKUs make a page slow; a shorter one may still come (page 3.7).
            reply = self._client.read("/products/get", {**asked, "limit": str(max(size // 5, 1))})
        return read_as(ProductsAnswer, reply.data, reply.request_id)

    def _observation(self, products: Iterable[ProductAnswer], complete: bool, at: datetime) -> Observation:
        products = list(products)
        self._limits |= {sku.sku_id: limit_of(sku) for product in products for sku in product.skus}
        listings = tuple(convert.observed_listing(product, at, self._settings) for product in products)
        for listing in listings:
            self._skus_of[listing.listing_id] = tuple(offer.seller_sku for offer in listing.offers)
        return Observation(listings, complete, at)

    def _now(self) -> datetime:
        return self._client.gateway.now()


def _searches(seller_skus: Sequence[str], settings: Settings) -> list[list[str]]:
    """The SKUs in order, cut so that each search stays within its number and its length in the address (LAZ-029)."""
    found: list[list[str]] = []
    for sku in seller_skus:
        last = found[-1] if found else []
        if last and len(last) < settings.skus_per_search and _length([*last, sku]) <= settings.longest_search:
            last.append(sku)
        else:
            found.append([sku])
    return found


def _as_list(seller_skus: Sequence[str]) -> str:
    return json.dumps(seller_skus, ensure_ascii=False)


def _length(seller_skus: Sequence[str]) -> int:
    return len(quote_plus(_as_list(seller_skus)))

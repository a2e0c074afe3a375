"""Reads listings: the whole shop, some of them, or those that carry a code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.errors import RateLimitError, RejectedError, StaleError, TransientError
from chalicelib.domain.offers import ListingState, Observation, ObservedListing
from chalicelib.domain.ports import ListingPage
from connectors.shopee import convert
from connectors.shopee.answers import Item, ItemDetails, ItemPage, Model, ModelList, SearchPage
from connectors.shopee.client import CHANNEL, Client
from connectors.wire import batches, side_by_side

PAGE = 100
DETAILS = 50
STATUSES = ("NORMAL", "UNLIST", "REVIEWING", "BANNED")
# Up to so many codes are searched one by one without asking how large the shop is.
FEW = 3


@dataclass(frozen=True, slots=True)
class _Details:
    """What came of some details; `whole` is False when one was promised and did not come."""

    listings: tuple[ObservedListing, ...]
    whole: bool


class Reader:
    """Reads of one shop's listings."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._workers = client.settings.workers

    def everything(self) -> Observation:
        """Every listing that is not deleted; complete when every page and every detail came."""
        at = self._client.clock()
        ids, all_pages = self._ids(self._page(0))
        listings, whole = self._details(ids)
        return Observation(listings, all_pages and whole, at)

    def parts(self, after: str) -> Iterator[ListingPage]:
        """Every listing from the offset `after` on, page by page.

        A page that says there is more and not where, or one past the deepest offset, ends the read incomplete.
        """
        offset, seen = int(after or 0), set[int]()
        start = offset
        while True:
            try:
                page = self._page(offset)
            except RejectedError:
                if not offset:
                    raise
                yield ListingPage((), "", complete=False)
                return
            details, whole = self._details([row.item_id for row in page.item if row.item_id not in seen])
            seen.update(row.item_id for row in page.item)
            leads_on = page.next_offset is not None and page.next_offset > offset
            if not page.has_next_page or not leads_on:
                is_all = not page.has_next_page and start + len(seen) >= page.total_count
                yield ListingPage(details, "", whole and is_all)
                return
            offset = page.next_offset or 0
            yield ListingPage(details, str(offset), whole)

    def some(self, listing_ids: Sequence[str]) -> Observation:
        """These listings; one that stays away when asked for again is not there."""
        at = self._client.clock()
        ids = sorted({int(number) for number in listing_ids})
        items = self._items(ids)
        missing = sorted(set(ids) - {item.item_id for item in items})
        if missing:
            # An unknown id is left out of the answer; so is one that a cut answer lost. Asking again tells.
            items += self._items(missing)
        details = self._with_models(items)
        return Observation(details.listings, details.whole, at)

    def gone(self, listing_ids: Sequence[str]) -> frozenset[str]:
        """Those of these listings that are deleted, or not there at all."""
        details = self.some(listing_ids)
        there = {seen.listing_id for seen in details.listings if seen.state is not ListingState.GONE}
        return frozenset(listing_ids) - there if details.complete else frozenset()

    def carrying(self, codes: Sequence[str]) -> tuple[ObservedListing, ...]:
        """Listings whose parent or variant code is one of these, by the cheaper of two ways (SHP-004).

        A search costs a call for each code; a pass over the shop costs a call for every 100 ids and 50 details.
        """
        wanted = set(codes)
        details = self._with_models(self._candidates(wanted))
        if not details.whole:
            raise TransientError(CHANNEL, "details_missing", retry_after_s=1.0)
        return tuple(listing for listing in details.listings if _carries(listing, wanted))

    def item(self, item_id: int) -> Item:
        """One listing's own facts. Raises: StaleError when it is not there."""
        found = self._items([item_id])
        if not found:
            raise StaleError(CHANNEL, "item_not_found", str(item_id))
        return found[0]

    def models(self, item_id: int) -> ModelList:
        """Axes and variants of one listing as they are now."""
        return self._client.get(ModelList, "product/get_model_list", item_id=item_id)

    # --- ids ---

    def _candidates(self, codes: set[str]) -> list[Item]:
        """Items a search offers, or all whose parent code is wanted out of a pass over the shop."""
        if len(codes) <= FEW:
            return self._searched(codes)
        first = self._page(0)
        pages_and_details = -(-first.total_count // PAGE) - 1 + -(-first.total_count // DETAILS)
        if pages_and_details >= len(codes):
            return self._searched(codes)
        ids, all_pages = self._ids(first)
        if not all_pages:
            raise TransientError(CHANNEL, "pages_missing", retry_after_s=1.0)
        return [item for item in self._items(ids) if item.item_sku in codes]

    def _searched(self, codes: set[str]) -> list[Item]:
        found = side_by_side(self._search, sorted(codes), self._workers)
        return self._items(sorted({number for ids in found for number in ids}))

    def _search(self, code: str) -> list[int]:
        ids: list[int] = []
        offset = ""
        while True:
            page = self._client.get(SearchPage, "product/search_item", item_sku=code, page_size=PAGE, offset=offset)
            ids += page.item_id_list
            if not page.item_id_list or not page.next_offset or len(ids) >= page.total_count:
                return ids
            if page.next_offset == offset:
                raise TransientError(CHANNEL, "page_repeats", "product/search_item", retry_after_s=1.0)
            offset = page.next_offset

    def _page(self, offset: int) -> ItemPage:
        return self._client.get(ItemPage, "product/get_item_list", offset=offset, page_size=PAGE, item_status=STATUSES)

    def _ids(self, page: ItemPage) -> tuple[list[int], bool]:
        """Every id from this first page on, and whether nothing was cut.

        A page that says there is more and not where, or one past the deepest offset, ends the read incomplete.
        """
        offset, seen = 0, dict.fromkeys(row.item_id for row in page.item)
        while page.has_next_page:
            if page.next_offset is None or page.next_offset <= offset:
                return list(seen), False
            offset = page.next_offset
            try:
                page = self._page(offset)
            except RejectedError:
                return list(seen), False
            seen.update(dict.fromkeys(row.item_id for row in page.item))
        return list(seen), len(seen) >= page.total_count

    # --- details ---

    def _details(self, ids: Sequence[int]) -> tuple[tuple[ObservedListing, ...], bool]:
        """These listings without kits, and whether each id and all its variants came."""
        items = self._items(ids)
        details = self._with_models([item for item in items if not item.is_kit])
        return details.listings, details.whole and {item.item_id for item in items} >= set(ids)

    def _items(self, ids: Sequence[int]) -> list[Item]:
        read = side_by_side(self._item_batch, batches(ids, DETAILS), self._workers)
        return [item for batch in read for item in batch]

    def _item_batch(self, ids: list[int]) -> list[Item]:
        try:
            answer = self._client.get(ItemDetails, "product/get_item_base_info", item_id_list=ids)
        except StaleError:  # none of them exists
            return []
        return [item for item in answer.item_list if item.item_id in set(ids)]

    def _with_models(self, items: Sequence[Item]) -> _Details:
        at = self._client.clock()
        unique = list({item.item_id: item for item in items}.values())
        read = side_by_side(self._models_of, unique, self._workers)
        came = [(item, models) for item, models in zip(unique, read, strict=True) if models is not None]
        apart = self._client.settings.reserve_apart
        listings = tuple(convert.observed(item, models, at, reserve_apart=apart) for item, models in came)
        return _Details(listings, whole=len(came) == len(unique))

    def _models_of(self, item: Item) -> list[Model] | None:
        """Its variants; None when they would not come although the listing has some."""
        if not item.has_model or convert.state(item.item_status) is ListingState.GONE:
            return []
        try:
            return self.models(item.item_id).model or None
        except RateLimitError:
            raise
        except (TransientError, StaleError):
            return None


def _carries(listing: ObservedListing, codes: set[str]) -> bool:
    carried = {listing.product_code, *(offer.seller_sku for offer in listing.offers)}
    return listing.state is not ListingState.GONE and bool(carried & codes)

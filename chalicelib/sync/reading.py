"""Reads a whole shop; of a shop too long for one worker each worker reads a part, and what it saw is remembered."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.catalogue import Product
from chalicelib.domain.offers import (
    DesiredListing,
    ListingState,
    Observation,
    ObservedListing,
    desired_listing,
    each_once,
    remembered,
)
from chalicelib.domain.ports import Cursor, ListingPage, Marketplace
from chalicelib.domain.shops import Shop
from chalicelib.sync.context import Context, MakeWayError, OutOfTimeError
from chalicelib.sync.shelf import Shelf

STREAM = "whole"
TOO_OLD = timedelta(hours=1)
"""A part read so long ago is read again."""
JUST_READ = timedelta(minutes=10)
"""So long what the parts showed is as good as a read, for the work that follows from it."""
MOST_LEFT = 500
"""Listings that no part showed and that are asked for by name; more means that the parts went wrong."""
_ALL, _CUT = "all", "cut "


def whole(
    ctx: Context, shop: Shop, market: Marketplace, shelf: Shelf, products: Sequence[Product], *, goes_on: bool = False
) -> Observation:
    """What the shop shows now, all of it; `goes_on` takes a reading in parts that ended a moment ago for it.

    A short shop is read in one go and nothing is written. Of a longer one, what the parts showed is remembered in
    `shelf`, and the answer is what is remembered: what no part showed was asked for by name before it counts as gone
    or missing, since pages move when listings come and go. Raises: OutOfTimeError or MakeWayError when a later worker
    must go on; everything until then is saved. LeaseLostError, and the marketplace's errors.
    """
    return _Reading(ctx, shop, market, shelf, [desired_listing(product, {}) for product in products]).whole(goes_on)


class _Reading:
    """One worker's part of a read."""

    def __init__(
        self, ctx: Context, shop: Shop, market: Marketplace, shelf: Shelf, desired: Sequence[DesiredListing]
    ) -> None:
        self._ctx = ctx
        self._shop = shop
        self._market = market
        self._shelf = shelf
        self._desired = desired
        self._longest_page_s = 0.0

    def whole(self, goes_on: bool) -> Observation:
        begun = self._begun()
        if begun is not None and begun.after == _ALL:
            if goes_on and self._ctx.clock() - begun.at < JUST_READ:
                return self._memory(complete=True)
            begun = None
        pages = self._pages(begun)
        listings = each_once(seen for page in pages for seen in page.listings)
        complete = all(page.complete for page in pages)
        if begun is None:
            return Observation(listings, complete, self._ctx.clock())
        self._remember(listings)
        complete = complete and not begun.after.startswith(_CUT) and self._asked_by_name(begun)
        self._save(replace(begun, at=self._ctx.clock(), after=_ALL if complete else ""))
        return self._memory(complete=complete)

    def _begun(self) -> Cursor | None:
        """The read another worker began and nobody ended."""
        cursor = self._ctx.store.orders.cursor(self._shop.id, STREAM)
        is_begun = cursor is not None and cursor.after and self._ctx.clock() - cursor.at < TOO_OLD
        return cursor if is_begun else None

    def _pages(self, begun: Cursor | None) -> list[ListingPage]:
        """Every page that is left, or as many as time allows. Raises: OutOfTimeError, MakeWayError."""
        pages: list[ListingPage] = []
        started = begun or Cursor(self._shop.id, STREAM, self._ctx.clock(), "")
        before_s = self._ctx.remaining_s()
        for page in self._market.pages(started.after.removeprefix(_CUT)):
            pages.append(page)
            self._longest_page_s = max(self._longest_page_s, _took(before_s, self._ctx.remaining_s()))
            before_s = self._ctx.remaining_s()
            if page.after:
                self._shelf.keep(self._ctx.clock(), self._ctx.policy.lease_s)
                self._may_go_on(started, pages)
        return pages

    def _may_go_on(self, started: Cursor, pages: Sequence[ListingPage]) -> None:
        """Another page may be read; else what was read is saved. Raises: OutOfTimeError, MakeWayError."""
        spare_s = max(self._ctx.policy.stop_work_below_s, 2 * self._longest_page_s)
        is_late = self._ctx.remaining_s() < spare_s
        if not is_late and not self._ctx.store.urgent.any(self._shop.id):
            return
        self._remember(seen for page in pages for seen in page.listings)
        was_cut = started.after.startswith(_CUT) or not all(page.complete for page in pages)
        self._save(replace(started, after=(_CUT if was_cut else "") + pages[-1].after))
        raise OutOfTimeError if is_late else MakeWayError

    def _remember(self, listings: Iterable[ObservedListing]) -> None:
        seen = Observation(each_once(listings), complete=False, observed_at=self._ctx.clock())
        self._shelf.saw(seen, self._desired)

    def _asked_by_name(self, begun: Cursor) -> bool:
        """What no part showed is asked for: listings that we know by id, products that should be there by SKU.

        False when so much is left that the read says nothing; what is not there now counts as gone.
        """
        unseen = {
            binding.listing_id
            for binding in self._shelf.bindings.values()
            if binding.state is not ListingState.GONE and binding.seen_at < begun.at
        }
        if len(unseen) > MOST_LEFT:
            return False
        if unseen:
            looked = self._market.look(sorted(unseen))
            self._remember(looked.listings)
            if not looked.complete:
                return False
        self._shelf.gone(self._memory(complete=True, since=begun))
        absent = [one for one in self._desired if one.on_sale and not self._shelf.here(one)]
        if absent:
            names = [name for one in absent for name in (*one.skus, one.product_code)]
            self._remember(self._market.find(list(dict.fromkeys(names))))
        return True

    def _memory(self, *, complete: bool, since: Cursor | None = None) -> Observation:
        """What is remembered of the shop; `since` leaves out what was not seen since that read began."""
        known = [one for one in self._shelf.bindings.values() if since is None or one.seen_at >= since.at]
        return replace(remembered(known), complete=complete, observed_at=self._ctx.clock())

    def _save(self, cursor: Cursor) -> None:
        self._shelf.save()
        self._ctx.store.orders.save_cursor(cursor)


def _took(before_s: float, after_s: float) -> float:
    """Seconds between two looks at the time that is left; nothing for a worker that has for ever."""
    return before_s - after_s if math.isfinite(before_s) else 0.0

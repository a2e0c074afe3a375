"""What a read-back proves of a change, and how changes are cut into steps; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import cast

from chalicelib.domain.changes import Change, CreateListing, HideListing, SetPrice, SetStock, UpdateContent
from chalicelib.domain.errors import MarketplaceError, OutcomeUnknownError, TransientError
from chalicelib.domain.offers import Binding, DesiredListing, ListingState, Observation
from chalicelib.domain.synclog import EntryState

NUMBERS_A_STEP = 200
"""A multiple of every channel's batch, so that a cut costs no call: a few seconds' work at most."""


def shows(change: Change, seen: Observation, desired: DesiredListing, bindings: Mapping[str, Binding]) -> bool:
    """Whether the shop, as it was read, shows what the change asked for; words are not read back beyond the title."""
    listings = {listing.listing_id: listing for listing in seen.listings}
    listing = listings.get(listing_id(change, bindings))
    if listing is None:
        return False
    if isinstance(change, SetStock | SetPrice):
        offers = {offer.seller_sku: offer for offer in listing.offers}
        offer = offers.get(change.seller_sku)
        if offer is None:
            return False
        return offer.quantity == change.to if isinstance(change, SetStock) else offer.price == change.to
    if isinstance(change, HideListing):
        return listing.state is ListingState.HIDDEN
    if isinstance(change, CreateListing):
        return listing.state is ListingState.LIVE
    shown = {offer.seller_sku for offer in listing.offers}
    is_said = not isinstance(change, UpdateContent) or listing.title == desired.title
    return is_said and listing.state is ListingState.LIVE and shown >= set(desired.skus)


def listing_id(change: Change, bindings: Mapping[str, Binding]) -> str:
    """The listing a change is about; empty for one that is not there yet."""
    if isinstance(change, CreateListing):
        bound = [bindings[sku] for sku in change.seller_skus if sku in bindings]
        here = [binding.listing_id for binding in bound if binding.state is not ListingState.GONE]
        return here[0] if here else ""
    return cast(str, getattr(change, "listing_id", ""))


def steps(changes: Iterable[Change]) -> list[list[Change]]:
    """Changes of one kind that go together, not too many at once: between two steps others get their turn."""
    kinds = [list(group) for _, group in groupby(changes, key=type)]
    return [step for kind in kinds for step in _cut(kind)]


def _cut(kind: list[Change]) -> Iterator[list[Change]]:
    if isinstance(kind[0], SetStock | SetPrice):
        for start in range(0, len(kind), NUMBERS_A_STEP):
            yield kind[start : start + NUMBERS_A_STEP]
    else:
        yield kind  # words are said one by one, with a pause between; hiding takes a few calls


def state_after(error: MarketplaceError) -> EntryState:
    """How a change stands that ended with this error."""
    if isinstance(error, OutcomeUnknownError):
        return EntryState.UNKNOWN
    return EntryState.PLANNED if isinstance(error, TransientError) else EntryState.FAILED

"""From desired and observed to the smallest plan that joins them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.changes import (
    Change,
    CreateListing,
    FinishListing,
    HideListing,
    Plan,
    RestoreListing,
    SetPrice,
    SetStock,
    Skip,
    UpdateContent,
    in_order,
)
from chalicelib.domain.offers import (
    Binding,
    DesiredListing,
    DesiredOffer,
    ListingState,
    Observation,
    ObservedListing,
)


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a listing cannot be said on a channel, found before any call: a text key, the field it is about."""

    because: str
    field: str
    detail: str = ""


def plan(
    desired: Sequence[DesiredListing],
    observed: Observation,
    bindings: Mapping[str, Binding],
    objections: Mapping[str, Sequence[Objection]] | None = None,
) -> Plan:
    """Smallest set of changes that turns `observed` into `desired`, most urgent first.

    `bindings` maps seller SKU -> binding in this shop; `objections` maps product code -> what its channel
    cannot say; one about the price also keeps the price as it is. Listings and offers we do not own are left
    alone. Nothing is created or called gone on an incomplete read.
    """
    index = _Index(observed)
    steps: list[Change] = []
    for listing in sorted(desired, key=lambda listing: listing.product_code):
        against = tuple((objections or {}).get(listing.product_code, ()))
        twins = index.matches(listing)
        if not twins:
            steps.extend(_absent(listing, observed.complete, bindings, against))
        else:
            kept, *others = _bound_first(twins, bindings, listing)
            if _is_stray(kept, observed.complete, bindings, listing):
                others = twins
            else:
                steps.extend(_present(listing, kept, bindings, against))
            steps.extend(Skip(listing.product_code, "twin_at_channel", detail=other.listing_id) for other in others)
    skipped = tuple(step for step in steps if isinstance(step, Skip))
    return Plan(in_order(step for step in steps if not isinstance(step, Skip)), skipped)


class _Index:
    """Observed listings by seller SKU and by parent SKU; listings that are gone do not count."""

    def __init__(self, observed: Observation) -> None:
        self._by_sku: dict[str, list[ObservedListing]] = {}
        self._by_code: dict[str, list[ObservedListing]] = {}
        for listing in observed.listings:
            if listing.state is ListingState.GONE:
                continue
            for offer in listing.offers:
                self._by_sku.setdefault(offer.seller_sku, []).append(listing)
            if listing.product_code:
                self._by_code.setdefault(listing.product_code, []).append(listing)

    def matches(self, listing: DesiredListing) -> list[ObservedListing]:
        """Every observed listing that carries one of the SKUs or, unfinished, the product's code."""
        found: dict[str, ObservedListing] = {}
        for sku in listing.skus:
            for match in self._by_sku.get(sku, ()):
                found[match.listing_id] = match
        for match in self._by_code.get(listing.product_code, ()):
            found[match.listing_id] = match
        return sorted(found.values(), key=lambda match: match.listing_id)


def _bound_first(
    twins: list[ObservedListing], bindings: Mapping[str, Binding], listing: DesiredListing
) -> list[ObservedListing]:
    bound = {bindings[sku].listing_id for sku in listing.skus if sku in bindings}
    return sorted(twins, key=lambda twin: (twin.listing_id not in bound, not twin.offers, twin.listing_id))


def _is_stray(seen: ObservedListing, complete: bool, bindings: Mapping[str, Binding], listing: DesiredListing) -> bool:
    """True for a listing we are not bound to, in a read that may have missed the one we are bound to."""
    known = [bindings[sku] for sku in listing.skus if sku in bindings]
    bound = {binding.listing_id for binding in known if binding.state is not ListingState.GONE}
    return not complete and bool(bound) and seen.listing_id not in bound


def _absent(
    listing: DesiredListing,
    complete: bool,
    bindings: Mapping[str, Binding],
    against: Sequence[Objection],
) -> Iterator[Change]:
    if not listing.on_sale:
        return
    if not complete:
        yield Skip(listing.product_code, "not_seen_in_incomplete_read")
    elif against:
        yield from _objected(listing, against)
    else:
        known = any(sku in bindings for sku in listing.skus)
        yield CreateListing(listing.product_code, listing.skus, "listing_gone" if known else "new_product")


def _objected(listing: DesiredListing, against: Sequence[Objection]) -> Iterator[Skip]:
    for objection in against:
        yield Skip(listing.product_code, objection.because, field=objection.field, detail=objection.detail)


def _present(
    listing: DesiredListing,
    seen: ObservedListing,
    bindings: Mapping[str, Binding],
    against: Sequence[Objection],
) -> Iterator[Change]:
    yield from _visibility(listing, seen)
    if not _declared(listing, seen):
        if listing.on_sale:
            yield FinishListing(listing.product_code, seen.listing_id, "variants_not_declared")
        return
    unsayable = [objection for objection in against if objection.field == "price"]
    yield from _offers(listing, seen, sets_prices=not unsayable)
    yield from _left_over(listing, seen, bindings)
    if not listing.on_sale:
        return
    if against:
        yield from _objected(listing, against)
    else:
        yield from _content(listing, seen, bindings)


def _declared(listing: DesiredListing, seen: ObservedListing) -> bool:
    """False for a listing found by its parent SKU that shows none of the variants it should have."""
    shown = {offer.seller_sku for offer in seen.offers}
    return seen.finished and not (listing.axes and shown.isdisjoint(listing.skus))


def _visibility(listing: DesiredListing, seen: ObservedListing) -> Iterator[Change]:
    if seen.state is ListingState.REJECTED:
        yield Skip(listing.product_code, "rejected_by_channel", detail=seen.reason)
    elif listing.on_sale and seen.state is ListingState.HIDDEN:
        yield RestoreListing(listing.product_code, seen.listing_id, "on_sale_in_catalogue")
    elif not listing.on_sale and seen.state in (ListingState.LIVE, ListingState.IN_REVIEW):
        yield HideListing(listing.product_code, seen.listing_id, "off_sale_in_catalogue")


def _offers(listing: DesiredListing, seen: ObservedListing, sets_prices: bool) -> Iterator[Change]:
    shown = {offer.seller_sku: offer for offer in seen.offers}
    for want in listing.offers:
        have = shown.get(want.seller_sku)
        if have is None:
            continue  # a missing variant is content: _content says the listing again
        ids = (want.seller_sku, listing.product_code, seen.listing_id, have.offer_id)
        if have.quantity != want.quantity:
            waits = _waits(listing, want, "stock")
            yield waits or SetStock(*ids, was=have.quantity, to=want.quantity, because="sellable_stock_moved")
        if sets_prices and have.price != want.price:
            waits = _waits(listing, want, "price")
            yield waits or SetPrice(*ids, was=have.price, to=want.price, because="price_in_catalogue")


def _waits(listing: DesiredListing, want: DesiredOffer, field: str) -> Skip | None:
    """Why the number is not ours to write now: the seller's own hand, or a promotion that holds it."""
    if field in listing.kept:
        return Skip(listing.product_code, "seller_keeps_it", want.seller_sku, field)
    if field in want.locked:
        return Skip(listing.product_code, "promotion_locked", want.seller_sku, field)
    return None


def _left_over(listing: DesiredListing, seen: ObservedListing, bindings: Mapping[str, Binding]) -> Iterator[Change]:
    """Offers we once put there whose SKU has left the product: nobody counts them any more, so none may be sold."""
    for offer in seen.offers:
        bound = bindings.get(offer.seller_sku)
        was_ours = bound is not None and (bound.product_code, bound.listing_id) == (
            listing.product_code,
            seen.listing_id,
        )
        if was_ours and "stock" not in listing.kept and offer.seller_sku not in listing.skus and offer.quantity:
            ids = (offer.seller_sku, listing.product_code, seen.listing_id, offer.offer_id)
            yield SetStock(*ids, was=offer.quantity, to=0, because="variant_not_in_catalogue")


def _content(listing: DesiredListing, seen: ObservedListing, bindings: Mapping[str, Binding]) -> Iterator[Change]:
    shown = {offer.seller_sku for offer in seen.offers}
    missing = [sku for sku in listing.skus if sku not in shown]
    known = {bindings[sku].content for sku in listing.skus if sku in bindings}
    if missing:
        because, was = "variant_missing_at_channel", ", ".join(sorted(shown))
    elif known != {listing.content}:
        because, was = "content_in_catalogue", seen.title
    elif seen.title != listing.title:
        because, was = "title_differs_at_channel", seen.title
    else:
        return
    if "title" in listing.kept:
        yield Skip(listing.product_code, "seller_keeps_it", field="title", detail=seen.title)
    elif seen.state is ListingState.IN_REVIEW:
        yield Skip(listing.product_code, "waiting_for_review")
    else:
        yield UpdateContent(listing.product_code, seen.listing_id, because, was=was, to=listing.title)

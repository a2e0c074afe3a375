"""What we remember of one shop while a pass works on it: bindings, images, and what must be saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import MarketplaceError, RejectedError
from chalicelib.domain.offers import (
    Binding,
    Claim,
    DesiredListing,
    ListingState,
    Observation,
    ObservedListing,
    ObservedOffer,
)
from chalicelib.domain.ports import Clock, Created, Marketplace, Photos, Store
from chalicelib.domain.shops import Lease
from chalicelib.sync import claims

UPLOAD_TOGETHER = 8

LONG_GONE = timedelta(days=1)


class Shelf:
    """The bindings of one leased shop; changes are kept and written together, fenced by the lease."""

    def __init__(self, store: Store, lease: Lease, bindings: Mapping[str, Binding], clock: Clock) -> None:
        self._store = store
        self._lease = lease
        self.bindings = dict(bindings)
        self._unsaved: set[str] = set()
        self._fell: dict[str, tuple[int, datetime]] = {}
        self._split: frozenset[str] = frozenset()
        self._clock = clock

    def watch(self, split: frozenset[str]) -> None:
        """Of these SKUs, what the shop showed before a number fell stays claimed when it is saved."""
        self._split = split

    def put(self, binding: Binding) -> None:
        """Remembered now, written by the next `save`."""
        known = self.bindings.get(binding.seller_sku)
        if known != binding:
            if known is not None and known.quantity > binding.quantity:
                self._came_down(known, binding)
            self.bindings[binding.seller_sku] = binding
            self._unsaved.add(binding.seller_sku)

    def save(self) -> None:
        """Everything put is in the store. Raises: LeaseLostError when another worker holds the shop."""
        if self._unsaved:
            self._claim()
            self._store.bindings.save([self.bindings[sku] for sku in sorted(self._unsaved)], self._lease)
            self._unsaved.clear()

    def keep(self, now: datetime, seconds: float) -> None:
        """The shop stays ours for a while: long work extends its lease well before the end.

        Raises: LeaseLostError when the lease ended and another worker has the shop.
        """
        if (self._lease.until - now).total_seconds() < seconds / 2:
            self._lease = self._store.shops.extend(self._lease, seconds)

    def gone(self, observed: Observation) -> None:
        """Offers a whole pass did not show are remembered as gone; an empty or cut pass says nothing.

        A list may lag behind: the pieces of what is gone stay the shop's until it shows them again, or has not shown
        them for `LONG_GONE`.
        """
        if not observed.complete or not observed.listings:
            return
        alive = [seen for seen in observed.listings if seen.state is not ListingState.GONE]
        shown = {(seen.listing_id, offer.seller_sku) for seen in alive for offer in seen.offers}
        listings = {seen.listing_id for seen in alive}
        for sku, binding in list(self.bindings.items()):
            waits = not binding.finished and binding.listing_id in listings
            if (binding.listing_id, sku) in shown or waits:
                continue
            if binding.state is not ListingState.GONE:
                self.change([sku], state=ListingState.GONE, quantity=0)
            elif self._clock() - binding.seen_at > LONG_GONE:
                self.change([sku], seen_at=self._clock())

    def saw(self, observed: Observation, desired: Sequence[DesiredListing]) -> None:
        """The bindings show what was observed; listings with our seller SKUs are adopted."""
        by_sku = {sku: listing for listing in desired for sku in listing.skus}
        by_code = {listing.product_code: listing for listing in desired}
        alive = [seen for seen in observed.listings if seen.state is not ListingState.GONE]
        shown = {(seen.listing_id, offer.seller_sku) for seen in alive for offer in seen.offers}
        for seen in alive:
            for offer in seen.offers:
                listing, known = by_sku.get(offer.seller_sku), self.bindings.get(offer.seller_sku)
                bound_to = known.listing_id if known else seen.listing_id
                # Of twins the one we are bound to stays ours, whichever the shop names last or a cut read misses.
                is_gone = known is None or known.state is ListingState.GONE or observed.complete
                is_ours = bound_to == seen.listing_id or (is_gone and (bound_to, offer.seller_sku) not in shown)
                if listing and is_ours:
                    self._saw_offer(listing, seen, offer)
            whole = by_code.get(seen.product_code)
            if whole is not None and {offer.seller_sku for offer in seen.offers}.isdisjoint(whole.skus):
                self._saw_unfinished(whole, seen)

    def created(self, listing: DesiredListing, created: Created, at: datetime) -> None:
        """The listing is bound; its content counts as said."""
        for offer in listing.offers:
            self.put(
                Binding(
                    shop=self._lease.shop,
                    seller_sku=offer.seller_sku,
                    product_code=listing.product_code,
                    listing_id=created.listing_id,
                    offer_id=created.offer_ids.get(offer.seller_sku, ""),
                    state=created.state,
                    title=listing.title,
                    price=offer.price,
                    quantity=offer.quantity if created.finished else 0,
                    seen_at=at,
                    content=listing.content,
                    desired_version=listing.version,
                    applied_version=listing.version if created.finished else 0,
                    finished=created.finished,
                )
            )

    def change(self, skus: Iterable[str], **facts: object) -> None:
        """These bindings, where we have them, carry the given facts."""
        for sku in skus:
            if sku in self.bindings:
                self.put(replace(self.bindings[sku], **facts))  # type: ignore[arg-type]

    def offer_ids(self, listing: DesiredListing) -> dict[str, str]:
        """Seller SKU -> offer id for the variants the shop has."""
        return {sku: binding.offer_id for sku, binding in self.here(listing).items()}

    def left_over(self, listing: DesiredListing, listing_id: str) -> dict[str, str]:
        """Seller SKU -> offer id of variants that we once put into this listing and the catalogue has no more."""
        return {
            sku: binding.offer_id
            for sku, binding in self.bindings.items()
            if (binding.product_code, binding.listing_id) == (listing.product_code, listing_id)
            and sku not in listing.skus
            and binding.offer_id
            and binding.state is not ListingState.GONE
        }

    def here(self, listing: DesiredListing) -> dict[str, Binding]:
        """Seller SKU -> binding of the listing's offers that are in the shop, as far as we know."""
        bound = {sku: self.bindings[sku] for sku in listing.skus if sku in self.bindings}
        return {sku: binding for sku, binding in bound.items() if binding.state is not ListingState.GONE}

    def _came_down(self, known: Binding, binding: Binding) -> None:
        was_seen = binding.seen_at != known.seen_at
        since = binding.seen_at if was_seen else self._clock()
        most = max(known.quantity, self._fell.get(known.seller_sku, (0, since))[0])
        self._fell[known.seller_sku] = most, since

    def claim(self, most: Mapping[str, tuple[int, datetime]]) -> dict[str, Claim]:
        """So many units are this shop's from then on, SKU -> (units, since when); answers what held before.

        Raises: LeaseLostError.
        """
        return claims.claim(self._store, self._lease, self.bindings, most)

    def take_back(self, held: Mapping[str, Claim]) -> None:
        """Claims that led to nothing are as they were before. Raises: LeaseLostError."""
        claims.take_back(self._store, self._lease, held)

    def _claim(self) -> None:
        self.claim({sku: most for sku, most in self._fell.items() if sku in self._split})
        self._fell.clear()

    def _saw_offer(self, listing: DesiredListing, seen: ObservedListing, offer: ObservedOffer) -> None:
        known = self.bindings.get(offer.seller_sku)
        same = known is not None and known.listing_id == seen.listing_id
        self.put(
            Binding(
                shop=self._lease.shop,
                seller_sku=offer.seller_sku,
                product_code=listing.product_code,
                listing_id=seen.listing_id,
                offer_id=offer.offer_id,
                state=seen.state,
                title=seen.title,
                price=offer.price,
                quantity=offer.quantity,
                seen_at=seen.observed_at,
                # A listing found by its SKU and never written by us yet: taken over as it stands when the title
                # is ours, said again otherwise.
                content=known.content if known and same else (listing.content if seen.title == listing.title else ""),
                desired_version=listing.version,
                applied_version=known.applied_version if known and same else 0,
                finished=True,
                reason=seen.reason,
            )
        )

    def _saw_unfinished(self, listing: DesiredListing, seen: ObservedListing) -> None:
        bound = self.here(listing).values()
        if any(binding.finished and binding.listing_id != seen.listing_id for binding in bound):
            return  # the product stands elsewhere; a stray listing with its code takes nothing over
        waiting = Created(seen.listing_id, {}, seen.state, finished=False)
        self.created(listing, waiting, seen.observed_at)


class Images:
    """Hands photos to a marketplace once each and remembers its references."""

    def __init__(self, store: Store, photos: Photos, market: Marketplace, shop_id: str) -> None:
        self._store = store
        self._photos = photos
        self._market = market
        self._shop_id = shop_id
        self._known: dict[str, str] = {}
        self._refused: dict[str, MarketplaceError] = {}
        self._asked: set[str] = set()

    def recall(self, keys: Iterable[str]) -> None:
        """References the marketplace gave before are known; asked for once."""
        wanted = sorted(set(keys) - self._asked)
        if wanted:
            self._known.update(self._store.bindings.images(self._shop_id, wanted))
            self._asked.update(wanted)

    def bring(self, keys: Iterable[str]) -> None:
        """Every photo is at the marketplace, or its refusal is remembered for the listing that needs it."""
        wanted = sorted(set(keys))
        self.recall(wanted)
        missing = [key for key in wanted if key not in self._known and key not in self._refused]
        for start in range(0, len(missing), UPLOAD_TOGETHER):
            self._upload(missing[start : start + UPLOAD_TOGETHER])

    def of(self, listing: DesiredListing) -> dict[str, str]:
        """References of the listing's photos. Raises: RejectedError when the marketplace refused one of them."""
        for key in listing.photos:
            if key in self._refused:
                raise self._refused[key]
        return {key: self._known[key] for key in listing.photos if key in self._known}

    def _upload(self, keys: Sequence[str]) -> None:
        try:
            fresh = self._market.upload_photos([self._photos.get(key) for key in keys])
        except RejectedError as error:
            if len(keys) == 1:
                self._refused[keys[0]] = error
            else:  # one bad photo must not hold up its neighbours
                for key in keys:
                    self._upload([key])
            return
        self._store.bindings.save_images(self._shop_id, fresh)
        self._known.update(fresh)

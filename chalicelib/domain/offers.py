"""Desired and observed listings, and the bindings between a SKU and its offer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.catalogue import Axis, Kind, Product, Size
from chalicelib.domain.money import Money
from chalicelib.domain.reckoning import Reckoning


class ListingState(StrEnum):
    """How a listing stands in a shop, on every channel."""

    LIVE = "live"
    HIDDEN = "hidden"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class DesiredOffer:
    """What one SKU should be in one shop: price, absolute quantity, and its option per axis.

    `reckoning` says where the quantity comes from. `locked` names the fields a promotion holds at the moment.
    """

    seller_sku: str
    price: Money
    quantity: int
    options: tuple[str, ...] = ()
    reckoning: Reckoning | None = field(default=None, compare=False)
    locked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DesiredListing:
    """What one product should be in one shop. `photos` are content keys; `version` is the product's.

    `kept` names the fields (title, price, stock) that the seller keeps by hand in the seller centre.
    """

    product_code: str
    kind: Kind
    title: str
    description: str
    size: Size
    photos: tuple[str, ...]
    offers: tuple[DesiredOffer, ...]
    axes: tuple[Axis, ...] = ()
    on_sale: bool = True
    version: int = 0
    kept: frozenset[str] = frozenset()

    @property
    def skus(self) -> tuple[str, ...]:
        """Seller SKUs in catalogue order."""
        return tuple(offer.seller_sku for offer in self.offers)

    @property
    def content(self) -> str:
        """Fingerprint of the words, photos, axes and size: equal when nothing needs to be said again."""
        said = [
            self.kind,
            self.title,
            self.description,
            self.photos,
            [(axis.name_th, axis.options) for axis in self.axes],
            [(offer.seller_sku, offer.options) for offer in self.offers],
            [self.size.weight_g, self.size.length_mm, self.size.width_mm, self.size.height_mm],
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class ObservedOffer:
    """What the shop showed for one SKU. `quantity` is what a buyer can order now (absolute, whole units)."""

    seller_sku: str
    offer_id: str
    price: Money
    quantity: int
    live: bool = True


@dataclass(frozen=True, slots=True)
class ObservedListing:
    """What the shop showed for one listing.

    `product_code` is our parent SKU where the channel keeps one, else empty. `finished` is False for a listing
    whose variants are still to be declared. `reason` is the channel's own text for a rejection.
    """

    listing_id: str
    state: ListingState
    title: str
    offers: tuple[ObservedOffer, ...]
    observed_at: datetime
    product_code: str = ""
    finished: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a read of a shop showed.

    Only `complete` (every page came, nothing was cut) allows the conclusion that something is not there.
    """

    listings: tuple[ObservedListing, ...]
    complete: bool
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Binding:
    """Stored link SKU + shop <-> listing id + offer id, with what was last seen there.

    `content` is the fingerprint last accepted by the channel; `applied_version` the product version it came
    from; the offer is dirty while `applied_version < desired_version`. `quantity` is also lowered when the
    channel itself sold units, so that its own subtraction is not sent again.
    """

    shop: str
    seller_sku: str
    product_code: str
    listing_id: str
    offer_id: str
    state: ListingState
    title: str
    price: Money
    quantity: int
    seen_at: datetime
    content: str = ""
    desired_version: int = 0
    applied_version: int = 0
    finished: bool = True
    reason: str = ""


def desired_listing(
    product: Product,
    quantities: Mapping[str, int],
    reckonings: Mapping[str, Reckoning] | None = None,
    kept: frozenset[str] = frozenset(),
    locked: Mapping[str, frozenset[str]] | None = None,
) -> DesiredListing:
    """What a Thai shop should show for the product; `quantities` maps SKU -> units this shop may show.

    `reckonings` says where they come from; `kept` and `locked` (by SKU) name fields that are not ours to write now.
    Blanks in the title are single: marketplaces tidy them, and a title they rewrite would be said for ever.
    """
    why, held = reckonings or {}, locked or {}
    return DesiredListing(
        product_code=product.code,
        kind=product.kind,
        title=" ".join(product.title_th.split()),
        description=product.description_th,
        size=product.size,
        photos=product.photos,
        axes=product.axes,
        on_sale=product.on_sale,
        version=product.version,
        kept=kept,
        offers=tuple(
            DesiredOffer(
                variant.sku,
                variant.price,
                quantities.get(variant.sku, 0),
                variant.options,
                why.get(variant.sku),
                held.get(variant.sku, frozenset()),
            )
            for variant in product.variants
        ),
    )


def remembered(bindings: Sequence[Binding]) -> Observation:
    """The observation the bindings remember; incomplete, since it cannot say that something is not there.

    Offers that were found gone are left out.
    """
    by_listing: dict[str, list[Binding]] = {}
    for binding in bindings:
        if binding.state is not ListingState.GONE:
            by_listing.setdefault(binding.listing_id, []).append(binding)
    listings = tuple(_listing(rows) for _, rows in sorted(by_listing.items()))
    oldest = min((binding.seen_at for binding in bindings), default=datetime.min)
    return Observation(listings, complete=False, observed_at=oldest)


def each_once(listings: Iterable[ObservedListing]) -> tuple[ObservedListing, ...]:
    """Each listing once, as it was seen last: what came twice has the offers of both, each as it was seen last."""
    by_id: dict[str, ObservedListing] = {}
    for seen in listings:
        known = by_id.get(seen.listing_id)
        offers = {offer.seller_sku: offer for offer in (*(known.offers if known else ()), *seen.offers)}
        by_id[seen.listing_id] = replace(seen, offers=tuple(offers.values()))
    return tuple(by_id.values())


def _listing(rows: list[Binding]) -> ObservedListing:
    first = rows[0]
    return ObservedListing(
        listing_id=first.listing_id,
        state=first.state,
        title=first.title,
        observed_at=min(row.seen_at for row in rows),
        product_code=first.product_code,
        finished=first.finished,
        reason=first.reason,
        offers=tuple(
            ObservedOffer(row.seller_sku, row.offer_id, row.price, row.quantity)
            for row in sorted(rows, key=lambda row: row.seller_sku)
            if row.offer_id or row.finished
        ),
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """The most a shop may have shown of a SKU at `since`: what it was about to show, or showed before it came down.

    Until the shop was seen and its orders were read after `since`, that many pieces are its own: a lost answer may
    have worked, and what was sold of a higher number may not be heard of yet.
    """

    units: int
    since: datetime

    def is_settled(self, seen_at: datetime | None, heard_until: datetime | None) -> bool:
        """Whether what we remember of the shop is the truth again."""
        return bool(seen_at and heard_until and seen_at >= self.since and heard_until >= self.since)


def reach(binding: Binding | None, claim: Claim | None, heard_until: datetime | None) -> int:
    """Units of a SKU that a shop may be showing or may have sold unheard; `heard_until` its orders are known.

    >>> reach(None, Claim(3, datetime(2026, 3, 1)), heard_until=None)
    3
    """
    shown = binding.quantity if binding else 0
    if claim is None or claim.is_settled(binding.seen_at if binding else None, heard_until):
        return shown
    return max(shown, claim.units)

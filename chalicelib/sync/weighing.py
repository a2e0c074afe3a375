"""Weighs a plan before it is carried out: what a channel cannot say, what may wait, what must be known first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.domain.changes import Change, CreateListing, FinishListing, Plan, SetPrice, SetStock, UpdateContent
from chalicelib.domain.errors import (
    MarketplaceError,
    OutcomeUnknownError,
    PacedError,
    RateLimitError,
    RejectedError,
    StaleError,
    TransientError,
)
from chalicelib.domain.offers import Binding, DesiredListing, ListingState, Observation
from chalicelib.domain.planner import Objection, plan
from chalicelib.domain.ports import Marketplace
from chalicelib.sync import claims
from chalicelib.sync.record import words

ABOUT_ONE_PRODUCT = (RejectedError, StaleError, OutcomeUnknownError, TransientError)
"""What an audit may raise without saying anything of the rest of the shop."""
AUDIT_FAILED = "audit_failed"
CALM_UNITS = 50
"""From so many units on a sale elsewhere is told a little later."""
SHORT_SHOP, LISTINGS_READ_A_S, LONGEST_READ_S = 300, 20.0, 45.0
"""A slow read, and less than any bulk worker starts with: no message would wait for ever."""


def audited(
    market: Marketplace,
    desired: Sequence[DesiredListing],
    observed: Observation,
    bindings: Mapping[str, Binding],
) -> Plan:
    """The plan, with what the channel cannot say left out; only what is about to be said is audited.

    A product whose audit fails is left out with its words and price, and holds up no other. Raises: the error when
    no audit works, and any that is about the whole shop.
    """
    made = plan(desired, observed, bindings)
    speaking = CreateListing | FinishListing | UpdateContent | SetPrice
    said = {change.product_code for change in made.changes if isinstance(change, speaking)}
    objections: dict[str, tuple[Objection, ...]] = {}
    failed: list[MarketplaceError] = []
    for listing in (listing for listing in desired if listing.product_code in said):
        try:
            objections[listing.product_code] = market.audit(listing)
        except (RateLimitError, PacedError):
            raise
        except ABOUT_ONE_PRODUCT as error:
            failed.append(error)
            objections[listing.product_code] = (Objection(AUDIT_FAILED, "price", error.user_key),)
    if failed and len(failed) == len(objections) > 1:
        raise failed[0]
    if not any(objections.values()):
        return made
    return plan(desired, observed, bindings, objections)


def raises_stock(made: Plan, desired: Sequence[DesiredListing]) -> bool:
    """Whether a number goes up, as far as we know; a split one that stays above zero may go up whatever we know.

    Sales we have not heard of lowered it in the shop already.
    """
    split = claims.split_skus(desired)
    numbers = [change for change in made.changes if isinstance(change, SetStock)]
    return any(change.to > change.was or (change.to and change.seller_sku in split) for change in numbers)


def can_wait(made: Plan) -> bool:
    """Whether all there is to say is that a large number is a little smaller: 515 -> 514 must not go before 1 -> 0."""
    return bool(made.changes) and all(
        isinstance(change, SetStock)
        and CALM_UNITS <= change.to < change.was
        and (change.was - change.to) * 10 <= change.was
        for change in made.changes
    )


def read_s(bindings: Mapping[str, Binding]) -> float:
    """Seconds a whole read may take, by what we know of the shop; next to nothing for a short one."""
    listings = len({one.listing_id for one in bindings.values() if one.state is not ListingState.GONE})
    return min(listings / LISTINGS_READ_A_S, LONGEST_READ_S) if listings > SHORT_SHOP else 0.0


def lowers_stock(change: Change) -> bool:
    return isinstance(change, SetStock) and change.to < change.was


def line(change: Change) -> str:
    """One change as a person reads it: kind, subject, was -> becomes."""
    field, before, after = words(change)
    subject = getattr(change, "seller_sku", "") or change.product_code
    return f"{type(change).__name__} {subject} {field}: {before} -> {after}"

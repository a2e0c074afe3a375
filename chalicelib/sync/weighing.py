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
from chalicelib.domain.offers import Binding, DesiredListing, Observation
from chalicelib.domain.planner import Objection, plan
from chalicelib.domain.ports import Marketplace
from chalicelib.sync import claims
from chalicelib.sync.record import words

ABOUT_ONE_PRODUCT = (RejectedError, StaleError, OutcomeUnknownError, TransientError)
"""What an audit may raise without saying anything of the rest of the shop."""
AUDIT_FAILED = "audit_failed"
CALM_UNITS = 50
"""From so many units on a sale elsewhere is told a little later."""


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


def sold(made: Plan, desired: Sequence[DesiredListing], *, by_sale: bool) -> tuple[Change, ...]:
    """Numbers that come down because buyers ordered; no brake may hold them, or what is gone stays on sale.

    `by_sale` says that a sale asked for this look. Else only a zero counts although units lie on the shelf: open
    orders hold them all. A count or an import that says zero is not a sale.
    """
    held = {
        offer.seller_sku
        for listing in desired
        for offer in listing.offers
        if offer.reckoning and offer.reckoning.on_hand > 0 and offer.reckoning.reserved >= offer.reckoning.on_hand
    }
    return tuple(
        change
        for change in made.changes
        if isinstance(change, SetStock) and change.to < change.was and (by_sale or change.seller_sku in held)
    )


def lowers_stock(change: Change) -> bool:
    return isinstance(change, SetStock) and change.to < change.was


def line(change: Change) -> str:
    """One change as a person reads it: kind, subject, was -> becomes."""
    field, before, after = words(change)
    subject = getattr(change, "seller_sku", "") or change.product_code
    return f"{type(change).__name__} {subject} {field}: {before} -> {after}"

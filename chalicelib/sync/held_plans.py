"""Plans the brakes stopped: made, looked at again, approved or refused by a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chalicelib.domain.changes import Change
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.offers import DesiredListing, remembered
from chalicelib.domain.planner import plan
from chalicelib.domain.waiting_plans import HeldChange, StalePlanError, WaitingPlan, waiting_plan
from chalicelib.sync import messages
from chalicelib.sync.context import Context
from chalicelib.sync.desired import desired_listings
from chalicelib.sync.record import words

NUMBERS = frozenset({"SetStock", "SetPrice", "HideListing", "RestoreListing"})
"""Changes that what we remember of a shop is enough to make again."""


def held(
    ctx: Context,
    shop_id: str,
    run_id: str,
    reasons: Sequence[str],
    changes: Sequence[Change],
    desired: Iterable[DesiredListing],
) -> WaitingPlan:
    """These changes as a plan that waits from now on; nothing is stored."""
    codes = {change.product_code for change in changes}
    versions = {listing.product_code: listing.version for listing in desired if listing.product_code in codes}
    return waiting_plan(shop_id, run_id, reasons, as_held(changes), ctx.clock(), versions)


def as_held(changes: Iterable[Change]) -> tuple[HeldChange, ...]:
    """The changes in the words people read."""
    return tuple(
        HeldChange(
            type(change).__name__,
            change.product_code,
            getattr(change, "seller_sku", ""),
            *words(change),
            change.because,
        )
        for change in changes
    )


def approve(ctx: Context, shop_id: str, fingerprint: str, person: str) -> None:
    """Exactly this plan may run, and the shop is asked for a pass that runs it.

    Raises: NotFoundError when another plan waits or none; StalePlanError when it is too old or its facts have moved,
    and then a new plan is being made.
    """
    stored = _stored(ctx, shop_id, fingerprint)
    gone = moved(ctx, stored)
    if gone or stored.is_expired(ctx.clock()):
        ctx.queues.send("bulk", [messages.publish_shop(shop_id, "stale_plan")])
        why = f"changed since: {', '.join(gone[:5])}" if gone else "nobody looked at the shop for too long"
        raise StalePlanError(f"the plan of {shop_id} is out of date ({why}); a new one is being made, look at it first")
    ctx.store.plans.approve(shop_id, fingerprint, person)
    ctx.queues.send("bulk", [messages.publish_shop(shop_id, "approved")])


def refuse(ctx: Context, shop_id: str, fingerprint: str, person: str) -> None:
    """This plan stays undone, however often it is made again, until its facts move. Raises: NotFoundError."""
    _stored(ctx, shop_id, fingerprint)
    ctx.store.plans.refuse(shop_id, fingerprint, person)


def moved(ctx: Context, stored: WaitingPlan) -> tuple[str, ...]:
    """Codes of products whose facts are not those the plan was made from, as far as we know; no marketplace is asked.

    What the marketplace itself did meanwhile shows when the plan runs: it is then another plan, and waits anew.
    """
    shop = ctx.store.shops.get(stored.shop)
    codes = {change.product_code for change in stored.changes}
    products = [one for one in ctx.store.catalogues.products(shop.community) if one.code in codes]
    bindings = ctx.store.bindings.of_shop(shop.id)
    desired = desired_listings(ctx, shop, products, bindings)
    now = set(as_held(plan(desired, remembered(list(bindings.values())), bindings).changes))
    versions = {listing.product_code: listing.version for listing in desired}
    found = {code for code in codes if versions.get(code) != stored.versions.get(code, versions.get(code))}
    found |= {one.product_code for one in stored.changes if one.kind in NUMBERS and one not in now}
    return tuple(sorted(found | (codes - set(versions))))


def _stored(ctx: Context, shop_id: str, fingerprint: str) -> WaitingPlan:
    stored = ctx.store.plans.waiting(shop_id)
    if stored is None or stored.fingerprint != fingerprint:
        raise NotFoundError(f"no such plan waits for {shop_id}")
    return stored

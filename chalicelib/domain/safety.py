"""Brakes: what a plan may not do without a person."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.changes import CreateListing, HideListing, Plan, SetPrice, SetStock
from chalicelib.domain.errors import UnsafePlanError


@dataclass(frozen=True, slots=True)
class Brakes:
    """Thresholds of one community. Shares are percent of the offers the shop shows; small plans pass."""

    hide_percent: int = 30
    zero_percent: int = 50
    reprice_percent: int = 60
    recreate_percent: int = 20
    always_allowed: int = 5
    price_factor: int = 10


def check(plan: Plan, offers_shown: int, brakes: Brakes) -> None:
    """Nothing happens when the plan is ordinary. Raises: UnsafePlanError naming every brake it trips.

    `offers_shown` is how many offers of ours the shop shows now. A price that moves by `price_factor` or more is
    unsafe however few there are: a slipped decimal point is one edit. So is making anything again in a shop that
    shows nothing at all: an empty answer looks the same.
    """
    counts = {
        "hides_many": (_count(plan, HideListing), brakes.hide_percent),
        "zeroes_many": (_zeroed(plan), brakes.zero_percent),
        "reprices_many": (_count(plan, SetPrice), brakes.reprice_percent),
        "recreates_many": (_recreated(plan), brakes.recreate_percent),
    }
    reasons = [
        name
        for name, (count, percent) in counts.items()
        if count > brakes.always_allowed and count * 100 > percent * max(offers_shown, 1)
    ]
    if not offers_shown and _recreated(plan) and "recreates_many" not in reasons:
        reasons.append("recreates_many")
    if any(_jumps(change, brakes.price_factor) for change in plan.changes if isinstance(change, SetPrice)):
        reasons.append("price_jumps")
    if reasons:
        raise UnsafePlanError(tuple(reasons))


def _count(plan: Plan, kind: type) -> int:
    return sum(isinstance(change, kind) for change in plan.changes)


def _zeroed(plan: Plan) -> int:
    return sum(isinstance(change, SetStock) and change.to == 0 for change in plan.changes)


def _recreated(plan: Plan) -> int:
    return sum(isinstance(change, CreateListing) and change.because == "listing_gone" for change in plan.changes)


def _jumps(change: SetPrice, factor: int) -> bool:
    low, high = sorted((change.was.minor, change.to.minor))
    return low <= 0 or high >= low * factor

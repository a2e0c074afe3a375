"""How long deciding takes, and that it grows no faster than the catalogue."""

from __future__ import annotations

import gc
import time
from datetime import UTC, datetime

from chalicelib.domain.catalogue import Kind, Size
from chalicelib.domain.money import Money
from chalicelib.domain.offers import (
    Binding,
    DesiredListing,
    DesiredOffer,
    ListingState,
    Observation,
    ObservedListing,
    ObservedOffer,
)
from chalicelib.domain.planner import plan

GOAL_10K_S = 0.5
GOAL_GROWTH = 1.3
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def measure() -> list[dict[str, object]]:
    """Seconds to plan 10,000 and 100,000 offers, a hundredth of them changed, and time per offer of the second
    against the first."""
    small, large = _best(10_000, 5), _best(100_000, 3)
    growth = round(large / (small * 10), 2)
    return [
        _row("plan of 10,000 offers", round(small, 3), "s", GOAL_10K_S),
        _row("plan of 100,000 offers", round(large, 3), "s", None),
        _row("time per offer, 100,000 against 10,000", growth, "ratio", GOAL_GROWTH),
    ]


def _best(offers: int, tries: int) -> float:
    desired, observed, bindings = _facts(offers)
    # What the planner is given is there before and after: the collector's walks over it are not the planner's time.
    gc.collect()
    gc.freeze()
    times = []
    for _ in range(tries):
        started = time.perf_counter()
        made = plan(desired, observed, bindings)
        times.append(time.perf_counter() - started)
        if len(made.changes) != offers // 100:
            raise AssertionError(f"planned {len(made.changes)} changes for {offers} offers")
    gc.unfreeze()
    return min(times)


def _facts(offers: int) -> tuple[list[DesiredListing], Observation, dict[str, Binding]]:
    desired, seen, bindings = [], [], {}
    for number in range(offers // 2):
        code, skus = f"P{number:06}", (f"P{number:06}-A", f"P{number:06}-B")
        wanted = tuple(DesiredOffer(sku, Money(8900), 10) for sku in skus)
        one = DesiredListing(code, Kind.SNACK, code, code, Size(100, 100, 100, 100), ("a",), wanted)
        desired.append(one)
        for place, sku in enumerate(skus):
            has = 9 if (number * 2 + place) % 100 == 0 else 10
            bindings[sku] = Binding(
                "s", sku, code, code, sku, ListingState.LIVE, code, Money(8900), has, NOW, content=one.content
            )
        shown = tuple(ObservedOffer(sku, sku, Money(8900), bindings[sku].quantity) for sku in skus)
        seen.append(ObservedListing(code, ListingState.LIVE, code, shown, NOW))
    return desired, Observation(tuple(seen), complete=True, observed_at=NOW), bindings


def _row(name: str, value: float, unit: str, goal: float | None) -> dict[str, object]:
    return {"name": name, "value": value, "unit": unit, "goal": goal, "met": None if goal is None else value <= goal}

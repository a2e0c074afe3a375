"""Bundles: SKUs made of other SKUs, with no stock of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from chalicelib.domain.stock import StockError, split

Recipe: TypeAlias = tuple[tuple[str, int], ...]
"""Components of one bundle: (SKU, units in one bundle), by SKU."""

MOST_COMPONENTS = 10
_OWN = ""  # sorts first: of equal claims on the last piece, the component itself wins


class BundleError(ValueError):
    """The components make no bundle; the message says which and why."""


def check_recipe(sku: str, recipe: Recipe) -> None:
    """Nothing happens when the components alone make sense. Raises: BundleError."""
    names = [name for name, _ in recipe]
    if sku in names:
        raise BundleError(f"{sku} cannot be a component of itself")
    if len(set(names)) != len(names):
        raise BundleError(f"{sku} names a component twice; give its quantity once")
    if len(names) > MOST_COMPONENTS:
        raise BundleError(f"{sku} has {len(names)} components; {MOST_COMPONENTS} are the most")
    for name, units in recipe:
        if units < 1:
            raise BundleError(f"{sku} holds {units} of {name}; at least 1 is needed")


def refuse_count(sku: str, recipe: Recipe) -> None:
    """Raises: StockError for a bundle: its components are counted, it has no stock of its own."""
    if recipe:
        parts = ", ".join(name for name, _ in recipe)
        raise StockError(f"{sku} is a bundle and is not counted; count its components: {parts}")


def numbers(
    sellable: Mapping[str, int],
    recipes: Mapping[str, Recipe],
    users: Mapping[str, Iterable[str]],
    is_scarce: Callable[[int], bool],
) -> dict[str, int]:
    """SKU -> units that may be offered over all shops, for plain SKUs and for bundles.

    `sellable` maps plain SKU -> units after its own reservations; `users` maps it to every bundle made of it. A
    bundle has the minimum over its components. While a component is scarce each offer made of it has a share of
    its own: what bundles promise is taken off the component, so that no piece is shown twice.

    >>> numbers({"TEA": 10, "CUP": 3}, {"SET": (("CUP", 1), ("TEA", 2))}, {"TEA": ["SET"], "CUP": ["SET"]},
    ...         lambda units: units < 4)
    {'SET': 1, 'TEA': 10, 'CUP': 2}
    """
    shares = {sku: _shares(units, users.get(sku, ()), is_scarce) for sku, units in sellable.items()}
    found = {
        bundle: min(shares[sku].get(bundle, sellable[sku]) // units for sku, units in recipe)
        for bundle, recipe in recipes.items()
        if all(sku in sellable for sku, _ in recipe)
    }
    promised: dict[str, int] = {}
    for bundle, count in found.items():
        for sku, units in recipes[bundle]:
            promised[sku] = promised.get(sku, 0) + count * units
    plain = {sku: units - (promised.get(sku, 0) if shares[sku] else 0) for sku, units in sellable.items()}
    return {**found, **plain}


def _shares(units: int, users: Iterable[str], is_scarce: Callable[[int], bool]) -> dict[str, int]:
    """What each bundle may take of a scarce component; nothing to divide for one that is plenty or in no bundle."""
    takers = sorted(users)
    return split(units, (_OWN, *takers), {}) if takers and is_scarce(units) else {}

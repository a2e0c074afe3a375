"""What people and promotions decided about the offers of one shop, read together because it lies together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.money import Money
from chalicelib.domain.stock import PushRule


@dataclass(frozen=True, slots=True)
class Terms:
    """For the SKUs and products asked about: each SKU's push rule, product code -> fields the seller keeps, SKU ->
    fields a promotion holds now, SKU -> the shop's own price. Only `rules` has a row for every SKU."""

    rules: Mapping[str, PushRule]
    kept: Mapping[str, frozenset[str]]
    locked: Mapping[str, frozenset[str]]
    prices: Mapping[str, Money]

"""What a community decides for itself: how scarce pieces are shared, and what a plan may do without a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from chalicelib.domain.safety import Brakes


class StockMode(StrEnum):
    """Whether every shop may show all of a SKU, or pieces are allotted to shops."""

    SHARED = "shared"  # until it is scarce
    SPLIT = "split"  # always


class PolicyError(ValueError):
    """The numbers make no policy."""


@dataclass(frozen=True, slots=True)
class CommunityPolicy:
    """The decisions of one community. `split_below` units of a SKU are scarce: each may be shown only once.

    `hand_over_hours` after an order a parcel should leave where the channel names no deadline; `buyer_days` after
    delivery a buyer's details are gone.
    """

    mode: StockMode = StockMode.SHARED
    split_below: int = 4
    brakes: Brakes = field(default_factory=Brakes)
    hand_over_hours: int = 48
    buyer_days: int = 90

    def __post_init__(self) -> None:
        if self.split_below < 0:
            raise PolicyError(f"split_below is {self.split_below}; a number of units is 0 or more")
        if self.hand_over_hours < 1 or self.buyer_days < 1:
            raise PolicyError("hand_over_hours and buyer_days are 1 or more")
        percents = (
            self.brakes.hide_percent,
            self.brakes.zero_percent,
            self.brakes.reprice_percent,
            self.brakes.recreate_percent,
        )
        if not all(0 <= percent <= 100 for percent in percents):
            raise PolicyError(f"a brake is a share from 0 to 100 percent, got {percents}")
        if self.brakes.always_allowed < 0 or self.brakes.price_factor < 2:
            raise PolicyError("always_allowed is 0 or more, price_factor 2 or more")

    def is_scarce(self, units: int) -> bool:
        """Whether so many sellable units are split between the shops.

        >>> CommunityPolicy(split_below=4).is_scarce(3), CommunityPolicy(StockMode.SPLIT).is_scarce(100)
        (True, True)
        """
        return self.mode is StockMode.SPLIT or units < self.split_below

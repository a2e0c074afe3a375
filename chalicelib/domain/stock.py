"""Stock arithmetic: what is owned, what is promised, what each shop may show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class MovementKind(StrEnum):
    """Why the ledger moved."""

    COUNT = "count"  # a person counted: on hand becomes a number
    ADJUST = "adjust"  # a person adds or takes units, with a reason
    RESERVE = "reserve"  # an open order holds units
    RELEASE = "release"  # the order ended before shipping
    SHIP = "ship"  # the reservation became goods leaving
    RETURN = "return"  # a person counted returned goods in


class StockError(ValueError):
    """The movement would break the ledger (below zero, or shipping what was never reserved)."""


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What the ledger says about one SKU, in whole units. `version` rises with every movement."""

    sku: str
    on_hand: int = 0
    reserved: int = 0
    version: int = 0

    def __post_init__(self) -> None:
        if self.on_hand < 0 or self.reserved < 0:
            raise StockError(f"{self.sku}: on hand {self.on_hand}, reserved {self.reserved}")


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of the stock ledger; entries are only added.

    `id` makes a repeat harmless: the same id is applied once. `on_hand` and `reserved` are signed changes.
    """

    id: str
    sku: str
    kind: MovementKind
    on_hand: int
    reserved: int
    at: datetime
    because: str = ""
    order: str = ""


def apply(level: StockLevel, movement: Movement) -> StockLevel:
    """The level after the movement. Raises: StockError below zero."""
    return replace(
        level,
        on_hand=level.on_hand + movement.on_hand,
        reserved=level.reserved + movement.reserved,
        version=level.version + 1,
    )


def sellable(on_hand: int, reserved: int, buffer: int) -> int:
    """Units a channel may offer right now; never negative.

    Whole units of one SKU. `reserved` counts open orders on every channel, paid or not. An order taken by a
    marketplace can reserve more than is on hand (two shops sold the last piece): that shows as zero here.

    >>> sellable(on_hand=10, reserved=3, buffer=2)
    5
    """
    return max(on_hand - reserved - buffer, 0)


@dataclass(frozen=True, slots=True)
class PushRule:
    """How much of the sellable stock one shop may show.

    `share_percent` of it, less `hold_back` units, at most `cap`; fewer than `minimum_to_show` shows as zero.
    `frozen_at` pins the number until a person lets go.
    """

    share_percent: int = 100
    hold_back: int = 0
    minimum_to_show: int = 1
    cap: int | None = None
    frozen_at: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.share_percent <= 100:
            raise StockError(f"a share is 0 to 100 percent, not {self.share_percent}")
        if min(self.hold_back, self.minimum_to_show, self.cap or 0, self.frozen_at or 0) < 0:
            raise StockError("a push rule has no numbers below zero")


def offered(sellable_units: int, rule: PushRule) -> int:
    """Units this shop may show under its push rule, in shared mode.

    >>> offered(10, PushRule(share_percent=50, cap=3))
    3
    """
    if rule.frozen_at is not None:
        return min(rule.frozen_at, sellable_units)
    units = sellable_units * rule.share_percent // 100 - rule.hold_back
    if rule.cap is not None:
        units = min(units, rule.cap)
    return units if units >= max(rule.minimum_to_show, 1) else 0


def split(sellable_units: int, shops: Sequence[str], sold_lately: Mapping[str, int]) -> dict[str, int]:
    """Units allotted to each shop; their sum is exactly what is sellable.

    Even shares; what does not divide goes to the shop that sells best, ties by name, so the same facts always
    give the same allotment. With fewer units than shops the best sellers get one each and the rest zero.
    """
    if not shops:
        return {}
    ranked = sorted(shops, key=lambda shop: (-sold_lately.get(shop, 0), shop))
    even, left = divmod(sellable_units, len(ranked))
    return {shop: even + (1 if place < left else 0) for place, shop in enumerate(ranked)}


def allotment(
    sellable_units: int,
    rules: Mapping[str, PushRule],
    sold_lately: Mapping[str, int],
    split_below: int,
) -> dict[str, int]:
    """Units each shop may show, shop id -> units.

    Shared (every shop may show all of it) while at least `split_below` are sellable; under that the SKU is split
    by itself, so that the last pieces cannot be sold twice. Rules narrow either way and never widen; pieces that a
    rule keeps from one shop go to the others, as far as theirs allow.
    """
    room = {shop: offered(sellable_units, rule) for shop, rule in rules.items()}
    if sellable_units >= split_below:
        return room
    while True:
        shares = _filled(sellable_units, room, sold_lately)
        short = [shop for shop, units in shares.items() if 0 < units < _least(rules[shop])]
        if not short:
            return shares
        # The weakest shop below its minimum shows nothing; what it leaves may bring the others above theirs.
        room[min(short, key=lambda shop: (sold_lately.get(shop, 0), shop))] = 0


def _filled(units: int, room: Mapping[str, int], sold_lately: Mapping[str, int]) -> dict[str, int]:
    """The units dealt out evenly, no shop above its room; what finds no room is left over."""
    shares = dict.fromkeys(room, 0)
    while units:
        open_shops = [shop for shop in room if shares[shop] < room[shop]]
        for shop, dealt in split(units, open_shops, sold_lately).items():
            taken = min(dealt, room[shop] - shares[shop])
            shares[shop] += taken
            units -= taken
        if not open_shops:
            break
    return shares


def _least(rule: PushRule) -> int:
    return 0 if rule.frozen_at is not None else rule.minimum_to_show


def raised_safely(share: int, shown: int, sellable_units: int, shown_elsewhere: int) -> int:
    """Units to send now to a shop of a split SKU that shows `shown` and is due `share`.

    Lowering is always safe. Raising waits until the other shops have come down: together they never show more
    than is sellable because of us.

    >>> raised_safely(share=2, shown=1, sellable_units=3, shown_elsewhere=2)
    1
    """
    if share <= shown:
        return share
    return min(share, max(shown, sellable_units - shown_elsewhere))

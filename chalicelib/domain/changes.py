"""The changes a plan is made of, in the order they matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from chalicelib.domain.money import Money


@dataclass(frozen=True, slots=True)
class CreateListing:
    """Put a product on sale that the shop does not have."""

    product_code: str
    seller_skus: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class FinishListing:
    """Declare the variants of a listing that has none yet (channels that create in two steps)."""

    product_code: str
    listing_id: str
    because: str


@dataclass(frozen=True, slots=True)
class UpdateContent:
    """Say words, photos, variants or size again; prices and stock stay out of it."""

    product_code: str
    listing_id: str
    because: str
    was: str
    to: str


@dataclass(frozen=True, slots=True)
class HideListing:
    """Take a listing off sale without losing it."""

    product_code: str
    listing_id: str
    because: str


@dataclass(frozen=True, slots=True)
class RestoreListing:
    """Put a hidden listing back on sale."""

    product_code: str
    listing_id: str
    because: str


@dataclass(frozen=True, slots=True)
class SetPrice:
    """Make the list price of one offer `to`."""

    seller_sku: str
    product_code: str
    listing_id: str
    offer_id: str
    was: Money
    to: Money
    because: str


@dataclass(frozen=True, slots=True)
class SetStock:
    """Make the orderable quantity of one offer `to` (absolute, whole units)."""

    seller_sku: str
    product_code: str
    listing_id: str
    offer_id: str
    was: int
    to: int
    because: str


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing can or should be done; `because` says why. `field` points at what a person can mend."""

    product_code: str
    because: str
    seller_sku: str = ""
    field: str = ""
    detail: str = ""


Change: TypeAlias = (
    CreateListing | FinishListing | UpdateContent | HideListing | RestoreListing | SetPrice | SetStock | Skip
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes in the order they are sent, and what was left out with its reason."""

    changes: tuple[Change, ...]
    skipped: tuple[Skip, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to send."""
        return not self.changes


def urgency(change: Change) -> int:
    """Place in a plan, lower first: to-zero, decrease, hide, price, increase, restore, content, finish, create."""
    if isinstance(change, SetStock):
        if change.to == 0:
            return 0
        return 1 if change.to < change.was else 4
    order: dict[type[Change], int] = {
        HideListing: 2,
        SetPrice: 3,
        RestoreListing: 5,
        UpdateContent: 6,
        FinishListing: 7,
        CreateListing: 8,
    }
    return order.get(type(change), 9)


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes as they are sent: most urgent first, then by product and SKU; the same facts, the same order."""

    def place(change: Change) -> tuple[int, str, str]:
        return urgency(change), change.product_code, getattr(change, "seller_sku", "")

    return tuple(sorted(changes, key=place))

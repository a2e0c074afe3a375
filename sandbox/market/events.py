"""What happened in a shop, before a channel puts it into its own words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.market.shop import Listing, Order, OrderUnit, Shop

ORDER = "order"
LISTING_ADDED, LISTING_EDITED = "listing_added", "listing_edited"
LISTING_DELETED, LISTING_REVIEWED = "listing_deleted", "listing_reviewed"


@dataclass(frozen=True)
class Event:
    """One happening; `order` and the `units` it touched, or the `listing`."""

    kind: str
    shop: Shop
    order: Order | None = None
    units: Sequence[OrderUnit] = ()
    listing: Listing | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """One push, ready to send: the body's bytes and the headers that sign them."""

    body: bytes
    headers: dict[str, str]
    shop_id: str | None = None

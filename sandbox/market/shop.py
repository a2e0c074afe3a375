"""The neutral world of one practice shop: listings, offers, orders, tokens, and stock that always adds up."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from sandbox.market.timeline import Orders

UNPAID, PAID, SHIPPED, CANCELED = "unpaid", "paid", "shipped", "canceled"


class CannotSellError(Exception):
    """An order that this shop cannot take; `reason` is unknown_sku, not_live or sold_out."""

    def __init__(self, reason: str, seller_sku: str) -> None:
        super().__init__(f"{reason}: {seller_sku}")
        self.reason, self.seller_sku = reason, seller_sku


@dataclass
class Sku:
    """One offer. Stock: `sellable`, `withheld` (ordered, unpaid), `occupied` (paid, not yet shipped)."""

    seller_sku: str
    offer_id: str
    price_satang: int
    attributes: dict[str, str] = field(default_factory=dict)
    sellable: int = 0
    withheld: int = 0
    occupied: int = 0
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def held(self) -> int:
        """Units promised to open orders, paid or not."""
        return self.withheld + self.occupied

    @property
    def total(self) -> int:
        """Units in the shop, sellable or held."""
        return self.sellable + self.held


@dataclass
class Listing:
    """One listing; `status` is the channel's own word, `data` what only that channel knows."""

    listing_id: str
    title: str
    status: str
    images: list[str] = field(default_factory=list)
    skus: list[Sku] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    created_at: float = 0.0
    updated_at: float = 0.0
    deleted: bool = False
    review_due_at: float | None = None

    def sku(self, offer_id: str) -> Sku | None:
        """The offer with that id, or None."""
        return next((sku for sku in self.skus if sku.offer_id == offer_id), None)


@dataclass
class OrderUnit:
    """One piece of an order. `stage` drives the stock, `status` is the channel's own word."""

    unit_id: str
    listing_id: str
    offer_id: str
    seller_sku: str
    title: str
    price_satang: int
    status: str
    stage: str = UNPAID
    attributes: dict[str, str] = field(default_factory=dict)
    image: str = ""
    updated_at: float = 0.0
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Order:
    """One order of one shop, one `OrderUnit` for each piece."""

    _TIMES: ClassVar[frozenset[str]] = frozenset({"created_at", "updated_at"})
    _keeper: ClassVar[Orders | None] = None

    order_id: str
    shop_id: str
    units: list[OrderUnit]
    created_at: float
    updated_at: float
    paid_at: float | None = None
    buyer: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def total_satang(self) -> int:
        """Price of all its goods, canceled ones included."""
        return sum(unit.price_satang for unit in self.units)

    def kept_by(self, orders: Orders) -> None:
        """These orders hear of it when a time of this one is set."""
        self.__dict__["_keeper"] = orders

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name in self._TIMES and self._keeper is not None:
            self._keeper.moved(self.order_id)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_keeper"}


@dataclass
class Grant:
    """One consent: an access token, the refresh token that renews it, and their ends (epoch seconds)."""

    access_token: str
    refresh_token: str
    access_ends_at: float
    refresh_ends_at: float
    refresh_used: bool = False
    data: dict[str, Any] = field(default_factory=dict)

    def revoke(self) -> None:
        """Neither token works any more."""
        self.access_ends_at = self.refresh_ends_at = 0.0


@dataclass
class Shop:
    """One seller's account."""

    shop_id: str
    name: str
    name_th: str = ""
    grants: list[Grant] = field(default_factory=list)
    listings: dict[str, Listing] = field(default_factory=dict)
    orders: Orders = field(default_factory=Orders)
    data: dict[str, Any] = field(default_factory=dict)

    def __setstate__(self, state: dict[str, Any]) -> None:
        # A file of an older practice marketplace holds the orders as a plain dictionary.
        orders = state["orders"]
        self.__dict__.update(state, orders=Orders(orders) if isinstance(orders, dict) else orders)

    @property
    def title(self) -> str:
        """The name people read."""
        return self.name_th or self.name

    def offers(self) -> list[tuple[Listing, Sku]]:
        """Every offer of every listing that is not deleted."""
        return [(item, sku) for item in self.listings.values() if not item.deleted for sku in item.skus]

    def find(self, seller_sku: str) -> list[tuple[Listing, Sku]]:
        """The offers that carry this seller SKU; more than one means twins."""
        return [(item, sku) for item, sku in self.offers() if sku.seller_sku == seller_sku]

    def offer(self, offer_id: str) -> tuple[Listing, Sku] | None:
        """The offer with that id, deleted listings included."""
        for item in self.listings.values():
            sku = item.sku(offer_id)
            if sku is not None:
                return item, sku
        return None

    def move(self, unit: OrderUnit, stage: str) -> None:
        """Moves one unit between stages and its stock with it; a repeat or a step back changes nothing.

        What lies in the marketplace's own warehouse is no stock of the seller's.
        """
        if (unit.stage, stage) not in _EFFECTS:
            return
        found = self.offer(unit.offer_id)
        if found is not None and not unit.data.get("by_channel"):
            for name, change in _EFFECTS[unit.stage, stage].items():
                setattr(found[1], name, getattr(found[1], name) + change)
        unit.stage = stage


_EFFECTS: dict[tuple[str, str], dict[str, int]] = {
    ("", UNPAID): {"sellable": -1, "withheld": 1},
    ("", PAID): {"sellable": -1, "occupied": 1},
    (UNPAID, PAID): {"withheld": -1, "occupied": 1},
    (UNPAID, SHIPPED): {"withheld": -1},
    (PAID, SHIPPED): {"occupied": -1},
    (UNPAID, CANCELED): {"withheld": -1, "sellable": 1},
    (PAID, CANCELED): {"occupied": -1, "sellable": 1},
    # The goods have left: cancelling later brings nothing back until a person counts it in.
    (SHIPPED, CANCELED): {},
}

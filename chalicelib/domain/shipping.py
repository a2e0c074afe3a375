"""Parcels: packing, hand-over, labels, and cancelling before shipping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.orders import Order, OrderLine, OrderState


class HandOver(StrEnum):
    """How a parcel reaches the carrier."""

    PICKUP = "pickup"
    DROPOFF = "dropoff"
    CHANNEL_DECIDES = "channel_decides"


@dataclass(frozen=True, slots=True)
class ShippingChoice:
    """One way the channel offers to hand an order over. `id` is the connector's own, handed back unchanged.

    `words` is what a person chooses by (an address, a branch, a carrier); `slot_from` when a pickup would come.
    """

    id: str
    how: HandOver
    words: str
    carrier: str = ""
    slot_from: datetime | None = None
    recommended: bool = False


class ParcelState(StrEnum):
    """Where a parcel stands."""

    TO_ARRANGE = "to_arrange"
    ARRANGED = "arranged"  # packed: tracking number given or on its way
    READY = "ready"  # told to the channel: the carrier may come
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One package of an order. `tracking_number` is empty until the channel gives one."""

    order_id: str
    package_id: str
    state: ParcelState
    line_ids: tuple[str, ...]
    tracking_number: str = ""
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A printable label: the bytes themselves, since the channels' links die within minutes."""

    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class CancelReason:
    """A reason the channel accepts now for this order. `zeroes_stock`: the channel then sets the SKU to zero."""

    id: str
    words: str
    zeroes_stock: bool = False


# --- what a seller has to do ---------------------------------------------------------------------------------------

PACKED_STATES = frozenset({ParcelState.ARRANGED, ParcelState.READY, ParcelState.HANDED_OVER, ParcelState.DELIVERED})
"""A parcel in one of these holds its lines: they are not to be packed again."""

_STILL_HERE = frozenset({OrderState.TO_PACK, OrderState.PACKED})


@dataclass(frozen=True, slots=True)
class ToPack:
    """One order that has not left yet. `hand_over_by` is the deadline, `by_channel` whether the channel named it."""

    order: Order
    hand_over_by: datetime
    by_channel: bool
    parcels: tuple[Parcel, ...] = ()

    def is_late(self, now: datetime) -> bool:
        """Whether the deadline is over."""
        return now > self.hand_over_by

    @property
    def waiting_lines(self) -> tuple[OrderLine, ...]:
        """Lines that are in no parcel yet and that the community itself ships."""
        return waiting_lines(self.order, self.parcels)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a list shows of an order that has not left yet. `items` are (seller SKU, units).

    `to_pack` names the lines the community itself still has to pack, parcels not looked at.
    """

    shop: str
    order_id: str
    created_at: datetime
    items: tuple[tuple[str, int], ...]
    to_pack: tuple[str, ...]
    ship_by: datetime | None = None
    cancel_asked: bool = False

    @property
    def key(self) -> str:
        """As the order's own."""
        return f"{self.shop}/{self.order_id}"

    def hand_over_by(self, hours: int) -> datetime:
        """The channel's deadline, else so many hours after it was placed."""
        return self.ship_by or self.created_at + timedelta(hours=hours)

    def has_to_be_packed(self, parcels: tuple[Parcel, ...]) -> bool:
        """Whether a line is in none of its parcels yet."""
        return not set(self.to_pack) <= _packed_lines(parcels)


def waiting_of(order: Order) -> Waiting:
    """What a list shows of the order."""
    units: dict[str, int] = {}
    for line in order.lines:
        units[line.seller_sku] = units.get(line.seller_sku, 0) + line.quantity
    to_pack = tuple(line.line_id for line in waiting_lines(order, ()))
    said = (order.shop, order.order_id, order.created_at, tuple(units.items()), to_pack)
    return Waiting(*said, order.ship_by, order.cancel_asked)


def untracked(parcels: tuple[Parcel, ...]) -> tuple[Parcel, ...]:
    """The parcels without the numbers by which a carrier's page finds who got them."""
    return tuple(replace(one, tracking_number="") for one in parcels)


def is_to_hand_over(order: Order) -> bool:
    """Whether something of a paid order still lies on the community's shelf."""
    return any(line.state in _STILL_HERE and not line.fulfilled_by_channel for line in order.lines)


def waiting_lines(order: Order, parcels: tuple[Parcel, ...]) -> tuple[OrderLine, ...]:
    """Lines of the order that are still to be packed by the community."""
    packed = _packed_lines(parcels)
    return tuple(
        line
        for line in order.lines
        if line.state is OrderState.TO_PACK and not line.fulfilled_by_channel and line.line_id not in packed
    )


def _packed_lines(parcels: tuple[Parcel, ...]) -> set[str]:
    return {line_id for parcel in parcels if parcel.state in PACKED_STATES for line_id in parcel.line_ids}


def to_pack(order: Order, parcels: tuple[Parcel, ...], hand_over_hours: int) -> ToPack:
    """The order with its deadline: the channel's, else so many hours after it was placed."""
    if order.ship_by is not None:
        return ToPack(order, order.ship_by, True, parcels)
    return ToPack(order, order.created_at + timedelta(hours=hand_over_hours), False, parcels)

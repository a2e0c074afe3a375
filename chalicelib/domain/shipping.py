"""Parcels: packing, hand-over, labels, and cancelling before shipping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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

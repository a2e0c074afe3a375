"""Shopee's parcels and ways to ship -> our words, and back; pure.

| Ours            | Shopee                                                       |
| ---             | ---                                                          |
| parcel          | package (`package_number`), one even when never split        |
| shipping choice | one method of `info_needed` with all that it needs           |
| choice id       | `pickup:<address_id>:<pickup_time_id>`, `dropoff:<branch_id>:<slug>`, `non_integrated::` |
| cancel reason   | `cancel_reason`                                              |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.errors import ProtocolSurpriseError, RejectedError
from chalicelib.domain.shipping import CancelReason, HandOver, Parcel, ParcelState, ShippingChoice
from connectors.shopee import convert_orders
from connectors.shopee.answers_desk import Branch, PickupAddress, ShippingWays, Slot, Slug
from connectors.shopee.answers_orders import OrderDetail, Package

PICKUP, DROPOFF, OWN_CARRIER = "pickup", "dropoff", "non_integrated"
OUT_OF_STOCK = "OUT_OF_STOCK"
# Orders the seller may still cancel; once a buyer asked, that request is answered instead.
CANCELLABLE = frozenset({"UNPAID", "READY_TO_SHIP", "PROCESSED", "RETRY_SHIP"})
_PARCEL_STATES = {
    "LOGISTICS_NOT_START": ParcelState.TO_ARRANGE,
    "LOGISTICS_PENDING_ARRANGE": ParcelState.TO_ARRANGE,
    "LOGISTICS_READY": ParcelState.TO_ARRANGE,
    "LOGISTICS_REQUEST_CREATED": ParcelState.READY,  # arranging already calls the carrier
    "LOGISTICS_PICKUP_RETRY": ParcelState.ARRANGED,  # packed, and the carrier must come again
    "LOGISTICS_PICKUP_DONE": ParcelState.HANDED_OVER,
    "LOGISTICS_DELIVERY_DONE": ParcelState.DELIVERED,
    "LOGISTICS_PICKUP_FAILED": ParcelState.FAILED,
    "LOGISTICS_DELIVERY_FAILED": ParcelState.FAILED,
    "LOGISTICS_LOST": ParcelState.FAILED,
    "LOGISTICS_COD_REJECTED": ParcelState.CANCELLED,
    "LOGISTICS_REQUEST_CANCELED": ParcelState.CANCELLED,
    "LOGISTICS_INVALID": ParcelState.CANCELLED,
}
# What a choice of each method can say; a method that needs more is arranged in the seller centre.
_SAYABLE = {PICKUP: {"address_id", "pickup_time_id"}, DROPOFF: {"branch_id", "slug"}, OWN_CARRIER: set[str]()}
_REASONS = {
    OUT_OF_STOCK: "ของหมด",
    "CUSTOMER_REQUEST": "ลูกค้าขอยกเลิก",
    "COD_NOT_SUPPORTED": "เก็บเงินปลายทางไม่ได้",
}


def parcel_state(logistics_status: str) -> ParcelState:
    """Our state of a parcel. Raises: ProtocolSurpriseError for a status nobody recorded."""
    try:
        return _PARCEL_STATES[logistics_status]
    except KeyError:
        raise ProtocolSurpriseError("shopee", "unknown_logistics_status", logistics_status) from None


def parcel(detail: OrderDetail, package: Package, tracking_number: str) -> Parcel:
    """One parcel with the lines it holds."""
    return Parcel(
        order_id=detail.order_sn,
        package_id=package.package_number,
        state=parcel_state(package.logistics_status),
        line_ids=line_ids(detail, package),
        tracking_number=tracking_number,
        carrier=package.shipping_carrier,
    )


def line_ids(detail: OrderDetail, package: Package) -> tuple[str, ...]:
    """Our ids of the lines in this parcel, by item, variant and promotion group; all of an order never split."""
    held = {(row.item_id, row.model_id, row.promotion_group_id or 0) for row in package.item_list}
    return tuple(
        line_id
        for line_id, item in convert_orders.lines(detail)
        if not detail.is_split or (item.item_id, item.model_id, item.promotion_group_id or 0) in held
    )


# --- ways to ship -------------------------------------------------------------------------------------------


def choices(ways: ShippingWays, carrier: str) -> tuple[ShippingChoice, ...]:
    """Every way that a choice can say, pickups first.

    The keys of `info_needed` decide, not the objects beside it: both may be there, or null (SHP-020).
    Raises: RejectedError when every method needs what only the seller centre can ask.
    """
    found = [choice for method in _SAYABLE for choice in _of_method(method, ways, carrier)]
    if not found:
        needs = ", ".join(f"{method}: {'/'.join(fields)}" for method, fields in ways.info_needed.items())
        raise RejectedError("shopee", "no_way_to_ship", needs, user_key="shopee.ship_by_hand")
    return tuple(found)


def _of_method(method: str, ways: ShippingWays, carrier: str) -> Iterator[ShippingChoice]:
    needed = ways.info_needed.get(method)
    if needed is None or set(needed) - _SAYABLE[method]:
        return
    if method == PICKUP:
        yield from _pickups(ways, set(needed), carrier)
    elif method == DROPOFF:
        yield from _dropoffs(ways, set(needed), carrier)
    else:
        yield ShippingChoice(f"{OWN_CARRIER}::", HandOver.DROPOFF, carrier, carrier)


def _pickups(ways: ShippingWays, needed: set[str], carrier: str) -> Iterator[ShippingChoice]:
    """Every address with each of its times; some channels give no times and take the address alone.

    Where neither is needed and none is shown, the pickup is asked for with an empty object.
    """
    addresses = ways.pickup.address_list if ways.pickup else []
    if not needed and not addresses:
        yield ShippingChoice(f"{PICKUP}::", HandOver.PICKUP, carrier, carrier)
    for address in addresses:
        slots: Sequence[Slot | None] = address.time_slot_list or [None]
        for slot in slots:
            yield _pickup(address, slot, carrier)


def _pickup(address: PickupAddress, slot: Slot | None, carrier: str) -> ShippingChoice:
    text = slot.time_text if slot else ""
    return ShippingChoice(
        id=f"{PICKUP}:{address.address_id}:{slot.pickup_time_id if slot else ''}",
        how=HandOver.PICKUP,
        words=" · ".join(part for part in (_place(address), text) if part),
        carrier=carrier,
        slot_from=datetime.fromtimestamp(slot.date, UTC) if slot and slot.date else None,
        recommended=slot is not None and "recommended" in slot.flags,
    )


def _dropoffs(ways: ShippingWays, needed: set[str], carrier: str) -> Iterator[ShippingChoice]:
    branches: Sequence[Branch | None] = (ways.dropoff.branch_list if ways.dropoff else []) or [None]
    slugs: Sequence[Slug | None] = (ways.dropoff.slug_list if ways.dropoff else []) or [None]
    for branch in branches if "branch_id" in needed else [None]:
        for slug in slugs if "slug" in needed else [None]:
            number = branch.branch_id if branch else ""
            kind = slug.slug if slug else ""
            words = " · ".join(part for part in (_place(branch), slug.slug_name if slug else "") if part)
            yield ShippingChoice(f"{DROPOFF}:{number}:{kind}", HandOver.DROPOFF, words or carrier, carrier)


def _place(where: PickupAddress | Branch | None) -> str:
    if where is None:
        return ""
    parts = (where.address, where.district, where.city, where.state, where.zipcode)
    return " ".join(part for part in parts if part)


def method_body(choice: ShippingChoice) -> dict[str, Any]:
    """The one method object of ship_order. Raises: ValueError for an id no choice of ours has.

    Shape:  {"pickup": {"address_id": int, "pickup_time_id": str}} | {"dropoff": {...}} | {"non_integrated": {}}
    """
    method, _, rest = choice.id.partition(":")
    number, _, word = rest.partition(":")
    names = {PICKUP: ("address_id", "pickup_time_id"), DROPOFF: ("branch_id", "slug"), OWN_CARRIER: ("", "")}[method]
    body: dict[str, Any] = {names[0]: int(number)} if number else {}
    return {method: body | ({names[1]: word} if word else {})}


# --- cancelling ---------------------------------------------------------------------------------------------


def cancel_reasons(detail: OrderDetail, line_ids: Sequence[str]) -> tuple[CancelReason, ...]:
    """Reasons that fit the order now; none once it is shipped, asked to be cancelled, or locked by Shopee."""
    partly = is_part(detail, line_ids)
    allowed = detail.can_partial_cancel_order if partly else detail.can_full_cancel_order
    if detail.order_status not in CANCELLABLE or allowed is False:
        return ()
    return tuple(
        CancelReason(code, words) for code, words in _REASONS.items() if code != "COD_NOT_SUPPORTED" or detail.cod
    )


def is_part(detail: OrderDetail, line_ids: Sequence[str]) -> bool:
    """Whether the lines are fewer than the order has."""
    return bool(line_ids) and set(line_ids) < {line_id for line_id, _ in convert_orders.lines(detail)}


def cancel_body(detail: OrderDetail, line_ids: Sequence[str], reason: str) -> dict[str, Any]:
    """Body of cancel_order. OUT_OF_STOCK names what is out; part of an order names the units that go."""
    wanted = set(line_ids)
    chosen = [item for line_id, item in convert_orders.lines(detail) if not wanted or line_id in wanted]
    body: dict[str, Any] = {"order_sn": detail.order_sn, "cancel_reason": reason}
    if reason == OUT_OF_STOCK:
        body["item_list"] = [{"item_id": item.item_id, "model_id": item.model_id} for item in chosen]
    if is_part(detail, line_ids):
        body["partial_cancel_item_list"] = [
            _drop_none(
                {
                    "item_id": item.item_id,
                    "model_id": item.model_id,
                    "order_item_id": item.order_item_id,
                    "promotion_group_id": item.promotion_group_id,
                    "model_quantity": item.model_quantity_purchased - (item.cancelled_qty or 0),
                }
            )
            for item in chosen
        ]
    return body


def _drop_none(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}

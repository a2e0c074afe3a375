"""What a seller does with orders at one Shopee shop: packs them, prints their labels, cancels them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalicelib.domain.errors import RejectedError, StaleError
from chalicelib.domain.ports import Outcome
from chalicelib.domain.shipping import CancelReason, Parcel, ParcelState, ShippingChoice
from chalicelib.domain.synclog import EntryState
from connectors.shopee import convert_shipping as convert
from connectors.shopee.answers_desk import ShippingWays, Tracking
from connectors.shopee.answers_orders import OrderDetail, Package
from connectors.shopee.client import CHANNEL, Client
from connectors.shopee.orders import OrderReader
from connectors.shopee.writes import accepted

SHIP_PATH = "logistics/ship_order"
# Before shipment is arranged there is no number to ask for.
_NUMBERLESS = frozenset({ParcelState.TO_ARRANGE, ParcelState.CANCELLED})


class Desk:
    """Packing and cancelling; nothing here is sent twice by itself."""

    def __init__(self, client: Client, orders: OrderReader) -> None:
        self._client = client
        self._orders = orders

    def shipping_choices(self, order_id: str) -> tuple[ShippingChoice, ...]:
        """How the order, or the next parcel of a split one, may be handed over."""
        detail = self._orders.one(order_id)
        package = _waiting(detail, ())[0]
        ways = self._client.get(
            ShippingWays, "logistics/get_shipping_parameter", order_sn=order_id, **_named(detail, package)
        )
        return convert.choices(ways, package.shipping_carrier)

    def pack(self, order_id: str, line_ids: Sequence[str], choice: ShippingChoice) -> tuple[Parcel, ...]:
        """Shipment is arranged for every waiting parcel of these lines, the same way for each."""
        detail = self._orders.one(order_id)
        waiting = _waiting(detail, line_ids)
        for package in waiting:
            body = {"order_sn": order_id} | _named(detail, package) | convert.method_body(choice)
            self._client.write(SHIP_PATH, body)
        arranged = {package.package_number for package in waiting}
        # PROCESSED follows a little later; until then the parcel still reads as waiting.
        return tuple(
            replace(parcel, state=ParcelState.ARRANGED)
            if parcel.package_id in arranged and parcel.state is ParcelState.TO_ARRANGE
            else parcel
            for parcel in self.parcels(order_id)
        )

    def parcels(self, order_id: str) -> tuple[Parcel, ...]:
        """The order's parcels with their tracking numbers: one call, and one for each parcel that may have one."""
        detail = self._orders.one(order_id)
        return tuple(self._parcel(detail, package) for package in detail.package_list)

    def cancel_reasons(self, order_id: str, line_ids: Sequence[str]) -> tuple[CancelReason, ...]:
        """The page's fixed list, as far as it fits this order now."""
        return convert.cancel_reasons(self._orders.one(order_id), line_ids)

    def cancel(self, order_id: str, line_ids: Sequence[str], reason: CancelReason) -> Outcome:
        """The lines are cancelled by the seller; before shipping only."""
        body = convert.cancel_body(self._orders.one(order_id), line_ids, reason.id)
        return accepted(order_id, self._client.write("order/cancel_order", body))

    def answer_cancellation(self, order_id: str, *, agree: bool) -> Outcome:
        """The buyer's request is accepted or rejected; StaleError when there is none any more."""
        body = {"order_sn": order_id, "operation": "ACCEPT" if agree else "REJECT"}
        return accepted(order_id, self._client.write("order/handle_buyer_cancellation", body))

    def number_of(self, parcel: Parcel) -> str:
        """The parcel's tracking number as it is now, empty until there is one."""
        now = {one.package_id: one for one in self.parcels(parcel.order_id)}
        return now[parcel.package_id].tracking_number if parcel.package_id in now else ""

    def _parcel(self, detail: OrderDetail, package: Package) -> Parcel:
        parcel = convert.parcel(detail, package, "")
        if parcel.state in _NUMBERLESS:
            return parcel
        said = self._client.get(
            Tracking, "logistics/get_tracking_number", order_sn=detail.order_sn, **_named(detail, package)
        )
        return replace(parcel, tracking_number=said.tracking_number)


def ready(parcels: Sequence[Parcel]) -> tuple[Outcome, ...]:
    """Nothing to send: arranging the shipment has told the carrier already (SHP-021)."""
    return tuple(Outcome(parcel.package_id, EntryState.ACCEPTED) for parcel in parcels)


def _waiting(detail: OrderDetail, line_ids: Sequence[str]) -> list[Package]:
    """Parcels of these lines (none named: all) that wait for shipment.

    Raises: StaleError when none does, or when Shopee ships the order itself; RejectedError when the lines are only
    part of a parcel, for splitting an order needs a permission of its own.
    """
    if detail.is_theirs:
        raise StaleError(CHANNEL, "fulfilled_by_shopee", detail.order_sn, user_key="shopee.fulfilled_by_shopee")
    wanted = set(line_ids)
    found = []
    for package in detail.package_list:
        held = set(convert.line_ids(detail, package))
        if wanted and not wanted & held:
            continue
        if wanted and held - wanted:
            raise RejectedError(CHANNEL, "part_of_a_parcel", detail.order_sn, user_key="shopee.whole_parcel")
        if convert.parcel_state(package.logistics_status) is ParcelState.TO_ARRANGE:
            found.append(package)
    if not found or detail.order_status not in {"READY_TO_SHIP", "PROCESSED"}:
        raise StaleError(CHANNEL, "nothing_to_ship", detail.order_status)
    return found


def _named(detail: OrderDetail, package: Package) -> dict[str, Any]:
    """The parcel's number, for a split order only: an order never split refuses it (SHP-020)."""
    return {"package_number": package.package_number} if detail.is_split else {}

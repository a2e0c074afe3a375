"""The life of an order, from placed to completed or cancelled, and what each step does to it.

Stock: placing an order takes its units from what buyers can order, paid or not; cancelling before
shipping gives them back; shipping changes nothing more.
"""

import random
import string
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sandbox.market import shop as stock
from sandbox.market.events import Event
from sandbox.market.shop import Order, OrderUnit, Shop
from sandbox.shopee import views

if TYPE_CHECKING:
    from sandbox.shopee.market import ShopeeMarket

MAIN_LINE = ("UNPAID", "READY_TO_SHIP", "PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED")
SIDE_STEPS = {
    "RETRY_SHIP": ("PROCESSED",),
    "IN_CANCEL": ("READY_TO_SHIP", "PROCESSED"),
    "TO_RETURN": ("SHIPPED", "TO_CONFIRM_RECEIVE"),
    "CANCELLED": ("UNPAID", "READY_TO_SHIP", "PROCESSED", "RETRY_SHIP", "IN_CANCEL", "SHIPPED", "TO_RETURN"),
}
BACK_ON_LINE = {
    "RETRY_SHIP": ("PROCESSED", "SHIPPED"),
    "IN_CANCEL": ("READY_TO_SHIP", "PROCESSED"),
    "TO_RETURN": ("COMPLETED",),
}
BEFORE_SHIPPING = frozenset({"UNPAID", "READY_TO_SHIP", "PROCESSED", "RETRY_SHIP"})
LOGISTICS = {
    "UNPAID": "LOGISTICS_NOT_START",
    "READY_TO_SHIP": "LOGISTICS_READY",
    "PROCESSED": "LOGISTICS_REQUEST_CREATED",
    "RETRY_SHIP": "LOGISTICS_PICKUP_RETRY",
    "IN_CANCEL": "LOGISTICS_READY",
    "SHIPPED": "LOGISTICS_PICKUP_DONE",
    "CANCELLED": "LOGISTICS_REQUEST_CANCELED",
}
DAYS_TO_SHIP, DAY_S, BANGKOK_S = 2, 86_400, 7 * 3600


def status(order: Order) -> str:
    """The order's one status: that of its units that were not cancelled, or CANCELLED."""
    return next((unit.status for unit in order.units if unit.status != "CANCELLED"), "CANCELLED")


def is_theirs(order: Order) -> bool:
    """Whether the goods lie in Shopee's own warehouse and leave from there."""
    return any(unit.data.get("by_channel") for unit in order.units)


def open_units(order: Order) -> list[OrderUnit]:
    """Units not cancelled."""
    return [unit for unit in order.units if unit.status != "CANCELLED"]


def lines(order: Order) -> list[list[OrderUnit]]:
    """The order's units, those of one line together."""
    found: dict[int, list[OrderUnit]] = {}
    for unit in order.units:
        found.setdefault(unit.data["line_item_id"], []).append(unit)
    return list(found.values())


def new_order_sn(rng: random.Random, now: float) -> str:
    """`YYMMDD` in Thailand and eight letters or digits."""
    day = time.strftime("%y%m%d", time.gmtime(now + BANGKOK_S))
    return day + "".join(rng.choices(string.ascii_uppercase + string.digits, k=8))


def fill(market: "ShopeeMarket", shop: Shop, order: Order) -> None:
    """What a new order carries besides its units: parcel, carrier, line ids, promotion counts."""
    order.data |= {
        "package_number": f"OFG{market.ids.number('package', 242_672_552_000_000)}",
        "channel_id": 70021,
        "carrier": "Kerry",
        "tracking_number": "",
        "arranged": False,
        "label": None,
        "note": "",
    }
    numbers: dict[str, int] = {}
    for unit in order.units:
        number = numbers.get(unit.offer_id) or market.ids.number("line", 242_672_551_000_000)
        numbers[unit.offer_id] = unit.data["line_item_id"] = number
        unit.data |= _facts(shop, unit)
        _move_reserve(market, shop, order, unit, -1)


def advance(market: "ShopeeMarket", shop: Shop, order: Order, to: str) -> str:
    """Walks to `to`, every step between included. Raises ValueError when no way leads there."""
    here = status(order)
    if to in SIDE_STEPS and here in SIDE_STEPS[to]:
        return _side(market, shop, order, to)
    if here in BACK_ON_LINE and to in BACK_ON_LINE[here]:
        return step(market, shop, order, to)
    if here not in MAIN_LINE or to not in MAIN_LINE or MAIN_LINE.index(to) <= MAIN_LINE.index(here):
        raise ValueError(f"an order cannot go from {here} to {to}")
    for word in MAIN_LINE[MAIN_LINE.index(here) + 1 : MAIN_LINE.index(to) + 1]:
        step(market, shop, order, word)
    return to


def step(market: "ShopeeMarket", shop: Shop, order: Order, to: str) -> str:
    """One step forward; stock moves with payment and shipping."""
    if to == "READY_TO_SHIP" and status(order) == "UNPAID":
        market.pay(shop, order)
        return to
    if to in {"PROCESSED", "SHIPPED"}:
        order.data["arranged"] = True
        track(market, shop, order)
    if to == "SHIPPED":
        order.data["pickup_done_time"] = int(market.clock.now())
    if to == "COMPLETED":
        order.data["released_at"] = int(market.clock.now())
    stage = stock.SHIPPED if to == "SHIPPED" else ""
    market.move(shop, order, open_units(order), stage, to)
    return to


def cancel(
    market: "ShopeeMarket", shop: Shop, order: Order, by: str, reason: str, units: Sequence[OrderUnit] | None = None
) -> None:
    """These units (all, when not named) are cancelled; unless shipped their stock comes back."""
    chosen = open_units(order) if units is None else list(units)
    for unit in chosen:
        if unit.stage in {stock.UNPAID, stock.PAID}:
            _move_reserve(market, shop, order, unit, 1)
    key = "buyer_cancel_reason" if by == "buyer" else "cancel_reason"
    order.data |= {"cancel_by": by, key: reason}
    market.move(shop, order, chosen, stock.CANCELED, "CANCELLED")


def reject_cancellation(market: "ShopeeMarket", shop: Shop, order: Order) -> None:
    """The order goes back to where it was before the buyer asked."""
    market.move(shop, order, open_units(order), "", order.data.pop("before_cancel", "READY_TO_SHIP"))


def track(market: "ShopeeMarket", shop: Shop, order: Order) -> None:
    """The parcel has a tracking number; a push tells of it once."""
    if not order.data["tracking_number"]:
        order.data["tracking_number"] = f"TH{market.ids.number('parcel', 250_000_000_000)}B"
        market.emit(Event("tracking", shop, order=order))


def _side(market: "ShopeeMarket", shop: Shop, order: Order, to: str) -> str:
    if to == "CANCELLED":
        by = "buyer" if status(order) == "IN_CANCEL" else "system"
        cancel(market, shop, order, by, "Unpaid Order" if status(order) == "UNPAID" else "Change of mind")
        return to
    if to == "IN_CANCEL":
        order.data |= {"before_cancel": status(order), "buyer_cancel_reason": "Change of mind"}
    market.move(shop, order, open_units(order), "", to)
    return to


def _facts(shop: Shop, unit: OrderUnit) -> dict[str, Any]:
    found = shop.offer(unit.offer_id)
    if found is None:
        return {}
    listing, sku = found
    facts = views.item_facts(listing)
    return {
        "item_sku": facts.get("item_sku", ""),
        "model_id": views.model_id(sku),
        "model_sku": sku.seller_sku if views.tiers(listing) else "",
        "model_name": views.model_name(listing, sku),
        "original_satang": sku.price_satang,
        "weight": sku.data.get("weight", facts["weight"]),
    }


def _move_reserve(market: "ShopeeMarket", shop: Shop, order: Order, unit: OrderUnit, change: int) -> None:
    """A unit sold in a running promotion comes out of its reserve first, and returns there."""
    found = shop.offer(unit.offer_id)
    held = found and views.promotion(found[1], market.clock.now())
    if not found or not held or held["start_time"] > market.clock.now():
        return
    if (change < 0 and held["reserved"] < 1) or (change > 0 and not unit.data.pop("from_reserve", False)):
        return
    if change < 0:
        unit.data["from_reserve"] = True
    old, held["reserved"] = held["reserved"], held["reserved"] + change
    action = "place_order" if change < 0 else "cancel_order"
    data = {"old": old, "new": held["reserved"], "action": action, "promotion": held, "sku": found[1]}
    market.emit(Event("reserve", shop, order=order, listing=found[0], data=data))

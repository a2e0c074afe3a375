"""The life of an order line: Lazada's own status words, what may follow what, and the stock that moves with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sandbox.market.shop import CANCELED, PAID, SHIPPED, UNPAID, Order, OrderUnit, Shop

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

PATH = ("unpaid", "pending", "packed", "ready_to_ship", "shipped", "delivered", "confirmed")
CANCELABLE = ("unpaid", "pending", "repacked", "packed", "ready_to_ship_pending", "ready_to_ship")
_BESIDE = {
    "repacked": ("packed",),
    "ready_to_ship_pending": ("packed",),
    "canceled": CANCELABLE,
    "failed": ("shipped",),
    "failed_delivery": ("shipped",),
    "shipped_back": ("failed", "failed_delivery"),
    "shipped_back_success": ("shipped_back",),
    "shipped_back_failed": ("shipped_back",),
    "package_scrapped": ("shipped_back", "failed_delivery"),
    "returned": ("delivered",),
    "lost": ("shipped",),
    "lost_by_3pl": ("shipped",),
    "damaged_by_3pl": ("shipped",),
}
_PLACE_ON_PATH = {"repacked": "pending", "ready_to_ship_pending": "packed"}
ALL = (*PATH, *_BESIDE)
# Filters that stand for several statuses, after the tabs of Seller Center.
GROUPS = {
    "all": ALL,
    "topack": ("pending", "repacked"),
    "toship": ("packed", "ready_to_ship_pending", "ready_to_ship"),
    "shipping": ("shipped",),
}


def advance(market: "LazadaMarket", shop: Shop, order: Order, to: str) -> str:
    """The order's status after every line that can has gone to `to`, through the steps between.

    Raises ValueError for a word that is no status, or when no line can go there.
    """
    if to not in ALL:
        raise ValueError(f"no status {to!r}; one of {', '.join(ALL)}")
    ready = [unit for unit in order.units if _can_go(unit.status, to)]
    if not ready:
        raise ValueError(f"{market.order_status(order)} cannot become {to}")
    for step in _steps(ready[0].status, to):
        _take(market, shop, order, ready, step)
    return market.order_status(order)


def _can_go(status: str, to: str) -> bool:
    if to in _BESIDE:
        return status in _BESIDE[to]
    place = _PLACE_ON_PATH.get(status, status)
    return place in PATH and PATH.index(place) < PATH.index(to)


def _steps(status: str, to: str) -> Sequence[str]:
    if to in _BESIDE:
        return (to,)
    place = _PLACE_ON_PATH.get(status, status)
    return PATH[PATH.index(place) + 1 : PATH.index(to) + 1]


def _take(market: "LazadaMarket", shop: Shop, order: Order, units: list[OrderUnit], step: str) -> None:
    if step == "pending":
        market.pay(shop, order)
    elif step == "packed":
        pack(market, shop, order, units)
    elif step == "repacked":
        for package_id in {unit.data.get("package_id", "") for unit in units}:
            repack(market, shop, package_id)
    elif step == "canceled":
        cancel(market, shop, order, units, "Cancelled by buyer", "cancellation-customer")
    else:
        for unit in units:
            unit.data.setdefault(f"{step}_at", market.clock.now())
        market.move(shop, order, units, stage_of(step), step)


def stage_of(status: str) -> str:
    """The stock stage of a status: units leave the shop's stock at ready_to_ship."""
    if status == "unpaid":
        return UNPAID
    if status in ("pending", "repacked", "packed", "ready_to_ship_pending"):
        return PAID
    return CANCELED if status == "canceled" else SHIPPED


def packages(shop: Shop) -> dict[str, dict[str, object]]:
    """Package id -> order id, unit ids, tracking number, when packed, whether canceled."""
    found: dict[str, dict[str, object]] = shop.data.setdefault("packages", {})
    return found


def pack(market: "LazadaMarket", shop: Shop, order: Order, units: Sequence[OrderUnit]) -> str:
    """The id of the new package that holds these units."""
    package_id = f"FP{market.ids.number('package', 7_000_000_000):015d}"
    tracking = f"LEXTH{market.ids.number('tracking', 1_000_000):010d}"
    packages(shop)[package_id] = {
        "order_id": order.order_id, "unit_ids": [unit.unit_id for unit in units], "tracking": tracking,
        "packed_at": market.clock.now(), "canceled": False,
    }  # fmt: skip
    for unit in units:
        unit.data |= {"package_id": package_id, "tracking": tracking, "provider": "LEX TH"}
    market.move(shop, order, units, PAID, "packed")
    return package_id


def units_of(shop: Shop, package_id: str) -> tuple[Order, list[OrderUnit]]:
    """The order and the units in a known package."""
    package = packages(shop)[package_id]
    order = shop.orders[str(package["order_id"])]
    return order, [unit for unit in order.units if unit.data.get("package_id") == package_id]


def repack(market: "LazadaMarket", shop: Shop, package_id: str) -> None:
    """The package is dissolved and its units wait to be packed again."""
    order, units = units_of(shop, package_id)
    packages(shop)[package_id]["canceled"] = True
    for unit in units:
        unit.data |= {"package_id": "", "tracking": "", "provider": ""}
    market.move(shop, order, units, PAID, "repacked")


def cancel(
    market: "LazadaMarket", shop: Shop, order: Order, units: Sequence[OrderUnit], reason: str, initiator: str
) -> None:
    """These units are canceled, with everything that shares a package with them."""
    touched = {unit.data.get("package_id") for unit in units} - {"", None}
    gone = [u for u in order.units if u in units or u.data.get("package_id") in touched]
    gone = [unit for unit in gone if unit.status in CANCELABLE]
    for package_id in touched:
        packages(shop)[str(package_id)]["canceled"] = True
    for unit in gone:
        unit.data |= {"reason": reason, "initiator": initiator}
    market.move(shop, order, gone, CANCELED, "canceled")

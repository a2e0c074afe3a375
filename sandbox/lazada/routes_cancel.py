"""Cancelling by the seller: ask what is possible, then do it."""

from typing import TYPE_CHECKING, Any

from sandbox.lazada import statuses
from sandbox.lazada.errors import numbered
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.routes_orders import id_list, one_order
from sandbox.market.shop import Order, OrderUnit

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

REASONS = {"10000019": "Sourcing delay", "10000021": "Out of stock", "10000023": "Wrong price or pricing error"}
_ZEROES_STOCK = ("10000021", "10000023")


def validate(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """Whether these lines can be canceled, and for which reasons."""
    _, units = _named(call)
    if not _possible(units):
        data = {"tip_type": "error", "tip_content": "The order status does not allow cancellation"}
        return {"data": data | {"reason_options": []}}
    options = [{"reason_id": one, "reason_name": name} for one, name in REASONS.items()]
    data = {"tip_type": "warning", "tip_content": "Cancelling affects your cancellation rate"}
    return {"data": data | {"reason_options": options}}


def create(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The lines are canceled, with all that share a package; two of the reasons also empty the stock."""
    order, units = _named(call)
    reason = call.get("reason_id")
    if reason not in REASONS:
        raise numbered(104, "The reason is not valid")
    if not _possible(units):
        raise numbered(117, "The order status does not allow cancellation")
    statuses.cancel(market, call.shop, order, units, REASONS[reason], "cancellation-seller")
    if reason in _ZEROES_STOCK:
        for unit in units:
            found = call.shop.offer(unit.offer_id)
            if found is not None:
                found[1].sellable = 0
    return {"data": {"tip_type": "success", "tip_content": "Cancelled"}}


def _named(call: Call) -> tuple[Order, list[OrderUnit]]:
    order = one_order(call.shop, call.get("order_id"))
    ids = id_list(call.get("order_item_id_list"), 115)
    units = [unit for unit in order.units if unit.unit_id in ids]
    if len(units) < len(set(ids)):
        raise numbered(116, "An order item does not belong to the order")
    return order, units


def _possible(units: list[OrderUnit]) -> bool:
    allowed = set(statuses.CANCELABLE) - {"unpaid"}
    return all(unit.status in allowed for unit in units)


APIS = {
    "/order/reverse/cancel/validate": Api(validate),
    "/order/reverse/cancel/create": Api(create, write=True),
}

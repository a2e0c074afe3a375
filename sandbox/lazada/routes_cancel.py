"""Cancelling: by the seller, who asks what is possible first, and by a buyer, whom the seller answers."""

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

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


def decide(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The seller's answer to a buyer who asked to cancel."""
    asked = call.get("reverse_order_id")
    if not asked.isdecimal() or call.get("agree_cancel") not in ("true", "false"):
        raise numbered(105, "reverse_order_id or agree_cancel is missing or wrong")
    found = [(order, unit) for order in call.shop.orders.values() for unit in order.units]
    waiting = [(order, unit) for order, unit in found if unit.data.get("cancel_request") == asked]
    if not waiting:
        raise numbered(131, "There is nothing to decide")
    for _, unit in waiting:
        unit.data.pop("cancel_request")
    if call.get("agree_cancel") == "true":
        order, units = waiting[0][0], [unit for _, unit in waiting]
        statuses.cancel(market, call.shop, order, units, "Cancelled by buyer", "buyer-cancel")
    market.touch()
    return {"data": None}


def control_routes(market: "LazadaMarket") -> list[Route]:
    """`POST /_sim/orders/{id}/ask_cancel`: the buyer asks for an order that is not shipped yet."""

    async def ask(request: Request) -> Response:
        number = request.path_params["number"]
        with market.lock:
            order = next((shop.orders[number] for shop in market.shops.values() if number in shop.orders), None)
            if order is None:
                return JSONResponse({"error": f"unknown {number}"}, 404)
            if not _possible(order.units):
                return JSONResponse({"error": "too late to cancel"}, 409)
            asked = market.new_order_id()
            for unit in order.units:
                unit.data["cancel_request"] = asked
            market.touch()
        return JSONResponse({"reverse_order_id": asked})

    return [Route("/_sim/orders/{number}/ask_cancel", ask, methods=["POST"])]


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
    "/order/reverse/cancel/seller/decide": Api(decide, write=True),
}

"""Reading orders: lists by time, one order, its lines."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.lazada import convert, statuses
from sandbox.lazada.errors import ApiError, numbered
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.routes_product_read import whole
from sandbox.lazada.times import read_order_bound
from sandbox.market.reading import read_json
from sandbox.market.shop import Order, Shop

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

MAX_LIMIT, MAX_WINDOW, MAX_BATCH = 100, 5000, 50
_BOUNDS = {
    "created_after": ("created_at", True),
    "created_before": ("created_at", False),
    "update_after": ("updated_at", True),
    "update_before": ("updated_at", False),
}
_EVERYTHING = range(10**9)


def orders(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """One page of the orders in a window of time."""
    limit = whole(call, "limit", 100, range(1, MAX_LIMIT + 1), 19, "Invalid Limit")
    offset = whole(call, "offset", 0, _EVERYTHING, 14, "Invalid Offset")
    if offset + limit > MAX_WINDOW:
        text = f"E097: Offset and limit sum {offset + limit} must be less than {MAX_WINDOW}"
        raise ApiError("97", text)
    found = _matching(call)
    if market.faults.take("duplicate_page", call.path, call.shop.shop_id):
        offset = max(0, offset - limit)
    if market.faults.take("more_rows", call.path, call.shop.shop_id):
        limit = max(100, 2 * limit)
    page = [convert.order(market, call.shop, one) for one in found[offset : offset + limit]]
    return {"data": {"count": len(page), "countTotal": len(found), "orders": page}}


def order(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """One order."""
    return {"data": convert.order(market, call.shop, one_order(call.shop, call.get("order_id")))}


def items(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The lines of one order."""
    return {"data": _lines(market, call.shop, one_order(call.shop, call.get("order_id")))}


def items_of_many(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The lines of several orders."""
    ids = id_list(call.get("order_ids"), 56)
    if len(ids) > MAX_BATCH:
        raise numbered(38, "Too many orders were requested")
    known = [call.shop.orders[one] for one in dict.fromkeys(ids) if one in call.shop.orders]
    if not known:
        raise numbered(39, "No orders were found")
    if len(known) < len(set(ids)):
        raise numbered(37, "One or more order id in the list are incorrect")
    rows = [
        {
            "order_id": int(one.order_id), "order_number": int(one.order_id),
            "order_items": _lines(market, call.shop, one),
        }
        for one in known
    ]  # fmt: skip
    return {"data": rows}


def one_order(shop: Shop, order_id: str) -> Order:
    """The shop's order with that id. Raises ApiError 16 for any other, of whatever shop."""
    found = shop.orders.get(order_id)
    if found is None:
        raise numbered(16, "Invalid Order ID")
    return found


def id_list(text: str, code: int) -> list[str]:
    """Ids in a JSON list, as text. Raises ApiError with `code` when it is no list."""
    try:
        ids = read_json(text) if text else None
    except ValueError:
        ids = None
    if not isinstance(ids, list) or not ids:
        raise numbered(code, "The list of ids is not a list")
    return [str(one) for one in ids]


def _lines(market: "LazadaMarket", shop: Shop, one: Order) -> list[dict[str, Any]]:
    return [convert.order_item(market, shop, one, unit) for unit in one.units]


def _matching(call: Call) -> list[Order]:
    tests = [_bound(call.get(name), *_BOUNDS[name]) for name in _BOUNDS if call.get(name)]
    if not call.get("created_after") and not call.get("update_after"):
        raise numbered(1, "Parameter created_after or update_after is mandatory")
    wanted = _status_filter(call.get("status", "all"))
    by, direction = call.get("sort_by", "created_at"), call.get("sort_direction", "DESC")
    if by not in ("created_at", "updated_at"):
        raise numbered(75, "Invalid sorting parameter")
    if direction not in ("ASC", "DESC"):
        raise numbered(74, "Invalid sort direction")
    found = [
        one
        for one in call.shop.orders.values()
        if all(test(one) for test in tests) and any(unit.status in wanted for unit in one.units)
    ]
    return sorted(found, key=lambda one: (getattr(one, by), one.order_id), reverse=direction == "DESC")


def _status_filter(word: str) -> tuple[str, ...]:
    if word in statuses.GROUPS:
        return statuses.GROUPS[word]
    if word not in statuses.ALL or word in ("confirmed", "repacked", "ready_to_ship_pending"):
        raise numbered(6, "Invalid status filter")
    return (word,)


def _bound(text: str, field: str, after: bool) -> Callable[[Order], bool]:
    try:
        moment = read_order_bound(text)
    except ValueError as error:
        raise numbered(17, "Invalid Date Format") from error
    # Answers show whole seconds, so bounds compare whole seconds too.
    if after:
        return lambda one: int(getattr(one, field)) >= moment
    return lambda one: int(getattr(one, field)) <= moment


APIS = {
    "/orders/get": Api(orders),
    "/order/get": Api(order),
    "/order/items/get": Api(items),
    "/orders/items/get": Api(items_of_many),
}

"""Reading orders: lists by time, one order, its lines."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sandbox.lazada import convert, statuses
from sandbox.lazada.errors import ApiError, numbered
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.routes_product_read import whole
from sandbox.lazada.times import read_order_bound
from sandbox.market.reading import read_json
from sandbox.market.shop import Order, Shop
from sandbox.market.timeline import Place, Places

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

MAX_LIMIT, MAX_WINDOW, MAX_BATCH = 100, 5000, 50
_NAMES = {"created_at": ("created_after", "created_before"), "updated_at": ("update_after", "update_before")}
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
    ids = [str(place[-1]) for place in found[offset : offset + limit]]
    page = [convert.order(market, call.shop, call.shop.orders[one]) for one in ids]
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


def _matching(call: Call) -> Sequence[Place]:
    windows = {field: _window(call, field) for field in _BY if any(call.get(name) for name in _NAMES[field])}
    if not call.get("created_after") and not call.get("update_after"):
        raise numbered(1, "Parameter created_after or update_after is mandatory")
    wanted = _status_filter(call.get("status", "all"))
    by, direction = call.get("sort_by", "created_at"), call.get("sort_direction", "DESC")
    if by not in _BY:
        raise numbered(75, "Invalid sorting parameter")
    if direction not in ("ASC", "DESC"):
        raise numbered(74, "Invalid sort direction")
    if [*windows] == [by] and wanted == statuses.ALL:
        span = call.shop.orders.timeline(_BY[by]).between(*windows[by])
        return span if direction == "ASC" else span.newest_first()
    return _filtered(call.shop, windows, wanted, by, direction)


def _filtered(
    shop: Shop, windows: dict[str, tuple[float, float]], wanted: Sequence[str], by: str, direction: str
) -> Sequence[Place]:
    """As `_matching`, for what one timeline alone cannot answer."""
    first, *others = windows
    near = (shop.orders[place[-1]] for place in shop.orders.timeline(_BY[first]).between(*windows[first]))
    found = [
        one
        for one in near
        if all(windows[field][0] <= getattr(one, field) < windows[field][1] for field in others)
        and any(unit.status in wanted for unit in one.units)
    ]
    return sorted((place for one in found for place in _BY[by](one)), reverse=direction == "DESC")


def _by_created(one: Order) -> Iterator[Place]:
    yield one.created_at, one.order_id


def _by_updated(one: Order) -> Iterator[Place]:
    yield one.updated_at, one.order_id


_BY: dict[str, Places] = {"created_at": _by_created, "updated_at": _by_updated}


def _status_filter(word: str) -> tuple[str, ...]:
    if word in statuses.GROUPS:
        return statuses.GROUPS[word]
    if word not in statuses.ALL or word in ("confirmed", "repacked", "ready_to_ship_pending"):
        raise numbered(6, "Invalid status filter")
    return (word,)


def _window(call: Call, field: str) -> tuple[float, float]:
    """First moment inside and first moment after; answers show whole seconds, so a bound is a whole second."""
    after, before = (_bound(call.get(name)) for name in _NAMES[field])
    return (-math.inf if after is None else after), (math.inf if before is None else before + 1)


def _bound(text: str) -> float | None:
    try:
        return read_order_bound(text) if text else None
    except ValueError as error:
        raise numbered(17, "Invalid Date Format") from error


APIS = {
    "/orders/get": Api(orders),
    "/order/get": Api(order),
    "/order/items/get": Api(items),
    "/orders/items/get": Api(items_of_many),
}

"""returns/: goods and money going back; a return changes no stock until a person counts it in."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.market.events import Event
from sandbox.market.shop import Order, Shop
from sandbox.shopee import errors, life, views
from sandbox.shopee.api import Call, Handler
from sandbox.shopee.errors import RefusalError

if TYPE_CHECKING:
    from sandbox.shopee.market import ShopeeMarket

WINDOW_S, MASK, DAYS_TO_ANSWER = 15 * 86_400, "****", 2
STATUSES = ("REQUESTED", "ACCEPTED", "CANCELLED", "JUDGING", "CLOSED", "PROCESSING", "SELLER_DISPUTE")
CONFIRM = {"return_sn": "string"}
DISPUTE = {
    "return_sn": "string",
    "email": "string",
    "dispute_reason_id": "int32",
    "dispute_text_reason": "string",
    "image": ["string"],
}


def get_return_list(call: Call) -> dict[str, Any]:
    """A page of returns; the first page may be called 0 or 1."""
    size, page = call.page_size(), max(call.number("page_no") - 1, 0)
    for field in ("create_time", "update_time"):
        start, end = call.number(f"{field}_from", 0), call.number(f"{field}_to", 0)
        if start and end and not 0 <= end - start <= WINDOW_S:
            # Their own text garbles the second name.
            name = field.removesuffix("_time") + "d_time_of"
            raise errors.param(f"The period between {field}_from and {name} must not more than 15 days.")
    fits = _filter(call)
    rows = [row for row in _returns(call.shop).values() if fits(row)]
    shown = rows[page * size : (page + 1) * size]
    return call.ok({"more": len(rows) > (page + 1) * size, "return": [_row(row) for row in shown]})


def get_return_detail(call: Call) -> dict[str, Any]:
    """One return in more depth."""
    row = _found(call, call.text("return_sn"))
    parts = {"negotiation": {"negotiation_status": ""}, "seller_proof": {"seller_proof_status": ""}}
    return call.ok(_row(row) | parts | {"seller_compensation": {"seller_compensation_status": ""}})


def confirm(call: Call) -> dict[str, Any]:
    """The seller agrees to the refund."""
    row = _found(call, call.body(CONFIRM, "return_sn")["return_sn"])
    if row["status"] not in {"REQUESTED", "PROCESSING"}:
        raise RefusalError("error_data", "The return can not be confirmed now.")
    move(call.market, call.shop, row, "ACCEPTED")
    return call.ok({"return_sn": row["return_sn"]})


def dispute(call: Call) -> dict[str, Any]:
    """The seller refuses the refund; Shopee judges."""
    body = call.body(DISPUTE, "return_sn", "email", "dispute_reason_id")
    row = _found(call, body["return_sn"])
    if row["status"] not in {"REQUESTED", "PROCESSING"}:
        raise RefusalError("error_data", "The return can not be disputed now.")
    move(call.market, call.shop, row, "SELLER_DISPUTE")
    return call.ok({"return_sn": row["return_sn"]})


def ask(market: "ShopeeMarket", shop: Shop, order: Order, quantities: dict[str, int], reason: str) -> dict[str, Any]:
    """A buyer's new return of these pieces (seller SKU -> number). Raises ValueError when it cannot be."""
    if life.status(order) not in {"SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"}:
        raise ValueError(f"an order in {life.status(order)} has nothing to return")
    now, items = int(market.clock.now()), []
    for units in life.lines(order):
        count = quantities.get(units[0].seller_sku, 0)
        if count > len(units):
            raise ValueError(f"only {len(units)} of {units[0].seller_sku} were bought")
        if count:
            items.append((units[0], count))
    if not items:
        raise ValueError("no such piece in the order")
    completed = life.status(order) == "COMPLETED"
    row = {
        "return_sn": str(market.ids.number("return", 250_101_000_000_000)),
        "order_sn": order.order_id,
        "status": "REQUESTED",
        "reason": reason,
        "refund_satang": sum(unit.price_satang * count for unit, count in items),
        "create_time": now,
        "update_time": now,
        "return_refund_type": "RRAOC" if completed else "RRBOC",
        "item": [_item(unit, count) for unit, count in items],
    }
    of_order(shop, order.order_id)
    shop.data.setdefault("returns", {})[row["return_sn"]] = row
    shop.data["returns_of"].setdefault(order.order_id, []).append(row["return_sn"])
    if not completed:
        life.advance(market, shop, order, "TO_RETURN")
    market.touch()
    market.emit(Event("return", shop, order=order, data={"row": row, "old": ""}))
    return row


def move(market: "ShopeeMarket", shop: Shop, row: dict[str, Any], to: str) -> None:
    """The return has this status; a push tells of it."""
    old, row["status"] = row["status"], to
    row["update_time"] = int(market.clock.now())
    market.touch()
    market.emit(Event("return", shop, data={"row": row, "old": old}))


def of_order(shop: Shop, order_sn: str) -> list[dict[str, Any]]:
    """The order's returns, the oldest first; found without looking through those of other orders."""
    if "returns_of" not in shop.data:
        known: dict[str, list[str]] = {}
        for row in _returns(shop).values():
            known.setdefault(row["order_sn"], []).append(row["return_sn"])
        shop.data["returns_of"] = known
    return [_returns(shop)[number] for number in shop.data["returns_of"].get(order_sn, ())]


def _returns(shop: Shop) -> dict[str, dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = shop.data.get("returns", {})
    return kept


def _found(call: Call, return_sn: str) -> dict[str, Any]:
    row = _returns(call.shop).get(return_sn)
    if row is None:
        raise RefusalError("error_data", "The return you queried doesn't exist.")
    return row


def _filter(call: Call) -> Callable[[dict[str, Any]], bool]:
    """Whether a return is wanted; what the call says is read once, not at every return."""
    status, windows = call.query.get("status"), []
    for field in ("create_time", "update_time"):
        windows.append((field, call.number(f"{field}_from", 0), call.number(f"{field}_to", 2**40)))

    def fits(row: dict[str, Any]) -> bool:
        timely = all(start <= row[field] <= end for field, start, end in windows)
        return timely and (not status or row["status"] == status)

    return fits


def _row(row: dict[str, Any]) -> dict[str, Any]:
    refund = views.baht(row["refund_satang"])
    hidden = {"text_reason": "", "user": {"username": MASK, "email": MASK, "portrait": ""}}
    rest = {
        "refund_amount": refund,
        "amount_before_discount": refund,
        "currency": "THB",
        "due_date": row["create_time"] + DAYS_TO_ANSWER * life.DAY_S,
        "return_ship_due_date": 0,
        "return_seller_due_date": 0,
        "needs_logistics": True,
        "tracking_number": "",
        "return_solution": 0,
        "return_refund_request_type": 0,
        "negotiation_status": "",
        "seller_proof_status": "",
        "seller_compensation_status": "",
    }
    return {k: v for k, v in row.items() if k != "refund_satang"} | rest | hidden


def _item(unit: Any, count: int) -> dict[str, Any]:
    return {
        "item_id": int(unit.listing_id),
        "model_id": unit.data["model_id"],
        "name": unit.title,
        "amount": count,
        "item_price": views.baht(unit.price_satang),
        "item_sku": unit.data["item_sku"],
        "variation_sku": unit.data["model_sku"],
        "images": [],
    }


HANDLERS: dict[str, tuple[str, Handler]] = {
    "returns/get_return_list": ("GET", get_return_list),
    "returns/get_return_detail": ("GET", get_return_detail),
    "returns/confirm": ("POST", confirm),
    "returns/dispute": ("POST", dispute),
}

"""order/: lists, details, cancelling."""

from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.market.shop import Order, OrderUnit
from sandbox.market.timeline import Place
from sandbox.shopee import errors, life, views
from sandbox.shopee.api import Call, Handler, parse_int
from sandbox.shopee.errors import RefusalError

WINDOW_S, MOST_ORDERS, MASK = 15 * 86_400, 50, "****"
FILTERS = frozenset(
    ["UNPAID", "READY_TO_SHIP", "PROCESSED", "SHIPPED", "COMPLETED", "IN_CANCEL", "CANCELLED", "INVOICE_PENDING"]
)
REASONS = frozenset({"OUT_OF_STOCK", "CUSTOMER_REQUEST", "COD_NOT_SUPPORTED", "UNDELIVERABLE_AREA"})
CANCEL = {
    "order_sn": "string",
    "cancel_reason": "string",
    "item_list": [{"item_id": "int64", "model_id": "int64"}],
    "partial_cancel_item_list": [
        {
            "item_id": "int64",
            "model_id": "int64",
            "order_item_id": "int64",
            "promotion_group_id": "int64",
            "model_quantity": "int32",
        }
    ],
}
HANDLE = {"order_sn": "string", "operation": "string"}
NOTE = {"order_sn": "string", "note": "string"}


def get_order_list(call: Call) -> dict[str, Any]:
    """A page of order numbers in time order; a page may be short while `more` is true."""
    rows = _selected(call)
    size, start = call.page_size(), parse_int(call.query.get("cursor") or "0", "cursor")
    if call.market.settings["short_pages"]:
        size = max(size // 2, 1)
    more, after = len(rows) > start + size, start + size
    if call.strikes("duplicate_page"):
        more, after = True, start
    named = "order_status" in (call.query.get("response_optional_fields") or "").split(",")
    page = [
        {"order_sn": number} | ({"order_status": life.status(call.shop.orders[number])} if named else {})
        for *_, number in rows[start : start + size]
    ]
    return call.ok({"more": more, "next_cursor": str(after) if more else "", "order_list": page})


def get_order_detail(call: Call) -> dict[str, Any]:
    """Up to 50 orders; only default fields unless more are named, and those not named are absent."""
    numbers = call.text("order_sn_list").split(",")
    if len(numbers) > MOST_ORDERS:
        raise RefusalError("order.error_param", "Wrong parameters, detail: order_sn_list should be 1 to 50.")
    found = [call.shop.orders[number] for number in numbers if number in call.shop.orders]
    if not found:
        raise errors.order_not_found()
    named = {part.strip() for part in (call.query.get("response_optional_fields") or "").split(",")}
    return call.ok({"order_list": [_detail(call, order, named) for order in found]})


def cancel_order(call: Call) -> dict[str, Any]:
    """All or some units cancelled by the seller, before shipping only."""
    body = call.body(CANCEL, "order_sn", "cancel_reason")
    order = _order(call, body["order_sn"])
    if body["cancel_reason"] not in REASONS:
        raise RefusalError("order.error_param", "Wrong parameters, detail: cancel_reason is invalid.")
    if body["cancel_reason"] == "OUT_OF_STOCK" and not body.get("item_list"):
        raise errors.missing("order", "item_list")
    if life.status(order) not in life.BEFORE_SHIPPING:
        raise RefusalError("order.error_limit", "Can not cancel this order")
    partial = body.get("partial_cancel_item_list")
    units = _partly(order, partial) if partial else None
    life.cancel(call.market, call.shop, order, "seller", body["cancel_reason"], units)
    return call.ok({"update_time": int(order.updated_at)})


def handle_buyer_cancellation(call: Call) -> dict[str, Any]:
    """The seller's answer to a buyer who asked to cancel."""
    body = call.body(HANDLE, "order_sn", "operation")
    order = _order(call, body["order_sn"])
    if body["operation"] not in {"ACCEPT", "REJECT"}:
        raise RefusalError("order.error_param", "Wrong parameters, detail: operation is invalid.")
    if life.status(order) != "IN_CANCEL":
        raise RefusalError("order.cancel_order_invalid_status", "The order is not in cancelling status.")
    if body["operation"] == "ACCEPT":
        reason = order.data.get("buyer_cancel_reason", "")
        life.cancel(call.market, call.shop, order, "buyer", reason)
    else:
        life.reject_cancellation(call.market, call.shop, order)
    return call.ok({"update_time": int(order.updated_at)})


def set_note(call: Call) -> dict[str, Any]:
    """The seller's own note."""
    body = call.body(NOTE, "order_sn", "note")
    _order(call, body["order_sn"]).data |= {"note": body["note"], "note_update_time": int(call.now)}
    return call.ok()


def _selected(call: Call) -> Sequence[Place]:
    field = call.text("time_range_field")
    start, end = call.number("time_from"), call.number("time_to")
    if field not in {"create_time", "update_time"}:
        raise RefusalError("order.error_param", "Wrong parameters, detail: time_range_field is invalid.")
    if start >= end or end - start > WINDOW_S:
        text = "Start time must be earlier than end time and diff in 15days."
        raise RefusalError("order.order_list_invalid_time", text)
    status = call.query.get("order_status")
    if status and status not in FILTERS:
        raise RefusalError("order.error_param", "Wrong parameters, detail: order_status is invalid.")
    orders = call.shop.orders
    found = orders.timeline(_by_created if field == "create_time" else _by_updated).between(start, end + 1)
    return [place for place in found if life.status(orders[place[-1]]) == status] if status else found


def _by_created(order: Order) -> Iterator[Place]:
    yield int(order.created_at), order.order_id


def _by_updated(order: Order) -> Iterator[Place]:
    yield int(order.updated_at), order.order_id


def _order(call: Call, order_sn: str) -> Order:
    if order_sn not in call.shop.orders:
        raise errors.order_not_found()
    return call.shop.orders[order_sn]


def _partly(order: Order, rows: list[dict[str, Any]]) -> list[OrderUnit]:
    chosen: list[OrderUnit] = []
    for row in rows:
        units = [
            unit
            for unit in life.open_units(order)
            if int(unit.listing_id) == row.get("item_id") and unit.data["model_id"] == row.get("model_id", 0)
        ]
        quantity = row.get("model_quantity", 0)
        if not 1 <= quantity <= len(units):
            raise RefusalError("order.error_param", "Wrong parameters, detail: model_quantity is invalid.")
        chosen += units[:quantity]
    return chosen


def _detail(call: Call, order: Order, named: set[str]) -> dict[str, Any]:
    due = int(order.created_at) + life.DAYS_TO_SHIP * life.DAY_S
    always = {
        "order_sn": order.order_id,
        "region": "TH",
        "currency": "THB",
        "cod": False,
        "order_status": life.status(order),
        "message_to_seller": "",
        "create_time": int(order.created_at),
        "update_time": int(order.updated_at),
        "days_to_ship": life.DAYS_TO_SHIP,
        "ship_by_date": due if order.paid_at is not None else 0,
    }
    return always | {name: value for name, value in _optional(call, order).items() if name in named}


def _optional(call: Call, order: Order) -> dict[str, Any]:
    data, shipping = order.data, 40
    return {
        "buyer_user_id": 0,
        "buyer_username": MASK,
        "estimated_shipping_fee": shipping,
        "recipient_address": _address(),
        "actual_shipping_fee": 0,
        "actual_shipping_fee_confirmed": False,
        "goods_to_declare": False,
        "note": data["note"],
        "note_update_time": data.get("note_update_time", 0),
        "item_list": [_line(call, units) for units in life.lines(order)],
        "pay_time": int(order.paid_at or 0),
        "dropshipper": None,
        "dropshipper_phone": None,
        "split_up": False,
        "buyer_cancel_reason": data.get("buyer_cancel_reason", ""),
        "cancel_by": data.get("cancel_by", ""),
        "cancel_reason": data.get("cancel_reason", ""),
        "fulfillment_flag": "fulfilled_by_shopee" if life.is_theirs(order) else "fulfilled_by_local_seller",
        "pickup_done_time": data.get("pickup_done_time", 0),
        "package_list": [_package(order)],
        "shipping_carrier": data["carrier"],
        "checkout_shipping_carrier": data["carrier"],
        "payment_method": "PromptPay",
        "total_amount": views.baht(order.total_satang) + shipping,
        "invoice_data": None,
        "order_chargeable_weight_gram": 0,
        "return_request_due_date": 0,
        "reverse_shipping_fee": 0,
    }


def _address() -> dict[str, str]:
    hidden = ("name", "phone", "district", "city", "state", "zipcode", "full_address")
    return dict.fromkeys(hidden, MASK) | {"town": "", "region": "TH"}


def _line(call: Call, units: list[OrderUnit]) -> dict[str, Any]:
    unit, cancelled = units[0], sum(u.status == "CANCELLED" for u in units)
    return {
        "item_id": int(unit.listing_id),
        "item_name": unit.title,
        "item_sku": unit.data["item_sku"],
        "model_id": unit.data["model_id"],
        "model_name": unit.data["model_name"],
        "model_sku": unit.data["model_sku"],
        "model_quantity_purchased": len(units),
        "model_original_price": views.baht(unit.data["original_satang"]),
        "model_discounted_price": views.baht(unit.price_satang),
        "weight": unit.data["weight"],
        "wholesale": False,
        "add_on_deal": False,
        "main_item": False,
        "add_on_deal_id": 0,
        "promotion_type": "",
        "promotion_id": 0,
        "promotion_group_id": 0,
        "order_item_id": int(unit.listing_id),
        "line_item_id": unit.data["line_item_id"],
        "product_location_id": [views.LOCATION_ID],
        "image_info": {"image_url": call.market.root_url + unit.image if unit.image else ""},
        "active_qty": len(units) - cancelled,
        "cancel_requested_qty": sum(u.status == "IN_CANCEL" for u in units),
        "cancelled_qty": cancelled,
        "return_requested_qty": 0,
        "returned_qty": 0,
    }


def _package(order: Order) -> dict[str, Any]:
    rows = [
        {
            "item_id": int(units[0].listing_id),
            "model_id": units[0].data["model_id"],
            "model_quantity": len(units),
            "order_item_id": int(units[0].listing_id),
            "promotion_group_id": 0,
            "product_location_id": views.LOCATION_ID,
        }
        for units in life.lines(order)
    ]
    return {
        "package_number": order.data["package_number"],
        "logistics_status": life.LOGISTICS.get(life.status(order), "LOGISTICS_DELIVERY_DONE"),
        "logistics_channel_id": order.data["channel_id"],
        "shipping_carrier": order.data["carrier"],
        "allow_self_design_awb": True,
        "group_shipment_id": None,
        "item_list": rows,
    }


HANDLERS: dict[str, tuple[str, Handler]] = {
    "order/get_order_list": ("GET", get_order_list),
    "order/get_order_detail": ("GET", get_order_detail),
    "order/cancel_order": ("POST", cancel_order),
    "order/handle_buyer_cancellation": ("POST", handle_buyer_cancellation),
    "order/set_note": ("POST", set_note),
}

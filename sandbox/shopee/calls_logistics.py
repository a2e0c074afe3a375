"""logistics/: channels, addresses, shipping an order, labels."""

import time
from typing import Any

from starlette.responses import Response

from sandbox.market.shop import Order
from sandbox.shopee import errors, labels, life, reference
from sandbox.shopee.api import Call, Handler
from sandbox.shopee.errors import RefusalError

SHIP = {
    "order_sn": "string",
    "package_number": "string",
    "pickup": {"address_id": "int64", "pickup_time_id": "string", "tracking_number": "string"},
    "dropoff": {
        "branch_id": "int64",
        "sender_real_name": "string",
        "tracking_number": "string",
        "slug": "string",
    },
    "non_integrated": {"tracking_number": "string"},
}
METHODS = ("pickup", "dropoff", "non_integrated")
LABELS = {
    "shipping_document_type": "string",
    "order_list": [
        {
            "order_sn": "string",
            "package_number": "string",
            "tracking_number": "string",
            "shipping_document_type": "string",
        }
    ],
}
TYPES = ("NORMAL_AIR_WAYBILL", "THERMAL_AIR_WAYBILL")
MOST_LABELS, PICKUP_HOUR_UTC = 50, 3
CAN_PRINT = frozenset({"PROCESSED", "READY_TO_SHIP"})


def get_channel_list(call: Call) -> dict[str, Any]:
    """Every channel of the shop, carriers behind a mask included."""
    return call.ok({"logistics_channel_list": reference.channels()})


def get_address_list(call: Call) -> dict[str, Any]:
    """The shop's addresses."""
    return call.ok({"show_pickup_address": True, "address_list": reference.addresses()})


def get_shipping_parameter(call: Call) -> dict[str, Any]:
    """What ship_order wants to know; only while the order waits for shipment."""
    order = _order(call, call.text("order_sn"))
    if life.status(order) not in {"READY_TO_SHIP", "RETRY_SHIP"} or order.data["arranged"]:
        text = "Shipping parameters can only be obtained when package is ready to be shipped"
        raise errors.param(text)
    address = {k: v for k, v in reference.addresses()[0].items() if k != "address_type"}
    address |= {"address_flag": ["default_address", "pickup_address"], "time_slot_list": _slots(call.now)}
    return call.ok(
        {
            "info_needed": {"pickup": ["address_id", "pickup_time_id"], "dropoff": []},
            "pickup": {"address_list": [address]},
            "dropoff": {"branch_list": None, "slug_list": None},
        }
    )


def ship_order(call: Call) -> dict[str, Any]:
    """Shipment is arranged; PROCESSED and the tracking number follow a little later."""
    body = call.body(SHIP, "order_sn")
    order = _order(call, body["order_sn"])
    if "package_number" in body:
        text = "Package number is not needed for an order that is not split."
        raise RefusalError("logistics.ship_order_not_need_pacakge_number", text)
    if life.is_theirs(order):
        raise RefusalError("logistics.error_param", "The order is fulfilled by Shopee.")
    if order.data["arranged"]:
        raise RefusalError("logistics.package_already_shipped", "The package has been shipped already.")
    if life.status(order) not in {"READY_TO_SHIP", "RETRY_SHIP"}:
        raise RefusalError("logistics.error_param", "The order status is not ready to ship.")
    _check_method(body)
    order.data["arranged"] = True
    wait_s = float(call.market.settings["process_after_s"])
    call.market.schedule(call.now + wait_s, "processed", call.shop, order.order_id)
    return call.ok()


def get_tracking_number(call: Call) -> dict[str, Any]:
    """The tracking number, "" until the carrier has given one."""
    order = _order(call, call.text("order_sn"))
    return call.ok({"tracking_number": order.data["tracking_number"], "hint": ""})


def get_shipping_document_parameter(call: Call) -> dict[str, Any]:
    """Which labels can be made."""
    rows = _label_rows(call)
    types = {"suggest_shipping_document_type": TYPES[0], "selectable_shipping_document_type": list(TYPES)}
    return _batch(call, [_result(call, row, "") | types for row in rows])


def create_shipping_document(call: Call) -> dict[str, Any]:
    """Labels are being made, row by row."""
    return _batch(call, [_result(call, row, _start_label(call, row)) for row in _label_rows(call)])


def get_shipping_document_result(call: Call) -> dict[str, Any]:
    """PROCESSING, then READY."""
    rows = []
    for row in _label_rows(call):
        order = call.shop.orders.get(row.get("order_sn", ""))
        label = order.data["label"] if order else None
        why = "" if order is None or label else "logistics.shipping_document_should_print_first"
        state = {"status": label["status"]} if label else {}
        rows.append(_result(call, row, why) | state)
    return _batch(call, rows)


def download_shipping_document(call: Call) -> Response:
    """One PDF with a page for each order; JSON only when refused."""
    orders = [_order(call, row.get("order_sn", "")) for row in _label_rows(call)]
    for order in orders:
        if order.data["label"] is None:
            text = "The shipping document should be created first."
            raise RefusalError("logistics.shipping_document_should_print_first", text)
        if order.data["label"]["status"] != "READY":
            raise RefusalError("logistics.download_later", "The shipping document is not ready, please download later.")
    name = {"Content-Disposition": 'attachment; filename="waybill.pdf"'}
    return Response(labels.pdf(orders), media_type="application/pdf", headers=name)


def _order(call: Call, order_sn: str) -> Order:
    if order_sn not in call.shop.orders:
        raise errors.order_not_found()
    return call.shop.orders[order_sn]


def _slots(now: float) -> list[dict[str, Any]]:
    midnight = int(now) // life.DAY_S * life.DAY_S
    days = [midnight + n * life.DAY_S + PICKUP_HOUR_UTC * 3600 for n in reference.PICKUP_SLOTS_DAYS]
    return [
        {
            "date": day,
            "time_text": time.strftime("%d/%m/%Y 10:00", time.gmtime(day + life.BANGKOK_S)),
            "pickup_time_id": f"{day}_1",
            "flags": ["recommended"] if day == days[0] else [],
        }
        for day in days
    ]


def _check_method(body: dict[str, Any]) -> None:
    given = [method for method in METHODS if method in body]
    if len(given) != 1 or given == ["non_integrated"]:
        raise RefusalError("logistics.error_param", "Please choose exactly one of pickup and dropoff.")
    if given == ["pickup"]:
        known = {row["address_id"] for row in reference.addresses()}
        if not body["pickup"].get("address_id") or not body["pickup"].get("pickup_time_id"):
            text = "address_id and pickup_time_id are required."
            raise RefusalError("logistics.ship_order_need_address_pickup_time", text)
        if body["pickup"]["address_id"] not in known:
            raise RefusalError("logistics.error_no_pickup_address", "The pickup address does not exist.")


def _label_rows(call: Call) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = call.body(LABELS, "order_list")["order_list"]
    if not 1 <= len(rows) <= MOST_LABELS:
        raise RefusalError("logistics.error_param", "order_list should be between 1 and 50.")
    return rows


def _start_label(call: Call, row: dict[str, Any]) -> str:
    order = call.shop.orders.get(row.get("order_sn", ""))
    if order is None:
        return ""
    if not order.data["arranged"] or life.status(order) not in CAN_PRINT:
        return "logistics.package_can_not_print"
    if not order.data["tracking_number"] or row.get("tracking_number") != order.data["tracking_number"]:
        return "logistics.tracking_number_invalid"
    if row.get("shipping_document_type", TYPES[0]) not in TYPES:
        return "logistics.error_param"
    if order.data["label"] is None:
        order.data["label"] = {"status": "PROCESSING"}
        wait_s = float(call.market.settings["label_after_s"])
        call.market.schedule(call.now + wait_s, "label", call.shop, order.order_id)
    return ""


def _result(call: Call, row: dict[str, Any], why: str) -> dict[str, Any]:
    order = call.shop.orders.get(row.get("order_sn", ""))
    if order is None:
        why = "logistics.order_not_exist"
    number = order.data["package_number"] if order else row.get("package_number", "")
    words = {"fail_error": why, "fail_message": why.rpartition(".")[2].replace("_", " ").capitalize()}
    return {"order_sn": row.get("order_sn", ""), "package_number": number, **words}


def _batch(call: Call, rows: list[dict[str, Any]]) -> dict[str, Any]:
    failed = [row for row in rows if row["fail_error"]]
    if len(failed) == len(rows):
        raise RefusalError("common.batch_api_all_failed", "All rows failed.", response={"result_list": rows})
    warning = [{"order_sn": row["order_sn"], "package_number": row["package_number"]} for row in failed]
    return call.ok({"result_list": rows}, warning=warning)


HANDLERS: dict[str, tuple[str, Handler]] = {
    "logistics/get_channel_list": ("GET", get_channel_list),
    "logistics/get_address_list": ("GET", get_address_list),
    "logistics/get_shipping_parameter": ("GET", get_shipping_parameter),
    "logistics/get_tracking_number": ("GET", get_tracking_number),
    "logistics/ship_order": ("POST", ship_order),
    "logistics/get_shipping_document_parameter": ("POST", get_shipping_document_parameter),
    "logistics/create_shipping_document": ("POST", create_shipping_document),
    "logistics/get_shipping_document_result": ("POST", get_shipping_document_result),
    "logistics/download_shipping_document": ("POST", download_shipping_document),
}

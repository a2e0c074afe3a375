"""Events put into Shopee's push messages, signed over the registered URL and the raw body.

Nothing is pushed for ordinary stock changes or edits, and no message carries an event id.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sandbox.market.events import LISTING_EDITED, ORDER, Event, Message
from sandbox.market.shop import Order, Sku
from sandbox.shopee import gateway, life, views

if TYPE_CHECKING:
    from sandbox.shopee.market import ShopeeMarket

ORDER_CODE, TRACKING_CODE, PROMOTION_CODE, RESERVE_CODE = 3, 4, 7, 8
LABEL_CODE, VIOLATION_CODE, PRICE_CODE, RETURN_CODE = 15, 16, 22, 29
CODES = (
    1,
    2,
    ORDER_CODE,
    TRACKING_CODE,
    PROMOTION_CODE,
    RESERVE_CODE,
    LABEL_CODE,
    VIOLATION_CODE,
    PRICE_CODE,
    RETURN_CODE,
)
VERIFY_TEXT = "This is a Verification message.Please respond in the certain format."


def signature(push_key: str, url: str, body: bytes) -> str:
    """The `Authorization` header of one push."""
    return gateway.sign(push_key, f"{url}|{body.decode()}")


def message(
    code: int, data: dict[str, Any], *, url: str, push_key: str, now: float, shop_id: str | None = None
) -> Message:
    """One push, ready to send; partner-level pushes carry no shop."""
    whole: dict[str, Any] = {"code": code, "data": data, "timestamp": int(now)}
    if shop_id is not None:
        whole["shop_id"] = int(shop_id)
    body = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", "Authorization": signature(push_key, url, body)}
    return Message(body, headers, shop_id)


def verification(url: str) -> Message:
    """The ping when a URL is saved; its signature is made with an empty key, as two reports say."""
    body = json.dumps({"code": 0, "data": {"verify_info": VERIFY_TEXT}}, separators=(",", ":")).encode()
    return Message(body, {"Content-Type": "application/json", "Authorization": signature("", url, body)})


def of_event(market: "ShopeeMarket", event: Event) -> Iterator[tuple[int, dict[str, Any]]]:
    """(code, data) of every push this event causes."""
    now = int(market.clock.now())
    if event.kind == ORDER and event.order:
        yield ORDER_CODE, _order(event.order)
    elif event.kind == "tracking" and event.order:
        data = event.order.data
        yield TRACKING_CODE, _parcel(event.order) | {"forder_id": "", "tracking_no": data["tracking_number"]}
    elif event.kind == "label" and event.order:
        yield LABEL_CODE, _parcel(event.order) | {"status": event.order.data["label"]["status"]}
    elif event.kind == "promotion":
        yield PROMOTION_CODE, _promotion(event) | {"action": event.data["action"], "update_time": now}
    elif event.kind == "reserve":
        yield RESERVE_CODE, _reserve(event) | {"update_time": now}
    elif event.kind == "return":
        yield RETURN_CODE, _return(event, now)
    elif event.kind == LISTING_EDITED and event.listing:
        yield from _edited(event, now)


def _order(order: Order) -> dict[str, Any]:
    status = life.status(order)
    scenario = "NORMAL" if status == "COMPLETED" else ""
    facts = {"ordersn": order.order_id, "status": status, "completed_scenario": scenario}
    return facts | {"items": [], "update_time": int(order.updated_at)}


def _parcel(order: Order) -> dict[str, Any]:
    return {"ordersn": order.order_id, "package_number": order.data["package_number"]}


def _names(event: Event) -> dict[str, Any]:
    sku: Sku = event.data["sku"]
    held, item_id = event.data["promotion"], int(event.listing.listing_id) if event.listing else 0
    names = {"item_id": item_id, "variation_id": views.model_id(sku)}
    return names | {"promotion_type": held["promotion_type"], "promotion_id": held["promotion_id"]}


def _promotion(event: Event) -> dict[str, Any]:
    held = event.data["promotion"]
    times = {"start_time": int(held["start_time"]), "end_time": int(held["end_time"])}
    return _names(event) | {"reserved_stock": held["reserved"], **times}


def _reserve(event: Event) -> dict[str, Any]:
    change = {"name": "reserved_stock", "old": event.data["old"], "new": event.data["new"]}
    facts = {"shop_id": int(event.shop.shop_id), "changed_values": [change], "action": event.data["action"]}
    return _names(event) | facts | {"ordersn": event.order.order_id if event.order else ""}


def _return(event: Event, now: int) -> dict[str, Any]:
    row = event.data["row"]
    change = {"update_field": "status", "old_value": event.data["old"], "new_value": row["status"]}
    names = {"order_sn": row["order_sn"], "return_sn": row["return_sn"]}
    return names | {"updated_values": [change | {"update_time": now}]}


def _edited(event: Event, now: int) -> Iterator[tuple[int, dict[str, Any]]]:
    listing = event.listing
    if listing is None:
        return
    for sku in listing.skus:
        told, sku.data["price_told"] = sku.data.get("price_told", sku.price_satang), sku.price_satang
        if told != sku.price_satang:
            names: dict[str, Any] = {"item_id": int(listing.listing_id), "model_id": views.model_id(sku)}
            values = {"old_value": views.baht(told), "new_value": views.baht(sku.price_satang)}
            yield PRICE_CODE, names | {"update_field": "original_price", **values, "update_time": now}
    if listing.status == "BANNED":
        names = {"item_id": int(listing.listing_id), "item_name": listing.title, "item_status": "BANNED"}
        detail = {"violation_type": "Prohibited", "violation_reason": "", "suggestion": "", "update_time": now}
        yield VIOLATION_CODE, names | {"deboost": False, "item_status_details": [detail], "deboost_details": []}

"""What Lazada pushes, in its own words."""

from collections.abc import Iterator
from typing import Any

from sandbox.lazada.reverses import REVERSE
from sandbox.lazada.signing import sign_push
from sandbox.lazada.times import millis
from sandbox.market.events import (
    LISTING_ADDED,
    LISTING_DELETED,
    LISTING_EDITED,
    LISTING_REVIEWED,
    ORDER,
    Event,
)
from sandbox.market.shop import Listing

_PRODUCT_TYPES = {
    LISTING_ADDED: (3, "PUBLISHED"),
    LISTING_EDITED: (4, "EDITED_UPDATED"),
    LISTING_DELETED: (5, "DELETED"),
}


def headers(app_key: str, secret: str, body: bytes) -> dict[str, str]:
    """The headers of one push; the signature covers the app key and the body as sent."""
    return {"Content-Type": "application/json", "Authorization": sign_push(app_key, body, secret)}


def bodies(event: Event, now: float) -> Iterator[dict[str, Any]]:
    """The messages one event causes: one per order line, one per product."""
    if event.kind == ORDER and event.order is not None:
        for unit in event.units:
            data = {
                "order_status": unit.status, "trade_order_id": event.order.order_id,
                "trade_order_line_id": unit.unit_id, "status_update_time": int(unit.updated_at),
                "buyer_id": event.order.buyer.get("buyer_id", ""),
            }  # fmt: skip
            yield _envelope(event, 0, data, now)
    elif event.kind == LISTING_REVIEWED and event.listing is not None:
        data = {
            "itemId": int(event.listing.listing_id), "status": event.data["status"],
            "reason": event.data.get("reason", ""), "date": millis(now),
        }  # fmt: skip
        yield _envelope(event, 1, data, now)
    elif event.kind == REVERSE and event.order is not None:
        data = {
            **event.data, "trade_order_id": event.order.order_id, "status_update_time": int(now),
            "buyer_id": event.order.buyer.get("buyer_id", ""),
        }  # fmt: skip
        yield _envelope(event, 10, data, now)
    elif event.listing is not None:
        kind, action = _PRODUCT_TYPES[event.kind]
        yield _envelope(event, kind, _product(event.listing, action, now), now)


def _product(listing: Listing, action: str, now: float) -> dict[str, Any]:
    rows = [
        {"sku_id": int(s.offer_id), "seller_sku": s.seller_sku, "shop_sku": s.data["shop_sku"]} for s in listing.skus
    ]
    return {
        "item_id": int(listing.listing_id), "sku_list": rows, "action": action,
        "status_update_time": millis(now),
    }  # fmt: skip


def _envelope(event: Event, kind: int, data: dict[str, Any], now: float) -> dict[str, Any]:
    return {
        "seller_id": event.shop.shop_id, "message_type": kind, "data": data, "timestamp": int(now),
        "site": "lazada_th",
    }  # fmt: skip

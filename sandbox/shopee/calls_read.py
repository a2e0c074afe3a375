"""product/ reads: lists, details, variants, promotions."""

import base64
from collections import Counter
from typing import Any

from sandbox.market.shop import Listing, Sku
from sandbox.shopee import catalogue, errors, views
from sandbox.shopee.api import Call, Handler, parse_int
from sandbox.shopee.errors import RefusalError, param

STATUSES = frozenset({"NORMAL", "UNLIST", "REVIEWING", "BANNED", "SELLER_DELETE", "SHOPEE_DELETE"})
MOST_IDS, DELETED_SHOWN_S = 50, 90 * 86_400


def get_item_list(call: Call) -> dict[str, Any]:
    """A page of item ids; the last page has `next` "" and no `next_offset`."""
    offset, size = call.number("offset"), call.page_size()
    if offset >= call.market.settings["max_offset"]:
        raise param("get items offset over limit, please use the next field")
    rows = [row for row in _in_status(call) if _in_time(call, row)]
    page: dict[str, Any] = {
        "item": [_list_row(listing) for listing in rows[offset : offset + size]],
        "total_count": len(rows),
        "has_next_page": len(rows) > offset + size,
        "next": "",
    }
    after = offset + size
    if call.strikes("duplicate_page"):
        page["has_next_page"], after = True, offset
    if page["has_next_page"]:
        page |= {"next_offset": after, "next": base64.urlsafe_b64encode(str(after).encode()).decode()}
    return call.ok(page)


def search_item(call: Call) -> dict[str, Any]:
    """Item ids by code, name or status; the cursor is text."""
    size, start = call.page_size(), parse_int(call.query.get("offset") or "0", "offset")
    code, name, status = (call.query.get(field) for field in ("item_sku", "item_name", "item_status"))
    found = [
        int(listing.listing_id)
        for listing in call.shop.listings.values()
        if not listing.deleted
        and (not code or code in _codes(listing))
        and (not name or name.lower() in listing.title.lower())
        and (not status or listing.status == status)
    ]
    following = str(start + size) if len(found) > start + size else ""
    page = {"item_id_list": found[start : start + size], "total_count": len(found), "next_offset": following}
    return call.ok(page)


def get_item_base_info(call: Call) -> dict[str, Any]:
    """Details of up to 50 items; unknown ids are left out, all unknown is a refusal."""
    rows = _listed(call)
    if not rows:
        raise errors.item_not_found()
    return call.ok({"item_list": [views.base_info(row, call.market.root_url, call.now) for row in rows]})


def get_item_extra_info(call: Call) -> dict[str, Any]:
    """Sales of the last 30 days and other counters."""
    rows = _listed(call)
    if not rows:
        raise errors.item_not_found()
    sold = _sold(call)
    return call.ok({"item_list": [_extra(listing, sold) for listing in rows]})


def get_model_list(call: Call) -> dict[str, Any]:
    """Variants of one item."""
    listing = catalogue.find(call.shop, call.number("item_id"))
    return call.ok(views.models(listing, call.market.root_url, call.now))


def get_item_promotion(call: Call) -> dict[str, Any]:
    """Promotions that hold the items, running or upcoming."""
    success, failure = [], []
    for number in call.numbers("item_id_list", MOST_IDS):
        try:
            listing = catalogue.find(call.shop, number)
        except RefusalError as refusal:
            failure.append({"item_id": number, "failed_reason": refusal.message})
            continue
        held = [row for sku in listing.skus if (row := _promotion(sku, call.now))]
        success.append({"item_id": number, "promotion": held})
    return call.ok({"success_list": success, "failure_list": failure})


def _in_status(call: Call) -> list[Listing]:
    wanted = call.query.getlist("item_status")
    if not wanted:
        raise errors.missing("product", "item_status")
    if not set(wanted) <= STATUSES:
        raise RefusalError("error_param_item_status", "Invalid item_status.")
    since = call.now - DELETED_SHOWN_S
    rows = [row for row in call.shop.listings.values() if row.status in wanted]
    return [row for row in rows if not row.deleted or row.updated_at >= since]


def _in_time(call: Call, listing: Listing) -> bool:
    start, end = call.number("update_time_from", 0), call.number("update_time_to", 2**40)
    if start > end:
        raise RefusalError("error_update_time_range", "update_time_from should be earlier than update_time_to.")
    return start <= int(listing.updated_at) <= end


def _list_row(listing: Listing) -> dict[str, Any]:
    return {
        "item_id": int(listing.listing_id),
        "item_status": listing.status,
        "update_time": int(listing.updated_at),
        "tag": {"kit": False},
    }


def _codes(listing: Listing) -> set[str]:
    return {views.item_facts(listing).get("item_sku", ""), *(sku.seller_sku for sku in listing.skus)}


def _listed(call: Call) -> list[Listing]:
    numbers = call.numbers("item_id_list", MOST_IDS)
    return [call.shop.listings[str(number)] for number in numbers if str(number) in call.shop.listings]


def _sold(call: Call) -> Counter[str]:
    """Pieces sold in the last thirty days, by listing."""
    since = call.now - 30 * 86_400
    recent = (order for order in call.shop.orders.values() if order.created_at >= since)
    return Counter(unit.listing_id for order in recent for unit in order.units)


def _extra(listing: Listing, sold: Counter[str]) -> dict[str, Any]:
    counters = {"sale": sold[listing.listing_id], "views": 0, "likes": 0, "rating_star": 0.0, "comment_count": 0}
    return {"item_id": int(listing.listing_id), **counters}


def _promotion(sku: Sku, now: float) -> dict[str, Any] | None:
    held = views.promotion(sku, now)
    if held is None:
        return None
    return {
        "promotion_type": held["promotion_type"],
        "promotion_id": held["promotion_id"],
        "model_id": views.model_id(sku),
        "start_time": int(held["start_time"]),
        "end_time": int(held["end_time"]),
        "promotion_staging": "ongoing" if held["start_time"] <= now else "upcoming",
        "promotion_price_info": [{"promotion_price": held["price"] or views.baht(sku.price_satang)}],
        "promotion_stock_info_v2": {"summary_info": {"total_reserved_stock": views.reserved(sku, now)}},
    }


HANDLERS: dict[str, tuple[str, Handler]] = {
    f"product/{handler.__name__}": ("GET", handler)
    for handler in (
        get_item_list,
        search_item,
        get_item_base_info,
        get_item_extra_info,
        get_model_list,
        get_item_promotion,
    )
}

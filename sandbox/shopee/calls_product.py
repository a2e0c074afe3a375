"""product/ writes: every call that changes a listing."""

from typing import Any

from sandbox.market.events import LISTING_ADDED, LISTING_DELETED
from sandbox.market.shop import Listing
from sandbox.shopee import amounts, catalogue, shapes, views
from sandbox.shopee.api import Call, Handler
from sandbox.shopee.errors import RefusalError, param

MOST_UNLISTED = 50


def add_item(call: Call) -> dict[str, Any]:
    """A new listing; a repeat makes a second one."""
    body = call.body(shapes.ADD_ITEM)
    listing = catalogue.add_item(call.shop, body, call.market.image_ids(), call.market.ids, call.now)
    answer = call.ok(views.made_item(listing, call.market.root_url))
    _rewrite_title(call, listing)
    call.market.edited(call.shop, listing, LISTING_ADDED)
    return answer


def update_item(call: Call) -> dict[str, Any]:
    """Some facts of a listing replaced."""
    body = call.body(shapes.UPDATE_ITEM, "item_id")
    listing = catalogue.update_item(call.shop, body, call.market.image_ids(), call.now)
    answer = call.ok(views.made_item(listing, call.market.root_url))
    _rewrite_title(call, listing)
    call.market.edited(call.shop, listing)
    return answer


def init_tier_variation(call: Call) -> dict[str, Any]:
    """A new tier structure."""
    market, body = call.market, call.body(shapes.INIT_TIERS, "item_id", "model")
    wait_s = float(market.settings["ready_after_s"])
    listing = catalogue.init_tiers(call.shop, body, market.image_ids(), market.ids, call.now, wait_s)
    market.edited(call.shop, listing)
    return call.ok(views.made_models(listing, listing.skus))


def update_tier_variation(call: Call) -> dict[str, Any]:
    """Options of the same structure changed; bare envelope."""
    body = call.body(shapes.UPDATE_TIERS, "item_id")
    catalogue.update_tiers(call.shop, body, call.market.image_ids(), call.now)
    return call.ok()


def add_model(call: Call) -> dict[str, Any]:
    """More variants."""
    body = call.body(shapes.ADD_MODEL, "item_id", "model_list")
    return call.ok(views.made_models(*catalogue.add_models(call.shop, body, call.market.ids, call.now)))


def update_model(call: Call) -> dict[str, Any]:
    """Codes and sizes of variants; bare envelope."""
    catalogue.update_models(call.shop, call.body(shapes.UPDATE_MODEL, "item_id", "model"), call.now)
    return call.ok()


def delete_model(call: Call) -> dict[str, Any]:
    """One variant less; bare envelope."""
    catalogue.delete_model(call.shop, call.body(shapes.DELETE_MODEL, "item_id", "model_id"), call.now)
    return call.ok()


def update_price(call: Call) -> dict[str, Any]:
    """New list prices; a push tells of each, even the caller's own."""
    body = call.body(shapes.UPDATE_PRICE, "item_id", "price_list")
    listing = catalogue.editable(call.shop, body["item_id"])
    try:
        success = amounts.update_price(call.shop, body, call.now, lambda: call.strikes("partial"))
        if call.strikes("rewrite"):
            catalogue.sku_of(listing, body["price_list"][0].get("model_id", 0)).price_satang += 100
    finally:
        call.market.edited(call.shop, listing)
    return call.ok({"success_list": success, "failure_list": []})


def update_stock(call: Call) -> dict[str, Any]:
    """New absolute stock; no push tells of it."""
    body = call.body(shapes.UPDATE_STOCK, "item_id", "stock_list")
    if call.market.settings["holiday"]:
        raise RefusalError("error_auth", "Stock can not be changed in holiday mode.")
    success = amounts.update_stock(call.shop, body, call.now, lambda: call.strikes("partial"))
    if call.strikes("rewrite"):
        listing = catalogue.find(call.shop, body["item_id"])
        sku = catalogue.sku_of(listing, body["stock_list"][0].get("model_id", 0))
        sku.sellable = max(sku.sellable - 1, 0)
    return call.ok({"success_list": success, "failure_list": []})


def unlist_item(call: Call) -> dict[str, Any]:
    """Listings hidden or shown again, row by row."""
    rows = call.body(shapes.UNLIST, "item_list")["item_list"]
    if not 1 <= len(rows) <= MOST_UNLISTED:
        raise param("item_list should be between 1 and 50.")
    success, failure = [], []
    for at, row in enumerate(rows):
        lost = at == len(rows) - 1 and call.strikes("partial")
        reason = "System busy, please try again later." if lost else _unlist(call, row)
        if reason:
            failure.append({"item_id": row.get("item_id", 0), "failed_reason": reason})
        else:
            success.append({"item_id": row["item_id"], "unlist": row.get("unlist", False)})
    answer = {"success_list": success, "failure_list": failure}
    if not success:
        raise RefusalError("error_unlist_item_all_failed", "Unlist all items failed.", response=answer)
    return call.ok(answer)


def delete_item(call: Call) -> dict[str, Any]:
    """The listing is gone for buyers."""
    item_id = call.body(shapes.DELETE_ITEM, "item_id")["item_id"]
    if call.market.settings["holiday"]:
        raise RefusalError("error_auth", "Item can not be deleted in holiday mode.")
    catalogue.delete_item(call.shop, item_id, call.now)
    call.market.edited(call.shop, catalogue.find(call.shop, item_id), LISTING_DELETED)
    return call.ok({})


def _unlist(call: Call, row: dict[str, Any]) -> str:
    try:
        listing = catalogue.editable(call.shop, row.get("item_id", 0))
    except RefusalError as refusal:
        return refusal.message
    if listing.status in {"BANNED", "REVIEWING"}:
        return f"Item in status {listing.status} can not be edited."
    if any(views.promotion(sku, call.now) for sku in listing.skus):
        return "Item can not be unlisted in promotion."
    listing.status = "UNLIST" if row.get("unlist") else "NORMAL"
    call.market.edited(call.shop, listing)
    return ""


def _rewrite_title(call: Call, listing: Listing) -> None:
    # The fault "rewrite": accepted and answered, but stored a little differently.
    if call.strikes("rewrite"):
        listing.title = listing.data["item"]["item_name"] = f"{listing.title}."


HANDLERS: dict[str, tuple[str, Handler]] = {
    f"product/{handler.__name__}": ("POST", handler)
    for handler in (
        add_item,
        update_item,
        init_tier_variation,
        update_tier_variation,
        add_model,
        update_model,
        delete_model,
        update_price,
        update_stock,
        unlist_item,
        delete_item,
    )
}

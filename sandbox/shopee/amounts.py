"""Price and stock updates: one listing a call, row by row, error and rows filled together on a failure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.market.shop import Listing, Shop
from sandbox.shopee import catalogue, rules, views
from sandbox.shopee.errors import RefusalError, missing, param

Rows = list[dict[str, Any]]
PRICE_LOCKED = "Price cannot be changed when model is under promotion."
STOCK_LOCKED = "Stock cannot be changed when model is under promotion."


def update_price(shop: Shop, body: Mapping[str, Any], now_s: float, lose: Callable[[], bool]) -> Rows:
    """Success rows after new list prices.

    `lose` says whether to fail the last row on purpose. Raises RefusalError, with both row lists in
    its response, as soon as one row failed; the other rows are changed all the same.
    """
    listing = catalogue.editable(shop, body["item_id"])
    rows = body["price_list"]
    _check_rows(listing, rows, "error_edit_item_price_for_item_has_model")
    failures = {at: why for at, row in enumerate(rows) if (why := _why_no_price(listing, row, now_s))}
    if lose():
        failures.setdefault(len(rows) - 1, "System busy, please try again later.")
    if why := _spread(listing, [row for at, row in enumerate(rows) if at not in failures]):
        failures |= {at: why for at in range(len(rows)) if at not in failures}
    good = [row for at, row in enumerate(rows) if at not in failures]
    for row in good:
        sku = catalogue.sku_of(listing, row.get("model_id", 0))
        sku.price_satang = round(row["original_price"] * 100)
    success = [_price_row(row) for row in good]
    _refuse(success, rows, failures, "error_update_price_fail", "Update price failed, please check failure_list")
    return success


def update_stock(shop: Shop, body: Mapping[str, Any], now_s: float, lose: Callable[[], bool]) -> Rows:
    """Success rows after setting absolute numbers; failures as in `update_price`."""
    listing = catalogue.editable(shop, body["item_id"])
    rows = body["stock_list"]
    _check_rows(listing, rows, "error_edit_item_stock_for_item_has_model")
    if any(not row.get("seller_stock") for row in rows):
        raise missing("product", "seller_stock")
    units = [rules.check_stock(row["seller_stock"]) for row in rows]
    failures = {at: why for at, row in enumerate(rows) if (why := _why_no_stock(listing, row, units[at], now_s))}
    if lose():
        failures.setdefault(len(rows) - 1, "System busy, please try again later.")
    success = []
    for at, row in enumerate(rows):
        if at not in failures:
            catalogue.sku_of(listing, row.get("model_id", 0)).sellable = units[at]
            success.append({"model_id": row.get("model_id", 0), "location_id": "", "stock": units[at]})
            listing.updated_at = now_s
    text = "Update stock failed, please check failure_list for detailed reason"
    _refuse(success, rows, failures, "product.error_busi_update_stock_failed", text)
    return success


def _check_rows(listing: Listing, rows: Sequence[Mapping[str, Any]], has_models: str) -> None:
    if not 1 <= len(rows) <= rules.MAX_MODELS:
        raise param("The number of models should be between 1 and 50.")
    numbers = [row.get("model_id", 0) for row in rows]
    if len(set(numbers)) != len(numbers):
        raise param("Repeat model_id.")
    if 0 in numbers and views.tiers(listing):
        raise RefusalError(has_models, "The item has model, please edit the model instead.")


def _why_no_price(listing: Listing, row: Mapping[str, Any], now_s: float) -> str:
    try:
        sku = catalogue.sku_of(listing, row.get("model_id", 0))
        rules.check_price(row.get("original_price", 0))
    except RefusalError as refusal:
        return refusal.message
    return PRICE_LOCKED if views.promotion(sku, now_s) else ""


def _why_no_stock(listing: Listing, row: Mapping[str, Any], units: int, now_s: float) -> str:
    try:
        sku = catalogue.sku_of(listing, row.get("model_id", 0))
    except RefusalError as refusal:
        return refusal.message
    held, apart = views.promotion(sku, now_s), views.reserved(sku, now_s)
    if held and held["lock"] == "stock":
        return STOCK_LOCKED
    if units < apart:
        name = views.model_name(listing, sku) or listing.title
        return f"Stock should be larger than {apart} (reserve stock number) for model {name}"
    return ""


def _spread(listing: Listing, rows: Sequence[Mapping[str, Any]]) -> str:
    prices: dict[int, float] = {views.model_id(sku): sku.price_satang / 100 for sku in listing.skus}
    prices |= {row.get("model_id", 0): row["original_price"] for row in rows}
    try:
        rules.check_spread(list(prices.values()) if rows else [])
    except RefusalError as refusal:
        return refusal.message
    return ""


def _price_row(row: Mapping[str, Any]) -> dict[str, Any]:
    # On a listing without variants the row comes back without model_id.
    return {k: v for k, v in row.items() if k != "model_id" or v}


def _refuse(
    success: Rows, rows: Sequence[Mapping[str, Any]], failures: Mapping[int, str], error: str, text: str
) -> None:
    if failures:
        failed = [
            {"model_id": rows[at].get("model_id", 0), "failed_reason": why} for at, why in sorted(failures.items())
        ]
        raise RefusalError(error, text, response={"success_list": success, "failure_list": failed})

"""`/products/get` and `/product/item/get`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.lazada import convert
from sandbox.lazada.errors import numbered
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.times import read_product_bound
from sandbox.market.reading import read_json
from sandbox.market.shop import Listing

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

MAX_LIMIT, MAX_OFFSET, MAX_SELLER_SKUS = 50, 10_000, 100
_REJECTED = ("Reject", "Live_Reject")
FILTERS: dict[str, Callable[[Listing], bool]] = {
    "all": lambda item: not item.deleted,
    "live": lambda item: item.status == "Active",
    "inactive": lambda item: item.status == "InActive" and item.data.get("sub_status") not in _REJECTED,
    "deleted": lambda item: item.deleted,
    "pending": lambda item: item.status == "Pending QC",
    "rejected": lambda item: item.data.get("sub_status") in _REJECTED and not item.deleted,
    "sold-out": lambda item: item.status == "Active" and not any(s.sellable > 0 for s in item.skus),
    "image-missing": lambda item: not item.deleted and not item.images,
}


def products(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """One page of items; `data` is empty when nothing matches."""
    fits = _filter(call)
    limit = whole(call, "limit", 20, range(1, MAX_LIMIT + 1), 19, "Invalid Limit")
    offset = whole(call, "offset", 0, range(MAX_OFFSET + 1), 14, "Invalid Offset")
    found = [item for item in call.shop.listings.values() if fits(item)]
    if market.faults.take("duplicate_page", call.path, call.shop.shop_id):
        offset = max(0, offset - limit)
    if market.faults.take("more_rows", call.path, call.shop.shop_id):
        limit = max(100, 2 * limit)
    page = found[offset : offset + limit]
    if not page:
        return {"data": {}}
    detail = call.get("options") == "1"
    rows = [convert.product(market, item, detail) for item in page]
    return {"data": {"total_products": len(found), "products": rows}}


def item(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """One item, by its id."""
    item_id = call.get("item_id")
    if not item_id:
        raise numbered(200, "item_id is empty")
    found = call.shop.listings.get(item_id)
    if found is not None and found.deleted:
        raise numbered(207, "SKU_NOT_EXIST: sku not exist")
    if found is None:
        raise numbered(208, "ITEM_NOT_EXIST: item not exist")
    return {"data": convert.product(market, found)}


def whole(call: Call, name: str, default: int, allowed: range, code: int, text: str) -> int:
    """A whole number within bounds. Raises ApiError with `code` otherwise."""
    value = call.get(name, str(default))
    if not value.isdecimal() or int(value) not in allowed:
        raise numbered(code, text)
    return int(value)


def _filter(call: Call) -> Callable[[Listing], bool]:
    chosen = FILTERS.get(call.get("filter", "all"))
    if chosen is None:
        raise numbered(36, "Invalid Status Filter")
    tests = [chosen]
    seller_skus = _seller_skus(call.get("sku_seller_list"))
    if seller_skus is not None:
        tests.append(lambda item: any(sku.seller_sku in seller_skus for sku in item.skus))
    for name, (field, after) in _BOUNDS.items():
        if call.get(name):
            tests.append(_bound(call.get(name), field, after))
    return lambda item: all(test(item) for test in tests)


_BOUNDS = {
    "create_after": ("created_at", True),
    "create_before": ("created_at", False),
    "update_after": ("updated_at", True),
    "update_before": ("updated_at", False),
}


def _bound(text: str, field: str, after: bool) -> Callable[[Listing], bool]:
    try:
        moment = read_product_bound(text)
    except ValueError as error:
        raise numbered(17, "Invalid Date Format") from error
    if after:
        return lambda item: int(getattr(item, field)) >= moment
    return lambda item: int(getattr(item, field)) <= moment


def _seller_skus(text: str) -> set[str] | None:
    if not text:
        return None
    try:
        names = read_json(text)
    except ValueError:
        names = None
    good = isinstance(names, list) and all(isinstance(name, str) for name in names)
    if not good or len(names) > MAX_SELLER_SKUS:
        raise numbered(70, "You have corrupt data in your sku seller list")
    return set(names)


APIS = {
    "/products/get": Api(products),
    "/product/item/get": Api(item),
}

"""Taking products off: remove, remove one SKU, deactivate."""

import re
from typing import TYPE_CHECKING, Any

from sandbox.lazada import listings
from sandbox.lazada.errors import ApiError, Detail, numbered, problem
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.payload import read_product, skus_of
from sandbox.market.reading import read_json
from sandbox.market.shop import Listing, Shop, Sku

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

MAX_REMOVED = 50
_SKU_ID = re.compile(r"SkuId_(\d+)_(\d+)")


def remove(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The named SKUs are gone; an item without SKUs is gone too."""
    names = _list(call.get("sku_id_list"))
    if len(names) > MAX_REMOVED:
        raise numbered(204, "Too many SKUs")
    problems: list[Detail] = []
    for name in names:
        match = _SKU_ID.fullmatch(str(name))
        found = _offer(call.shop, match.group(2)) if match else None
        if match is None or found is None or found[0].listing_id != match.group(1):
            problems.append(problem(207, "SKU_NOT_FOUND", "missing or already deleted", str(name)))
        else:
            _drop(market, call.shop, *found)
    if problems:
        raise numbered(503, "Remove product failed", problems)
    return {"data": {}}


def remove_sku(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The named SKUs of one item are gone, and a variation that is named with them."""
    product = read_product(call.get("payload"))
    problems: list[Detail] = []
    for row in skus_of(product):
        found = _offer(call.shop, row.get("SkuId", ""))
        if found is None or found[0].listing_id != str(product.get("ItemId", "")):
            problems.append(problem(207, "SKU_NOT_FOUND", "sku not exist", "SkuId", sku_id=row.get("SkuId", "")))
            continue
        for key in product.get("variation") or {}:
            found[0].data["variation"].pop(key[:1].upper() + key[1:], None)
        _drop(market, call.shop, *found)
    if problems:
        raise numbered(503, "Remove sku failed", problems)
    return {"data": {}}


def deactivate(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The item, or its named SKUs, are off sale; no review."""
    product = read_product(call.get("apiRequestBody"))
    item_id = str(product.get("ItemId") or "")
    if not item_id:
        raise _named("E0001", "ItemId is missing")
    listing = call.shop.listings.get(item_id)
    if listing is None or listing.deleted:
        raise _named("E0002", "Item does not exist")
    wanted = (product.get("Skus") or {}).get("SkuId")
    skus = listing.skus
    if wanted is not None:
        ids = {str(one) for one in (wanted if isinstance(wanted, list) else [wanted])}
        skus = [sku for sku in listing.skus if sku.offer_id in ids]
        if len(skus) < len(ids):
            raise _named("E0003", "SKU does not exist")
    if not any(sku.data["status"] == "active" for sku in skus):
        raise _named("E0004", "Product is not online")
    for sku in skus:
        sku.data["status"] = "inactive"
    listings.settle(listing)
    market.edited(call.shop, listing)
    return {"data": {}}


def _drop(market: "LazadaMarket", shop: Shop, listing: Listing, sku: Sku) -> None:
    if len(listing.skus) == 1:
        listings.delete(market, shop, listing)
        return
    listing.skus.remove(sku)
    listings.settle(listing)
    market.edited(shop, listing)


def _offer(shop: Shop, sku_id: str) -> tuple[Listing, Sku] | None:
    found = shop.offer(sku_id)
    return None if found is None or found[0].deleted else found


def _list(text: str) -> list[Any]:
    try:
        names = read_json(text) if text else None
    except ValueError:
        names = None
    if not isinstance(names, list) or not names:
        raise numbered(5, "sku_id_list is not a list")
    return names


def _named(code: str, text: str) -> ApiError:
    return ApiError(code, text)


APIS = {
    "/product/remove": Api(remove, write=True),
    "/product/sku/remove": Api(remove_sku, write=True),
    "/product/deactivate": Api(deactivate, write=True),
}

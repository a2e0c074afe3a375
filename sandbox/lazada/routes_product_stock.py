"""Price and stock. `Quantity` means the total, `SellableQuantity` means sellable: the same number differs."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sandbox.lazada import rules
from sandbox.lazada.errors import Detail, numbered, problem
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.payload import read_product, skus_of
from sandbox.lazada.routes_product_write import satang
from sandbox.lazada.times import read_local
from sandbox.market.shop import Listing, Shop, Sku

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

MAX_SKUS = 50
_SPECIAL = ("Price", "SalePrice", "SaleStartDate", "SaleEndDate")
Change = Callable[["LazadaMarket", Call, Sku, Mapping[str, Any]], list[Detail]]


def price_quantity(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """Prices, and stock as the warehouse's total."""
    return _each(market, call, _set_price_quantity)


def sellable_update(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """Sellable stock becomes the value."""
    return _each(market, call, _set_sellable)


def sellable_adjust(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """Sellable stock moves by the value; a repeat moves it again."""
    return _each(market, call, _adjust_sellable)


def _each(market: "LazadaMarket", call: Call, change: Change) -> dict[str, Any]:
    rows = skus_of(read_product(call.get("payload")), one_may_be_bare=True)
    if len(rows) > MAX_SKUS:
        raise numbered(4171, "More than 50 SKUs in one call")
    busy = len(rows) - 1 if market.faults.take("partial", call.path, call.shop.shop_id) else None
    problems: list[Detail] = []
    for place, row in enumerate(rows):
        listing, sku, wrong = _find(call.shop, row)
        if sku is not None and place == busy:
            wrong = [problem(513, "SYSTEM_BUSY", "please try again", "SkuId", sku.seller_sku, sku.offer_id)]
        if sku is not None and listing is not None and not wrong:
            wrong = change(market, call, sku, row)
            if not wrong:
                # The sellers' own price and stock writes cause no push; only content does.
                listing.updated_at = market.clock.now()
                market.touch()
        problems += wrong
    if problems:
        raise numbered(501, "Update product failed", problems)
    return {}


def _find(shop: Shop, row: Mapping[str, Any]) -> tuple[Listing | None, Sku | None, list[Detail]]:
    sku_id, seller_sku = row.get("SkuId", ""), row.get("SellerSku", "")
    if not sku_id:
        return None, None, [problem(4193, "SKU_ID_REQUIRED", "SkuId is required", "SkuId", seller_sku)]
    found = shop.offer(sku_id)
    if found is None or found[0].deleted or found[1].data["status"] == "deleted":
        return None, None, [problem(207, "SKU_NOT_FOUND", "sku not exist", "SellerSku", seller_sku, sku_id)]
    if row.get("ItemId", found[0].listing_id) != found[0].listing_id:
        return None, None, [problem(208, "ITEM_NOT_FOUND", "item not exist", "ItemId", seller_sku, sku_id)]
    return *found, []


def _set_price_quantity(market: "LazadaMarket", call: Call, sku: Sku, row: Mapping[str, Any]) -> list[Detail]:
    price = row.get("Price") or f"{sku.price_satang / 100:.2f}"
    wrong = rules.price_problems(row, "Price", sku.seller_sku, required=False)
    wrong += rules.special_problems({**row, "Price": price}, _SPECIAL, sku.seller_sku)
    total, bad = _quantity(row, "Quantity", sku)
    wrong += bad
    if total is not None and total < sku.held:
        text = f"quantity must be at least {sku.held} (withheld and occupied)"
        wrong.append(problem(212, "INV_NEGATIVE_SELLABLE", text, "Quantity", sku.seller_sku, sku.offer_id))
    wrong += _campaign(market, sku, row, None if total is None else total - sku.held)
    if wrong:
        return wrong
    _write_prices(sku, row)
    if row.get("Price") and market.faults.take("rewrite", call.path, call.shop.shop_id):
        sku.price_satang = -(-sku.price_satang // 100) * 100 + 100
    if total is not None:
        sku.sellable = total - sku.held
    return []


def _write_prices(sku: Sku, row: Mapping[str, Any]) -> None:
    if row.get("Price"):
        sku.price_satang = satang(row["Price"])
    if row.get("SalePrice"):
        sku.data["special_price"] = satang(row["SalePrice"])
        for field, key in (("SaleStartDate", "special_from"), ("SaleEndDate", "special_to")):
            sku.data[key] = read_local(row[field]) if row.get(field) else None
    special = sku.data.get("special_price")
    if special is not None and special >= sku.price_satang:
        sku.data |= {"special_price": None, "special_from": None, "special_to": None}


def _set_sellable(market: "LazadaMarket", call: Call, sku: Sku, row: Mapping[str, Any]) -> list[Detail]:
    value, wrong = _quantity(row, "SellableQuantity", sku, required=True)
    if value is not None:
        sku.sellable = value
    return wrong


def _adjust_sellable(market: "LazadaMarket", call: Call, sku: Sku, row: Mapping[str, Any]) -> list[Detail]:
    change, wrong = _quantity(row, "SellableQuantity", sku, required=True, signed=True)
    if change is None:
        return wrong
    if sku.sellable + change < 0:
        text = "sellable would go below zero"
        return [problem(212, "INV_NEGATIVE_SELLABLE", text, "SellableQuantity", sku.seller_sku, sku.offer_id)]
    sku.sellable += change
    return []


def _quantity(
    row: Mapping[str, Any], field: str, sku: Sku, required: bool = False, signed: bool = False
) -> tuple[int | None, list[Detail]]:
    if "MultiWarehouseInventories" in row:
        text = "a single-warehouse seller must not name warehouses"
        return None, [problem(10002, "WAREHOUSE_WRONG", text, field, sku.seller_sku, sku.offer_id)]
    text = row.get(field, "")
    if text == "" and not required:
        return None, []
    digits = text.removeprefix("-") if signed else text
    if not digits.isdecimal():
        words = "not a whole number of units"
        return None, [problem(5, "QUANTITY_INVALID", words, field, sku.seller_sku, sku.offer_id)]
    return int(text), []


def _campaign(market: "LazadaMarket", sku: Sku, row: Mapping[str, Any], sellable: int | None) -> list[Detail]:
    if not market.settings["campaign"]:
        return []
    cut = sellable is not None and sellable < sku.sellable
    repriced = bool(row.get("Price")) and satang(row["Price"]) != sku.price_satang
    text = "locked during the campaign"
    wrong = problem(4170, "CAMPAIGN_LOCKED", text, "Price" if repriced else "Quantity", sku.seller_sku)
    return [wrong] if cut or repriced else []


APIS = {
    "/product/price_quantity/update": Api(price_quantity, write=True),
    "/product/stock/sellable/update": Api(sellable_update, write=True),
    "/product/stock/sellable/adjust": Api(sellable_adjust, write=True),
}

"""The seller's own facts: account, item limit, warehouses."""

from typing import TYPE_CHECKING, Any

from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.routes_auth import short_code

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket


def seller(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """Who the token speaks for."""
    shop = call.shop
    return {"data": {
        "name": shop.title, "name_company": shop.title, "seller_id": int(shop.shop_id),
        "short_code": short_code(shop), "email": f"owner{shop.shop_id}@example.test", "cb": "false",
        "location": "Thailand", "status": "ACTIVE", "verified": "true", "marketplaceEaseMode": "false",
        "logo_url": "",
    }}  # fmt: skip


def item_limit(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """How many items are online and how many may be."""
    online = sum(1 for item in call.shop.listings.values() if item.status == "Active")
    return {"success": True, "data": {"onlineItemCount": online, "itemLimit": market.settings["item_limit"]}}


def warehouses(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The one warehouse every practice shop has."""
    row = {
        "code": "dropshipping", "name": "Main", "detailAddress": "ที่อยู่ฝึกหัด", "defaultAddress": True,
        "status": "ACTIVE",
    }  # fmt: skip
    return {"result": {"success": True, "module": [row]}}


APIS = {
    "/seller/get": Api(seller),
    "/product/seller/item/limit": Api(item_limit),
    "/rc/warehouse/get": Api(warehouses),
    "/seller/warehouse/get": Api(warehouses),
}

"""Listings and orders of the practice world, written as Lazada writes them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sandbox.lazada.times import iso_time, local_time, millis, order_time
from sandbox.market.shop import UNPAID, Listing, Order, OrderUnit, Shop, Sku

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

_SLA_S = 2 * 86_400


def urls(market: "LazadaMarket", paths: Iterable[str]) -> list[str]:
    """Stored photo paths as the addresses callers see."""
    return [f"{market.root_url}{path}" for path in paths]


def product(market: "LazadaMarket", listing: Listing, stock_detail: bool = False) -> dict[str, Any]:
    """One item with its SKUs, as `/products/get` and `/product/item/get` show it."""
    data = listing.data
    return {
        "item_id": int(listing.listing_id), "primary_category": data["primary_category"],
        "status": listing.status, "subStatus": data.get("sub_status"), "trialProduct": False,
        "created_time": str(millis(listing.created_at)), "updated_time": str(millis(listing.updated_at)),
        "images": urls(market, listing.images), "marketImages": [],
        "rejectReason": list(data["reject_reason"]), "suspendedSkus": [], "hiddenStatus": "",
        "hiddenReason": "", "variation": {key: dict(one) for key, one in data["variation"].items()},
        "attributes": {"name": listing.title, **data["attributes"], "source": "asc"},
        "skus": [_sku(market, listing, sku, stock_detail) for sku in listing.skus],
    }  # fmt: skip


def _sku(market: "LazadaMarket", listing: Listing, sku: Sku, stock_detail: bool) -> dict[str, Any]:
    data = sku.data
    special = data.get("special_price")
    warehouse = {
        "warehouseCode": "dropshipping", "quantity": sku.sellable, "sellableQuantity": sku.sellable,
        "occupyQuantity": sku.occupied, "withholdQuantity": sku.withheld, "totalQuantity": sku.total,
    }  # fmt: skip
    row = {
        "SkuId": int(sku.offer_id), "SellerSku": sku.seller_sku, "ShopSku": data["shop_sku"],
        "Status": data["status"], "quantity": sku.sellable, "Available": sku.sellable,
        "price": sku.price_satang / 100, "special_price": 0.0 if special is None else special / 100,
        "special_time_format": "yyyy-MM-dd HH:mm", **_special_dates(sku),
        **{name: f"{float(data[name]):.2f}" for name in _SIZES if data.get(name)},
        "package_content": data.get("package_content", ""),
        "Images": _padded(urls(market, data["images"])), "saleProp": dict(sku.attributes),
        "Url": f"{market.root_url}/shop/-i{listing.listing_id}-s{sku.offer_id}.html",
        "multiWarehouseInventories": [warehouse] if sku.total else [], "fblWarehouseInventories": [],
        "channelInventories": [], **sku.attributes,
    }  # fmt: skip
    return row | (_stock_detail(sku) if stock_detail else {})


_SIZES = ("package_height", "package_length", "package_width", "package_weight")


def _special_dates(sku: Sku) -> dict[str, str]:
    starts, ends = sku.data.get("special_from"), sku.data.get("special_to")
    return {
        "special_from_time": local_time(starts), "special_to_time": local_time(ends),
        "special_from_date": local_time(starts, "%Y-%m-%d"), "special_to_date": local_time(ends, "%Y-%m-%d"),
    }  # fmt: skip


def _padded(images: list[str]) -> list[str]:
    """Own photos are padded to eight with empty texts, as recorded; none stays an empty list."""
    return images + [""] * (8 - len(images)) if images else []


def _stock_detail(sku: Sku) -> dict[str, int]:
    return {
        "sellableStock": sku.sellable, "occupiedStock": sku.occupied, "withholdingStock": sku.withheld,
        "dropshippingStock": sku.sellable, "fulfilmentStock": 0, "preorderStock": 0,
    }  # fmt: skip


def order(market: "LazadaMarket", shop: Shop, one: Order) -> dict[str, Any]:
    """One order; `price` has thousands commas, its lines are asked for elsewhere."""
    buyer, number = one.buyer, int(one.order_id)
    return {
        "order_id": number, "order_number": number,
        "statuses": list(dict.fromkeys(unit.status for unit in one.units)), "items_count": len(one.units),
        "created_at": order_time(one.created_at), "updated_at": order_time(one.updated_at),
        "address_updated_at": "", "price": f"{one.total_satang / 100:,.2f}", "shipping_fee": 0.0,
        "shipping_fee_original": 38.0, "shipping_fee_discount_seller": 0.0,
        "shipping_fee_discount_platform": 38.0, "voucher": 0.0, "voucher_platform": 0, "voucher_seller": 0,
        "voucher_code": "", "payment_method": one.data["payment_method"],
        "customer_first_name": buyer.get("name", ""), "customer_last_name": "",
        "promised_shipping_times": "", "delivery_info": "", "gift_option": False, "gift_message": "",
        "remarks": "", "buyer_note": "", "national_registration_number": "", "tax_code": "",
        "branch_number": "", "warehouse_code": "dropshipping",
        "extra_attributes": '{"TaxInvoiceRequested":false}', "need_cancel_confirm": False,
        "is_cancel_pending": False, "address_shipping": _address(buyer), "address_billing": _address(buyer),
    }  # fmt: skip


def _address(buyer: dict[str, str]) -> dict[str, str]:
    return {
        "first_name": buyer.get("name", ""), "last_name": "", "phone": buyer.get("phone", ""), "phone2": "",
        "address1": buyer.get("address1", ""), "address2": "", "address3": buyer.get("address3", ""),
        "address4": buyer.get("address4", ""), "address5": buyer.get("address5", ""), "addressDistrict": "",
        "city": buyer.get("city", ""), "post_code": buyer.get("post_code", ""), "country": "Thailand",
    }  # fmt: skip


def order_item(market: "LazadaMarket", shop: Shop, one: Order, unit: OrderUnit) -> dict[str, Any]:
    """One piece of an order: a row of its own, without a quantity."""
    data, price = unit.data, unit.price_satang / 100
    paid_at = None if unit.stage == UNPAID else one.paid_at
    return {
        "order_item_id": int(unit.unit_id), "order_id": int(one.order_id), "status": unit.status,
        "sku": unit.seller_sku, "shop_sku": data["shop_sku"], "sku_id": unit.offer_id,
        "product_id": unit.listing_id, "name": unit.title,
        "variation": ", ".join(f"{name}:{value}" for name, value in unit.attributes.items()),
        "item_price": price, "paid_price": price, "currency": "THB",
        "created_at": order_time(one.created_at), "updated_at": order_time(unit.updated_at),
        "payment_time": None if paid_at is None else millis(paid_at),
        "sla_time_stamp": iso_time(one.created_at + _SLA_S),
        "package_id": data.get("package_id", ""), "tracking_code": data.get("tracking", ""),
        "tracking_code_pre": "", "shipment_provider": data.get("provider", ""),
        "reason": data.get("reason", ""), "reason_detail": "",
        "cancel_return_initiator": data.get("initiator", ""),
        "product_main_image": urls(market, [unit.image])[0] if unit.image else "",
        "product_detail_url": f"{market.root_url}/shop/{shop.shop_id}/item/{unit.listing_id}",
        "buyer_id": int(one.buyer.get("buyer_id", "0")), "shop_id": shop.title, **_ITEM_CONSTANTS,
        "is_fbl": int(bool(data.get("by_channel"))),
        **_cancel_request(data),
    }  # fmt: skip


def _cancel_request(data: dict[str, Any]) -> dict[str, Any]:
    """What a buyer's wish to cancel adds to a piece, while the seller has not answered."""
    asked = data.get("cancel_request")
    return {"need_cancel_confirm": True, "reverse_order_id": int(asked)} if asked else {}


_ITEM_CONSTANTS: dict[str, Any] = {
    "voucher_amount": 0.0, "voucher_seller": 0, "voucher_platform": 0, "voucher_seller_lpi": 0,
    "voucher_platform_lpi": 0, "voucher_code": "", "voucher_code_seller": "", "voucher_code_platform": "",
    "tax_amount": 0.0, "shipping_amount": 0.0, "shipping_fee_original": 0.0,
    "shipping_fee_discount_seller": 0.0, "shipping_fee_discount_platform": 0.0, "shipping_service_cost": 0,
    "wallet_credits": 0, "promised_shipping_time": "", "fulfillment_sla": "", "shipping_type": "Dropshipping",
    "shipping_provider_type": "standard", "warehouse_code": "dropshipping", "delivery_option_sof": 0,
    "is_digital": 0, "is_reroute": 0, "order_type": "Normal", "order_flag": "NORMAL",
    "stage_pay_status": "", "biz_group": 70100, "semi_managed": False, "mp3_order": False,
    "return_status": "", "reverse_order_id": None, "need_cancel_confirm": False, "is_cancel_pending": False,
    "cancel_trigger_time": None, "invoice_number": "", "purchase_order_id": "", "purchase_order_number": "",
    "digital_delivery_info": "", "extra_attributes": "",
}  # fmt: skip

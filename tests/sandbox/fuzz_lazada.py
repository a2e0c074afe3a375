"""A good call of every practice Lazada API, to be spoilt."""

from typing import Any

from lazada_caller import Caller, a_product, two_sizes

from sandbox.lazada.market import APIS


def lazada_good(caller: Caller) -> dict[str, dict[str, Any]]:
    """For every API the business parameters of a call that works, or nearly; structured ones as objects."""
    item_id, (small, large) = caller.made(**two_sizes())
    order = str(caller.sim("orders", {"lines": [{"seller_sku": "TEA-S", "quantity": 2}]})["order_id"])
    units = [row["order_item_id"] for row in caller.get("/order/items/get", order_id=order)["data"]]
    pack = [{"order_id": int(order), "order_item_list": units}]
    url = a_product(caller)["Images"]["Image"][0]
    sku = {"ItemId": item_id, "SkuId": small, "SellerSku": "TEA-S", "Price": "120", "Quantity": "3"}
    many = {
        "MultiWarehouseInventories": {"MultiWarehouseInventory": [{"WarehouseCode": "dropshipping", "Quantity": "4"}]}
    }
    stock = {"ItemId": item_id, "SkuId": large, "SellableQuantity": "4"}

    def product(**facts: Any) -> dict[str, Any]:
        return {"payload": {"Request": {"Product": facts}}}

    packages = {"packages": [{"package_id": "FP1"}], "doc_type": "PDF"}
    times = {"created_after": "2026-01-01T00:00:00+07:00", "update_after": "2026-01-01T00:00:00+07:00"}
    days = {"start_time": "2026-01-01", "end_time": "2026-02-01", "limit": 10, "offset": 0, "trans_type": "-1"}
    good: dict[str, dict[str, Any]] = {
        "/auth/token/create": {"code": "0_1_x"},
        "/auth/token/refresh": {"refresh_token": "50001x"},
        "/product/create": product(**a_product(caller, **two_sizes())),
        "/product/update": product(
            **a_product(caller, Skus={"Sku": [{"SkuId": small, "price": "99", "Status": "active"}]})
        ),
        "/product/price_quantity/update": product(Skus={"Sku": [sku, {"SkuId": large, **many}]}),
        "/product/stock/sellable/update": product(Skus={"Sku": [stock]}),
        "/product/stock/sellable/adjust": product(Skus={"Sku": [stock]}),
        "/product/remove": {"sku_id_list": [f"SkuId_{item_id}_{small}"], "seller_sku_list": ["TEA-S"]},
        "/product/sku/remove": product(ItemId=item_id, Skus={"Sku": [{"SkuId": large}]}, variation={}),
        "/product/deactivate": {
            "apiRequestBody": {"Request": {"Product": {"ItemId": item_id, "Skus": {"SkuId": [small]}}}}
        },
        "/images/set": product(Skus={"Sku": [{"SkuId": small, "Images": {"Image": [url]}}]}),
        "/image/migrate": {"payload": {"Request": {"Image": {"Url": url}}}},
        "/images/migrate": {"payload": {"Request": {"Images": {"Url": [url]}}}},
        "/image/response/get": {"batch_id": "x"},
        "/products/get": {
            "filter": "all",
            "limit": 10,
            "offset": 0,
            "sku_seller_list": ["TEA-S"],
            "options": "1",
            **times,
        },
        "/product/item/get": {"item_id": item_id, "seller_sku": "TEA-S"},
        "/orders/get": {
            **times,
            "limit": 10,
            "offset": 0,
            "status": "pending",
            "sort_by": "updated_at",
            "sort_direction": "DESC",
        },
        "/order/get": {"order_id": order},
        "/order/items/get": {"order_id": order},
        "/orders/items/get": {"order_ids": [int(order)]},
        "/order/shipment/providers/get": {"getShipmentProvidersReq": {"orders": pack}},
        "/order/fulfill/pack": {
            "packReq": {"pack_order_list": pack, "delivery_type": "dropship", "shipping_allocate_type": "TFS"}
        },
        "/order/package/document/get": {"getDocumentReq": packages},
        "/order/package/rts": {"readyToShipReq": packages},
        "/order/package/repack": {"rePackReq": packages},
        "/order/reverse/cancel/validate": {"order_id": order, "order_item_id_list": units},
        "/order/reverse/cancel/create": {"order_id": order, "order_item_id_list": units, "reason_id": 15},
        "/finance/transaction/details/get": days,
        "/finance/payout/status/get": {"created_after": "2026-01-01"},
        "/reverse/getreverseordersforseller": {
            "page_no": 1,
            "page_size": 10,
            "reverse_order_line_modified_time_range_start": 1,
        },
        "/order/reverse/return/detail/list": {"reverse_order_id": 1},
        "/order/reverse/return/history/list": {"reverse_order_line_id": 1, "page_number": 1, "page_size": 10},
        "/order/reverse/reason/list": {"reverse_order_line_id": 1},
        "/order/reverse/return/update": {"action": "agreeReturn", "reverse_order_id": 1, "reverse_order_item_ids": [1]},
        "/category/tree/get": {"language_code": "th_TH"},
        "/category/attributes/get": {"primary_category_id": 10000032, "language_code": "th_TH"},
        "/category/brands/query": {"startRow": 0, "pageSize": 20},
        "/product/category/suggestion/get": {"product_name": "ชา"},
    }
    return {path: good.get(path, {"page_no": 1}) for path in APIS}

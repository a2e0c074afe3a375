"""A seller's day with `lazop-sdk`, the official Lazada client as others publish it; only the host is ours."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.market.server import Server, running

BACK = "https://app.example.test/lazada/back"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running("lazada") as served:
        yield served


@pytest.fixture(scope="module")
def lazop(_home: Path) -> ModuleType:
    """Imported only now: it makes its log file while being imported."""
    import lazop_sdk

    return lazop_sdk


class Seller:
    """One shop behind `LazopClient`; no call here is signed or sent by us."""

    def __init__(self, lazop: ModuleType, server: Server) -> None:
        self.lazop, self.server = lazop, server
        self.keys = server.credentials("ร้านฝึก", "ร้านฝึก")
        self.client = lazop.LazopClient(server.base_url, self.keys["app_key"], self.keys["app_secret"])
        self.token = self.keys["access_token"]

    def call(self, path: str, method: str = "POST", files: dict[str, Any] | None = None, **params: Any) -> Any:
        """The client's whole response."""
        request = self.lazop.LazopRequest(path, method)
        for name, value in params.items():
            request.add_api_param(name, value)
        for name, value in (files or {}).items():
            request.add_file_param(name, value)
        return self.client.execute(request, self.token)

    def good(self, path: str, method: str = "POST", files: dict[str, Any] | None = None, **params: Any) -> Any:
        """The body of an answer that says yes."""
        answer = self.call(path, method, files, **params)
        assert answer.code == "0", answer.body
        assert answer.request_id
        return answer.body

    def product(self, path: str, product: dict[str, Any]) -> Any:
        """A write with a JSON payload."""
        return self.good(path, payload=json.dumps({"Request": {"Product": product}}, ensure_ascii=False))

    def sim(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The practice marketplace's control surface."""
        url = f"{self.server.url}/_sim/{path}"
        with httpx.Client(trust_env=False) as http:
            return (http.get(url) if body is None else http.post(url, json=body)).json()

    def offers(self) -> dict[str, tuple[Any, Any]]:
        """Seller SKU -> price and stock."""
        return {row["seller_sku"]: (row["price"], row["stock"]) for row in self.sim("state")["listings"]}


@pytest.fixture
def seller(lazop: ModuleType, server: Server) -> Seller:
    server.market.reset(1)
    return Seller(lazop, server)


def _consent(seller: Seller) -> str:
    """The code on the address that the practice consent page sends the seller back to."""
    query = {"response_type": "code", "client_id": seller.keys["app_key"], "redirect_uri": BACK}
    with httpx.Client(base_url=seller.server.url, trust_env=False) as http:
        page = http.get("/oauth/authorize", params=query)
        assert "ร้านฝึก" in page.text
        back = http.post("/oauth/authorize", params=query, data={"shop_id": seller.keys["shop_id"]})
    return parse_qs(urlsplit(back.headers["location"]).query)["code"][0]


def _a_product(url: str) -> dict[str, Any]:
    size = {"package_height": "5", "package_length": "10", "package_width": "10", "package_weight": "0.20"}
    rows = [("TEA-S", "เล็ก", "120.00"), ("TEA-L", "ใหญ่", "1250.00")]
    options = {"name": "ขนาด", "hasImage": False, "customize": True, "options": {"option": ["เล็ก", "ใหญ่"]}}
    return {
        "PrimaryCategory": "10000032",
        "Images": {"Image": [url]},
        "Attributes": {"name": "ชาใบหม่อน & น้ำผึ้ง 100%", "brand": "No Brand", "description": "<p>หอม + กรุ่น</p>"},
        "variation": {"Variation1": options},
        "Skus": {
            "Sku": [
                {"SellerSku": sku, "quantity": "10", "price": price, "saleProp": {"ขนาด": option}, **size}
                for sku, option, price in rows
            ]
        },
    }


def _listed(seller: Seller, jpeg: bytes) -> tuple[str, dict[str, str]]:
    """Item id and SKU ids of a product with two variants."""
    photo = seller.good("/image/upload", files={"image": jpeg})["data"]["image"]["url"]
    data = seller.product("/product/create", _a_product(photo))["data"]
    return str(data["item_id"]), {row["seller_sku"]: str(row["sku_id"]) for row in data["sku_list"]}


def test_a_code_becomes_tokens_and_a_refresh_token_new_ones(seller: Seller) -> None:
    """Consent page, `/auth/token/create`, `/auth/token/refresh`, and the shop answers to the newest token."""
    seller.token = None
    given = seller.good("/auth/token/create", code=_consent(seller))
    renewed = seller.good("/auth/token/refresh", refresh_token=given["refresh_token"])
    assert given["country_user_info"][0]["seller_id"] == seller.keys["shop_id"]
    assert renewed["access_token"] != given["access_token"]
    assert seller.call("/auth/token/refresh", refresh_token=given["refresh_token"]).code == "IllegalRefreshToken"

    seller.token = given["access_token"]
    assert seller.call("/seller/get", "GET").code == "IllegalAccessToken"
    seller.token = renewed["access_token"]
    assert str(seller.good("/seller/get", "GET")["data"]["seller_id"]) == seller.keys["shop_id"]


def test_a_product_with_two_variants_is_listed_and_found(seller: Seller, jpeg: bytes) -> None:
    """A photo by multipart, a create with Thai text, `&`, `+` and `%`, and the read shows the same."""
    item_id, _ = _listed(seller, jpeg)
    assert seller.offers() == {"TEA-S": (120, 10), "TEA-L": (1250, 10)}
    found = seller.good("/products/get", "GET", filter="all", sku_seller_list='["TEA-S"]')["data"]["products"]
    assert [str(row["item_id"]) for row in found] == [item_id]
    assert found[0]["attributes"]["name"] == "ชาใบหม่อน & น้ำผึ้ง 100%"
    one = seller.good("/product/item/get", "GET", item_id=item_id)["data"]
    assert {row["SellerSku"] for row in one["skus"]} == {"TEA-S", "TEA-L"}


def test_price_and_stock_move(seller: Seller, jpeg: bytes) -> None:
    """Price by JSON, sellable stock by JSON, and both by the XML that old code sends."""
    item_id, ids = _listed(seller, jpeg)
    row = {"ItemId": item_id, "SkuId": ids["TEA-S"], "SellerSku": "TEA-S"}
    seller.product("/product/price_quantity/update", {"Skus": {"Sku": [row | {"Price": "135.50"}]}})
    seller.product("/product/stock/sellable/update", {"Skus": {"Sku": [row | {"SellableQuantity": "4"}]}})
    assert seller.offers()["TEA-S"] == (135.5, 4)

    sku = f"<ItemId>{item_id}</ItemId><SkuId>{ids['TEA-L']}</SkuId><Price>990</Price><Quantity>3</Quantity>"
    product = f"<Request><Product><Skus><Sku>{sku}</Sku></Skus></Product></Request>"
    seller.good("/product/price_quantity/update", payload=f'<?xml version="1.0" encoding="UTF-8"?>{product}')
    assert seller.offers()["TEA-L"] == (990, 3)


def test_an_order_is_packed_labelled_shipped_and_settled(seller: Seller, jpeg: bytes) -> None:
    """Orders read, lines read, pack, label, ready to ship; then the money rows and the statement."""
    _listed(seller, jpeg)
    order_id = seller.sim("orders", {"lines": [{"seller_sku": "TEA-S", "quantity": 2}]})["order_id"]
    since = (datetime.now(UTC) - timedelta(hours=1)).astimezone().isoformat(timespec="seconds")
    orders = seller.good("/orders/get", "GET", created_after=since, limit=50, offset=0)["data"]["orders"]
    assert [str(row["order_id"]) for row in orders] == [order_id]

    packages = _packed(seller, order_id)
    wanted = {"doc_type": "PDF", "packages": [{"package_id": one} for one in packages]}
    label = seller.good("/order/package/document/get", getDocumentReq=json.dumps(wanted))["result"]["data"]
    assert b"iframe" in base64.b64decode(label["file"])
    with httpx.Client(trust_env=False) as http:
        assert http.get(label["pdf_url"]).content.startswith(b"%PDF")
    ready = {"packages": [{"package_id": one} for one in packages]}
    sent = seller.good("/order/package/rts", readyToShipReq=json.dumps(ready))["result"]["data"]["packages"]
    assert [row["item_err_code"] for row in sent] == ["0"] * len(packages)
    assert seller.good("/order/get", "GET", order_id=order_id)["data"]["statuses"] == ["ready_to_ship"]
    _is_settled(seller, order_id)


def _packed(seller: Seller, order_id: str) -> list[str]:
    """Packages of the order's lines."""
    lines = seller.good("/order/items/get", "GET", order_id=order_id)["data"]
    assert [row["sku"] for row in lines] == ["TEA-S", "TEA-S"]
    wanted = [{"order_id": int(order_id), "order_item_list": [row["order_item_id"] for row in lines]}]
    how = seller.good("/order/shipment/providers/get", getShipmentProvidersReq=json.dumps({"orders": wanted}))
    kind = how["result"]["data"]["shipping_allocate_type"]
    asked = {"pack_order_list": wanted, "delivery_type": "dropship", "shipping_allocate_type": kind}
    made = seller.good("/order/fulfill/pack", packReq=json.dumps(asked))["result"]["data"]["pack_order_list"]
    rows = made[0]["order_item_list"]
    assert {row["item_err_code"] for row in rows} == {"0"}
    assert all(row["tracking_number"] for row in rows)
    return sorted({row["package_id"] for row in rows})


def _is_settled(seller: Seller, order_id: str) -> None:
    seller.sim(f"orders/{order_id}/advance", {"to": "delivered"})
    day = datetime.now(UTC)
    span = {"start_time": f"{day - timedelta(days=1):%Y-%m-%d}", "end_time": f"{day + timedelta(days=1):%Y-%m-%d}"}
    rows = seller.good("/finance/transaction/details/get", "GET", **span)["data"]
    assert {row["order_no"] for row in rows} == {order_id}
    assert sorted({row["fee_name"] for row in rows}) == ["Commission", "Item Price Credit", "Payment Fee"]
    seller.sim("clock", {"advance_s": 8 * 86_400})
    paid = seller.good("/finance/payout/status/get", "GET", created_after=span["start_time"])["data"]
    assert paid[0]["payout"].endswith(" THB")


def test_a_refusal_reaches_the_caller_with_its_own_words(seller: Seller, jpeg: bytes) -> None:
    """Business errors arrive as `type`, `code`, `message`, `detail`; HTTP says 200."""
    item_id, _ = _listed(seller, jpeg)
    row = {"ItemId": item_id, "SkuId": "1", "SellableQuantity": "4"}
    payload = json.dumps({"Request": {"Product": {"Skus": {"Sku": [row]}}}})
    answer = seller.call("/product/stock/sellable/update", payload=payload)
    assert (answer.type, answer.code) == ("ISP", "501")
    assert answer.body["detail"][0]["sku"] == "1"


def test_gateway_refusals_are_the_gateways(seller: Seller) -> None:
    """A wrong secret, an unknown app, no token, an API that went offline: each has its recorded code."""
    assert seller.call("/order/pack", order_item_ids="[1]", delivery_type="dropship").code == "InvalidApiPath"
    token, seller.token = seller.token, None
    assert seller.call("/seller/get", "GET").code == "MissingParameter"
    seller.token = token
    seller.client = seller.lazop.LazopClient(seller.server.base_url, seller.keys["app_key"], "wrong")
    assert seller.call("/seller/get", "GET").code == "IncompleteSignature"
    seller.client = seller.lazop.LazopClient(seller.server.base_url, "1", "wrong")
    assert seller.call("/seller/get", "GET").code == "InvalidAppKey"


def test_debug_calls_are_signed_like_any_other(seller: Seller) -> None:
    """At debug level the client adds `debug=true` to what it signs, and is answered."""
    seller.client.log_level = "DEBUG"
    assert seller.good("/seller/get", "GET")["data"]["name"]

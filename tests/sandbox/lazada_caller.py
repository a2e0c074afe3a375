"""A caller of the practice Lazada that signs by itself, and products to send."""

import hashlib
import hmac
import io
import json
import time
from typing import Any

import httpx
from PIL import Image

from sandbox.market.server import Server


def signature(path: str, params: dict[str, str], secret: str) -> str:
    """The recorded algorithm, written here a second time on purpose."""
    text = path + "".join(f"{name}{params[name]}" for name in sorted(params))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def photo(colour: str = "teal", size: tuple[int, int] = (400, 400), kind: str = "JPEG") -> bytes:
    """The bytes of a plain picture."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


class Caller:
    """Speaks for one shop of a served practice Lazada."""

    def __init__(self, server: Server, name: str = "Practice shop") -> None:
        self.server = server
        self.keys = server.credentials(name)
        self.http = httpx.Client(timeout=10, trust_env=False)

    def params(self, path: str, **more: str) -> dict[str, str]:
        """System and business parameters, signed."""
        params = {
            "app_key": self.keys["app_key"], "timestamp": str(int(time.time() * 1000)),
            "sign_method": "sha256", "access_token": self.keys["access_token"], **more,
        }  # fmt: skip
        params = {name: value for name, value in params.items() if value != ""}
        return params | {"sign": signature(path, params, self.keys["app_secret"])}

    def get(self, path: str, **more: Any) -> dict[str, Any]:
        texts = {name: str(value) for name, value in more.items()}
        answer: dict[str, Any] = self.http.get(self.keys["base_url"] + path, params=self.params(path, **texts)).json()
        return answer

    def post(self, path: str, **more: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.post(self.keys["base_url"] + path, data=self.params(path, **more)).json()
        return answer

    def payload(self, path: str, product: dict[str, Any]) -> dict[str, Any]:
        """A write with a JSON payload."""
        return self.post(path, payload=json.dumps({"Request": {"Product": product}}, ensure_ascii=False))

    def upload(self, content: bytes) -> dict[str, Any]:
        path = "/image/upload"
        answer: dict[str, Any] = self.http.post(
            self.keys["base_url"] + path, data=self.params(path), files={"image": ("a.jpg", content)}
        ).json()
        return answer

    def sim(self, path: str, body: Any = None) -> dict[str, Any]:
        """The control surface; POST with a body, GET without."""
        url = f"{self.server.url}/_sim/{path}"
        answer = self.http.get(url) if body is None else self.http.post(url, json=body)
        found: dict[str, Any] = answer.json()
        return found

    def create(self, product: dict[str, Any]) -> dict[str, Any]:
        return self.payload("/product/create", product)

    def made(self, **changes: Any) -> tuple[str, list[str]]:
        """Item id and SKU ids of a product just created; SKU ids in the order sent."""
        product = a_product(self, **changes)
        data = self.create(product)["data"]
        ids = {row["seller_sku"]: str(row["sku_id"]) for row in data["sku_list"]}
        return str(data["item_id"]), [ids[row["SellerSku"]] for row in product["Skus"]["Sku"]]

    def first_sku(self, seller_sku: str = "TEA-50") -> dict[str, Any]:
        """The SKU as `/products/get` shows it."""
        data = self.get("/products/get", filter="all", sku_seller_list=json.dumps([seller_sku]))["data"]
        rows = data["products"][0]["skus"]
        return next(row for row in rows if row["SellerSku"] == seller_sku)


def a_sku(seller_sku: str = "TEA-50", **changes: Any) -> dict[str, Any]:
    """A SKU that Lazada takes."""
    return {
        "SellerSku": seller_sku, "quantity": "10", "price": "120.00", "package_height": "5",
        "package_length": "10", "package_width": "10", "package_weight": "0.20",
    } | changes  # fmt: skip


def a_product(caller: Caller, *skus: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A product that Lazada takes, with its photo uploaded."""
    url = caller.upload(photo())["data"]["image"]["url"]
    return {
        "PrimaryCategory": "10000032", "Images": {"Image": [url]},
        "Attributes": {"name": "ชาใบหม่อน 50 กรัม", "brand": "No Brand", "description": "<p>หอมกรุ่น</p>"},
        "Skus": {"Sku": list(skus) or [a_sku()]},
    } | changes  # fmt: skip


def two_sizes(**changes: Any) -> dict[str, Any]:
    """What to add to `a_product` for two SKUs that differ in size."""
    return {
        "variation": {"Variation1": {
            "name": "ขนาด", "hasImage": False, "customize": True, "options": {"option": ["เล็ก", "ใหญ่"]},
        }},
        "Skus": {"Sku": [
            a_sku("TEA-S", saleProp={"ขนาด": "เล็ก"}), a_sku("TEA-L", saleProp={"ขนาด": "ใหญ่"}, price="1250.00"),
        ]},
    } | changes  # fmt: skip

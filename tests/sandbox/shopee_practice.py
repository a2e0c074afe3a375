"""A seller's app for the Shopee practice tests: signs by itself, from the page, and builds small bodies."""

import hashlib
import hmac
import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
from PIL import Image

DESCRIPTION = "ขนมไทยทำมือจากชุมชนไทรม้า จังหวัดนนทบุรี หวานน้อย ไม่ใส่สารกันบูด เก็บได้ 14 วัน ในที่แห้ง"
PUBLIC = ("auth/", "public/", "push/", "media_space/upload_image")


def hmac_hex(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def picture(kind: str = "JPEG", colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, kind)
    return out.getvalue()


class Seller:
    """Speaks for one shop."""

    def __init__(self, url: str, credentials: dict[str, str]) -> None:
        self.url, self.app_key, self.secret = url, credentials["app_key"], credentials["app_secret"]
        self.push_key, self.shop_id = credentials["push_key"], credentials["shop_id"]
        self.access, self.refresh = credentials["access_token"], credentials["refresh_token"]
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=10)
        self.skew_s = 0.0

    def common(self, path: str, **changes: str | None) -> dict[str, str]:
        """Signed common parameters; `changes` spoil one on purpose (None removes it)."""
        stamp = str(int(time.time() + self.skew_s))
        query = {"partner_id": self.app_key, "timestamp": stamp}
        if not path.removeprefix("/api/v2/").startswith(PUBLIC):
            query |= {"access_token": self.access, "shop_id": self.shop_id}
        query |= {k: v for k, v in changes.items() if v is not None}
        order = ("access_token", "shop_id")
        base = query["partner_id"] + path + query["timestamp"] + "".join(query.get(k, "") for k in order)
        query.setdefault("sign", hmac_hex(self.secret, base))
        return {k: v for k, v in query.items() if changes.get(k, "") is not None}

    def raw(self, method: str, name: str, query: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        path = f"/api/v2/{name}"
        return self.http.request(method, path, params={**self.common(path), **(query or {})}, **more)

    def get(self, name: str, **query: Any) -> dict[str, Any]:
        return self.raw("GET", name, query).json()

    def post(self, name: str, body: Any) -> dict[str, Any]:
        return self.raw("POST", name, json=body).json()

    def upload(self, content: bytes | None = None) -> str:
        files = [("image", ("a.jpg", content or picture(), "image/jpeg"))]
        answer = self.raw("POST", "media_space/upload_image", files=files).json()
        assert answer["error"] == "", answer
        return answer["response"]["image_info"]["image_id"]

    def item(self, **changes: Any) -> dict[str, Any]:
        """An acceptable add_item body; None removes a field."""
        body = {
            "item_name": "ขนมผิงไทรม้า กล่องใหญ่",
            "description": DESCRIPTION,
            "original_price": 259,
            "weight": 0.3,
            "category_id": 100713,
            "image": {"image_id_list": changes.pop("images", None) or [self.upload()]},
            "logistic_info": [{"logistic_id": 7032, "enabled": True}],
            "seller_stock": [{"stock": 5}],
            "brand": {"brand_id": 0, "original_brand_name": "NoBrand"},
            "item_sku": "PHING",
        }
        return {k: v for k, v in (body | changes).items() if v is not None}

    def add(self, **changes: Any) -> int:
        answer = self.post("product/add_item", self.item(**changes))
        assert answer["error"] == "", answer
        return answer["response"]["item_id"]

    def add_with_models(self, *models: dict[str, Any], colours: tuple[str, ...] = ("แดง", "ดำ")) -> int:
        """A listing with one tier; the practice market must be told not to wait."""
        item_id = self.add()
        answer = self.post("product/init_tier_variation", tiers_body(item_id, colours, *models))
        assert answer["error"] == "", answer
        return item_id

    def models(self, item_id: int) -> list[dict[str, Any]]:
        return self.get("product/get_model_list", item_id=item_id)["response"]["model"]

    def base(self, item_id: int) -> dict[str, Any]:
        return self.get("product/get_item_base_info", item_id_list=item_id)["response"]["item_list"][0]

    def sim(self, path: str, body: Any = None, method: str = "POST") -> Any:
        return self.http.request(method, f"/_sim/{path}", json=body).json()

    def state(self) -> dict[str, Any]:
        return self.sim("state", method="GET")

    def buy(self, seller_sku: str, quantity: int = 1, paid: bool = True) -> str:
        lines = [{"seller_sku": seller_sku, "quantity": quantity}]
        return self.sim("orders", {"lines": lines, "paid": paid})["order_id"]

    def order(self, order_sn: str, *fields: str) -> dict[str, Any]:
        query = {"order_sn_list": order_sn} | ({"response_optional_fields": ",".join(fields)} if fields else {})
        return self.get("order/get_order_detail", **query)["response"]["order_list"][0]


def tier(name: str, *options: str, images: tuple[str, ...] = ()) -> dict[str, Any]:
    rows = [{"variation_option_id": 0, "variation_option_name": option} for option in options]
    for row, image in zip(rows, images, strict=False):
        row["image_id"] = image
    return {"variation_id": 0, "variation_name": name, "variation_group_id": 0, "variation_option_list": rows}


def model(place: list[int], sku: str, price: float = 259, stock: int = 5) -> dict[str, Any]:
    return {"tier_index": place, "original_price": price, "model_sku": sku, "seller_stock": [{"stock": stock}]}


def tiers_body(item_id: int, colours: tuple[str, ...], *models: dict[str, Any]) -> dict[str, Any]:
    rows = list(models) or [model([at], f"C-{at}") for at in range(len(colours))]
    return {"item_id": item_id, "standardise_tier_variation": [tier("สี", *colours)], "model": rows}


def until(true: Any, within_s: float = 5.0) -> Any:
    """The first truthy answer of `true()`; fails after a while."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


@contextmanager
def listener(status: int = 204) -> Iterator[tuple[str, list[tuple[bytes, str]]]]:
    """A push receiver on this machine: its URL and what it got, as (body, Authorization)."""
    got: list[tuple[bytes, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((body, self.headers["Authorization"] or ""))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/shopee/push", got
    finally:
        server.shutdown()
        server.server_close()

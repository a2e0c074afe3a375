"""A seller's day with `pyshopee2`, an independent Shopee client; only its host is ours.

The client is from 2024 and in places older. Where it sends what Shopee has withdrawn, the practice marketplace
must say what Shopee says, and these tests pin that; where the client cannot say a thing at all (a file upload, a
binary answer), its own signed address is used with a plain HTTP client.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox.market.server import Server, running

BACK = "https://app.example.test/shopee/back"
WORDS = "ขนมไทยทำมือจากชุมชนไทรม้า จังหวัดนนทบุรี หวานน้อย ไม่ใส่สารกันบูด เก็บได้ 14 วัน ในที่แห้ง"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running("shopee") as served:
        yield served


class Seller:
    """One shop behind `pyshopee2.Client`; `_build_request` is the client's own way to sign."""

    def __init__(self, server: Server) -> None:
        from pyshopee2 import Client

        self.server, self.keys = server, server.credentials("ร้านฝึก", "ร้านฝึก")
        number, key = self.keys["app_key"], self.keys["app_secret"]
        self.client = Client(self.keys["shop_id"], number, key, BACK, access_token=self.keys["access_token"])
        self.client.host = server.url

    def direct(self, uri: str, method: str, body: dict[str, Any] | None = None, **parts: Any) -> httpx.Response:
        """The client's own signed request, sent without its reading of the answer."""
        request = self.client._build_request(uri, method, body)
        if body and method == "POST":
            parts["json"] = body
        with httpx.Client(trust_env=False) as http:
            return http.request(method, request.url, **parts)

    def upload(self, jpeg: bytes) -> str:
        """Image id of a photo."""
        answer = self.direct("media_space/upload_image", "POST", files={"image": ("a.jpg", jpeg, "image/jpeg")})
        return str(good(answer.json())["image_info"]["image_id"])

    def sim(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The practice marketplace's control surface."""
        url = f"{self.server.url}/_sim/{path}"
        with httpx.Client(trust_env=False) as http:
            return (http.get(url) if body is None else http.post(url, json=body)).json()

    def offers(self) -> dict[str, tuple[Any, Any]]:
        """Seller SKU -> price and stock."""
        return {row["seller_sku"]: (row["price"], row["stock"]) for row in self.sim("state")["listings"]}

    def wait(self, seconds: float) -> None:
        """Time passes in the marketplace, within what its gateway allows a caller's clock to differ."""
        self.sim("clock", {"advance_s": seconds})


@pytest.fixture
def seller(server: Server, _browser: None) -> Seller:
    server.market.reset(1)
    return Seller(server)


def good(answer: dict[str, Any]) -> Any:
    """The payload of an answer that says yes."""
    assert answer["error"] == "", answer
    assert answer["request_id"]
    return answer.get("response")


def _an_item(seller: Seller, jpeg: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "item_name": "ขนมผิงไทรม้า กล่องใหญ่",
        "description": WORDS,
        "original_price": 259,
        "weight": 0.3,
        "category_id": 100713,
        "image": {"image_id_list": [seller.upload(jpeg)]},
        "logistic_info": [{"logistic_id": 7032, "enabled": True}],
        "seller_stock": [{"stock": 5}],
        "brand": {"brand_id": 0, "original_brand_name": "NoBrand"},
        "item_sku": "PHING",
    } | changes


def _models() -> list[dict[str, Any]]:
    rows = [("PHING-S", 259, 5), ("PHING-L", 459, 3)]
    return [
        {"tier_index": [at], "original_price": price, "model_sku": sku, "seller_stock": [{"stock": stock}]}
        for at, (sku, price, stock) in enumerate(rows)
    ]


def _listed(seller: Seller, jpeg: bytes) -> tuple[int, dict[str, int]]:
    """Item id and model ids of a listing with two variants, declared the way old clients do."""
    item_id = good(seller.client.product.add_item(**_an_item(seller, jpeg)))["item_id"]
    seller.wait(6)
    tiers = [{"name": "ขนาด", "option_list": [{"option": "เล็ก"}, {"option": "ใหญ่"}]}]
    made = seller.client.product.init_tier_variation(item_id=item_id, tier_variation=tiers, model=_models())
    return item_id, {row["model_sku"]: row["model_id"] for row in good(made)["model"]}


def test_a_code_becomes_tokens_and_a_refresh_token_new_ones(seller: Seller) -> None:
    """The signed consent link, the code it brings back, both token calls, and a shop call with the newest."""
    link = seller.client.shop_authorization(BACK)
    with httpx.Client(base_url=seller.server.url, trust_env=False) as http:
        assert "ร้านฝึก" in http.get(link).text
        back = http.post("/auth", data={"shop_id": seller.keys["shop_id"], "redirect_uri": BACK})
    brought = parse_qs(urlsplit(back.headers["location"]).query)
    assert brought["shop_id"] == [seller.keys["shop_id"]]

    seller.client.code = brought["code"][0]
    first, lasts_s, refresh = seller.client.get_token()
    assert lasts_s == 14_400
    keys = seller.keys["shop_id"], seller.keys["app_key"], seller.keys["app_secret"]
    second, _, _ = seller.client.get_access_token(*keys, refresh)
    assert second != first
    info = seller.client.shop.get_shop_info()
    assert (info["error"], info["shop_name"], info["region"]) == ("", "ร้านฝึก", "TH")


def test_a_listing_with_two_variants_is_made_and_found(seller: Seller, jpeg: bytes) -> None:
    """add_item, the withdrawn `tier_variation` shape that still works, and four reads that agree."""
    item_id, models = _listed(seller, jpeg)
    assert seller.offers() == {"PHING-S": (259, 5), "PHING-L": (459, 3)}
    listed = good(seller.client.product.get_item_list(offset=0, page_size=10, item_status="NORMAL"))
    assert [row["item_id"] for row in listed["item"]] == [item_id]
    (base,) = good(seller.client.product.get_item_base_info(item_id_list=item_id))["item_list"]
    assert (base["has_model"], base["item_sku"]) == (True, "PHING")
    read = good(seller.client.product.get_model_list(item_id=item_id))["model"]
    assert {row["model_sku"]: row["model_id"] for row in read} == models
    assert good(seller.client.product.search_item(page_size=10, item_name="ไทรม้า"))["item_id_list"] == [item_id]


def test_price_stock_and_visibility_move(seller: Seller, jpeg: bytes) -> None:
    """update_price, update_stock, unlist and list again, delete."""
    item_id, models = _listed(seller, jpeg)
    prices = [{"model_id": models["PHING-S"], "original_price": 279}]
    good(seller.client.product.update_price(item_id=item_id, price_list=prices))
    stock = [{"model_id": models["PHING-L"], "seller_stock": [{"stock": 9}]}]
    good(seller.client.product.update_stock(item_id=item_id, stock_list=stock))
    assert seller.offers() == {"PHING-S": (279, 5), "PHING-L": (459, 9)}

    for hidden, status in ((True, "UNLIST"), (False, "NORMAL")):
        good(seller.client.product.unlist_item(item_list=[{"item_id": item_id, "unlist": hidden}]))
        assert {row["status"] for row in seller.sim("state")["listings"]} == {status}
    good(seller.client.product.delete_item(item_id=item_id))
    assert seller.offers() == {}


def test_an_order_is_shipped_labelled_and_settled(seller: Seller, jpeg: bytes) -> None:
    """List, detail, shipping parameter, ship, tracking number, label, escrow."""
    _listed(seller, jpeg)
    order_sn = seller.sim("orders", {"lines": [{"seller_sku": "PHING-S", "quantity": 2}]})["order_id"]
    now = int(time.time())
    window = {"time_range_field": "create_time", "time_from": now - 3600, "time_to": now + 60, "page_size": 20}
    listed = good(seller.client.order.get_order_list(**window))
    assert [row["order_sn"] for row in listed["order_list"]] == [order_sn]
    (whole,) = good(seller.client.order.get_order_detail(order_sn_list=order_sn, response_optional_fields="item_list"))[
        "order_list"
    ]
    assert [row["model_quantity_purchased"] for row in whole["item_list"]] == [2]

    asked = good(seller.client.logistics.get_shipping_parameter(order_sn=order_sn))
    address = asked["pickup"]["address_list"][0]
    slot = address["time_slot_list"][0]["pickup_time_id"]
    pickup = {"address_id": address["address_id"], "pickup_time_id": slot}
    good(seller.client.logistics.ship_order(order_sn=order_sn, pickup=pickup))
    again = seller.client.logistics.ship_order(order_sn=order_sn, pickup=pickup)
    assert again["error"] == "logistics.package_already_shipped"
    seller.wait(3)
    seller.wait(3)
    _is_labelled(seller, order_sn)
    _is_settled(seller, order_sn)


def _is_labelled(seller: Seller, order_sn: str) -> None:
    ways = seller.client.logistics
    number = good(ways.get_tracking_number(order_sn=order_sn))["tracking_number"]
    assert number
    row = {"order_sn": order_sn, "tracking_number": number, "shipping_document_type": "NORMAL_AIR_WAYBILL"}
    good(ways.create_shipping_document(order_list=[row]))
    seller.wait(3)
    state = good(ways.get_shipping_document_result(order_list=[{"order_sn": order_sn}]))["result_list"]
    assert [one["status"] for one in state] == ["READY"]
    body = {"shipping_document_type": "NORMAL_AIR_WAYBILL", "order_list": [{"order_sn": order_sn}]}
    # The answer is a PDF, as from Shopee; this client reads every answer as JSON and cannot take it.
    with pytest.raises(json.JSONDecodeError):
        ways.download_shipping_document(**body)
    assert seller.direct("logistics/download_shipping_document", "POST", body).content.startswith(b"%PDF")


def _is_settled(seller: Seller, order_sn: str) -> None:
    seller.sim(f"orders/{order_sn}/advance", {"to": "COMPLETED"})
    now = int(time.time())
    page = good(seller.client.payment.get_escrow_list(release_time_from=now - 3600, release_time_to=now + 3600))
    (released,) = page["escrow_list"]
    income = good(seller.client.payment.get_escrow_detail(order_sn=order_sn))["order_income"]
    assert (released["order_sn"], released["payout_amount"]) == (order_sn, income["escrow_amount"])
    assert 0 < income["escrow_amount"] < 2 * 259


# -- where the client is older than the marketplace


def test_a_photo_sent_as_json_is_not_found(seller: Seller) -> None:
    """The client has no file upload: its JSON body is answered as the gateway answers one (typo theirs)."""
    answer = seller.client.mediaspace.upload_image(image="aGVsbG8=")
    assert (answer["error"], answer["message"]) == ("prodct.error_param", "can't find image file")


def test_normal_stock_is_not_stock_any_more(seller: Seller, jpeg: bytes) -> None:
    """The field removed in 2022 is ignored on a create and leaves an update without a number; nothing is zeroed."""
    old = {key: value for key, value in _an_item(seller, jpeg, normal_stock=7).items() if key != "seller_stock"}
    item_id = good(seller.client.product.add_item(**old))["item_id"]
    assert seller.offers()["PHING"] == (259, 0)
    good(
        seller.client.product.update_stock(
            item_id=item_id, stock_list=[{"model_id": 0, "seller_stock": [{"stock": 4}]}]
        )
    )
    answer = seller.client.product.update_stock(item_id=item_id, stock_list=[{"model_id": 0, "normal_stock": 9}])
    assert answer["error"] == "product.error_param"
    assert "SellerStock" in answer["message"]
    assert seller.offers()["PHING"] == (259, 4)


def test_a_list_in_brackets_does_not_parse(seller: Seller, jpeg: bytes) -> None:
    """A Python list in the query reads as text with brackets, which a number parser refuses."""
    item_id, _ = _listed(seller, jpeg)
    answer = seller.client.product.get_item_base_info(item_id_list=[item_id])
    assert answer["error"] == "error_param"
    assert "strconv.ParseInt" in answer["message"]


def test_ids_as_text_do_not_decode(seller: Seller, jpeg: bytes) -> None:
    """JSON types are strict: an id in quotes is refused by name."""
    item_id, _ = _listed(seller, jpeg)
    answer = seller.client.product.delete_item(item_id=str(item_id))
    assert "cannot unmarshal string into Go struct field" in answer["message"]


def test_withdrawn_calls_are_offline_and_unknown_paths_are_404(seller: Seller) -> None:
    """`get_attributes` is retired, and the gateway says so; paths that never were answer 404."""
    retired = seller.client.product.get_attributes(category_id=100713)
    assert retired["error"] == "error_param"
    assert "currently offline" in retired["message"]
    for answer in (seller.client.public.get_shop_by_partner(), seller.client.returns.get_return_list(page_no=1)):
        assert answer["error"] == 404


def test_a_spent_refresh_token_is_refused_and_the_client_trips_over_it(seller: Seller) -> None:
    """The refusal has no tokens in it; this client looks for them all the same."""
    keys = seller.keys["shop_id"], seller.keys["app_key"], seller.keys["app_secret"]
    seller.client.get_access_token(*keys, seller.keys["refresh_token"])
    with pytest.raises(KeyError, match="access_token"):
        seller.client.get_access_token(*keys, seller.keys["refresh_token"])
    seller.server.market.reset(1)


def test_a_wrong_key_is_refused_by_the_signature(seller: Seller) -> None:
    """error_sign, before anything about the shop is looked at."""
    seller.client.partner_key = "shpkwrong"
    assert seller.client.shop.get_shop_info()["error"] == "error_sign"

"""Class mode: a teacher opens it, refused calls appear with hints, and nothing secret is shown."""

from collections.abc import Iterator

import httpx
import pytest
from lazada_caller import Caller, a_product, a_sku
from shopee_practice import Seller

from sandbox.lazada.hints import HINTS as LAZADA_HINTS
from sandbox.market.server import Server, running
from sandbox.shopee.hints import HINTS as SHOPEE_HINTS


@pytest.fixture(params=["lazada", "shopee"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running(request.param) as served:
        served.credentials("ร้านเดิม")
        yield served


def start(server: Server, **body: object) -> dict:
    return httpx.post(f"{server.url}/_sim/class", json=body, trust_env=False).json()


def page(server: Server) -> str:
    answer = httpx.get(f"{server.url}/class", trust_env=False)
    assert answer.status_code == 200
    return answer.text


def refused(server: Server) -> list[dict]:
    return httpx.get(f"{server.url}/_sim/class", trust_env=False).json()["refused"]


def test_a_class_starts_with_exactly_its_shops(server: Server) -> None:
    """Named ones, in both forms; without names three; each can be connected, and hints can stay off."""
    given = start(server, hints=True, shops=["บ้านนา", {"name": "weavers", "name_th": "กลุ่มทอผ้า"}])
    assert [(shop["name"], shop["name_th"]) for shop in given["shops"]] == [
        ("บ้านนา", "บ้านนา"),
        ("weavers", "กลุ่มทอผ้า"),
    ]
    assert all(shop["access_token"] for shop in given["shops"])
    assert "ยังไม่มีคำสั่งที่ถูกปฏิเสธ" in page(server)
    assert len(start(server, hints=False)["shops"]) == 3
    assert "ยังไม่ได้เปิดโหมดห้องเรียน" in page(server)
    assert "error" in start(server, shops=[" "])


def test_a_wrong_signature_is_explained_without_its_secret() -> None:
    """Time, path, code, the marketplace's words and what to look at; never a key, a token or a signature."""
    with running("lazada") as server:
        start(server, hints=True, shops=["ร้านฝึก"])
        caller = Caller(server, "ร้านฝึก")
        caller.keys["app_secret"] = "not-the-secret"
        answer = caller.get("/seller/get")
        text = page(server)
        assert answer["code"] == "IncompleteSignature"
        assert LAZADA_HINTS["IncompleteSignature"].th in text
        assert LAZADA_HINTS["IncompleteSignature"].look_en in text
        keys = server.credentials("ร้านฝึก")
        secret = [keys["app_secret"], keys["access_token"], keys["refresh_token"], "not-the-secret"]
        assert [word for word in secret if word in text or word in str(refused(server))] == []


def test_each_refused_field_of_a_lazada_product_has_its_hint() -> None:
    """A create with two mistakes shows both, newest first; good calls leave nothing."""
    with running("lazada") as server:
        start(server, hints=True, shops=["ร้านฝึก"])
        caller = Caller(server, "ร้านฝึก")
        caller.create(a_product(caller, a_sku(price="0", package_weight="50")))
        found = refused(server)
        assert {row["code"] for row in found} == {"4118", "4164"}
        assert {row["hint"]["th"] for row in found} == {LAZADA_HINTS["4118"].th, LAZADA_HINTS["4164"].th}
        assert {(row["path"], row["shop"]) for row in found} == {("/product/create", "ร้านฝึก")}
        caller.made()
        assert len(refused(server)) == 2


def test_a_shopee_refusal_and_its_rows_are_explained() -> None:
    """A title too short, a stock row of an unknown model, and a path that is offline."""
    with running("shopee") as server:
        start(server, hints=True, shops=["ร้านฝึก"])
        seller = Seller(server.url, server.credentials("ร้านฝึก"))
        item = seller.add()
        seller.post("product/add_item", seller.item(item_name="ก"))
        stock = {"item_id": item, "stock_list": [{"model_id": 77, "seller_stock": [{"stock": 1}]}]}
        seller.post("product/update_stock", stock)
        seller.get("product/get_attributes")
        codes = [row["code"] for row in refused(server)]
        assert codes[0] == "error_param"
        assert codes[2] == "error_item_name_is_too_short"
        assert SHOPEE_HINTS["error_item_name_is_too_short"].look_th in page(server)


def test_a_reset_forgets_what_was_refused(server: Server) -> None:
    """The list is empty again, and the class goes on."""
    start(server, hints=True, shops=["ร้านฝึก"])
    path = "/rest/seller/get" if server.market.channel == "lazada" else "/api/v2/shop/get_shop_info"
    httpx.get(f"{server.url}{path}", trust_env=False)
    assert len(refused(server)) == 1
    httpx.post(f"{server.url}/_sim/reset", json={"seed": 1}, trust_env=False)
    assert refused(server) == []
    assert "ยังไม่มีคำสั่งที่ถูกปฏิเสธ" in page(server)

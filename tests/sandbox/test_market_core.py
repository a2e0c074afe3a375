"""The shared core of the practice marketplaces: control surface, faults, keeping, the shop front."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from toy_market import ToyMarket, toy_server

from sandbox.market.faults import KINDS, Faults
from sandbox.market.persist import load, save
from sandbox.market.server import Server
from sandbox.market.shop import PAID, SHIPPED, UNPAID, Listing, OrderUnit, Shop, Sku


@pytest.fixture
def toy() -> Iterator[Server]:
    server = toy_server()
    yield server
    server.stop()


@pytest.fixture
def http(toy: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=toy.url, timeout=5, trust_env=False) as client:
        yield client


def token(toy: Server) -> str:
    return toy.credentials("Toys")["access_token"]


def look(toy: Server, http: httpx.Client) -> Any:
    return http.get("/api/look", params={"token": token(toy)}).json().get("stock")


def write(toy: Server, http: httpx.Client, stock: int) -> httpx.Response:
    return http.post("/api/stock", params={"token": token(toy)}, json={"stock": stock})


def order(http: httpx.Client, quantity: int = 1, **more: Any) -> httpx.Response:
    return http.post("/_sim/orders", json={"lines": [{"seller_sku": "TEA", "quantity": quantity}], **more})


# -- stock --------------------------------------------------------------------------------------------------


def test_units_move_between_sellable_withheld_and_occupied() -> None:
    """The total changes only when goods leave; a repeated step changes nothing."""
    sku = Sku("A", "o1", 100, sellable=5)
    shop = Shop("s", "S", listings={"l": Listing("l", "t", "live", skus=[sku])})
    unit = OrderUnit("u", "l", "o1", "A", "t", 100, "new", stage="")
    seen = []
    for stage in (UNPAID, PAID, PAID, SHIPPED):
        shop.move(unit, stage)
        seen.append((sku.sellable, sku.withheld, sku.occupied, sku.total))
    assert seen == [(4, 1, 0, 5), (4, 0, 1, 5), (4, 0, 1, 5), (4, 0, 0, 4)]


# -- control surface ----------------------------------------------------------------------------------------


def test_state_shows_listings_orders_and_calls(toy: Server, http: httpx.Client) -> None:
    """Rows have the agreed fields; control calls are not counted."""
    look(toy, http)
    order_id = order(http, 2).json()["order_id"]
    state = http.get("/_sim/state").json()
    row = state["listings"][0]
    assert {name: row[name] for name in ("seller_sku", "title", "price", "stock", "held", "status")} == {
        "seller_sku": "TEA", "title": "ชาใบหม่อน", "price": 120, "stock": 8, "held": 2, "status": "live"
    }  # fmt: skip
    assert state["orders"][0]["order_id"] == order_id
    assert state["orders"][0]["lines"] == [{"seller_sku": "TEA", "quantity": 2, "price": 120}]
    assert state["calls"] == {"/api/look": 1}
    shop_id = row["shop_id"]
    assert http.get("/_sim/calls").json()["shops"] == {shop_id: {"/api/look": 1}}
    http.post("/_sim/calls/reset")
    assert http.get("/_sim/calls").json()["calls"] == {}


def test_an_order_that_cannot_be_sold_changes_nothing(http: httpx.Client) -> None:
    """409 and the reason: sold out, unknown, not live."""
    http.post("/_sim/edit", json={"seller_sku": "TEA", "stock": 1})
    assert (order(http, 2).status_code, order(http, 2).json()["reason"]) == (409, "sold_out")
    unknown = http.post("/_sim/orders", json={"lines": [{"seller_sku": "NO"}]})
    assert (unknown.status_code, unknown.json()["reason"]) == (409, "unknown_sku")
    http.post("/_sim/edit", json={"seller_sku": "TEA", "status": "hidden"})
    assert order(http).json()["reason"] == "not_live"
    assert http.get("/_sim/state").json()["orders"] == []


def test_an_edit_by_hand_shows(http: httpx.Client) -> None:
    """Price, stock and title become what was typed; an unknown SKU is 404."""
    body = {"seller_sku": "TEA", "price": "99.50", "stock": 3, "title": "ใหม่"}
    row = http.post("/_sim/edit", json=body).json()
    assert (row["price"], row["stock"], row["title"]) == (99.5, 3, "ใหม่")
    assert http.post("/_sim/edit", json={"seller_sku": "NO"}).status_code == 404


def test_time_moves_on_and_unpaid_orders_end(http: httpx.Client) -> None:
    """Half an hour later the withheld units are sellable again."""
    order(http, 4, paid=False)
    before = http.get("/_sim/state").json()
    now = http.post("/_sim/clock", json={"advance_s": 1801}).json()["now"]
    after = http.get("/_sim/state").json()
    assert now - before["now"] >= 1801
    assert (before["listings"][0]["held"], after["listings"][0]["held"]) == (4, 0)
    assert after["orders"][0]["status"] == "canceled"


def test_advance_answers_the_status_or_409(http: httpx.Client) -> None:
    """The channel's own words; a step that cannot be is refused; an unknown order is 404."""
    path = f"/_sim/orders/{order(http).json()['order_id']}/advance"
    assert http.post(path, json={"to": "shipped"}).json() == {"status": "shipped"}
    assert http.post(path, json={"to": "eaten"}).status_code == 409
    assert http.post("/_sim/orders/1/advance", json={"to": "shipped"}).status_code == 404


def test_a_name_opens_a_shop_once(toy: Server, http: httpx.Client) -> None:
    """The same name gives the same credentials; another name another shop; state narrows by shop."""
    first = http.post("/_sim/shops", json={"name": "บ้านใหม่"}).json()
    assert http.post("/_sim/shops", json={"name": "บ้านใหม่"}).json() == first
    assert set(first) == {
        "base_url", "app_key", "app_secret", "shop_id", "access_token", "refresh_token", "push_key"
    }  # fmt: skip
    assert http.get("/_sim/state", params={"shop_id": first["shop_id"]}).json()["listings"] == []
    assert http.get("/_sim/state", params={"shop_id": "0"}).status_code == 404
    assert len(http.get("/_sim/state").json()["shops"]) == 2


def test_reset_empties_the_shops_and_keeps_their_tokens(toy: Server, http: httpx.Client) -> None:
    """No listing, order, call or fault is left; the shop's credentials still work."""
    keys = toy.credentials("Toys")
    order(http)
    http.post("/_sim/faults", json={"kind": "html", "times": None})
    http.post("/_sim/clock", json={"advance_s": 99_999_999})
    assert http.post("/_sim/reset", json={"seed": 2}).json() == {}
    state = http.get("/_sim/state").json()
    assert (state["listings"], state["orders"], state["calls"]) == ([], [], {})
    assert abs(state["now"] - time.time()) < 60
    assert toy.credentials("Toys") == keys


def test_what_control_cannot_read_is_400(http: httpx.Client) -> None:
    """Broken JSON, missing fields and unknown kinds are told, not crashed on."""
    assert http.post("/_sim/orders", content=b"{").status_code == 400
    assert http.post("/_sim/orders", json={}).status_code == 400
    assert "latency" in http.post("/_sim/faults", json={"kind": "rain"}).json()["error"]
    assert http.post("/_sim/settings", json={"rain": 1}).status_code == 400


# -- faults -------------------------------------------------------------------------------------------------


def test_a_fault_strikes_so_often_at_such_paths() -> None:
    """`times` counts down, null never ends, a trailing star is a prefix, a shop id narrows."""
    faults = Faults()
    faults.add({"kind": "html", "path": "/orders/*", "times": 2, "shop_id": "7"})
    assert faults.take("html", "/products/get", "7") is None
    assert faults.take("html", "/orders/get", "8") is None
    assert [bool(faults.take("html", "/orders/get", "7")) for _ in range(3)] == [True, True, False]
    faults.add({"kind": "empty", "path": "*", "times": None})
    assert all(faults.take("empty", "/x") for _ in range(20))
    faults.clear()
    assert faults.take("empty", "/x") is None


def test_probability_repeats_with_the_seed() -> None:
    """The same seed strikes the same calls, about as often as asked."""

    def strikes(seed: int) -> list[bool]:
        faults = Faults()
        faults.add({"kind": "html", "probability": 0.3, "times": None, "seed": seed})
        return [bool(faults.take("html", "/x")) for _ in range(300)]

    assert strikes(5) == strikes(5)
    assert strikes(5) != strikes(6)
    assert 60 < sum(strikes(5)) < 120


def test_every_agreed_kind_is_known() -> None:
    """The kinds are the agreed ones, and each can be asked for."""
    agreed = (
        "latency, drop_before, drop_after, http_500, html, empty, rate_limit, token_expired, token_revoked, partial, "
        "accept_then_lose, rewrite, stale_read, duplicate_page, more_rows, push_twice, push_late, push_lost, "
        "shuffled_page, huge_title, odd_unicode"
    )
    assert set(KINDS) == set(agreed.split(", "))
    assert all(Faults().add({"kind": kind}).kind == kind for kind in KINDS)


@pytest.mark.parametrize(("kind", "applied"), [("drop_before", False), ("drop_after", True)])
def test_a_dropped_connection_gives_no_answer(toy: Server, http: httpx.Client, kind: str, applied: bool) -> None:
    """The connection ends without a byte, before or after the write took effect; the next call works."""
    http.post("/_sim/faults", json={"kind": kind, "path": "/api/stock"})
    with pytest.raises(httpx.RemoteProtocolError):
        write(toy, http, 3)
    assert look(toy, http) == (3 if applied else 10)


def test_broken_answers(toy: Server, http: httpx.Client) -> None:
    """http_500, html and empty answer so, once each, and apply nothing."""
    for kind in ("http_500", "html", "empty"):
        http.post("/_sim/faults", json={"kind": kind, "path": "/api/stock"})
    answers = [write(toy, http, 3) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 200, 200]
    assert "<html>" in answers[1].text
    assert answers[2].content == b""
    assert look(toy, http) == 10
    assert write(toy, http, 3).json() == {"ok": True}


def test_latency_delays_only_the_call_it_strikes(toy: Server, http: httpx.Client) -> None:
    """The slow call takes its time and is then answered; DELETE ends what has not struck."""
    http.post("/_sim/faults", json={"kind": "latency", "path": "/api/look", "times": 2, "delay_s": 0.3})
    started = time.monotonic()
    assert look(toy, http) == 10
    assert time.monotonic() - started >= 0.3
    http.delete("/_sim/faults")
    started = time.monotonic()
    look(toy, http)
    assert time.monotonic() - started < 0.25


def test_lost_writes_and_stale_reads(toy: Server, http: httpx.Client) -> None:
    """accept_then_lose answers success and keeps the old number; stale_read shows the number before."""
    http.post("/_sim/faults", json={"kind": "accept_then_lose"})
    assert write(toy, http, 3).json() == {"ok": True}
    assert look(toy, http) == 10
    http.post("/_sim/faults", json={"kind": "stale_read"})
    write(toy, http, 3)
    assert [look(toy, http) for _ in range(2)] == [10, 3]


def test_a_token_fault_ends_the_token(toy: Server, http: httpx.Client) -> None:
    """The struck call and the next both see a dead token."""
    old = token(toy)
    http.post("/_sim/faults", json={"kind": "token_expired"})
    answers = [http.get("/api/look", params={"token": old}).json() for _ in range(2)]
    assert answers == [{"error": "token"}] * 2
    assert look(toy, http) == 10


# -- the shop front -----------------------------------------------------------------------------------------


def test_a_person_finds_and_buys(toy: Server, http: httpx.Client) -> None:
    """From the list of shops to a paid order whose page says in words what was bought."""
    assert "ร้านของเล่น" in http.get("/shop/").text
    shop_id = toy.credentials("Toys")["shop_id"]
    page = http.get(f"/shop/{shop_id}").text
    assert "เหลือ 10 ชิ้น" in page
    assert "ตลาดฝึกหัด ของเล่น" in page
    item = http.get(f"/shop/{shop_id}/item/l1").text
    assert 'type="radio"' in item
    assert "สินค้าหมด" in item
    bought = http.post(f"/shop/{shop_id}/item/l1", data={"offer": "o1", "quantity": "2"}, follow_redirects=True)
    state = http.get("/_sim/state").json()
    assert state["orders"][0]["order_id"] in bought.text
    assert "ชาใบหม่อน (50 กรัม) จำนวน 2 ชิ้น รวม ฿240" in bought.text
    assert state["orders"][0]["paid"]
    assert state["listings"][0]["stock"] == 8


def test_a_sold_out_offer_is_refused_in_thai(toy: Server, http: httpx.Client) -> None:
    """The same page again, with the reason, and no order."""
    url = f"/shop/{toy.credentials('Toys')['shop_id']}/item/l1"
    refused = http.post(url, data={"offer": "o2", "quantity": "1"})
    assert refused.status_code == 422
    assert "สินค้าหมดหรือเหลือไม่พอ" in refused.text
    assert http.post(url, data={"offer": "o1", "quantity": "-1"}).status_code == 422
    assert http.get("/_sim/state").json()["orders"] == []


def test_hidden_listings_are_not_in_the_shop(toy: Server, http: httpx.Client) -> None:
    """A listing that is not live is neither listed nor reachable."""
    http.post("/_sim/edit", json={"seller_sku": "TEA", "status": "hidden"})
    shop_id = toy.credentials("Toys")["shop_id"]
    assert "ชาใบหม่อน" not in http.get(f"/shop/{shop_id}").text
    assert http.get(f"/shop/{shop_id}/item/l1").status_code == 404


# -- keeping ------------------------------------------------------------------------------------------------


def test_a_saved_market_comes_back(tmp_path: Path) -> None:
    """Shops, orders, tokens and the clock are the same after loading into a new process's market."""
    server = toy_server(data=tmp_path / "toy.data")
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        order(client, 3)
        client.post("/_sim/clock", json={"advance_s": 500})
    keys = server.credentials("Toys")
    server.stop()
    again = toy_server(data=tmp_path / "toy.data")
    state = httpx.get(f"{again.url}/_sim/state").json()
    assert again.credentials("Toys")["access_token"] == keys["access_token"]
    assert state["listings"][0]["held"] == 3
    assert state["now"] - time.time() > 490
    again.stop()


def test_saving_replaces_the_file_as_a_whole(tmp_path: Path) -> None:
    """No half-written file is ever under the name."""
    market, file = ToyMarket(seed=3), tmp_path / "deep" / "toy.data"
    market.open_shop("A")
    save(market, file)
    market.open_shop("B")
    save(market, file)
    fresh = ToyMarket(seed=4)
    load(fresh, file)
    assert [shop.name for shop in fresh.shops.values()] == ["A", "B"]
    assert fresh.app_key == market.app_key
    assert not list(file.parent.glob("*.part"))


@pytest.mark.parametrize("ending", ["stdin", "sigterm"])
def test_the_program_prints_credentials_and_saves_at_its_end(tmp_path: Path, ending: str) -> None:
    """The first line is the JSON of a shop; ended by stdin or SIGTERM, the state is in the file."""
    data = tmp_path / "lazada.data"
    command = [sys.executable, "-m", "sandbox.market.server", "--channel", "lazada", "--data", str(data)]
    program = subprocess.Popen(
        [*command, "--until-stdin-closes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdin is not None
    assert program.stdout is not None
    keys = json.loads(program.stdout.readline())
    root = keys["base_url"].removesuffix("/rest")
    assert httpx.post(f"{root}/_sim/shops", json={"name": "Practice shop"}).json() == keys
    if ending == "stdin":
        program.stdin.close()
    else:
        program.send_signal(signal.SIGTERM)
    assert program.wait(timeout=10) == 0
    assert data.exists()

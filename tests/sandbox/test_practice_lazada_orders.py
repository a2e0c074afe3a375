"""Orders in the practice Lazada: lists by time, one row per piece, parcels, cancelling, pushes."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from lazada_caller import Caller, a_sku

from sandbox.market.server import running

LONG_AGO = "2020-01-01T00:00:00+07:00"


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with running("lazada") as server:
        yield Caller(server)


@pytest.fixture(autouse=True)
def _fresh(caller: Caller) -> None:
    caller.sim("push", {"url": None})
    caller.sim("reset", {"seed": 1})
    caller.made(Skus={"Sku": [a_sku(quantity="50", price="1250.00")]})


def an_order(caller: Caller, quantity: int = 1, paid: bool = True) -> str:
    body = {"lines": [{"seller_sku": "TEA-50", "quantity": quantity}], "paid": paid}
    return str(caller.sim("orders", body)["order_id"])


def lines(caller: Caller, order_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get("/order/items/get", order_id=order_id)["data"]
    return found


def pack(caller: Caller, order_id: str, ids: list[int]) -> list[dict[str, Any]]:
    request = {
        "pack_order_list": [{"order_id": int(order_id), "order_item_list": ids}],
        "delivery_type": "dropship", "shipping_allocate_type": "TFS",
    }  # fmt: skip
    answer = caller.post("/order/fulfill/pack", packReq=json.dumps(request))["result"]
    found: list[dict[str, Any]] = answer["data"]["pack_order_list"][0]["order_item_list"]
    return found


def packages(caller: Caller, api: str, argument: str, *ids: str, **more: Any) -> dict[str, Any]:
    request = {"packages": [{"package_id": one} for one in ids], **more}
    answer: dict[str, Any] = caller.post(api, **{argument: json.dumps(request)})["result"]
    return answer


def test_an_order_is_shown_as_recorded(caller: Caller) -> None:
    """Commas in the price, local times with offset, masked made-up buyer, no order status."""
    order_id = an_order(caller, 2)
    row = caller.get("/orders/get", created_after=LONG_AGO)["data"]["orders"][0]
    assert row["order_id"] == row["order_number"] == int(order_id)
    assert row["price"] == "2,500.00"
    assert row["created_at"].endswith(" +0700")
    assert "*" in row["customer_first_name"]
    assert row["statuses"] == ["pending"]
    assert caller.get("/order/get", order_id=order_id)["data"] == row


def test_one_row_for_each_piece(caller: Caller) -> None:
    """Two pieces are two rows with their own ids and no quantity."""
    rows = lines(caller, an_order(caller, 2))
    assert len({row["order_item_id"] for row in rows}) == 2
    assert rows[0]["sku"] == "TEA-50"
    assert rows[0]["paid_price"] == 1250.0
    assert "quantity" not in rows[0]
    assert rows[0]["shop_id"] == "Practice shop"


def test_a_list_of_orders_needs_a_window_and_keeps_its_caps(caller: Caller) -> None:
    """A lower bound with a colon in its offset; limit 100; offset and limit together 5000."""
    assert caller.get("/orders/get")["code"] == "1"
    assert caller.get("/orders/get", created_after="2020-01-01T00:00:00+0700")["code"] == "17"
    assert caller.get("/orders/get", created_after=LONG_AGO, limit=101)["code"] == "19"
    assert caller.get("/orders/get", created_after=LONG_AGO, sort_by="price")["code"] == "75"
    assert caller.get("/orders/get", created_after=LONG_AGO, sort_direction="asc")["code"] == "74"
    assert caller.get("/orders/get", created_after=LONG_AGO, status="cancelled")["code"] == "6"
    assert caller.get("/orders/get", created_after=LONG_AGO, offset=4900, limit=100)["code"] == "0"
    capped = caller.get("/orders/get", created_after=LONG_AGO, offset=5000, limit=100)
    assert capped["code"] == "97"
    assert capped["message"] == "E097: Offset and limit sum 5100 must be less than 5000"


def test_pages_windows_and_sorting(caller: Caller) -> None:
    """Oldest change first, page by page; a window by time of change finds only what changed."""
    first, second, third = (an_order(caller) for _ in range(3))
    caller.sim("clock", {"advance_s": 600})
    between = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() + 300))
    caller.sim(f"orders/{first}/advance", {"to": "packed"})
    ask = {"update_after": LONG_AGO, "sort_by": "updated_at", "sort_direction": "ASC", "limit": 2}
    pages = [caller.get("/orders/get", **ask, offset=offset)["data"] for offset in (0, 2)]
    assert [page["count"] for page in pages] == [2, 1]
    assert pages[0]["countTotal"] == 3
    found = [str(row["order_id"]) for page in pages for row in page["orders"]]
    assert found == [second, third, first]
    changed = caller.get("/orders/get", update_after=between)["data"]["orders"]
    assert [str(row["order_id"]) for row in changed] == [first]
    packed = caller.get("/orders/get", created_after=LONG_AGO, status="toship")["data"]["orders"]
    assert [str(row["order_id"]) for row in packed] == [first]


def test_lines_of_many_orders(caller: Caller) -> None:
    """A JSON list of at most 50 known ids."""
    ids = [int(an_order(caller)) for _ in range(2)]
    rows = caller.get("/orders/items/get", order_ids=json.dumps(ids))["data"]
    assert [row["order_id"] for row in rows] == ids
    assert caller.get("/orders/items/get", order_ids="1,2")["code"] == "56"
    assert caller.get("/orders/items/get", order_ids="[1]")["code"] == "39"
    assert caller.get("/orders/items/get", order_ids=json.dumps([*ids, 1]))["code"] == "37"
    assert caller.get("/orders/items/get", order_ids=json.dumps(list(range(51))))["code"] == "38"


def test_another_shops_order_is_invalid(caller: Caller) -> None:
    """An order of one shop is unknown to another shop's token."""
    order_id = an_order(caller)
    other = Caller(caller.server, "Another shop")
    assert other.get("/order/get", order_id=order_id)["code"] == "16"
    assert other.get("/orders/get", created_after=LONG_AGO)["data"]["count"] == 0


def test_pack_label_ready_to_ship(caller: Caller) -> None:
    """Pack gives a package and Lazada's tracking number; the label follows; then it leaves the stock."""
    order_id = an_order(caller, 2)
    ids = [row["order_item_id"] for row in lines(caller, order_id)]
    packed = pack(caller, order_id, ids)
    package_id = packed[0]["package_id"]
    assert {row["package_id"] for row in packed} == {package_id}
    assert all(row["item_err_code"] == "0" for row in packed)
    assert [row["item_err_code"] for row in pack(caller, order_id, ids)] == ["700026", "700026"]
    label = packages(caller, "/order/package/document/get", "getDocumentReq", package_id, doc_type="PDF")["data"]
    assert b"<iframe" in base64.b64decode(label["file"])
    assert caller.http.get(label["pdf_url"]).content.startswith(b"%PDF")
    done = packages(caller, "/order/package/rts", "readyToShipReq", package_id, "FP-unknown")["data"]["packages"]
    assert [row["item_err_code"] for row in done] == ["0", "600001"]
    assert {row["status"] for row in lines(caller, order_id)} == {"ready_to_ship"}
    assert caller.sim("state")["listings"][0]["held"] == 0
    caller.sim("clock", {"advance_s": 601})
    assert caller.http.get(label["pdf_url"]).status_code == 403


def test_part_of_an_order_can_be_packed_and_packed_again(caller: Caller) -> None:
    """Lines not named stay pending; a dissolved package's lines can be packed again."""
    order_id = an_order(caller, 2)
    first = lines(caller, order_id)[0]["order_item_id"]
    package_id = pack(caller, order_id, [first])[0]["package_id"]
    assert [row["status"] for row in lines(caller, order_id)] == ["packed", "pending"]
    packages(caller, "/order/package/repack", "rePackReq", package_id)
    assert [row["status"] for row in lines(caller, order_id)] == ["repacked", "pending"]
    gone = packages(caller, "/order/package/rts", "readyToShipReq", package_id)["data"]["packages"]
    assert gone[0]["item_err_code"] == "600002"
    assert pack(caller, order_id, [first])[0]["item_err_code"] == "0"


def test_a_partial_pack_says_retry(caller: Caller) -> None:
    """One line is busy; the others are packed."""
    order_id = an_order(caller, 2)
    caller.sim("faults", {"kind": "partial", "path": "/order/fulfill/pack"})
    rows = pack(caller, order_id, [row["order_item_id"] for row in lines(caller, order_id)])
    assert [(row["item_err_code"], row["retry"]) for row in rows] == [("0", False), ("700024", True)]


def test_the_seller_cancels_for_a_reason(caller: Caller) -> None:
    """Validate names the reasons; "out of stock" also empties the stock; delivered cannot be canceled."""
    order_id = an_order(caller, 2)
    ids = json.dumps([row["order_item_id"] for row in lines(caller, order_id)][:1])
    asked = caller.get("/order/reverse/cancel/validate", order_id=order_id, order_item_id_list=ids)["data"]
    assert {str(one["reason_id"]) for one in asked["reason_options"]} >= {"10000021"}
    ask = {"order_id": order_id, "order_item_id_list": ids}
    assert caller.get("/order/reverse/cancel/create", **ask, reason_id="1")["code"] == "104"
    done = caller.get("/order/reverse/cancel/create", **ask, reason_id="10000021")["data"]
    assert done["tip_type"] == "success"
    rows = lines(caller, order_id)
    assert [row["status"] for row in rows] == ["canceled", "pending"]
    assert rows[0]["cancel_return_initiator"] == "cancellation-seller"
    assert caller.sim("state")["listings"][0]["stock"] == 0
    caller.sim(f"orders/{order_id}/advance", {"to": "delivered"})
    rest = json.dumps([rows[1]["order_item_id"]])
    refused = caller.get("/order/reverse/cancel/validate", order_id=order_id, order_item_id_list=rest)["data"]
    assert refused["tip_type"] == "error"


def test_cancelling_a_packed_line_takes_its_package(caller: Caller) -> None:
    """Everything in the package is canceled with it."""
    order_id = an_order(caller, 2)
    ids = [row["order_item_id"] for row in lines(caller, order_id)]
    pack(caller, order_id, ids)
    ask = {"order_id": order_id, "order_item_id_list": json.dumps(ids[:1]), "reason_id": "10000019"}
    caller.get("/order/reverse/cancel/create", **ask)
    assert {row["status"] for row in lines(caller, order_id)} == {"canceled"}
    assert caller.sim("state")["listings"][0]["stock"] == 50


def test_orders_go_through_lazadas_own_statuses(caller: Caller) -> None:
    """Forward through every step, beside the path only where it may, never back."""
    order_id = an_order(caller, paid=False)
    path = f"orders/{order_id}/advance"
    for status in ("pending", "packed", "ready_to_ship", "shipped", "delivered", "confirmed"):
        assert caller.sim(path, {"to": status}) == {"status": status}
    assert "cannot become" in caller.sim(path, {"to": "canceled"})["error"]
    assert "no status" in caller.sim(path, {"to": "gone"})["error"]


class Listener:
    """Takes pushes and remembers them; answers with the statuses it is given, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.got: list[tuple[str, bytes]] = []
        answers = list(statuses)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.headers["Authorization"], body))
                self.send_response(answers.pop(0) if answers else 200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/push"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def wait(self, count: int, within_s: float = 5.0) -> list[dict[str, Any]]:
        """The bodies, once so many have come."""
        deadline = time.monotonic() + within_s
        while len(self.got) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
def listen(caller: Caller) -> Iterator[Callable[..., Listener]]:
    opened: list[Listener] = []

    def start(*statuses: int) -> Listener:
        opened.append(Listener(*statuses))
        caller.sim("push", {"url": opened[-1].url})
        return opened[-1]

    yield start
    caller.sim("push", {"url": None})
    for one in opened:
        one.server.shutdown()
        one.server.server_close()


def test_each_order_line_is_pushed_and_signed(caller: Caller, listen: Callable[..., Listener]) -> None:
    """An order of two pieces gives two messages of type 0, signed over the raw body."""
    listener = listen()
    order_id = an_order(caller, 2)
    bodies = listener.wait(2)
    assert {body["data"]["trade_order_id"] for body in bodies} == {order_id}
    assert len({body["data"]["trade_order_line_id"] for body in bodies}) == 2
    assert bodies[0]["message_type"] == 0
    assert bodies[0]["seller_id"] == caller.keys["shop_id"]
    signed, raw = listener.got[0]
    key = caller.keys["push_key"].encode()
    assert signed == hmac.new(key, caller.keys["app_key"].encode() + raw, hashlib.sha256).hexdigest()


def test_products_are_pushed_by_kind(caller: Caller, listen: Callable[..., Listener]) -> None:
    """A create is reviewed (1) and added (3); a change by hand is an edit (4)."""
    listener = listen()
    caller.made(Skus={"Sku": [a_sku("NEW")]})
    caller.sim("edit", {"seller_sku": "NEW", "title": "ใหม่"})
    bodies = listener.wait(3)
    assert [body["message_type"] for body in bodies] == [1, 3, 4]
    assert bodies[0]["data"]["status"] == "APPROVED"
    assert bodies[1]["data"]["sku_list"][0]["seller_sku"] == "NEW"


def test_pushes_are_doubled_lost_and_repeated(caller: Caller, listen: Callable[..., Listener]) -> None:
    """push_twice sends two, push_lost none; a refused push comes again after 30 minutes."""
    listener = listen(500)
    caller.sim("faults", {"kind": "push_lost"})
    an_order(caller)
    caller.sim("faults", {"kind": "push_twice"})
    second = an_order(caller)
    bodies = listener.wait(2)
    assert [body["data"]["trade_order_id"] for body in bodies] == [second, second]
    caller.sim("clock", {"advance_s": 1801})
    assert len(listener.wait(3)) == 3
    pushes = caller.sim("state")["pushes"]
    assert (pushes["failed"], pushes["lost"]) == (1, 1)


def test_returns_are_pushed_in_their_own_words(caller: Caller, listen: Callable[..., Listener]) -> None:
    """A return to the seller is type 10 and RTM_INIT, with ids of order and line."""
    order_id = an_order(caller)
    caller.sim(f"orders/{order_id}/advance", {"to": "delivered"})
    listener = listen()
    reverse_id = caller.sim(f"orders/{order_id}/return", {})["reverse_order_id"]
    (body,) = listener.wait(1)
    assert (body["message_type"], body["data"]["reverse_status"]) == (10, "RTM_INIT")
    assert (body["data"]["reverse_order_id"], body["data"]["trade_order_id"]) == (reverse_id, order_id)


def test_a_person_buys_in_the_shop_front(caller: Caller) -> None:
    """The page shows photo, price and text without tags; buying makes a paid order at the price shown."""
    shop_id = caller.keys["shop_id"]
    row = caller.sim("state")["listings"][0]
    url = f"{caller.server.url}/shop/{shop_id}/item/{row['listing_id']}"
    page = caller.http.get(url).text
    assert "ตลาดฝึกหัด Lazada" in page
    assert "฿1,250" in page
    assert 'src="/image/' in page
    assert "หอมกรุ่น" in page
    assert "&lt;p&gt;" not in page
    bought = caller.http.post(url, data={"offer": row["offer_id"], "quantity": "2"}, follow_redirects=True).text
    (order,) = caller.sim("state")["orders"]
    assert order["order_id"] in bought
    assert (order["status"], order["total"]) == ("pending", 2500)
    caller.sim("edit", {"seller_sku": "TEA-50", "stock": 0})
    assert "สินค้าหมด" in caller.http.get(url).text

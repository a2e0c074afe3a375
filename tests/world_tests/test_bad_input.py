"""Ten kinds of bad input: each gets a clear answer, and the state after is the state before."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import goods
import pytest
from goods import ON_HAND, PHOTOS, PRICE, PRODUCTS, SKU, TITLE, VARIANTS
from openpyxl import load_workbook
from plain_browser import wait_until

from chalicelib.sync.workbook import write_workbook
from sandbox.lazada.signing import sign_push
from sandbox.shopee.pushes import signature

THAI = re.compile(r"[\u0e00-\u0e7f]")


def wrong_sheet(data: bytes, folder: Path) -> bytes:
    book = load_workbook(io.BytesIO(data))
    book[PRODUCTS].title = "Sheet1"
    return goods.saved(book)


def huge_photo(data: bytes, folder: Path) -> bytes:
    (folder / "photos").mkdir()
    (folder / "photos" / "big.jpg").write_bytes(goods.photo("tomato") + bytes(9_000_000))
    return goods.edited(data, PRODUCTS, **{PHOTOS: "big.jpg"})


def cell(sheet: str, name: str, value: object) -> Callable[[bytes, Path], bytes]:
    return lambda data, folder: goods.edited(data, sheet, **{name: value})


def same_sku(data: bytes, folder: Path) -> bytes:
    first = load_workbook(io.BytesIO(data))[VARIANTS][SKU].value
    return goods.edited(data, VARIANTS, B4=first)


@pytest.mark.parametrize(
    ("spoil", "where", "expected"),
    [
        (wrong_sheet, PRODUCTS, "no sheet named"),
        (cell(VARIANTS, PRICE, "แปดสิบเก้า"), f"{VARIANTS}!{PRICE}", "number in baht"),
        (cell(VARIANTS, ON_HAND, -5), f"{VARIANTS}!{ON_HAND}", "below zero"),
        (same_sku, f"{VARIANTS}!{SKU}", "also on row 4"),
        (cell(PRODUCTS, TITLE, "ก" * 10_000), f"{PRODUCTS}!{TITLE}", "now 10000"),
        (huge_photo, f"{PRODUCTS}!{PHOTOS}", "at most 8 MB"),
    ],
    ids=["wrong sheet", "text price", "negative stock", "duplicate SKU", "endless title", "huge photo"],
)
def test_a_bad_workbook_is_refused_with_the_cell_and_changes_nothing(stack, tmp_path, spoil, where, expected):
    """Sheet, row and column are named, and what was expected, in Thai and in English; with and without --json."""
    before = stack.facts()
    path = tmp_path / "products.xlsx"
    path.write_bytes(spoil(write_workbook(stack.store.catalogues.get("saima")), tmp_path))

    (answer,) = stack.terminal.json("import", str(path), "--community", "saima", code=1)
    spoken = stack.terminal.pinto("import", str(path), "--community", "saima", "--preview", code=1).out

    said = [one for one in answer["refused"] if expected in one["expected_en"] and one["cell"] == where]
    assert said, answer["refused"]
    assert all(THAI.search(one["expected_th"]) for one in said)
    assert all(one["sheet"] and (one["fatal"] or (one["row"] and one["column"])) for one in said)
    assert not answer["written"]
    assert len(said[0]["found"]) <= 80
    assert where in spoken
    assert said[0]["expected_th"] in spoken
    assert said[0]["expected_en"] in spoken
    assert stack.facts() == before


def a_push(stack, channel: str, order_id: str, remote_id: str = "") -> tuple[str, bytes, dict[str, str]]:
    """Address, body and headers of a well-signed push about an order, as the channel's page describes it."""
    given = stack.credentials(channel)
    shop = remote_id or given["shop_id"]
    url = f"{stack.addresses['PINTO_PUBLIC_URL']}/push/{channel}"
    now = int(time.time())
    if channel == "lazada":
        data = {"trade_order_id": order_id, "order_status": "pending", "status_update_time": now}
        message = {"seller_id": shop, "message_type": 0, "data": data, "timestamp": now * 1000, "site": "lazada_th"}
    else:
        message = {"shop_id": int(shop), "code": 3, "timestamp": now, "data": {"ordersn": order_id, "status": "PAID"}}
    body = json.dumps(message).encode()
    if channel == "lazada":
        signed = sign_push(given["app_key"], body, given["app_secret"])
    else:
        signed = signature(given["push_key"], url, body)
    return url, body, {"Content-Type": "application/json", "Authorization": signed}


@pytest.mark.parametrize("channel", ["lazada", "shopee"])
def test_a_forged_push_is_refused(stack, channel):
    """A push signed by somebody else is answered 401 and nobody looks at anything."""
    before = stack.facts()
    url, body, headers = a_push(stack, channel, "4711")
    forged = {**headers, "Authorization": headers["Authorization"][::-1]}

    answer = stack.http.post(url, content=body, headers=forged)

    assert answer.status_code == 401
    assert stack.facts() == before


@pytest.mark.parametrize("channel", ["lazada", "shopee"])
def test_a_replayed_push_takes_its_order_once(stack, channel):
    """The marketplace's own push is lost; ours comes three times: 200 each, one order, one reservation."""
    offer = max((row for row in stack.state(channel)["listings"]), key=lambda row: row["stock"])
    sku = offer["seller_sku"]
    reserved = stack.store.stock.level("saima", sku).reserved
    stack.sim(channel, "faults", path="*", kind="push_lost", times=3)
    lines = [{"seller_sku": sku, "quantity": 1}]
    order_id = str(stack.sim(channel, "orders", lines=lines, paid=True, shop_id=offer["shop_id"])["order_id"])
    url, body, headers = a_push(stack, channel, order_id)

    answers = [stack.http.post(url, content=body, headers=headers) for _ in range(3)]
    wait_until(lambda: order_id in orders_of(stack, channel), 30, "the order is taken")
    answers.append(stack.http.post(url, content=body, headers=headers))
    comes_to_rest(stack)

    assert [answer.status_code for answer in answers] == [200] * 4
    assert orders_of(stack, channel).count(order_id) == 1
    assert stack.store.stock.level("saima", sku).reserved == reserved + 1
    stack.http.delete(f"{stack.markets[channel]}/_sim/faults")


def orders_of(stack, channel: str) -> list[str]:
    return [order.order_id for order in stack.store.orders.latest(f"saima-{channel}", 200)]


def comes_to_rest(stack) -> None:
    """Long enough for a message that a repeat would have sent to be worked off."""
    before = None
    while (now := stack.facts()) != before:
        before = now
        time.sleep(1)


@pytest.mark.parametrize("channel", ["lazada", "shopee"])
def test_a_push_of_a_shop_we_do_not_know_is_accepted_and_logged(stack, channel):
    """Well signed: 200, so that the channel does not try again for ever; the log says whose it was."""
    before = stack.facts()
    url, body, headers = a_push(stack, channel, "4712", remote_id="999000111")

    answer = stack.http.post(url, content=body, headers=headers)

    assert answer.status_code == 200
    wait_until(lambda: "unknown_shop" in (said := stack.started.output()) and "999000111" in said, 5, "it is logged")
    assert stack.facts() == before


def test_a_shop_or_community_nobody_knows_is_said_at_the_terminal(stack):
    """Exit code 1 and one clear line, in JSON too; never a traceback, never silence."""
    for words in (
        ("plan", "--shop", "nope"),
        ("sync", "--shop", "nope"),
        ("orders", "--shop", "nope"),
        ("balance", "--community", "nope"),
        ("log", "--community", "nope"),
        ("why", "--community", "saima", "--sku", "NOPE"),
    ):
        said = stack.terminal.pinto(*words, "--json", code=1)
        assert "nope" in json.loads(said.out)["error"].lower()
        assert "nope" in said.err.lower()

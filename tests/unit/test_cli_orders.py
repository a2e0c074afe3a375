"""`pinto to-pack`, `parcel`, `returns`, `tasks` and `buyers` at a terminal, over the practice marketplaces."""

from __future__ import annotations

import json

import pytest

from chalicelib import bootstrap, cli
from chalicelib.domain.balance import Difference, business_day
from chalicelib.domain.tasks import task_of
from chalicelib.sync import messages
from tests.world import COMMUNITY, a_product, a_world


@pytest.fixture(scope="module")
def world():
    with a_world(("shopee",)) as made:
        a_product(made)
        made.publish_all()
        made.shop = made.shops["shopee"].id
        yield made


@pytest.fixture
def pinto(world, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "context", lambda: world.ctx)

    def run(*words: str, code: int = 0):
        assert cli.main([*words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def order_id(world):
    made = world.buy("shopee", "TEA-50", 1)
    world.queues.send("urgent", [messages.look_at_orders(world.shop, [made])])
    world.drain()
    return made


def test_an_order_is_packed_printed_and_ready(world, pinto, order_id, tmp_path):
    """Listed with its deadline, then step by step; asked again, the parcel is the same."""
    mine = ("--shop", world.shop, "--order", order_id)
    assert order_id in {row["order"] for row in pinto("to-pack", "--community", COMMUNITY.id)}
    choice = pinto("parcel", "choices", *mine)[0]["id"]
    (parcel,) = pinto("parcel", "pack", *mine, "--choice", choice, "--person", "สมศรี")
    for _ in range(3):
        world.move(30)
    assert pinto("parcel", "track", *mine)[0]["package_id"] == parcel["package_id"]
    assert pinto("parcel", "ready", *mine)[0]["state"] == "accepted"
    path = tmp_path / "label"
    if cli.main(["parcel", "label", *mine, "--out", str(path)]):  # still being made
        world.move(10)
        assert cli.main(["parcel", "label", *mine, "--out", str(path)]) == 0
    assert path.stat().st_size > 100


def test_an_order_is_cancelled_with_a_reason_of_the_channel(world, pinto, order_id):
    """And a reason that is none is refused."""
    mine = ("--shop", world.shop, "--order", order_id)
    assert pinto("parcel", "cancel", *mine, "--reason", "because", code=1)["error"].startswith("StaleError")
    reason = pinto("parcel", "cancel-reasons", *mine)[0]["id"]
    assert pinto("parcel", "cancel", *mine, "--reason", reason)[0]["state"] == "accepted"


def test_a_buyer_asks_for_his_data(world, pinto, order_id):
    """Told with what was opened; one whose parcel is under way cannot be erased yet."""
    mine = ("--community", COMMUNITY.id, "--order", order_id, "--person", "office")
    (row,) = pinto("buyers", "request", *mine)
    assert row["order"] == order_id
    assert [one["by"] for one in row["opened"]] == ["office"]
    assert pinto("buyers", "erase", *mine, code=1)[0]["kept_until_delivered"]
    assert pinto("buyers", "openings", "--community", COMMUNITY.id)[0]["person"] == "office"
    world.sim("shopee", f"orders/{order_id}/advance", {"to": "COMPLETED"})
    world.queues.send("urgent", [messages.look_at_orders(world.shop, [order_id])])
    world.drain()
    assert pinto("buyers", "erase", *mine)[0]["erased"]
    assert pinto("buyers", "request", "--community", COMMUNITY.id, code=1)["error"]
    assert pinto("buyers", "request", "--community", COMMUNITY.id, "--phone", "12", code=1)["error"]


def test_tasks_are_listed_and_solved(world, pinto):
    """By their id, with a note."""
    difference = Difference("o9", "order_missing_there", "to_pack", "-")
    task = task_of(COMMUNITY.id, world.shop, business_day(world.clock()), difference, world.clock())
    world.store.tasks.found([task])
    assert [row["id"] for row in pinto("tasks", "--community", COMMUNITY.id)] == [task.id]
    (row,) = pinto("tasks", "--community", COMMUNITY.id, "--solve", task.id, "--note", "asked", "--person", "somsri")
    assert (row["solved_by"], row["note"]) == ("somsri", "asked")
    assert pinto("tasks", "--community", COMMUNITY.id) == []


def test_returns_are_read_and_counted_in(world, pinto, order_id):
    """What a person found in the parcel goes back on the shelf."""
    world.sim("shopee", f"orders/{order_id}/advance", {"to": "TO_CONFIRM_RECEIVE"})
    lines = [{"seller_sku": "TEA-50", "quantity": 1}]
    world.sim("shopee", "returns", {"order_id": order_id, "lines": lines})
    world.queues.send("urgent", [messages.look_at_orders(world.shop, [order_id])])
    world.drain()
    (row,) = pinto("returns", "--shop", world.shop, "--poll")
    assert row["wants"] == "answer"
    line, before = row["lines"][0]["line_id"], world.store.stock.level(COMMUNITY.id, "TEA-50").on_hand
    counted = ("returns", "--shop", world.shop, "--id", row["return_id"], "--line", line, "--count-in", "1")
    assert pinto(*counted)[0]["counted_in"][0]["quantity"] == 1
    assert world.store.stock.level(COMMUNITY.id, "TEA-50").on_hand == before + 1
    assert pinto(*counted, code=1)["error"].startswith("StockError")

"""The `pinto` command: every word of it teaches and speaks JSON, and one flow connects, sells and balances a shop."""

from __future__ import annotations

import re

import goods
import httpx
import pytest
from terminal import Terminal, sandbox

COMMANDS = (
    *(("import",), ("plan",), ("sync",), ("orders",), ("balance",), ("log",), ("why",), ("sandbox",)),
    *(("shops",), ("shops", "list"), ("shops", "add"), ("shops", "pause")),
    *(("policy",), ("rules",), ("bundle",), ("letters",)),
)


def test_help_teaches_everywhere():
    """--help of every command exits 0 and says what it does; none needs an environment."""
    terminal = Terminal({})
    for words in ((), *COMMANDS):
        said = terminal.pinto(*words, "--help")
        assert said.out.startswith("usage: pinto")


def test_without_an_environment_it_says_what_to_set():
    """One line that names the variables, not a traceback."""
    said = Terminal({"PINTO_TABLE": "only-this"}).process("shops", "list", code=1)
    assert "PINTO_BUCKET" in said.err
    assert "PINTO_TABLE" not in said.err


@pytest.mark.parametrize("channel", ["lazada", "shopee"])
def test_a_shop_is_connected_filled_sold_from_and_balanced_at_the_terminal(stack, tmp_path, channel):
    """Import, plan, sync, an empty plan, a sale, its order, a clean balance, the reasons and the log."""
    slug = f"training-{channel}"
    stack.store.communities.save(goods.community(slug))
    workbook = goods.write(tmp_path, slug)
    pinto = stack.terminal
    with sandbox(channel) as given:
        root = given["base_url"].removesuffix("/rest")
        shop = connected(pinto, slug, channel, given)

        spoken = pinto.pinto("import", str(workbook), "--community", slug, "--preview").out
        assert spoken.startswith("ดูก่อน")
        (imported,) = pinto.json("import", str(workbook), "--community", slug)
        assert (imported["written"], imported["created"], imported["counted"]) == (True, 2, 3)
        (again,) = pinto.json("import", str(workbook), "--community", slug)
        assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 2)

        planned = pinto.json("plan", "--shop", shop)
        assert [row["change"] for row in planned] == ["CreateListing", "CreateListing"]
        (run,) = pinto.json("sync", "--shop", shop)
        assert run["state"] == "complete"
        assert pinto.json("plan", "--shop", shop) == []
        assert shown(root) == {"TEA-S": 5, "TEA-L": 5, "HERB": 5}

        lines = [{"seller_sku": "TEA-L", "quantity": 2}]
        order_id = httpx.post(f"{root}/_sim/orders", json={"lines": lines, "paid": True}).json()["order_id"]
        orders = pinto.json("orders", "--shop", shop, "--poll")
        assert [row["order"] for row in orders] == [str(order_id)]
        pieces = re.findall(r"TEA-Lx(\d+)", orders[0]["lines"])  # Lazada writes a line for each piece
        assert sum(map(int, pieces)) == 2
        (balance,) = pinto.json("balance", "--shop", shop)
        assert balance["clean"]
        assert (balance["orders"], balance["unexplained"]) == (1, 0)

        (why,) = pinto.json("why", "--community", slug, "--sku", "TEA-L")
        assert (why["on_hand"], why["reserved"], why["sellable"]) == (5, 2, 3)
        assert "on hand 5 - reserved 2" in pinto.pinto("why", "--community", slug, "--sku", "TEA-L").out
        runs = pinto.process("log", "--community", slug, "--json").rows
        assert run["id"] in {row["id"] for row in runs}
        entries = pinto.json("log", "--community", slug, "--entries")
        live = {row["product_code"] for row in entries if row["state"] == "live"}
        assert live == {"TEA", "HERB"}
        one = entries[0]
        assert one in pinto.json("log", "--run", one["run"])

        (paused,) = pinto.json("shops", "pause", "--shop", shop)
        assert paused["state"] == "paused"
        assert "paused" in pinto.pinto("sync", "--shop", shop, code=1).err
        assert [row["state"] for row in pinto.json("shops", "list", "--community", slug)] == ["paused"]


def shown(root: str) -> dict[str, int]:
    """Seller SKU -> units the marketplace offers; a twin would show as a lost row."""
    rows = httpx.get(f"{root}/_sim/state").json()["listings"]
    found = {row["seller_sku"]: row["stock"] for row in rows}
    assert len(found) == len(rows)
    return found


def connected(pinto: Terminal, slug: str, channel: str, given: dict[str, str]) -> str:
    """The id of the shop just added with what the sandbox printed."""
    words = ["shops", "add", "--community", slug, "--channel", channel]
    for name in ("base_url", "app_key", "app_secret", "shop_id", "access_token", "refresh_token", "push_key"):
        words += [f"--{name.replace('_', '-')}", given[name]]
    (row,) = pinto.json(*words)
    assert row["remote_id"] == given["shop_id"]
    return str(row["id"])


def test_another_seller_account_is_another_shop(stack):
    """A community's second account on a channel leaves the first one's shop, history and address alone."""
    slug = "two-accounts"
    stack.store.communities.save(goods.community(slug))
    keys = {"base_url": "http://127.0.0.1:9", "app_key": "2999001", "app_secret": "s", "push_key": "p"}
    tokens = {"access_token": "a", "refresh_token": "r"}
    one = connected(stack.terminal, slug, "shopee", {**keys, **tokens, "shop_id": "880001"})
    two = connected(stack.terminal, slug, "shopee", {**keys, **tokens, "shop_id": "880002"})
    again = connected(stack.terminal, slug, "shopee", {**keys, **tokens, "shop_id": "880001"})

    assert one == again == "two-accounts-shopee"
    assert two == "two-accounts-shopee-880002"
    for shop in (one, two):  # nobody answers at this address; the pump shall not go on asking
        stack.terminal.json("shops", "pause", "--shop", shop)

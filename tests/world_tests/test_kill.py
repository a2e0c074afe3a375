"""Killed in the middle of the first publish and started again on the same data: the same end, no twin."""

from __future__ import annotations

import re
import time
from collections import Counter

import httpx

from tests.world_of_processes import Started, offers


def test_a_process_killed_while_publishing_leaves_no_twin(tmp_path):
    """SIGKILL after the first listings, then the same start: every offer live once, balances clean."""
    first = Started(tmp_path, "saima", once=True)
    roots = _markets_of(first)
    deadline = time.monotonic() + 120
    while sum(len(_listings(root)) for root in roots) < 3:
        assert time.monotonic() < deadline, first.output()
        assert first.process.poll() is None, first.output()
        time.sleep(0.05)
    first.kill()
    assert '"clean"' not in first.output()
    for root in roots:  # the marketplaces save and end by themselves once their parent is gone
        _wait_until_gone(root)

    second = Started(tmp_path, "saima", once=True)
    code = second.wait()
    made = second.summary()

    assert code == 0, second.output()
    assert made["live"] == made["wanted_live"]
    assert all(row["clean"] for row in made["balances"])
    assert made["second_sync_changes"] == 0
    assert not made["twins"], made["twins"]


def _markets_of(started: Started) -> list[str]:
    started.wait_for(r"practice (lazada|shopee) at (http://\S+)[\s\S]*practice (lazada|shopee) at (http://\S+)")
    return re.findall(r"practice \w+ at (http://\S+)", started.output())


def _listings(root: str) -> Counter[str]:
    try:
        return Counter(row["seller_sku"] for row in offers(root))
    except httpx.HTTPError:
        return Counter()


def _wait_until_gone(root: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{root}/_sim/state", timeout=2)
        except httpx.HTTPError:
            return
        time.sleep(0.1)
    raise AssertionError(f"{root} outlived its parent")

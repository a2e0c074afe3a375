"""What shared pacing costs, and whether two workers together stay below a marketplace's limit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.errors import MarketplaceError
from chalicelib.domain.ports import OfferTarget
from chalicelib.domain.synclog import EntryState
from chalicelib.store.allowance import Allowance
from chalicelib.store.memory import MemoryTable
from chalicelib.store.table import Item, Update
from chalicelib.sync.token_care import TokenKeeper
from connectors.lazada.settings import Settings
from connectors.lazada.system import Lazada
from connectors.shared_pace import SharedPace
from connectors.wire import Patience, new_http
from tests.world import World, a_product, a_world

CALLS = 1000
GOAL_WRITES = 15.0
LIMIT_PER_S, PER_S = 50, 40.0
WORKERS, CALLS_EACH = 2, 300
PATH = "/product/stock/sellable/update"


class CountingTable(MemoryTable):
    """Counts the writes DynamoDB would bill, refused ones included."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def update(self, change: Update) -> Item:
        """As the table does it."""
        self.writes += 1
        return super().update(change)


def measure() -> list[dict[str, object]]:
    """Writes per 100 calls of one and of two workers, and what a limit thought of two workers."""
    return [_alone(), *_together()]


# --- what it costs ------------------------------------------------------------------------------------------


class _Time:
    """Time that passes while somebody sleeps, and a little with each call."""

    def __init__(self) -> None:
        self.at_s = 1_700_000_000.0

    def now(self) -> float:
        return self.at_s

    def sleep(self, seconds: float) -> None:
        self.at_s += seconds

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.at_s, UTC)


def _alone() -> dict[str, object]:
    table, time = CountingTable(), _Time()
    pace = SharedPace(Allowance(table, time.clock), "bench", PER_S, 200.0, now=time.now, sleep=time.sleep)
    for _ in range(CALLS):
        with pace.call("app", "shop", PATH):
            time.sleep(0.01)
    return _writes(table.writes, CALLS, "one worker")


def _writes(writes: int, calls: int, who: str) -> dict[str, object]:
    value = round(writes * 100 / calls, 1)
    name = f"table writes for 100 paced calls, app's total too, {who}"
    return {"name": name, "value": value, "unit": "writes", "goal": GOAL_WRITES, "met": value <= GOAL_WRITES}


# --- whether it holds ---------------------------------------------------------------------------------------


def _together() -> list[dict[str, object]]:
    with a_world(("lazada",)) as world:
        a_product(world)
        world.publish_all()
        world.sim("lazada", "settings", {"rate_per_second": LIMIT_PER_S})
        table = CountingTable()
        shared = _refused(world, lambda: Allowance(table, world.clock))
        world.move(120)
        alone = _refused(world, lambda: None)
    both = WORKERS * CALLS_EACH
    name = f"calls refused of {both}, {WORKERS} workers sharing a limit of {LIMIT_PER_S} a second"
    return [
        _writes(table.writes, both, f"{WORKERS} workers"),
        {"name": name, "value": shared, "unit": "calls", "goal": 0, "met": shared == 0},
        {"name": f"{name}, each for itself", "value": alone, "unit": "calls", "goal": None, "met": None},
    ]


def _refused(world: World, allowance: Callable[[], Allowance | None]) -> int:
    """Calls of all workers that the marketplace refused; each worker stands for a process with a memory of its own."""
    (binding,) = world.store.bindings.of_shop(world.shops["lazada"].id).values()
    target = OfferTarget(binding.seller_sku, binding.listing_id, binding.offer_id)
    shops = [_worker(world, allowance()) for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(lambda shop: _send(shop, target), shops))


def _send(shop: Any, target: OfferTarget) -> int:
    refused = 0
    for turn in range(CALLS_EACH):
        try:
            (outcome,) = shop.set_stock([replace(target, quantity=5 + turn % 7)])
            refused += outcome.state is not EntryState.ACCEPTED
        except MarketplaceError:
            refused += 1
    return refused


def _worker(world: World, allowance: Allowance | None) -> Any:
    made = Lazada(
        new_http(), world.clock, Settings(calls_per_s=PER_S), patience=Patience(attempts=1), allowance=allowance
    )
    access = world.store.shops.access(world.shops["lazada"].id)
    return made.open(access, TokenKeeper(made, access, world.store.shops, world.clock))

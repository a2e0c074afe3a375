"""A day's balance over HTTP against the practice marketplaces: minutes for 100,000 orders, growth, and calls.

Every order is known already, as on a quiet night: what is measured is reading, comparing and both counts, with the
practice marketplace inside the time. The minutes of the largest day hold the connectors' own pace. Growth is measured
without it: the pace lets the first calls of a path through at once, so a short day hardly waits, and each long one
would look like growth.
"""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from unittest import mock

from chalicelib.domain.balance import Balance, day_window
from chalicelib.domain.ports import OrderWindow
from chalicelib.domain.shops import Shop
from chalicelib.sync import reconcile, take_orders
from connectors.pace import Pace
from tests.world import World, a_product, a_world

SIZES = (1_000, 10_000)
LARGEST = 100_000
LARGEST_ON = os.environ.get("BENCH_LARGEST_ON", "shopee")
GOAL_MINUTES, GOAL_CALLS, GOAL_GROWTH = 15.0, 1.03, 1.3
LIST_PAGE, DETAILS = 100, 50
DAY = date(2030, 1, 31)
NO_LIMIT = {"lazada": {"rate_per_second": 100_000}, "shopee": {"rate_per_s": 100_000}}


@dataclass(frozen=True)
class Measured:
    """One balance of so many orders."""

    orders: int
    seconds: float
    calls: int
    waited_s: float
    """Of `seconds`, what the connector's own pace waited: nothing for the first calls of a path, then for each."""

    @property
    def told(self) -> str:
        """The seconds, and how many of them were waiting."""
        return f"{self.orders} orders ({self.seconds:.1f} s, {self.waited_s:.1f} of them the pace's)"

    @property
    def least(self) -> int:
        """Calls the documented pages allow at best: both counts, the details, and one page of returns."""
        return 2 * math.ceil(self.orders / LIST_PAGE) + math.ceil(self.orders / DETAILS) + 1


def measure() -> list[dict[str, object]]:
    """Per channel calls against the lower bound and growth from 1,000 to 10,000; minutes for 100,000 on one."""
    rows: list[dict[str, object]] = []
    for channel in ("lazada", "shopee"):
        # A second's measurement hangs on what else the machine does: of the small one the middle of three counts.
        small = sorted((_measured(channel, SIZES[0], paced=False) for _ in range(3)), key=lambda one: one.seconds)[1]
        large = _measured(channel, SIZES[1], paced=False)
        rows += [_calls(channel, large), _growth(channel, small, large)]
    return [*rows, _minutes(LARGEST_ON, _measured(LARGEST_ON, LARGEST))]


def _measured(channel: str, orders: int, *, paced: bool = True) -> Measured:
    began = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) + timedelta(days=1, hours=19)
    with a_world((channel,), began=began) as world:
        world.sim(channel, "settings", NO_LIMIT[channel])
        a_product(world, stock=orders + 10)
        world.publish_all()
        shop = world.shops[channel]
        _take(world, shop, _sell(world, channel, orders))
        calls, started = _counted(world, channel), time.perf_counter()
        with _waits(paced) as waits:
            made = reconcile.balance(world.ctx, shop.id, DAY, with_offers=False)
        took = time.perf_counter() - started
        _must_be_whole(made, orders)
        return Measured(orders, took, _counted(world, channel) - calls, sum(waits))


@contextlib.contextmanager
def _waits(paced: bool) -> Iterator[list[float]]:
    """How long each call inside the block waited for its turn; without the pace it never does."""
    waits: list[float] = []
    real = Pace.wait

    def noted(pace: Pace, shop: str, path: str) -> None:
        began = time.perf_counter()
        if paced:
            real(pace, shop, path)
        waits.append(time.perf_counter() - began)

    with mock.patch.object(Pace, "wait", noted):
        yield waits


def _sell(world: World, channel: str, orders: int) -> list[str]:
    """Ids of so many orders, spread evenly over the day, placed inside the practice marketplace."""
    placed: list[str] = []
    market = world.markets[channel].market
    start, end = (moment.timestamp() for moment in day_window(DAY))
    shop = next(one for one in market.shops.values() if one.find("TEA-50"))
    with market.lock:
        for number in range(orders):
            order = market.place_order(shop, [("TEA-50", 1)])
            placed.append(order.order_id)
            at = start + (end - start) * number / orders
            order.created_at = order.updated_at = order.paid_at = at
            for unit in order.units:
                unit.updated_at = at
    return placed


def _take(world: World, shop: Shop, order_ids: list[str]) -> None:
    """Every order is ours already, read through the connector as after a push."""
    if shop.channel == "lazada":  # which reads single orders one call each: its list is faster
        for page in world.ctx.open(shop).orders(OrderWindow("created", *day_window(DAY))):
            take_orders.take_all(world.ctx, shop, page)
        return
    for start in range(0, len(order_ids), DETAILS):
        found = world.ctx.open(shop).orders_by_id(order_ids[start : start + DETAILS])
        take_orders.take_all(world.ctx, shop, found)


def _must_be_whole(made: Balance, orders: int) -> None:
    if not made.is_clean or made.orders != orders or made.counted_updated != orders or made.differences:
        raise AssertionError(f"{made.verdict}, {made.counted_updated} by updated, {made.differences[:3]}")


def _counted(world: World, channel: str) -> int:
    return sum(world.sim(channel, "calls")["calls"].values())


def _calls(channel: str, found: Measured) -> dict[str, object]:
    ratio = round(found.calls / found.least, 3)
    name = f"{channel}: calls of a balance of {found.orders} orders against the lower bound ({found.least})"
    return {"name": name, "value": ratio, "unit": "ratio", "goal": GOAL_CALLS, "met": ratio <= GOAL_CALLS}


def _growth(channel: str, small: Measured, large: Measured) -> dict[str, object]:
    each = (large.seconds / large.orders) / (small.seconds / small.orders)
    name = f"{channel}: time per order, {large.told} against {small.told}"
    return {"name": name, "value": round(each, 2), "unit": "ratio", "goal": GOAL_GROWTH, "met": each <= GOAL_GROWTH}


def _minutes(channel: str, found: Measured) -> dict[str, object]:
    minutes = round(found.seconds / 60, 1)
    name = f"{channel}: balance of {found.orders} orders over HTTP, {found.calls} calls ({found.least} at least)"
    return {"name": name, "value": minutes, "unit": "min", "goal": GOAL_MINUTES, "met": minutes <= GOAL_MINUTES}

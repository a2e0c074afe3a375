"""`make run`: the whole promise on one machine, with progress, a summary, and the addresses to look at."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from chalicelib.domain.balance import business_day
from chalicelib.domain.catalogue import Community
from chalicelib.domain.shops import Shop
from chalicelib.sync import edit_catalogue, messages
from infra.template import ROOT
from sandbox import samples
from sandbox.world import seed, summary
from sandbox.world.buyers import Buyers
from sandbox.world.inside import Inside
from sandbox.world.outside import PORTS, Outside, free_port
from sandbox.world.summary import Summary

ORDERS = int(os.environ.get("ORDERS", "220"))
ZERO_SALES = 8
PUBLISH_WITHIN_S = 240.0
SETTLE_WITHIN_S = 120.0


class Progress:
    """One line that changes in a terminal, one line per step elsewhere."""

    def __init__(self) -> None:
        self._tty = sys.stdout.isatty()
        self._last = ""
        self._started = time.monotonic()

    def step(self, text: str) -> None:
        """A new step begins."""
        at = f"{time.monotonic() - self._started:5.0f} s  "
        print(("\n" if self._tty and self._last else "") + at + text, flush=True)
        self._last = ""

    def now(self, text: str) -> None:
        """How far the step is."""
        if self._tty and text != self._last:
            print("\r\033[K  " + text, end="", flush=True)
            self._last = text


class Day:
    """One simulated day of the practice world."""

    def __init__(self, outside: Outside, inside: Inside, wanted: Sequence[Community], progress: Progress) -> None:
        self._outside = outside
        self._inside = inside
        self._wanted = wanted
        self._progress = progress
        self._began = datetime.now(UTC)
        self._http = httpx.Client(timeout=30)
        self._buyers = Buyers(outside.markets, self._http)
        self._ctx = inside.bootstrap.context()
        self.shops: list[Shop] = []
        self.made = Summary()

    def open_doors(self, drawings: Path) -> None:
        """Workbooks are imported, shops connected, and every shop was read and made what it should be."""
        self._progress.step(f"loading {len(self._wanted)} communities from their workbooks, publishing as they come")
        started, now, store = time.monotonic(), datetime.now(UTC), self._ctx.store
        for community in seed.communities(store, self._wanted, drawings, now):
            opened = seed.shops(store, community, self._outside.markets, now)
            self.shops += opened
            self._inside.send("bulk", [messages.publish_shop(shop.id) for shop in opened])
            self.made.communities += 1
            self._progress.now(f"{self.made.communities} of {len(self._wanted)}: {community.name_th}")
        self.made.skus = sum(len(skus) for skus in self._skus.values())
        self._settle(PUBLISH_WITHIN_S, "shops in work")
        self.made.publish_s = time.monotonic() - started

    def restock(self) -> None:
        """What sold nearly out on earlier days is counted in again, so that there is something to buy."""
        for community, skus in self._skus.items():
            for sku, level in self._ctx.store.stock.levels(community, skus).items():
                if level.on_hand - level.reserved < 2:
                    self._count_in(community, sku, level.reserved + 20)
        self._settle(SETTLE_WITHIN_S, "stock messages")

    def sell(self) -> None:
        """Buyers bought, and everything that follows has come to rest.

        Between the acts only urgent work is awaited: what just sold is looked at again some seconds later, and
        waiting for that each time would show nothing more.
        """
        self._progress.step(f"buyers place {ORDERS} orders on both shop fronts")
        self._buyers.buy_many(ORDERS, lambda placed: self._progress.now(f"{placed} of {ORDERS}"))
        self._settle(SETTLE_WITHIN_S, "messages", only_urgent=True)
        self._progress.step("buyers change their minds, parcels leave")
        self._buyers.live_on()
        self._settle(SETTLE_WITHIN_S, "messages", only_urgent=True)
        self._progress.step("last pieces are sold, the other shop front is watched")
        self._sell_out()
        self._settle(SETTLE_WITHIN_S, "messages")

    def balance(self) -> None:
        """Orders were polled once more, and every shop balanced today."""
        self._progress.step("nightly balance")
        self._inside.scheduler.fire("poll_orders")
        self._settle(SETTLE_WITHIN_S, "shops to poll")
        today = business_day(datetime.now(UTC))
        self._inside.send("money", [messages.balance_shop(shop.id, today) for shop in self.shops])
        self._settle(SETTLE_WITHIN_S, "shops to balance")

    def sync_again(self) -> None:
        """A second whole sync; what it planned is counted."""
        self._progress.step("a second sync, which should plan nothing")
        before = self._seen_runs()
        self._inside.scheduler.fire("sweep")
        self._settle(SETTLE_WITHIN_S, "shops to sweep")
        for community in self._wanted:
            for run in self._ctx.store.log.runs(community.id, 100):
                if run.id not in before and run.trigger == "sweep":
                    skipped = run.counts.get("skipped", 0)
                    self.made.second_sync_changes += sum(run.counts.values()) - skipped

    def sum_up(self) -> Summary:
        """The day in numbers."""
        made, names = self.made, [community.id for community in self._wanted]
        listings = {channel: self._buyers.listings(channel) for channel in self._outside.markets}
        channels = {channel: self._inside.bootstrap.channel(channel) for channel in self._outside.markets}
        made.live = summary.live_offers(listings)
        made.twins = summary.twins(listings)
        made.wanted_live = dict.fromkeys(made.live, made.skus)
        for channel, root in self._outside.markets.items():
            calls = self._http.get(f"{root}/_sim/state").json()["calls"]
            made.calls[channel] = sum(calls.values())
            made.number_calls[channel] = sum(calls.get(path, 0) for path in summary.WRITES[channel])
        made.number_calls_at_least = summary.numbers_sent(self._ctx.store, names, channels, self._began)
        made.orders_placed = self._buyers.sales.placed
        made.orders_taken = self._taken()
        made.oversold_units = summary.oversold(self._ctx.store, names)
        made.balances = summary.balances(self._ctx.store, self.shops)
        everything_live = made.live == made.wanted_live
        balanced = len(made.balances) == len(self.shops) and all(row["clean"] for row in made.balances)
        made.clean = everything_live and balanced and not made.twins and made.orders_taken == made.orders_placed
        return made

    # --- helpers --------------------------------------------------------------------------------------------

    @cached_property
    def _skus(self) -> dict[str, list[str]]:
        """Community -> its SKUs; nobody edits the catalogue while a day is simulated."""
        products = {community.id: self._ctx.store.catalogues.products(community.id) for community in self._wanted}
        self.made.products = sum(len(some) for some in products.values())
        return {name: [sku for product in some for sku in product.skus] for name, some in products.items()}

    def _count_in(self, community: str, sku: str, on_hand: int) -> None:
        queues, now = self._inside.bootstrap.queues(), datetime.now(UTC)
        mark = f"restock-{time.time_ns()}"
        edit_catalogue.count_stock(self._ctx.store, queues, community, sku, on_hand, mark, "new batch", now)

    def _settle(self, within_s: float, what: str, *, only_urgent: bool = False) -> None:
        told = lambda left: self._progress.now(f"{left} {what}")  # noqa: E731
        if not self._inside.settle(within_s, told, only_urgent=only_urgent):
            print(f"\nstill at work after {within_s:.0f} s: {self._inside.pump.backlog()}", flush=True)

    def _sell_out(self) -> None:
        """Buys all of a few SKUs on one front; the time until the other shows less is kept."""
        done = 0
        for one, other in list(self._buyers.pairs()):
            if done == ZERO_SALES:
                break
            if not 4 <= one["stock"] == other["stock"] <= 12:
                continue
            first, second = sorted(self._outside.markets)
            if self._buyers.buy(first, one, one["stock"]) is None:
                continue
            took = self._until_lower(second, other)
            if took is not None:
                self.made.sale_to_elsewhere_s.append(round(took, 3))
            self._progress.now(f"{one['seller_sku']}: {took} s")
            done += 1

    def _until_lower(self, channel: str, offer: dict[str, Any], within_s: float = 20.0) -> float | None:
        started = time.monotonic()
        url = f"{self._outside.markets[channel]}/_sim/state?shop_id={offer['shop_id']}"
        while time.monotonic() - started < within_s:
            rows = {row["seller_sku"]: row for row in self._http.get(url).json()["listings"]}
            if rows[offer["seller_sku"]]["stock"] == 0:
                return time.monotonic() - started
            time.sleep(0.05)
        return None

    def _seen_runs(self) -> set[str]:
        return {run.id for community in self._wanted for run in self._ctx.store.log.runs(community.id, 200)}

    def _taken(self) -> int:
        by_channel = {shop.id: shop.channel for shop in self.shops}
        wanted = set(self._buyers.sales.orders)
        have = {
            (channel, order.order_id)
            for shop_id, channel in by_channel.items()
            for order in self._ctx.store.orders.latest(shop_id, 1000)
        }
        return len(wanted & have)


def main() -> int:
    """0 when the day ended clean; without ONCE=1 it stays up until Ctrl-C."""
    started = time.monotonic()
    once = os.environ.get("ONCE") == "1"
    data = Path(os.environ.get("DATA", ROOT / "var" / "world"))
    if os.environ.get("FRESH") == "1" and data.exists():
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    progress = Progress()
    progress.step("starting the practice cloud and marketplaces")
    port = free_port(PORTS["site"])
    site_url = f"http://127.0.0.1:{port}"
    with Outside(data, site_url) as outside, Inside(outside.environment, port) as inside:
        for channel, root in outside.markets.items():
            progress.step(f"practice {channel} at {root}")
        day = Day(outside, inside, _wanted(), progress)
        day.open_doors(data.parent / "drawings")
        people = seed.people(inside.bootstrap._client("cognito-idp"), _pool(outside), _wanted())
        for part in (day.restock, day.sell, day.balance, day.sync_again):
            part()
        made = day.sum_up()
        made.took_s = round(time.monotonic() - started, 1)
        _write(made, data)
        progress.step("\n" + summary.as_text(made) + "\n")
        print(_addresses(site_url, outside, people), flush=True)
        if not once:
            inside.scheduler.start()
            _until_told_to_stop()
    return 0 if made.clean and made.second_sync_changes == 0 else 1


def _wanted() -> list[Community]:
    asked = [name for name in os.environ.get("COMMUNITIES", "").split(",") if name]
    return [community for community in samples.communities() if not asked or community.id in asked]


def _pool(outside: Outside) -> str:
    return outside.environment["PINTO_USER_POOL_ID"]


def _write(made: Summary, data: Path) -> None:
    text = json.dumps(made.as_json(), ensure_ascii=False, indent=2)
    for place in {data.parent / "summary.json", data / "summary.json"}:
        place.write_text(text + "\n", encoding="utf-8")


def _addresses(site_url: str, outside: Outside, people: Sequence[seed.SignIn]) -> str:
    lines = [f"console        {site_url}/", *(f"shop front     {root}/shop/" for root in outside.markets.values())]
    lines += [f"sign in as     {p.email}  {p.password}  ({p.role})" for p in people]
    lines.append("\npoint the pinto command at it:")
    names = [name for name in outside.environment if name.startswith(("AWS_", "PINTO_"))]
    lines += [f"  export {name}={outside.environment[name]}" for name in sorted(names)]
    return "\n".join(lines)


def _until_told_to_stop() -> None:
    told = threading.Event()
    stop: Callable[[int, Any], None] = lambda *_: told.set()  # noqa: E731
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print("\nstays up; Ctrl-C ends it and keeps the data", flush=True)
    told.wait()


if __name__ == "__main__":
    sys.exit(main())

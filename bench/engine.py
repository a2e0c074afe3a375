"""From a sale in one shop to zero in the other: by push over HTTP, and by the poll where no push comes.

Measured with practice marketplaces over HTTP and the store in memory: the time is the engine's and the marketplaces'
answers'. What SQS and a cold Lambda add in the cloud is not in it.
"""

from __future__ import annotations

import math
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

from chalicelib.domain.ports import Lane
from chalicelib.jobs import pushes
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import work
from chalicelib.sync import messages
from chalicelib.sync.context import Policy
from infra import template
from tests.world import World, a_product, a_world

SALES = 50
GOAL_PUSH_S, GOAL_POLL_S = 2.0, 60.0
PATIENCE_S = 20.0
CHANNELS = ("lazada", "shopee")
RATE = {"lazada": "rate_per_second", "shopee": "rate_per_s"}


def measure() -> list[dict[str, object]]:
    """95th percentile of 50 sales of last pieces by push, and of 50 by poll, each with where the time went."""
    # Every shop may show the last piece, or there would be nothing to take down elsewhere.
    with a_world(CHANNELS, Policy(split_below=0)) as world:
        lanes = _ready(world, SALES * 2)
        by_push = _by_push(world, lanes, range(SALES))
        by_poll = _by_poll(world, lanes, range(SALES, SALES * 2))
    every_s = poll_every_s()
    waits = [every_s * (place + 0.5) / SALES for place in range(SALES)]
    polled = [wait + took for wait, took in zip(waits, by_poll, strict=True)]
    arrive, take, zero = (statistics.median(part) for part in zip(*by_push, strict=True))
    return [
        _row(
            f"sale to zero elsewhere by push, p95 of {SALES} (engine time; median: push {arrive:.2f} s, "
            f"order {take:.2f} s, zero {zero:.2f} s)",
            _p95([sum(parts) for parts in by_push]),
            GOAL_PUSH_S,
        ),
        _row(
            f"sale to zero elsewhere by poll, p95 of {SALES} (wait for a poll every {every_s:.0f} s, reckoned not "
            f"slept, and engine time {_p95(by_poll):.2f} s)",
            _p95(polled),
            GOAL_POLL_S,
        ),
    ]


def poll_every_s() -> float:
    """How often the schedule polls orders, as it is deployed."""
    (rate,) = [one.expression for one in template.load().schedules() if one.function == "poll_orders"]
    count, unit = rate.removeprefix("rate(").removesuffix(")").split()
    return int(count) * {"minute": 60.0, "hour": 3600.0}[unit.removesuffix("s")]


@dataclass
class Lanes:
    """The urgent lane as a queue between threads; what waits on the others is not part of a sale."""

    urgent: Queue[dict[str, Any]] = field(default_factory=Queue)

    def send(self, lane: Lane, messages: Sequence[Mapping[str, object]], delay_s: int = 0) -> None:
        if lane == "urgent":
            for message in messages:
                self.urgent.put(dict(message))

    def next(self, kind: str, about: str) -> dict[str, Any]:
        """The next message of this kind about this order or SKU; others are dropped. Raises: queue.Empty."""
        ends = time.monotonic() + PATIENCE_S
        while True:
            message = self.urgent.get(timeout=max(ends - time.monotonic(), 0.01))
            if message["kind"] == kind and about in (*message.get("order_ids", ()), *message.get("skus", ())):
                return message

    def forget(self) -> None:
        """Nothing waits."""
        while not self.urgent.empty():
            self.urgent.get()


def _ready(world: World, products: int) -> Lanes:
    """So many last pieces are on sale in both shops."""
    for channel in CHANNELS:
        world.sim(channel, "settings", {RATE[channel]: 100_000})
    world.sim("shopee", "settings", {"ready_after_s": 0})
    for number in range(products):
        a_product(world, _sku(number), stock=1)
    world.publish_all()
    for channel in CHANNELS:
        on_sale = [row for row in world.offers(channel).values() if row["stock"] == 1]
        if len(on_sale) != products:
            raise AssertionError(f"{len(on_sale)} of {products} pieces are on sale at {channel}")
    lanes = Lanes()
    world.ctx = replace(world.ctx, queues=lanes)
    return lanes


def _by_push(world: World, lanes: Lanes, numbers: Sequence[int]) -> list[tuple[float, float, float]]:
    """Seconds of each sale: until its push was queued, until the order was taken, until zero was read back."""
    times = []
    with _listening(world) as url:
        for channel in CHANNELS:
            world.sim(channel, "push", {"url": f"{url}/{channel}"})
        for number in numbers:
            sold = time.perf_counter()
            order_id = world.buy(CHANNELS[number % 2], _sku(number))
            heard = lanes.next("orders", order_id)
            queued = time.perf_counter()
            _work(world, heard)
            taken = time.perf_counter()
            _work(world, lanes.next("offers", _sku(number)))
            done = time.perf_counter()
            _check(world, number)
            times.append((queued - sold, taken - queued, done - taken))
    return times


def _by_poll(world: World, lanes: Lanes, numbers: Sequence[int]) -> list[float]:
    """Seconds from the poll of a shop that sold to zero read back in the other."""
    times = []
    for number in numbers:
        world.buy(CHANNELS[number % 2], _sku(number))
        lanes.forget()
        started = time.perf_counter()
        _work(world, messages.poll_orders(world.shops[CHANNELS[number % 2]].id))
        _work(world, lanes.next("offers", _sku(number)))
        times.append(time.perf_counter() - started)
        _check(world, number)
    return times


def _work(world: World, message: Mapping[str, object]) -> None:
    work(world.ctx, "urgent", Message.model_validate(message))


def _check(world: World, number: int) -> None:
    sku, elsewhere = _sku(number), CHANNELS[1 - number % 2]
    if world.offers(elsewhere)[sku]["stock"]:
        raise AssertionError(f"{sku} is still for sale at {elsewhere}")


@contextmanager
def _listening(world: World) -> Iterator[str]:
    """The address where pushes of the practice marketplaces are verified and queued."""

    class Site(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name the server looks for
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            channel = self.path.strip("/")
            said = {name.lower(): value for name, value in self.headers.items()}
            answer = pushes.receive(world.ctx, channel, said, body, f"{url}/{channel}")
            self.send_response(answer.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads along."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join(timeout=5)


def _sku(number: int) -> str:
    return f"LAST-{number:03}"


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


def _row(name: str, value: float, goal: float) -> dict[str, object]:
    return {"name": name, "value": round(value, 2), "unit": "s", "goal": goal, "met": value <= goal}

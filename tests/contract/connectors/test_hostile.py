"""A storm over every path: after it, the shop shows the catalogue, without twins, and every order is ours once.

The faults are drawn from a seed, so a storm that breaks something can be called up again.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.shops import ShopState, Tokens
from chalicelib.jobs.message import Message
from chalicelib.jobs.work import GivenUpError, work
from chalicelib.sync import edit_catalogue, messages
from tests.world import COMMUNITY, World, a_product, a_world, two_axes

KINDS = {
    "latency": 0.05,
    "drop_before": 0.04,
    "drop_after": 0.04,
    "http_500": 0.04,
    "html": 0.03,
    "empty": 0.03,
    "rate_limit": 0.04,
    "token_expired": 0.03,
    "partial": 0.15,
    "accept_then_lose": 0.08,
    "rewrite": 0.1,
    "stale_read": 0.08,
    "duplicate_page": 0.1,
    "more_rows": 0.1,
}
CANCELLED = {"lazada": "canceled", "shopee": "CANCELLED"}
SHIPPED = {"lazada": "shipped", "shopee": "SHIPPED"}
ROUNDS = 400


class Storm:
    """One community with one shop in bad weather; `given_up` are the messages a queue would keep as dead letters."""

    def __init__(self, world: World, channel: str, seed: int) -> None:
        self.world, self.channel, self.dice = world, channel, random.Random(seed)
        self.shop = world.shops[channel].id
        self.given_up: list[str] = []
        self.bought: list[str] = []

    def breaks(self, strength: float = 1.0) -> None:
        """From now on every kind of fault may strike every call, again and again."""
        for kind, chance in KINDS.items():
            fault = {"kind": kind, "probability": chance * strength, "times": None, "seed": self.dice.randrange(10**6)}
            self.world.sim(self.channel, "faults", fault | {"delay_s": 0.01 if kind == "latency" else None})

    def passes(self) -> None:
        """It was a storm; no fault is in force any more, and people have reconnected what lost its tokens."""
        struck = sum(row["struck"] for row in self.world.sim(self.channel, "faults")["faults"])
        assert struck >= 10
        self.world.http.delete(f"{self.world.markets[self.channel].url}/_sim/faults")
        self.reconnects()

    def reconnects(self) -> None:
        """A person agrees again where a refresh was lost for good; a parked shop would be our own surprise."""
        shops, shop = self.world.store.shops, self.world.store.shops.get(self.shop)
        assert shop.state is not ShopState.PARKED, shop.note
        if shop.state is ShopState.ACTIVE:
            return
        server = self.world.markets[self.channel]
        with server.market.lock:
            server.market.grant(server.market.shops[shop.remote_id])
        given, now = server.credentials(COMMUNITY.id), self.world.clock()
        pair = Tokens(given["access_token"], given["refresh_token"], now + timedelta(hours=4), now + timedelta(days=30))
        shops.save_tokens(self.shop, pair, None)
        shops.save(replace(shop, state=ShopState.ACTIVE, note=""))
        self.world.ctx.speakers.clear()

    def sails(self, rounds: int) -> None:
        """So many messages worked off, waiting out delays; nothing but a dead letter comes out of a worker."""
        queue = self.world.queues
        for _ in range(rounds):
            if not queue.sent:
                return
            queue.sent.sort(key=lambda row: row[2])
            lane, message, delay_s = queue.sent.pop(0)
            if delay_s:
                self.world.move(delay_s)
                queue.sent = [(one, body, max(wait - delay_s, 0)) for one, body, wait in queue.sent]
            try:
                work(self.world.ctx, lane, Message.model_validate(message))
            except GivenUpError as error:
                self.given_up.append(str(error))

    def sends(self) -> None:
        """The sweeper's messages: look at the shop, look at its orders."""
        self.world.queues.send("bulk", [messages.publish_shop(self.shop)])
        self.world.queues.send("urgent", [messages.poll_orders(self.shop)])

    def buys(self, sku: str) -> None:
        """A buyer tries; what is not on sale (any more) is not bought."""
        url = f"{self.world.markets[self.channel].url}/_sim/orders"
        answer = self.world.http.post(url, json={"lines": [{"seller_sku": sku, "quantity": 1}]})
        if answer.status_code == 200:
            self.bought.append(answer.json()["order_id"])

    def moves_an_order(self) -> None:
        """Some order goes on, or ends."""
        if self.bought:
            to = self.dice.choice((SHIPPED, CANCELLED))[self.channel]
            url = f"{self.world.markets[self.channel].url}/_sim/orders/{self.dice.choice(self.bought)}/advance"
            self.world.http.post(url, json={"to": to})


@pytest.fixture
def world(channel: str, _impatient: None) -> Iterator[World]:
    with a_world((channel,)) as made:
        yield made


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_the_storm_the_shop_is_as_wanted(world: World, channel: str, seed: int) -> None:
    """Creates, edits, sales and cancellations under every fault at once; then calm, one sweep, and all is true."""
    storm = Storm(world, channel, seed)
    product = a_product(world, stock=30)
    a_product(world, "SHIRT", stock=20, **two_axes())
    storm.breaks()
    for turn in range(6):
        storm.sends()
        storm.sails(25)
        storm.reconnects()
        for sku in ("TEA-50", "SHIRT-1M", "SHIRT-2L"):
            storm.buys(sku)
        storm.moves_an_order()
        if turn == 2:
            product = edit_catalogue_title(world, product)
        if turn == 4:
            count(world, "TEA-50", 25)
    storm.passes()
    for _ in range(3):
        storm.sends()
        storm.sails(ROUNDS)
        world.move(61)
    assert world.queues.sent == []
    is_as_wanted(storm)


def edit_catalogue_title(world: World, product):
    """The words change in the middle of it."""
    return world.store.catalogues.save(replace(product, title_th="ชาใบหม่อน หลังพายุ 50 กรัม"), product.version)


def count(world: World, sku: str, units: int) -> None:
    """A person counts the shelf."""
    edit_catalogue.count_stock(
        world.store, world.queues, COMMUNITY.id, sku, units, f"count-{units}", "counted", world.clock()
    )


def is_as_wanted(storm: Storm) -> None:
    """Offers equal catalogue and ledger; no twin; orders here and there are the same, each once."""
    world = storm.world
    offers = world.offers(storm.channel)
    levels = world.store.stock.levels(COMMUNITY.id, list(offers))
    wanted = {
        variant.sku: (
            product.title_th,
            variant.price.minor / 100,
            levels[variant.sku].on_hand - levels[variant.sku].reserved,
        )
        for product in world.store.catalogues.products(COMMUNITY.id)
        for variant in product.variants
    }
    assert {sku: (row["title"], row["price"], row["stock"]) for sku, row in offers.items()} == wanted
    assert {str(row["status"]).lower() for row in offers.values()} <= {"active", "normal"}
    theirs = {row["order_id"]: row["units"] for row in world.sim(storm.channel, "state")["orders"]}
    ours = {order.order_id: order for order in world.store.orders.latest(storm.shop, 500)}
    assert sorted(ours) == sorted(theirs) == sorted(storm.bought)
    assert all(sum(line.quantity for line in ours[key].lines) == len(units) for key, units in theirs.items())
    # Counted from the orders: an offer whose variants were declared anew forgets what its old ones held.
    closed = {SHIPPED[storm.channel], CANCELLED[storm.channel]}
    promised = sum(unit["status"] not in closed for units in theirs.values() for unit in units)
    assert sum(level.reserved for level in levels.values()) == promised

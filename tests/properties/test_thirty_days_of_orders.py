"""Thirty nights: what is dropped, doubled, delayed, reordered, edited or deleted is named; nothing else ever is.

Once over a channel of dictionaries, for volume and for the ends of months and years, and once over the practice
marketplaces and the real connectors. What must be named is worked out here by plain comparison, not by the code.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest

from chalicelib.domain.balance import Balance
from chalicelib.domain.catalogue import Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.errors import TransientError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.shops import Shop
from chalicelib.sync import reconcile, take_orders
from chalicelib.sync.context import Context
from tests.properties.order_source import OrderSource, a_context
from tests.world import World, a_product, a_world

THAI = timezone(timedelta(hours=7))
NIGHTS = 30
A_DAY = 20
COUNTED = 100_000
KINDS = ("dropped", "doubled", "delayed", "reordered", "edited", "vanished")
SHOP = Shop("village-lazada", "village", "lazada", "1", "app")
LIFE = (
    (timedelta(0), OrderState.TO_PACK),
    (timedelta(hours=7), OrderState.PACKED),
    (timedelta(days=1, hours=3), OrderState.HANDED_OVER),
    (timedelta(days=3, hours=11), OrderState.DELIVERED),
)


def thai_midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=THAI).astimezone(UTC)


def thai_day(moment: datetime) -> date:
    return moment.astimezone(THAI).date()


def facts(order: Order | None) -> object:
    """What must agree, written down plainly."""
    return order and (order.total, sorted((one.line_id, one.state, one.quantity, one.paid) for one in order.lines))


@dataclass
class Month:
    """A shop that sells, a channel that misbehaves with one order in a hundred, and what was heard of it."""

    ctx: Context
    source: OrderSource
    rng: Random
    now: datetime
    events: list[tuple[datetime, int, str, Order | str]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    named: Counter[str] = field(default_factory=Counter)
    gone: set[str] = field(default_factory=set)
    sold: int = 0

    def sells(self, day: date) -> None:
        """The orders of one Thai day, two of them on its very edges, with all that will be heard of them."""
        start = thai_midnight(day)
        seconds = [0, 86_399, *(self.rng.randrange(86_400) for _ in range(A_DAY - 2))]
        for second in seconds:
            self.sold += 1
            order_id = f"{self.sold:05d}"
            if self.sold % 100 == 40:  # one in a hundred, each kind in its turn
                self.kinds[order_id] = KINDS[self.sold // 100 % len(KINDS)]
            self._live(order_id, start + timedelta(seconds=second))

    def _live(self, order_id: str, created: datetime) -> None:
        kind, units = self.kinds.get(order_id, ""), self.rng.randint(1, 3)
        price = Money(8900 * units)
        line = OrderLine("l", "TEA", units, OrderState.TO_PACK, Money(8900), price)
        order = Order(SHOP.id, order_id, created, created, (line,), price)
        for step, (after, state) in enumerate(LIFE):
            at = created + after
            moved = replace(order, updated_at=at, lines=(replace(line, state=state),))
            self._at(at, "is", moved)
            if kind not in ("dropped", "delayed", "reordered"):
                self._at(at, "heard", moved)
            if kind == "doubled":
                self._at(at + timedelta(minutes=self.rng.randrange(600)), "heard", moved)
            if kind == "reordered":
                self._at(created + LIFE[-1][0] + timedelta(hours=5, minutes=-step), "heard", moved)
        self._disturb(order_id, kind, created)

    def _disturb(self, order_id: str, kind: str, created: datetime) -> None:
        if kind == "doubled":
            self.source.doubled.add(order_id)
        if kind == "delayed":
            self.source.unlisted.add(order_id)
            self._at(created + timedelta(days=2, hours=5), "listed", order_id)
        if kind == "edited":
            self._at(created + timedelta(days=1, hours=14), "edited", order_id)
        if kind == "vanished":
            self._at(created + timedelta(days=1, hours=20), "vanished", order_id)

    def _at(self, moment: datetime, what: str, about: Order | str) -> None:
        self.events.append((moment, len(self.events), what, about))

    def until(self, moment: datetime) -> None:
        """Everything up to the moment happened."""
        due = sorted(event for event in self.events if event[0] <= moment)
        self.events = [event for event in self.events if event[0] > moment]
        for at, _, what, about in due:
            self.now = at
            self._happens(what, about)
        self.now = moment

    def _happens(self, what: str, about: Order | str) -> None:
        if isinstance(about, Order):
            if about.order_id in self.gone:
                return
            if what == "heard":
                take_orders.take_all(self.ctx, SHOP, [about])
            else:
                self.source.held[about.order_id] = about
        elif what == "listed":
            self.source.unlisted.discard(about)
        elif what == "edited":
            self._edit(about)
        elif what == "vanished":
            self.source.held.pop(about)
            self.gone.add(about)

    def _edit(self, order_id: str) -> None:
        """Money, or units and money, become others, and the order's own clock does not move."""
        order = self.source.held[order_id]
        line, less = order.lines[0], order.total - Money(100)
        if int(order_id) % 200 < 100:
            line, less = replace(line, quantity=line.quantity + 1, paid=line.paid + Money(8900)), order.total * 2
        self.source.held[order_id] = replace(order, lines=(line,), total=less)

    def ours(self) -> tuple[Order, ...]:
        span = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
        return self.ctx.store.orders.created_between(SHOP.id, *span)

    def must_be_named(self, day: date) -> set[str]:
        """Orders this day's balance has to name, by comparing what is there with what is kept."""
        start, end = thai_midnight(day), thai_midnight(day + timedelta(days=1))
        orders = self.ctx.store.orders
        near = [key for key, one in self.source.held.items() if one.created_at < end and one.updated_at >= start]
        ours = orders.many(SHOP.id, near)
        of_day = {order.order_id for order in orders.created_between(SHOP.id, start, end)}
        listed = {key: self.source.held[key] for key in near if key not in self.source.unlisted}
        created = {key for key, one in listed.items() if start <= one.created_at < end}
        moved = {
            key
            for key, one in listed.items()
            if start <= one.updated_at < end and (key not in ours or ours[key].updated_at < start)
        }
        differing = {key for key in created | moved if facts(ours.get(key)) != facts(listed[key])}
        return differing | (of_day - set(self.source.held))

    def night(self, day: date) -> None:
        """Two in the morning after the day: D-7 to D-1 are balanced, and each says neither less nor more than is so."""
        self.until(thai_midnight(day + timedelta(days=1)) + timedelta(hours=2))
        for looked_at in reconcile.days_to_balance(self.ctx):
            expected = self.must_be_named(looked_at)
            gone = {key for key in expected if key not in self.source.held}
            made = reconcile.balance(self.ctx, SHOP.id, looked_at, with_offers=False)
            named = {one.subject.split("/")[0] for one in made.differences}
            assert named == expected, (looked_at, day)
            assert made.unexplained == len(gone)
            assert made.is_clean is (not gone)
            assert {one.subject for one in made.differences if not one.repaired} == gone
            assert all(one.since is not None and one.cause_class for one in made.differences)
            start, end = thai_midnight(looked_at), thai_midnight(looked_at + timedelta(days=1))
            assert made.orders == sum(
                start <= one.created_at < end and key not in self.source.unlisted
                for key, one in self.source.held.items()
            )
            self.named.update(self.kinds.get(one, "innocent") for one in named)


def a_month(first: date, seed: int) -> Month:
    source = OrderSource(page=25, shuffle=Random(seed))
    month = Month(None, source, Random(seed), thai_midnight(first))  # type: ignore[arg-type]
    month.ctx = a_context(source, SHOP, lambda: month.now)
    store = month.ctx.store
    store.communities.save(Community("village", "v", "v", "น่าน", "Nan", "north"))
    store.catalogues.save_maker("village", Maker("m", "ม"))
    tea = Product(
        "village", "TEA", Kind.BEVERAGE, "ชา", "Tea", "ชา", "tea", "m", Size(1, 1, 1, 1), (Variant("TEA", Money(8900)),)
    )
    store.catalogues.save(tea, 0)
    store.stock.count("village", "TEA", COUNTED, movement_id="c", because="test", at=month.now)
    return month


@pytest.mark.parametrize(
    ("first", "seed"),
    [(date(2026, 12, 17), 1), (date(2027, 2, 10), 2), (date(2028, 2, 11), 3)],
    ids=["year end", "end of February", "leap day"],
)
def test_thirty_nights_name_what_happened_and_nothing_else(first: date, seed: int) -> None:
    """Each night, each day: exactly the orders that differ are named, repaired where it is safe; the ledger agrees."""
    month = a_month(first, seed)
    for number in range(NIGHTS):
        month.sells(first + timedelta(days=number))
    for number in range(NIGHTS + 6):
        month.night(first + timedelta(days=number))
    month.until(month.now + timedelta(days=9))
    ours = {order.order_id: facts(order) for order in month.ours() if order.order_id in month.source.held}
    assert ours == {key: facts(order) for key, order in month.source.held.items()}
    assert month.sold == NIGHTS * A_DAY
    assert set(month.named) == set(KINDS) - {"doubled"}  # heard twice is no difference
    open_tasks = {task.subject for task in month.ctx.store.tasks.open("village")}
    assert open_tasks == {key for key, kind in month.kinds.items() if kind == "vanished"}
    level = month.ctx.store.stock.level("village", "TEA")
    left = sum(line.quantity for order in month.ours() for line in order.lines if line.state in _LEFT)
    held = sum(line.held for order in month.ours() for line in order.lines)
    assert (level.on_hand, level.reserved) == (COUNTED - left, held)


_LEFT = {OrderState.HANDED_OVER, OrderState.DELIVERED}


# --- the practice marketplaces, over HTTP, through the real connectors ------------------------------------------------

LISTS = {"lazada": "/orders/get", "shopee": "/api/v2/order/get_order_list"}
ON_THE_WAY = {"lazada": "shipped", "shopee": "SHIPPED"}
MISREAD = ("shuffled_page", "duplicate_page", "")


@dataclass
class Shopkeeping:
    """One practice shop: what its sellers' centre shows now, and what it showed when we last heard of each order."""

    world: World
    channel: str
    rng: Random
    heard: dict[str, object] = field(default_factory=dict)
    placed: list[str] = field(default_factory=list)
    named: Counter[str] = field(default_factory=Counter)

    @property
    def shop(self) -> str:
        return self.world.shops[self.channel].id

    def rows(self) -> dict[str, dict[str, Any]]:
        return {row["order_id"]: row for row in self.world.sim(self.channel, "state")["orders"]}

    def hears(self, order_id: str, times: int = 1) -> None:
        for _ in range(times):
            take_orders.hear(self.world.ctx, self.shop, [order_id])
        self.heard[order_id] = _shown(self.rows()[order_id])

    def buys(self) -> None:
        """An order; one in twelve is never pushed, one in twelve is pushed twice."""
        order_id = self.world.buy(self.channel, "TEA-50", self.rng.randint(1, 2))
        self.placed.append(order_id)
        if len(self.placed) % 12 != 7:
            self.hears(order_id, 2 if len(self.placed) % 12 == 3 else 1)

    def ships(self, order_id: str) -> None:
        """The order goes its way; one in twelve of these is not pushed, one is edited without a word."""
        self.world.sim(self.channel, f"orders/{order_id}/advance", {"to": ON_THE_WAY[self.channel]})
        turn = self.placed.index(order_id) % 12
        if turn == 5:
            self.hears(order_id)
            market = self.world.markets[self.channel].market
            with market.lock:
                order = next(one.orders[order_id] for one in market.shops.values() if order_id in one.orders)
                order.units[0].price_satang += 100
        elif turn != 9:
            self.hears(order_id)

    def night(self, last: date, stale: bool) -> None:
        """D-7 to D-1: named are exactly the orders that show something else than when we heard of them."""
        first = (thai_midnight(last) - timedelta(days=6)).timestamp()
        end = thai_midnight(last + timedelta(days=1)).timestamp()
        rows = {
            key: row
            for key, row in self.rows().items()
            if row["created_at"] < end and max(row["created_at"], row["updated_at"]) >= first
        }
        expected = {key for key, row in rows.items() if self.heard.get(key) != _shown(row)}
        named: set[str] = set()
        for day in reconcile.days_to_balance(self.world.ctx):
            made = self._balanced(day)
            assert made.is_clean, made
            named |= {one.subject.split("/")[0] for one in made.differences}
        assert named <= expected if stale else named == expected
        self.heard.update({key: _shown(rows[key]) for key in named})
        self.named.update(named)

    def _balanced(self, day: date) -> Balance:
        """As the queue would have it: a page that cannot be read sends the day back, and it comes again."""
        for _ in range(6):
            with contextlib.suppress(TransientError):
                return reconcile.balance(self.world.ctx, self.shop, day, with_offers=False)
        raise AssertionError("never balanced")


def _shown(row: dict[str, Any]) -> object:
    return row["status"], row["total"], sorted((unit["unit_id"], unit["status"]) for unit in row["units"])


def test_thirty_nights_at_the_practice_marketplaces() -> None:
    """Across New Year, both channels: pages shuffled and doubled, lists that show the evening before, silent edits."""
    with a_world(began=datetime(2027, 12, 12, 2, 0, tzinfo=UTC)) as world:
        a_product(world, stock=500)
        world.publish_all()
        keepers = [Shopkeeping(world, channel, Random(7)) for channel in world.markets]
        for number in range(NIGHTS):
            _a_day(world, keepers, date(2027, 12, 12) + timedelta(days=number), number)
        assert thai_day(world.clock()) == date(2028, 1, 11)
        for keeper in keepers:
            assert keeper.named, "nothing ever went wrong"
            orders = world.store.orders.many(keeper.shop, keeper.placed)
            assert len(orders) == len(keeper.placed)
            theirs = world.ctx.open(world.shops[keeper.channel]).orders_by_id(keeper.placed)
            assert {one.order_id: facts(one) for one in theirs} == {key: facts(one) for key, one in orders.items()}


def _a_day(world: World, keepers: list[Shopkeeping], day: date, number: int) -> None:
    _sleep_until(world, thai_midnight(day) + timedelta(hours=10))
    for keeper in keepers:
        for order_id in keeper.placed[-2:]:
            keeper.ships(order_id)
        keeper.buys()
    _sleep_until(world, thai_midnight(day) + timedelta(hours=23, minutes=58))
    stale = number % 5 == 4
    for keeper in keepers:
        if stale:
            world.fault(keeper.channel, "stale_read", LISTS[keeper.channel], times=20)
        keeper.buys()
    _sleep_until(world, thai_midnight(day + timedelta(days=1)) + timedelta(hours=2))
    for keeper in keepers:
        if kind := MISREAD[number % 3]:
            world.fault(keeper.channel, kind, LISTS[keeper.channel], times=3)
        keeper.night(day, stale)
        world.http.delete(f"{world.markets[keeper.channel].url}/_sim/faults")


def _sleep_until(world: World, moment: datetime) -> None:
    world.move((moment - world.clock()).total_seconds())

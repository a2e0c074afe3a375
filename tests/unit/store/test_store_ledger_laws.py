"""Laws of the ledger, over any history of counts, movements, orders and repeats."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.stock import Movement, MovementKind, StockError
from chalicelib.store.build import memory_store

NOON = datetime(2025, 3, 2, 12, tzinfo=UTC)
SKUS = ("A", "B")

skus, units, ids = st.sampled_from(SKUS), st.integers(-4, 6), st.integers(0, 15).map("m{}".format)


class Ledger(RuleBasedStateMachine):
    """A community with two SKUs and one shop; anything may happen to it, and happen again."""

    orders = Bundle("orders")

    def __init__(self):
        super().__init__()
        self.store = memory_store()
        self.taken = 0

    @rule(sku=skus, id=ids, on_hand=units, reserved=units)
    def move(self, sku, id, on_hand, reserved):
        with suppress(StockError):
            self.store.stock.move("c", Movement(id, sku, MovementKind.ADJUST, on_hand, reserved, NOON))

    @rule(sku=skus, id=ids, on_hand=st.integers(0, 9))
    def count(self, sku, id, on_hand):
        repeat = any(move.id == id for move in self.store.stock.ledger("c", sku))
        level = self.store.stock.count("c", sku, on_hand, movement_id=id, because="counted", at=NOON)
        assert level == self.store.stock.level("c", sku)
        assert repeat or level.on_hand == on_hand

    @rule(target=orders, sku=skus, quantity=st.integers(1, 4))
    def sell(self, sku, quantity):
        self.taken += 1
        line = OrderLine("1", sku, quantity, OrderState.TO_PACK, Money(100), Money(100 * quantity))
        order = Order("s", str(self.taken), NOON, NOON, (line,), Money(100 * quantity))
        reserve = Movement(f"{order.key}/reserve", sku, MovementKind.RESERVE, 0, quantity, NOON)
        for _ in range(2):
            with suppress(StaleWriteError):
                self.store.orders.take("c", order, None, [reserve])
        return order

    @rule(order=consumes(orders), state=st.sampled_from([OrderState.CANCELLED, OrderState.HANDED_OVER]))
    def end(self, order, state):
        (line,) = order.lines
        on_hand = -line.quantity if state is OrderState.HANDED_OVER else 0
        move = Movement(f"{order.key}/end", line.seller_sku, MovementKind.SHIP, on_hand, -line.quantity, NOON)
        ended = Order("s", order.order_id, NOON, NOON.replace(hour=13), order.lines, order.total)
        with suppress(StockError):
            self.store.orders.take("c", ended, order, [move])

    @invariant()
    def the_level_is_the_sum_of_the_ledger(self):
        """On hand, reserved and version, for each SKU; nothing is below zero."""
        for sku in SKUS:
            level, moves = self.store.stock.level("c", sku), self.store.stock.ledger("c", sku)
            assert level.on_hand == sum(move.on_hand for move in moves) >= 0
            assert level.reserved == sum(move.reserved for move in moves) >= 0
            assert level.version == len(moves)

    @invariant()
    def every_order_taken_is_kept(self):
        """As many as were heard, and each counted once among the units sold."""
        kept = self.store.orders.latest("s", 1000)
        assert len(kept) == self.taken
        sold = {sku: sum(o.lines[0].quantity for o in kept if o.lines[0].seller_sku == sku) for sku in SKUS}
        assert self.store.orders.sold_lately("s", SKUS) == sold


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

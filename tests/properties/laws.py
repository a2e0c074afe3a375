"""What the laws draw from: small shops, orders and facts about them, so that collisions are frequent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.stock import Movement, MovementKind, StockLevel, apply

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)
SKUS = ("TEA-50", "SOAP", "SHIRT-M")
OTHER_PEOPLES = "NOT-OURS"
HOME = (OrderState.UNPAID, OrderState.TO_PACK, OrderState.PACKED)
AWAY = (OrderState.HANDED_OVER, OrderState.DELIVERED, OrderState.COMPLETED, OrderState.RETURNING, OrderState.RETURNED)

few = settings(max_examples=40, deadline=None)
fewer = settings(max_examples=20, deadline=None)


@st.composite
def lives(draw, order_id: str = "1", shop: str = "test-bazaar", skus: tuple[str, ...] = (*SKUS, OTHER_PEOPLES)):
    """Every fact a channel could tell of one order, oldest first: its lines move on, or end, never back."""
    wanted = draw(st.lists(st.tuples(st.sampled_from(skus), st.integers(1, 3)), min_size=1, max_size=3))
    paths = [draw(_paths()) for _ in wanted]
    facts = []
    for step in range(max(map(len, paths))):
        lines = tuple(
            OrderLine(str(place), sku, units, path[min(step, len(path) - 1)], Money(8900), Money(8900) * units)
            for place, ((sku, units), path) in enumerate(zip(wanted, paths, strict=True))
        )
        at = NOW + timedelta(minutes=step)
        facts.append(Order(shop, order_id, NOW, at, lines, Money(8900)))
    return facts


@st.composite
def _paths(draw):
    """States of one line: some of home, then cancelled, or some of away, or still at home."""
    home = draw(st.integers(0, len(HOME) - 1))
    start = list(HOME[home : draw(st.integers(home + 1, len(HOME)))])
    end = draw(st.sampled_from(("home", "cancelled", "away")))
    if end == "home":
        return start
    if end == "cancelled":
        return [*start, OrderState.CANCELLED]
    first = draw(st.integers(0, len(AWAY) - 1))
    return [*start, *AWAY[first : draw(st.integers(first + 1, len(AWAY)))]]


def retellings(facts):
    """The facts doubled, late and out of order, with the newest among them."""
    some = st.lists(st.sampled_from(facts), max_size=8)
    return some.flatmap(lambda told: st.permutations([*told, facts[-1]]))


class Ledger:
    """The ledger as a sum: movements by id, each once; a level may never fall below zero."""

    def __init__(self, on_hand: int) -> None:
        self.movements: dict[str, Movement] = {}
        self.levels = {sku: StockLevel(sku, on_hand) for sku in (*SKUS, OTHER_PEOPLES)}
        self._start = on_hand

    def move(self, moves) -> None:
        """Movements already there are left out; `apply` refuses what would break the ledger."""
        for move in moves:
            if move.id not in self.movements:
                self.movements[move.id] = move
                self.levels[move.sku] = apply(self.levels[move.sku], move)

    def adds_up(self) -> bool:
        """Whether every level is its start and the sum of its movements."""
        return all(
            (level.on_hand, level.reserved) == (self._start + self._sum(sku, "on_hand"), self._sum(sku, "reserved"))
            for sku, level in self.levels.items()
        )

    def _sum(self, sku: str, field: str) -> int:
        return sum(getattr(move, field) for move in self.movements.values() if move.sku == sku)


def open_units(orders, sku: str) -> int:
    """Units of the SKU that open lines promise."""
    return sum(line.quantity for o in orders for line in o.lines if line.seller_sku == sku and line.state in HOME)


def left_units(orders, sku: str) -> int:
    """Units of the SKU in lines that left the shelf."""
    return sum(line.quantity for o in orders for line in o.lines if line.seller_sku == sku and line.state in AWAY)


def kinds(ledger: Ledger, kind: MovementKind) -> list[Movement]:
    """The ledger's movements of this kind."""
    return [move for move in ledger.movements.values() if move.kind is kind]

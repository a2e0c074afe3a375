"""What does not agree about a shop's money, worked out afresh from orders, statements and ledger each time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ledger import BookedLine
from chalicelib.domain.settlement_differences import (
    UNPAID_AFTER,
    Difference,
    PaidLine,
    about_orders,
    about_statements,
    booked_twice,
    paid_lines,
)
from chalicelib.sync.context import Context

BEFORE = timedelta(days=90)
"""How long after an order the channel may still settle something of it, for what is looked at together."""


def differences(
    ctx: Context, shop_id: str, since: datetime, until: datetime, unpaid_after: timedelta = UNPAID_AFTER
) -> tuple[Difference, ...]:
    """Everything wrong with statements settled and orders placed in the span, the oldest first; nothing is written."""
    store, now = ctx.store.settlements, ctx.clock()
    statements = store.statements(shop_id, since, until)
    around = store.lines_between(shop_id, since - BEFORE, now + timedelta(seconds=1))
    inside = [one for one in around if since <= one.settled_at < until]
    orders = {one.order_id: one for one in ctx.store.orders.created_between(shop_id, since, until)}
    missing = sorted({one.line.order_id for one in inside if one.line.order_id} - orders.keys())
    orders |= ctx.store.orders.many(shop_id, missing)
    found = about_statements(statements, inside, now)
    # The first of a pair may be settled long before its repeat, which alone is what the span is asked about.
    found += [one for one in booked_twice(around) if since <= one.since < until]
    found += about_orders(orders, _of(orders, missing, around), now, unpaid_after)
    return tuple(
        sorted(found, key=lambda one: (one.since, one.cause, one.order_id, one.statement, one.settlement_line))
    )


def paid(ctx: Context, shop_id: str, order_id: str) -> tuple[PaidLine, ...]:
    """Expected against paid of one order, line by line. Raises: NotFoundError."""
    order = ctx.store.orders.get(shop_id, order_id)
    if order is None:
        raise NotFoundError(f"no order {order_id} in {shop_id}")
    return paid_lines(order, ctx.store.settlements.of_order(shop_id, order_id))


def _of(orders: Iterable[str], missing: Iterable[str], lines: Iterable[BookedLine]) -> list[BookedLine]:
    """Lines of these orders and of those the span's lines name."""
    wanted = {*orders, *missing}
    return [one for one in lines if one.line.order_id in wanted]

"""Take orders: what a channel sold becomes ours exactly once, and moves the ledger with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.fulfilment import merged, movements, possible
from chalicelib.domain.orders import Order
from chalicelib.domain.ports import Cursor, Marketplace, OrderWindow
from chalicelib.domain.shops import Shop
from chalicelib.domain.stock import Movement, MovementKind, StockError
from chalicelib.sync import messages
from chalicelib.sync.context import Context

TRIES = 8


@dataclass(frozen=True, slots=True)
class Taken:
    """What hearing of some orders changed: ids of new and changed orders, and the SKUs whose stock moved."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()

    def __add__(self, other: Taken) -> Taken:
        return Taken(self.new + other.new, self.changed + other.changed, tuple(sorted({*self.skus, *other.skus})))


def hear(ctx: Context, shop_id: str, order_ids: Sequence[str]) -> Taken:
    """These orders were read and taken; a push told us to look."""
    shop = ctx.store.shops.get(shop_id)
    taken = take_all(ctx, shop, ctx.open(shop).orders_by_id(order_ids))
    tell(ctx, shop, taken)
    return taken


def poll(ctx: Context, shop_id: str) -> Taken:
    """Everything that changed among the shop's orders since the cursor was taken; the cursor moved with it."""
    shop = ctx.store.shops.get(shop_id)
    return poll_with(ctx, shop, ctx.open(shop))


def poll_with(ctx: Context, shop: Shop, market: Marketplace) -> Taken:
    """As `poll`, with a speaker that is already open.

    The window overlaps the last one, so that news that came late is heard; hearing it twice is harmless. The
    cursor moves only after the last page, in the same write as the last order it covers.
    """
    until = ctx.clock() - timedelta(seconds=ctx.policy.poll_lag_s)
    window = OrderWindow("updated", _since(ctx, shop, until), until + timedelta(seconds=1))
    taken = Taken()
    heard: list[Order] = []
    for page in market.orders(window):
        taken += take_all(ctx, shop, heard)
        heard = list(page)
    taken += take_all(ctx, shop, heard, Cursor(shop.id, "updated", until))
    tell(ctx, shop, taken)
    return taken


def take_all(ctx: Context, shop: Shop, heard: Iterable[Order], cursor: Cursor | None = None) -> Taken:
    """The orders are ours; those that brought nothing new cost one batched read. The cursor goes with the last."""
    orders = list(heard)
    known = ctx.store.orders.many(shop.id, [order.order_id for order in orders])
    news = [order for order in orders if merged(order, known.get(order.order_id)) != known.get(order.order_id)]
    taken = Taken()
    for order in news:
        last = order is news[-1]
        taken += _take(ctx, shop, order, known.get(order.order_id), cursor if last else None)
    if cursor is not None and not news:
        ctx.store.orders.save_cursor(cursor)
    return taken


def take(ctx: Context, shop: Shop, heard: Order, cursor: Cursor | None = None) -> Taken:
    """The order is stored with its stock movements in one transaction; a repeat changes nothing.

    Raises: StaleWriteError when others kept changing the same rows through every try.
    """
    return _take(ctx, shop, heard, ctx.store.orders.get(shop.id, heard.order_id), cursor)


def _take(ctx: Context, shop: Shop, heard: Order, known: Order | None, cursor: Cursor | None) -> Taken:
    for left in reversed(range(TRIES)):
        order = merged(heard, known)
        moves = _movements(ctx, shop, order, known)
        try:
            ctx.store.orders.take(shop.community, order, known, moves, cursor)
        except (StaleWriteError, StockError):
            if not left:
                raise
            known = ctx.store.orders.get(shop.id, heard.order_id)
            continue
        _channel_moved_its_own(ctx, shop, moves)
        skus = tuple(sorted({move.sku for move in moves}))
        return Taken(skus=skus, new=(order.order_id,) if known is None else (), changed=_changed(order, known))
    raise StaleWriteError(heard.key)


def tell(ctx: Context, shop: Shop, taken: Taken) -> None:
    """Every other shop of the community looks at the SKUs whose stock moved; to-zero waits behind nothing else.

    The shop that sold has changed its own number already. When pieces are so few that shops share them, a sibling
    that comes down tells it to look.
    """
    if taken.skus:
        others = [other for other in ctx.store.shops.of_community(shop.community) if other.id != shop.id]
        ctx.queues.send("urgent", [messages.look_at_offers(other.id, taken.skus, "order") for other in others])


def _movements(ctx: Context, shop: Shop, order: Order, known: Order | None) -> tuple[Movement, ...]:
    skus = sorted({line.seller_sku for line in order.lines if line.seller_sku})
    products = ctx.store.catalogues.products_of(shop.community, skus)
    ours = {sku for product in products for sku in product.skus}
    moves = movements(order, known, ours, ctx.clock())
    if not any(move.kind is MovementKind.SHIP for move in moves):
        return moves
    return possible(moves, ctx.store.stock.levels(shop.community, sorted({move.sku for move in moves})))


def _channel_moved_its_own(ctx: Context, shop: Shop, moves: Sequence[Movement]) -> None:
    """The channel that sold (or cancelled) has changed its own number already; we remember it that way."""
    for move in moves:
        if move.kind in (MovementKind.RESERVE, MovementKind.RELEASE):
            ctx.store.bindings.sold(shop.id, move.sku, move.reserved)


def _changed(order: Order, known: Order | None) -> tuple[str, ...]:
    return (order.order_id,) if known is not None and order != known else ()


def _since(ctx: Context, shop: Shop, until: datetime) -> datetime:
    cursor = ctx.store.orders.cursor(shop.id, "updated")
    if cursor is None:
        return until - timedelta(days=ctx.policy.first_poll_days)
    return cursor.at - timedelta(seconds=ctx.policy.poll_overlap_s)

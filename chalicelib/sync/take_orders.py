"""Take orders: what a channel sold becomes ours exactly once, and moves the ledger with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.balance import business_day, unreadable
from chalicelib.domain.bundles import Recipe
from chalicelib.domain.catalogue import Product
from chalicelib.domain.errors import OrdersMissingError, StaleWriteError
from chalicelib.domain.fulfilment import (
    holding,
    merged,
    movements,
    offer_movements,
    possible,
    with_makers,
    with_recipes,
)
from chalicelib.domain.orders import Order
from chalicelib.domain.ports import Cursor, Marketplace, OrderWindow
from chalicelib.domain.privacy import buyer_until
from chalicelib.domain.shops import Shop
from chalicelib.domain.stock import Movement, MovementKind, StockError
from chalicelib.domain.tasks import task_of
from chalicelib.sync import messages
from chalicelib.sync.context import Caught, Context, OutOfTimeError
from chalicelib.sync.layers import caught_orders

TRIES = 8
LONGEST_WINDOW = timedelta(days=1)
"""What one worker reads before the cursor moves: after an outage, or at a shop's first poll, there is more."""
READ_TRIES = 3
UNREADABLE_S = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Taken:
    """What hearing of some orders changed: ids of new and changed orders, and the SKUs whose stock moved.

    `at` is when the channel moved the oldest of them; `history` how many of the new ones were placed before the
    shop was connected.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    at: datetime | None = None
    history: int = 0

    def __add__(self, other: Taken) -> Taken:
        skus = tuple(sorted({*self.skus, *other.skus}))
        oldest = min((at for at in (self.at, other.at) if at is not None), default=None)
        return Taken(self.new + other.new, self.changed + other.changed, skus, oldest, self.history + other.history)

    @property
    def news(self) -> int:
        """How many orders were placed since the shop is ours and heard of now."""
        return len(self.new) - self.history

    @property
    def cause(self) -> str:
        """The orders that moved stock, as what follows names them."""
        return " ".join((*self.new, *self.changed)[:3])


def hear(ctx: Context, shop_id: str, order_ids: Sequence[str]) -> Taken:
    """These orders were read and taken; a push told us to look."""
    shop = ctx.store.shops.get(shop_id)
    market = ctx.open(shop)
    heard = market.orders_by_id(order_ids)
    taken = take_all(ctx, shop, heard)
    caught_orders(ctx, shop, Caught(shop.channel, "push", taken.news, market.calls), len(taken.changed))
    # Also when it brought nothing new: a worker that died between taking and telling left that to us.
    tell(ctx, shop, taken + _all_skus(heard))
    return taken


def poll(ctx: Context, shop_id: str) -> Taken:
    """Everything that changed among the shop's orders since the cursor was taken; the cursor moved with it.

    Raises: OutOfTimeError when a later worker must go on, and the marketplace's errors.
    """
    shop = ctx.store.shops.get(shop_id)
    market = ctx.open(shop)
    try:
        return poll_with(ctx, shop, market)
    except OrdersMissingError:
        return Taken()  # the others are taken and told; the cursor waits for these
    finally:
        ctx.noticed(Caught(shop.channel, "poll", calls=market.calls, shop=shop.id))


def poll_with(ctx: Context, shop: Shop, market: Marketplace) -> Taken:
    """As `poll`, with a speaker that is already open.

    The window overlaps the last one, so that news that came late is heard; hearing it twice is harmless. A long time
    is read day by day, and the cursor moves after each, when every row is stored and every shop was told: a worker
    that dies before that leaves the same window to the next, which tells again what lies beyond the cursor.
    Raises: OutOfTimeError when a later worker must go on; OrdersMissingError when some orders could not be read, and
    the marketplace's errors. What was taken before is told in any case.
    """
    now = ctx.clock() - timedelta(seconds=ctx.policy.poll_lag_s)
    cursor = ctx.store.orders.cursor(shop.id, "updated")
    since, taken = _since(ctx, cursor, now), Taken()
    while since < now:
        until = min(since + LONGEST_WINDOW, now)
        taken += _window(ctx, shop, market, OrderWindow("updated", since, until + timedelta(seconds=1)), cursor)
        ctx.store.orders.save_cursor(Cursor(shop.id, "updated", until))
        since = until
        if since < now and ctx.must_stop:
            raise OutOfTimeError
    return taken


def _window(ctx: Context, shop: Shop, market: Marketplace, window: OrderWindow, cursor: Cursor | None) -> Taken:
    """The orders of the window are ours and told of. Raises: as `poll_with`."""
    taken, untold = Taken(), Taken()
    try:
        for page in market.orders(window):
            taken += take_all(ctx, shop, page)
            untold += _all_skus(order for order in page if cursor is None or order.updated_at >= cursor.at)
            if ctx.must_stop:
                raise OutOfTimeError
    except OrdersMissingError as error:
        if not _given_up(ctx, shop, error):
            raise
    finally:
        tell(ctx, shop, taken + untold)
        caught_orders(ctx, shop, Caught(shop.channel, "poll", taken.news), len(taken.changed))
    return taken


def _given_up(ctx: Context, shop: Shop, error: OrdersMissingError) -> bool:
    """Whether each of these orders was asked for often enough: then a person looks, and the orders behind it go on.

    Until then the cursor stays, so that an order which is only late is not missed.
    """
    tries = [
        any(ctx.store.seen.first_time(f"unreadable:{shop.id}:{one}:{turn}", UNREADABLE_S) for turn in range(READ_TRIES))
        for one in error.order_ids
    ]
    if any(tries):
        return False
    day, now = business_day(ctx.clock()), ctx.clock()
    ctx.store.tasks.found([task_of(shop.community, shop.id, day, unreadable(one), now) for one in error.order_ids])
    return True


def take_all(ctx: Context, shop: Shop, heard: Iterable[Order]) -> Taken:
    """The orders are ours; those that brought nothing new cost one batched read."""
    orders = list(heard)
    known = ctx.store.orders.many(shop.id, [order.order_id for order in orders])
    taken = Taken()
    for order in orders:
        if _is_news(order, known.get(order.order_id)):
            taken += _take(ctx, shop, order, known.get(order.order_id))
    return taken


def take(ctx: Context, shop: Shop, heard: Order) -> Taken:
    """The order is stored with its stock movements in one transaction; a repeat changes nothing.

    Raises: StaleWriteError when others kept changing the same rows through every try.
    """
    return _take(ctx, shop, heard, ctx.store.orders.get(shop.id, heard.order_id))


def _take(ctx: Context, shop: Shop, heard: Order, known: Order | None) -> Taken:
    is_back_told = False
    for left in reversed(range(TRIES)):
        order, moves, sold = _moved(ctx, shop, merged(heard, known), known)
        if order == known and not moves:
            return Taken()
        if not is_back_told:
            # Before the ledger frees them: a worker that dies between must not leave free what the shop shows again.
            _channel_moved_its_own(ctx, shop, order, sold, MovementKind.RELEASE)
            is_back_told = True
        try:
            until = buyer_until(order, ctx.policy_of(shop.community).buyer_days)
            ctx.store.orders.take(shop.community, order, known, moves, buyer_until=until)
        except (StaleWriteError, StockError):
            if not left:
                raise
            known = ctx.store.orders.get(shop.id, heard.order_id)
            continue
        _channel_moved_its_own(ctx, shop, order, sold, MovementKind.RESERVE)
        skus = tuple(sorted({move.sku for move in (*moves, *sold)}))
        new, at = (order.order_id,) if known is None else (), order.created_at if known is None else order.updated_at
        return Taken(new, _changed(order, known), skus, at, int(bool(new) and is_before(shop, order)))
    raise StaleWriteError(heard.key)


def tell(ctx: Context, shop: Shop, taken: Taken) -> None:
    """Every other shop of the community looks at the SKUs whose stock moved; to-zero waits behind nothing else.

    So it looks at every bundle made of them and every component of a bundle sold. The shop that sold has changed
    its own number already, but none that hangs together with it. When pieces are so few that shops share them, a
    sibling that comes down tells it to look.
    """
    if not taken.skus:
        return
    skus = ctx.store.catalogues.family(shop.community, taken.skus)
    hang_together = len(skus) > len(taken.skus) or bool(ctx.store.catalogues.recipes(shop.community, skus))
    shops = ctx.store.shops.of_community(shop.community)
    lookers = [other for other in shops if other.id != shop.id or hang_together]
    asked = [messages.look_at_offers(other.id, skus, "order") for other in lookers]
    ctx.queues.send("urgent", [messages.traced(one, taken.cause, taken.at) for one in asked])


def _is_news(heard: Order, known: Order | None) -> bool:
    """True also for an open line nothing is held for: its SKU may have become ours meanwhile."""
    kept = merged(heard, known)
    return kept != known or any(line.is_unheld for line in kept.lines)


def _moved(
    ctx: Context, shop: Shop, order: Order, known: Order | None
) -> tuple[Order, tuple[Movement, ...], tuple[Movement, ...]]:
    """The order as it is kept, what it moves in the ledger, and the same in units of the offers sold."""
    products, now = _products(ctx, shop, {line.seller_sku for line in order.lines if line.seller_sku}), ctx.clock()
    ours = products.keys()
    order = with_recipes(order, known, _recipes(products))
    parts = {sku for line in order.lines if not line.makers for sku, _ in line.recipe}
    order = with_makers(order, {**_products(ctx, shop, parts), **products})
    since = shop.connected_at
    moves, sold = movements(order, known, ours, now, since), offer_movements(order, known, ours, now, since)
    if any(move.kind is MovementKind.SHIP for move in moves):
        moves = possible(moves, ctx.store.stock.levels(shop.community, sorted({move.sku for move in moves})))
    return holding(order, ours), moves, sold


def _products(ctx: Context, shop: Shop, skus: Iterable[str]) -> dict[str, Product]:
    """SKU -> its product, for all SKUs of the products these belong to."""
    asked = sorted(skus)
    found = ctx.store.catalogues.products_of(shop.community, asked) if asked else ()
    return {variant.sku: product for product in found for variant in product.variants}


def _recipes(products: Mapping[str, Product]) -> dict[str, Recipe]:
    """Bundle -> its components."""
    variants = [variant for product in products.values() for variant in product.variants]
    return {variant.sku: variant.components for variant in variants if variant.is_bundle}


def is_before(shop: Shop, order: Order) -> bool:
    """Whether the order was placed before the shop was connected."""
    return shop.connected_at is not None and order.created_at < shop.connected_at


def _all_skus(orders: Iterable[Order]) -> Taken:
    return Taken(skus=tuple(sorted({line.seller_sku for order in orders for line in order.lines if line.seller_sku})))


def _channel_moved_its_own(
    ctx: Context, shop: Shop, order: Order, sold: Sequence[Movement], kind: MovementKind
) -> None:
    """The channel that sold (or cancelled) has changed its own number already; we remember it that way.

    Told twice, a cancellation leaves us with more than the shop shows: that offers nothing twice, and a look mends it.
    Not when the shop was seen after that: its number is in our memory then, and taking it off twice would let a
    later plan believe that the shop shows less than it does.
    """
    own = [move for move in sold if move.kind is kind]
    bindings = ctx.store.bindings.of_skus(shop.id, sorted({move.sku for move in own})) if own else {}
    for move in own:
        # Channels tell whole seconds: in doubt the shop shows the unit, which is the side that sells nothing twice.
        is_back = move.kind is MovementKind.RELEASE
        moved_at = order.updated_at + timedelta(seconds=1) if is_back else order.created_at
        if move.sku in bindings and bindings[move.sku].seen_at < moved_at:
            ctx.store.bindings.sold(shop.id, move.sku, move.reserved)


def _changed(order: Order, known: Order | None) -> tuple[str, ...]:
    return (order.order_id,) if known is not None and order != known else ()


def _since(ctx: Context, cursor: Cursor | None, until: datetime) -> datetime:
    if cursor is None:
        return until - timedelta(days=ctx.policy.first_poll_days)
    return cursor.at - timedelta(seconds=ctx.policy.poll_overlap_s)

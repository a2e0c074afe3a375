"""What must hold after a storm: the marketplaces' own state against the store, law by law."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.domain.offers import ListingState
from chalicelib.domain.orders import OPEN_STATES, Order
from chalicelib.domain.shops import ShopState
from chalicelib.domain.synclog import RunState
from chalicelib.sync import reconcile
from chalicelib.sync.desired import desired_listings
from sandbox.chaos import afterwards
from sandbox.chaos.goods import COMMUNITY, SKUS
from sandbox.chaos.logs import Logs
from sandbox.chaos.ours import ROUNDS, Ours
from sandbox.chaos.stage import CHANNELS
from sandbox.chaos.world import HIDDEN, World

STATES = {
    "unpaid": "unpaid", "pending": "to_pack", "packed": "packed", "ready_to_ship": "packed",
    "shipped": "handed_over", "delivered": "delivered", "confirmed": "completed", "canceled": "cancelled",
    "UNPAID": "unpaid", "READY_TO_SHIP": "to_pack", "PROCESSED": "packed", "SHIPPED": "handed_over",
    "TO_CONFIRM_RECEIVE": "delivered", "COMPLETED": "completed", "CANCELLED": "cancelled",
}  # fmt: skip
MANY = 10_000
GONE = "nothing gone on a failed read"


def twins(world: World) -> int:
    """Offers too many: how often a seller SKU stands in a shop beyond once."""
    counts: Counter[tuple[str, str]] = Counter()
    for channel in CHANNELS:
        counts.update((channel, row["seller_sku"]) for row in world.state(channel)["listings"] if row["seller_sku"])
    return sum(count - 1 for count in counts.values())


def check(engine: Ours, logs: Logs, rounds: int) -> list[str]:
    """Every law that does not hold, as a sentence each; empty when all do.

    Orders are looked at before the nightly balance too: polls alone must have found them, except where the
    marketplace showed an old page as the present one, which only the balance can tell.
    """
    honest = [channel for channel in CHANNELS if channel not in engine.world.lied]
    found = [*_orders(engine, honest), *afterwards.neighbours(engine), *_balances(engine)]
    found += [*_converges(engine, rounds), *_orders(engine, CHANNELS), *_ledger(engine), *_split(engine)]
    found += [
        *engine.broken,
        *_told(engine),
        *afterwards.words(engine),
        *afterwards.money(engine),
        *(f"nothing private leaks: {leak}" for leak in logs.leaks(engine.secrets)),
    ]
    number = twins(engine.world)
    if number:
        found.append(f"no twin: {number} offers too many")
    return list(dict.fromkeys(found))


def _converges(engine: Ours, rounds: int) -> Iterator[str]:
    if rounds > ROUNDS:
        yield "converges: still busy after every round"
    store = engine.calm_store
    products = store.catalogues.products(COMMUNITY.id)
    for channel, shop_id in engine.shops.items():
        shop = store.shops.get(shop_id)
        bindings = store.bindings.of_shop(shop_id)
        rows = {row["seller_sku"]: row for row in engine.world.state(channel)["listings"]}
        for listing in desired_listings(engine.workers[0].ctx, shop, products, bindings):
            for offer in listing.offers:
                yield from _offer(channel, listing, offer, rows.get(offer.seller_sku))
        for sku, binding in bindings.items():
            if sku in rows and binding.state is ListingState.GONE:
                yield f"{GONE}: {sku} stands on {channel} and is remembered as gone"


def _offer(channel: str, listing: Any, offer: Any, row: dict[str, Any] | None) -> Iterator[str]:
    if row is None:
        if listing.on_sale:
            yield f"converges: {offer.seller_sku} is missing on {channel}"
        return
    want = (offer.price.minor / 100, offer.quantity, listing.title if listing.on_sale else row["title"])
    have = (row["price"], row["stock"], row["title"])
    if want != have:
        yield f"converges: {offer.seller_sku} on {channel} should be {want}, is {have}"
    if (row["status"] != HIDDEN[channel]) != listing.on_sale:
        yield f"converges: {offer.seller_sku} on {channel} is {row['status']}, on sale: {listing.on_sale}"


def _ours(engine: Ours, shop_id: str) -> dict[str, Order]:
    return {order.order_id: order for order in engine.calm_store.orders.latest(shop_id, MANY)}


def _orders(engine: Ours, channels: Sequence[str]) -> Iterator[str]:
    for channel in channels:
        shop_id = engine.shops[channel]
        ours = _ours(engine, shop_id)
        theirs = {str(order["order_id"]): order for order in engine.world.state(channel)["orders"]}
        for order_id in sorted(set(ours) ^ set(theirs)):
            yield f"no lost order: {order_id} of {channel} is ours: {order_id in ours}, theirs: {order_id in theirs}"
        for order_id in sorted(set(ours) & set(theirs)):
            yield from _order(ours[order_id], theirs[order_id])


def _order(ours: Order, theirs: dict[str, Any]) -> Iterator[str]:
    state = STATES.get(theirs["status"], theirs["status"])
    if ours.state.value != state:
        yield f"no lost order: {ours.key} is {ours.state.value}, theirs {theirs['status']}"
    have: Counter[str] = Counter()
    for line in ours.lines:
        have[line.seller_sku] += line.quantity
    want = {line["seller_sku"]: line["quantity"] for line in theirs["lines"]}
    if dict(have) != want:
        yield f"no doubled order: {ours.key} has {dict(have)}, theirs {want}"


def _ledger(engine: Ours) -> Iterator[str]:
    orders = [order for shop_id in engine.shops.values() for order in _ours(engine, shop_id).values()]
    for sku in SKUS:
        level = engine.calm_store.stock.level(COMMUNITY.id, sku)
        moves = engine.calm_store.stock.ledger(COMMUNITY.id, sku)
        sums = sum(move.on_hand for move in moves), sum(move.reserved for move in moves)
        promised = sum(
            line.quantity for o in orders for line in o.lines if line.seller_sku == sku and line.state in OPEN_STATES
        )
        if sums != (level.on_hand, level.reserved):
            yield f"stock adds up: {sku} is {level.on_hand}/{level.reserved}, its movements say {sums}"
        if level.reserved != promised:
            yield f"stock adds up: {sku} holds {level.reserved}, open orders promise {promised}"
        if min(level.on_hand, level.reserved) < 0:
            yield f"stock adds up: {sku} is below zero"
        if level.on_hand > engine.world.shelf[sku]:
            yield f"stock adds up: {sku} on hand {level.on_hand}, on the shelf {engine.world.shelf[sku]}"


def _split(engine: Ours) -> Iterator[str]:
    if engine.policy.split_below < MANY:
        return
    if engine.world.oversold:
        yield f"split never oversells: {engine.world.oversold} units"
    for shown in engine.world.exposed.values():
        yield f"split never oversells: {shown}"


def _told(engine: Ours) -> Iterator[str]:
    store = engine.calm_store
    for shop_id in engine.shops.values():
        shop = store.shops.get(shop_id)
        if shop.state is not ShopState.ACTIVE and not shop.note:
            yield f"every failure reaches a person: {shop_id} is {shop.state} without a word"
    for run in store.log.runs(COMMUNITY.id, MANY):
        if run.state is RunState.RUNNING:
            yield f"every failure reaches a person: run {run.id} ({run.trigger}) of {run.shop} never ended"
        if run.state is RunState.COMPLETE and any(run.counts.get(bad) for bad in ("planned", "sent")):
            yield f"every failure reaches a person: run {run.id} is green with {dict(run.counts)}"


def _balances(engine: Ours) -> Iterator[str]:
    """The night after: unpaid orders ended, the schedules ran, and every balance is clean."""
    engine.stage.clock.advance(86_400)
    engine.settle()
    engine.schedule("nightly_balance")
    engine.drain()
    engine.settle()
    nights = engine.calm_store.balances.of_day(reconcile.days_to_balance(engine.workers[0].ctx)[-1])
    if len(nights) < len(engine.shops):
        yield f"balances are clean: only {len(nights)} were made"
    for made in nights:
        if not made.is_clean:
            yield f"balances are clean: {made.shop} {made.orders}/{made.accounted} {made.differences}"

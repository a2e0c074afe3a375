"""The nightly balance: two counts, every order and every offer against ours, repaired where it is safe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from chalicelib.domain.balance import Balance, Difference, business_day, compare_orders, day_window
from chalicelib.domain.offers import Observation
from chalicelib.domain.orders import Order
from chalicelib.domain.planner import plan
from chalicelib.domain.ports import Marketplace, OrderWindow
from chalicelib.domain.shops import Shop
from chalicelib.domain.synclog import RunState
from chalicelib.sync import publish, take_orders
from chalicelib.sync.context import Caught, Context
from chalicelib.sync.desired import desired_listings
from chalicelib.sync.record import words

_FETCH_TOGETHER = 50


def days_to_balance(ctx: Context, back: int = 7) -> tuple[date, ...]:
    """Yesterday in Thailand, and the days before it again for late arrivals: oldest first."""
    today = business_day(ctx.clock())
    return tuple(today - timedelta(days=ago) for ago in range(back, 0, -1))


def balance(ctx: Context, shop_id: str, day: date, *, with_offers: bool = True) -> Balance:
    """The day of this shop is balanced, stored and answered; what was safe to repair is repaired.

    Orders are counted twice, by created and by updated time, and compared one by one; offers are read back and
    compared with the ledger. A difference that is still there after the repair is a task for a person.
    """
    shop = ctx.store.shops.get(shop_id)
    market = ctx.open(shop)
    theirs, differences = _orders(ctx, shop, market, day)
    offers, agreeing, drift = _offers(ctx, shop, market) if with_offers else (0, 0, ())
    unexplained = {difference.subject.split("/")[0] for difference in differences if not difference.repaired}
    result = Balance(
        shop=shop.id,
        community=shop.community,
        channel=shop.channel,
        day=day,
        made_at=ctx.clock(),
        orders=len(theirs),
        accounted=len(theirs - unexplained),
        offers=offers,
        offers_agreeing=agreeing,
        differences=(*differences, *drift),
        calls=market.calls,
    )
    ctx.store.balances.save(result)
    ctx.noticed(Caught(shop.channel, "balance", calls=market.calls))
    return result


# --- orders -------------------------------------------------------------------------------------------------


def _orders(ctx: Context, shop: Shop, market: Marketplace, day: date) -> tuple[set[str], tuple[Difference, ...]]:
    """Ids of the day's orders at the channel, and what did not agree."""
    start, end = day_window(day)
    until = min(end, ctx.clock() + timedelta(seconds=1))
    created = OrderWindow("created", start, until)
    theirs = [order for page in market.orders(created) for order in page]
    counted = set(market.order_ids(OrderWindow("updated", start, until)))
    elsewhere = _unknown(ctx, shop, sorted(counted - {order.order_id for order in theirs}))
    everything = [*theirs, *_fetch(market, elsewhere)]
    found = _compare(ctx, shop, everything, day)
    if found:
        behind = {difference.subject.split("/")[0] for difference in found}
        taken = take_orders.take_all(ctx, shop, [order for order in everything if order.order_id in behind])
        take_orders.tell(ctx, shop, taken)
        ctx.noticed(Caught(shop.channel, "balance", len(taken.new)))
        left = {(d.subject, d.cause) for d in _compare(ctx, shop, everything, day)}
        found = tuple(replace(d, repaired=(d.subject, d.cause) not in left) for d in found)
    return {order.order_id for order in theirs}, found


def _compare(ctx: Context, shop: Shop, theirs: Sequence[Order], day: date) -> tuple[Difference, ...]:
    start, end = day_window(day)
    ours = {order.order_id: order for order in ctx.store.orders.created_between(shop.id, start, end)}
    ours.update(ctx.store.orders.many(shop.id, [order.order_id for order in theirs]))
    return compare_orders(theirs, ours)


def _unknown(ctx: Context, shop: Shop, order_ids: Sequence[str]) -> list[str]:
    """Those the second count names and we do not have: the first count missed them."""
    known = ctx.store.orders.many(shop.id, order_ids)
    return [order_id for order_id in order_ids if order_id not in known]


def _fetch(market: Marketplace, order_ids: Sequence[str]) -> list[Order]:
    found: list[Order] = []
    for start in range(0, len(order_ids), _FETCH_TOGETHER):
        found.extend(market.orders_by_id(order_ids[start : start + _FETCH_TOGETHER]))
    return found


# --- offers -------------------------------------------------------------------------------------------------


def _offers(ctx: Context, shop: Shop, market: Marketplace) -> tuple[int, int, tuple[Difference, ...]]:
    """How many offers should be there, how many agree now, and each that did not."""
    first = _drift(ctx, shop, market.observe())
    if not first:
        return _count(ctx, shop), _count(ctx, shop), ()
    run = publish.publish(ctx, shop.id, trigger="balance", lane="money")
    if run.state is RunState.WAITING:
        return _count(ctx, shop), _count(ctx, shop) - len(first), first
    left = {d.subject for d in _drift(ctx, shop, market.observe())}
    found = tuple(replace(d, repaired=d.subject not in left) for d in first)
    return _count(ctx, shop), _count(ctx, shop) - len(left), found


def _drift(ctx: Context, shop: Shop, observed: Observation) -> tuple[Difference, ...]:
    products = ctx.store.catalogues.products(shop.community)
    bindings = ctx.store.bindings.of_shop(shop.id)
    desired = desired_listings(ctx, shop, products, bindings)
    made = plan(desired, observed, bindings)
    found: dict[str, Difference] = {}
    for change in made.changes:
        field, before, after = words(change)
        subject = getattr(change, "seller_sku", "") or change.product_code
        found.setdefault(subject, Difference(subject, f"{field}_differs", after, before))
    for skip in made.skipped:
        if skip.because == "seller_keeps_it":
            continue  # it differs because somebody wants it to
        # What could not be compared, or cannot be set right from here, does not agree either.
        found.setdefault(skip.product_code, Difference(skip.product_code, skip.because, "-", skip.detail or "-"))
    return tuple(found[subject] for subject in sorted(found))


def _count(ctx: Context, shop: Shop) -> int:
    return sum(len(p.variants) for p in ctx.store.catalogues.products(shop.community) if p.on_sale)

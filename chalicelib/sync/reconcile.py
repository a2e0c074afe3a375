"""The nightly balance: two counts, every order and every offer against ours, repaired where it is safe.

What is left is a task for a person, kept until somebody or a later night solves it. A balance that runs out of time
keeps how far it came and goes on in the next worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from chalicelib.domain.balance import Balance, CauseClass, Difference, HalfBalance, business_day, day_window
from chalicelib.domain.catalogue import Product
from chalicelib.domain.offers import ListingState, Observation
from chalicelib.domain.planner import plan
from chalicelib.domain.ports import Marketplace, OrderWindow, ShopDesk
from chalicelib.domain.shops import Shop
from chalicelib.domain.synclog import RunState
from chalicelib.domain.tasks import task_of
from chalicelib.sync import publish, returns
from chalicelib.sync.balance_orders import UnfinishedError, begun, day_orders
from chalicelib.sync.context import Caught, Context, OutOfTimeError, ShopBusyError
from chalicelib.sync.desired import desired_listings
from chalicelib.sync.layers import caught_orders
from chalicelib.sync.record import words

_ABOUT_OFFERS = frozenset({CauseClass.DRIFT.value, CauseClass.CANNOT.value})
_ABOUT_ORDERS = frozenset({one.value for one in CauseClass}) - _ABOUT_OFFERS

__all__ = ["UnfinishedError", "balance", "days_to_balance"]


def days_to_balance(ctx: Context, back: int = 7) -> tuple[date, ...]:
    """Yesterday in Thailand, and the days before it again for late arrivals: oldest first."""
    today = business_day(ctx.clock())
    return tuple(today - timedelta(days=ago) for ago in range(back, 0, -1))


def balance(ctx: Context, shop_id: str, day: date, *, with_offers: bool = True) -> Balance:
    """The day of this shop is balanced, stored and answered; what was safe to repair is repaired.

    Orders are counted twice, by created and by updated time, and compared one by one; offers are read back and
    compared with the ledger. A difference that is still there after the repair is a task for a person.
    Raises: UnfinishedError when the time was over; the same call later goes on where this one stopped.
    """
    shop = ctx.store.shops.get(shop_id)
    market = ctx.open(shop)
    half = day_orders(ctx, shop, market, begun(ctx, shop, day))
    _read_returns(ctx, shop, market, day)
    offers, agreeing, drift = _offers_or_later(ctx, shop, market, half) if with_offers else (0, 0, ())
    result = _result(ctx, shop, half, (offers, agreeing), drift, half.calls + market.calls)
    ctx.store.balances.save(result)
    ctx.store.balances.forget_half(shop.id, day)
    _tasks(ctx, shop, result, with_offers)
    new = sum(one.cause == "order_missing_here" and one.repaired for one in half.differences)
    others = sum(one.repaired for one in result.differences) - new
    caught_orders(ctx, shop, Caught(shop.channel, "balance", new, market.calls), others)
    return result


def _result(
    ctx: Context,
    shop: Shop,
    half: HalfBalance,
    offers: tuple[int, int],
    drift: Sequence[Difference],
    calls: int,
) -> Balance:
    return Balance(
        shop=shop.id,
        community=shop.community,
        channel=shop.channel,
        day=half.day,
        made_at=ctx.clock(),
        orders=half.orders,
        accounted=half.orders - half.unaccounted,
        offers=offers[0],
        offers_agreeing=offers[1],
        differences=(*half.differences, *drift),
        calls=calls,
        counted_created=half.counted_created,
        counted_updated=half.counted_updated,
        more_repaired=half.more_repaired,
        more_unexplained=half.more_unexplained,
    )


def _read_returns(ctx: Context, shop: Shop, market: Marketplace, day: date) -> None:
    """Returns and refunds that moved on the day, whatever the poll missed."""
    start, end = day_window(day)
    until = min(end, ctx.clock() + timedelta(seconds=1))
    if start < until:
        returns.read(ctx, shop, cast(ShopDesk, market), OrderWindow("updated", start, until))


def _tasks(ctx: Context, shop: Shop, result: Balance, with_offers: bool) -> None:
    """What is unexplained waits for a person; what agrees now is solved by the night itself."""
    now = ctx.clock()
    left = [task_of(shop.community, shop.id, result.day, one, now) for one in result.differences if not one.repaired]
    still = {task.id for task in left}
    for task in ctx.store.tasks.of_shop(shop.community, shop.id):
        # Tasks of other kinds (an authorisation that ends, money) are not this night's to solve.
        is_offer, is_order = task.cause_class in _ABOUT_OFFERS, task.cause_class in _ABOUT_ORDERS
        is_looked_at = (is_offer and with_offers) or (is_order and task.day == result.day)
        if is_looked_at and task.id not in still:
            ctx.store.tasks.solve(shop.community, task.id, "balance", now)
    ctx.store.tasks.found(left)


# --- offers -------------------------------------------------------------------------------------------------


def _offers_or_later(
    ctx: Context, shop: Shop, market: Marketplace, half: HalfBalance
) -> tuple[int, int, tuple[Difference, ...]]:
    """As `_offers`; what is known of the orders is kept when the offers must wait. Raises: also UnfinishedError."""
    try:
        if not ctx.must_stop:
            return _offers(ctx, shop, market)
    except ShopBusyError:
        ctx.store.balances.save_half(replace(half, calls=half.calls + market.calls))
        raise
    except OutOfTimeError:
        pass  # the shop is long: its read goes on where it stopped
    ctx.store.balances.save_half(replace(half, calls=half.calls + market.calls))
    raise UnfinishedError(f"{shop.id} {half.day}")


def _offers(ctx: Context, shop: Shop, market: Marketplace) -> tuple[int, int, tuple[Difference, ...]]:
    """How many offers should be there, how many agree now, and each that did not."""
    products = ctx.store.catalogues.products(shop.community)
    # A long shop is swept in parts, and no part sees the whole catalogue.
    ctx.store.glances.mend(shop.community, products)
    first = _drift(ctx, shop, publish.read(ctx, shop, market, products), products)
    all_offers = sum(len(product.variants) for product in products if product.on_sale)
    if not first:
        return all_offers, all_offers, ()
    run = publish.publish(ctx, shop.id, trigger="balance", lane="money")
    if run.state is RunState.WAITING:
        return all_offers, all_offers - len(first), first
    left = _left(ctx, shop, market, products, first)
    found = tuple(replace(one, repaired=one.subject not in left) for one in first)
    return all_offers, all_offers - len(left), found


def _left(
    ctx: Context, shop: Shop, market: Marketplace, products: Sequence[Product], first: Sequence[Difference]
) -> set[str]:
    """Which of these still differ: their listings are looked at once more, and any twins of them.

    After a read that was cut the whole shop is read again: what it hides beside our listings no look by name shows.
    """
    if any(one.cause == "not_seen_in_incomplete_read" for one in first):
        return {one.subject for one in _drift(ctx, shop, publish.read(ctx, shop, market, products), products)}
    subjects = {one.subject for one in first}
    about = [product for product in products if subjects & {product.code, *product.skus}]
    bindings = ctx.store.bindings.of_skus(shop.id, [sku for product in about for sku in product.skus]).values()
    ids = {one.listing_id for one in bindings if one.state is not ListingState.GONE}
    ids |= {one.theirs for one in first if one.cause == "twin_at_channel"}
    seen = market.look(sorted(ids)) if ids else Observation((), complete=True, observed_at=ctx.clock())
    return {one.subject for one in _drift(ctx, shop, seen, about)}


def _drift(ctx: Context, shop: Shop, observed: Observation, products: Sequence[Product]) -> tuple[Difference, ...]:
    bindings = ctx.store.bindings.of_shop(shop.id)
    desired = desired_listings(ctx, shop, products, bindings)
    made = plan(desired, observed, bindings)
    found: dict[str, Difference] = {}
    for change in made.changes:
        field, before, after = words(change)
        subject = getattr(change, "seller_sku", "") or change.product_code
        found.setdefault(subject, Difference(subject, f"{field}_differs", after, before, cause_class=CauseClass.DRIFT))
    for skip in made.skipped:
        if skip.because == "seller_keeps_it":
            continue  # it differs because somebody wants it to
        # What could not be compared, or cannot be set right from here, does not agree either.
        subject, why = skip.product_code, skip.detail or "-"
        found.setdefault(subject, Difference(subject, skip.because, "-", why, cause_class=CauseClass.CANNOT))
    # A number last read back as ours differs since then at the latest.
    seen = {sku: binding.seen_at for sku, binding in bindings.items()}
    return tuple(replace(found[subject], since=seen.get(subject)) for subject in sorted(found))

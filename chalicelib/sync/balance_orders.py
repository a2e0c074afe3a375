"""The orders of one shop and day against ours: two counts, each difference settled by a second look, then repaired."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.balance import Difference, HalfBalance, day_window, missing_there, order_differences, unreadable
from chalicelib.domain.errors import OrdersMissingError
from chalicelib.domain.orders import Order
from chalicelib.domain.ports import Marketplace, OrderWindow
from chalicelib.domain.shops import Shop
from chalicelib.sync import take_orders
from chalicelib.sync.context import Context
from chalicelib.sync.take_orders import Taken

WHOLE_DAY_S = 86_400
SHORTEST_SLICE_S = 300
_TOGETHER = 100


class UnfinishedError(Exception):
    """The time was over before the day was done; how far it came is stored, and the next worker goes on there."""


@dataclass
class _Slice:
    """What was seen of one slice of the day."""

    seen: set[str] = field(default_factory=set)
    suspects: set[str] = field(default_factory=set)
    updated: int = 0


def begun(ctx: Context, shop: Shop, day: date) -> HalfBalance:
    """Where the day's balance goes on, or its beginning."""
    start, _ = day_window(day)
    return ctx.store.balances.half(shop.id, day) or HalfBalance(shop.id, day, start, WHOLE_DAY_S)


def day_orders(ctx: Context, shop: Shop, market: Marketplace, half: HalfBalance) -> HalfBalance:
    """The day to its end. Raises: UnfinishedError with the progress stored.

    A slice that the time did not suffice for begins anew and half as long: what it took already costs only reads.
    """
    _, end = day_window(half.day)
    while half.at < (until := min(end, ctx.clock() + timedelta(seconds=1))):
        stop = min(half.at + timedelta(seconds=half.slice_s), until)
        done = None if ctx.must_stop else _slice(ctx, shop, market, half, stop)
        if done is None:
            shorter = max(half.slice_s // 2, SHORTEST_SLICE_S)
            ctx.store.balances.save_half(replace(half, slice_s=shorter, calls=half.calls + market.calls))
            raise UnfinishedError(f"{shop.id} {half.day}")
        half = done
        if stop < until:
            ctx.store.balances.save_half(replace(half, calls=half.calls + market.calls))
        elif until < end:
            break  # today: what comes after this moment is for the next balance
    return half


def _slice(ctx: Context, shop: Shop, market: Marketplace, half: HalfBalance, stop: datetime) -> HalfBalance | None:
    """The half balance with this slice added, or None when the time was over."""
    found = _Slice()
    unread: tuple[str, ...] = ()
    try:
        for page in market.orders(OrderWindow("created", half.at, stop)):
            if ctx.must_stop:
                return None
            found.seen.update(order.order_id for order in page)
            found.suspects.update(_suspects(ctx, shop, page))
    except OrdersMissingError as error:
        unread = error.order_ids
        found.seen.update(unread)
    counted = len(found.seen)
    if not _second_count(ctx, shop, market, half.at, stop, found):
        return None
    # Ours that no list showed are asked for one by one before they are said to be missing there.
    alone = sorted(set(ctx.store.orders.created_ids(shop.id, half.at, stop)) - found.seen)
    settled = _settled(ctx, shop, market, sorted(found.suspects | set(alone)))
    if settled is None:
        return None
    read, differences, taken = settled
    differences = (*differences, *map(unreadable, unread))
    found.seen |= set(alone) & read
    _tell(ctx, shop, taken)
    unaccounted = {one.subject.split("/")[0] for one in differences if not one.repaired} & found.seen
    added = replace(
        half,
        at=stop,
        orders=half.orders + len(found.seen),
        unaccounted=half.unaccounted + len(unaccounted),
        counted_created=half.counted_created + counted,
        counted_updated=half.counted_updated + found.updated,
    )
    return added.with_differences(differences)


def _suspects(ctx: Context, shop: Shop, theirs: Sequence[Order]) -> list[str]:
    """Ids of orders that do not agree at first sight: the reading may be old, ours may be."""
    ours = ctx.store.orders.many(shop.id, [order.order_id for order in theirs])
    skus = _skus_unheld(ctx, shop, ours.values())
    return [one.order_id for one in theirs if any(order_differences(one, ours.get(one.order_id), skus))]


def _skus_unheld(ctx: Context, shop: Shop, ours: Iterable[Order]) -> set[str]:
    """SKUs of the community among open lines that nothing is held for; mostly there are no such lines, and no read."""
    asked = sorted({line.seller_sku for one in ours for line in one.lines if line.seller_sku and line.is_unheld})
    found = ctx.store.catalogues.products_of(shop.community, asked) if asked else ()
    return {sku for product in found for sku in product.skus}


def _second_count(
    ctx: Context, shop: Shop, market: Marketplace, since: datetime, until: datetime, found: _Slice
) -> bool:
    """Counts again, by when orders changed: suspects are those we do not have, or know only from before."""
    batch: list[str] = []
    for order_id in market.order_ids(OrderWindow("updated", since, until)):
        found.updated += 1
        if order_id not in found.seen:
            batch.append(order_id)
        if len(batch) == _TOGETHER:
            found.suspects.update(_behind(ctx, shop, batch, since))
            batch = []
            if ctx.must_stop:
                return False
    found.suspects.update(_behind(ctx, shop, batch, since))
    return True


def _behind(ctx: Context, shop: Shop, order_ids: Sequence[str], since: datetime) -> list[str]:
    ours = ctx.store.orders.many(shop.id, order_ids)
    return [one for one in order_ids if one not in ours or ours[one].updated_at < since]


def _settled(
    ctx: Context, shop: Shop, market: Marketplace, order_ids: Sequence[str]
) -> tuple[set[str], tuple[Difference, ...], Taken] | None:
    """Ids the shop knows after all, what really differs, and what was taken to repair it; None when time is over."""
    read: set[str] = set()
    differences: list[Difference] = []
    taken = Taken()
    for start in range(0, len(order_ids), _TOGETHER):
        if ctx.must_stop:
            return None
        asked = order_ids[start : start + _TOGETHER]
        theirs = market.orders_by_id(asked)
        ours = ctx.store.orders.many(shop.id, asked)
        gone = [ours[one] for one in sorted(set(ours) - {order.order_id for order in theirs})]
        skus = _skus_unheld(ctx, shop, ours.values())
        first = [one for order in theirs for one in order_differences(order, ours.get(order.order_id), skus)]
        if first:
            names = {one.subject.split("/")[0] for one in first}
            taken += take_orders.take_all(ctx, shop, [order for order in theirs if order.order_id in names])
        differences += _repaired(ctx, shop, theirs, first, skus)
        differences += missing_there(gone)
        read |= {order.order_id for order in theirs}
    return read, tuple(differences), taken


def _repaired(
    ctx: Context, shop: Shop, theirs: Iterable[Order], first: Sequence[Difference], skus: Collection[str]
) -> list[Difference]:
    """The differences, each with whether it is gone now."""
    if not first:
        return []
    theirs = list(theirs)
    ours = ctx.store.orders.many(shop.id, [order.order_id for order in theirs])
    again = [one for order in theirs for one in order_differences(order, ours.get(order.order_id), skus)]
    left = {(one.subject, one.cause) for one in again}
    return [replace(one, repaired=(one.subject, one.cause) not in left) for one in first]


def _tell(ctx: Context, shop: Shop, taken: Taken) -> None:
    if taken.new or taken.changed:
        take_orders.tell(ctx, shop, taken)

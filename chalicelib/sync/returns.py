"""Returns and refunds: heard on their own clock, answered by the seller, counted in by a person."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain import redaction
from chalicelib.domain.errors import MarketplaceError, NotFoundError, OutcomeUnknownError, StaleError, StaleWriteError
from chalicelib.domain.orders import Order, OrderLine
from chalicelib.domain.ports import Cursor, OrderWindow, Outcome, ShopDesk
from chalicelib.domain.returns import (
    CountedIn,
    Return,
    ReturnKind,
    ReturnState,
    is_coming_back,
    merged_return,
    undelivered,
    undelivered_id,
    without_buyer,
)
from chalicelib.domain.shops import Shop
from chalicelib.domain.stock import Movement, MovementKind, StockError
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import aside, take_orders
from chalicelib.sync.context import Context
from chalicelib.sync.desk_log import Step, step
from chalicelib.sync.fulfil import opened
from chalicelib.sync.take_orders import Taken

STREAM, FAILED = "returns", "returns failed"
TRIES = 5
_FURTHEST_BACK = timedelta(days=180)


def poll(ctx: Context, shop_id: str) -> int:
    """How many returns were news; every one created or changed since the cursor is ours, the cursor moved with them.

    Asked at most every `returns_every_s`: a return waits days, a call costs what an order's would.
    """
    shop, desk = opened(ctx, shop_id)
    now = ctx.clock()
    cursor, every = ctx.store.orders.cursor(shop.id, STREAM), timedelta(seconds=ctx.policy.returns_every_s)
    if cursor is not None and now - cursor.at < every:
        return 0
    failed = ctx.store.orders.cursor(shop.id, FAILED)
    if failed is not None and now - failed.at < every:
        return 0
    overlap = timedelta(seconds=ctx.policy.poll_overlap_s)
    since = cursor.at - overlap if cursor else now - timedelta(days=ctx.policy.first_poll_days)
    news = read(ctx, shop, desk, OrderWindow("updated", since, now + timedelta(seconds=1)))
    if news is None:
        ctx.store.orders.save_cursor(Cursor(shop.id, FAILED, now))
        return 0
    ctx.store.orders.save_cursor(Cursor(shop.id, STREAM, now))
    if failed is not None and (cursor is None or failed.at > cursor.at):
        aside.over(ctx, shop, STREAM)
    return news


def read(ctx: Context, shop: Shop, desk: ShopDesk, window: OrderWindow) -> int | None:
    """Every return of the window is ours; answers how many were news, or None when they could not be read.

    Then a person is told, and the shop's other work goes on: an app that may not ask about returns still sells.
    """
    news = 0
    try:
        for page in desk.returns(window):
            news += take_all(ctx, shop, page)
    except MarketplaceError as error:
        known = ctx.store.orders.cursor(shop.id, STREAM)
        aside.tell(ctx, shop, STREAM, error, read_at=known.at if known else shop.connected_at)
        return None
    return news


def take_all(ctx: Context, shop: Shop, heard: Iterable[Return]) -> int:
    """The returns are stored, a repeat changes nothing. A cancel told as a return is the order's own fact."""
    return sum(_take(ctx, shop, one) for one in heard if one.kind is not ReturnKind.CANCEL)


def _take(ctx: Context, shop: Shop, heard: Return) -> bool:
    # A buyer's own words may tell a stranger how to reach him; why the goods come back stays.
    heard = replace(heard, reason=redaction.without_people(heard.reason))
    for left in reversed(range(TRIES)):
        known = ctx.store.returns.get(shop.id, heard.return_id)
        kept = _kept(ctx, shop, heard, known)
        if kept == known:
            return False
        try:
            ctx.store.returns.take(kept, known)
        except StaleWriteError:
            if not left:
                raise
            continue
        return True
    raise StaleWriteError(heard.key)


def _kept(ctx: Context, shop: Shop, heard: Return, known: Return | None) -> Return:
    """The return to keep. Of a buyer whose details were erased with his order nothing he wrote comes back with it."""
    kept = merged_return(heard, known)
    if kept == known or kept.buyer_gone:
        return kept
    order = ctx.store.orders.get(shop.id, kept.order_id)
    return without_buyer(kept) if order is not None and order.buyer_gone else kept


def answer(ctx: Context, shop_id: str, return_id: str, *, agree: bool, reason: str = "", person: str = "") -> Outcome:
    """The buyer's return is agreed or refused, as far as the channel lets the seller decide; then read again.

    Raises: RejectedError when this step needs evidence that only the seller centre takes; NotFoundError.
    """
    shop, desk = opened(ctx, shop_id)
    known = _known(ctx, shop, return_id)
    order = _order(ctx, shop, known)
    line_ids = [line.line_id for line in known.lines]
    made = Step("return", "seller_answered_return", known.state.value, "agreed" if agree else "refused")
    with step(ctx, shop, desk, order, line_ids, person, made):
        try:
            told = desk.answer_return(return_id, agree=agree, reason=reason)
        except OutcomeUnknownError as error:
            told = Outcome(return_id, EntryState.UNKNOWN, error.request_id, error.user_key, error.code, error.message)
        now = _read_again(ctx, shop, desk, known)
        if told.state is EntryState.UNKNOWN and now.state is not known.state:
            told = replace(told, state=EntryState.ACCEPTED, error="")
        made.told([told])
    return told


def count_in(ctx: Context, shop_id: str, return_id: str, line_id: str, quantity: int, person: str = "") -> Return:
    """So many units of the line lie on the shelf again, the ledger says who counted them, every shop looks.

    What the channel calls returned moves nothing by itself: only a person has seen what is in the parcel.
    Raises: StockError for more units than are still to come back; NotFoundError; StaleWriteError when somebody
    counted at the same moment.
    """
    shop = ctx.store.shops.get(shop_id)
    known = _known(ctx, shop, return_id)
    order, now = _order(ctx, shop, known), ctx.clock()
    left = min(known.left_to_count(line_id), _left_of_line(ctx, order, known, line_id))
    if not 1 <= quantity <= left:
        raise StockError(f"{return_id}: {quantity} of {line_id}, {left} may still come back")
    counted = replace(known, counted_in=(*known.counted_in, CountedIn(line_id, quantity, now, person)))
    moves = _movements(counted, order, line_id, quantity, now)
    ctx.store.returns.count_in(shop.community, counted, known, moves)
    take_orders.tell(ctx, shop, Taken(skus=tuple(sorted({move.sku for move in moves})), at=now))
    return counted


def count_in_undelivered(
    ctx: Context, shop_id: str, order_id: str, line_id: str, quantity: int, person: str = ""
) -> Return:
    """As `count_in`, for a parcel that came back because nobody took it: no buyer asked, so no return names it.

    Raises: StaleError for a line the channel does not show as coming back; NotFoundError; StockError.
    """
    shop = ctx.store.shops.get(shop_id)
    order = ctx.store.orders.get(shop.id, order_id)
    line = next((one for one in order.lines if one.line_id == line_id), None) if order else None
    if order is None or line is None:
        raise NotFoundError(f"no line {line_id} of order {order_id} in {shop.id}")
    named = [one for one in ctx.store.returns.of_order(shop.id, order_id) if one.left_to_count(line_id) > 0]
    if named:
        return count_in(ctx, shop.id, named[0].return_id, line_id, quantity, person)
    if not is_coming_back(line):
        raise StaleError(shop.channel, "not_coming_back", line.state.value)
    _take(ctx, shop, undelivered(order, ctx.clock()))
    return count_in(ctx, shop.id, undelivered_id(order_id), line_id, quantity, person)


def _left_of_line(ctx: Context, order: Order, known: Return, line_id: str) -> int:
    """Units sold in the line, less those that were counted in for it under any return.

    Two returns of one item that was sold in two lines may both name the first: channels tell the item, not the line.
    So a line of the same offer that no return names counts with it, unless this return came to nothing.
    """
    sold = [line for line in order.lines if line.line_id == line_id]
    if not sold:  # the return names a line by other words than the order: its own number counts
        return sys.maxsize
    found = ctx.store.returns.of_order(order.shop, order.order_id)
    named = {line.line_id for one in found for line in one.lines}
    if known.state not in (ReturnState.CANCELLED, ReturnState.REFUSED):
        sold += [line for line in order.lines if line.line_id not in named and _is_same_offer(line, sold[0])]
    counted = sum(one.quantity for each in found for one in each.counted_in if one.line_id == line_id)
    return sum(line.quantity for line in sold) - counted


def _is_same_offer(one: OrderLine, other: OrderLine) -> bool:
    """Whether the pieces of two lines are the same thing in the shop and on the shelf."""
    is_told = bool(one.listing_id) and one.seller_sku == other.seller_sku and one.recipe == other.recipe
    return is_told and (one.listing_id, one.offer_id) == (other.listing_id, other.offer_id)


def _movements(counted: Return, order: Order, line_id: str, quantity: int, at: datetime) -> tuple[Movement, ...]:
    """One movement, or one for each component of a bundle as it was sold."""
    sold = {line.line_id: line for line in order.lines}
    line = sold.get(line_id)
    sku = line.seller_sku if line else next(one.seller_sku for one in counted.lines if one.line_id == line_id)
    parts = (line.recipe if line else ()) or ((sku, 1),)
    name = f"{counted.key}/{line_id}/return-{len(counted.counted_in)}"
    return tuple(
        Movement(name, part, MovementKind.RETURN, quantity * units, 0, at, "return_counted_in", order.key)
        for part, units in parts
    )


def _known(ctx: Context, shop: Shop, return_id: str) -> Return:
    known = ctx.store.returns.get(shop.id, return_id)
    if known is None:
        raise NotFoundError(f"no return {return_id} in {shop.id}")
    return known


def _order(ctx: Context, shop: Shop, known: Return) -> Order:
    order = ctx.store.orders.get(shop.id, known.order_id)
    if order is None:
        raise NotFoundError(f"no order {known.order_id} in {shop.id}")
    return order


def _read_again(ctx: Context, shop: Shop, desk: ShopDesk, known: Return) -> Return:
    """The return after the step, found by when it was last changed: the lists know no single return."""
    now = ctx.clock()
    since = max(known.updated_at - timedelta(seconds=1), now - _FURTHEST_BACK)
    read(ctx, shop, desk, OrderWindow("updated", since, now + timedelta(seconds=60)))
    return _known(ctx, shop, known.return_id)


def waiting(ctx: Context, shop_id: str, limit: int = 50) -> tuple[Return, ...]:
    """Returns of the shop that want a person: to be answered first (nearest deadline), then goods to count in."""
    found = [one for one in ctx.store.returns.latest(shop_id, limit) if wants(one)]
    last = datetime.max.replace(tzinfo=ctx.clock().tzinfo)
    return tuple(sorted(found, key=lambda one: (one.answer_until or last, one.created_at, one.return_id)))


def wants(one: Return) -> str:
    """What a person has to do with the return: "answer", "count_in", or nothing ("")."""
    if one.state is ReturnState.ASKED:
        return "answer"
    goods = one.kind is ReturnKind.GOODS_AND_MONEY
    arrived = one.state in (ReturnState.RECEIVED, ReturnState.REFUNDED)
    return "count_in" if goods and arrived and any(one.left_to_count(line.line_id) for line in one.lines) else ""

"""Cancelling before shipping: by the seller, with a reason the channel takes, or by answering a buyer who asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from chalicelib.domain.errors import OutcomeUnknownError, StaleError
from chalicelib.domain.offers import ListingState
from chalicelib.domain.orders import Order, OrderState
from chalicelib.domain.ports import Outcome, ShopDesk
from chalicelib.domain.shipping import CancelReason
from chalicelib.domain.shops import Shop
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import messages
from chalicelib.sync.context import Context
from chalicelib.sync.desk_log import Step, step
from chalicelib.sync.fulfil import opened, reread


def reasons(ctx: Context, shop_id: str, order_id: str, line_ids: Sequence[str] = ()) -> tuple[CancelReason, ...]:
    """Reasons the channel accepts now for these lines (none named: all); empty when it is too late to cancel."""
    _, desk = opened(ctx, shop_id)
    return desk.cancel_reasons(order_id, line_ids)


def cancel(
    ctx: Context, shop_id: str, order_id: str, reason_id: str, line_ids: Sequence[str] = (), person: str = ""
) -> Outcome:
    """The lines (none named: all) are cancelled by the seller, and their units are free again.

    A lost answer is settled by looking: ACCEPTED when the lines are cancelled, UNKNOWN when they are not yet.
    Raises: StaleError when the reason is not offered any more.
    """
    shop, desk = opened(ctx, shop_id)
    order = reread(ctx, shop, desk, order_id)
    reason = next((one for one in desk.cancel_reasons(order_id, line_ids) if one.id == reason_id), None)
    if reason is None:
        raise StaleError(shop.channel, "reason_gone", reason_id, user_key="desk.reason_gone")
    made = Step("cancellation", "seller_cancelled", "", reason.words[:80])
    with step(ctx, shop, desk, order, line_ids, person, made):
        told = _settled(ctx, shop, desk, order_id, lambda: desk.cancel(order_id, line_ids, reason), _gone(line_ids))
        made.told([told])
    if reason.zeroes_stock and told.state is not EntryState.FAILED:
        _look_at(ctx, shop, {line.seller_sku for line in order.lines if not line_ids or line.line_id in line_ids})
    return told


def _look_at(ctx: Context, shop: Shop, skus: set[str]) -> None:
    """The channel has set these offers to zero by itself, and nobody tells us: the listings are read."""
    bound = ctx.store.bindings.of_skus(shop.id, sorted(skus)).values()
    ids = sorted({one.listing_id for one in bound if one.state is not ListingState.GONE})
    if ids:
        ctx.queues.send("bulk", [messages.look_at_listings(shop.id, ids)])


def answer_cancellation(ctx: Context, shop_id: str, order_id: str, *, agree: bool, person: str = "") -> Outcome:
    """The buyer's wish to cancel is answered: agreed, the lines are cancelled; refused, they are to be packed.

    Raises: StaleError when nobody asks any more.
    """
    shop, desk = opened(ctx, shop_id)
    order = reread(ctx, shop, desk, order_id)
    made = Step("cancellation", "seller_answered_cancel", "", "agreed" if agree else "refused")
    is_done = _gone(()) if agree else _no_longer_asked
    with step(ctx, shop, desk, order, (), person, made):
        told = _settled(ctx, shop, desk, order_id, lambda: desk.answer_cancellation(order_id, agree=agree), is_done)
        made.told([told])
    return told


def _settled(
    ctx: Context,
    shop: Shop,
    desk: ShopDesk,
    order_id: str,
    send: Callable[[], Outcome],
    is_done: Callable[[Order], bool],
) -> Outcome:
    """What came of it, looked up in the shop when the answer was lost; the order is read again in any case."""
    try:
        told = send()
    except OutcomeUnknownError as error:
        told = Outcome(order_id, EntryState.UNKNOWN, error.request_id, error.user_key, error.code, error.message)
    order = reread(ctx, shop, desk, order_id)
    if told.state is EntryState.UNKNOWN and is_done(order):
        return replace(told, state=EntryState.ACCEPTED, error="")
    return told


def _gone(line_ids: Sequence[str]) -> Callable[[Order], bool]:
    def is_done(order: Order) -> bool:
        lines = [line for line in order.lines if not line_ids or line.line_id in line_ids]
        return all(line.state is OrderState.CANCELLED for line in lines)

    return is_done


def _no_longer_asked(order: Order) -> bool:
    return not order.cancel_asked

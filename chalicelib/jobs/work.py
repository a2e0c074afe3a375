"""What each message asks for, and what happens when it cannot be done now."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from aws_lambda_powertools import Logger

from chalicelib.domain.errors import (
    DisconnectedError,
    LeaseLostError,
    MarketplaceError,
    NotPermittedError,
    OutcomeUnknownError,
    PacedError,
    ProtocolSurpriseError,
    StaleError,
    StaleWriteError,
    TokenExpiredError,
    TransientError,
)
from chalicelib.domain.ports import Lane
from chalicelib.domain.shops import ShopState
from chalicelib.jobs.message import Message
from chalicelib.sync import (
    aside,
    endings,
    fulfil,
    messages,
    publish,
    reconcile,
    reread,
    returns,
    settle,
    sweep,
    take_orders,
)
from chalicelib.sync.breaker import Guard, ShopRestingError
from chalicelib.sync.context import Context, OutOfTimeError, ShopBusyError, ShopClosedError
from chalicelib.sync.token_care import refresh_if_ending

log = Logger(service="pinto", child=True)

MAX_ATTEMPTS = 12
"""How often a message is put back with a delay before the queue's own count and its dead letters take over."""

BUSY_S = 2
"""How soon a message comes back for a shop that another worker holds."""

LONGEST_DELAY_S = 900
"""What a queue can hold back."""

LONG_POLL_S = 240
_LONGER: dict[Lane, Lane] = {"urgent": "bulk", "bulk": "money", "money": "money"}
"""Whose workers have more time."""

SETTLEMENTS = "settlements"
_BESIDE = ("settle", "parcels")
"""Kinds of work that ask other parts of a marketplace: that these are out of order holds up no number."""

REFRESH_WITHIN = {"lazada": timedelta(days=2), "shopee": timedelta(hours=1)}
"""How early a token is renewed: a little over two turns of the schedule for the short-lived, days for the long."""


class GivenUpError(Exception):
    """Put back often enough: the message goes to the dead letters, with its reason, for a person."""


def work(ctx: Context, lane: Lane, message: Message) -> None:
    """The message is done, or put back for later, or its shop is closed with the reason on its page.

    Raises: GivenUpError and anything unforeseen; the queue then repeats it and keeps it as a dead letter.
    """
    ctx = replace(ctx, cause=message.cause or ctx.cause, asked_at=message.asked_at or ctx.asked_at)
    if ctx.must_stop:
        # The others of its batch took the time; a worker that has all of its own begins it at once.
        _put_back(ctx, lane, message, delay_s=0, counted=False)
        return
    try:
        _guarded(ctx, lane, message)
        log.info("message done", lane=lane, kind=message.kind, shop=message.shop, cause=ctx.cause)
    except ShopClosedError as error:
        log.info("shop closed", kind=message.kind, shop=message.shop, cause=ctx.cause, reason=str(error))
    except ShopBusyError:
        _wait_for_turn(ctx, lane, message)
    except ShopRestingError as error:
        _rest(ctx, lane, message, error.wait_s)
    except (DisconnectedError, TokenExpiredError) as error:
        _close_or_again(ctx, lane, message, ShopState.DISCONNECTED, error)
    except ProtocolSurpriseError as error:
        _close_or_again(ctx, lane, message, ShopState.PARKED, error)
    except PacedError as error:
        _put_back(ctx, lane, message, delay_s=min(error.retry_after_s, LONGEST_DELAY_S), counted=False)
    except (TransientError, OutcomeUnknownError, StaleError, StaleWriteError, LeaseLostError) as error:
        wait_s = getattr(error, "retry_after_s", 0.0) or 2.0 * 2**message.attempt
        _put_back(ctx, lane, message, delay_s=min(wait_s, 300.0), error=error)


def _guarded(ctx: Context, lane: Lane, message: Message) -> None:
    """The message is done, and how the marketplace answered is remembered. Raises: ShopRestingError.

    Tokens are looked after even then: other machines give them out, and a shop that rests for hours would lose them.
    """
    if message.kind in ("refresh", "import"):
        _DO[message.kind](ctx, lane, message)
        return
    guard = Guard(ctx, message.shop)
    guard.let_in()
    try:
        was_asked = _DO[message.kind](ctx, lane, message)
    except Exception as error:
        if message.kind in _BESIDE:
            guard.told_nothing()
        else:
            guard.failed(error)
        raise
    if was_asked is False or message.kind in _BESIDE:
        guard.told_nothing()
    else:
        guard.answered()


def _offers(ctx: Context, lane: Lane, message: Message) -> bool:
    """Whether the marketplace was asked anything."""
    run = publish.push_offers(ctx, message.shop, message.skus, message.trigger, lane)
    return run is not None and run.calls > 0


def _publish(ctx: Context, lane: Lane, message: Message) -> None:
    if message.trigger == "sweep":
        sweep.sweep(ctx, message.shop)
    else:
        publish.publish(ctx, message.shop, message.trigger, lane)


def _orders(ctx: Context, _lane: Lane, message: Message) -> None:
    reread.ask(ctx, message.shop, take_orders.hear(ctx, message.shop, message.order_ids))


def _listings(ctx: Context, _lane: Lane, message: Message) -> None:
    if message.trigger == reread.TRIGGER:
        reread.look(ctx, message.shop, message.listing_ids)
    else:
        publish.look_again(ctx, message.shop, message.listing_ids, message.trigger or "look_again")


def _poll(ctx: Context, lane: Lane, message: Message) -> None:
    try:
        reread.ask(ctx, message.shop, take_orders.poll(ctx, message.shop))
    except OutOfTimeError:
        # The schedule asks each minute, and each would begin anew: one worker with more time is enough.
        if ctx.store.seen.first_time(f"long poll:{message.shop}:{lane}", LONG_POLL_S):
            ctx.queues.send(_LONGER[lane], [messages.poll_orders(message.shop)])
        return
    returns.poll(ctx, message.shop)


def _parcels(ctx: Context, _lane: Lane, message: Message) -> None:
    for order_id in message.order_ids:
        fulfil.track(ctx, message.shop, order_id)


def _refresh(ctx: Context, _lane: Lane, message: Message) -> None:
    shop = ctx.store.shops.get(message.shop)
    # A paused shop keeps its authorisation, or it could not be opened again.
    if shop.state in (ShopState.ACTIVE, ShopState.PAUSED):
        channel, access = ctx.channel(shop.channel), ctx.access(shop)
        within = REFRESH_WITHIN.get(shop.channel, timedelta(hours=1))
        refresh_if_ending(channel, access, ctx.store.shops, ctx.clock, within)
    endings.remind(ctx, shop)


def _import(ctx: Context, _lane: Lane, message: Message) -> None:
    # Imported here because workbooks are a heavy reading, and rare.
    from chalicelib.sync import import_jobs

    import_jobs.go_on(ctx, message.community, message.job)


def _balance(ctx: Context, _lane: Lane, message: Message) -> None:
    yesterday = reconcile.days_to_balance(ctx)[-1]
    day = message.day or yesterday
    # Offers are compared once, with the newest day; the days before are about late orders.
    try:
        reconcile.balance(ctx, message.shop, day, with_offers=day >= yesterday)
    except reconcile.UnfinishedError:
        ctx.queues.send("money", [messages.balance_shop(message.shop, day)])


def _settle(ctx: Context, _lane: Lane, message: Message) -> None:
    shop = ctx.store.shops.get(message.shop)
    try:
        settle.settle(ctx, message.shop)
    except settle.UnfinishedError:
        ctx.queues.send("money", [messages.settle_shop(message.shop)])
        return
    except NotPermittedError as error:
        aside.tell(ctx, shop, SETTLEMENTS, error, read_at=None)
        return
    aside.over(ctx, shop, SETTLEMENTS)


_DO: dict[str, Callable[[Context, Lane, Message], bool | None]] = {
    "offers": _offers,
    "publish": _publish,
    "orders": _orders,
    "listings": _listings,
    "poll": _poll,
    "refresh": _refresh,
    "balance": _balance,
    "settle": _settle,
    "parcels": _parcels,
    "import": _import,
}


def _wait_for_turn(ctx: Context, lane: Lane, message: Message) -> None:
    """Another worker has the shop. Urgent work says that it waits, so that long work makes way."""
    if lane == "urgent":
        ctx.store.urgent.say(message.shop, BUSY_S * 2)
    _put_back(ctx, lane, message, delay_s=BUSY_S, counted=False)


def _rest(ctx: Context, lane: Lane, message: Message, wait_s: float) -> None:
    """The message waits as long as its shop does, and no attempt is lost over it.

    What a schedule repeats anyway is kept once: else polls and sweeps of a dead shop would pile up.
    """
    delay_s = min(math.ceil(wait_s), LONGEST_DELAY_S)
    is_repeated = message.kind == "poll" or message.trigger == "sweep"
    if is_repeated and not ctx.store.seen.first_time(f"resting:{message.shop}:{message.kind}", max(delay_s // 2, 1)):
        return
    _put_back(ctx, lane, message, delay_s=max(delay_s, 1), counted=False)


def _put_back(
    ctx: Context, lane: Lane, message: Message, delay_s: float, *, counted: bool = True, error: Exception | None = None
) -> None:
    reason = repr(error) if error else ""
    attempt = message.attempt + (1 if counted else 0)
    if attempt > MAX_ATTEMPTS:
        raise GivenUpError(f"{message.kind} {message.shop}: {reason}") from error
    facts = {"kind": message.kind, "shop": message.shop, "attempt": attempt, "cause": ctx.cause}
    log.info("put back", delay_s=delay_s, reason=reason, **facts)
    body = message.model_copy(update={"attempt": attempt}).model_dump(mode="json", exclude_defaults=True)
    ctx.queues.send(lane, [{"v": 1, **body}], delay_s=math.ceil(delay_s))


def _close_or_again(ctx: Context, lane: Lane, message: Message, state: ShopState, error: MarketplaceError) -> None:
    """The shop is closed; the message comes again when a person renewed the secret or the consent meanwhile."""
    try:
        _close(ctx, message.shop, state, error)
    except StaleWriteError:
        _put_back(ctx, lane, message, delay_s=BUSY_S, error=error)


def _close(ctx: Context, shop_id: str, state: ShopState, error: MarketplaceError) -> None:
    """Closed with the reason. Raises: StaleWriteError when what we spoke with is not what is in force."""
    ctx.store.shops.close(shop_id, state, error.user_key, ctx.doubt(shop_id))
    log.error("shop closed", shop=shop_id, state=state.value, code=error.code, request_id=error.request_id)

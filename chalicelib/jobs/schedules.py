"""What the clock starts: one small message per shop, spread over time, so that no shop waits for another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container

from aws_lambda_powertools import Logger

from chalicelib.domain.errors import MarketplaceError
from chalicelib.domain.ports import Lane
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.sync import lost_pushes, messages, reconcile
from chalicelib.sync.context import Context
from chalicelib.sync.messages import Message

log = Logger(service="pinto", child=True)

SHOPS_A_SECOND = 10
"""So many are asked at once, and the next a second later: what all share (workers, an app's limit) is not rushed."""
LONGEST_SPREAD_S: dict[Lane, int] = {"urgent": 45, "bulk": 900, "money": 900}
"""A poll is over before the next; a queue holds back no longer than a quarter of an hour."""

_WITH_TOKENS = (ShopState.ACTIVE, ShopState.PAUSED, ShopState.DISCONNECTED)


def poll_orders(ctx: Context) -> int:
    """Every active shop is asked to read its orders, and every app for lost pushes; answers how many shops.

    Polls are queued first: a channel that does not answer about its pushes holds up nobody, and is asked again at
    the next tick.
    """
    shops = _each(ctx, "urgent", lambda shop: [messages.poll_orders(shop.id)])
    for post in lost_pushes.posts(ctx):
        try:
            lost_pushes.recover(ctx, post)
        except MarketplaceError as error:
            log.warning("lost pushes not read", channel=post.channel, code=error.code, request_id=error.request_id)
    return shops


def sweep(ctx: Context) -> int:
    """Every active shop is asked for a whole read; what no message announced is found here."""
    return _each(ctx, "bulk", lambda shop: [messages.publish_shop(shop.id, "sweep")])


def refresh_tokens(ctx: Context) -> int:
    """Every shop is asked to look at its tokens, and whether a person must be reminded that they end.

    Only shops that developers look at are left out: a paused one keeps its authorisation, and one that lost it is
    reminded of.
    """
    return _each(ctx, "bulk", lambda shop: [messages.refresh_tokens(shop.id)], _WITH_TOKENS)


def nightly_balance(ctx: Context) -> int:
    """Every active shop is asked to balance yesterday, and the six days before it again."""
    days = reconcile.days_to_balance(ctx)
    return _each(ctx, "money", lambda shop: [messages.balance_shop(shop.id, day) for day in days])


def read_statements(ctx: Context) -> int:
    """Every active shop is asked to read what its channel paid."""
    return _each(ctx, "money", lambda shop: [messages.settle_shop(shop.id)])


def _each(
    ctx: Context, lane: Lane, ask: Callable[[Shop], list[Message]], states: Container[ShopState] = (ShopState.ACTIVE,)
) -> int:
    shops = sorted((shop for shop in ctx.store.shops.list() if shop.state in states), key=_place)
    for second, start in enumerate(range(0, len(shops), SHOPS_A_SECOND)):
        some = [message for shop in shops[start : start + SHOPS_A_SECOND] for message in ask(shop)]
        ctx.queues.send(lane, some, delay_s=min(second, LONGEST_SPREAD_S[lane]))
    return len(shops)


def _place(shop: Shop) -> str:
    """Always the same, so that a shop is asked in even steps; mixed, so that a community's shops are apart."""
    return hashlib.sha256(shop.id.encode()).hexdigest()

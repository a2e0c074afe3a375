"""Pushes come in: verified, turned into a thing to look at, queued, answered fast."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aws_lambda_powertools import Logger

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import ForgedPushError, MalformedPushError, PushReading
from chalicelib.domain.shops import Shop
from chalicelib.sync import messages, publish
from chalicelib.sync.context import Context

log = Logger(service="pinto", child=True)

REMEMBER_S = 3 * 24 * 3600
"""How long a push is recognised when it comes again: longer than any channel keeps retrying."""

SHOP_QUIET_S = 60
"""How long news about a shop itself are one look at it."""

LISTING_QUIET_S = 5
"""How long news about one listing are gathered before it is looked at."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the channel is told. Only a forged or unreadable push is refused; everything else was accepted."""

    status: int
    outcome: Literal["queued", "repeated", "nothing_to_do", "unknown_shop", "forged", "malformed", "unknown_channel"]


def receive(ctx: Context, channel_name: str, headers: Mapping[str, str], body: bytes, callback_url: str) -> Answer:
    """The push is queued as a look, or refused with the reason in the log; nothing in it is believed as a fact.

    A repeat is recognised by its bytes. It is remembered after it was queued: a worker that dies between does not
    answer, the channel sends the push again, and a second look harms nobody.
    """
    apps = ctx.store.shops.apps(channel_name)
    if not apps:
        return _refuse(channel_name, Answer(404, "unknown_channel"))
    try:
        reading = ctx.channel(channel_name).read_push(headers, body, apps, callback_url)
    except ForgedPushError:
        return _refuse(channel_name, Answer(401, "forged"))
    except MalformedPushError as error:
        return _refuse(channel_name, Answer(400, "malformed"), reason=str(error))
    return _queue(ctx, channel_name, reading, hashlib.sha256(body).hexdigest())


def _queue(ctx: Context, channel_name: str, reading: PushReading, digest: str) -> Answer:
    about_shops = [look.id or reading.remote_id for look in reading.look_at if look.kind == "shop"]
    is_told = _look_at_shops(ctx, channel_name, about_shops)
    if not any(look.kind in ("order", "listing") for look in reading.look_at):
        return Answer(200, "queued" if is_told else "nothing_to_do")
    try:
        shop = ctx.store.shops.by_remote(channel_name, reading.remote_id)
    except NotFoundError:
        # Well signed, but not a shop of ours (disconnected here, still authorised there): no retry would help.
        return _refuse(channel_name, Answer(200, "unknown_shop"), reason=reading.remote_id)
    mark = f"push:{channel_name}:{digest}"
    if ctx.store.seen.knows(mark):
        return Answer(200, "repeated")
    orders = [messages.look_at_orders(shop.id, [look.id]) for look in reading.look_at if look.kind == "order"]
    ctx.queues.send("urgent", orders)
    listings = [look for look in reading.look_at if look.kind == "listing"]
    _queue_listings(ctx, shop, [look.id for look in listings if not look.promotion])
    _queue_listings(ctx, shop, [look.id for look in listings if look.promotion], publish.PROMOTION)
    ctx.store.seen.first_time(mark, REMEMBER_S)
    return Answer(200, "queued")


def _look_at_shops(ctx: Context, channel_name: str, remote_ids: Sequence[str]) -> bool:
    """Each of these that is ours is asked for its orders: a shop whose authorisation ended answers so, and says it on
    its page. Whether any is ours."""
    told = False
    for remote_id in dict.fromkeys(remote_ids):
        try:
            shop = ctx.store.shops.by_remote(channel_name, remote_id)
        except NotFoundError:
            continue
        told, mark = True, f"look shop:{shop.id}"
        if not ctx.store.seen.knows(mark):
            ctx.queues.send("urgent", [messages.poll_orders(shop.id)])
            ctx.store.seen.first_time(mark, SHOP_QUIET_S)
    return told


def _queue_listings(ctx: Context, shop: Shop, listing_ids: Sequence[str], trigger: str = "") -> None:
    """Each listing is looked at once, a little later: channels announce our own edits back to us, several times."""
    seen, marks = ctx.store.seen, {one: f"look{trigger}:{shop.id}:{one}" for one in listing_ids}
    news = [one for one in listing_ids if not seen.knows(marks[one])]
    if news:
        ctx.queues.send("bulk", [messages.look_at_listings(shop.id, news, trigger)], delay_s=LISTING_QUIET_S)
    for one in news:
        seen.first_time(marks[one], LISTING_QUIET_S)


def _refuse(channel_name: str, answer: Answer, reason: str = "") -> Answer:
    log.warning("push not taken", channel=channel_name, outcome=answer.outcome, reason=reason)
    return answer

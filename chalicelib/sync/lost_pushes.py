"""Lost pushes: what a channel told nobody is looked at after all, then the channel may forget it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import LookAt, PushReading
from chalicelib.domain.shops import AppKeys, ShopState
from chalicelib.sync import messages
from chalicelib.sync.context import Context

MOST_ROUNDS = 20
"""Batches asked for in one go; a longer list goes on at the next call."""


@dataclass(frozen=True, slots=True)
class Post:
    """One app on one host: where a channel keeps the pushes it could not deliver."""

    channel: str
    app: AppKeys
    base_url: str


def posts(ctx: Context) -> tuple[Post, ...]:
    """Every app that speaks for an active shop, once for each host."""
    found: dict[tuple[str, str, str], Post] = {}
    for shop in ctx.store.shops.list():
        key = (shop.channel, shop.app_key, shop.base_url)
        if shop.state is ShopState.ACTIVE and key not in found:
            found[key] = Post(shop.channel, ctx.store.shops.access(shop.id).app, shop.base_url)
    return tuple(found.values())


def recover(ctx: Context, post: Post) -> int:
    """How many lost pushes were queued as looks and then confirmed, batch by batch until none is left.

    A worker that dies before confirming leaves the batch to the next, which queues the same looks again: harmless.
    Raises: what the channel raises when it cannot be asked; nothing unqueued is confirmed.
    """
    channel = ctx.channel(post.channel)
    count = 0
    for _ in range(MOST_ROUNDS):
        readings = channel.lost_pushes(post.app, post.base_url)
        if not readings or ctx.must_stop:
            break
        _queue(ctx, post.channel, readings)
        channel.confirm_lost_pushes(post.app, post.base_url)
        count += len(readings)
    return count


def _queue(ctx: Context, channel_name: str, readings: Sequence[PushReading]) -> None:
    looks: dict[str, list[LookAt]] = {}
    for reading in readings:
        looks.setdefault(reading.remote_id, []).extend(reading.look_at)
    for remote_id, found in looks.items():
        for message in _messages(ctx, channel_name, remote_id, found):
            ctx.queues.send("urgent" if message["kind"] == "orders" else "bulk", [message])


def _messages(ctx: Context, channel_name: str, remote_id: str, looks: Sequence[LookAt]) -> Iterator[messages.Message]:
    """Each order and listing once; nothing for a shop that is not ours."""
    try:
        shop = ctx.store.shops.by_remote(channel_name, remote_id)
    except NotFoundError:
        return
    orders = {look.id for look in looks if look.kind == "order"}
    listings = {look.id for look in looks if look.kind == "listing"}
    if orders:
        yield messages.look_at_orders(shop.id, sorted(orders))
    if listings:
        yield messages.look_at_listings(shop.id, sorted(listings))

"""Connect a shop: the seller agrees at the channel, and comes back with what lets us speak for the shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Grant, PendingConsent
from chalicelib.domain.shops import AppKeys, Shop, ShopState
from chalicelib.sync import messages
from chalicelib.sync.context import Context

WAIT_S = 1800
"""How long the way to the channel and back may take; Lazada's code lives as long, Shopee's ten minutes."""


class ConsentError(Exception):
    """The consent cannot be used; `user_key` says to a person why, and nothing was stored."""

    def __init__(self, user_key: str) -> None:
        super().__init__(user_key)
        self.user_key = user_key


def begin(ctx: Context, community_id: str, channel_name: str, redirect_uri: str, shop_id: str = "") -> str:
    """The address the seller's browser is sent to. With a shop id, exactly this shop is to be connected again.

    Raises: ConsentError when no app of the channel is set up, or the shop is another community's or channel's.
    """
    ctx.store.communities.get(community_id)
    app, base_url = _app(ctx, channel_name)
    if shop_id:
        shop = ctx.store.shops.get(shop_id)
        if (shop.community, shop.channel) != (community_id, channel_name):
            raise ConsentError("consent.other_community")
        base_url = shop.base_url
        app = next((one for one in ctx.store.shops.apps(channel_name) if one.app_key == shop.app_key), app)
    pending = PendingConsent(community_id, channel_name, app.app_key, base_url, shop_id)
    state = ctx.store.consents.expect(pending, WAIT_S)
    return ctx.channel(channel_name).consent_url(app, redirect_uri, state, base_url)


def finish(ctx: Context, pending: PendingConsent, answered: Mapping[str, str]) -> tuple[Shop, ...]:
    """The shops the consent gave are connected, their tokens stored, and each is asked to be read and made right.

    `pending` was taken by its state, so the same answer cannot be used twice. Nothing is stored unless every part
    of the answer is right: a shop connected again must be the same shop, and a shop of one community never becomes
    another's.
    Raises: ConsentError; RejectedError and OutcomeUnknownError of the channel (ask for consent again).
    """
    channel = ctx.channel(pending.channel)
    apps = {app.app_key: app for app in ctx.store.shops.apps(pending.channel)}
    if pending.app_key not in apps:
        raise ConsentError("consent.no_app")
    grants = channel.redeem(apps[pending.app_key], answered, pending.base_url)
    if not grants:
        raise ConsentError("consent.no_shop")
    meant = _meant(ctx, pending, grants)
    wanted = [(grant, replace(_shop_for(ctx, pending, grant), consent_until=grant.until)) for grant in meant]
    for grant, shop in wanted:
        # Tokens first: whoever works with the old ones in this moment finds younger ones, and closes nothing.
        ctx.store.shops.save_tokens(shop.id, grant.tokens, None)
        ctx.store.shops.save(shop)
    ctx.queues.send("bulk", [messages.publish_shop(shop.id, "connected") for _, shop in wanted])
    return tuple(shop for _, shop in wanted)


def _app(ctx: Context, channel_name: str) -> tuple[AppKeys, str]:
    """The channel's newest app, and where its calls go: the real host, or where its other shops are."""
    apps = ctx.store.shops.apps(channel_name)
    if not apps:
        raise ConsentError("consent.no_app")
    app = apps[-1]
    known = [
        shop.base_url for shop in ctx.store.shops.list() if (shop.channel, shop.app_key) == (channel_name, app.app_key)
    ]
    return app, known[0] if known else ""


def _meant(ctx: Context, pending: PendingConsent, grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """The grants to keep: all of them for a new connection, only the very same shop for one connected again."""
    if not pending.shop:
        return grants
    remote_id = ctx.store.shops.get(pending.shop).remote_id
    same = tuple(grant for grant in grants if grant.remote_id == remote_id)
    if not same:
        raise ConsentError("consent.other_shop")
    return same


def _shop_for(ctx: Context, pending: PendingConsent, grant: Grant) -> Shop:
    try:
        known = ctx.store.shops.by_remote(pending.channel, grant.remote_id)
    except NotFoundError:
        return _new_shop(ctx, pending, grant)
    if known.community != pending.community:
        raise ConsentError("consent.other_community")
    return replace(known, state=ShopState.ACTIVE, note="", app_key=pending.app_key, base_url=pending.base_url)


def _new_shop(ctx: Context, pending: PendingConsent, grant: Grant) -> Shop:
    taken = {shop.id for shop in ctx.store.shops.of_community(pending.community)}
    shop_id = f"{pending.community}-{pending.channel}"
    if shop_id in taken:  # a second shop on the same channel
        shop_id = f"{shop_id}-{grant.remote_id}"
    return Shop(
        shop_id,
        pending.community,
        pending.channel,
        grant.remote_id,
        pending.app_key,
        pending.base_url,
        connected_at=ctx.clock().replace(microsecond=0),  # channels count whole seconds
    )

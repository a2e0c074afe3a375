"""Pausing a shop: nothing is read or written for it until a person opens it again."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.shops import Shop, ShopState
from chalicelib.sync.context import Context, ShopClosedError
from chalicelib.sync.messages import publish_shop


def pause(ctx: Context, shop_id: str) -> Shop:
    """The shop, paused; twice is once. Raises: NotFoundError; ShopClosedError for one that is closed otherwise."""
    return _switched(ctx, shop_id, ShopState.PAUSED)


def resume(ctx: Context, shop_id: str) -> Shop:
    """The shop, worked for again, and asked to be read first. Raises as `pause`."""
    return _switched(ctx, shop_id, ShopState.ACTIVE)


def _switched(ctx: Context, shop_id: str, state: ShopState) -> Shop:
    shop = ctx.store.shops.get(shop_id)
    if shop.state not in (ShopState.ACTIVE, ShopState.PAUSED):
        raise ShopClosedError(f"{shop.id} is {shop.state}")
    if shop.state is state:
        return shop
    shop = replace(shop, state=state, note="")
    ctx.store.shops.save(shop)
    if state is ShopState.ACTIVE:
        ctx.queues.send("bulk", [publish_shop(shop.id, "person")])
    return shop

"""What each layer caught: told to the metrics as it happens, and kept by shop and Thai day for the pages."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.balance import business_day
from chalicelib.domain.shops import Shop
from chalicelib.sync.context import Caught, Context

LAYERS = ("push", "poll", "reread", "sweep", "balance")
"""From the fastest to the last: what one missed, a later one catches."""


def caught_orders(ctx: Context, shop: Shop, fact: Caught, changed: int = 0) -> None:
    """New orders (and `changed` ones) came by this layer; `fact.calls` is what it cost."""
    ctx.noticed(replace(fact, shop=shop.id))
    caught(ctx, shop.id, fact.layer, fact.orders + changed)


def caught(ctx: Context, shop_id: str, layer: str, count: int) -> None:
    """So many orders or offers were news to the layer; nothing is written for none."""
    if count > 0:
        ctx.store.caught.add(shop_id, business_day(ctx.clock()), layer, count)

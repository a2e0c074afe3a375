"""The sweep: every offer of a shop is looked at again; a long shop in parts, each from where the last ended."""

from __future__ import annotations

import math

from chalicelib.domain.offers import ListingState
from chalicelib.domain.ports import Cursor
from chalicelib.domain.synclog import Run
from chalicelib.sync import layers, messages, publish
from chalicelib.sync.context import Context

WHOLE_UP_TO = 300
"""Listings of a shop that is read whole each time: a bulk worker reads so many in a fraction of its two minutes."""
LISTINGS_A_LOOK = 100
BUDGET = 600
"""Listings of a longer shop that one sweep looks at; its calls leave room for sales and edits."""
EVERY_H = 1
"""How often the schedule sweeps."""
STREAM = "sweep"


def sweep(ctx: Context, shop_id: str) -> None:
    """A short shop was read whole and mended. Of a longer one the next part was, and where it ended is kept.

    Short of time, the worker stops between two looks and asks for the rest. Listings nobody knows of, and those that
    are gone, are found by the whole read of the nightly balance. Raises: what a look raises; what was looked at
    before stays looked at.
    """
    ids = _listings(ctx, shop_id)
    if len(ids) <= WHOLE_UP_TO:
        _count(ctx, shop_id, publish.publish(ctx, shop_id, "sweep"))
        return
    ctx.noticed(publish.standing(ctx, shop_id))
    cursor = ctx.store.orders.cursor(shop_id, STREAM)
    behind = [one for one in ids if one > (cursor.after if cursor else "")]
    # Nothing behind: what stood there was deleted meanwhile, and the next round begins.
    left = (behind or ids)[:BUDGET]
    for start in range(0, len(left), LISTINGS_A_LOOK):
        if ctx.must_stop:
            ctx.queues.send("bulk", [messages.publish_shop(shop_id, "sweep")])
            return
        some = left[start : start + LISTINGS_A_LOOK]
        _count(ctx, shop_id, publish.look_again(ctx, shop_id, some, "sweep"))
        after = some[-1] if some[-1] != ids[-1] else ""
        ctx.store.orders.save_cursor(Cursor(shop_id, STREAM, ctx.clock(), after))


def bound_h(ctx: Context, shop_id: str) -> int:
    """Within so many hours every offer of the shop that we know of is looked at, whatever was lost on the way."""
    return sweep_bound_h(len(_listings(ctx, shop_id)))


def sweep_bound_h(listings: int) -> int:
    """Hours until a shop with so many listings was looked at from end to end.

    >>> sweep_bound_h(40), sweep_bound_h(300), sweep_bound_h(6_000)
    (1, 1, 10)
    """
    parts = 1 if listings <= WHOLE_UP_TO else math.ceil(listings / BUDGET)
    return parts * EVERY_H


def _listings(ctx: Context, shop_id: str) -> list[str]:
    known = ctx.store.bindings.of_shop(shop_id).values()
    return sorted({one.listing_id for one in known if one.state is not ListingState.GONE})


def _count(ctx: Context, shop_id: str, run: Run | None) -> None:
    if run is not None:
        layers.caught(ctx, shop_id, "sweep", sum(run.counts.values()) - run.counts.get("skipped", 0))

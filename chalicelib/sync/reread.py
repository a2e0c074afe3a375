"""What just sold is looked at again: the shop's own number after a sale is where the next mistake would start."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.offers import ListingState
from chalicelib.sync import layers, messages, publish
from chalicelib.sync.context import Context
from chalicelib.sync.take_orders import Taken

TRIGGER = publish.AFTER_A_SALE
AFTER_S = 20
"""By then the marketplace has taken the sale off its own number, and ours is in."""


def ask(ctx: Context, shop_id: str, taken: Taken) -> None:
    """The listings that sold are looked at soon, each once for all sales of a moment; nothing for old news."""
    if not taken.news or not taken.skus:
        return
    bound = ctx.store.bindings.of_skus(shop_id, taken.skus).values()
    ids = sorted({one.listing_id for one in bound if one.state is not ListingState.GONE})
    fresh = {one: mark for one in ids if not ctx.store.seen.knows(mark := f"{TRIGGER}:{shop_id}:{one}")}
    if fresh:
        told = messages.traced(messages.look_at_listings(shop_id, list(fresh), TRIGGER), taken.cause, taken.at)
        ctx.queues.send("bulk", [told], delay_s=AFTER_S)
    # Only once it is queued: a look that was not must not keep the next sale from asking.
    for mark in fresh.values():
        ctx.store.seen.first_time(mark, AFTER_S)


def look(ctx: Context, shop_id: str, listing_ids: Sequence[str]) -> None:
    """The listings were read and their numbers mended; what differed was caught by this layer."""
    run = publish.look_again(ctx, shop_id, listing_ids, TRIGGER)
    if run is not None:
        layers.caught(ctx, shop_id, TRIGGER, sum(run.counts.values()) - run.counts.get("skipped", 0))

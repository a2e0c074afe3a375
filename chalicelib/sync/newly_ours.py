"""SKUs that enter a catalogue: open orders that name them are taken again, so that their units are held at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NoReturn

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.ports import Lane, Queues, Store
from chalicelib.domain.stock import StockError
from chalicelib.sync import take_orders
from chalicelib.sync.context import Context
from chalicelib.sync.take_orders import Taken


class _NobodyAsked:
    """Queues for a terminal, which asks the shops to look by itself."""

    def send(self, lane: Lane, messages: Sequence[Mapping[str, object]], delay_s: int = 0) -> None:
        """Nothing is sent."""


def hold(store: Store, queues: Queues | None, community: str, skus: Collection[str], at: datetime) -> Taken:
    """What the community's shops sold of these SKUs while nobody knew them is held now, and every shop looks.

    Orders are taken again as they are stored; no channel is asked. One that keeps moving under us is heard anyway,
    and the night finds what was left.
    """
    if not skus:
        return Taken()
    ctx = Context(store, queues or _NobodyAsked(), _no_channel, lambda: at)
    taken = Taken()
    for shop_id, order_ids in store.orders.unheld(community, skus).items():
        taken += _held(ctx, shop_id, order_ids)
    return taken


def _held(ctx: Context, shop_id: str, order_ids: Sequence[str]) -> Taken:
    try:
        shop = ctx.store.shops.get(shop_id)
    except NotFoundError:
        return Taken()  # its orders are nobody's any more
    taken = Taken()
    for order in ctx.store.orders.many(shop.id, order_ids).values():
        try:
            taken += take_orders.take(ctx, shop, order)
        except (StaleWriteError, StockError):
            continue
    take_orders.tell(ctx, shop, taken)
    return taken


def _no_channel(name: str) -> NoReturn:
    raise LookupError(f"no channel is asked for what is stored: {name}")

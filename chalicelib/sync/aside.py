"""What is read beside a shop's goods and orders: its trouble is told to a person, and stops nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from chalicelib.domain.balance import Difference, business_day
from chalicelib.domain.errors import DisconnectedError, MarketplaceError, ProtocolSurpriseError, RejectedError
from chalicelib.domain.shops import Shop
from chalicelib.domain.tasks import task_id, task_of
from chalicelib.sync.context import Context

log = Logger(service="pinto", child=True)

CAUSE = "cannot_read"
LASTS = timedelta(days=1)
"""A channel that is out of order for a moment is no news; one that shows nothing for a day is."""
_STAYS = (DisconnectedError, RejectedError, ProtocolSurpriseError)
"""What will not pass by itself: the app may not ask, or the answer is none we know."""


def tell(ctx: Context, shop: Shop, what: str, error: MarketplaceError, read_at: datetime | None) -> None:
    """This part of the shop could not be read; once that lasts it is a task of the community.

    `read_at` is when it was last read, or could have been for the first time.
    """
    now = ctx.clock()
    log.warning("not read", shop=shop.id, what=what, code=error.code, request_id=error.request_id)
    if isinstance(error, _STAYS) or (read_at is not None and now - read_at > LASTS):
        difference = Difference(what, CAUSE, "-", error.code, since=read_at)
        ctx.store.tasks.found([task_of(shop.community, shop.id, business_day(now), difference, now)])


def over(ctx: Context, shop: Shop, what: str) -> None:
    """It can be read again: the task about it, if there was one, is solved."""
    name = task_id(shop.id, Difference(what, CAUSE, "-", "-"))
    if any(task.id == name for task in ctx.store.tasks.of_shop(shop.community, shop.id)):
        ctx.store.tasks.solve(shop.community, name, "balance", ctx.clock())

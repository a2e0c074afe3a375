"""Reminders before a shop's authorisation ends: each told once, as a task of the community, until it is renewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from chalicelib.domain.balance import business_day
from chalicelib.domain.endings import Ending, endings, remembered_for, soonest_first
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop, ShopState, Tokens
from chalicelib.domain.tasks import Task
from chalicelib.sync.context import Context

log = Logger(service="pinto", child=True)

CAUSE = "authorisation_ends"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A person is told now: so many days before this end (0: it is over)."""

    ending: Ending
    stage: int


def calendar(store: Store, shops: Sequence[Shop]) -> tuple[Ending, ...]:
    """What ends for these shops, the soonest first."""
    return soonest_first(one for shop in shops for one in endings(shop, _tokens(store, shop)))


def reminders(ctx: Context) -> tuple[Reminder, ...]:
    """What was due for any shop and not told before; each is a task of its community from now on."""
    return tuple(one for shop in ctx.store.shops.list() for one in remind(ctx, shop))


def remind(ctx: Context, shop: Shop) -> tuple[Reminder, ...]:
    """What is due for this shop and was not told before. A shop authorised again in time leaves no task.

    The task first, then the mark that it was told: the same task twice is one, a reminder never told is an ended shop.
    """
    now = ctx.clock()
    due = [(one, one.stage(now)) for one in endings(shop, _tokens(ctx.store, shop))]
    told = [Reminder(one, stage) for one, stage in due if stage is not None]
    told = [one for one in told if not ctx.store.seen.knows(_mark(one))]
    ctx.store.tasks.found([_task(ctx, one) for one in told])
    for one in told:
        ctx.store.seen.first_time(_mark(one), remembered_for(one.ending, now))
    _settle(ctx, shop, {_task_id(one) for one, stage in due if stage is not None})
    for one in told:
        log.warning("authorisation ends", shop=shop.id, ending=one.ending.kind.value, days=one.stage)
    return tuple(told)


def _mark(reminder: Reminder) -> str:
    ending = reminder.ending
    return f"ending:{ending.shop}:{ending.kind}:{ending.at:%Y%m%d}:{reminder.stage}"


def _settle(ctx: Context, shop: Shop, still: set[str]) -> None:
    for task in ctx.store.tasks.of_shop(shop.community, shop.id):
        if task.cause == CAUSE and task.id not in still and shop.state is not ShopState.DISCONNECTED:
            ctx.store.tasks.solve(shop.community, task.id, "renewed", ctx.clock())


def _task(ctx: Context, reminder: Reminder) -> Task:
    now, ending = ctx.clock(), reminder.ending
    return Task(
        id=_task_id(ending),
        community=ending.community,
        shop=ending.shop,
        day=business_day(ending.at),
        subject=ending.kind.value,
        cause=CAUSE,
        ours=business_day(ending.at).isoformat(),
        theirs=str(reminder.stage),
        since=now,
        found_at=now,
        seen_at=now,
    )


def _task_id(ending: Ending) -> str:
    return f"{ending.shop}#{ending.kind}#{CAUSE}"


def _tokens(store: Store, shop: Shop) -> Tokens | None:
    try:
        return store.shops.tokens(shop.id)
    except NotFoundError:
        return None

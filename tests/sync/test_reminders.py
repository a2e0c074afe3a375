"""Reminders as tasks: told once each, gone when the shop was authorised again; paused shops keep theirs."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.shops import AppKeys, Shop, ShopState, Tokens
from chalicelib.jobs import schedules
from chalicelib.store.build import memory_store
from chalicelib.sync import pause_shop
from chalicelib.sync.context import Context, ShopClosedError
from chalicelib.sync.endings import calendar, remind, reminders

END = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


class Desk:
    """One shop whose authorisation ends, and a clock that can be moved."""

    def __init__(self) -> None:
        self.now, self.sent = END - timedelta(days=60), []
        self.store = memory_store(lambda: self.now)
        self.store.shops.save_app(AppKeys("lazada", "app", "secret"))
        self.shop = Shop("baan-lazada", "baan", "lazada", "1", "app", consent_until=END)
        self.store.shops.save(self.shop)
        self.store.shops.save_tokens(self.shop.id, Tokens("a", "r", END, END), None)
        self.ctx = Context(self.store, self, lambda name: None, lambda: self.now)

    def send(self, lane, messages, delay_s=0):
        self.sent += [dict(one) for one in messages]

    def stages(self, days: float) -> list[int]:
        self.now = END - timedelta(days=days)
        return [one.stage for one in reminders(self.ctx) if one.ending.kind == "consent"]


def test_each_reminder_is_told_once():
    """However often the schedule looks; and the task names the newest."""
    desk = Desk()
    told = [desk.stages(days) for days in (60, 30, 30, 22, 14, 13, 7, 1, 0.5, -1, -2)]
    assert told == [[], [30], [], [], [14], [], [7], [1], [], [0], []]
    tasks = [task for task in desk.store.tasks.open("baan") if task.subject == "consent"]
    assert [(task.ours, task.theirs) for task in tasks] == [("2026-11-25", "0")]


def test_a_worker_that_dies_between_loses_no_reminder():
    """Whichever of its writes is the last one: the next look tells what was not told, as one task."""
    for writes in range(4):
        desk = Desk()
        table = _Failing(desk.store.tasks._table, writes)
        desk.store.tasks._table = desk.store.seen._table = table
        with contextlib.suppress(ConnectionError):
            desk.stages(30)
        table.left = 1000
        desk.stages(30)
        open_now = [task for task in desk.store.tasks.open("baan") if task.subject == "consent"]
        assert [task.theirs for task in open_now] == ["30"], writes
        assert desk.stages(30) == []
        assert table.left < 1000


def test_a_task_a_person_closed_is_not_opened_again():
    """Until the next reminder is due."""
    desk = Desk()
    desk.stages(30)
    for task in desk.store.tasks.open("baan"):
        desk.store.tasks.solve("baan", task.id, "somchai", desk.now)
    assert desk.stages(30) == []
    assert desk.store.tasks.open("baan") == ()


class _Failing:
    """A table that takes so many more writes, and then the process is gone."""

    def __init__(self, table, left):
        self._table, self.left = table, left

    def __getattr__(self, name):
        if name in ("put", "update", "write", "batch_put", "delete"):
            self.left -= 1
            if self.left < 0:
                raise ConnectionError("the worker died")
        return getattr(self._table, name)


def test_agreed_again_the_task_is_solved():
    """And the next end has reminders of its own."""
    desk = Desk()
    desk.stages(7)
    shop = replace(desk.shop, consent_until=END + timedelta(days=300))
    desk.store.shops.save(shop)
    desk.store.shops.save_tokens(shop.id, Tokens("b", "r", END, END + timedelta(days=200)), None)
    assert remind(desk.ctx, shop) == ()
    assert desk.store.tasks.open("baan") == ()
    assert calendar(desk.store, [shop])[0].at == END + timedelta(days=200)


def test_a_paused_shop_is_asked_for_nothing_but_its_tokens():
    """Nothing is read or written for it, and its authorisation is kept alive."""
    desk = Desk()
    assert pause_shop.pause(desk.ctx, desk.shop.id).state is ShopState.PAUSED
    assert pause_shop.pause(desk.ctx, desk.shop.id).state is ShopState.PAUSED
    assert [schedules.sweep(desk.ctx), schedules.nightly_balance(desk.ctx), schedules.refresh_tokens(desk.ctx)] == [
        0,
        0,
        1,
    ]
    with pytest.raises(ShopClosedError):
        desk.ctx.open(desk.store.shops.get(desk.shop.id))
    desk.sent.clear()
    assert pause_shop.resume(desk.ctx, desk.shop.id).state is ShopState.ACTIVE
    assert [one["kind"] for one in desk.sent] == ["publish"]


def test_a_shop_that_lost_its_authorisation_is_not_opened_by_hand():
    """Only agreeing again does."""
    desk = Desk()
    desk.store.shops.save(replace(desk.shop, state=ShopState.DISCONNECTED))
    with pytest.raises(ShopClosedError):
        pause_shop.resume(desk.ctx, desk.shop.id)

"""Differences that wait for a person: open ones in one partition of their community, solved ones a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.tasks import Task, seen_again
from chalicelib.store import keys
from chalicelib.store.board import note_tasks
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import GSI1, Item, Table

KEPT = timedelta(days=365)


class Tasks:
    """`ports.Tasks` over a table; a task found again keeps its first times."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def found(self, tasks: Sequence[Task]) -> None:
        """The tasks are open."""
        rows = self._table.batch_get(keys.task(task.community, task.id) for task in tasks)
        known = {row["id"]: from_item(Task, row) for row in rows.values()}
        merged = [seen_again(known[task.id], task) if task.id in known else task for task in tasks]
        self._table.batch_put(_row(task) for task in merged)
        for community_id, shop_id in sorted({(task.community, task.shop) for task in tasks}):
            self._count(community_id, shop_id)

    def open(self, community_id: str) -> tuple[Task, ...]:
        """Open ones, oldest beginning first."""
        return self.of_shop(community_id, "")

    def of_shop(self, community_id: str, shop_id: str) -> tuple[Task, ...]:
        """Open ones of one shop."""
        begins = f"{keys.TASK}{shop_id}#" if shop_id else keys.TASK
        rows = self._table.query(keys.tasks(community_id), begins=begins)
        found = [from_item(Task, row) for row in rows]
        return tuple(sorted((one for one in found if one.is_open), key=lambda one: (one.since, one.id)))

    def solve(self, community_id: str, task_id: str, person: str, at: datetime, note: str = "") -> Task:
        """Solved. Raises: NotFoundError."""
        row = self._table.get(keys.task(community_id, task_id))
        if row is None:
            raise NotFoundError(f"no task {task_id}")
        task = from_item(Task, row)
        if task.is_open:
            task = replace(task, solved_at=at, solved_by=person, note=note)
            self._table.put(_row(task))
            self._count(community_id, task.shop)
        return task

    def solved(self, community_id: str, limit: int = 50) -> tuple[Task, ...]:
        """The last solved first."""
        rows = self._table.query(keys.solved_tasks(community_id), index=GSI1, newest_first=True, limit=limit)
        return tuple(from_item(Task, row) for row in rows)

    def _count(self, community_id: str, shop_id: str) -> None:
        note_tasks(self._table, shop_id, len(self.of_shop(community_id, shop_id)))


def _row(task: Task) -> Item:
    key, values = keys.task(task.community, task.id), to_item(task)
    if task.solved_at is None:
        return keys.keyed(key, values)
    ends = int((task.solved_at + KEPT).timestamp())
    sort = keys.at(task.solved_at, task.id)
    return keys.indexed(key, keys.solved_tasks(task.community), sort, values | {"ttl": ends})

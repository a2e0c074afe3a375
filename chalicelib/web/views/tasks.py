"""What is left for a person in a community, and saying that it is solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.shops import Shop
from chalicelib.domain.tasks import Task
from chalicelib.web.access import HELPERS
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.balance_day import place_of
from chalicelib.web.visits import Visit

MOST_NOTE = 500
MOST_OPEN, MOST_SOLVED = 100, 20


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task and where its subject can be looked at."""

    task: Task
    href: str


@dataclass(frozen=True, slots=True)
class TasksView:
    """Open tasks, oldest first, and the last solved. `wrong` is the task whose note was missing."""

    lines: tuple[TaskLine, ...]
    total: int
    solved: tuple[Task, ...]
    shops: Mapping[str, Shop]
    may_solve: bool
    wrong: str = ""
    done: bool = False


def tasks(visit: Visit, services: Services) -> Answer:
    """The tasks of one community."""
    return _page(visit, services)


def solve(visit: Visit, services: Services) -> Answer:
    """The task is solved by this person, with what was done. Raises: NotFoundError for one that is not there."""
    home, task_id = visit.parameters["community"], visit.form.get("id", "")
    note = visit.form.get("note", "").strip()
    if not note or len(note) > MOST_NOTE:
        return _page(visit, services, wrong=task_id)
    services.store.tasks.solve(home, task_id, visit.email, visit.now, note)
    return redirect(visit.url(f"/c/{home}/{_back(visit.form.get('day', ''))}"))


def _back(day: str) -> str:
    try:
        return f"balance/{date.fromisoformat(day).isoformat()}"
    except ValueError:
        return "tasks?done=1"


def _page(visit: Visit, services: Services, *, wrong: str = "") -> Answer:
    store = services.store
    community = store.communities.get(visit.parameters["community"])
    found = store.tasks.open(community.id)
    lines = tuple(
        TaskLine(one, place_of(one.shop, one.subject, one.cause, one.cause_class)) for one in found[:MOST_OPEN]
    )
    shops = {one.id: one for one in store.shops.of_community(community.id)}
    may_solve = visit.person is not None and visit.person.role in HELPERS
    solved, done = store.tasks.solved(community.id, MOST_SOLVED), visit.query.get("done") == "1"
    view = TasksView(lines, len(found), solved, shops, may_solve, wrong, done)
    return page(visit, "tasks", view, community=community, tab="tasks", status=422 if wrong else 200)

"""One Thai day of the nightly balance: each shop's counts, each difference and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.balance import Balance, Difference, business_day
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop
from chalicelib.domain.tasks import Task, task_id
from chalicelib.sync.layers import LAYERS
from chalicelib.web.access import HELPERS
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

MOST_SHOWN = 100
MOST_SOLVED = 200
MOST_NIGHTS = 400


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One difference with the task it left; the task is None when it was set right at once or is long solved."""

    shop: Shop
    difference: Difference
    task: Task | None

    @property
    def tone(self) -> str:
        """bad only while a person still has to look."""
        return "bad" if self.task is not None and self.task.is_open else "ok"

    @property
    def href(self) -> str:
        """Where the thing itself can be looked at, inside the community; empty when it is not here."""
        return place_of(self.shop.id, self.difference.subject, self.difference.cause, self.difference.cause_class)


@dataclass(frozen=True, slots=True)
class ShopDay:
    """One shop's day; no balance before the night, `half` when it is not done yet. `caught` counts by layer."""

    shop: Shop
    balance: Balance | None
    half: bool
    lines: tuple[DifferenceLine, ...]
    caught: tuple[tuple[str, int], ...]

    @property
    def more(self) -> int:
        """Differences that are counted and not listed."""
        if self.balance is None:
            return 0
        kept = len(self.balance.differences) - len(self.lines)
        return kept + self.balance.more_repaired + self.balance.more_unexplained


@dataclass(frozen=True, slots=True)
class DayView:
    """All shops of the community on one day."""

    day: date
    shops: tuple[ShopDay, ...]
    may_solve: bool
    is_last: bool

    @property
    def nights(self) -> tuple[Balance, ...]:
        """The balances there are."""
        return tuple(one.balance for one in self.shops if one.balance)

    @property
    def open(self) -> int:
        """Differences that are still a person's, as far as they are listed."""
        return sum(line.tone == "bad" for one in self.shops for line in one.lines)

    @property
    def tone(self) -> str:
        """ok only when every shop was clean, mended when what was left is solved since; empty without any balance."""
        if not self.nights:
            return ""
        if self.open or any(one.more for one in self.shops if one.balance and not one.balance.is_clean):
            return "bad"
        if not all(one.is_clean for one in self.nights):
            return "mended" if any(one.unexplained for one in self.nights) else "bad"
        return "ok" if len(self.nights) == len(self.shops) else "wait"

    @property
    def before(self) -> str:
        """The day before, as the address names it."""
        return (self.day - timedelta(days=1)).isoformat()

    @property
    def after(self) -> str:
        """The day after."""
        return (self.day + timedelta(days=1)).isoformat()


def balance_day(visit: Visit, services: Services) -> Answer:
    """The day the address names. Raises: NotFoundError for one that never was or is not over."""
    store = services.store
    community = store.communities.get(visit.parameters["community"])
    day, today = _day(visit.parameters["day"]), business_day(visit.now)
    if not timedelta(0) <= today - day < timedelta(days=MOST_NIGHTS):
        raise NotFoundError(f"no balance of {day}")
    shops = sorted(store.shops.of_community(community.id), key=lambda shop: shop.id)
    tasks = {one.id: one for one in store.tasks.solved(community.id, MOST_SOLVED)}
    tasks |= {one.id: one for one in store.tasks.open(community.id)}
    may_solve = visit.person is not None and visit.person.role in HELPERS
    found = tuple(_shop_day(store, shop, day, tasks, (today - day).days + 2) for shop in shops)
    view = DayView(day, found, may_solve, day >= today - timedelta(days=1))
    return page(visit, "balance_day", view, community=community, tab="balance")


def _shop_day(store: Store, shop: Shop, day: date, tasks: Mapping[str, Task], deep: int) -> ShopDay:
    found = store.balances.get(shop.id, day)
    half = found is None and store.balances.half(shop.id, day) is not None
    every = sorted(found.differences if found else (), key=lambda one: one.repaired)[:MOST_SHOWN]
    lines = tuple(DifferenceLine(shop, one, tasks.get(task_id(shop.id, one))) for one in every)
    counts = store.caught.of_shop(shop.id, deep).get(day, {})
    return ShopDay(shop, found, half, lines, tuple((layer, counts.get(layer, 0)) for layer in LAYERS) if counts else ())


def place_of(shop_id: str, subject: str, cause: str, cause_class: str) -> str:
    """Where a difference's subject is shown, as an address inside its community; empty when we do not have it."""
    if cause in ("order_missing_here", "authorisation_ends") or cause_class == "":
        return "/shops" if cause == "authorisation_ends" else ""
    if cause_class in ("drift", "cannot"):
        return f"/products?q={subject}"
    return f"/shops/{shop_id}/orders/{subject.split('/')[0]}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFoundError(text) from None

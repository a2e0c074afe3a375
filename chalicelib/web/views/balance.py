"""The nightly balance: does every order and every offer agree, per shop and Thai day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.balance import Balance, business_day
from chalicelib.domain.shops import Shop
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

DAYS_SHOWN = 14
NIGHTS_KEPT_BACK = 400
"""How many nights back a month may lie."""


@dataclass(frozen=True, slots=True)
class ShopBalances:
    """One shop's last nights, newest first."""

    shop: Shop
    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the month: the nights of all shops together. `tone` is empty for a day without any."""

    day: date
    nights: tuple[Balance, ...]
    shops: int

    @property
    def unexplained(self) -> int:
        """Differences left for a person."""
        return sum(night.unexplained for night in self.nights)

    @property
    def tone(self) -> str:
        """ok only when every shop has a clean night."""
        if not self.nights:
            return ""
        if not all(night.is_clean for night in self.nights):
            return "bad"
        return "ok" if len(self.nights) == self.shops else "wait"


@dataclass(frozen=True, slots=True)
class Month:
    """A month at a glance. `blanks` are empty cells before its first day, Monday first."""

    first: date
    days: tuple[DayCell, ...]
    blanks: int

    @property
    def before(self) -> str:
        """The month before, as the address names it."""
        return (self.first - timedelta(days=1)).strftime("%Y-%m")

    @property
    def after(self) -> str:
        """The month after."""
        return (self.first + timedelta(days=31)).strftime("%Y-%m")


@dataclass(frozen=True, slots=True)
class BalanceView:
    """All shops, and the answer first, over every night shown: an old difference is still a difference."""

    shops: tuple[ShopBalances, ...]
    month: Month
    tasks: int = 0

    @property
    def nights(self) -> tuple[Balance, ...]:
        """Every night of every shop."""
        return tuple(balance for one in self.shops for balance in one.balances)

    @property
    def tone(self) -> str:
        """ok only when every shop has a night and all of them are clean; empty before the first night."""
        if not self.nights:
            return ""
        if not all(balance.is_clean for balance in self.nights):
            return "bad"
        return "ok" if all(one.balances for one in self.shops) else "wait"

    @property
    def days(self) -> int:
        """How many different nights these are."""
        return len({balance.day for balance in self.nights})

    @property
    def orders(self) -> int:
        """Orders of these nights together."""
        return sum(balance.orders for balance in self.nights)

    @property
    def accounted(self) -> int:
        """Of them, how many agree."""
        return sum(balance.accounted for balance in self.nights)

    @property
    def unexplained(self) -> int:
        """Differences left for a person."""
        return sum(balance.unexplained for balance in self.nights)


def balance(visit: Visit, services: Services) -> Answer:
    """The last nights of every shop of the community."""
    store = services.store
    community = store.communities.get(visit.parameters["community"])
    shops = sorted(store.shops.of_community(community.id), key=lambda shop: shop.id)
    today = business_day(visit.now)
    first = _first(visit.query.get("month", ""), today)
    deep = max((today - first).days + 2, DAYS_SHOWN)
    found = {shop.id: store.balances.of_shop(shop.id, deep) for shop in shops}
    every = [night for nights in found.values() for night in nights]
    lists = tuple(ShopBalances(shop, _listed(found[shop.id], first, visit)) for shop in shops)
    left = len(store.tasks.open(community.id))
    view = BalanceView(lists, month_of(first, every, len(shops)), left)
    return page(visit, "balance", view, community=community, tab="balance")


def _listed(nights: Sequence[Balance], first: date, visit: Visit) -> tuple[Balance, ...]:
    """The nights of the month that was asked for; without a question, the last ones."""
    if "month" not in visit.query:
        return tuple(nights[:DAYS_SHOWN])
    return tuple(night for night in nights if (night.day.year, night.day.month) == (first.year, first.month))


def month_of(first: date, nights: Sequence[Balance], shops: int) -> Month:
    """Every day of the month that begins with `first`."""
    of: dict[date, list[Balance]] = {}
    for night in nights:
        of.setdefault(night.day, []).append(night)
    days = [first + timedelta(days=number) for number in range(31)]
    cells = (DayCell(day, tuple(of.get(day, ())), shops) for day in days if day.month == first.month)
    return Month(first, tuple(cells), first.weekday())


def _first(asked: str, today: date) -> date:
    """First day of the month asked for ("2026-11"), within a year back; this month for anything else."""
    try:
        found = date.fromisoformat(f"{asked}-01")
    except ValueError:
        return today.replace(day=1)
    return found if timedelta(0) <= today - found < timedelta(days=NIGHTS_KEPT_BACK - 2) else today.replace(day=1)

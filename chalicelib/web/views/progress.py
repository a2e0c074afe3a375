"""A quarter in numbers: of one community with the three before it, and of all of them for the office."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.catalogue import Community
from chalicelib.domain.ledger import thai_day
from chalicelib.domain.money import Money, total
from chalicelib.domain.progress import Programme, Progress, Quarter
from chalicelib.sync import progress as counting
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.money_span import FIRST_YEAR, Leaf, asked_quarter, leaf, spoken
from chalicelib.web.visits import Visit

CSV = "text/csv; charset=utf-8"
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Turning:
    """A quarter and its neighbours, as far as they may be asked for."""

    quarter: Quarter
    running: Quarter

    @property
    def before(self) -> str:
        """The quarter before, or nothing."""
        return str(self.quarter.before) if self.quarter.before.year >= FIRST_YEAR else ""

    @property
    def after(self) -> str:
        """The quarter after, or nothing when it has not begun."""
        return "" if self.quarter == self.running else str(self.quarter.next)


@dataclass(frozen=True, slots=True)
class ProgressView:
    """The quarter asked for, and four quarters up to it, the newest first."""

    turning: Turning
    now: Progress
    rows: tuple[Progress, ...]
    chart: str

    @property
    def is_running(self) -> bool:
        """Whether the quarter is not over."""
        return self.turning.quarter == self.turning.running


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """All communities' quarter, the highest sales first."""

    turning: Turning
    told: Programme
    rows: tuple[Progress, ...]
    leaf: Leaf[Progress]
    names: Mapping[str, str]
    chart: str

    def turned(self, number: int) -> str:
        """Another page of the same quarter."""
        return f"/progress?quarter={self.turning.quarter}&page={number}"

    @property
    def sales(self) -> Money:
        """Of all of them."""
        return total([one.sales for one in self.rows])

    @property
    def orders(self) -> int:
        """Of all of them."""
        return sum(one.orders for one in self.rows)

    @property
    def selling(self) -> int:
        """Communities that sold something."""
        return sum(1 for one in self.rows if one.orders)


def community(visit: Visit, services: Services) -> Answer:
    """The community's progress up to the quarter asked for."""
    found: Community = services.store.communities.get(visit.parameters["community"])
    turning = _turning(visit)
    rows = counting.of_quarters(services.context(), found.id, turning.quarter)
    view = ProgressView(turning, rows[-1], tuple(reversed(rows)), counting.sales_chart(rows, spoken(visit)))
    return page(visit, "progress", view, community=found, tab="progress")


def community_csv(visit: Visit, services: Services) -> Answer:
    """The same four quarters for a spreadsheet."""
    found: Community = services.store.communities.get(visit.parameters["community"])
    quarter = _turning(visit).quarter
    rows = counting.of_quarters(services.context(), found.id, quarter)
    return _file(f"{found.id}-{quarter}", counting.csv_of(rows, spoken(visit)))


def office(visit: Visit, services: Services) -> Answer:
    """Every community's quarter, and the women-led share."""
    turning, store = _turning(visit), services.store
    told = counting.of_all(services.context(), turning.quarter)
    rows = tuple(sorted(told.rows, key=lambda one: (-one.sales.minor, one.community)))
    names = {one.id: one.name_th for one in store.communities.list()}
    drawn = counting.communities_chart(rows, names, spoken(visit))
    return page(visit, "programme", ProgrammeView(turning, told, rows, leaf(visit, rows, PER_PAGE), names, drawn))


def office_csv(visit: Visit, services: Services) -> Answer:
    """The same for a spreadsheet."""
    quarter = _turning(visit).quarter
    told = counting.of_all(services.context(), quarter)
    return _file(f"programme-{quarter}", counting.csv_of(told.rows, spoken(visit)))


def _turning(visit: Visit) -> Turning:
    today = thai_day(visit.now)
    return Turning(asked_quarter(visit.query, today), Quarter.of(today))


def _file(name: str, data: bytes) -> Answer:
    return Answer(200, data.decode(), CSV, headers=(("Content-Disposition", f'attachment; filename="{name}.csv"'),))

"""Where lies what a seller does with orders: parcels, returns, tasks, and who opened whose details."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from chalicelib.domain.privacy import Opening
from chalicelib.domain.returns import Return
from chalicelib.domain.shipping import Parcel
from chalicelib.domain.stock import Movement
from chalicelib.domain.tasks import Task


class Parcels(Protocol):
    def save(self, shop_id: str, order_id: str, parcels: Sequence[Parcel]) -> None:
        """The order's parcels are exactly these."""

    def of_order(self, shop_id: str, order_id: str) -> tuple[Parcel, ...]: ...
    def of_orders(self, shop_id: str, order_ids: Sequence[str]) -> dict[str, tuple[Parcel, ...]]:
        """Order id -> its parcels, for those that have some. Keyed reads."""

    def begin(self, shop_id: str, order_id: str, seconds: float) -> bool:
        """True for the one who may send this order's next step now; others wait until `done` or the time is over."""

    def busy(self, shop_id: str, order_id: str) -> bool:
        """Whether somebody began and it is not known yet what came of it."""

    def done(self, shop_id: str, order_id: str) -> None:
        """What came of the step is known: the next one may begin."""


class Returns(Protocol):
    def get(self, shop_id: str, return_id: str) -> Return | None: ...
    def of_order(self, shop_id: str, order_id: str) -> tuple[Return, ...]: ...
    def latest(self, shop_id: str, limit: int = 50) -> tuple[Return, ...]:
        """Newest first, by when the buyer asked."""

    def take(self, found: Return, known: Return | None) -> None:
        """The return is stored. Raises: StaleWriteError when the stored one is no longer `known`."""

    def count_in(self, community_id: str, found: Return, known: Return, movements: Sequence[Movement]) -> None:
        """The return, counted in, and its movements are stored together. Raises: StaleWriteError as `take`."""


class Tasks(Protocol):
    def found(self, tasks: Sequence[Task]) -> None:
        """The tasks are open, those known before with their first times."""

    def open(self, community_id: str) -> tuple[Task, ...]:
        """What is left for a person, oldest beginning first."""

    def of_shop(self, community_id: str, shop_id: str) -> tuple[Task, ...]:
        """Open tasks of one shop."""

    def solve(self, community_id: str, task_id: str, person: str, at: datetime, note: str = "") -> Task:
        """The task is solved. Raises: NotFoundError; an already solved one stays as it was solved."""

    def solved(self, community_id: str, limit: int = 50) -> tuple[Task, ...]:
        """Solved ones, the last solved first; kept a year."""


class Openings(Protocol):
    def add(self, opening: Opening) -> None: ...
    def latest(self, community_id: str, limit: int = 200) -> tuple[Opening, ...]:
        """Newest first."""

    def of_order(self, community_id: str, shop_id: str, order_id: str) -> tuple[Opening, ...]: ...


class CaughtCounts(Protocol):
    def add(self, shop_id: str, day: date, layer: str, count: int) -> None:
        """So many more were caught by the layer on this Thai day."""

    def of_shop(self, shop_id: str, limit: int = 31) -> dict[date, dict[str, int]]:
        """Day -> layer -> how many, newest day first."""

"""How every shop stands at a glance: what runs, orders and nights left behind, and when silence is an alarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from chalicelib.domain.balance import BANGKOK

USUAL_PER_HOUR_PERCENT = 70
"""An hour is busy when it brought an order on at least so many of a hundred days."""
LEAST_DAYS = 7
"""Fewer days tell nothing of what is usual."""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One shop. `behind` counts what the last whole run left undone; `hours` orders by Bangkok hour ("13" -> 40).

    `tasks` are open differences, `returns` buyers' requests that wait for the seller's answer, `plan_waits` says that a
    plan waits for a person, `refresh_until` when the tokens end.
    """

    shop: str
    run_at: datetime | None = None
    whole_run_at: datetime | None = None
    run_state: str = ""
    behind: int = 0
    failed: int = 0
    balance_day: date | None = None
    unexplained: int = 0
    drift: int = 0
    is_clean: bool = False
    first_order_at: datetime | None = None
    order_at: datetime | None = None
    tasks: int = 0
    returns: int = 0
    plan_waits: bool = False
    refresh_until: datetime | None = None
    hours: Mapping[str, int] = field(default_factory=dict)

    def is_silent(self, now: datetime) -> bool:
        """True when the last full hour usually brings an order, and neither it nor this hour brought one."""
        if self.first_order_at is None or self.order_at is None:
            return False
        days = (now - self.first_order_at).days
        hour = (now.astimezone(BANGKOK) - timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        usual = self.hours.get(f"{hour.hour:02}", 0) * 100
        return days >= LEAST_DAYS and usual >= USUAL_PER_HOUR_PERCENT * days and self.order_at < hour

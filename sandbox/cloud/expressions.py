"""When an EventBridge Scheduler expression fires next: rate(), cron() and at(), in a timezone."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_UNITS = {"minute": 1, "hour": 60, "day": 1440}
_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_HORIZON_YEARS = 5


def next_fire(expression: str, after: datetime, timezone: str = "UTC") -> datetime | None:
    """First moment strictly after `after` (aware); None when it never comes again.

    cron has AWS's six fields: minute hour day-of-month month day-of-week year, weekdays 1-7 from Sunday, one of
    the two day fields a question mark. Of L, W and #: `L` as day of month and `2#1` as day of week.
    Raises: ValueError for an expression AWS would refuse.

    >>> from datetime import UTC
    >>> str(next_fire("cron(0 2 * * ? *)", datetime(2025, 3, 1, 20, tzinfo=UTC), "Asia/Bangkok"))
    '2025-03-02 02:00:00+07:00'
    """
    kind, _, inner = expression.removesuffix(")").partition("(")
    if not expression.endswith(")") or kind not in _KINDS:
        raise ValueError(f"not a schedule expression: {expression}")
    return _KINDS[kind](inner, after, ZoneInfo(timezone))


def _next_rate(inner: str, after: datetime, _: ZoneInfo) -> datetime:
    found = re.fullmatch(r"([1-9]\d*) (minute|hour|day)(s?)", inner)
    if not found or (found[1] == "1") == bool(found[3]):
        raise ValueError(f"not a rate: {inner}")
    return after + timedelta(minutes=int(found[1]) * _UNITS[found[2]])


def _next_at(inner: str, after: datetime, timezone: ZoneInfo) -> datetime | None:
    moment = datetime.fromisoformat(inner).replace(tzinfo=timezone)
    return moment if moment > after else None


def _next_cron(inner: str, after: datetime, timezone: ZoneInfo) -> datetime | None:
    cron = _Cron.parse(inner)
    moment = (after.astimezone(timezone) + timedelta(minutes=1)).replace(second=0, microsecond=0)
    end = moment + timedelta(days=366 * _HORIZON_YEARS)
    while moment < end:
        if not cron.on_day(moment):
            moment = (moment + timedelta(days=1)).replace(hour=0, minute=0)
        elif moment.hour not in cron.hours:
            moment = (moment + timedelta(hours=1)).replace(minute=0)
        elif moment.minute not in cron.minutes:
            moment += timedelta(minutes=1)
        else:
            return moment
    return None


_KINDS: dict[str, Callable[[str, datetime, ZoneInfo], datetime | None]] = {
    "at": _next_at,
    "cron": _next_cron,
    "rate": _next_rate,
}


@dataclass(frozen=True)
class _Cron:
    """Six fields as sets of numbers; the two day fields as a question to ask of a day."""

    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    is_day: Callable[[datetime], bool]

    @classmethod
    def parse(cls, text: str) -> _Cron:
        fields = text.split()
        if len(fields) != 6:
            raise ValueError(f"cron has six fields: {text}")
        minute, hour, day, month, weekday, year = fields
        return cls(
            _numbers(minute, 0, 59),
            _numbers(hour, 0, 23),
            _numbers(month, 1, 12, _MONTHS),
            _numbers(year, 1970, 2199),
            _day_question(day, weekday),
        )

    def on_day(self, moment: datetime) -> bool:
        return moment.year in self.years and moment.month in self.months and self.is_day(moment)


def _day_question(day: str, weekday: str) -> Callable[[datetime], bool]:
    if (day == "?") == (weekday == "?"):
        raise ValueError("exactly one of day of month and day of week is a question mark")
    if day == "L":
        return lambda moment: moment.day == calendar.monthrange(moment.year, moment.month)[1]
    if day != "?":
        days = _numbers(day, 1, 31)
        return lambda moment: moment.day in days
    name, _, nth = weekday.partition("#")
    weekdays = _numbers(name, 1, 7, _WEEKDAYS)
    if not nth:
        return lambda moment: _weekday(moment) in weekdays
    return lambda moment: _weekday(moment) in weekdays and (moment.day - 1) // 7 + 1 == int(nth)


def _weekday(moment: datetime) -> int:
    """1 is Sunday, as AWS counts."""
    return moment.isoweekday() % 7 + 1


def _numbers(text: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, last = _span(span, bool(step), low, high, names or {})
        if not low <= first <= last <= high:
            raise ValueError(f"{part} is outside {low}-{high}")
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _span(text: str, stepped: bool, low: int, high: int, names: dict[str, int]) -> tuple[int, int]:
    if text == "*":
        return low, high
    first, dash, last = text.partition("-")
    start = _number(first, names)
    if dash:
        return start, _number(last, names)
    return start, high if stepped else start


def _number(text: str, names: dict[str, int]) -> int:
    return names.get(text.upper()) or int(text)

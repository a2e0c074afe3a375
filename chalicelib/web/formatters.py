"""How numbers, money and moments are written for people; the only room that knows Bangkok time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from chalicelib.domain.balance import BANGKOK
from chalicelib.domain.money import Money

_SIGNS = {"THB": "฿"}


def number(value: int, language: str) -> str:
    """A whole number with thousands marks: 1,204."""
    from babel.numbers import format_decimal

    return str(format_decimal(value, locale=language))


def money(amount: Money, language: str) -> str:
    """฿ before the amount, decimals only where satang matter: ฿1,290 and ฿89.50."""
    from babel.numbers import format_decimal

    pattern = "#,##0" if amount.is_whole else "#,##0.00"
    digits = format_decimal(abs(amount.decimal), format=pattern, locale=language)
    minus = "−" if amount.minor < 0 else ""
    return f"{minus}{_SIGNS.get(amount.currency, amount.currency + ' ')}{digits}"


def typed_money(amount: Money) -> str:
    """An amount as it stands in an input: no sign, no marks."""
    return f"{amount.decimal:f}".split(".")[0] if amount.is_whole else str(amount)


def exact(moment: datetime, language: str) -> str:
    """The full Bangkok moment, to the second."""
    local = moment.astimezone(BANGKOK)
    return str(_dates().format_datetime(local, "d MMM y HH:mm:ss", tzinfo=BANGKOK, locale=language))


def short_moment(moment: datetime, now: datetime, language: str) -> str:
    """Time alone for today, day and time before: 10:03, or 24 Nov 10:03."""
    local, today = moment.astimezone(BANGKOK), now.astimezone(BANGKOK).date()
    pattern = "HH:mm" if local.date() == today else "d MMM HH:mm"
    return str(_dates().format_datetime(local, pattern, tzinfo=BANGKOK, locale=language))


def day(value: date, language: str) -> str:
    """A calendar day with its weekday, short: Tue 24 Nov 2026."""
    return str(_dates().format_date(value, "EEE d MMM y", locale=language))


def short_day(value: date, language: str) -> str:
    """A calendar day without its year: 24 Nov."""
    return str(_dates().format_date(value, "d MMM", locale=language))


def month(value: date, language: str) -> str:
    """A month with its year: November 2026."""
    return str(_dates().format_date(value, "MMMM y", locale=language))


def quarter(value: object, language: str) -> str:
    """A quarter as people write it, from "2026-Q4": 4/2026 in Thai, Q4 2026 in English."""
    year, _, number = str(value).partition("-Q")
    return f"{number}/{year}" if language == "th" else f"Q{number} {year}"


def ago(moment: datetime, now: datetime) -> tuple[str, int]:
    """Text key and count for a moment as people say it: ("ago.minutes", 3)."""
    seconds = int((now - moment).total_seconds())
    for limit, unit, size in ((60, "now", 60), (3600, "minutes", 60), (86400, "hours", 3600), (2592000, "days", 86400)):
        if seconds < limit:
            return f"ago.{unit}", max(seconds // size, 0)
    return "ago.months", seconds // 2592000


def seconds_between(start: datetime, end: datetime | None) -> float | None:
    """How long a piece of work took, or None while it has not ended."""
    return None if end is None else max((end - start).total_seconds(), 0.0)


def _dates() -> Any:
    # Babel reads its locale data on import, which a health check or a photo need not wait for.
    from babel import dates

    return dates

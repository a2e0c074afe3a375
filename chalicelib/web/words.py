"""The functions a template speaks with, bound to one reader's language and moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.money import Money
from chalicelib.domain.synclog import EntryState
from chalicelib.web import formatters, texts

TONES: dict[str, str] = {
    EntryState.PLANNED: "wait",
    EntryState.SENT: "wait",
    EntryState.ACCEPTED: "wait",
    EntryState.APPLIED: "wait",
    EntryState.LIVE: "ok",
    EntryState.SKIPPED: "off",
    EntryState.FAILED: "bad",
    EntryState.UNKNOWN: "wait",
}
"""How far a change came -> its colour. Only what was read back is ok."""


_PLAN_LINE = re.compile(r"(\w+) (\S+) (\w+): (.*) -> (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Words:
    """One reader: language and the moment the page is made."""

    language: str
    now: datetime

    def t(self, key: str, **words: object) -> str:
        """The text of a key."""
        return texts.say(self.language, key, **words)

    def label(self, table: str, key: str) -> str:
        """The name of one member of an open list (channels, triggers, fields); a new one shows as it came."""
        name = f"{table}.{key}"
        return texts.say(self.language, name) if texts.has(self.language, name) else key.replace("_", " ")

    def reason(self, key: str, said: str = "") -> str:
        """Why, in words; what the channel said when we have none."""
        return texts.reason(self.language, key, said)

    def steps(self, why: Sequence[str]) -> str:
        """The arithmetic behind a number, step by step."""
        said = (step.split(" ") for step in why)
        return " ".join(self.t(f"number.{name}", **dict(zip("abc", facts, strict=False))) for name, *facts in said)

    def fact(self, value: str) -> str:
        """A value noted by a comparison: a state in words where it is one."""
        known = [f"order_state.{value}", f"listing_state.{value}"]
        return next((self.t(key) for key in known if texts.has(self.language, key)), value)

    def plan_line(self, line: str) -> str:
        """One change of a held plan, `Kind SUBJECT field: before -> after`, in the reader's words."""
        found = _PLAN_LINE.fullmatch(line)
        if found is None:
            return line
        kind, subject, field, before, after = found.groups()
        if field in ("price", "stock"):
            before, after = (self.amount(before), self.amount(after)) if field == "price" else (before, after)
            return f"{subject} {self.label('entry_field', field)}: {before} → {after}"
        return f"{subject} {self.label('change', kind)}"

    def ago(self, moment: datetime) -> str:
        """How long ago, as people say it."""
        key, count = formatters.ago(moment, self.now)
        return self.t(key, n=count)

    def exact(self, moment: datetime) -> str:
        """The full Bangkok moment."""
        return formatters.exact(moment, self.language)

    def moment(self, value: datetime) -> str:
        """The Bangkok time, with its day when that is not today."""
        return formatters.short_moment(value, self.now, self.language)

    def day(self, value: date) -> str:
        """A calendar day."""
        return formatters.day(value, self.language)

    def short_day(self, value: date) -> str:
        """A day of this year or so, short."""
        return formatters.short_day(value, self.language)

    def month(self, value: date) -> str:
        """A month with its year."""
        return formatters.month(value, self.language)

    def quarter(self, value: object) -> str:
        """A quarter of a year."""
        return formatters.quarter(value, self.language)

    def money(self, amount: Money) -> str:
        """An amount with its sign."""
        return formatters.money(amount, self.language)

    def amount(self, text: str) -> str:
        """A baht amount kept as text, written as money where it is one."""
        try:
            return self.money(Money.parse(text))
        except ValueError:
            return text

    def number(self, value: int) -> str:
        """A whole number."""
        return formatters.number(value, self.language)

"""What stands on a printed sheet, before anybody draws it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """Where a cell's text stands. Money stands on the right, so that its digits line up."""

    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `share` is its part of the width, measured against the other columns."""

    heading: str
    share: float = 1.0
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of ready words, one text a column; `totals` stand below a line, in bold.

    Raises: ValueError for a row that has more or fewer cells than there are columns.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        for row in (*self.rows, *self.totals):
            if len(row) != len(self.columns):
                raise ValueError(f"{len(row)} cells for {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Signature:
    """Room for one person to sign: `role` above the line, `name` below it when it is known, and a `date` to fill in."""

    role: str
    date: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document of one or more A4 pages. `facts` are (name, value) lines below the title; `footer` is on each page.

    `signatures` stand together below the last table, two side by side.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    footer: str = ""
    signatures: tuple[Signature, ...] = ()

"""Cells that no spreadsheet takes for a formula."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell that is worked out begins with; wide signs count in the keyboards of our neighbours."""


def runs(text: str) -> bool:
    """Whether a spreadsheet might work the text out instead of showing it."""
    return text.startswith(FORMULA)


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would work out. A plain number stays a number.

    >>> safe_cell("=1+1"), safe_cell("-12.50"), safe_cell("ชา")
    ("'=1+1", '-12.50', 'ชา')
    """
    is_number = text.removeprefix("-").replace(".", "", 1).isdecimal()
    return f"'{text}" if runs(text) and not is_number else text

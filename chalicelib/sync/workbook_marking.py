"""Gives a product file back with what has to be put right marked in its cells."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.sync.workbook import Line, sheets_as_written
from chalicelib.sync.workbook_cells import escaped

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_RED, _PALE = "FFA32020", "FFFBE6E3"
_HEAD = {"th": "ต้องแก้", "en": "To put right"}
_LONGEST_CELL = 32_000

Fact = Mapping[str, Any]
"""One refusal, as `import_report` writes it."""


def marked(workbook: bytes, refused: Sequence[Fact], language: str) -> bytes:
    """The file's own rows in a new .xlsx: refused cells red with a note, and a last column that says what to do.

    Only values are taken over, so nothing in the answer can run: a formula comes back as the text it was. Put right
    and brought again, the file reads as before; the last column is one the import does not know.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, lines in sheets_as_written(workbook):
        page = book.create_sheet(title)
        _copy(page, lines)
        _mark(page, lines, [one for one in refused if one["sheet"] == title], language)
    if not book.worksheets:
        book.create_sheet(_HEAD[language]).append([one[f"expected_{language}"] for one in refused][:1])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _copy(page: Worksheet, lines: Sequence[Line]) -> None:
    for number, cells in lines:
        for place, (value, kind) in cells.items():
            _write(page, number, place, value, is_text=isinstance(value, str) or kind in ("f", "e"))


def _write(page: Worksheet, row: int, place: int, value: object, *, is_text: bool) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell: Any = page.cell(row, place)
    if is_text:
        cell.value = escaped(ILLEGAL_CHARACTERS_RE.sub("", str(value)))[:_LONGEST_CELL]
        cell.data_type = "s"
        cell.number_format = "@"
    else:
        cell.value = value


def _mark(page: Worksheet, lines: Sequence[Line], refused: Sequence[Fact], language: str) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import column_index_from_string, get_column_letter

    if not refused:
        return
    last = max((place for _, cells in lines for place in cells), default=0) + 1
    rows: dict[int, list[str]] = defaultdict(list)
    for one in refused:
        said = str(one[f"expected_{language}"])
        rows[max(int(one["row"]), 1)].append(f"{one['column']}: {said}" if one["column"] else said)
        if one["column"] and one["row"]:
            cell = page.cell(int(one["row"]), column_index_from_string(str(one["column"])))
            cell.fill, cell.comment = PatternFill("solid", fgColor=_PALE), Comment(said, "Pinto", width=320, height=120)
            cell.font = Font(color=_RED, bold=True)
    rows.setdefault(1, []).insert(0, _HEAD[language])
    for row, texts in rows.items():
        _write(page, row, last, "\n".join(texts), is_text=True)
        page.cell(row, last).font = Font(color=_RED, bold=True)
    page.column_dimensions[get_column_letter(last)].width = 60

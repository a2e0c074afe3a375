"""Reads the product workbook: every problem with its cell, nothing executed, nothing trusted."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chalicelib.domain.import_problems import Place, Problem, problem
from chalicelib.domain.import_rows import Rows, Sighting
from chalicelib.sync.workbook_cells import Cells, MakerCells, ProductCells, VariantCells, cell_text
from chalicelib.sync.workbook_layout import MAKERS, PRODUCTS, VARIANTS, Column, Sheet, columns_by_header, folded
from chalicelib.sync.workbook_writing import write_workbook

__all__ = ["Line", "read_workbook", "sheets_as_written", "write_workbook"]

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 40 * 1024 * 1024
MAX_PARTS = 500
MAX_ROWS = 5000
_HEADER_SEARCH_ROWS = 10
_LEAST_HEADERS = 2
DAMAGED_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, NotImplementedError, EOFError, ValueError,
)  # fmt: skip
"""What `zipfile` and its decompressors raise for an archive that is broken, locked or packed in a strange way."""

Cell = tuple[object, str]  # value, openpyxl's data type


Line = tuple[int, dict[int, Cell]]  # row number, column number -> cell


@dataclass(frozen=True, slots=True)
class _Page:
    """One sheet of the file: its filled lines."""

    title: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class _Raw:
    """One filled data row: where it stands and its filled cells by field."""

    at: Place
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class _Read:
    """One sheet read: typed rows, every filled row as it was, and what was wrong."""

    rows: tuple[Any, ...] = ()
    raw: tuple[_Raw, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_workbook(data: bytes) -> Rows:
    """The workbook's rows with every problem found in one reading; never raises for what is in the file.

    Limits: 10 MB, 40 MB unpacked, 5,000 rows a sheet. Formulas are refused, not computed.
    """
    refusal = _unsafe_archive(data)
    if refusal is not None:
        return Rows(problems=(refusal,))
    try:
        pages = _pages(data)
    # openpyxl lets through whatever its parsers meet in a damaged part (KeyError, ValueError, ParseError, ...);
    # to the person each of them is the same: this file cannot be read.
    except Exception:
        return Rows(problems=(problem("not_a_workbook", Place()),))
    return _all_sheets(pages)


def sheets_as_written(data: bytes) -> list[tuple[str, list[Line]]]:
    """(title, filled lines) of the sheets we know, just as they stand; nothing for a file that cannot be read."""
    if _unsafe_archive(data) is not None:
        return []
    try:
        return [(page.title, page.lines) for page in _pages(data)]
    except Exception:  # as in `read_workbook`
        return []


def _unsafe_archive(data: bytes) -> Problem | None:
    """Why this archive must not be opened; judged from its index, before anything is unpacked."""
    too_large = problem("file_too_large", Place(), limit_mb=MAX_UNPACKED_BYTES // 1024 // 1024)
    if len(data) > MAX_FILE_BYTES:
        return too_large
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                return too_large
            if any(_declares_entities(archive, part) for part in parts):
                return problem("not_a_workbook", Place())
    except DAMAGED_ARCHIVE:
        return problem("not_a_workbook", Place())
    return None


def _declares_entities(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Office files never carry a document type; one that does is after the parser (entity expansion)."""
    if not part.filename.endswith((".xml", ".rels")):
        return False
    with archive.open(part) as file:
        return b"<!DOCTYPE" in file.read(4096)


def _pages(data: bytes) -> list[_Page]:
    """The sheets we know, as they stand in the file."""
    from openpyxl import load_workbook

    ours = {folded(name) for sheet in (PRODUCTS, VARIANTS, MAKERS) for name in (sheet.th, sheet.en)}
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    return [_Page(one.title, _lines(one)) for one in book.worksheets if folded(one.title) in ours]


def _all_sheets(pages: Sequence[_Page]) -> Rows:
    products = _sheet(pages, PRODUCTS, ProductCells, "code")
    variants = _sheet(pages, VARIANTS, VariantCells, "product")
    makers = _sheet(pages, MAKERS, MakerCells, "", required=False)
    return Rows(
        products=products.rows,
        variants=variants.rows,
        makers=makers.rows,
        codes_seen=_sightings(products, "code", "code"),
        skus_seen=_sightings(variants, "sku", "product"),
        makers_seen=_sightings(makers, "id", ""),
        problems=products.problems + variants.problems + makers.problems,
    )


def _sheet(pages: Sequence[_Page], sheet: Sheet, model: type[Cells], owner: str, required: bool = True) -> _Read:
    """One sheet, read; `owner` is the field that names the product a row belongs to."""
    names = {folded(sheet.th), folded(sheet.en)}
    found = next((one for one in pages if folded(one.title) in names), None)
    if found is None:
        missing = problem("sheet_missing", Place(sheet.th), sheet_th=sheet.th, sheet_en=sheet.en)
        return _Read(problems=(missing,) if required else ())
    lines = found.lines
    letters, first, problems = _header(lines, sheet, found.title)
    if problems:
        return _Read(problems=problems)
    raw = tuple(_filled_rows(lines[first:], letters, found.title))
    if len(raw) > MAX_ROWS:
        return _Read(problems=(problem("too_many_rows", Place(found.title), limit=MAX_ROWS),))
    rows: list[Any] = []
    for one in raw:
        rows_or_problems = _typed(one, model, owner)
        if isinstance(rows_or_problems, list):
            problems += tuple(rows_or_problems)
        else:
            rows.append(rows_or_problems)
    return _Read(tuple(rows), raw, problems)


def _lines(worksheet: Any) -> list[Line]:
    """Filled rows as (row number, column number -> cell); stops one past the limit."""
    worksheet.reset_dimensions()  # what the file claims about its size is not always true
    lines: list[Line] = []
    for number, row in enumerate(worksheet.iter_rows(max_col=60), start=1):
        filled = {
            place: (cell.value, cell.data_type)
            for place, cell in enumerate(row, start=1)
            if cell.value is not None and str(cell.value).strip()
        }
        if filled:
            lines.append((number, filled))
        if len(lines) > MAX_ROWS + _HEADER_SEARCH_ROWS:
            break
    return lines


def _header(lines: Sequence[Line], sheet: Sheet, title: str) -> tuple[dict[int, str], int, tuple[Problem, ...]]:
    """Column number -> field, the place of the first data line, and what the header lacks.

    Header rows follow each other (Thai, then English); a row is one when it names two columns or more.
    """
    known = columns_by_header(sheet)
    fields: dict[int, str] = {}
    first, row_number = 0, 1
    for place, (number, cells) in enumerate(lines[:_HEADER_SEARCH_ROWS]):
        named = {column: known[name] for column, (value, _) in cells.items() if (name := folded(value)) in known}
        if len(named) < _LEAST_HEADERS:
            if fields:
                break
            continue
        row_number = row_number if fields else number
        for column, one in named.items():
            fields.setdefault(column, one.field)
        first = place + 1
    return fields, first, tuple(_header_problems(fields, sheet, Place(title, row_number)))


def _header_problems(fields: Mapping[int, str], sheet: Sheet, at: Place) -> Iterator[Problem]:
    present = list(fields.values())
    for one in sheet.columns:
        if one.required and one.field not in present:
            yield _about_column("column_missing", one, at)
        if present.count(one.field) > 1:
            yield _about_column("column_twice", one, at)


def _about_column(key: str, one: Column, at: Place) -> Problem:
    return problem(key, at, one.field, column_th=one.th, column_en=one.en)


def _filled_rows(lines: Sequence[Line], fields: Mapping[int, str], title: str) -> Iterator[_Raw]:
    from openpyxl.utils import get_column_letter

    letters = {field: get_column_letter(column) for column, field in fields.items()}
    for number, cells in lines:
        known = {fields[column]: cell for column, cell in cells.items() if column in fields}
        if known:
            yield _Raw(Place(title, number, letters), known)


def _typed(raw: _Raw, model: type[Cells], owner: str) -> Any | list[Problem]:
    """The row of the domain, or every problem of its cells."""
    product = _text_of(raw, owner)
    unreadable = {"f": "formula", "e": "cell_error"}
    problems = [
        problem(unreadable[kind], raw.at, field, _shown(value), product=product)
        for field, (value, kind) in raw.cells.items()
        if kind in unreadable
    ]
    told = {one.field for one in problems}
    values = {field: value for field, (value, _) in raw.cells.items() if field not in told}
    try:
        typed = model.model_validate(values)
    except ValidationError as error:
        problems += [_from_pydantic(one, raw, product) for one in error.errors() if str(one["loc"][0]) not in told]
        return problems
    return problems or typed.row(raw.at)


def _from_pydantic(error: ErrorDetails, raw: _Raw, product: str) -> Problem:
    field = str(error["loc"][0])
    if error["type"] == "missing":
        return problem("required", raw.at, field, product=product)
    found = _shown(raw.cells[field][0])
    return problem(error["type"], raw.at, field, found, product=product, **error.get("ctx", {}))


def _shown(value: object) -> object:
    """What stands in the cell; an array formula is an object that holds its text."""
    return getattr(value, "text", value)


def _sightings(read: _Read, field: str, owner: str) -> tuple[Sighting, ...]:
    return tuple(Sighting(text, raw.at, _text_of(raw, owner)) for raw in read.raw if (text := _text_of(raw, field)))


def _text_of(raw: _Raw, field: str) -> str:
    """A code as written, also when it is not a good one; empty for a missing or unreadable cell."""
    value, kind = raw.cells.get(field, ("", "s"))
    if kind in {"f", "e", "d"}:
        return ""
    return cell_text(value)

"""Draws a sheet as PDF on A4; the drawing library and the font are loaded with the first sheet."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.web.paper.sheet import Align, Column, Sheet, Signature, Table
from chalicelib.web.paper.thai import clusters, pieces

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.28, 841.89  # A4 in points
MARGIN, FOOT = 42.0, 60.0
SIZE, TITLE_SIZE, SMALL = 10.0, 17.0, 8.5
LEADING, GAP, BETWEEN = 1.55, 6.0, 2.0
SIGNING = SIZE * 11.5  # room one row of signatures takes
PLAIN, BOLD = "Sarabun", "Sarabun-Bold"


def pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF of as many A4 pages as it needs: table headings again on each, page numbers, no date inside.

    The same sheet gives the same bytes, so that a statement can be compared with the one printed before.
    """
    pages = _draw(sheet, pages=0)
    return _draw(sheet, pages.count).data


class _Drawn:
    """A finished drawing and how many pages it took."""

    def __init__(self, data: bytes, count: int) -> None:
        self.data, self.count = data, count


def _draw(sheet: Sheet, pages: int) -> _Drawn:
    out = io.BytesIO()
    pen = _Pen(_canvas(out, sheet.title), sheet.footer, pages)
    pen.line(sheet.title, BOLD, TITLE_SIZE)
    pen.space(GAP)
    for name, value in sheet.facts:
        pen.pair(name, value)
    for table in sheet.tables:
        pen.space(GAP * 2)
        _table(pen, table)
    _signatures(pen, sheet.signatures)
    pen.finish()
    return _Drawn(out.getvalue(), pen.page)


def _table(pen: _Pen, table: Table) -> None:
    if table.title:
        pen.need(SIZE * 6)
        pen.line(table.title, BOLD, SIZE + 2)
    heading = tuple(column.heading for column in table.columns)
    pen.row(table.columns, heading, BOLD, ())
    pen.rule()
    for row in table.rows:
        pen.row(table.columns, row, PLAIN, heading)
    if table.totals:
        pen.rule()
        for row in table.totals:
            pen.row(table.columns, row, BOLD, heading)


def _signatures(pen: _Pen, signatures: Sequence[Signature]) -> None:
    """Lines to sign on, none of them torn from its name by a page's end."""
    width = (WIDTH - 2 * MARGIN) / 2
    for first in range(0, len(signatures), 2):
        pen.need(SIGNING)
        for place, one in enumerate(signatures[first : first + 2]):
            _sign(pen.canvas, MARGIN + place * width, pen.y, width - GAP * 4, one)
        pen.space(SIGNING)


def _sign(canvas: Canvas, x: float, y: float, width: float, one: Signature) -> None:
    """The role, room for a hand, the line, and below it the name and a line for the date."""
    write(canvas, x, y - SIZE * 3, one.role, PLAIN, SIZE)
    canvas.setLineWidth(0.6)
    canvas.line(x, y - SIZE * 6, x + width, y - SIZE * 6)
    # Without a name there is room to write one.
    name = _wrapped(f"( {one.name or ' ' * 50} )", PLAIN, SIZE, width)[0]
    write(canvas, x + (width - _width(name, PLAIN, SIZE)) / 2, y - SIZE * 7.6, name, PLAIN, SIZE)
    write(canvas, x, y - SIZE * 10, one.date, PLAIN, SIZE)
    after = x + _width(one.date, PLAIN, SIZE) + GAP
    canvas.line(after, y - SIZE * 10.2, x + width, y - SIZE * 10.2)


class _Pen:
    """A place on a page; goes down line by line and turns the page where a line would not fit."""

    def __init__(self, canvas: Canvas, footer: str, pages: int) -> None:
        self.canvas, self.footer, self.pages = canvas, footer, pages
        self.page, self.y = 1, HEIGHT - MARGIN

    def space(self, points: float) -> None:
        """Room below what was written."""
        self.y -= points

    def need(self, points: float) -> bool:
        """Whether the page had to be turned to have this much room."""
        if self.y - points >= FOOT:
            return False
        self._turn()
        return True

    def line(self, text: str, font: str, size: float) -> None:
        """Text over the whole width, on as many lines as it takes."""
        for part in _wrapped(text, font, size, WIDTH - 2 * MARGIN):
            self.need(size * LEADING)
            self.y -= size * LEADING
            write(self.canvas, MARGIN, self.y, part, font, size)

    def pair(self, name: str, value: str) -> None:
        """A name and what it is."""
        columns = (Column("", 1.0), Column("", 2.6))
        self.row(columns, (name, value), PLAIN, ())

    def row(self, columns: Sequence[Column], cells: Sequence[str], font: str, heading: Sequence[str]) -> None:
        """One row of a table; on a new page the headings stand above it again."""
        spans = list(_spans(columns))
        texts = [_wrapped(cell, font, SIZE, width - GAP) for (_, width), cell in zip(spans, cells, strict=True)]
        height = max(len(lines) for lines in texts) * SIZE * LEADING
        if self.need(height) and heading:
            self.row(columns, heading, BOLD, ())
            self.rule()
        for column, (left, width), lines in zip(columns, spans, texts, strict=True):
            for number, text in enumerate(lines, 1):
                moved = width - GAP - _width(text, font, SIZE) if column.align is Align.RIGHT else 0.0
                write(self.canvas, left + moved, self.y - number * SIZE * LEADING, text, font, SIZE)
        self.y -= height + BETWEEN

    def rule(self) -> None:
        """A thin line over the whole width."""
        self.y -= SIZE * 0.25
        self.canvas.setLineWidth(0.6)
        self.canvas.line(MARGIN, self.y, WIDTH - MARGIN, self.y)

    def finish(self) -> None:
        """The last page is closed."""
        self._foot()
        self.canvas.showPage()
        self.canvas.save()

    def _turn(self) -> None:
        self._foot()
        self.canvas.showPage()
        self.page, self.y = self.page + 1, HEIGHT - MARGIN

    def _foot(self) -> None:
        number = f"{self.page}/{self.pages or self.page}"
        write(self.canvas, MARGIN, FOOT / 2, self.footer, PLAIN, SMALL)
        write(self.canvas, WIDTH - MARGIN - _width(number, PLAIN, SMALL), FOOT / 2, number, PLAIN, SMALL)


def write(canvas: Canvas, x: float, y: float, text: str, font: str, size: float) -> None:
    """The text stands at (x, y), its Thai marks where they belong."""
    drawn = canvas.beginText(x, y)
    drawn.setFont(font, size)
    for piece in pieces(text):
        drawn.setTextOrigin(x + piece.right * size, y + piece.up * size)
        drawn.textOut(piece.text)
        x += _width(piece.text, font, size)
    canvas.drawText(drawn)


def _spans(columns: Sequence[Column]) -> Iterable[tuple[float, float]]:
    """(left edge, width) of each column."""
    every, left = sum(column.share for column in columns), MARGIN
    for column in columns:
        width = (WIDTH - 2 * MARGIN) * column.share / every
        yield left, width
        left += width


def _wrapped(text: str, font: str, size: float, room: float) -> list[str]:
    """The text in lines that fit: broken at a blank where there is one, else between two letters."""
    lines, line = [], ""
    for part in clusters(text):
        if line and _width(line + part, font, size) > room:
            kept, blank, moved = line.rpartition(" ")
            lines.append(kept if blank else line)
            line = moved if blank else ""
        line += part
    return [*lines, line.strip()] if lines else [line]


def _width(text: str, font: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth("".join(piece.text for piece in pieces(text)), font, size))


def _canvas(out: io.BytesIO, title: str) -> Canvas:
    from reportlab.pdfgen.canvas import Canvas

    _fonts()
    # Invariant: without the moment it was made inside, so that equal sheets are equal files.
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, lang="th")
    canvas.setTitle(title)
    canvas.setCreator("Pinto")
    return canvas


@cache
def _fonts() -> None:
    from importlib.resources import files

    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    room = Path(str(files("fontpkg_sarabun") / "files"))
    pdfmetrics.registerFont(TTFont(PLAIN, str(room / "Sarabun-Regular.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(room / "Sarabun-Bold.ttf")))

"""Printed sheets: every word is there, Thai marks stand where they belong, long tables go on."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from chalicelib.web.paper import Align, Column, Sheet, Signature, Table
from chalicelib.web.paper.pdf import pdf
from chalicelib.web.paper.thai import CLIMB, MARKS, clusters, pieces

COLUMNS = (Column("สินค้า", 3), Column("ยอดเงิน", 1, Align.RIGHT))


def _text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).replace("\x00", "")


def _sheet(rows: int) -> Sheet:
    cells = tuple((f"row-{number}", f"{number:,}.00") for number in range(rows))
    return Sheet("Statement", (("Maker", "m1"),), (Table(COLUMNS, cells, (("total", "9.00"),)),), "Pinto")


def test_every_word_of_a_sheet_is_on_paper():
    """Title, facts, headings, cells, totals and footer can be read back from the file."""
    text = _text(pdf(_sheet(3)))
    for word in ("Statement", "Maker", "m1", "row-0", "row-2", "2.00", "total", "9.00", "Pinto", "1/1"):
        assert word in text


def test_a_long_table_goes_on_under_its_headings():
    """No row is lost at a page break, every page is numbered, and the headings stand on each."""
    data = pdf(_sheet(150))
    pages = PdfReader(io.BytesIO(data)).pages
    text = _text(data)
    assert len(pages) > 2
    assert set(re.findall(r"row-\d+", text)) == {f"row-{number}" for number in range(150)}
    assert all(f"{number}/{len(pages)}" in page.extract_text() for number, page in enumerate(pages, 1))
    assert all("สินค" in page.extract_text() for page in pages)


@pytest.mark.parametrize("rows", range(30, 46, 3))
def test_lines_to_sign_on_stay_together(rows):
    """Role, name and date of both signers stand on the last page, wherever the table happens to end."""
    signed = (Signature("Paid by", "Date"), Signature("Received by", "Date", "Somsri"))
    last = PdfReader(io.BytesIO(pdf(replace(_sheet(rows), signatures=signed)))).pages[-1].extract_text()
    assert [word in last for word in ("Paid by", "Received by", "Somsri")] == [True] * 3
    assert last.count("Date") == 2


def test_the_same_sheet_is_the_same_file():
    """A statement printed twice can be compared byte by byte."""
    assert pdf(_sheet(5)) == pdf(_sheet(5))


def test_a_row_that_does_not_fit_its_table_is_refused():
    """Two cells under three headings would put an amount under the wrong word."""
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Table(COLUMNS, (("alone",),))


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("ก่า", {}),  # alone, a tone mark stands where the font has it
        ("ที่", {"่": CLIMB}),
        ("น้ำ", {"้": CLIMB}),  # sara am brings a ring that the tone stands on
        ("กี้", {"้": CLIMB}),
        ("กู้", {}),  # a lower vowel is in nobody's way
    ],
)
def test_a_tone_mark_climbs_over_an_upper_vowel(text, moved):
    """Two marks over one consonant never lie on each other."""
    assert {piece.text: piece.up for piece in pieces(text) if piece.up} == moved


def test_marks_step_aside_for_a_tall_tail():
    """ป, ฝ and ฟ have a tail where the mark would stand."""
    assert [piece.right < 0 for piece in pieces("ป้า") if piece.text == "้"] == [True]
    assert [piece.right for piece in pieces("ก้า")] == [0.0]


@given(st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E) | st.sampled_from("ab 12")))
def test_no_letter_is_lost_between_the_pieces(text):
    """Pieces put together are the text, but for sara am in its two parts; clusters are exactly the text."""
    together = "".join(piece.text for piece in pieces(text))
    apart = sorted(text.replace("\u0e33", "\u0e4d\u0e32"))
    assert sorted(together) == apart
    assert "".join(clusters(text)) == text


def test_a_line_is_never_broken_before_a_mark():
    """What stands over a consonant goes with it to the next line."""
    assert not any(part[0] in MARKS for part in clusters("เก็บไว้เป็นหลักฐานน้ำพริก")[1:])

"""Exported workbooks: they come back unchanged, and nothing in them runs."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_helpers import PRODUCTS, VARIANTS, a_catalogue, a_product, a_workbook
from openpyxl import load_workbook

from chalicelib.domain.catalogue_import import plan_import
from chalicelib.domain.import_rows import plain
from chalicelib.sync.workbook import read_workbook, write_workbook

DANGEROUS = ["=1+1", "+66 81", "-ลด 10%", "@SUM(A1)", "\tแท็บ", "'=1", "''-x", "=cmd|' /C calc'!A0"]


def test_an_export_imports_back_unchanged():
    """Nothing is created, changed or counted when an export is imported again."""
    catalogue = a_catalogue(on_hand={"PASTE-S": 7, "PASTE-L": 0})

    plan = plan_import(read_workbook(a_workbook(catalogue)), catalogue)

    assert plan.writes_nothing
    assert plan.unchanged == ("PASTE", "TEA")
    assert (plan.refused, plan.missing, plan.missing_skus) == ((), (), ())


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_is_text_and_comes_back(text):
    """No exported cell is a formula or starts like one, and the words survive."""
    catalogue = a_catalogue(a_product(title_th=f"{text} น้ำพริก", description_th=text))
    data = a_workbook(catalogue)

    for row in load_workbook(io.BytesIO(data))[PRODUCTS].iter_rows(min_row=3):
        for cell in row:
            assert cell.data_type != "f"
            assert not str(cell.value or "").startswith(("=", "+", "-", "@", "\t"))
    assert plan_import(read_workbook(data), catalogue).writes_nothing


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cn", "Co")), min_size=1, max_size=60))
def test_any_words_survive_the_journey(words):
    """Whatever a title holds (Thai, emoji, quotes, signs), export and import agree that nothing changed."""
    if plain(words) in ("", "-"):
        return
    catalogue = a_catalogue(a_product(title_th=words, title_en=words, description_th=words))

    assert plan_import(read_workbook(a_workbook(catalogue)), catalogue).unchanged == ("PASTE",)


def test_the_same_catalogue_gives_the_same_bytes():
    """An export has no clock in it."""
    assert a_workbook() == a_workbook()


def test_an_export_shows_stock_without_counting_it():
    """Edited for a week and sent back, an export must not put last week's stock on the shelf."""
    catalogue = a_catalogue(on_hand={"PASTE-S": 7})
    data = write_workbook(catalogue)

    later = replace(catalogue, on_hand={"PASTE-S": 2})

    assert load_workbook(io.BytesIO(data))[VARIANTS]["H3"].value == 7
    assert plan_import(read_workbook(data), later).counts == ()


def test_the_empty_template_has_every_sheet_and_no_products():
    """An empty catalogue gives the template; sent back unfilled it is refused."""
    data = write_workbook(replace(a_catalogue(), products=(), makers=()))

    assert load_workbook(io.BytesIO(data)).sheetnames == ["อ่านก่อน", "สินค้า", "ตัวเลือก", "ผู้ผลิต"]
    assert plan_import(read_workbook(data), a_catalogue()).fatal


def test_photo_names_stand_in_for_content_keys():
    """People see file names; without a name the content key is written and read back."""
    key = "ab" * 32
    catalogue = a_catalogue(a_product(photos=(key,)))

    named = write_workbook(catalogue, photo_names={key: "paste.jpg"})

    assert read_workbook(named).products[0].photos == ("paste.jpg",)
    assert read_workbook(write_workbook(catalogue)).products[0].photos == (key,)

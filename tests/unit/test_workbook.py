"""Reading product workbooks people send: every mistake is named with its cell, in Thai and English."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_helpers import (
    KIND,
    MAKERS,
    ON_HAND,
    OPTION_1,
    PRICE,
    PRODUCTS,
    SKU,
    TITLE,
    VARIANTS,
    a_catalogue,
    a_workbook,
    edited,
    problems_after,
    saved,
)
from openpyxl import Workbook, load_workbook

from chalicelib.domain.catalogue_import import plan_import
from chalicelib.sync import workbook as reading
from chalicelib.sync.import_jobs import photos_in
from chalicelib.sync.workbook import read_workbook


def only(problems):
    """The one problem there is."""
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "field", "thai", "english"),
    [
        (VARIANTS, PRICE, "ร้อยบาท", "price", "ตัวเลขเป็นบาท", "number in baht"),
        (VARIANTS, PRICE, True, "price", "ตัวเลขเป็นบาท", "number in baht"),
        (VARIANTS, PRICE, datetime(2026, 3, 5), "price", "ตัวเลขเป็นบาท", "number in baht"),
        (VARIANTS, PRICE, 0.5, "price", "1 บาท", "at least 1 baht"),
        (VARIANTS, PRICE, 0, "price", "1 บาท", "at least 1 baht"),
        (VARIANTS, PRICE, -59, "price", "1 บาท", "at least 1 baht"),
        (VARIANTS, PRICE, 59.125, "price", "สตางค์", "2 decimals"),
        (VARIANTS, PRICE, 99_000_000, "price", "ไม่เกิน", "at most"),
        (VARIANTS, PRICE, "=50+9", "price", "ไม่ใช่สูตร", "not a formula"),
        (VARIANTS, PRICE, "#N/A", "price", "ข้อผิดพลาดของ Excel", "Excel error"),
        (VARIANTS, PRICE, None, "price", "ต้องกรอก", "must be filled in"),
        (VARIANTS, ON_HAND, -3, "on_hand", "ไม่ติดลบ", "below zero"),
        (VARIANTS, ON_HAND, 2.5, "on_hand", "จำนวนเต็ม", "whole number"),
        (VARIANTS, ON_HAND, "หลายชิ้น", "on_hand", "จำนวนเต็ม", "whole number"),
        (VARIANTS, "G3", -1, "buffer", "ไม่ติดลบ", "below zero"),
        (VARIANTS, SKU, "paste s", "sku", "A-Z", "capital letters"),
        (VARIANTS, SKU, "น้ำพริก", "sku", "A-Z", "capital letters"),
        (VARIANTS, SKU, "A" * 41, "sku", "A-Z", "capital letters"),
        (VARIANTS, SKU, datetime(2026, 1, 2), "sku", "วันที่", "date"),
        (VARIANTS, "H2", "ไม่ใช่คอลัมน์", None, "", ""),
        (PRODUCTS, TITLE, "ก" * 10_000, "title_th", "255", "255"),
        (PRODUCTS, TITLE, None, "title_th", "ต้องกรอก", "must be filled in"),
        (PRODUCTS, TITLE, '=HYPERLINK("http://x")', "title_th", "ไม่ใช่สูตร", "not a formula"),
        (PRODUCTS, "E3", "ก" * 5001, "description_th", "5000", "5000"),
        (PRODUCTS, KIND, "เครื่องจักร", "kind", "น้ำพริก, ขนมขบเคี้ยว", "chili_paste, snack"),
        (PRODUCTS, "H3", 0, "weight_g", "ระหว่าง 1", "between 1"),
        (PRODUCTS, "I3", "ยาว", "length_cm", "เซนติเมตร", "centimetres"),
        (PRODUCTS, "M3", "อาจจะ", "on_sale", "ใช่", "yes"),
        (PRODUCTS, "L3", ",".join(f"{n}.jpg" for n in range(9)), "photos", "ไม่เกิน 8 รูป", "At most 8"),
        (MAKERS, "B3", None, "name_th", "ต้องกรอก", "must be filled in"),
    ],
)
def test_a_bad_cell_is_named_with_its_place_and_reason(sheet, cell, value, field, thai, english):
    """Sheet, row and column letter are as Excel shows them, the reason is in both languages."""
    problems = problems_after(sheet, **{cell: value})

    if field is None:
        assert problems == ()
        return
    one = only(problems)
    assert (one.sheet, one.row, one.column, one.field) == (sheet, 3, cell[0], field)
    assert thai in one.expected_th
    assert english in one.expected_en
    assert len(one.found) <= 80


@pytest.mark.parametrize(
    ("value", "satang"),
    [(59, 5900), (59.5, 5950), ("1,290", 129000), ("๕๙", 5900), (89.10000000000001, 8910), (" 75.25 ", 7525)],
)
def test_prices_are_read_as_people_write_them(value, satang):
    """Satang, thousands commas, Thai digits and Excel's float noise are understood exactly."""
    rows = read_workbook(edited(a_workbook(), VARIANTS, **{PRICE: value}))

    assert rows.problems == ()
    assert rows.variants[0].price.minor == satang


def test_every_problem_is_found_in_one_reading():
    """A row with three mistakes and another row with one give four problems."""
    data = edited(a_workbook(), VARIANTS, **{PRICE: "แพง", ON_HAND: -1, SKU: "a b"})

    problems = read_workbook(edited(data, PRODUCTS, **{KIND: "?"})).problems

    assert sorted(one.field for one in problems) == ["kind", "on_hand", "price", "sku"]


@pytest.mark.parametrize("data", [b"", b"hello", b"PK\x03\x04 broken", a_workbook()[:2000]])
def test_what_is_not_a_workbook_is_refused(data):
    """Text, an empty file and a torn archive are one clear fatal problem."""
    one = only(read_workbook(data).problems)

    assert one.fatal
    assert ".xlsx" in one.expected_th
    assert ".xlsx" in one.expected_en


def test_another_kind_of_archive_is_refused():
    """A zip that is no workbook is refused, not a crash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("holiday.txt", "hello")

    assert only(read_workbook(out.getvalue()).problems).fatal


@pytest.mark.parametrize("packed", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_damaged_inside_is_refused_in_words(packed):
    """Its index is whole and its parts are not: the person hears that this file cannot be read; photos are none."""
    out, name = io.BytesIO(), "xl/workbook.xml"
    with zipfile.ZipFile(out, "w", packed) as archive:
        archive.writestr(name, b"<workbook>" + b"x" * 3000)
    data = bytearray(out.getvalue())
    data[30 + len(name) : 38 + len(name)] = b"\xff" * 8

    assert only(read_workbook(bytes(data)).problems).fatal
    assert photos_in(bytes(data).replace(b"xl/workbook.xml", b"photo/one12.jpg")) == {}


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    """60 MB of zeros in a small archive never reach the reader."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)

    one = only(read_workbook(out.getvalue()).problems)

    assert one.fatal
    assert "40 MB" in one.expected_en


def test_an_entity_bomb_is_refused():
    """A workbook part that declares a document type is not parsed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_workbook())) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'
            after.writestr(name, bomb if name == "xl/workbook.xml" else part)

    assert only(read_workbook(out.getvalue()).problems).fatal


def test_too_many_rows_are_refused(monkeypatch):
    """One row over the limit refuses the sheet as a whole."""
    monkeypatch.setattr(reading, "MAX_ROWS", 3)

    one = only(read_workbook(a_workbook()).problems)

    assert one.sheet == VARIANTS
    assert one.fatal


def test_a_row_far_below_empty_ones_is_read():
    """Blank rows between do not end the sheet, and the row number stays Excel's."""
    problems = problems_after(VARIANTS, A900="PASTE", B900="PASTE-XL", E900="?")

    assert only(problems).cell == f"{VARIANTS}!E900"


@pytest.mark.parametrize("sheet", [PRODUCTS, VARIANTS])
def test_a_missing_sheet_is_named(sheet):
    """A workbook without products or variants says which sheet it lacks."""
    book = load_workbook(io.BytesIO(a_workbook()))
    del book[sheet]

    one = only(read_workbook(saved(book)).problems)

    assert one.fatal
    assert sheet in one.expected_th


def test_a_missing_column_is_named():
    """Without the price column the file is refused with the column's name in both languages."""
    book = load_workbook(io.BytesIO(a_workbook()))
    book[VARIANTS].delete_cols(5)

    one = only(read_workbook(saved(book)).problems)

    assert one.fatal
    assert "ราคา (บาท)" in one.expected_th
    assert "Price (baht)" in one.expected_en


def test_a_column_given_twice_is_refused():
    """Two price columns are ambiguous."""
    one = only(problems_after(VARIANTS, I1="ราคา (บาท)", I2="Price (baht)"))

    assert one.fatal
    assert one.field == "price"


def test_headers_are_understood_in_either_language_and_any_order():
    """English sheet names, headers with other capitals and a single header row are enough."""
    book = Workbook()
    products = book.create_sheet("Products")
    products.append(["Kind", "PRODUCT CODE", "Title (thai)", "Packed weight (g)", "length_cm"])
    products["F1"], products["G1"] = "Parcel width (cm)", "Parcel height  (cm) *"
    products.append(["chili paste", "PASTE", "น้ำพริกตาแดง", 250, 8, 8, 9.5])
    variants = book.create_sheet("VARIANTS")
    variants.append(["sku", "product code", "ราคา(บาท)"])
    variants.append(["PASTE", "PASTE", 59])

    rows = read_workbook(saved(book))

    assert rows.problems == ()
    assert rows.products[0].size.height_mm == 95
    assert rows.variants[0].sku == "PASTE"


def test_a_third_way_to_vary_is_refused():
    """A third option column has a reason of its own."""
    one = only(problems_after(PRODUCTS, P1="ชื่อตัวเลือกที่ 3", P3="กลิ่น"))

    assert "ไม่เกิน 2 ทาง" not in one.found
    assert "2 ทาง" in one.expected_th


def test_an_empty_option_cell_is_no_problem_of_reading():
    """Whether an option is needed depends on the product; the planner decides."""
    assert problems_after(VARIANTS, **{OPTION_1: None}) == ()


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)),
    st.sampled_from(["=A1", "1E+999999", "NaN", "-Infinity", "1e-400", "#REF!", "'", "-", "{0}", "%s", "ก" * 300]),
    st.text(st.characters(min_codepoint=32, max_codepoint=0xFFF), max_size=20),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(ANYTHING, min_size=15, max_size=15), st.lists(ANYTHING, min_size=7, max_size=7))
def test_whatever_stands_in_the_cells_reading_answers(product, variant):
    """No cell value of any kind makes reading or planning fail; every problem has a row and a reason."""
    data = edited(a_workbook(), PRODUCTS, **dict(zip([f"{c}3" for c in "ABCDEFGHIJKLMNO"], product, strict=True)))

    rows = read_workbook(edited(data, VARIANTS, **dict(zip([f"{c}3" for c in "ABCDEFG"], variant, strict=True))))
    plan = plan_import(rows, a_catalogue())

    assert not any(one.fatal for one in rows.problems)
    assert all(one.row >= 3 and one.expected_th and one.expected_en for one in plan.refused)

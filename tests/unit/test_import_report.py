"""What an import says to people: verdict first, Thai first, nothing left out."""

from __future__ import annotations

from dataclasses import replace

from import_helpers import PRICE, PRODUCTS, TITLE, VARIANTS, a_catalogue, a_product, a_workbook, edited

from chalicelib.domain.catalogue_import import ImportPlan, plan_import
from chalicelib.sync.import_catalogue import ImportResult
from chalicelib.sync.import_report import as_facts, as_lines
from chalicelib.sync.workbook import read_workbook

EMPTY = replace(a_catalogue(), products=(), makers=())


def planned(data: bytes, catalogue=EMPTY) -> ImportPlan:
    return plan_import(read_workbook(data), catalogue)


def test_a_problem_names_its_cell_and_what_was_expected_in_both_languages():
    """The cell as Excel shows it, what was found, Thai, then English."""
    plan = planned(edited(a_workbook(), VARIANTS, **{PRICE: "ฟรี"}))

    lines = as_lines(ImportResult(plan, written=False))

    assert lines[0].startswith("ยังไม่บันทึก")
    (said,) = [line for line in lines if f"{VARIANTS}!{PRICE}" in line]
    assert said.index("ฟรี") < said.index("ราคาต้องเป็นตัวเลข") < said.index("The price must be a number")


def test_changes_hints_and_what_is_missing_are_said():
    """Was and becomes of each field, hints as hints, and products the file does not mention."""
    stored = a_catalogue(*a_catalogue().products, a_product("OLD"))
    plan = planned(edited(a_workbook(), PRODUCTS, **{TITLE: "ชา"}), stored)

    text = "\n".join(as_lines(ImportResult(plan, written=False), preview=True))

    assert text.startswith("ดูก่อน")
    assert "PASTE  title_th: น้ำพริกตาแดง → ชา" in text
    assert "hints, nothing is refused" in text
    assert "left alone (1)\n  OLD" in text


def test_counts_a_file_made_before_are_named():
    """A person learns which SKUs to count anew."""
    made = ImportResult(planned(a_workbook()), written=True, already_counted=("PASTE-S",))

    assert as_lines(made)[-1] == "  PASTE-S"
    assert as_facts(made)["already_counted"] == ["PASTE-S"]


def test_counts_of_what_moved_meanwhile_are_named():
    """In both languages, so that they are counted anew."""
    made = ImportResult(planned(a_workbook()), written=True, moved_since=("PASTE-S",))

    title, named = as_lines(made)[-2:]
    assert ("ขยับ" in title, "moved since" in title, named) == (True, True, "  PASTE-S")
    assert as_facts(made)["moved_since"] == ["PASTE-S"]


def test_a_file_nobody_can_use_says_so_first():
    """No workbook at all: one verdict, one reason."""
    lines = as_lines(ImportResult(planned(b"not Excel"), written=False))

    assert lines[0].startswith("อ่านไฟล์นี้ไม่ได้")
    assert "This file cannot be opened" in lines[-1]

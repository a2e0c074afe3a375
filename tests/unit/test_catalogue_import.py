"""Deciding what an import would do: rules between rows, merging with what is stored, nothing deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from import_helpers import (
    AXIS_1,
    AXIS_2,
    KIND,
    MAKER,
    MAKERS,
    ON_HAND,
    OPTION_1,
    PRICE,
    PRODUCTS,
    SKU,
    TITLE,
    VARIANTS,
    a_catalogue,
    a_product,
    a_workbook,
    edited,
)

from chalicelib.domain.catalogue import Axis, Maker, Product, Variant
from chalicelib.domain.catalogue_import import FieldChange, ImportPlan, StockCount, plan_import
from chalicelib.domain.import_rows import Rows
from chalicelib.domain.money import Money
from chalicelib.sync.workbook import read_workbook

EMPTY = a_catalogue(on_hand={})
NOTHING_STORED = replace(EMPTY, products=(), makers=())


def planned(sheet: str = PRODUCTS, catalogue=NOTHING_STORED, **cells) -> ImportPlan:
    """The plan for the small workbook with these cells changed."""
    return plan_import(read_workbook(edited(a_workbook(), sheet, **cells)), catalogue)


def without_row(sheet: str, row: int) -> Rows:
    """The small workbook's rows without one row."""
    letters = "ABCDEFGH" if sheet == VARIANTS else "ABCDEFGHIJKLMNO"
    return read_workbook(edited(a_workbook(), sheet, **{f"{letter}{row}": None for letter in letters}))


def test_everything_is_new_to_an_empty_catalogue():
    """Products arrive whole: words, maker, axes in the order written, variants, version 0."""
    plan = planned()

    assert [product.code for product in plan.created] == ["PASTE", "TEA"]
    assert plan.created[0] == a_product()
    assert plan.makers == (Maker("M1", "กลุ่มแม่บ้าน สายที่ 1"),)
    assert plan.refused == ()


def test_a_change_is_told_field_by_field():
    """Each changed field says what it was and what it becomes."""
    plan = planned(catalogue=EMPTY, **{TITLE: "น้ำพริกตาแดง สูตรใหม่"})
    assert plan.changed[0].changes == (FieldChange("title_th", "น้ำพริกตาแดง", "น้ำพริกตาแดง สูตรใหม่"),)

    plan = planned(VARIANTS, EMPTY, **{PRICE: 65})
    assert plan.changed[0].changes == (FieldChange("PASTE-S: price", "59.00", "65.00"),)
    assert plan.unchanged == ("TEA",)


def test_a_changed_product_keeps_the_version_it_was_read_at():
    """So that saving can tell whether somebody else edited it meanwhile."""
    stored = a_catalogue(a_product(version=7), a_product("TEA"))

    plan = planned(catalogue=stored, **{TITLE: "น้ำพริกใหม่"})

    assert plan.changed[0].product.version == 7


def test_empty_cells_leave_what_is_stored():
    """An empty English title, description, maker, photo, on-sale or buffer cell changes nothing."""
    key = "cd" * 32
    stored = a_catalogue(a_product(photos=(key,), on_sale=False), a_product("TEA"))
    cells = dict.fromkeys(("D3", "E3", "F3", "G3", "L3", "M3"))
    data = edited(edited(a_workbook(stored), PRODUCTS, **cells), VARIANTS, G4=None)

    assert plan_import(read_workbook(data), stored).writes_nothing


def test_a_dash_clears_a_text():
    """The one way to empty an English title or a description."""
    plan = planned(catalogue=EMPTY, D3="-", F3="-")

    assert plan.changed[0].product.title_en == ""
    assert plan.changed[0].product.description_en == ""


def test_counts_are_taken_only_where_filled():
    """On hand becomes the number counted; SKUs without a number, or with the same one, are left alone."""
    stored = replace(EMPTY, on_hand={"PASTE-S": 4, "PASTE-L": 9, "TEA-S": 1})

    plan = planned(VARIANTS, stored, F3=12, F4=9)

    assert plan.counts == (StockCount("PASTE-S", was=4, becomes=12),)


@pytest.mark.parametrize(("row", "sku"), [(3, "PASTE-S"), (4, "PASTE-L")])
def test_what_the_workbook_does_not_mention_is_reported_and_kept(row, sku):
    """A product or a variant missing from the file is named, never removed."""
    stored = a_catalogue(*EMPTY.products, a_product("OLD"))

    plan = plan_import(without_row(VARIANTS, row), stored)

    assert plan.missing == ("OLD",)
    assert plan.missing_skus == (sku,)
    assert plan.writes_nothing


def test_a_new_variant_joins_those_stored():
    """Its option is added behind the ones shoppers know."""
    plan = planned(VARIANTS, EMPTY, A7="PASTE", B7="PASTE-XL", C7="จัมโบ้", E7=150)

    product = plan.changed[0].product
    assert product.skus == ("PASTE-S", "PASTE-L", "PASTE-XL")
    assert product.axes == (Axis("ขนาด", ("เล็ก", "ใหญ่", "จัมโบ้")),)


def test_a_workbook_without_products_is_refused():
    """It must never read as "delete everything"."""
    plan = plan_import(Rows(), EMPTY)

    assert plan.fatal
    assert plan.missing == ()
    assert "ไม่มีสินค้า" in plan.refused[0].expected_th


def where(plan: ImportPlan) -> list[tuple[str, str]]:
    """Field and cell of each problem."""
    return [(one.field, one.cell) for one in plan.refused]


def test_a_repeated_sku_names_both_rows():
    """Each of the two rows points at the other; both products wait."""
    plan = planned(VARIANTS, B5="PASTE-S")

    assert where(plan) == [("sku", f"{VARIANTS}!B3"), ("sku", f"{VARIANTS}!B5")]
    assert "5" in plan.refused[0].expected_th
    assert "3" in plan.refused[1].expected_en
    assert plan.created == ()


def test_a_repeated_product_code_names_both_rows():
    """Also when one of the rows has other mistakes."""
    plan = planned(PRODUCTS, A4="PASTE", **{KIND: "?"})

    assert ("code", f"{PRODUCTS}!A3") in where(plan)
    assert ("code", f"{PRODUCTS}!A4") in where(plan)


def test_a_repeated_maker_code_is_refused():
    """Two names for one maker would pay the wrong person."""
    plan = planned(MAKERS, A4="M1", B4="คนอื่น")

    assert [one.field for one in plan.refused] == ["id", "id"]
    assert plan.makers == ()


def test_a_variant_of_no_product_is_refused():
    """Its product code is nowhere on the products sheet."""
    plan = planned(VARIANTS, A3="PASTA")

    assert ("product", f"{VARIANTS}!A3") in where(plan)
    assert [product.code for product in plan.created] == ["PASTE", "TEA"]


def test_a_product_without_variants_is_refused():
    """Nothing could be bought."""
    plan = planned(VARIANTS, A3="TEA", A4="TEA")

    assert ("code", f"{PRODUCTS}!A3") in where(plan)


def test_a_variant_with_its_own_problem_does_not_orphan_its_product():
    """A bad price is one problem, not two."""
    plan = planned(VARIANTS, E3="?", E4="?")

    assert where(plan) == [("price", f"{VARIANTS}!E3"), ("price", f"{VARIANTS}!E4")]
    assert [product.code for product in plan.created] == ["TEA"]


@pytest.mark.parametrize(
    ("sheet", "cells", "field"),
    [
        (VARIANTS, {OPTION_1: None}, "option_1"),
        (VARIANTS, {"D3": "แดง"}, "option_2"),
        (VARIANTS, {OPTION_1: "ใหญ่"}, "option_1"),
        (PRODUCTS, {AXIS_1: None}, "axis_1"),
        (PRODUCTS, {AXIS_2: "ขนาด"}, "axis_2"),
        (PRODUCTS, {AXIS_1: None, AXIS_2: "สี"}, "axis_1"),
        (PRODUCTS, {MAKER: "M9"}, "maker"),
    ],
    ids=["missing", "no axis", "twice", "unnamed", "same name", "second first", "unknown maker"],
)
def test_options_and_makers_must_fit(sheet, cells, field):
    """Options without an axis, axes without options, twins and unknown makers hold the product back."""
    plan = planned(sheet, **cells)

    assert field in [one.field for one in plan.refused]
    assert [product.code for product in plan.created] == ["TEA"]


def test_more_than_fifty_variants_are_refused():
    """The limit of the marketplaces."""
    many = tuple(Variant(f"PASTE-{n}", Money(5900), (f"แบบ {n}",)) for n in range(51))
    product = a_product(variants=many, axes=(Axis("แบบ", tuple(f"แบบ {n}" for n in range(51))),))

    plan = plan_import(read_workbook(a_workbook(a_catalogue(product))), NOTHING_STORED)

    assert "50" in plan.refused[0].expected_en


def test_a_sku_of_another_stored_product_is_refused():
    """A SKU never moves from one product to another by an import."""
    stored = a_catalogue(a_product("OTHER", variants=(Variant("PASTE-S", Money(100)),), axes=()))

    plan = planned(catalogue=stored)

    assert "OTHER" in plan.refused[0].expected_th
    assert [product.code for product in plan.created] == ["TEA"]


@pytest.mark.parametrize("cells", [{AXIS_2: "สี"}, {}])
def test_a_stored_variant_that_no_longer_fits_is_named(cells):
    """Renaming a SKU, or changing the axes, under a variant the file leaves out is refused with its SKU."""
    data = edited(a_workbook(), PRODUCTS, **cells)
    changes = {"D3": "แดง", "D4": "แดง"} if cells else {SKU: "PASTE-NEW"}

    plan = plan_import(read_workbook(edited(data, VARIANTS, **{**changes, "B3": "PASTE-NEW"})), EMPTY)

    assert "PASTE-S" in plan.refused[0].expected_th


def test_hints_do_not_refuse():
    """Short words, satang, wide prices, no photo, no maker: said, and imported all the same."""
    data = edited(a_workbook(), PRODUCTS, **{TITLE: "ชา", "E3": "สั้น", MAKER: None})

    plan = plan_import(read_workbook(edited(data, VARIANTS, E4=999.5)), NOTHING_STORED)

    fields = {(one.field, one.product) for one in plan.hints}
    assert {("title_th", "PASTE"), ("description_th", "PASTE"), ("price", "PASTE")} <= fields
    assert {("photos", "PASTE"), ("maker", "PASTE")} <= fields
    assert plan.refused == ()


def test_the_order_of_stored_options_is_kept():
    """Options stored in another order than the rows are not a change."""
    stored = a_catalogue(a_product(axes=(Axis("ขนาด", ("ใหญ่", "เล็ก")),)), a_product("TEA"))

    assert plan_import(read_workbook(a_workbook(stored)), stored).unchanged == ("PASTE", "TEA")


def test_the_same_rows_always_give_the_same_plan():
    """The plan depends on nothing but the rows and the catalogue."""
    assert planned(VARIANTS, EMPTY, **{PRICE: 61, ON_HAND: 5}) == planned(VARIANTS, EMPTY, **{PRICE: 61, ON_HAND: 5})


def test_planning_leaves_the_catalogue_alone():
    """Products are values: the stored one is untouched by a plan that changes it."""
    before: Product = EMPTY.products[0]
    planned(catalogue=EMPTY, **{TITLE: "อีกชื่อหนึ่ง"})

    assert before == a_product()

"""Writes the product workbook: the template, an export, or sample products; the same facts give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from chalicelib.domain.catalogue import Catalogue, Product, Variant
from chalicelib.domain.import_rows import plain
from chalicelib.domain.money import Money
from chalicelib.sync.workbook_cells import escaped
from chalicelib.sync.workbook_layout import KIND_TH, MAKERS, NO_TH, PRODUCTS, README_TH, VARIANTS, YES_TH, Sheet

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# One moment for every file: an export of the same facts is the same file, and is recognised as such.
_WRITTEN_AT = datetime(2020, 9, 28, 9, 0, 0)
_GREEN, _PALE, _GREY = "FF2F6B4F", "FFE9F2EC", "FF6B6B6B"
_VALIDATED_ROWS = 1000

README = (
    ("วิธีใช้ไฟล์นี้", "How to use this workbook"),
    (
        "แผ่น “สินค้า” หนึ่งแถวคือสินค้าหนึ่งอย่าง แผ่น “ตัวเลือก” หนึ่งแถวคือหนึ่ง SKU (ราคาและจำนวนอยู่ที่นี่)",
        "Sheet “สินค้า”: one row per product. Sheet “ตัวเลือก”: one row per SKU, with its price and count.",
    ),
    (
        "ช่องว่าง = ไม่เปลี่ยนของเดิม พิมพ์ - ในช่องชื่ออังกฤษหรือรายละเอียดเพื่อลบข้อความ",
        "An empty cell keeps what is stored. Type - in an English title or a description to clear it.",
    ),
    (
        "“นับได้” คือจำนวนที่นับจริงตอนนี้ กรอกเฉพาะเมื่อนับใหม่ ระบบจะตั้งยอดตามนั้น",
        "“Counted on hand” is what you counted just now: fill it only after counting; it becomes the stock.",
    ),
    (
        "ลบแถวออกไม่ได้ลบสินค้า หากเลิกขายให้ใส่ “ไม่” ในช่อง “เปิดขาย”",
        "Removing a row deletes nothing. To stop selling, put “ไม่” (no) under “On sale”.",
    ),
    (
        "รูป: พิมพ์ชื่อไฟล์ คั่นด้วยเครื่องหมาย , แล้วแนบไฟล์ JPG หรือ PNG พร้อมกัน (500-8000 พิกเซล ไม่เกิน 8 MB)",
        "Photos: file names separated by commas; attach the JPG or PNG files (500-8000 pixels, at most 8 MB).",
    ),
    ("ห้ามใช้สูตร ให้พิมพ์ค่าหรือวางแบบ “ค่าเท่านั้น”", "No formulas: type values, or paste “values only”."),
)
SAMPLE = (
    "สินค้าตัวอย่าง: ชื่อ ราคา และผู้ผลิตในไฟล์นี้แต่งขึ้นเพื่อฝึกใช้งาน ไม่ใช่สินค้าจริงของกลุ่ม",
    "Sample products: titles, prices and makers in this file are made up for practice.",
)


def write_workbook(
    catalogue: Catalogue,
    *,
    counts: bool = False,
    photo_names: Mapping[str, str] | None = None,
    sample: bool = False,
) -> bytes:
    """The catalogue as an .xlsx that imports back unchanged; an empty catalogue gives the template.

    With `counts` today's on-hand units stand as if just counted; without (an export somebody may edit for days)
    that column is empty and a column that is never read shows them. `photo_names` maps content key -> file name.
    """
    from openpyxl import Workbook

    book = Workbook()
    _write_readme(book.worksheets[0], sample)
    makers = [{"id": maker.id, "name_th": maker.name_th} for maker in catalogue.makers]
    names = photo_names or {}
    _write_sheet(book, PRODUCTS, [_product_cells(product, names) for product in catalogue.products])
    _write_sheet(book, VARIANTS, list(_variant_rows(catalogue, counts)))
    _write_sheet(book, MAKERS, makers)
    _offer_choices(book)
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    return _same_every_time(out.getvalue())


def _product_cells(product: Product, photo_names: Mapping[str, str]) -> dict[str, object]:
    axes = [axis.name_th for axis in product.axes] + ["", ""]
    size = product.size
    return {
        "code": product.code,
        "kind": KIND_TH[product.kind],
        "title_th": product.title_th,
        "title_en": product.title_en,
        "description_th": product.description_th,
        "description_en": product.description_en,
        "maker": product.maker,
        "weight_g": size.weight_g,
        "length_cm": size.length_mm / 10,
        "width_cm": size.width_mm / 10,
        "height_cm": size.height_mm / 10,
        "photos": ", ".join(photo_names.get(key, key) for key in product.photos),
        "on_sale": YES_TH if product.on_sale else NO_TH,
        "axis_1": axes[0],
        "axis_2": axes[1],
    }


def _variant_rows(catalogue: Catalogue, counts: bool) -> Iterable[dict[str, object]]:
    for product in catalogue.products:
        for variant in product.variants:
            yield _variant_cells(product, variant, catalogue.on_hand.get(variant.sku), counts)


def _variant_cells(product: Product, variant: Variant, on_hand: int | None, counts: bool) -> dict[str, object]:
    options = (*variant.options, "", "")
    return {
        "product": product.code,
        "sku": variant.sku,
        "option_1": options[0],
        "option_2": options[1],
        "price": _baht(variant.price),
        "on_hand": on_hand if counts else None,
        "buffer": variant.buffer,
        "": on_hand,
    }


def _baht(price: Money) -> int | float:
    return int(price.decimal) if price.is_whole else float(price.decimal)


def _write_sheet(book: Workbook, sheet: Sheet, rows: Sequence[Mapping[str, object]]) -> None:
    page = book.create_sheet(sheet.th)
    columns = (*sheet.columns, *sheet.unread)
    for place, column in enumerate(columns, start=1):
        _write_header(page, place, column.th + (" *" if column.required else ""), column.en, column.width)
        for number, row in enumerate(rows, start=3):
            _write_cell(page, number, place, row.get(column.field), column.as_text)
    page.freeze_panes = "C3"


def _write_header(page: Worksheet, place: int, thai: str, english: str, width: int) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    wrapped = Alignment(wrap_text=True, vertical="center")
    for row, text, font, colour in (
        (1, thai, Font(bold=True, color="FFFFFFFF"), _GREEN),
        (2, english, Font(italic=True, color=_GREY, size=9), _PALE),
    ):
        cell = page.cell(row, place, text)
        cell.font, cell.alignment, cell.fill = font, wrapped, PatternFill("solid", fgColor=colour)
    page.column_dimensions[get_column_letter(place)].width = width


def _write_cell(page: Worksheet, row: int, place: int, value: object, as_text: bool) -> None:
    """The value in its cell; text is always text, whatever it starts with."""
    cell: Any = page.cell(row, place)
    if isinstance(value, str):
        if not value:
            return
        cell.value = escaped(plain(value))
        cell.data_type = "s"
    else:
        cell.value = value
    if as_text:
        cell.number_format = "@"


def _write_readme(page: Worksheet, sample: bool) -> None:
    from openpyxl.styles import Alignment, Font

    page.title = README_TH
    lines = [*((SAMPLE,) if sample else ()), *README]
    if sample:
        lines.insert(0, ("ตัวอย่าง", "sample products"))
    for row, texts in enumerate(lines, start=1):
        for place, text in enumerate(texts, start=1):
            cell = page.cell(row, place, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=row == 1, size=14 if row == 1 else 11)
    page.column_dimensions["A"].width = page.column_dimensions["B"].width = 70


def _offer_choices(book: Workbook) -> None:
    """Kind, on sale and maker are picked from lists in Excel; pasted values are still checked on import."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = {one.field: get_column_letter(place) for place, one in enumerate(PRODUCTS.columns, start=1)}
    page = book[PRODUCTS.th]
    for field, choices in (("kind", tuple(KIND_TH.values())), ("on_sale", (YES_TH, NO_TH))):
        rule = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        page.add_data_validation(rule)
        rule.add(f"{letter[field]}3:{letter[field]}{_VALIDATED_ROWS}")


def _same_every_time(data: bytes) -> bytes:
    """The archive with one fixed time on every part and inside its properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "docProps/core.xml":
                part = _core_properties()
            after.writestr(zipfile.ZipInfo(name, _WRITTEN_AT.timetuple()[:6]), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _core_properties() -> bytes:
    from openpyxl.packaging.core import DocumentProperties

    properties = DocumentProperties(creator="Pinto", created=_WRITTEN_AT, modified=_WRITTEN_AT)
    return bytes(ElementTree.tostring(properties.to_tree()))

"""A small product workbook with its photos, in a folder, as a seller would send it."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import load_workbook
from PIL import Image, ImageDraw

from chalicelib.domain.catalogue import Axis, Catalogue, Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.sync.workbook import write_workbook

PRODUCTS, VARIANTS = "สินค้า", "ตัวเลือก"
TITLE, PHOTOS, SKU, PRICE, ON_HAND = "C3", "L3", "B3", "E3", "F3"
WORDS = "ชาใบหม่อนอบแห้งจากสวนในหมู่บ้าน เก็บยอดอ่อนตอนเช้า คั่วด้วยมือในกระทะเหล็ก หอมนุ่ม ชงได้หลายน้ำ เก็บในที่แห้ง"


def community(slug: str) -> Community:
    """A community that exists only in this test."""
    return Community(slug, f"ร้านฝึกหัด {slug}", "กลุ่มฝึกหัด", "น่าน", "Nan", "north")


def write(folder: Path, slug: str) -> Path:
    """The workbook of two products, three SKUs, five units each; photos lie beside it."""
    products = tuple(_product(slug, code) for code in ("TEA", "HERB"))
    skus = [sku for product in products for sku in product.skus]
    catalogue = Catalogue(community(slug), products, dict.fromkeys(skus, 5), (Maker("M1", "สายที่ 1"),))
    path = folder / "products.xlsx"
    path.write_bytes(_naming_photos(write_workbook(catalogue, counts=True)))
    (folder / "photos").mkdir()
    for code, colour in (("TEA", "seagreen"), ("HERB", "olive")):
        (folder / "photos" / f"{code}.jpg").write_bytes(photo(colour))
    return path


def edited(data: bytes, sheet: str, **cells: object) -> bytes:
    """The workbook with these cells of one sheet changed."""
    book = load_workbook(io.BytesIO(data))
    for name, value in cells.items():
        book[sheet][name] = value
    return saved(book)


def saved(book) -> bytes:
    """The open workbook as bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def photo(colour: str) -> bytes:
    """A square picture with something on it."""
    picture = Image.new("RGB", (800, 800), colour)
    ImageDraw.Draw(picture).ellipse((150, 150, 650, 650), fill="beige")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def _product(slug: str, code: str) -> Product:
    two = code == "TEA"
    return Product(
        community=slug,
        code=code,
        kind=Kind.BEVERAGE,
        title_th=f"ชาใบหม่อนอบแห้ง {code}",
        title_en=f"Dried mulberry tea {code}",
        description_th=WORDS,
        description_en="Dried mulberry leaves, roasted by hand.",
        maker="M1",
        size=Size(120, 180, 120, 60),
        axes=(Axis("ขนาด", ("เล็ก", "ใหญ่")),) if two else (),
        variants=(
            (Variant("TEA-S", Money(8900), ("เล็ก",)), Variant("TEA-L", Money(15900), ("ใหญ่",)))
            if two
            else (Variant("HERB", Money(6900)),)
        ),
    )


def _naming_photos(workbook: bytes) -> bytes:
    book = load_workbook(io.BytesIO(workbook))
    sheet = book[PRODUCTS]
    for row in range(3, sheet.max_row + 1):
        if sheet[f"A{row}"].value:
            sheet[f"L{row}"] = f"{sheet[f'A{row}'].value}.jpg"
    return saved(book)

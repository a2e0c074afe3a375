"""How the product workbook looks: sheets, columns, the words people write in them. See docs/workbook.md."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from chalicelib.domain.catalogue import Kind


@dataclass(frozen=True, slots=True)
class Column:
    """One column: our field name, its two headers, and how wide it is drawn (in characters)."""

    field: str
    th: str
    en: str
    width: int = 14
    required: bool = False
    as_text: bool = False  # formatted as text, or Excel turns codes into dates and numbers


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `unread` columns are written for people and ignored when read."""

    th: str
    en: str
    columns: tuple[Column, ...]
    unread: tuple[Column, ...] = ()


README_TH = "อ่านก่อน"

PRODUCTS = Sheet(
    "สินค้า",
    "products",
    (
        Column("code", "รหัสสินค้า", "Product code", 18, required=True, as_text=True),
        Column("kind", "ประเภท", "Kind", 14, required=True),
        Column("title_th", "ชื่อสินค้า (ไทย)", "Title (Thai)", 36, required=True, as_text=True),
        Column("title_en", "ชื่อสินค้า (อังกฤษ)", "Title (English)", 32, as_text=True),
        Column("description_th", "รายละเอียด (ไทย)", "Description (Thai)", 60, as_text=True),
        Column("description_en", "รายละเอียด (อังกฤษ)", "Description (English)", 50, as_text=True),
        Column("maker", "รหัสผู้ผลิต", "Maker code", 12, as_text=True),
        Column("weight_g", "น้ำหนักรวมกล่อง (กรัม)", "Packed weight (g)", 14, required=True),
        Column("length_cm", "กล่องยาว (ซม.)", "Parcel length (cm)", 12, required=True),
        Column("width_cm", "กล่องกว้าง (ซม.)", "Parcel width (cm)", 12, required=True),
        Column("height_cm", "กล่องสูง (ซม.)", "Parcel height (cm)", 12, required=True),
        Column("photos", "ชื่อไฟล์รูป", "Photo files", 30, as_text=True),
        Column("on_sale", "เปิดขาย", "On sale", 9),
        Column("axis_1", "ชื่อตัวเลือกที่ 1", "Option name 1", 14, as_text=True),
        Column("axis_2", "ชื่อตัวเลือกที่ 2", "Option name 2", 14, as_text=True),
    ),
)

VARIANTS = Sheet(
    "ตัวเลือก",
    "variants",
    (
        Column("product", "รหัสสินค้า", "Product code", 18, required=True, as_text=True),
        Column("sku", "SKU", "SKU", 22, required=True, as_text=True),
        Column("option_1", "ตัวเลือกที่ 1", "Option 1", 16, as_text=True),
        Column("option_2", "ตัวเลือกที่ 2", "Option 2", 16, as_text=True),
        Column("price", "ราคา (บาท)", "Price (baht)", 12, required=True),
        Column("on_hand", "นับได้ (ชิ้น)", "Counted on hand", 12),
        Column("buffer", "กันไว้ (ชิ้น)", "Kept back", 12),
    ),
    unread=(Column("", "คงเหลือในระบบ (ดูอย่างเดียว)", "On hand in Pinto (for reading)", 18),),
)

MAKERS = Sheet(
    "ผู้ผลิต",
    "makers",
    (
        Column("id", "รหัสผู้ผลิต", "Maker code", 14, required=True, as_text=True),
        Column("name_th", "ชื่อผู้ผลิต", "Maker name", 40, required=True, as_text=True),
    ),
)

# A third way to vary is not possible on any marketplace; recognised so that it is refused with a reason.
THIRD = {
    PRODUCTS.th: Column("axis_3", "ชื่อตัวเลือกที่ 3", "Option name 3"),
    VARIANTS.th: Column("option_3", "ตัวเลือกที่ 3", "Option 3"),
}

KIND_TH: dict[Kind, str] = {
    Kind.CHILI_PASTE: "น้ำพริก",
    Kind.SNACK: "ขนมขบเคี้ยว",
    Kind.BAKERY: "เบเกอรี่",
    Kind.DESSERT: "ขนมหวาน",
    Kind.BEVERAGE: "เครื่องดื่ม",
    Kind.RICE_GRAIN: "ข้าวและธัญพืช",
    Kind.FRESH_PRODUCE: "ผักผลไม้สด",
    Kind.HERB: "สมุนไพร",
    Kind.SOAP: "สบู่",
    Kind.CLOTHING: "เสื้อผ้า",
    Kind.FABRIC: "ผ้าผืน",
    Kind.BAG: "กระเป๋า",
    Kind.BASKETRY: "เครื่องจักสาน",
    Kind.HOME_CRAFT: "ของใช้งานฝีมือ",
}

YES_TH, NO_TH = "ใช่", "ไม่"
YES = frozenset({"ใช่", "ขาย", "เปิด", "yes", "y", "true", "1"})
NO = frozenset({"ไม่", "ไม่ใช่", "ไม่ขาย", "ปิด", "no", "n", "false", "0"})


def folded(text: object) -> str:
    """A header, sheet name or choice with everything folded that people type differently.

    >>> folded("ราคา (บาท)*") == folded("ราคา ( บาท )")
    True
    """
    plain = unicodedata.normalize("NFKC", str(text)).casefold()
    return "".join(one for one in plain if unicodedata.category(one)[0] in "LMN")


def kind_called(text: str) -> Kind | None:
    """The kind by its code, its Thai name or its code with blanks."""
    return _KINDS.get(folded(text))


_KINDS = {folded(name): kind for kind, thai in KIND_TH.items() for name in (kind.value, thai)}


def columns_by_header(sheet: Sheet) -> dict[str, Column]:
    """Folded header, in either language or as our field name -> column."""
    columns = (*sheet.columns, THIRD[sheet.th]) if sheet.th in THIRD else sheet.columns
    return {folded(name): one for one in columns for name in (one.th, one.en, one.field)}

"""What can be wrong in a product workbook, said in Thai and English with the cell it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_FOUND_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Place:
    """A row as Excel shows it; `columns` maps our field names to column letters."""

    sheet: str = ""
    row: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: where it stands, what was found, what was expected.

    `row` is 0 and `column` empty when it is about a whole sheet or file. `product` is the product code it holds
    back, if any. `fatal` means the file as a whole cannot be used, whatever the policy.
    """

    sheet: str
    row: int
    column: str
    field: str
    found: str
    expected_th: str
    expected_en: str
    product: str = ""
    fatal: bool = False

    @property
    def cell(self) -> str:
        """The cell as people say it: สินค้า!C4, or the sheet, or nothing."""
        return f"{self.sheet}!{self.column}{self.row or ''}" if self.column else self.sheet


# key -> (Thai, English); words in braces are filled in by `problem`.
EXPECTED: Mapping[str, tuple[str, str]] = {
    # the file
    "not_a_workbook": (
        "ไฟล์นี้เปิดไม่ได้ ต้องเป็นไฟล์ Excel (.xlsx) ที่ไม่เสียหายและไม่ใส่รหัสผ่าน",
        "This file cannot be opened: it must be an undamaged Excel workbook (.xlsx) without a password.",
    ),
    "file_too_large": (
        "ไฟล์ใหญ่เกินไป ไฟล์ Excel ต้องไม่เกิน {limit_mb} MB เมื่อคลายแล้ว ให้ลบรูปหรือแผ่นงานที่ไม่ใช้ออก",
        "The file is too large: at most {limit_mb} MB once unpacked. Remove pictures or sheets not needed.",
    ),
    "too_many_rows": (
        "แผ่นงานยาวเกินไป ใส่ได้ไม่เกิน {limit} แถว ให้แบ่งเป็นหลายไฟล์",
        "The sheet is too long: at most {limit} rows. Split it into several files.",
    ),
    "sheet_missing": (
        "ไม่พบแผ่นงานชื่อ “{sheet_th}” ให้ใช้ไฟล์ต้นแบบหรือเปลี่ยนชื่อแผ่นงาน",
        "There is no sheet named “{sheet_th}” ({sheet_en}). Use the template or rename the sheet.",
    ),
    "column_missing": (
        "ไม่พบคอลัมน์ “{column_th}” ในแถวหัวตาราง",
        "The column “{column_th}” ({column_en}) is missing from the header row.",
    ),
    "column_twice": (
        "คอลัมน์ “{column_th}” มีมากกว่าหนึ่งช่อง ให้เหลือช่องเดียว",
        "The column “{column_en}” appears more than once; keep one.",
    ),
    "no_products": (
        "ไฟล์นี้ไม่มีสินค้าเลย จึงไม่นำเข้า สินค้าเดิมยังอยู่ครบ",
        "This workbook has no products, so nothing was imported. Existing products are untouched.",
    ),
    # one cell
    "required": ("ต้องกรอกช่องนี้", "This cell must be filled in."),
    "formula": (
        "ต้องเป็นค่าที่พิมพ์ลงไป ไม่ใช่สูตร ให้คัดลอกแล้ววางแบบ “ค่าเท่านั้น”",
        "Must be a typed value, not a formula. Copy it and paste “values only”.",
    ),
    "cell_error": (
        "ช่องนี้เป็นข้อผิดพลาดของ Excel ให้พิมพ์ค่าใหม่",
        "This cell holds an Excel error; type the value again.",
    ),
    "date_not_text": (
        "Excel เปลี่ยนช่องนี้เป็นวันที่ ให้ตั้งรูปแบบช่องเป็น “ข้อความ” แล้วพิมพ์ใหม่",
        "Excel turned this cell into a date. Set its format to “Text” and type it again.",
    ),
    "bad_code": (
        "ใช้ได้เฉพาะ A-Z ตัวพิมพ์ใหญ่ ตัวเลข และขีด (-) ไม่เกิน 40 ตัว เช่น TEA-50",
        "Only capital letters A-Z, digits and dashes, at most 40, such as TEA-50.",
    ),
    "too_long": (
        "ยาวได้ไม่เกิน {limit} ตัวอักษร (ตอนนี้ {length})",
        "At most {limit} characters (now {length}).",
    ),
    "unknown_kind": (
        "ประเภทต้องเป็นอย่างใดอย่างหนึ่ง: {kinds_th}",
        "The kind must be one of: {kinds_en}",
    ),
    "bad_yes_no": ("ตอบ “ใช่” หรือ “ไม่”", "Answer “ใช่” (yes) or “ไม่” (no)."),
    "price_not_number": (
        "ราคาต้องเป็นตัวเลขเป็นบาท เช่น 89 หรือ 89.50",
        "The price must be a number in baht, such as 89 or 89.50.",
    ),
    "price_too_fine": (
        "ราคามีทศนิยมได้ไม่เกิน 2 ตำแหน่ง (สตางค์)",
        "A price has at most 2 decimals (satang).",
    ),
    "price_too_low": ("ราคาต้องตั้งแต่ 1 บาทขึ้นไป", "The price must be at least 1 baht."),
    "price_too_high": (
        "ราคาต้องไม่เกิน {limit} บาท ตรวจดูว่าพิมพ์เกินหรือไม่",
        "The price must be at most {limit} baht; check for extra digits.",
    ),
    "not_whole": (
        "ต้องเป็นจำนวนเต็ม เช่น 12 ไม่มีทศนิยมหรือตัวหนังสือ",
        "Must be a whole number such as 12, without decimals or words.",
    ),
    "below_zero": ("ต้องไม่ติดลบ", "Must not be below zero."),
    "out_of_range": (
        "ต้องอยู่ระหว่าง {least} ถึง {most}",
        "Must be between {least} and {most}.",
    ),
    "bad_size": (
        "ต้องเป็นตัวเลขเป็นเซนติเมตร 0.1 ถึง {most} ทศนิยมไม่เกิน 1 ตำแหน่ง",
        "Must be a number of centimetres from 0.1 to {most}, with at most 1 decimal.",
    ),
    "too_many_photos": ("ใส่รูปได้ไม่เกิน {limit} รูป", "At most {limit} photos."),
    # rows together
    "duplicate_code": (
        "รหัสสินค้านี้ซ้ำกับแถว {rows} ให้เหลือแถวเดียว",
        "This product code is also on row {rows}; keep one row.",
    ),
    "duplicate_sku": (
        "SKU นี้ซ้ำกับแถว {rows} แต่ละตัวเลือกต้องมี SKU ของตัวเอง",
        "This SKU is also on row {rows}; every variant needs its own SKU.",
    ),
    "duplicate_maker": (
        "รหัสผู้ผลิตนี้ซ้ำกับแถว {rows}",
        "This maker code is also on row {rows}.",
    ),
    "sku_of_another_product": (
        "SKU นี้เป็นของสินค้า {other} อยู่แล้ว ให้ใช้ SKU ใหม่",
        "This SKU already belongs to product {other}; choose a new SKU.",
    ),
    "variant_without_product": (
        "ไม่พบรหัสสินค้านี้ในแผ่นงาน “สินค้า”",
        "There is no product with this code on the sheet “สินค้า” (products).",
    ),
    "product_without_variants": (
        "ต้องมีอย่างน้อยหนึ่งแถวในแผ่นงาน “ตัวเลือก” สำหรับสินค้านี้ (ราคาอยู่ที่นั่น)",
        "This product needs at least one row on the sheet “ตัวเลือก” (variants), where its price is.",
    ),
    "too_many_variants": (
        "สินค้าหนึ่งอย่างมีตัวเลือกได้ไม่เกิน {limit} แบบ (ตอนนี้ {count})",
        "A product has at most {limit} variants (now {count}).",
    ),
    "too_many_axes": (
        "สินค้าแบ่งตัวเลือกได้ไม่เกิน 2 ทาง เช่น สี และขนาด",
        "A product varies in at most 2 ways, such as colour and size.",
    ),
    "same_axis_twice": (
        "ชื่อตัวเลือกที่ 1 กับ 2 ต้องไม่เหมือนกัน",
        "The two option names must differ.",
    ),
    "axis_2_without_1": (
        "ให้กรอกชื่อตัวเลือกที่ 1 ก่อนชื่อตัวเลือกที่ 2",
        "Fill in option name 1 before option name 2.",
    ),
    "option_missing": (
        "ต้องกรอก “{axis}” ของตัวเลือกนี้",
        "Fill in “{axis}” for this variant.",
    ),
    "option_without_axis": (
        "สินค้านี้ไม่ได้ตั้งชื่อตัวเลือกที่ {number} ในแผ่นงาน “สินค้า” ให้ตั้งชื่อหรือลบช่องนี้",
        "This product has no option name {number} on the sheet “สินค้า”: name it there or clear this cell.",
    ),
    "axis_needed": (
        "สินค้านี้มีหลายตัวเลือก ต้องตั้งชื่อตัวเลือกที่ 1 ในแผ่นงาน “สินค้า” เช่น สี",
        "This product has several variants: name option 1 on the sheet “สินค้า”, such as colour.",
    ),
    "same_options": (
        "ตัวเลือก “{options}” ซ้ำกับแถว {rows}",
        "The options “{options}” are also on row {rows}.",
    ),
    "same_options_as_stored": (
        "ตัวเลือก “{options}” มีอยู่แล้วในระบบเป็น SKU {sku} ให้ใช้ SKU เดิม",
        "The options “{options}” already exist as SKU {sku}; keep that SKU.",
    ),
    "stored_variant_does_not_fit": (
        "ในระบบมี SKU {sku} ที่ไม่อยู่ในไฟล์และมีตัวเลือกคนละแบบ ให้เพิ่มแถวของ SKU นั้น",
        "SKU {sku} is in the catalogue, not in this file, and has other option names; add a row for it.",
    ),
    "unknown_maker": (
        "ไม่พบผู้ผลิตนี้ในแผ่นงาน “ผู้ผลิต” ที่มีอยู่: {makers}",
        "This maker is not on the sheet “ผู้ผลิต” (makers). Known: {makers}",
    ),
    # photos
    "photo_missing": (
        "ไม่ได้แนบไฟล์รูปชื่อนี้ ให้แนบรูป หรือเว้นช่องว่างเพื่อใช้รูปเดิม",
        "No photo file with this name was attached. Attach it, or leave the cell empty to keep today's photos.",
    ),
    "photo_file_too_large": (
        "ไฟล์รูปต้องไม่เกิน {limit_mb} MB ให้ย่อรูปก่อน",
        "A photo file is at most {limit_mb} MB; make it smaller first.",
    ),
    "photo_too_many_pixels": (
        "รูปต้องกว้างและสูงไม่เกิน {limit} พิกเซล ให้ย่อรูปก่อน",
        "A photo is at most {limit} pixels wide and high; make it smaller first.",
    ),
    "photo_too_small": (
        "รูปต้องกว้างและสูงอย่างน้อย {limit} พิกเซล (ตอนนี้ {width} x {height})",
        "A photo is at least {limit} pixels wide and high (now {width} x {height}).",
    ),
    "photo_not_an_image": (
        "ไฟล์นี้ไม่ใช่รูป JPG หรือ PNG ที่เปิดได้",
        "This file is not a JPG or PNG picture that can be opened.",
    ),
    # hints: worth improving, nothing is refused
    "hint_title_short": (
        "ควรตั้งชื่ออย่างน้อย {least} ตัวอักษร ไม่เช่นนั้นบางตลาดจะไม่รับ",
        "Better with at least {least} characters; some marketplaces refuse shorter titles.",
    ),
    "hint_description_short": (
        "ควรเขียนรายละเอียดอย่างน้อย {least} ตัวอักษร ไม่เช่นนั้น Shopee จะไม่รับ",
        "Better with at least {least} characters; Shopee refuses shorter descriptions.",
    ),
    "hint_no_photo": (
        "ควรมีรูปอย่างน้อยหนึ่งรูป ตลาดไม่รับสินค้าที่ไม่มีรูป",
        "Better with at least one photo; marketplaces refuse products without one.",
    ),
    "hint_no_maker": (
        "ไม่ได้บอกผู้ผลิต รายได้จะนับเป็นของกลุ่ม",
        "No maker is named; its income counts as the group's.",
    ),
    "hint_price_spread": (
        "ราคาของตัวเลือกในสินค้าเดียวกันควรต่างกันไม่เกิน {times} เท่า ไม่เช่นนั้น Shopee จะไม่รับ",
        "Prices inside one product should differ at most {times} times; Shopee refuses more.",
    ),
    "hint_satang": (
        "ควรตั้งราคาเป็นบาทเต็ม Shopee ไม่รับสตางค์",
        "Better in whole baht; Shopee refuses satang.",
    ),
}

# With these the file as a whole says nothing that can be trusted.
FATAL = frozenset(
    {"not_a_workbook", "file_too_large", "too_many_rows", "sheet_missing", "column_missing", "column_twice"}
    | {"no_products"}
)


def problem(
    key: str, at: Place, field_name: str = "", found: object = "", product: str = "", **words: object
) -> Problem:
    """The problem `key` of one field at one place, its texts filled in with `words`.

    Raises: KeyError for a key without texts, or a word its texts need.
    """
    thai, english = EXPECTED[key]
    return Problem(
        sheet=at.sheet,
        row=at.row,
        column=at.columns.get(field_name, ""),
        field=field_name,
        found=shortened(found),
        expected_th=thai.format(**words),
        expected_en=english.format(**words),
        product=product,
        fatal=key in FATAL,
    )


def shortened(found: object) -> str:
    """What was found as one line of at most 80 characters; a 10,000-character title stays readable."""
    text = " ".join(str(found).split())
    return text if len(text) <= _FOUND_CHARACTERS else text[: _FOUND_CHARACTERS - 1] + "…"

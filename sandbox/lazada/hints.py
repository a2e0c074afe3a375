"""What the practice Lazada's refusals mean to somebody who learns."""

from typing import Any

from sandbox.market.classroom import Hint

_TOKEN = Hint(
    "กุญแจเข้าร้านหมดอายุหรือใช้ไม่ได้แล้ว", "ต่ออายุด้วย /auth/token/refresh หรือให้เจ้าของร้านอนุญาตใหม่",
    "The access token is old or not valid.", "Refresh it, or ask the shop's owner to agree again.",
)  # fmt: skip
_SIGN = Hint(
    "ลายเซ็นของคำสั่งไม่ตรง", "ดู app secret, การเรียงชื่อพารามิเตอร์ และว่าเซ็นทุกตัวที่ส่ง (ตัวพิมพ์ใหญ่)",
    "The signature does not fit the call.",
    "Check the app secret, sort the parameters by name, sign every one that is sent, in upper case.",
)  # fmt: skip
_PHOTO = Hint(
    "รูปใช้ไม่ได้", "ใช้ JPG หรือ PNG ด้านละ 330 ถึง 5000 พิกเซล ไม่เกิน 3 MB และอัปโหลดก่อนใช้",
    "The photo cannot be used.", "JPG or PNG, 330 to 5000 pixels a side, up to 3 MB, uploaded before it is used.",
)  # fmt: skip
_SKU = Hint(
    "ไม่มีสินค้าหรือแบบนี้ในร้าน", "ดูเลข SkuId และ ItemId ว่าตรงกับร้านนี้ และยังไม่ถูกลบ",
    "There is no such product or variant in this shop.", "Check SkuId and ItemId, and that it was not deleted.",
)  # fmt: skip
_SHAPE = Hint(
    "รูปแบบข้อมูลไม่ตรง", "Sku และ Image ต้องเป็นรายการแม้มีชิ้นเดียว และทุกค่าใน Sku เป็นข้อความ",
    "The payload is not built as it must be.", "Sku and Image are lists even for one; every SKU value is text.",
)  # fmt: skip
_PRICE = Hint(
    "ราคาไม่ถูกต้อง", "ราคามากกว่าศูนย์ ทศนิยมไม่เกินสองตำแหน่ง ราคาพิเศษต่ำกว่าราคาเต็ม",
    "The price is not accepted.", "Above zero, at most two decimals, a special price below the price.",
)  # fmt: skip
_OPTION = Hint(
    "แบบสินค้า (ตัวเลือก) ไม่ครบหรือซ้ำกัน", "ทุก SKU ต้องเลือกครบทุกหัวข้อ และไม่ซ้ำกับ SKU อื่น",
    "The variants are incomplete or repeated.", "Each SKU fills every variation, with a combination of its own.",
)  # fmt: skip
_CODE = Hint(
    "รหัสสินค้าของร้าน (SellerSku) ซ้ำหรือใช้ไม่ได้", "ใช้รหัสไม่ซ้ำในร้าน และไม่มีอักขระต้องห้าม",
    "The SellerSku is taken or has characters that are not allowed.", "Use a code that is new in this shop.",
)  # fmt: skip
_SIZE = Hint(
    "ขนาดหรือน้ำหนักพัสดุไม่ถูกต้อง", "หน่วยเป็นเซนติเมตรและกิโลกรัม ไม่เกินสองตำแหน่ง ไม่เกิน 40 กก.",
    "Parcel size or weight is not accepted.", "Centimetres and kilograms, two decimals, at most 40 kg.",
)  # fmt: skip
_BUSY = Hint(
    "เรียกถี่เกินไปหรือระบบไม่ว่าง", "รอสักครู่แล้วลองใหม่ ไม่ต้องแก้ข้อมูล",
    "Called too often, or busy.", "Wait a moment and try again; nothing needs mending.",
)  # fmt: skip
_STATE = Hint(
    "สถานะของคำสั่งซื้อหรือพัสดุไม่อนุญาต", "ดูสถานะก่อน: แพ็กได้ครั้งเดียว แล้วจึงพร้อมส่ง",
    "The state of the order or parcel does not allow this.", "Look at its state first: pack once, then ready to ship.",
)  # fmt: skip
_CATEGORY = Hint(
    "หมวดหมู่หรือข้อมูลบังคับไม่ถูกต้อง", "เลือกหมวดที่ลึกสุด และกรอกข้อมูลที่หมวดนั้นบังคับ",
    "The category, or a fact it asks for, is wrong.", "Choose a leaf category and fill what it makes mandatory.",
)  # fmt: skip
_PARAMETER = Hint(
    "ขาดค่าที่ต้องส่ง หรือเขียนผิดรูป", "ดูชื่อพารามิเตอร์ วันที่ และจำนวนต่อหน้าในคู่มือของคำสั่งนี้",
    "A parameter is missing or badly written.", "Check names, dates and page sizes of this call.",
)  # fmt: skip
_PATH = Hint(
    "ไม่มีคำสั่งชื่อนี้ หรือถูกปิดไปแล้ว", "ดูชื่อคำสั่ง เช่น /order/pack เลิกใช้ ให้ใช้ /order/fulfill/pack",
    "There is no such call, or it went offline.", "Check the path; /order/pack gave way to /order/fulfill/pack.",
)  # fmt: skip
_CLOCK = Hint(
    "เวลาที่ส่งมาไม่ตรง", "ตั้งนาฬิกาเครื่องให้ตรง และส่งเป็นมิลลิวินาที",
    "The timestamp is far from now.", "Set the clock right and send milliseconds.",
)  # fmt: skip

_GROUPS: tuple[tuple[Hint, str], ...] = (
    (_TOKEN, "IllegalAccessToken IllegalRefreshToken InvalidCode"),
    (_SIGN, "IncompleteSignature InvalidAppKey"),
    (_PHOTO, "300 301 302 303 304 203 504 4116 4138 4139 4153 4169"),
    (_SKU, "207 208 503"),
    (_SHAPE, "30 1001 200 4193"),
    (_PRICE, "4104 4117 4118 4119 4157"),
    (_OPTION, "209 4109 4112 4113 4133 4143 4144 4145 4161"),
    (_CODE, "4105 4126 4136 4150"),
    (_SIZE, "4149 4164 4165"),
    (_BUSY, "ApiCallLimit SellerCallLimit 513 700024 4147 4170"),
    (_STATE, "117 114 600001 600002 700000 700025 700026 700031"),
    (_CATEGORY, "4107 4108 4110 4129 4134 4142 4227 57"),
    (_PARAMETER, "MissingParameter 1 5 6 16 17 36 37 38 39 70 74 75 204 4171 1000012 1000014 700017"),
    (_PATH, "InvalidApiPath"),
    (_CLOCK, "IllegalTimestamp"),
)
HINTS: dict[str, Hint] = {code: hint for hint, codes in _GROUPS for code in codes.split()}


def refusals(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """(code, Lazada's words) of everything this answer refuses, down to single rows."""
    code = str(answer.get("code", "0"))
    details = answer.get("detail") or []
    if code != "0":
        return [_packed(row) for row in details] or [(code, str(answer.get("message", "")))]
    result = answer.get("result")
    if not isinstance(result, dict):
        return []
    if result.get("success") is False:
        return [(str(result.get("error_code", "")), str(result.get("error_msg", "")))]
    return list(_rows(result.get("data")))


def _packed(row: dict[str, Any]) -> tuple[str, str]:
    """`207:SKU_NOT_FOUND:sku not exist` is the row's own code and words."""
    code, _, words = str(row.get("message", "")).partition(":")
    return (code, f"{row.get('field', '')}: {words}") if words else ("", f"{row.get('field', '')}: {code}")


def _rows(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, list):
        return [found for row in value for found in _rows(row)]
    if not isinstance(value, dict):
        return []
    code = str(value.get("item_err_code", "0"))
    own = [(code, str(value.get("msg", "")))] if code != "0" else []
    return own + [found for inner in value.values() for found in _rows(inner)]

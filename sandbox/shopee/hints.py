"""What the practice Shopee's refusals mean to somebody who learns."""

from typing import Any

from sandbox.market.classroom import Hint

_TOKEN = Hint(
    "กุญแจเข้าร้านหมดอายุหรือใช้ไม่ได้แล้ว", "ต่ออายุด้วย auth/access_token/get กุญแจต่ออายุใช้ได้ครั้งเดียว",
    "The access token is old or not valid.", "Refresh it; a refresh token works once.",
)  # fmt: skip
_LINK = Hint(
    "ร้านนี้ยังไม่ได้อนุญาตแอป หรือการอนุญาตสิ้นสุดแล้ว", "ให้เจ้าของร้านอนุญาตใหม่ และดู shop_id ให้ตรงร้าน",
    "The shop has not agreed to this app, or no longer.", "Ask the owner to agree again; check shop_id.",
)  # fmt: skip
_AUTH = Hint(
    "ไม่ได้รับอนุญาต หรือกติกาของสต็อกไม่ยอม", "อ่านข้อความ: รหัสนี้ใช้ทั้งเรื่องกุญแจ ร้าน คลัง และวันหยุด",
    "Not allowed; this code also stands for stock, location and holiday rules.", "Read the words, not the code.",
)  # fmt: skip
_SIGN = Hint(
    "ลายเซ็นของคำสั่งไม่ตรง", "เซ็น partner_id + path + timestamp (+ access_token + shop_id) ด้วย partner key ทั้งเส้น",
    "The signature does not fit.", "Sign partner_id, path, timestamp, then token and shop_id, with the whole key.",
)  # fmt: skip
_PARAM = Hint(
    "ขาดค่าที่ต้องส่ง หรือชนิดไม่ตรง", "เลขต้องเป็นตัวเลขไม่ใช่ข้อความ รายการใน query คั่นด้วยจุลภาค ไม่มีวงเล็บ",
    "A value is missing or of the wrong type.", "Numbers are numbers, lists in the query are comma-joined.",
)  # fmt: skip
_ITEM = Hint(
    "ไม่มีสินค้าหรือแบบนี้ในร้าน", "ดู item_id และ model_id แบบใหม่ได้เลขใหม่เสมอหลังเปลี่ยนโครงสร้าง",
    "There is no such item or model in this shop.", "Check the ids; models get new ones when tiers change.",
)  # fmt: skip
_WORDS = Hint(
    "ชื่อหรือคำอธิบายสั้นไป ยาวไป หรือมีอักขระต้องห้าม", "ดูขีดจำกัดใน product/get_item_limit",
    "Title or description is too short, too long, or has forbidden characters.", "See product/get_item_limit.",
)  # fmt: skip
_PRICE = Hint(
    "ราคาไม่ถูกต้อง", "เป็นบาทเต็มจำนวน อยู่ในช่วงที่กำหนด แบบแพงสุดไม่เกินห้าเท่าของถูกสุด",
    "The price is not accepted.", "Whole baht, within limits, the dearest model at most five times the cheapest.",
)  # fmt: skip
_PHOTO = Hint(
    "รูปใช้ไม่ได้", "ส่งเป็นไฟล์ multipart ชื่อ image และมี 1 ถึง 9 รูป",
    "The photos are not accepted.", "Send a multipart file named image; one to nine for an item.",
)  # fmt: skip
_CATEGORY = Hint(
    "หมวดหมู่ ยี่ห้อ หรือข้อมูลบังคับไม่ครบ", "ดู get_attribute_tree และ get_brand_list ของหมวดนั้น",
    "Category, brand or a mandatory attribute is wrong.", "See get_attribute_tree and get_brand_list of the category.",
)  # fmt: skip
_PROMOTION = Hint(
    "สินค้าอยู่ในโปรโมชัน แก้ไม่ได้ตอนนี้", "รอให้โปรโมชันจบ หรือตั้งจำนวนไม่ต่ำกว่าที่จองไว้",
    "A promotion holds the item.", "Wait for its end, or keep at least what it has reserved.",
)  # fmt: skip
_ROWS = Hint(
    "บางแถวหรือทุกแถวไม่ผ่าน", "อ่านเหตุผลใน failure_list ทีละแถว",
    "Some or all rows failed.", "Read the reason of each row in failure_list.",
)  # fmt: skip
_BUSY = Hint(
    "เรียกถี่เกินไปหรือยังไม่พร้อม", "รอสักครู่แล้วลองใหม่ (หลังสร้างสินค้ารอ 5 วินาทีก่อนใส่แบบ)",
    "Called too often, or not ready yet.", "Wait and try again (5 seconds between an item and its models).",
)  # fmt: skip
_STATE = Hint(
    "สถานะของคำสั่งซื้อไม่อนุญาต", "ดูสถานะก่อน: จัดส่งได้ครั้งเดียวเมื่อ READY_TO_SHIP แล้วจึงพิมพ์ใบปะหน้า",
    "The state of the order does not allow this.", "Ship once, while READY_TO_SHIP; then make the label.",
)  # fmt: skip

_GROUPS: tuple[tuple[Hint, str], ...] = (
    (_TOKEN, "invalid_acceess_token refresh_token_expired invalid_code"),
    (_LINK, "shop_no_linked shop_access_expired shop_banned invalid_shop_id invalid_main_acount_id invalid_partner_id"),
    (_AUTH, "error_auth"),
    (_SIGN, "error_sign"),
    (_PARAM, "error_param error_data exceed_max_limit error_param_item_status error_update_time_range"),
    (_ITEM, "error_item_not_found error_not_found error_wrong_modelid error_duplicate_modelid"),
    (_WORDS, "error_item_name_is_too_short error_title_exceeds_max_length error_title_character_forbidden"),
    (_WORDS, "error_desc_length_min_limit error_desc_length_max_limit"),
    (_PRICE, "error_price_exceed_min_limitt error_price_exceed_max_limitt error_invalid_price"),
    (_PRICE, "error_price_out_of_range"),
    (_PHOTO, "error_image_num_min error_image_num_max prodct.error_param"),
    (_CATEGORY, "error_category_is_block error_invalid_attribute error_invalid_brand error_incalid_brand"),
    (_PROMOTION, "error_cannt_delete_in_promotion error_cannt_init_tier_in_promotion"),
    (_PROMOTION, "error_cannt_delete_option_in_promotion"),
    (_ROWS, "error_busi_update_stock_failed error_update_price_fail error_unlist_item_all_failed"),
    (_ROWS, "batch_api_all_failed"),
    (_BUSY, "error_rate_limit error_limit download_later error_busi"),
    (_STATE, "package_already_shipped cancel_order_invalid_status package_can_not_print tracking_number_invalid"),
    (_STATE, "shipping_document_should_print_first ship_order_not_need_pacakge_number order.error_limit"),
    (_STATE, "logistics.error_param ship_order_need_address_pickup_time"),
)
HINTS: dict[str, Hint] = {code: hint for hint, codes in _GROUPS for code in codes.split()}


def refusals(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """(code, Shopee's words) of everything this answer refuses, with the reason of each row."""
    code, said = str(answer.get("error") or ""), str(answer.get("message", ""))
    response = answer.get("response")
    rows = response if isinstance(response, dict) else {}
    failed = [str(row.get("failed_reason", "")) for row in rows.get("failure_list") or []]
    if failed:
        return [(code or "failure_list", " · ".join(filter(None, [said, *failed])))]
    labels = [row for row in rows.get("result_list") or [] if row.get("fail_error")]
    if labels:
        return [(str(row["fail_error"]), str(row.get("fail_message", ""))) for row in labels]
    return [(code, said)] if code else []

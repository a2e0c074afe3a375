"""Invented reference data in Shopee's shapes: categories, attributes, brands, channels, addresses, limits."""

import copy
from typing import Any

ROOTS = (
    (100629, "Food & Beverages", "อาหารและเครื่องดื่ม"),
    (100017, "Women Clothes", "เสื้อผ้าผู้หญิง"),
    (100636, "Home & Living", "เครื่องใช้ในบ้าน"),
    (100630, "Beauty", "ความงามและของใช้ส่วนตัว"),
    (100001, "Health", "อาหารเสริมและผลิตภัณฑ์สุขภาพ"),
)
LEAVES = (
    (100780, 100629, "Snacks", "ขนมขบเคี้ยว"),
    (100781, 100629, "Thai Sweets", "ขนมไทย"),
    (100782, 100629, "Chilli Paste & Seasoning", "น้ำพริกและเครื่องปรุง"),
    (100783, 100629, "Tea & Herbal Drinks", "ชาและเครื่องดื่มสมุนไพร"),
    (100784, 100629, "Coffee", "กาแฟ"),
    (100785, 100629, "Rice", "ข้าวสาร"),
    (100786, 100629, "Honey & Preserves", "น้ำผึ้งและของแปรรูป"),
    (100787, 100629, "Fresh Fruit & Vegetables", "ผักผลไม้สด"),
    (100788, 100629, "Bakery", "เบเกอรี่"),
    (100350, 100017, "Tops", "เสื้อ"),
    (100351, 100017, "Sarongs & Woven Cloth", "ผ้าถุงและผ้าทอ"),
    (100352, 100017, "Scarves & Shawls", "ผ้าพันคอและผ้าคลุมไหล่"),
    (100353, 100017, "Bags", "กระเป๋า"),
    (100713, 100636, "Baskets & Wickerwork", "ตะกร้าและงานจักสาน"),
    (100714, 100636, "Pottery", "เครื่องปั้นดินเผา"),
    (100715, 100636, "Home Decoration", "ของตกแต่งบ้าน"),
    (100716, 100636, "Tableware", "เครื่องใช้บนโต๊ะอาหาร"),
    (100870, 100630, "Soap", "สบู่"),
    (100871, 100630, "Body Care", "ผลิตภัณฑ์ดูแลผิวกาย"),
    (100890, 100001, "Herbal Balm & Inhaler", "ยาหม่องและยาดมสมุนไพร"),
    (100891, 100001, "Food Supplements", "อาหารเสริม"),
    (100892, 100001, "Dried Herbs", "สมุนไพรแห้ง"),
    (100899, 100001, "Restricted Medicine", "ยาควบคุม"),
)
BLOCKED_CATEGORY, GTIN_CATEGORY, BRAND_CATEGORY, NO_PREORDER_ROOT = 100899, 100891, 100871, 100629
LEAF_IDS = frozenset(leaf[0] for leaf in LEAVES)
PARENT = {leaf[0]: leaf[1] for leaf in LEAVES}
# Words in a title that point at a leaf, most telling first; longer words before those inside them.
HINTS = (
    ("น้ำพริก", 100782), ("พริกแกง", 100782), ("เครื่องแกง", 100782), ("ขนมผิง", 100781), ("ทองม้วน", 100780),
    ("ขนมปัง", 100788), ("คุกกี้", 100788), ("เค้ก", 100788), ("กล้วยตาก", 100786), ("กล้วยฉาบ", 100780),
    ("ข้าวแต๋น", 100780), ("ข้าวเกรียบ", 100780), ("น้ำผึ้ง", 100786), ("แยม", 100786), ("กาแฟ", 100784),
    ("ขนม", 100781), ("ข้าวกล้อง", 100785), ("ข้าวหอม", 100785), ("ข้าว", 100785), ("ยาหม่อง", 100890),
    ("ยาดม", 100890), ("ลูกประคบ", 100890), ("น้ำมันนวด", 100890), ("สบู่", 100870), ("ผ้าพันคอ", 100352),
    ("ผ้าคลุมไหล่", 100352), ("ผ้าถุง", 100351), ("ผ้าไหม", 100351), ("ผ้าทอ", 100351), ("ผ้าฝ้าย", 100351),
    ("เสื้อ", 100350), ("กระเป๋า", 100353), ("กระติบ", 100713), ("ตะกร้า", 100713), ("จักสาน", 100713),
    ("เซรามิก", 100714), ("ดินเผา", 100714), ("สมุนไพร", 100892), ("ชา", 100783),
)  # fmt: skip
BRANDS = {1100001: "Pinto Practice", 1100002: "Baan Thai", 1100003: "Doi Kham Practice"}
PICKUP_SLOTS_DAYS = (1, 2, 3)


def recommended(title: str) -> list[int]:
    """Leaves that fit a title, the likeliest first; none when no word of it is known."""
    hits = [leaf for word, leaf in HINTS if word in title]
    lower = title.lower()
    hits += [number for number, _, english, thai in LEAVES if thai in title or english.lower() in lower]
    return list(dict.fromkeys(hits))


def categories(language: str) -> list[dict[str, Any]]:
    """The whole tree, roots first."""
    rows = [(number, 0, english, thai, True) for number, english, thai in ROOTS]
    rows += [(*leaf, False) for leaf in LEAVES]
    return [
        {
            "category_id": number,
            "parent_category_id": parent,
            "original_category_name": english,
            "display_category_name": thai if language == "th" else english,
            "has_children": has_children,
        }
        for number, parent, english, thai, has_children in rows
    ]


def _values(*rows: tuple[int, str, str]) -> list[dict[str, Any]]:
    return [
        {"value_id": number, "name": (english, thai), "value_unit": "", "child_attribute_list": []}
        for number, english, thai in rows
    ]


def _attribute(number: int, english: str, thai: str, input_type: int, **more: Any) -> dict[str, Any]:
    info: dict[str, Any] = {
        "input_type": input_type,
        "input_validation_type": 0,
        "format_type": 1,
        "date_format_type": 0,
    }
    info |= {"attribute_unit_list": [], "max_value_count": 1, "introduction": "", "is_oem": False}
    info |= {"support_search_value": False} | more.pop("info", {})
    base = {"attribute_id": number, "mandatory": False, "name": (english, thai), "attribute_value_list": []}
    return base | {"attribute_info": info} | more


_FDA = _attribute(102001, "FDA Registration No.", "เลข อย.", 3, info={"input_validation_type": 2})
_FOOD = [
    _attribute(
        100999,
        "Storage Condition",
        "การเก็บรักษา",
        1,
        mandatory=True,
        attribute_value_list=[
            {**_values((5001, "Room Temperature", "อุณหภูมิห้อง"))[0]},
            {**_values((5002, "Refrigerated", "แช่เย็น"))[0], "child_attribute_list": [_FDA]},
        ],
    ),
    _attribute(
        100010,
        "Shelf Life",
        "อายุสินค้า",
        3,
        info={"input_validation_type": 1, "format_type": 2, "attribute_unit_list": ["Day", "Month", "Year"]},
    ),
    _attribute(100011, "Expiry Date", "วันหมดอายุ", 3, info={"input_validation_type": 4}),
    _attribute(
        100012,
        "Diet",
        "ลักษณะอาหาร",
        4,
        info={"max_value_count": 3},
        attribute_value_list=_values((5011, "Vegan", "วีแกน"), (5012, "Halal", "ฮาลาล"), (5013, "Organic", "อินทรีย์")),
    ),
]
_CLOTH = [
    _attribute(
        100134,
        "Material",
        "วัสดุ",
        2,
        mandatory=True,
        attribute_value_list=_values((6001, "Silk", "ผ้าไหม"), (6002, "Cotton", "ผ้าฝ้าย"), (6003, "Hemp", "ใยกัญชง")),
    ),
    _attribute(
        100135,
        "Pattern",
        "ลวดลาย",
        5,
        info={"max_value_count": 3},
        attribute_value_list=_values((6011, "Plain", "สีพื้น"), (6012, "Ikat", "มัดหมี่")),
    ),
]
_HOME = [
    _attribute(
        100200,
        "Home Material",
        "วัสดุ",
        2,
        attribute_value_list=_values(
            (6101, "Bamboo", "ไม้ไผ่"), (6102, "Water Hyacinth", "ผักตบชวา"), (6103, "Clay", "ดินเผา")
        ),
    ),
]
_CARE = [
    _attribute(
        100300,
        "Volume",
        "ปริมาตร",
        3,
        info={"input_validation_type": 3, "format_type": 2, "attribute_unit_list": ["ml", "g"]},
    ),
    _FDA,
]
_BY_ROOT = {100629: _FOOD, 100017: _CLOTH, 100636: _HOME, 100630: _CARE, 100001: _CARE}


def attributes(category_id: int) -> list[dict[str, Any]]:
    """Attributes of a leaf, names still as (English, Thai)."""
    return _BY_ROOT[PARENT[category_id]]


def attribute_tree(category_id: int, language: str) -> dict[str, Any]:
    """One row of get_attribute_tree; a category that is no leaf carries a warning instead of a tree."""
    if category_id not in LEAF_IDS:
        return {"category_id": category_id, "warning": "Invalid category id", "attribute_tree": []}
    tree = [_spoken(node, language) for node in copy.deepcopy(attributes(category_id))]
    return {"category_id": category_id, "warning": "", "attribute_tree": tree}


def _spoken(node: dict[str, Any], language: str) -> dict[str, Any]:
    english, thai = node["name"]
    node["name"] = thai if language == "th" else english
    node["multi_lang"] = [{"language": "en", "value": english}, {"language": "th", "value": thai}]
    for field in ("attribute_value_list", "child_attribute_list"):
        node[field] = [_spoken(child, language) for child in node.get(field, [])]
    if "attribute_id" in node:
        del node["child_attribute_list"]
    return node


def find_attribute(category_id: int, attribute_id: int) -> dict[str, Any] | None:
    """An attribute of the leaf or a child of one of its values."""
    for node in attributes(category_id):
        children = [c for value in node["attribute_value_list"] for c in value["child_attribute_list"]]
        candidates: list[dict[str, Any]] = [node, *children]
        for candidate in candidates:
            if candidate["attribute_id"] == attribute_id:
                return candidate
    return None


def brands(category_id: int) -> dict[str, Any]:
    """Brand rules of one category; "No Brand" is id 0 and never in the list."""
    rows = [
        {"brand_id": number, "original_brand_name": name, "display_brand_name": name}
        for number, name in sorted(BRANDS.items())
    ]
    return {"brand_list": rows, "is_mandatory": category_id == BRAND_CATEGORY, "input_type": "DROP_DOWN"}


def limits(category_id: int | None) -> dict[str, Any]:
    """get_item_limit; the Thai figures of the page where it gives some, sample figures elsewhere."""
    preorder = {"min_limit": 7, "max_limit": 30}
    if category_id is not None and PARENT.get(category_id) == NO_PREORDER_ROOT:
        preorder = {"min_limit": -1, "max_limit": -1}
    return {
        "price_limit": {"min_limit": 1, "max_limit": 500000},
        "stock_limit": {"min_limit": 0, "max_limit": 999999},
        "item_name_length_limit": {"min_limit": 5, "max_limit": 120},
        "item_description_length_limit": {"min_limit": 60, "max_limit": 5000},
        "item_image_count_limit": {"min_limit": 1, "max_limit": 9},
        "item_count_limit": {"max_limit": 50001},
        "tier_variation_name_length_limit": {"min_limit": 0, "max_limit": 14},
        "tier_variation_option_length_limit": {"min_limit": 0, "max_limit": 20},
        "wholesale_price_threshold_percentage": {"min_limit": 30, "max_limit": 100},
        "extended_description_limit": {
            "description_text_length_min": 0,
            "description_text_length_max": 5000,
            "description_image_num_min": 0,
            "description_image_num_max": 12,
        },
        "dts_limit": {"days_to_ship_limit": preorder, "non_pre_order_days_to_ship": 2},
        "weight_limit": {"weight_mandatory": True},
        "dimension_limit": {"dimension_mandatory": False},
        "size_chart_limit": {
            "size_chart_mandatory": False,
            "support_image_size_chart": True,
            "support_template_size_chart": False,
        },
    }


def gtin_rule(category_id: int | None) -> str:
    """Whether a bar code must be given."""
    return "Mandatory" if category_id == GTIN_CATEGORY else "Optional"


def channels() -> list[dict[str, Any]]:
    """Shipping channels: two that buyers see, their carriers behind a mask, and one switched off."""
    sizes = [
        {"size_id": "1", "name": "S", "default_price": 35},
        {"size_id": "2", "name": "M", "default_price": 50},
    ]
    return [
        _channel(7032, "Standard Delivery - ส่งธรรมดาในประเทศ", "FIXED_DEFAULT_PRICE"),
        _channel(7033, "Standard Delivery Bulky - ส่งสินค้าขนาดใหญ่", "SIZE_INPUT", maximum_kg=50),
        _channel(70021, "Kerry", "FIXED_DEFAULT_PRICE", mask=7032),
        _channel(70022, "J&T Express", "FIXED_DEFAULT_PRICE", mask=7032),
        _channel(70066, "Shopee Express", "FIXED_DEFAULT_PRICE", mask=7032),
        _channel(78009, "Ninja Van", "FIXED_DEFAULT_PRICE", mask=7032, enabled=False),
        _channel(7034, "Seller Own Fleet - ผู้ขายจัดส่งเอง", "CUSTOM_PRICE"),
        _channel(7035, "Instant Delivery - ส่งด่วน", "SIZE_SELECTION", sizes=sizes),
        _channel(7036, "Thailand Post EMS - ไปรษณีย์ไทย EMS", "FIXED_DEFAULT_PRICE", enabled=False),
    ]


def _channel(
    number: int,
    name: str,
    fee_type: str,
    *,
    mask: int = 0,
    enabled: bool = True,
    maximum_kg: float = 20,
    sizes: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "logistics_channel_id": number,
        "logistics_channel_name": name,
        "enabled": enabled,
        "mask_channel_id": mask,
        "fee_type": fee_type,
        "size_list": sizes or [],
        "weight_limit": {"item_min_weight": 0, "item_max_weight": maximum_kg},
        "item_max_dimension": {
            "height": 100,
            "width": 100,
            "length": 100,
            "unit": "cm",
            "dimension_sum": 180,
        },
        "volume_limit": {"item_min_volume": 0, "item_max_volume": 0},
        "cod_enabled": True,
        "force_enable": False,
        "block_seller_cover_shipping_fee": False,
        "preprint": False,
        "logistics_capability": {"seller_logistics": fee_type == "CUSTOM_PRICE"},
        "support_cross_border": False,
        "compulsory_channel": False,
    }


def addresses() -> list[dict[str, Any]]:
    """One invented address that serves for pickup and returns."""
    return [
        {
            "address_id": 234,
            "region": "TH",
            "state": "กรุงเทพมหานคร",
            "city": "เขตตัวอย่าง",
            "district": "แขวงทดลอง",
            "town": "",
            "address": "99/9 ถนนสมมุติ",
            "zipcode": "10990",
            "address_type": ["DEFAULT_ADDRESS", "PICK_UP_ADDRESS", "RETURN_ADDRESS"],
        }
    ]

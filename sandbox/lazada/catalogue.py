"""A small made-up part of Lazada Thailand's category tree, with attributes and brands. All ids are invented."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Category:
    """One category; only a leaf takes products. `sale_props` are the variations it knows."""

    category_id: int
    en: str
    th: str
    children: tuple["Category", ...] = ()
    sale_props: tuple[str, ...] = ()
    mandatory: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def leaf(self) -> bool:
        return not self.children


_FOOD, _CLOTH, _HOME = ("flavor", "size"), ("color_family", "size"), ("color_family", "size")


def _leaf(number: int, en: str, th: str, props: tuple[str, ...], words: str, must: str = "") -> Category:
    return Category(number, en, th, (), props, tuple(must.split()), tuple(words.split()))


TREE: tuple[Category, ...] = (
    Category(10000001, "Groceries", "ของกินของใช้", (
        Category(10000010, "Snacks & Sweets", "ขนมและของหวาน", (
            _leaf(10000011, "Thai Sweets", "ขนมไทย", _FOOD, "ขนม ขนมไทย ทองม้วน ลูกชุบ กลีบลำดวน เปียกปูน sweet"),
            _leaf(10000012, "Chips & Crisps", "ของทอดกรอบ", _FOOD, "กรอบ ทอด กล้วยฉาบ ข้าวแต๋น ข้าวเกรียบ chips"),
            _leaf(10000013, "Dried Fruit", "ผลไม้อบแห้ง", _FOOD, "อบแห้ง กวน แช่อิ่ม ผลไม้ มะม่วง กล้วยตาก dried"),
            _leaf(10000014, "Nuts & Seeds", "ถั่วและเมล็ดพืช", _FOOD, "ถั่ว เม็ดมะม่วง งา nuts"),
        )),
        Category(10000020, "Bakery", "เบเกอรี่", (
            _leaf(10000021, "Cakes & Bread", "เค้กและขนมปัง", _FOOD, "เค้ก ขนมปัง บราวนี่ เบเกอรี่ cake bread"),
            _leaf(10000022, "Cookies & Biscuits", "คุกกี้และบิสกิต", _FOOD, "คุกกี้ บิสกิต cookie"),
        )),
        Category(10000030, "Beverages", "เครื่องดื่ม", (
            _leaf(10000031, "Coffee", "กาแฟ", _FOOD, "กาแฟ coffee"),
            _leaf(10000032, "Tea", "ชา", _FOOD, "ชา ใบหม่อน tea"),
            _leaf(10000033, "Juice & Herbal Drinks", "น้ำผลไม้และน้ำสมุนไพร", _FOOD, "น้ำ เครื่องดื่ม juice drink"),
        )),
        Category(10000040, "Cooking & Staples", "เครื่องปรุงและอาหาร", (
            _leaf(10000041, "Rice", "ข้าวสาร", _FOOD, "ข้าว ข้าวสาร ไรซ์เบอร์รี่ rice"),
            _leaf(10000042, "Chili Paste & Sauces", "น้ำพริกและซอส", _FOOD, "น้ำพริก ซอส เครื่องแกง กะปิ น้ำปลา paste"),
            _leaf(10000043, "Dried Seafood & Meat", "อาหารทะเลและเนื้อแห้ง", _FOOD, "ปลา กุ้ง หมู แห้ง แดดเดียว fish"),
            _leaf(10000044, "Honey & Syrup", "น้ำผึ้งและน้ำเชื่อม", _FOOD, "น้ำผึ้ง น้ำตาล honey"),
            _leaf(10000045, "Ready-to-eat Food", "อาหารพร้อมทาน", _FOOD, "อาหาร แกง ไข่เค็ม พร้อมทาน food"),
        )),
    )),
    Category(10000100, "Health & Beauty", "สุขภาพและความงาม", (
        _leaf(10000101, "Herbal Supplements", "สมุนไพร", _FOOD, "สมุนไพร ขมิ้น ฟ้าทะลายโจร herb"),
        _leaf(10000102, "Balms & Inhalers", "ยาหม่องและยาดม", _FOOD, "ยาดม ยาหม่อง ลูกประคบ น้ำมัน balm"),
        _leaf(10000103, "Soap & Bath", "สบู่และอาบน้ำ", _FOOD, "สบู่ แชมพู ครีม soap"),
    )),
    Category(10000200, "Fashion", "แฟชั่น", (
        Category(10000210, "Women's Clothing", "เสื้อผ้าผู้หญิง", (
            _leaf(10000211, "Tops", "เสื้อ", _CLOTH, "เสื้อ shirt"),
            _leaf(10000212, "Skirts & Sarongs", "ผ้าถุงและกระโปรง", _CLOTH, "ผ้าถุง ผ้าซิ่น กระโปรง ซิ่น sarong"),
            _leaf(10000213, "Scarves & Shawls", "ผ้าคลุมไหล่และผ้าพันคอ", _CLOTH, "ผ้าพันคอ ผ้าคลุมไหล่ ผ้าขาวม้า scarf"),
        )),
        _leaf(10000221, "Fabric", "ผ้าทอและผ้าผืน", _CLOTH, "ผ้าทอ ผ้าไหม ผ้าฝ้าย ผ้าผืน ผ้า มัดหมี่ คราม fabric"),
        _leaf(10000222, "Bags", "กระเป๋า", _CLOTH, "กระเป๋า ถุงผ้า ย่าม bag"),
        # The one leaf that asks for an attribute which no default can fill.
        _leaf(10000223, "Baby Clothing", "เสื้อผ้าเด็กอ่อน", _CLOTH, "เด็กอ่อน ทารก baby", "clothing_material"),
    )),
    Category(10000300, "Home & Living", "บ้านและการตกแต่ง", (
        _leaf(10000301, "Baskets & Storage", "ตะกร้าและเครื่องจักสาน", _HOME, "ตะกร้า จักสาน กระบุง ชะลอม เสื่อ basket"),
        _leaf(10000302, "Handicrafts & Decor", "งานฝีมือและของตกแต่ง", _HOME, "งานฝีมือ ของตกแต่ง ไม้ ดินเผา พวงกุญแจ decor"),
        _leaf(10000303, "Kitchenware", "เครื่องครัว", _HOME, "ครัว ครก จาน ถ้วย แก้ว kitchen"),
        _leaf(10000304, "Plants & Garden", "ต้นไม้และสวน", _HOME, "ต้นไม้ ปุ๋ย ดิน garden"),
    )),
)  # fmt: skip

BRANDS: tuple[tuple[int, str, str], ...] = (
    (30768, "No Brand", "no_brand"),
    (30769, "OTOP", "otop"),
    (30770, "Doi Kham Practice", "doi_kham_practice"),
    (30771, "Community Made", "community_made"),
)
_COLOURS = ("White:ขาว", "Black:ดำ", "Indigo:คราม", "Red:แดง", "Green:เขียว", "Brown:น้ำตาล", "Natural:ธรรมชาติ")
_SIZES = ("S:S", "M:M", "L:L", "XL:XL", "Free Size:ฟรีไซซ์")
_FLAVOURS = ("Original:ดั้งเดิม", "Sweet:หวาน", "Spicy:เผ็ด", "Coconut:มะพร้าว")
_MATERIALS = ("Cotton:ฝ้าย", "Silk:ไหม", "Linen:ลินิน")


def walk(branch: tuple[Category, ...] = TREE, path: tuple[Category, ...] = ()) -> list[tuple[Category, ...]]:
    """The path from the root to every category, each path ending in that category."""
    found = []
    for category in branch:
        here = (*path, category)
        found += [here, *walk(category.children, here)]
    return found


PATHS: dict[int, tuple[Category, ...]] = {path[-1].category_id: path for path in walk()}


def category(category_id: str) -> Category | None:
    """The category with that id, or None."""
    return PATHS[int(category_id)][-1] if category_id.isdecimal() and int(category_id) in PATHS else None


def tree_rows(thai: bool, branch: tuple[Category, ...] = TREE) -> list[dict[str, Any]]:
    """The tree as `/category/tree/get` answers it; leaves have no `children`."""
    rows = []
    for one in branch:
        row: dict[str, Any] = {
            "category_id": one.category_id, "name": one.th if thai else one.en, "leaf": one.leaf,
            "var": bool(one.sale_props),
        }  # fmt: skip
        rows.append(row if one.leaf else row | {"children": tree_rows(thai, one.children)})
    return rows


def suggestions(name: str) -> list[Category]:
    """Leaves whose words occur in the product's name, the best match first."""
    leaves = [path[-1] for path in PATHS.values() if path[-1].leaf]
    text = name.lower()
    scores = {leaf.category_id: sum(len(word) for word in leaf.words if word in text) for leaf in leaves}
    best = [leaf for leaf in leaves if scores[leaf.category_id]]
    return sorted(best, key=lambda leaf: -scores[leaf.category_id])[:5]


def attribute_rows(leaf: Category, thai: bool) -> list[dict[str, Any]]:
    """A leaf's attributes as `/category/attributes/get` answers them."""
    rows = [_attribute(100000000 + n, *row, thai=thai) for n, row in enumerate(_SYSTEM, 1)]
    for n, name in enumerate(_CHOICES, len(rows) + 1):
        label, options, is_sku = _CHOICES[name]
        if is_sku and name not in leaf.sale_props:
            continue
        must, kind = int(name in leaf.mandatory), "sku" if is_sku else "normal"
        row = _attribute(100000000 + n, name, label, must, kind, "multiEnumInput", thai=thai)
        row["is_sale_prop"] = int(is_sku)
        row["options"] = [_option(200000 + 100 * n + i, text, thai) for i, text in enumerate(options)]
        rows.append(row)
    return rows


# name, label, mandatory, attribute type, input type
_SYSTEM: tuple[tuple[str, str, int, str, str], ...] = (
    ("name", "Product Name:ชื่อสินค้า", 1, "normal", "text"),
    ("brand", "Brand:ยี่ห้อ", 1, "normal", "singleSelect"),
    ("description", "Description:รายละเอียด", 0, "normal", "richText"),
    ("short_description", "Highlights:จุดเด่น", 0, "normal", "richText"),
    ("model", "Model:รุ่น", 0, "normal", "text"),
    ("warranty_type", "Warranty Type:การรับประกัน", 0, "normal", "singleSelect"),
    ("SellerSku", "Seller SKU:รหัสสินค้าของร้าน", 1, "sku", "text"),
    ("price", "Price:ราคา", 1, "sku", "numeric"),
    ("special_price", "Special Price:ราคาพิเศษ", 0, "sku", "numeric"),
    ("quantity", "Quantity:จำนวน", 0, "sku", "numeric"),
    ("package_weight", "Package Weight (kg):น้ำหนักพัสดุ", 1, "sku", "numeric"),
    ("package_length", "Package Length (cm):ความยาวพัสดุ", 1, "sku", "numeric"),
    ("package_width", "Package Width (cm):ความกว้างพัสดุ", 1, "sku", "numeric"),
    ("package_height", "Package Height (cm):ความสูงพัสดุ", 1, "sku", "numeric"),
    ("package_content", "What's in the box:ในกล่องมีอะไร", 0, "sku", "text"),
    ("__images__", "Images:รูปสินค้า", 0, "sku", "img"),
)
_CHOICES: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "color_family": ("Color Family:กลุ่มสี", _COLOURS, True),
    "size": ("Size:ขนาด", _SIZES, True),
    "flavor": ("Flavor:รสชาติ", _FLAVOURS, True),
    "clothing_material": ("Clothing Material:เนื้อผ้า", _MATERIALS, False),
}


def _attribute(number: int, name: str, label: str, must: int, kind: str, input_type: str, thai: bool) -> dict[str, Any]:
    return {
        "id": number, "name": name, "label": _text(label, thai), "is_mandatory": must, "attribute_type": kind,
        "input_type": input_type, "is_sale_prop": 0, "advanced": {"is_key_prop": 0}, "options": [],
    }  # fmt: skip


def _option(number: int, text: str, thai: bool) -> dict[str, Any]:
    return {"id": number, "name": _text(text, thai), "en_name": _text(text, False)}


def _text(both: str, thai: bool) -> str:
    return both.split(":")[1 if thai else 0]


def brand(brand_id: str, name: str) -> str | None:
    """The brand's name, by id when one is given; None when Lazada does not know it."""
    for number, known, _ in BRANDS:
        if (brand_id and str(number) == brand_id) or (not brand_id and known == name):
            return known
    return None

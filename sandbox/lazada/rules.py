"""What a product must be like before the practice Lazada takes it; pure checks that name every problem."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sandbox.lazada import catalogue
from sandbox.lazada.errors import Detail, problem
from sandbox.lazada.payload import flag, images_of
from sandbox.lazada.times import read_local
from sandbox.market.shop import Shop

if TYPE_CHECKING:
    from sandbox.market.market import Market

MAX_NAME, MAX_DESCRIPTION, MAX_IMAGES = 255, 25_000, 8
MAX_VARIATIONS, MAX_OPTIONS, MAX_VARIATION_NAME, MAX_OPTION = 2, 50, 15, 20
MAX_WEIGHT_KG, MAX_SIZES_CM = Decimal(40), Decimal(300)
PACKAGE = ("package_weight", "package_length", "package_width", "package_height")
_BAD_IN_SELLER_SKU = re.compile(r'["*^~<>/|\\`]')
_BAD_IN_ATTRIBUTE = re.compile(r'[\^~<>|"]')
_RICH = ("description", "description_en", "short_description")
_IMG = re.compile(r"<img[^>]+src\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_TAG = re.compile(r"<\s*/?\s*([a-zA-Z0-9]+)")


def amount(text: str) -> Decimal | None:
    """A plain decimal number, or None."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def decimals(value: Decimal) -> int:
    """Digits behind the point, trailing zeros not counted."""
    return max(0, -int(value.normalize().as_tuple().exponent))


# -- photos -------------------------------------------------------------------------------------------------


def is_ours(market: "Market", url: str) -> bool:
    """Whether this address is on the practice marketplace's own image host, and there is a photo."""
    return urlsplit(url).hostname in ("127.0.0.1", "localhost") and market.photos.at(url) is not None


def stored_paths(market: "Market", urls: Iterable[str]) -> list[str]:
    """Addresses as they are stored: without the host, whose port may change."""
    photos = [market.photos.at(url) for url in urls]
    return [photo.path for photo in photos if photo is not None]


def image_problems(market: "Market", urls: Sequence[str], field: str, seller_sku: str = "") -> list[Detail]:
    """Too many, repeated or foreign photos."""
    found = []
    if len(urls) > MAX_IMAGES:
        found.append(problem(4169, "IMAGE_COUNT_EXCEED", "at most 8 images", field, seller_sku))
    if len(set(urls)) < len(urls):
        found.append(problem(4116, "IMAGE_DUPLICATE", "duplicate images", field, seller_sku))
    if not all(is_ours(market, url) for url in urls):
        found.append(problem(4138, "IMAGE_EXTERNAL", "external image is not allowed", field, seller_sku))
    return found


# -- attributes ---------------------------------------------------------------------------------------------


def category_problems(category_id: str) -> list[Detail]:
    """A category that is unknown or not a leaf."""
    found = catalogue.category(category_id)
    if found is None:
        return [problem(4227, "CATEGORY_NOT_FOUND", "category does not exist", "PrimaryCategory")]
    if not found.leaf:
        return [problem(4134, "CATEGORY_NOT_LEAF", "category is not a leaf", "PrimaryCategory")]
    return []


def attribute_problems(market: "Market", attributes: Mapping[str, Any], category_id: str, whole: bool) -> list[Detail]:
    """Wrong or missing attributes; `whole` for a create, where nothing may be missing."""
    found = _name_problems(attributes, whole)
    brand_id, brand = str(attributes.get("brand_id", "")), str(attributes.get("brand", ""))
    if (whole or brand_id or brand) and catalogue.brand(brand_id, brand) is None:
        found.append(problem(4142, "BRAND_INVALID", "brand is not valid", "brand"))
    leaf = catalogue.category(category_id)
    for name in leaf.mandatory if leaf is not None and whole else ():
        if not attributes.get(name):
            found.append(problem(4107, "ATTRIBUTE_MISSING", "mandatory attribute is missing", name))
    for name, value in attributes.items():
        if name not in _RICH and _BAD_IN_ATTRIBUTE.search(str(value)):
            found.append(problem(4129, "FORBIDDEN_CHARACTER", "forbidden character", name))
    return found + _text_problems(market, attributes)


def _name_problems(attributes: Mapping[str, Any], whole: bool) -> list[Detail]:
    name = str(attributes.get("name", ""))
    if not name.strip() and (whole or "name" in attributes):
        return [problem(4107, "ATTRIBUTE_MISSING", "name is missing", "name")]
    if len(name) > MAX_NAME:
        return [problem(4108, "ATTRIBUTE_TOO_LONG", "name is longer than 255 characters", "name")]
    return []


def _text_problems(market: "Market", attributes: Mapping[str, Any]) -> list[Detail]:
    found = []
    description, short = (str(attributes.get(name, "")) for name in ("description", "short_description"))
    if len(description) > MAX_DESCRIPTION:
        found.append(problem(4108, "ATTRIBUTE_TOO_LONG", "longer than 25000 characters", "description"))
    if not all(is_ours(market, url) for url in _IMG.findall(description)):
        found.append(problem(4138, "IMAGE_EXTERNAL", "external image is not allowed", "description"))
    if {tag.lower() for tag in _TAG.findall(short)} - {"ul", "ol", "li"}:
        found.append(problem(4110, "ATTRIBUTE_WRONG", "only ul, ol and li", "short_description"))
    return found


# -- SKUs ---------------------------------------------------------------------------------------------------


def sku_problems(market: "Market", row: Mapping[str, Any], whole: bool) -> list[Detail]:
    """Wrong or missing fields of one SKU of a create or an update."""
    seller_sku = str(row.get("SellerSku", ""))
    found = []
    if whole and not seller_sku.strip():
        found.append(problem(4107, "ATTRIBUTE_MISSING", "SellerSku is missing", "SellerSku"))
    if whole and _BAD_IN_SELLER_SKU.search(seller_sku):
        found.append(problem(4150, "SELLER_SKU_INVALID", "forbidden character", "SellerSku", seller_sku))
    found += price_problems(row, "price", seller_sku, whole)
    found += special_problems(row, ("price", "special_price", "special_from_date", "special_to_date"), seller_sku)
    quantity = row.get("quantity", "0")
    if not quantity.isdecimal():
        found.append(problem(5, "QUANTITY_INVALID", "quantity is not a whole number", "quantity", seller_sku))
    found += _package_problems(row, seller_sku, whole)
    return found + image_problems(market, images_of(row.get("Images")), "Images", seller_sku)


def price_problems(row: Mapping[str, Any], field: str, seller_sku: str, required: bool) -> list[Detail]:
    """A price that is missing, no number, zero, or finer than a satang."""
    if field not in row and not required:
        return []
    value = amount(row.get(field, ""))
    if value is None:
        return [problem(4107, "ATTRIBUTE_MISSING", "price is missing or no number", field, seller_sku)]
    if value <= 0:
        return [problem(4118, "PRICE_ZERO", "price must be above zero", field, seller_sku)]
    if decimals(value) > 2:
        return [problem(4104, "PRICE_PRECISION", "at most two decimals", field, seller_sku)]
    return []


def special_problems(row: Mapping[str, Any], fields: tuple[str, str, str, str], seller_sku: str) -> list[Detail]:
    """A special price that is not below the price, far too low, or dated wrongly."""
    price_field, field, from_field, to_field = fields
    dates = [row[name] for name in (from_field, to_field) if row.get(name)]
    if not row.get(field):
        wrong = problem(4117, "SPECIAL_PRICE_DATE", "dates without a special price", field, seller_sku)
        return [wrong] if dates else []
    special, price = amount(row[field]), amount(row.get(price_field, ""))
    if special is None or special <= 0 or decimals(special) > 2:
        return [problem(4104, "PRICE_PRECISION", "special price is no price", field, seller_sku)]
    if price is not None and special >= price:
        return [problem(4157, "SPECIAL_PRICE_HIGH", "special price must be below price", field, seller_sku)]
    if price is not None and special * 10 < price:
        return [problem(4119, "SPECIAL_PRICE_LOW", "special price is too low", field, seller_sku)]
    return _date_problems(dates, field, seller_sku)


def _date_problems(dates: list[str], field: str, seller_sku: str) -> list[Detail]:
    try:
        moments = [read_local(text) for text in dates]
    except ValueError:
        return [problem(4117, "SPECIAL_PRICE_DATE", "a date cannot be read", field, seller_sku)]
    if moments != sorted(moments):
        return [problem(4117, "SPECIAL_PRICE_DATE", "it ends before it starts", field, seller_sku)]
    return []


def _package_problems(row: Mapping[str, Any], seller_sku: str, whole: bool) -> list[Detail]:
    found, sizes = [], Decimal(0)
    for name in PACKAGE:
        if name not in row and not whole:
            continue
        value = amount(row.get(name, ""))
        if value is None or value <= 0:
            found.append(problem(4107, "ATTRIBUTE_MISSING", f"{name} is missing", name, seller_sku))
        elif decimals(value) > 2:
            found.append(problem(4149, "PACKAGE_PRECISION", "at most two decimals", name, seller_sku))
        elif name == "package_weight" and value > MAX_WEIGHT_KG:
            found.append(problem(4164, "PACKAGE_HEAVY", "over 40 kg", name, seller_sku))
        elif name != "package_weight":
            sizes += value
    if sizes > MAX_SIZES_CM:
        found.append(problem(4165, "PACKAGE_LARGE", "over 300 cm together", "package_length", seller_sku))
    return found


def sku_photo_problems(with_photo: Sequence[bool]) -> list[Detail]:
    """Photos of some SKUs of an item only."""
    if any(with_photo) and not all(with_photo):
        return [problem(4153, "SKU_IMAGE_MISSING", "all SKUs need images when one has", "Images")]
    return []


def seller_sku_problems(shop: Shop, rows: Iterable[Mapping[str, Any]]) -> list[Detail]:
    """Seller SKUs that are twice in the request, or already in the store."""
    counts = Counter(str(row.get("SellerSku", "")) for row in rows)
    found = []
    for seller_sku, count in counts.items():
        if count > 1:
            found.append(problem(4105, "SELLER_SKU_REPEATED", "repeated", "SellerSku", seller_sku))
        if shop.find(seller_sku):
            found.append(problem(4126, "SELLER_SKU_DUPLICATE", "already in the store", "SellerSku", seller_sku))
    return found


# -- variations ---------------------------------------------------------------------------------------------


def read_variation(product: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """`Variation1..4` in one casing, options as a list; empty when none is declared."""
    declared = product.get("variation") or product.get("Variation") or {}
    read = {}
    for key, one in declared.items():
        options = (one.get("options") or {}).get("option", [])
        read[key[:1].upper() + key[1:]] = {
            "name": str(one.get("name", "")), "label": str(one.get("label") or one.get("name", "")),
            "hasImage": flag(one.get("hasImage")), "customize": flag(one.get("customize")),
            "options": [options] if isinstance(options, str) else list(options),
        }  # fmt: skip
    return read


def variation_problems(variation: Mapping[str, Mapping[str, Any]], category_id: str) -> list[Detail]:
    """A declaration of variations that cannot stand."""
    found = []
    if len(variation) > MAX_VARIATIONS:
        text = "Total sale prop more than maxItems 2"
        found.append(problem(209, "VARIATION_COUNT", text, "variation"))
    leaf = catalogue.category(category_id)
    for key, one in variation.items():
        if not one["customize"] and leaf is not None and one["name"] not in leaf.sale_props:
            text = "neither customized nor a sale property of the category"
            found.append(problem(4133, "VARIATION_UNKNOWN", text, key))
        if one["hasImage"] and key != "Variation1":
            found.append(problem(4143, "VARIATION_IMAGE", "only Variation1 may have images", key))
        too_long = len(one["name"]) > MAX_VARIATION_NAME or any(len(o) > MAX_OPTION for o in one["options"])
        if too_long or not one["name"]:
            found.append(problem(4161, "VARIATION_LENGTH", "name over 15 or option over 20 characters", key))
        if not 1 <= len(one["options"]) <= MAX_OPTIONS or len(set(one["options"])) < len(one["options"]):
            found.append(problem(4145, "VARIATION_OPTIONS", "1 to 50 different options", key))
    return found


def combination_problems(
    variation: Mapping[str, Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    taken: Iterable[Mapping[str, str]] = (),
) -> list[Detail]:
    """SKUs that leave a variation open, name an unknown option, or repeat a combination."""
    names = [str(one["name"]) for one in variation.values()]
    seen = {tuple(values.get(name, "") for name in names) for values in taken}
    found = []
    if not names and len(rows) + len(seen) > 1:
        return [problem(4113, "SALE_PROP_MISSING", "several SKUs need a variation", "saleProp")]
    for row in rows:
        found += _one_combination(variation, names, row, seen)
    return found


def _one_combination(
    variation: Mapping[str, Mapping[str, Any]], names: list[str], row: Mapping[str, Any], seen: set[tuple[str, ...]]
) -> list[Detail]:
    values, seller_sku = row.get("saleProp") or {}, str(row.get("SellerSku", ""))
    if set(values) - set(names):
        return [problem(4109, "SALE_PROP_WRONG", "not a declared variation", "saleProp", seller_sku)]
    if any(not values.get(name) for name in names):
        return [problem(4113, "SALE_PROP_MISSING", "a variation is not filled", "saleProp", seller_sku)]
    if any(values[str(one["name"])] not in one["options"] for one in variation.values()):
        return [problem(4144, "SALE_PROP_OPTION", "not one of the options", "saleProp", seller_sku)]
    combination = tuple(values[name] for name in names)
    if names and combination in seen:
        return [problem(4112, "SALE_PROP_REPEATED", "combination is repeated", "saleProp", seller_sku)]
    seen.add(combination)
    return []

"""What Lazada's categories ask for: leaves, attributes, brand; fetched when needed, kept for a day."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from chalicelib.domain.catalogue import Kind
from chalicelib.domain.errors import RejectedError, TransientError
from chalicelib.domain.offers import DesiredListing
from connectors.lazada.answers import (
    AttributeAnswer,
    BrandAnswer,
    BrandsAnswer,
    CategoryAnswer,
    SuggestionsAnswer,
    read_as,
    read_each,
)
from connectors.lazada.client import Client
from connectors.lazada.payloads import Demanded
from connectors.lazada.refusal import CHANNEL

T = TypeVar("T")

# Words looked for in the names of leaf categories, best first, when Lazada has no suggestion for a title.
KIND_WORDS: dict[Kind, tuple[str, ...]] = {
    Kind.CHILI_PASTE: ("น้ำพริก", "chili paste", "เครื่องปรุง", "sauce", "condiment"),
    Kind.SNACK: ("ขนม", "snack", "crisps", "chips"),
    Kind.BAKERY: ("เบเกอรี่", "ขนมปัง", "bakery", "bread", "cake", "คุกกี้", "cookie"),
    Kind.DESSERT: ("ขนมไทย", "ของหวาน", "dessert", "sweets"),
    Kind.BEVERAGE: ("เครื่องดื่ม", "น้ำผลไม้", "ชา", "drink", "juice", "tea"),
    Kind.RICE_GRAIN: ("ข้าวสาร", "ข้าว", "rice", "grain"),
    Kind.FRESH_PRODUCE: ("ผลไม้", "ผัก", "fruit", "vegetable", "produce"),
    Kind.HERB: ("สมุนไพร", "herb"),
    Kind.SOAP: ("สบู่", "soap", "bath"),
    Kind.CLOTHING: ("เสื้อ", "tops", "shirt", "clothing"),
    Kind.FABRIC: ("ผ้าทอ", "ผ้าผืน", "fabric", "ผ้า"),
    Kind.BAG: ("กระเป๋า", "bag"),
    Kind.BASKETRY: ("จักสาน", "ตะกร้า", "basket"),
    Kind.HOME_CRAFT: ("งานฝีมือ", "ของตกแต่ง", "handicraft", "decor"),
}

# Listed among the attributes, and said elsewhere in the payload.
_PACKAGE = frozenset({"package_weight", "package_length", "package_width", "package_height"})
_SAID_ELSEWHERE = _PACKAGE | {
    "name",
    "description",
    "brand",
    "brand_id",
    "SellerSku",
    "price",
    "quantity",
    "__images__",
}
_OWN_VALUES_ALLOWED = frozenset({"text", "richText", "enumInput", "multiEnumInput"})


class Facts:
    """Category facts of one host, shared by every shop that speaks to it."""

    def __init__(self, clock: Callable[[], datetime], live_s: float) -> None:
        self._clock = clock
        self._live_s = live_s
        self._kept: dict[tuple[str, ...], tuple[datetime, Any]] = {}
        self._lock = threading.RLock()

    def leaf(self, client: Client, listing: DesiredListing) -> str:
        """The category a new listing goes into: Lazada's suggestion, else a leaf named like its kind.

        Raises: RejectedError when there is neither.
        """
        leaves = self._keep(("tree",), lambda: _leaves(client))
        for suggested in _suggestions(client, listing.title):
            if suggested in leaves:
                return suggested
        named = _named_like(listing.kind, leaves)
        if named:
            return named
        raise RejectedError(CHANNEL, "no_category", listing.kind, user_key="lazada.category", field="kind")

    def demanded(self, client: Client, category: str, *, has_axes: bool) -> Demanded:
        """Brand, and a truthful value for every other attribute the category insists on, of the item or of its SKUs.

        Raises: RejectedError naming the attribute for which nothing true can be said, or the sale property that a
        listing without axes leaves open (LAZ-030).
        """
        wanted = self._keep(("attributes", category), lambda: _attributes(client, category))
        brand = self._keep(("brand",), lambda: _brand(client))
        of_item = {"brand": brand.name or client.settings.brand}
        if brand.brand_id:
            of_item["brand_id"] = brand.brand_id
        of_sku: dict[str, str] = {}
        for attribute in wanted:
            if not attribute.is_mandatory or attribute.name in _SAID_ELSEWHERE:
                continue
            if attribute.is_sale_prop:
                _check_axes(attribute, has_axes=has_axes)
            else:
                said = of_sku if attribute.attribute_type == "sku" else of_item
                said[attribute.name] = _value(client, attribute)
        return Demanded(of_item, of_sku)

    def _keep(self, key: tuple[str, ...], fetch: Callable[[], T]) -> T:
        with self._lock:
            now = self._clock()
            kept = self._kept.get(key)
            if kept is None or (now - kept[0]).total_seconds() >= self._live_s:
                kept = (now, fetch())
                self._kept[key] = kept
            found: T = kept[1]
            return found


def _leaves(client: Client) -> dict[str, str]:
    reply = client.read("/category/tree/get", {"language_code": client.settings.language})
    return dict(_walk(read_each(CategoryAnswer, reply.data, reply.request_id)))


def _walk(branch: Sequence[CategoryAnswer]) -> Iterator[tuple[str, str]]:
    for category in branch:
        if category.leaf:
            yield category.category_id, category.name
        yield from _walk(category.children)


def _named_like(kind: Kind, leaves: dict[str, str]) -> str:
    """The leaf named most like the kind: by its best word, then the shortest name; empty when there is none."""
    for word in KIND_WORDS[kind]:
        fitting = [(len(name), category) for category, name in leaves.items() if word in name.lower()]
        if fitting:
            return min(fitting)[1]
    return ""


def _suggestions(client: Client, title: str) -> list[str]:
    try:
        reply = client.read("/product/category/suggestion/get", {"product_name": title})
    except RejectedError:
        return []  # 701: nothing to suggest
    answer = read_as(SuggestionsAnswer, reply.data, reply.request_id)
    return [suggestion.category_id for suggestion in answer.suggestions]


def _attributes(client: Client, category: str) -> tuple[AttributeAnswer, ...]:
    params = {"primary_category_id": category, "language_code": client.settings.language}
    try:
        reply = client.read("/category/attributes/get", params)
    except RejectedError as error:
        if error.code == "57":
            return ()
        raise
    return read_each(AttributeAnswer, reply.data, reply.request_id)


def _brand(client: Client) -> BrandAnswer:
    """The brand that means no brand: with the id settings give or the first pages show, else by its name alone.

    Its id differs per country, and there are tens of thousands of brands (LAZ-028).
    """
    settings, start, promised = client.settings, 0, 0
    if settings.brand_id:
        return BrandAnswer(brand_id=settings.brand_id, name=settings.brand)
    for _ in range(settings.brand_pages):
        brands = client.gateway.wire.read(partial(_brand_page, client, start, promised))
        for brand in brands.module:
            if settings.brand in (brand.name, brand.name_en):
                return brand
        start, promised = start + len(brands.module), max(promised, brands.total_record)
        if start >= promised and len(brands.module) < settings.brands_per_page:
            break
    return BrandAnswer(brand_id="", name=settings.brand)


def _brand_page(client: Client, start: int, promised: int) -> BrandsAnswer:
    params = {"startRow": str(start), "pageSize": str(client.settings.brands_per_page)}
    reply = client.read("/category/brands/query", params)
    answer = read_as(BrandsAnswer, reply.data, reply.request_id)
    if not answer.module and (start == 0 or start < max(promised, answer.total_record)):
        raise TransientError(CHANNEL, "brands_empty", request_id=reply.request_id, retry_after_s=0.5)
    return answer


def _check_axes(attribute: AttributeAnswer, *, has_axes: bool) -> None:
    """A listing with axes of its own is sent; whether they stand for this one, Lazada judges."""
    if not has_axes:
        label = attribute.label or attribute.name
        raise RejectedError(CHANNEL, "sale_prop_without_axis", label, user_key="lazada.attribute", field="axes")


def _value(client: Client, attribute: AttributeAnswer) -> str:
    settings = client.settings
    known = settings.known_attributes.get(attribute.name)
    options = {option.name: option for option in attribute.options if option.name}
    by_english = {option.en_name: option.name for option in attribute.options if option.en_name}
    for wanted in (known, *settings.neutral_options):
        if wanted and (wanted in options or wanted in by_english):
            return wanted if wanted in options else by_english[wanted]
    if attribute.input_type in _OWN_VALUES_ALLOWED:
        return known or settings.neutral_options[0]
    raise RejectedError(
        CHANNEL,
        "attribute_without_value",
        attribute.label or attribute.name,
        user_key="lazada.attribute",
        field=attribute.name,
    )

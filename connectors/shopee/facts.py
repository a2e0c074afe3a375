"""Facts of a shop that change rarely: categories, limits, attributes, shipping channels; kept for a day."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import Field

from chalicelib.domain import ports
from chalicelib.domain.catalogue import Kind, Size
from chalicelib.domain.errors import RejectedError
from connectors.shopee.answers import (
    Answer,
    Attribute,
    AttributeTrees,
    Category,
    CategoryList,
    Limits,
    Recommended,
    ShippingChannel,
    ShippingChannels,
)
from connectors.shopee.client import CHANNEL, Client

T = TypeVar("T")

# Parts of leaf names, Thai or English, the best first. Used when Shopee recommends nothing for a title.
_WORDS: dict[Kind, tuple[str, ...]] = {
    Kind.CHILI_PASTE: ("น้ำพริก", "chilli paste", "chili paste", "เครื่องปรุง", "seasoning", "condiment"),
    Kind.SNACK: ("ขนมขบเคี้ยว", "snack", "ของว่าง"),
    Kind.BAKERY: ("เบเกอรี่", "bakery", "เค้ก", "cake", "ขนมปัง", "bread", "sweets", "ขนม"),
    Kind.DESSERT: ("ขนมไทย", "ขนมหวาน", "dessert", "sweets", "ขนม"),
    Kind.BEVERAGE: ("เครื่องดื่ม", "beverage", "drink", "ชา", "tea", "กาแฟ", "coffee"),
    Kind.RICE_GRAIN: ("ข้าวสาร", "ข้าว", "rice", "ธัญพืช", "grain"),
    Kind.FRESH_PRODUCE: ("ผักผลไม้", "ผลไม้", "ผักสด", "fruit", "vegetable", "fresh", "ของแปรรูป", "preserve"),
    Kind.HERB: ("สมุนไพร", "herb"),
    Kind.SOAP: ("สบู่", "soap"),
    Kind.CLOTHING: ("เสื้อ", "tops", "clothes", "ชุด", "dress"),
    Kind.FABRIC: ("ผ้าทอ", "woven", "fabric", "ผ้าถุง", "ผ้า", "cloth"),
    Kind.BAG: ("กระเป๋า", "bag"),
    Kind.BASKETRY: ("จักสาน", "ตะกร้า", "basket", "wicker"),
    Kind.HOME_CRAFT: ("ของตกแต่งบ้าน", "ของตกแต่ง", "home decor", "decoration", "หัตถกรรม", "craft"),
}


class Shelf:
    """Remembers answers until they are too old; safe to use from several threads."""

    def __init__(self, clock: ports.Clock, age_s: float) -> None:
        self._clock = clock
        self._age_s = age_s
        self._kept: dict[Any, tuple[datetime, Any]] = {}
        self._lock = threading.Lock()

    def forget(self, key: Any) -> None:
        """What was kept under the key is asked anew."""
        with self._lock:
            self._kept.pop(key, None)

    def peek(self, key: Any) -> Any:
        """What is kept under the key, however old, or None."""
        with self._lock:
            kept = self._kept.get(key)
        return kept[1] if kept else None

    def get(self, key: Any, make: Callable[[], T]) -> T:
        """What was kept under the key, made anew when missing or old. A failed make keeps nothing."""
        now = self._clock()
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or (now - kept[0]).total_seconds() > self._age_s:
            kept = (now, make())
            with self._lock:
                self._kept[key] = kept
        value: T = kept[1]
        return value


class Learnt(Answer):
    """What audits asked a shop, in a form that can be kept: limits by our kind, and its shipping channels if known."""

    limits: dict[str, Limits] = Field(default_factory=dict)
    shipping: list[ShippingChannel] | None = None

    def of(self, kind: Kind) -> Limits | None:
        """Limits of the kind; of another kind while this one was never asked, as most are the same; else None."""
        return self.limits.get(kind.value) or next(iter(self.limits.values()), None)


class Facts:
    """What one shop may sell and how; each fact is asked once a day (they differ per shop and category)."""

    def __init__(self, client: Client, shelf: Shelf) -> None:
        self._client = client
        self._shelf = shelf
        access = client.sender.access
        self._shop = (access.base_url, access.app.app_key, access.remote_id)

    def _kept(self, what: Any, make: Callable[[], T]) -> T:
        return self._shelf.get((*self._shop, what), make)

    def learnt(self) -> Learnt:
        """What was asked so far; no call."""
        limits: dict[str, Limits] = {}
        for kind in Kind if self._shelf.peek((*self._shop, "tree")) else ():
            known = self._shelf.peek((*self._shop, ("limits", self.category_of_kind(kind))))
            if known is not None:
                limits[kind.value] = known
        carried: ShippingChannels | None = self._shelf.peek((*self._shop, "shipping"))
        return Learnt(limits=limits, shipping=carried.logistics_channel_list if carried else None)

    def leaves(self) -> dict[int, Category]:
        """Categories a listing may stand in, by id."""
        language = self._client.settings.language
        tree = self._kept("tree", lambda: self._client.get(CategoryList, "product/get_category", language=language))
        return {row.category_id: row for row in tree.category_list if not row.has_children}

    def category_of_kind(self, kind: Kind) -> int | None:
        """The leaf whose name says our kind best, or None."""
        leaves = sorted(self.leaves().values(), key=lambda leaf: leaf.category_id)
        return next((leaf.category_id for word in _WORDS[kind] for leaf in leaves if word in _names(leaf)), None)

    def category(self, title: str, kind: Kind) -> int:
        """A leaf Shopee recommends for the title and our kind names too; else our kind's, else Shopee's first.

        The order of the recommendations is not documented, and they come for any title (SHP-015).
        Raises: RejectedError when there is no leaf at all.
        """
        recommended = self._kept(
            ("recommended", title),
            lambda: self._client.get(Recommended, "product/category_recommend", item_name=title),
        )
        leaves = self.leaves()
        offered = [number for number in recommended.category_id if number in leaves]
        agreed = [number for number in offered if any(word in _names(leaves[number]) for word in _WORDS[kind])]
        found = next(iter(agreed), None) or self.category_of_kind(kind) or next(iter(offered), None)
        if found is None:
            raise RejectedError(CHANNEL, "no_category", str(kind), user_key="shopee.category", field="kind")
        return found

    def limits(self, category_id: int | None) -> Limits:
        """Limits of a listing in the category; the shop's general ones for None."""
        return self._kept(
            ("limits", category_id),
            lambda: self._client.get(Limits, "product/get_item_limit", category_id=category_id),
        )

    def new_mandatory_attributes(self, category_id: int) -> tuple[Attribute, ...]:
        """As `mandatory_attributes`, asked anew: a refusal has just said that they changed."""
        self._shelf.forget((*self._shop, ("attributes", category_id)))
        return self.mandatory_attributes(category_id)

    def mandatory_attributes(self, category_id: int) -> tuple[Attribute, ...]:
        """Attributes a listing in the category must carry."""
        settings = self._client.settings
        ids = json.dumps([category_id]) if settings.category_list == "json" else str(category_id)
        trees = self._kept(
            ("attributes", category_id),
            lambda: self._client.get(
                AttributeTrees, "product/get_attribute_tree", category_id_list=ids, language=settings.language
            ),
        )
        rows = (row for tree in trees.list_ if tree.category_id == category_id for row in tree.attribute_tree)
        return tuple(row for row in rows if row.mandatory)

    def shipping(self, size: Size) -> tuple[ShippingChannel, ...]:
        """Channels buyers see that carry a parcel of this size and need no fee of our own."""
        answer = self._kept("shipping", lambda: self._client.get(ShippingChannels, "logistics/get_channel_list"))
        return carrying(answer.logistics_channel_list, size)


def carrying(channels: Iterable[ShippingChannel], size: Size) -> tuple[ShippingChannel, ...]:
    """Channels switched on, not behind a mask, that take the weight and the sides.

    A CUSTOM_PRICE channel wants a shipping fee, which the catalogue does not say.
    """
    return tuple(
        channel
        for channel in channels
        if channel.enabled and not channel.mask_channel_id and channel.fee_type != "CUSTOM_PRICE"
        if _weight_fits(channel, size) and _sides_fit(channel, size)
        if channel.fee_type != "SIZE_SELECTION" or channel.size_list
    )


def _weight_fits(channel: ShippingChannel, size: Size) -> bool:
    limit, weight_kg = channel.weight_limit, size.weight_g / 1000
    if limit is None:
        return True
    return (limit.item_min_weight or 0) <= weight_kg <= (limit.item_max_weight or weight_kg)


def _sides_fit(channel: ShippingChannel, size: Size) -> bool:
    limit = channel.item_max_dimension
    if limit is None:
        return True
    sides_cm = [size.length_mm / 10, size.width_mm / 10, size.height_mm / 10]
    most = [limit.length, limit.width, limit.height]
    fits = all(side <= (largest or side) for side, largest in zip(sides_cm, most, strict=True))
    return fits and sum(sides_cm) <= (limit.dimension_sum or sum(sides_cm))


def _names(leaf: Category) -> str:
    return f"{leaf.display_category_name} {leaf.original_category_name}".lower()

"""The master catalogue: communities, makers, products and their variants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.money import Money

# What a SKU may look like. Lazada refuses " * ^ ~ < > / | \ ` in a seller SKU, Excel eats leading zeros and
# formulas, and people read codes aloud over the phone: capital letters, digits and dashes say enough.
SKU_PATTERN = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")


class Kind(StrEnum):
    """What a product is, in the words communities use; each connector maps it to a category of its channel."""

    CHILI_PASTE = "chili_paste"
    SNACK = "snack"
    BAKERY = "bakery"
    DESSERT = "dessert"
    BEVERAGE = "beverage"
    RICE_GRAIN = "rice_grain"
    FRESH_PRODUCE = "fresh_produce"
    HERB = "herb"
    SOAP = "soap"
    CLOTHING = "clothing"
    FABRIC = "fabric"
    BAG = "bag"
    BASKETRY = "basketry"
    HOME_CRAFT = "home_craft"


@dataclass(frozen=True, slots=True)
class Community:
    """The tenant: a village group with one catalogue. `id` is a short name used in keys and addresses."""

    id: str
    name_th: str
    group_th: str
    province_th: str
    province_en: str
    region: str
    women_led: bool | None = None


@dataclass(frozen=True, slots=True)
class Maker:
    """A person or household whose work a product is; `id` is unique in the community."""

    id: str
    name_th: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One way variants differ ("สี"), with its options in display order. A product has at most two."""

    name_th: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """The smallest sellable unit. `options` names one option per axis of its product, in axis order.

    A bundle has `components` (SKU, units in one bundle): it has no stock row of its own.
    """

    sku: str
    price: Money
    options: tuple[str, ...] = ()
    buffer: int = 0
    components: tuple[tuple[str, int], ...] = ()

    @property
    def is_bundle(self) -> bool:
        """True when it is made of other SKUs."""
        return bool(self.components)


@dataclass(frozen=True, slots=True)
class Size:
    """The packed parcel of one unit: grams and millimetres."""

    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class Product:
    """What a buyer recognises. `code` is unique in the community and is the parent seller SKU on channels.

    `photos` are content keys (hex SHA-256 of the file) in display order. `version` rises with every edit.
    """

    community: str
    code: str
    kind: Kind
    title_th: str
    title_en: str
    description_th: str
    description_en: str
    maker: str
    size: Size
    variants: tuple[Variant, ...]
    axes: tuple[Axis, ...] = ()
    photos: tuple[str, ...] = ()
    on_sale: bool = True
    version: int = 0
    updated_at: datetime | None = None

    @property
    def skus(self) -> tuple[str, ...]:
        """Its SKUs in catalogue order."""
        return tuple(variant.sku for variant in self.variants)

    def variant(self, sku: str) -> Variant:
        """The variant with this SKU. Raises: KeyError when the product has none."""
        for variant in self.variants:
            if variant.sku == sku:
                return variant
        raise KeyError(sku)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All products of one community with what stands on its shelf."""

    community: Community
    products: tuple[Product, ...]
    on_hand: Mapping[str, int] = field(default_factory=dict)
    makers: tuple[Maker, ...] = ()

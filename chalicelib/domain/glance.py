"""Products at a glance: what a list of them is searched, filtered and counted by, and never what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.catalogue import Product


@dataclass(frozen=True, slots=True)
class GlanceSku:
    """One variant in its product's order; `said` are its options. A bundle has no stock of its own."""

    sku: str
    said: str = ""
    is_bundle: bool = False

    @property
    def words(self) -> str:
        """What it is found by beside its product's words."""
        return f"{self.sku.lower()} {self.said}"


@dataclass(frozen=True, slots=True)
class Glance:
    """One product; `said` is its code and titles in small letters."""

    code: str
    version: int
    on_sale: bool
    said: str
    skus: tuple[GlanceSku, ...] = ()

    @property
    def words(self) -> str:
        """What it is found by: code, titles and SKUs."""
        return " ".join((self.said, *(one.sku.lower() for one in self.skus)))


@dataclass(frozen=True, slots=True)
class Told:
    """How a product stood in one shop after the last work there.

    `tone` is ok, wait, off or bad; `version` the product's, as that work knew it; `offers` those that were in the shop.
    """

    tone: str
    version: int
    offers: int


@dataclass(frozen=True, slots=True)
class ShopGlance:
    """One shop: product code -> how it stood. `is_whole` after work over the whole shop."""

    told: Mapping[str, Told] = field(default_factory=dict)
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class CommunityGlance:
    """Every product of a community by code, and each of its shops that was worked on."""

    products: Mapping[str, Glance]
    shops: Mapping[str, ShopGlance]

    def tone(self, shop_id: str, code: str) -> str:
        """How the product stands in a shop that is open, as far as is known without a look at it.

        What was edited since is still to be sent, and what was never told is not there yet.
        """
        one, shop = self.products[code], self.shops.get(shop_id, ShopGlance())
        told = shop.told.get(code)
        if told is None:
            return "wait" if one.on_sale else "off"
        if told.version == one.version or told.tone == "bad":
            return told.tone
        return "off" if told.tone == "off" and not one.on_sale else "wait"


def glance_of(product: Product) -> Glance:
    """What a list finds this product by."""
    words = (product.code, product.title_th, product.title_en)
    skus = tuple(GlanceSku(one.sku, " ".join(one.options).lower(), one.is_bundle) for one in product.variants)
    return Glance(product.code, product.version, product.on_sale, " ".join(words).lower(), skus)

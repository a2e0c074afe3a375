"""The 17 sample communities and their products, read from `data/`; facts and fiction kept apart.

`data/communities.json` holds facts (names, provinces, kinds) with their source. `data/<id>.toml` holds products
written for practice: every title, price and maker in it is made up, and every description says so.
"""

from __future__ import annotations

import json
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product as every_combination
from pathlib import Path
from typing import Any

from chalicelib.domain.catalogue import Axis, Catalogue, Community, Kind, Maker, Product, Size, Variant
from chalicelib.domain.money import Money

DATA = Path(__file__).parent / "data"
SAMPLE_TH, SAMPLE_EN = "สินค้าตัวอย่าง", "Sample product"
_LEAST_UNITS, _MOST_UNITS = 3, 60


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of an axis: the letters its SKU ends with, its word, and what it adds to the price in baht."""

    suffix: str
    word_th: str
    extra_baht: int


@dataclass(frozen=True, slots=True)
class Picture:
    """One photo to draw: its file name and the arguments of `drawing.photo`."""

    file: str
    draw: str
    seed: str
    caption_th: str
    option: str = ""


@cache
def communities() -> tuple[Community, ...]:
    """The 17 communities of the programme, in the order of their source."""
    facts = json.loads((DATA / "communities.json").read_text("utf-8"))
    return tuple(
        Community(
            id=one["slug"],
            name_th=one["shop_th"],
            group_th=one["group_th"],
            province_th=one["province_th"],
            province_en=one["province_en"],
            region=one["region"],
            women_led=one["women_led"],
        )
        for one in facts["communities"]
    )


def community(slug: str) -> Community:
    """The community with this id. Raises: LookupError when it is none of the 17."""
    for one in communities():
        if one.id == slug:
            return one
    raise LookupError(f"no sample community called {slug!r}")


@cache
def catalogue(slug: str) -> Catalogue:
    """Its sample catalogue with stock. `photos` of the products are file names, not content keys."""
    owner, data = community(slug), _data(slug)
    products = tuple(_product(owner, data["prefix"], one) for one in data["product"])
    makers = tuple(Maker(f"{data['prefix']}-M{number}", name) for number, name in enumerate(data["makers"], start=1))
    on_hand = {sku: _units(sku) for product in products for sku in product.skus}
    return Catalogue(owner, products, on_hand, makers)


def pictures(slug: str) -> tuple[Picture, ...]:
    """The photos of all its products: one each, and a second one for products with variations."""
    data = _data(slug)
    return tuple(picture for one in data["product"] for picture in _pictures(data["prefix"], one))


@cache
def _data(slug: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{community(slug).id}.toml").read_text("utf-8"))


def _product(owner: Community, prefix: str, raw: Mapping[str, Any]) -> Product:
    code = f"{prefix}-{raw['code']}"
    weight_g, length_cm, width_cm, height_cm = raw["box"]
    axes = _axes(raw)
    return Product(
        community=owner.id,
        code=code,
        kind=Kind(raw["kind"]),
        title_th=raw["th"],
        title_en=raw["en"],
        description_th=f"{raw['text_th']}\n\n{SAMPLE_TH}",
        description_en=f"{raw['text_en']}\n\n{SAMPLE_EN}",
        maker=f"{prefix}-M{raw['maker'] + 1}",
        size=Size(weight_g, length_cm * 10, width_cm * 10, height_cm * 10),
        variants=tuple(_variants(code, raw["price"], [choices for _, choices in axes])),
        axes=tuple(Axis(name, tuple(choice.word_th for choice in choices)) for name, choices in axes),
        photos=tuple(picture.file for picture in _pictures(prefix, raw)),
    )


def _axes(raw: Mapping[str, Any]) -> list[tuple[str, list[Choice]]]:
    return [(name, [_choice(text) for text in texts]) for name, *texts in raw.get("axes", [])]


def _choice(text: str) -> Choice:
    """`RED:แดง+30` is a suffix, a word and 30 baht more."""
    suffix, word = text.split(":", 1)
    word, _, extra = word.partition("+")
    return Choice(suffix, word, int(extra or 0))


def _variants(code: str, price_baht: int, axes: Sequence[Sequence[Choice]]) -> Iterator[Variant]:
    for choices in every_combination(*axes):
        yield Variant(
            sku="-".join([code, *(choice.suffix for choice in choices)]),
            price=Money.parse(price_baht + sum(choice.extra_baht for choice in choices)),
            options=tuple(choice.word_th for choice in choices),
        )


def _units(sku: str) -> int:
    """A plausible number on the shelf, always the same for the same SKU."""
    return _LEAST_UNITS + zlib.crc32(sku.encode()) % (_MOST_UNITS - _LEAST_UNITS + 1)


def _pictures(prefix: str, raw: Mapping[str, Any]) -> Iterator[Picture]:
    code = f"{prefix}-{raw['code']}"
    yield Picture(f"{code}-1.jpg", raw["draw"], code, raw["th"])
    axes = _axes(raw)
    if axes:
        yield Picture(f"{code}-2.jpg", raw["draw"], code, raw["th"], option=axes[0][1][-1].suffix)

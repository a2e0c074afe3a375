"""A product workbook as typed rows, each with the place it came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.domain.catalogue import Kind, Maker, Size
from chalicelib.domain.import_problems import Place, Problem
from chalicelib.domain.money import Money


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product. None, or no photos, means the cell was empty: what is stored stays.

    `photos` are file names as written until the photo files were checked, content keys after.
    """

    at: Place
    code: str
    kind: Kind
    title_th: str
    size: Size
    title_en: str | None = None
    description_th: str | None = None
    description_en: str | None = None
    maker: str | None = None
    photos: tuple[str, ...] = ()
    on_sale: bool | None = None
    axes: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One SKU of the product `product`. `on_hand` is a count a person made, None when not counted."""

    at: Place
    product: str
    sku: str
    price: Money
    options: tuple[str, str] = ("", "")
    on_hand: int | None = None
    buffer: int | None = None


@dataclass(frozen=True, slots=True)
class MakerRow:
    at: Place
    maker: Maker


@dataclass(frozen=True, slots=True)
class Sighting:
    """A code met on a row, readable or not, so that duplicates and orphans are found beside other mistakes."""

    text: str
    at: Place
    product: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything a workbook said. Rows with a problem are in `problems` and in the sightings only."""

    products: tuple[ProductRow, ...] = ()
    variants: tuple[VariantRow, ...] = ()
    makers: tuple[MakerRow, ...] = ()
    codes_seen: tuple[Sighting, ...] = ()
    skus_seen: tuple[Sighting, ...] = ()
    makers_seen: tuple[Sighting, ...] = ()
    problems: tuple[Problem, ...] = ()

    def variants_of(self, code: str) -> tuple[VariantRow, ...]:
        """Its readable variant rows, in the order written."""
        return tuple(row for row in self.variants if row.product == code)


def plain(text: str) -> str:
    """The text as a cell can hold it: one kind of line end, no control characters, nothing around it.

    >>> plain("  น้ำพริก\\r\\nหมู\\x00 ")
    'น้ำพริก\\nหมู'
    """
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in lines if one in "\n\t" or unicodedata.category(one) != "Cc").strip()


def in_sheet_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems once each, whole-file ones first, then by sheet as met, row and column."""
    unique = list(dict.fromkeys(problems))
    sheets = list(dict.fromkeys(one.sheet for one in unique))
    return tuple(sorted(unique, key=lambda p: (not p.fatal, sheets.index(p.sheet), p.row, len(p.column), p.column)))

"""One workbook row, checked cell by cell; each error names a text of `domain.import_problems`."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from chalicelib.domain.catalogue import SKU_PATTERN, Kind, Maker, Size
from chalicelib.domain.import_problems import Place
from chalicelib.domain.import_rows import MakerRow, ProductRow, VariantRow, plain
from chalicelib.domain.money import Money
from chalicelib.domain.spreadsheets import runs
from chalicelib.sync.workbook_layout import KIND_TH, NO, YES, folded, kind_called

MAX_TITLE_CHARACTERS = 255
MAX_DESCRIPTION_CHARACTERS = 5000
MAX_PHOTOS = 8  # Lazada takes 8, Shopee 9
MAX_UNITS = 1_000_000
MAX_PRICE_BAHT = 10_000_000
MAX_WEIGHT_G = 100_000
MAX_SIDE_CM = 300
_EMPTY_ON_PURPOSE = "-"


def _wrong(key: str, **words: object) -> PydanticCustomError:
    return PydanticCustomError(key, key, dict(words))


def cell_text(value: object) -> str:
    """A cell's value as text: 1001.0 becomes "1001". Raises: a pydantic error for a date."""
    if isinstance(value, datetime | date | time):
        raise _wrong("date_not_text")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return plain(unescaped(str(value)))


def escaped(text: str) -> str:
    """The text with an apostrophe before it when a spreadsheet could take it for a formula.

    >>> escaped("=1+1"), escaped("ชา"), unescaped(escaped("'-x"))
    ("'=1+1", 'ชา', "'-x")
    """
    return f"'{text}" if runs(text.lstrip("'")) else text


def unescaped(text: str) -> str:
    """The text as it was before `escaped`."""
    return text[1:] if text.startswith("'") and escaped(text[1:]) == text else text


def _text(limit: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        text = cell_text(value)
        if len(text) > limit:
            raise _wrong("too_long", limit=limit, length=len(text))
        return text

    return check


def _clearable(limit: int) -> Callable[[object], str]:
    def check(value: object) -> str:
        text = _text(limit)(value)
        return "" if text == _EMPTY_ON_PURPOSE else text

    return check


def _code(value: object) -> str:
    text = cell_text(value)
    if not SKU_PATTERN.fullmatch(text):
        raise _wrong("bad_code")
    return text


def _kind(value: object) -> Kind:
    kind = kind_called(str(value))
    if kind is None:
        raise _wrong("unknown_kind", kinds_th=", ".join(KIND_TH.values()), kinds_en=", ".join(Kind))
    return kind


def _yes_no(value: object) -> bool:
    said = folded(cell_text(value))
    if said not in YES | NO:
        raise _wrong("bad_yes_no")
    return said in YES


def _number(value: object, key: str, **words: object) -> Decimal:
    """The cell as a number; text such as "1,290" counts, Thai digits too. Excel's float noise is rounded off."""
    if isinstance(value, bool | datetime | date | time):
        raise _wrong(key, **words)
    try:
        number = Decimal(repr(round(value, 8)) if isinstance(value, float) else cell_text(value).replace(",", ""))
    except InvalidOperation:
        raise _wrong(key, **words) from None
    if not number.is_finite():
        raise _wrong(key, **words)
    return number


def _price(value: object) -> Money:
    baht = _number(value, "price_not_number")
    if baht < 1:
        raise _wrong("price_too_low")
    if baht > MAX_PRICE_BAHT:
        raise _wrong("price_too_high", limit=f"{MAX_PRICE_BAHT:,}")
    try:
        return Money.parse(baht)
    except ValueError:
        raise _wrong("price_too_fine") from None


def _whole(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        number = _number(value, "not_whole")
        if number != number.to_integral_value():
            raise _wrong("not_whole")
        if number < 0:
            raise _wrong("below_zero")
        if not least <= number <= most:
            raise _wrong("out_of_range", least=least, most=f"{most:,}")
        return int(number)

    return check


def _millimetres(value: object) -> int:
    centimetres = _number(value, "bad_size", most=MAX_SIDE_CM)
    if not 0 < centimetres <= MAX_SIDE_CM or centimetres != round(centimetres, 1):
        raise _wrong("bad_size", most=MAX_SIDE_CM)
    return int(centimetres * 10)


def _photo_names(value: object) -> tuple[str, ...]:
    parts = re.split(r"[,;\n]", cell_text(value))
    names = tuple(dict.fromkeys(name for part in parts if (name := part.strip())))
    if len(names) > MAX_PHOTOS:
        raise _wrong("too_many_photos", limit=MAX_PHOTOS)
    return names


def _refused(value: object) -> None:
    raise _wrong("too_many_axes")


Code = Annotated[str, BeforeValidator(_code)]
Title = Annotated[str, BeforeValidator(_text(MAX_TITLE_CHARACTERS))]
Clearable = Annotated[str, BeforeValidator(_clearable(MAX_TITLE_CHARACTERS))]
Description = Annotated[str, BeforeValidator(_clearable(MAX_DESCRIPTION_CHARACTERS))]
Word = Annotated[str, BeforeValidator(_text(40))]
Units = Annotated[int, BeforeValidator(_whole(0, MAX_UNITS))]
Grams = Annotated[int, BeforeValidator(_whole(1, MAX_WEIGHT_G))]
Side = Annotated[int, BeforeValidator(_millimetres)]
Never = Annotated[None, BeforeValidator(_refused)]


class Cells(BaseModel, ABC):
    """One row's filled cells by field name; empty cells are left out before."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @abstractmethod
    def row(self, at: Place) -> Any:
        """The typed row of the domain."""


class ProductCells(Cells):
    code: Code
    kind: Annotated[Kind, BeforeValidator(_kind)]
    title_th: Title
    title_en: Clearable | None = None
    description_th: Description | None = None
    description_en: Description | None = None
    maker: Word | None = None
    weight_g: Grams
    length_cm: Side
    width_cm: Side
    height_cm: Side
    photos: Annotated[tuple[str, ...], BeforeValidator(_photo_names)] = ()
    on_sale: Annotated[bool, BeforeValidator(_yes_no)] | None = None
    axis_1: Word = ""
    axis_2: Word = ""
    axis_3: Never = None

    def row(self, at: Place) -> ProductRow:
        """The typed row of the domain; the sides are millimetres by now."""
        size = Size(self.weight_g, self.length_cm, self.width_cm, self.height_cm)
        same = self.model_dump(exclude={"weight_g", "length_cm", "width_cm", "height_cm", "axis_1", "axis_2", "axis_3"})
        return ProductRow(at=at, size=size, axes=(self.axis_1, self.axis_2), **same)


class VariantCells(Cells):
    product: Code
    sku: Code
    option_1: Word = ""
    option_2: Word = ""
    option_3: Never = None
    price: Annotated[Money, BeforeValidator(_price)]
    on_hand: Units | None = None
    buffer: Units | None = None

    def row(self, at: Place) -> VariantRow:
        """The typed row of the domain."""
        options = (self.option_1, self.option_2)
        return VariantRow(at, self.product, self.sku, self.price, options, self.on_hand, self.buffer)


class MakerCells(Cells):
    id: Word
    name_th: Title

    def row(self, at: Place) -> MakerRow:
        """The typed row of the domain."""
        return MakerRow(at, Maker(self.id, self.name_th))

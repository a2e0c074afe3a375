"""The words of a product's form: title, description, kind, maker, parcel; read, checked, and what they would change."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation

from chalicelib.domain.catalogue import Kind, Product, Size

# A description of 5,000 Thai letters is 45 kB as a browser sends it; with the rest of the form 64 kB.
LONGEST = {"title_th": 255, "title_en": 255, "description_th": 5_000, "description_en": 5_000}
SIDES = ("length", "width", "height")
SIZES = ("weight_g", *(f"{side}_cm" for side in SIDES))
NAMES = (*LONGEST, "kind", "maker", *SIZES)
HEAVIEST_G, LONGEST_MM = 200_000, 5_000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9])?")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def fresh(product: Product) -> dict[str, str]:
    """Name -> text as it stands in the catalogue; sides in centimetres."""
    sides = {f"{side}_cm": _cm(getattr(product.size, f"{side}_mm")) for side in SIDES}
    return {
        **{name: getattr(product, name) for name in LONGEST},
        "kind": product.kind.value,
        "maker": product.maker,
        "weight_g": str(product.size.weight_g),
        **sides,
    }


def read(plain: Mapping[str, str], form: Mapping[str, str]) -> dict[str, str]:
    """Name -> text as typed; a field that did not come stands as in `plain`."""
    return {name: _tidy(form[name], name) if name in form else plain[name] for name in NAMES}


def check(
    plain: Mapping[str, str], typed: Mapping[str, str], makers: Collection[str]
) -> tuple[dict[str, object], dict[str, str]]:
    """Product field -> new value for what differs from `plain`, and name -> text key of what is wrong."""
    moved = {name: typed[name] for name in NAMES if typed[name] != plain[name]}
    errors = {name: wrong for name, text in moved.items() if (wrong := _wrong(name, text, makers))}
    found: dict[str, object] = {name: text for name, text in moved.items() if name in LONGEST or name == "maker"}
    if "kind" in moved and "kind" not in errors:
        found["kind"] = Kind(moved["kind"])
    if not errors.keys() & set(SIZES) and moved.keys() & set(SIZES):
        found["size"] = size_of(typed)
    return {name: value for name, value in found.items() if name not in errors}, errors


def size_of(typed: Mapping[str, str]) -> Size:
    """The parcel the texts say. Raises: ValueError for a text that is no number."""
    numbers = {name: typed[name].translate(_THAI_DIGITS) for name in SIZES}
    try:
        sides = (int(Decimal(numbers[f"{side}_cm"]) * 10) for side in SIDES)
        return Size(int(numbers["weight_g"]), *sides)
    except InvalidOperation as error:
        raise ValueError(str(error)) from None


def _wrong(name: str, text: str, makers: Collection[str]) -> str:
    if name in SIZES:
        return _wrong_size(name, text)
    if name == "kind":
        return "" if text in set(Kind) else "field.choose"
    if name == "maker":
        return "" if not text or text in makers else "field.choose"
    if not text and name == "title_th":
        return "field.needed"
    return "field.too_long" if len(text) > LONGEST[name] else ""


def _wrong_size(name: str, text: str) -> str:
    bare = text.translate(_THAI_DIGITS)
    if not bare:
        return "field.needed"
    if name == "weight_g":
        if not bare.isascii() or not bare.isdigit() or len(bare) > 9:
            return "field.not_whole"
        return "" if 0 < int(bare) <= HEAVIEST_G else "field.weight_out_of_range"
    if not _DECIMAL.fullmatch(bare):
        return "field.not_cm"
    return "" if 0 < Decimal(bare) * 10 <= LONGEST_MM else "field.side_out_of_range"


def _tidy(text: str, name: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not name.startswith("description"):
        plain = plain.replace("\n", " ")
    return _CONTROL.sub("", plain).strip()


def _cm(mm: int) -> str:
    return str(mm // 10) if mm % 10 == 0 else f"{mm / 10:.1f}"

"""Who changed what of a product: the words of one edit, and what it was before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.catalogue import Product, Variant


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing an edit changed: the field, the SKU when it is about one, and its texts before and after.

    Long words and photos are told by their fields alone: `was` and `to` hold at most 80 characters.
    """

    field: str
    was: str = ""
    to: str = ""
    sku: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of one product. `by` is the person's address, empty for work of ours.

    `version` is the product's afterwards; 0 for a count, which the ledger holds. `before` is the product as it was,
    which taking the edit back restores; None for a new product and for counts.
    """

    id: str
    community: str
    code: str
    at: datetime
    by: str
    moved: tuple[Moved, ...]
    version: int = 0
    before: Product | None = None
    undoes: str = ""

    def can_undo(self, now: Product) -> bool:
        """Whether the product still is what this edit made of it."""
        return self.before is not None and self.version == now.version


WORDS = ("title_th", "title_en", "description_th", "description_en", "kind", "maker")


def differences(before: Product, after: Product) -> tuple[Moved, ...]:
    """What differs between two states of a product, in the order of its form."""
    return tuple(_differences(before, after))


def _differences(before: Product, after: Product) -> Iterator[Moved]:
    for name in WORDS:
        was, to = str(getattr(before, name)), str(getattr(after, name))
        if was != to:
            yield Moved(name, _short(was), _short(to))
    if before.size != after.size:
        yield Moved("size", _size(before), _size(after))
    if before.photos != after.photos:
        yield Moved("photos", str(len(before.photos)), str(len(after.photos)))
    if before.axes != after.axes:
        yield Moved("axes", _axes(before), _axes(after))
    if before.on_sale != after.on_sale:
        yield Moved("on_sale", _yes(before.on_sale), _yes(after.on_sale))
    yield from _variants(before, after)


def _variants(before: Product, after: Product) -> Iterator[Moved]:
    was, now = ({one.sku: one for one in product.variants} for product in (before, after))
    for sku in [*was, *(sku for sku in now if sku not in was)]:
        if sku not in now:
            yield Moved("variant", _options(was[sku]), "", sku)
        elif sku not in was:
            yield Moved("variant", "", _options(now[sku]), sku)
        else:
            yield from _variant(was[sku], now[sku])


def _variant(was: Variant, now: Variant) -> Iterator[Moved]:
    if was.price != now.price:
        yield Moved("price", str(was.price), str(now.price), was.sku)
    if was.buffer != now.buffer:
        yield Moved("buffer", str(was.buffer), str(now.buffer), was.sku)
    if was.options != now.options:
        yield Moved("options", _options(was), _options(now), was.sku)
    if was.components != now.components:
        yield Moved("components", _recipe(was), _recipe(now), was.sku)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _size(product: Product) -> str:
    size = product.size
    return f"{size.weight_g} g, {size.length_mm} × {size.width_mm} × {size.height_mm} mm"


def _axes(product: Product) -> str:
    return _short("; ".join(f"{axis.name_th}: {', '.join(axis.options)}" for axis in product.axes))


def _options(variant: Variant) -> str:
    return " · ".join(variant.options) or variant.sku


def _recipe(variant: Variant) -> str:
    return ", ".join(f"{sku} × {units}" for sku, units in variant.components)


def _yes(value: bool) -> str:
    return "yes" if value else "no"

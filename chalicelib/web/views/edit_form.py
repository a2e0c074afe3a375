"""What a person typed into a product's form: read, checked, and what it would change."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.catalogue import Product
from chalicelib.domain.money import Money
from chalicelib.domain.ports import Stock
from chalicelib.domain.stock import Movement, StockLevel
from chalicelib.sync.desired import at_prices
from chalicelib.web.formatters import typed_money
from chalicelib.web.views import word_form

HIGHEST_PRICE = Money(99_999_900)
MOST_UNITS = 99_999
_EDIT = re.compile(r"[a-f0-9]{32}")
_WHOLE = re.compile(r"[0-9]{1,9}")
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it stands: texts as typed, and per field the text key of what is wrong with it.

    `prices` and `counts` map SKU -> text; `seen` maps SKU -> on hand when the form was made. `edit` names this
    edit, so that sending it twice counts once. `words` maps the names of `word_form` -> text.
    """

    version: int
    edit: str
    prices: Mapping[str, str]
    counts: Mapping[str, str]
    seen: Mapping[str, int]
    words: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form asks for: only what differs from the catalogue and from the count shown.

    `words` maps product field -> new value.
    """

    prices: Mapping[str, Money]
    counts: Mapping[str, int]
    words: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """True when nothing was changed."""
        return not self.prices and not self.counts and not self.words


def fresh(product: Product, levels: Mapping[str, StockLevel], edit: str) -> Typed:
    """The form before anybody typed."""
    on_hand = {sku: levels[sku].on_hand if sku in levels else 0 for sku in product.skus}
    prices = {variant.sku: typed_money(variant.price) for variant in product.variants}
    return Typed(
        product.version,
        edit,
        prices,
        {sku: str(units) for sku, units in on_hand.items()},
        on_hand,
        word_form.fresh(product),
    )


def read(product: Product, levels: Mapping[str, StockLevel], form: Mapping[str, str], edit: str) -> Typed:
    """The form as typed; a field that did not come stands as it is in the catalogue."""
    plain = fresh(product, levels, edit)
    return Typed(
        version=_number(form.get("version", ""), -1),
        edit=form["edit"] if _EDIT.fullmatch(form.get("edit", "")) else edit,
        prices={sku: form.get(f"price.{sku}", plain.prices[sku])[:20].strip() for sku in product.skus},
        counts={sku: form.get(f"count.{sku}", plain.counts[sku])[:20].strip() for sku in product.skus},
        seen={sku: _number(form.get(f"seen.{sku}", ""), plain.seen[sku]) for sku in product.skus},
        words=word_form.read(plain.words, form),
    )


def check(product: Product, typed: Typed, makers: Collection[str] = ()) -> tuple[Typed, Wanted]:
    """The form with its errors, and what it asks for where it could be read. `makers` are those there are."""
    words, errors = word_form.check(word_form.fresh(product), typed.words, makers)
    prices: dict[str, Money] = {}
    counts: dict[str, int] = {}
    for variant in product.variants:
        price, wrong = read_price(typed.prices[variant.sku])
        if wrong:
            errors[f"price.{variant.sku}"] = wrong
        elif price is not None and price != variant.price:
            prices[variant.sku] = price
        units, wrong = read_count(typed.counts[variant.sku])
        if wrong:
            errors[f"count.{variant.sku}"] = wrong
        elif units is not None and units != typed.seen[variant.sku]:
            counts[variant.sku] = units
    return replace(typed, errors=errors), Wanted(prices, counts, words)


def read_price(text: str) -> tuple[Money | None, str]:
    """The price typed, or the text key of what is wrong. Thai digits, commas and a baht sign are fine."""
    bare = text.translate(_THAI_DIGITS).replace("฿", "").replace("บาท", "").strip()
    if not bare:
        return None, "field.needed"
    try:
        price = Money.parse(bare)
    except ValueError:
        return None, "field.price_not_number"
    if price.minor < 100:
        return None, "field.price_too_low"
    return (price, "") if price <= HIGHEST_PRICE else (None, "field.price_too_high")


def read_count(text: str) -> tuple[int | None, str]:
    """The units typed, or the text key of what is wrong."""
    bare = text.translate(_THAI_DIGITS).replace(",", "").strip()
    if not bare:
        return None, "field.needed"
    if not _WHOLE.fullmatch(bare):
        return None, "field.not_whole"
    return (int(bare), "") if int(bare) <= MOST_UNITS else (None, "field.too_many")


def edited(product: Product, wanted: Wanted) -> Product:
    """The product as it would be with these prices and words."""
    changed: dict[str, Any] = dict(wanted.words)
    return at_prices(replace(product, **changed), wanted.prices)


def read_signed(text: str) -> int:
    """Units to add or take, as typed; 0 for what is no such number."""
    bare = text.translate(_THAI_DIGITS).replace(",", "").replace("−", "-").strip()
    sign, digits = (-1, bare[1:]) if bare[:1] == "-" else (1, bare.removeprefix("+"))
    units = int(digits) if _WHOLE.fullmatch(digits) else 0
    return sign * units if units <= MOST_UNITS else 0


def is_edit(text: str) -> bool:
    """Whether it is the name of an edit, as our forms carry one."""
    return bool(_EDIT.fullmatch(text))


class Counted:
    """The stock store as it would answer after these counts (SKU -> on hand); it writes nothing."""

    def __init__(self, stock: Stock, counts: Mapping[str, int]) -> None:
        self._stock = stock
        self._counts = counts

    def level(self, community_id: str, sku: str) -> StockLevel:
        return self._after(self._stock.level(community_id, sku))

    def levels(self, community_id: str, skus: Sequence[str]) -> dict[str, StockLevel]:
        found = self._stock.levels(community_id, skus)
        return {sku: self._after(found.get(sku, StockLevel(sku))) for sku in skus}

    def move(self, community_id: str, movement: Movement) -> StockLevel:
        raise RuntimeError("a preview moves nothing")

    def count(
        self, community_id: str, sku: str, on_hand: int, *, movement_id: str, because: str, at: datetime
    ) -> StockLevel:
        raise RuntimeError("a preview counts nothing")

    def movements(self, community_id: str, sku: str, limit: int = 50) -> tuple[Movement, ...]:
        return self._stock.movements(community_id, sku, limit)

    def movements_since(self, community_id: str, sku: str, since: datetime) -> tuple[Movement, ...]:
        return self._stock.movements_since(community_id, sku, since)

    def _after(self, level: StockLevel) -> StockLevel:
        return replace(level, on_hand=self._counts.get(level.sku, level.on_hand))


def _number(text: str, otherwise: int) -> int:
    return int(text) if _WHOLE.fullmatch(text) else otherwise

"""What an import of a product workbook would do to a catalogue; decides, writes nothing, deletes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from chalicelib.domain.catalogue import Axis, Catalogue, Maker, Product, Variant
from chalicelib.domain.import_checks import MAX_VARIANTS, broken_rules, hints
from chalicelib.domain.import_problems import Problem, problem
from chalicelib.domain.import_rows import ProductRow, Rows, VariantRow, in_sheet_order, plain

_COMPARED = ("kind", "title_th", "title_en", "description_th", "description_en", "maker", "on_sale")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one product, as text for a person; `field` of a variant reads "SKU: price"."""

    field: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class ChangedProduct:
    """The product as it will be (still with the version it was read at) and what differs."""

    product: Product
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class StockCount:
    """On hand of one SKU was this and becomes that, because a person counted."""

    sku: str
    was: int
    becomes: int


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What applying would write, and what stands in its way.

    `refused` holds every problem; products they hold back are in neither `created` nor `changed`. `missing` and
    `missing_skus` are in the catalogue and not in the workbook: reported, left alone.
    """

    created: tuple[Product, ...] = ()
    changed: tuple[ChangedProduct, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()
    missing_skus: tuple[str, ...] = ()
    hints: tuple[Problem, ...] = ()
    makers: tuple[Maker, ...] = ()
    counts: tuple[StockCount, ...] = ()

    @property
    def fatal(self) -> bool:
        """True when the file as a whole cannot be used, whatever the policy."""
        return any(one.fatal for one in self.refused)

    @property
    def writes_nothing(self) -> bool:
        """True when the catalogue already says what the workbook says."""
        return not (self.created or self.changed or self.makers or self.counts)


def plan_import(rows: Rows, catalogue: Catalogue) -> ImportPlan:
    """What importing these rows would do to this catalogue. Photos in `rows` are content keys by now.

    An empty cell leaves what is stored; a variant only the catalogue has stays in its product.
    """
    problems = [*rows.problems, *broken_rules(rows, catalogue)]
    if any(one.fatal for one in problems):
        return ImportPlan(refused=in_sheet_order(problems))
    stored = {product.code: product for product in catalogue.products}
    for row in rows.products:
        problems += _misfits(row, rows.variants_of(row.code), stored.get(row.code))
    held_back = {one.product for one in problems}
    good = [row for row in rows.products if row.code not in held_back]
    merged = [_merged(row, rows.variants_of(row.code), catalogue, stored.get(row.code)) for row in good]
    changes = {product.code: _changes(stored.get(product.code), product) for product in merged}
    old = [product for product in merged if product.code in stored]
    seen = {one.text for one in rows.codes_seen}
    return ImportPlan(
        created=tuple(product for product in merged if product.code not in stored),
        changed=tuple(ChangedProduct(one, changes[one.code]) for one in old if changes[one.code]),
        unchanged=tuple(one.code for one in old if not changes[one.code]),
        refused=in_sheet_order(problems),
        missing=tuple(code for code in sorted(stored) if code not in seen),
        missing_skus=_missing_skus(rows, stored),
        hints=in_sheet_order(hints(rows)),
        makers=_new_makers(rows, catalogue),
        counts=_counts(good, rows, catalogue),
    )


def _misfits(row: ProductRow, variants: Sequence[VariantRow], stored: Product | None) -> Iterator[Problem]:
    """Variants only the catalogue has must still fit beside those of the workbook."""
    kept = _kept(variants, stored)
    taken = {_used_options(row, variant): variant for variant in variants}
    for one in kept:
        if len(one.options) != _axis_count(row):
            yield problem("stored_variant_does_not_fit", row.at, "axis_1", row.axes[0], product=row.code, sku=one.sku)
        elif one.options in taken:
            words = " / ".join(one.options)
            place = taken[one.options].at
            yield problem(
                "same_options_as_stored",
                place,
                "option_1",
                words,
                product=row.code,
                options=words,
                sku=one.sku,
            )
    if len(kept) + len(variants) > MAX_VARIANTS >= len(variants):
        count = len(kept) + len(variants)
        yield problem(
            "too_many_variants",
            row.at,
            "code",
            row.code,
            product=row.code,
            limit=MAX_VARIANTS,
            count=count,
        )


def _merged(row: ProductRow, variants: Sequence[VariantRow], catalogue: Catalogue, stored: Product | None) -> Product:
    """The product as the row and the stored product together say it."""
    buffers = {one.sku: one.buffer for one in stored.variants} if stored else {}
    recipes = {one.sku: one.components for one in stored.variants} if stored else {}
    written = tuple(
        Variant(
            sku=one.sku,
            price=one.price,
            options=_used_options(row, one),
            buffer=buffers.get(one.sku, 0) if one.buffer is None else one.buffer,
            components=recipes.get(one.sku, ()),  # a workbook does not speak of bundles, and breaks none
        )
        for one in variants
    )
    all_variants = _in_stored_order(written, _kept(variants, stored), stored)
    base = stored or Product(
        community=catalogue.community.id,
        code=row.code,
        kind=row.kind,
        title_th="",
        title_en="",
        description_th="",
        description_en="",
        maker="",
        size=row.size,
        variants=(),
    )
    return replace(
        base,
        **_given(row, base),
        size=row.size,
        photos=row.photos or base.photos,
        variants=all_variants,
        axes=_axes(row, all_variants, base.axes),
    )


def _given(row: ProductRow, base: Product) -> dict[str, Any]:
    """The filled cells that say something else than `base`; blanks at the end of a text say nothing."""
    filled = {name: value for name in _COMPARED if (value := getattr(row, name)) is not None}
    return {
        name: value
        for name, value in filled.items()
        if not (isinstance(value, str) and plain(getattr(base, name)) == value)
    }


def _in_stored_order(
    written: tuple[Variant, ...], kept: tuple[Variant, ...], stored: Product | None
) -> tuple[Variant, ...]:
    """The rows' own order, unless the workbook left variants out: then stored places, new ones behind."""
    if not stored or not kept:
        return written
    place = {sku: number for number, sku in enumerate(stored.skus)}
    return tuple(sorted(written + kept, key=lambda one: place.get(one.sku, len(place))))


def _axes(row: ProductRow, variants: Sequence[Variant], stored: Sequence[Axis]) -> tuple[Axis, ...]:
    """Axes with their options: those stored keep their order, new ones follow as they were written."""
    axes = []
    for place in range(_axis_count(row)):
        used = dict.fromkeys(variant.options[place] for variant in variants)
        before = stored[place].options if place < len(stored) else ()
        ordered = [option for option in before if option in used]
        ordered += [option for option in used if option not in before]
        axes.append(Axis(row.axes[place], tuple(ordered)))
    return tuple(axes)


def _changes(stored: Product | None, product: Product) -> tuple[FieldChange, ...]:
    """What differs, field by field; nothing for a product that is new."""
    if stored is None:
        return ()
    pairs = [(name, getattr(stored, name), getattr(product, name)) for name in (*_COMPARED, "size", "photos")]
    pairs += [("axes", stored.axes, product.axes)]
    pairs += _variant_pairs(stored, product)
    return tuple(FieldChange(name, _said(was), _said(now)) for name, was, now in pairs if was != now)


def _variant_pairs(stored: Product, product: Product) -> list[tuple[str, object, object]]:
    before = {variant.sku: variant for variant in stored.variants}
    pairs: list[tuple[str, object, object]] = [("variants", stored.skus, product.skus)]
    for variant in product.variants:
        was = before.get(variant.sku)
        if was is not None:
            pairs += [
                (f"{variant.sku}: {name}", getattr(was, name), getattr(variant, name))
                for name in ("price", "options", "buffer")
            ]
    return pairs


def _said(value: object) -> str:
    """A field's value as a person reads it."""
    if isinstance(value, Axis):
        return f"{value.name_th}: {', '.join(value.options)}"
    if isinstance(value, tuple):
        return " / ".join(_said(one) for one in value)
    if hasattr(value, "weight_g"):
        return " ".join(f"{one.name}={getattr(value, one.name)}" for one in fields(value))  # type: ignore[arg-type]
    return str(value)


def _counts(good: Sequence[ProductRow], rows: Rows, catalogue: Catalogue) -> tuple[StockCount, ...]:
    bundles = {one.sku for product in catalogue.products for one in product.variants if one.is_bundle}
    counted = [
        (variant.sku, variant.on_hand)
        for row in good
        for variant in rows.variants_of(row.code)
        if variant.on_hand is not None and variant.sku not in bundles
    ]
    return tuple(
        StockCount(sku, catalogue.on_hand.get(sku, 0), units)
        for sku, units in counted
        if catalogue.on_hand.get(sku, 0) != units
    )


def _new_makers(rows: Rows, catalogue: Catalogue) -> tuple[Maker, ...]:
    refused = {one.at.row for one in rows.makers_seen if _times(rows, one.text) > 1}
    known = set(catalogue.makers)
    return tuple(row.maker for row in rows.makers if row.maker not in known and row.at.row not in refused)


def _times(rows: Rows, maker_id: str) -> int:
    return sum(one.text == maker_id for one in rows.makers_seen)


def _missing_skus(rows: Rows, stored: dict[str, Product]) -> tuple[str, ...]:
    seen = {one.text for one in rows.skus_seen}
    codes = {one.text for one in rows.codes_seen}
    skus = [sku for code in sorted(codes & stored.keys()) for sku in stored[code].skus]
    return tuple(sku for sku in skus if sku not in seen)


def _kept(variants: Sequence[VariantRow], stored: Product | None) -> tuple[Variant, ...]:
    written = {one.sku for one in variants}
    return tuple(one for one in stored.variants if one.sku not in written) if stored else ()


def _axis_count(row: ProductRow) -> int:
    return sum(bool(axis) for axis in row.axes)


def _used_options(row: ProductRow, variant: VariantRow) -> tuple[str, ...]:
    return variant.options[: _axis_count(row)]

"""Rules that need several rows, or the catalogue, to decide; every breach is found, none is repaired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from chalicelib.domain.catalogue import Catalogue
from chalicelib.domain.import_problems import Place, Problem, problem
from chalicelib.domain.import_rows import ProductRow, Rows, Sighting, VariantRow

MAX_VARIANTS = 50  # the lower of Shopee (50 models) and Lazada
HINT_TITLE_CHARACTERS = 5
HINT_DESCRIPTION_CHARACTERS = 60
HINT_PRICE_SPREAD = 5


def broken_rules(rows: Rows, catalogue: Catalogue) -> tuple[Problem, ...]:
    """Every breach of a rule between rows, or between a row and the catalogue."""
    found: list[Problem] = []
    if not rows.codes_seen and not any(one.fatal for one in rows.problems):
        found.append(problem("no_products", Place()))
    found += _duplicates(rows.codes_seen, "duplicate_code", "code")
    found += _duplicates(rows.skus_seen, "duplicate_sku", "sku")
    found += _duplicates(rows.makers_seen, "duplicate_maker", "id")
    found += _orphans(rows)
    found += _borrowed_skus(rows, catalogue)
    found += _unknown_makers(rows, catalogue)
    for row in rows.products:
        found += _wrong_variants(row, rows)
    return tuple(found)


def hints(rows: Rows) -> tuple[Problem, ...]:
    """What is allowed here and would be refused or look poor on a marketplace."""
    found: list[Problem] = []
    for row in rows.products:
        found += _product_hints(row)
        found += _price_hints(rows.variants_of(row.code))
    return tuple(found)


def _duplicates(seen: Sequence[Sighting], key: str, field: str) -> Iterator[Problem]:
    by_text: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in seen:
        by_text[sighting.text].append(sighting)
    for text, places in by_text.items():
        for one in places if len(places) > 1 else []:
            others = _row_numbers(other.at for other in places if other.at.row != one.at.row)
            yield problem(key, one.at, field, text, product=one.product, rows=others)


def _orphans(rows: Rows) -> Iterator[Problem]:
    codes = {one.text for one in rows.codes_seen}
    with_variants = {one.product for one in rows.skus_seen} | {row.product for row in rows.variants}
    for seen in rows.skus_seen:
        if seen.product and seen.product not in codes:
            yield problem("variant_without_product", seen.at, "product", seen.product, product=seen.product)
    for seen in rows.codes_seen:
        if seen.text not in with_variants:
            yield problem("product_without_variants", seen.at, "code", seen.text, product=seen.text)


def _borrowed_skus(rows: Rows, catalogue: Catalogue) -> Iterator[Problem]:
    owner = {sku: product.code for product in catalogue.products for sku in product.skus}
    for seen in rows.skus_seen:
        other = owner.get(seen.text, seen.product)
        if seen.product and other != seen.product:
            yield problem("sku_of_another_product", seen.at, "sku", seen.text, product=seen.product, other=other)


def _unknown_makers(rows: Rows, catalogue: Catalogue) -> Iterator[Problem]:
    known = sorted({row.maker.id for row in rows.makers} | {maker.id for maker in catalogue.makers})
    for row in rows.products:
        if row.maker is not None and row.maker not in known:
            yield problem("unknown_maker", row.at, "maker", row.maker, product=row.code, makers=", ".join(known) or "-")


def _wrong_variants(row: ProductRow, rows: Rows) -> Iterator[Problem]:
    variants = rows.variants_of(row.code)
    first, second = row.axes
    if second and not first:
        yield problem("axis_2_without_1", row.at, "axis_1", "", product=row.code)
        return
    if first and first == second:
        yield problem("same_axis_twice", row.at, "axis_2", second, product=row.code)
    if len(variants) > MAX_VARIANTS:
        yield problem(
            "too_many_variants",
            row.at,
            "code",
            row.code,
            product=row.code,
            limit=MAX_VARIANTS,
            count=len(variants),
        )
    if len(variants) > 1 and not first:
        yield problem("axis_needed", row.at, "axis_1", "", product=row.code)
    for variant in variants:
        yield from _wrong_options(row, variant)
    if first:
        yield from _repeated_options(row, variants)


def _wrong_options(row: ProductRow, variant: VariantRow) -> Iterator[Problem]:
    for number, (axis, option) in enumerate(zip(row.axes, variant.options, strict=True), start=1):
        if axis and not option:
            yield problem("option_missing", variant.at, f"option_{number}", "", product=row.code, axis=axis)
        if option and not axis:
            yield problem(
                "option_without_axis",
                variant.at,
                f"option_{number}",
                option,
                product=row.code,
                number=number,
            )


def _repeated_options(row: ProductRow, variants: Sequence[VariantRow]) -> Iterator[Problem]:
    by_options: dict[tuple[str, str], list[VariantRow]] = defaultdict(list)
    for variant in variants:
        by_options[variant.options].append(variant)
    for options, same in by_options.items():
        for one in same if len(same) > 1 else []:
            others = _row_numbers(other.at for other in same if other is not one)
            words = " / ".join(option for option in options if option)
            yield problem("same_options", one.at, "option_1", words, product=row.code, options=words, rows=others)


def _product_hints(row: ProductRow) -> Iterator[Problem]:
    if len(row.title_th) < HINT_TITLE_CHARACTERS:
        yield problem(
            "hint_title_short",
            row.at,
            "title_th",
            row.title_th,
            product=row.code,
            least=HINT_TITLE_CHARACTERS,
        )
    if len(row.description_th or "") < HINT_DESCRIPTION_CHARACTERS:
        yield problem(
            "hint_description_short",
            row.at,
            "description_th",
            row.description_th or "",
            product=row.code,
            least=HINT_DESCRIPTION_CHARACTERS,
        )
    if not row.photos:
        yield problem("hint_no_photo", row.at, "photos", product=row.code)
    if row.maker is None:
        yield problem("hint_no_maker", row.at, "maker", product=row.code)


def _price_hints(variants: Sequence[VariantRow]) -> Iterator[Problem]:
    for row in variants:
        if not row.price.is_whole:
            yield problem("hint_satang", row.at, "price", row.price, product=row.product)
    prices = sorted(row.price.minor for row in variants)
    if prices and prices[-1] > prices[0] * HINT_PRICE_SPREAD:
        dearest = max(variants, key=lambda row: row.price.minor)
        yield problem(
            "hint_price_spread",
            dearest.at,
            "price",
            dearest.price,
            product=dearest.product,
            times=HINT_PRICE_SPREAD,
        )


def _row_numbers(places: Iterable[Place]) -> str:
    return ", ".join(str(place.row) for place in places)

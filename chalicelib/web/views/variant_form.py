"""The grid of a product's variants: read, checked, and the product it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chalicelib.domain.catalogue import SKU_PATTERN, Axis, Product, Variant
from chalicelib.domain.money import Money
from chalicelib.web.formatters import typed_money
from chalicelib.web.views import edit_form

MOST_AXES, NEW_ROWS, MOST_VARIANTS = 2, 3, 50
LONGEST_OPTION = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One row as typed; `name` is what its fields are called after: the SKU, or new.1 for one to be added."""

    name: str
    sku: str
    options: tuple[str, ...]
    price: str
    buffer: str
    removed: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the catalogue does not have it yet."""
        return self.name.startswith("new.")


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole form as typed, with text keys of what is wrong by field id."""

    axes: tuple[str, ...]
    rows: tuple[Row, ...]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def staying(self) -> tuple[Row, ...]:
        """Rows that make the product: not taken away, and new ones only with a SKU."""
        return tuple(row for row in self.rows if not row.removed and row.sku)

    @property
    def named_axes(self) -> int:
        """How many axes have a name; the second counts only after the first."""
        return next((number for number, name in enumerate(self.axes) if not name), len(self.axes))


def values(grid: Grid) -> dict[str, str]:
    """Field id -> what stands in it."""
    found = {f"axis.{number}": name for number, name in enumerate(grid.axes, 1)}
    for row in grid.rows:
        found |= {f"option.{number}.{row.name}": option for number, option in enumerate(row.options, 1)}
        found |= {f"price.{row.name}": row.price, f"buffer.{row.name}": row.buffer}
    return found


def fresh(product: Product) -> Grid:
    """The grid as it stands, with a few empty rows to add."""
    axes = tuple(axis.name_th for axis in product.axes[:MOST_AXES])
    rows = [_row(one.sku, one.sku, one.options, typed_money(one.price), str(one.buffer)) for one in product.variants]
    rows += [_row(f"new.{number}", "", (), "", "0") for number in range(1, NEW_ROWS + 1)]
    return Grid((*axes, *[""] * (MOST_AXES - len(axes))), tuple(rows))


def read(product: Product, form: Mapping[str, str]) -> Grid:
    """The grid as typed; a field that did not come stands as in the catalogue."""
    plain = fresh(product)

    def said(name: str, otherwise: str) -> str:
        return form.get(name, otherwise)[:LONGEST_OPTION].strip()

    axes = tuple(said(f"axis.{number}", name) for number, name in enumerate(plain.axes, 1))
    rows = tuple(
        Row(
            row.name,
            said(f"sku.{row.name}", "").upper() if row.is_new else row.sku,
            tuple(said(f"option.{number}.{row.name}", option) for number, option in enumerate(row.options, 1)),
            said(f"price.{row.name}", row.price),
            said(f"buffer.{row.name}", row.buffer),
            form.get(f"remove.{row.name}") == "yes",
        )
        for row in plain.rows
    )
    return Grid(axes, rows)


def check(product: Product, grid: Grid) -> tuple[Grid, Product]:
    """The grid with its errors, and the product it makes where there are none."""
    errors: dict[str, str] = {}
    if not grid.staying:
        errors[f"remove.{grid.rows[0].name}"] = "variants.one_is_needed"
    if len(grid.staying) > 1 and not grid.named_axes:
        errors["axis.1"] = "variants.axis_needed"
    if len(set(grid.axes[: grid.named_axes])) < grid.named_axes:
        errors["axis.2"] = "field.twice"
    made = [_variant(product, grid, row, errors) for row in grid.staying]
    _refuse_twins(grid, errors)
    if errors:
        return replace(grid, errors=errors), product
    variants = tuple(one for one in made if one)
    return grid, replace(product, axes=_axes(grid, variants), variants=variants)


def _variant(product: Product, grid: Grid, row: Row, errors: dict[str, str]) -> Variant | None:
    price, wrong_price = edit_form.read_price(row.price)
    buffer, wrong_buffer = edit_form.read_count(row.buffer or "0")
    options = row.options[: grid.named_axes]
    if wrong_price:
        errors[f"price.{row.name}"] = wrong_price
    if wrong_buffer:
        errors[f"buffer.{row.name}"] = wrong_buffer
    if row.is_new and not SKU_PATTERN.fullmatch(row.sku):
        errors[f"sku.{row.name}"] = "field.code_wrong"
    for number, option in enumerate(options, 1):
        if not option:
            errors[f"option.{number}.{row.name}"] = "variants.options_needed"
    before = {one.sku: one for one in product.variants}.get(row.sku)
    plain = before or Variant(row.sku, Money(0))
    return replace(plain, price=price or plain.price, buffer=buffer or 0, options=options)


def _refuse_twins(grid: Grid, errors: dict[str, str]) -> None:
    skus: set[str] = set()
    options: set[tuple[str, ...]] = set()
    for row in grid.staying:
        chosen = row.options[: grid.named_axes]
        if row.sku in skus:
            errors[f"sku.{row.name}"] = "field.twice"
        if grid.named_axes and chosen in options:
            errors.setdefault(f"option.1.{row.name}", "variants.same_options")
        skus.add(row.sku)
        options.add(chosen)


def _axes(grid: Grid, variants: tuple[Variant, ...]) -> tuple[Axis, ...]:
    """Axes with their options in the order in which the rows name them."""
    return tuple(
        Axis(name, tuple(dict.fromkeys(one.options[place] for one in variants)))
        for place, name in enumerate(grid.axes[: grid.named_axes])
    )


def _row(name: str, sku: str, options: tuple[str, ...], price: str, buffer: str) -> Row:
    return Row(name, sku, (*options, *[""] * (MOST_AXES - len(options)))[:MOST_AXES], price, buffer)

"""The page of a product's variants: axes, rows added and taken away, prices; looked at first, then saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chalicelib.domain.bundles import BundleError
from chalicelib.domain.catalogue import Community, Product
from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.history import Moved, differences
from chalicelib.sync.edit_catalogue import save_product
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views import variant_form
from chalicelib.web.views.hints import Hint, hints_of
from chalicelib.web.views.product import asked
from chalicelib.web.views.product_view import new_edit
from chalicelib.web.views.standing import Latest, facts_of, shops_of
from chalicelib.web.views.variant_form import Grid
from chalicelib.web.visits import Visit


@dataclass(frozen=True, slots=True)
class VariantsView:
    """The grid, and once somebody looked: what saving it changes, and what shops would refuse of it.

    `stale` says that somebody else saved first: `now` then has what stands there now, by field id, where it is
    another value than the typed one.
    """

    product: Product
    grid: Grid
    moved: tuple[Moved, ...] = ()
    hints: tuple[Hint, ...] = ()
    shops: int = 0
    stale: bool = False
    now: Mapping[str, str] = field(default_factory=dict)


def variants(visit: Visit, services: Services) -> Answer:
    """The grid as it stands."""
    community, item = asked(visit, services)
    return _page(visit, community, VariantsView(item, variant_form.fresh(item)))


def change_variants(visit: Visit, services: Services) -> Answer:
    """The step decides: look at what would change, or save it. 422 says what is wrong beside its field.

    When the product was edited since the form was made, it comes back as typed, over what stands now (409).
    """
    community, item = asked(visit, services)
    if visit.form.get("version") != str(item.version):
        return _stale(visit, community, item)
    grid, after = variant_form.check(item, variant_form.read(item, visit.form))
    if not grid.errors:
        grid = replace(grid, errors=_taken(services, community, item, grid))
    if grid.errors:
        return _page(visit, community, VariantsView(item, grid), 422)
    if visit.form.get("step") != "save":
        store = services.store
        facts = facts_of(store, shops_of(store, community.id), [item, after], Latest(store, community.id))
        hints = tuple(one for one in hints_of(services, facts, after) if one.place and one.place != "photos")
        return _page(visit, community, VariantsView(item, grid, differences(item, after), hints, len(facts)))
    try:
        save_product(services.store, services.queues, item, after, edit=new_edit(), at=visit.now, by=visit.email)
    except StaleWriteError:
        return _stale(visit, community, services.store.catalogues.product(community.id, item.code))
    except BundleError:
        wrong = {f"remove.{row.name}": "variants.in_bundle" for row in grid.rows if row.removed}
        return _page(visit, community, VariantsView(item, replace(grid, errors=wrong)), 422)
    return redirect(visit.url(f"/c/{community.id}/products/{item.code}?done=variants"))


def _stale(visit: Visit, community: Community, item: Product) -> Answer:
    """What was typed, kept, beside what the catalogue says now; saving it is then a decision."""
    typed, standing = variant_form.read(item, visit.form), variant_form.fresh(item)
    was, now = variant_form.values(typed), variant_form.values(standing)
    other = {name: value for name, value in now.items() if value != was.get(name) and "new." not in name}
    return _page(visit, community, VariantsView(item, typed, stale=True, now=other), 409)


def _taken(services: Services, community: Community, item: Product, grid: Grid) -> dict[str, str]:
    """SKUs of other products, and rows that cannot go: units would be lost, or a bundle is made of them."""
    store, errors = services.store, {}
    for row in grid.staying:
        if row.is_new and (row.sku in item.skus or store.catalogues.products_of(community.id, [row.sku])):
            errors[f"sku.{row.name}"] = "field.code_taken"
    gone = [row for row in grid.rows if row.removed and not row.is_new]
    levels = store.stock.levels(community.id, [row.sku for row in gone]) if gone else {}
    used = store.catalogues.bundles_using(community.id, [row.sku for row in gone]) if gone else {}
    for row in gone:
        level = levels.get(row.sku)
        if row.sku in used:
            errors[f"remove.{row.name}"] = "variants.in_bundle"
        elif level and (level.on_hand or level.reserved):
            errors[f"remove.{row.name}"] = "field.stock_left"
    return errors


def _page(visit: Visit, community: Community, view: VariantsView, status: int = 200) -> Answer:
    return page(visit, "variants", view, community=community, tab="products", status=status)

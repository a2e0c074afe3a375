"""Counting many SKUs fast, and what moved one of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from chalicelib.domain.catalogue import SKU_PATTERN, Community, Product, Variant
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Store
from chalicelib.domain.stock import Movement, StockError, StockLevel
from chalicelib.sync.edit_catalogue import adjust_stock, count_stock
from chalicelib.sync.why import Why, why
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views import edit_form
from chalicelib.web.views.product_view import new_edit
from chalicelib.web.visits import Visit, whole

PER_PAGE = 30
REASONS = ("made_more", "found", "damaged", "given", "sold_elsewhere", "lost")
logger = logging.getLogger("pinto.web")


@dataclass(frozen=True, slots=True)
class StockRow:
    """One SKU on the counting page: what there is, what was typed, what is wrong (a text key).

    `moved` says that the number changed while somebody counted; what was typed is kept and not saved.
    """

    product: Product
    variant: Variant
    level: StockLevel
    typed: str = ""
    error: str = ""
    moved: bool = False

    @property
    def sku(self) -> str:
        """Its SKU."""
        return self.variant.sku


@dataclass(frozen=True, slots=True)
class StockView:
    """One page of SKUs in the catalogue's order. `done` rows were saved just now."""

    rows: tuple[StockRow, ...]
    everything: int
    asked: str
    number: int
    pages: int
    edit: str
    done: int = 0

    @property
    def wrong(self) -> int:
        """Rows with an error."""
        return sum(bool(row.error) for row in self.rows)

    @property
    def conflicts(self) -> int:
        """Rows that moved while somebody counted."""
        return sum(row.moved for row in self.rows)


@dataclass(frozen=True, slots=True)
class SkuView:
    """One SKU: why each shop shows what it shows, every movement, and the form that adds or takes units."""

    product: Product
    variant: Variant
    why: Why
    channels: Mapping[str, str]
    movements: tuple[Movement, ...]
    edit: str
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    done: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why units come or go without an order."""
        return REASONS


def stock(visit: Visit, services: Services) -> Answer:
    """The counting page."""
    community = services.store.communities.get(visit.parameters["community"])
    view = stock_view(services, community, visit.query)
    return _counting(visit, community, replace(view, done=whole(visit.query["done"]) if "done" in visit.query else 0))


def count(visit: Visit, services: Services) -> Answer:
    """Every row typed is counted; a row that moved meanwhile is not, and stays for another look (409)."""
    community = services.store.communities.get(visit.parameters["community"])
    view = _read(stock_view(services, community, visit.form), visit.form)
    if view.wrong:
        return _counting(visit, community, view, 422)
    view = replace(view, rows=tuple(_compared(row, visit.form) for row in view.rows))
    fresh = {row.sku for row in view.rows if _is_new(row)}
    saved = {row.sku for row in view.rows if row.sku in fresh and _save(visit, services, community, row, view.edit)}
    # What this form counted before, as another number, is for a person to look at like a row that moved.
    again = fresh - saved
    view = replace(view, rows=tuple(replace(row, moved=row.moved or row.sku in again) for row in view.rows))
    logger.info("stock counted", extra={"community": community.id, "skus": len(saved), "by": visit.email})
    if view.conflicts:
        now = stock_view(services, community, visit.form)
        kept = {row.sku: row for row in view.rows if row.moved}
        rows = tuple(
            replace(row, typed=kept[row.sku].typed, moved=True) if row.sku in kept else row for row in now.rows
        )
        return _counting(visit, community, replace(now, rows=rows, done=len(saved)), 409)
    there = {"page": view.number, "done": len(saved), **({"q": view.asked} if view.asked else {})}
    return redirect(visit.url(f"/c/{community.id}/stock?{urlencode(there)}"))


def sku(visit: Visit, services: Services) -> Answer:
    """Why this number, and every movement."""
    community, item = _asked(visit, services)
    view = _sku_view(services, community, item, visit.parameters["sku"])
    return _ledger(visit, community, replace(view, done=visit.query.get("done") == "adjusted"))


def adjust(visit: Visit, services: Services) -> Answer:
    """Units were added or taken, with a reason; 422 says what is wrong."""
    community, item = _asked(visit, services)
    name = visit.parameters["sku"]
    typed = {"units": visit.form.get("units", "")[:10].strip(), "reason": visit.form.get("reason", "")}
    units, errors = _read_adjustment(typed)
    edit = visit.form.get("edit", "") if edit_form.is_edit(visit.form.get("edit", "")) else new_edit()
    mark = f"adjust-{edit}"
    if not errors and _adjusted_otherwise(services.store, community.id, name, mark, (units, typed["reason"])):
        errors = {"units": "field.adjusted_already"}
    if not errors:
        try:
            adjust_stock(
                services.store,
                services.queues,
                community.id,
                name,
                units,
                mark,
                typed["reason"],
                visit.now,
                by=visit.email,
            )
        except StockError:
            errors = {"units": "field.below_zero"}
    if errors:
        view = replace(_sku_view(services, community, item, name), typed=typed, errors=errors)
        return _ledger(visit, community, view, 422)
    return redirect(visit.url(f"/c/{community.id}/stock/{name}?done=adjusted"))


def _adjusted_otherwise(store: Store, community: str, sku: str, mark: str, asked: tuple[int, str]) -> bool:
    """Whether this form moved something else before: the ledger would keep that, and the page must not say "done"."""
    before = (one for one in store.stock.movements(community, sku) if one.id == mark)
    return any((one.on_hand, one.because) != asked for one in before)


def stock_view(services: Services, community: Community, query: Mapping[str, str]) -> StockView:
    """One page of SKUs that have the words asked for."""
    asked = query.get("q", "").strip()[:80]
    glance = services.store.glances.of(community.id)
    every = [(item, one) for item in glance.products.values() for one in item.skus]
    found = [(item.code, one.sku) for item, one in every if asked.lower() in f"{item.said} {one.words}"]
    pages = max(-(-len(found) // PER_PAGE), 1)
    number = min(whole(query.get("page", "1")), pages)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    rows = _rows(services.store, community.id, shown)
    return StockView(rows, len(every), asked, number, pages, new_edit())


def _rows(store: Store, community: str, shown: Sequence[tuple[str, str]]) -> tuple[StockRow, ...]:
    """Rows of these (product code, SKU)s."""
    items = {item.code: item for item in store.catalogues.some(community, [code for code, _ in shown])}
    levels = store.stock.levels(community, [sku for _, sku in shown])
    return tuple(
        StockRow(items[code], items[code].variant(sku), levels.get(sku, StockLevel(sku)))
        for code, sku in shown
        if code in items and sku in items[code].skus  # edited this moment
    )


def _read(view: StockView, form: Mapping[str, str]) -> StockView:
    """The page with what was typed; an empty field is a row nobody counted."""
    edit = form.get("edit", "")
    rows = []
    for row in view.rows:
        typed = form.get(f"count.{row.sku}", "")[:20].strip()
        wrong = edit_form.read_count(typed)[1] if typed and not row.variant.is_bundle else ""
        rows.append(replace(row, typed="" if row.variant.is_bundle else typed, error=wrong))
    return replace(view, rows=tuple(rows), edit=edit if edit_form.is_edit(edit) else view.edit)


def _compared(row: StockRow, form: Mapping[str, str]) -> StockRow:
    """The row, and whether its number is neither what was seen nor what was counted."""
    if not row.typed:
        return row
    seen = form.get(f"seen.{row.sku}", "")
    return replace(row, moved=str(row.level.on_hand) not in (seen, str(_units(row))))


def _is_new(row: StockRow) -> bool:
    return bool(row.typed) and not row.moved and _units(row) != row.level.on_hand


def _units(row: StockRow) -> int:
    return edit_form.read_count(row.typed)[0] or 0


def _save(visit: Visit, services: Services, community: Community, row: StockRow, edit: str) -> bool:
    """Whether on hand is now what was counted."""
    mark = f"count:{edit}:{row.sku}"
    level = count_stock(
        services.store,
        services.queues,
        community.id,
        row.sku,
        _units(row),
        mark,
        "counted",
        visit.now,
        edit=edit,
        by=visit.email,
    )
    return level.on_hand == _units(row)


def _asked(visit: Visit, services: Services) -> tuple[Community, Product]:
    name = visit.parameters["sku"]
    community = services.store.communities.get(visit.parameters["community"])
    found = services.store.catalogues.products_of(community.id, [name]) if SKU_PATTERN.fullmatch(name) else ()
    if not found:
        raise NotFoundError(name)
    return community, found[0]


def _sku_view(services: Services, community: Community, item: Product, name: str) -> SkuView:
    store = services.store
    return SkuView(
        product=item,
        variant=item.variant(name),
        why=why(services.context(), community.id, name),
        channels={shop.id: shop.channel for shop in store.shops.of_community(community.id)},
        movements=store.stock.movements(community.id, name),
        edit=new_edit(),
    )


def _read_adjustment(typed: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    units = edit_form.read_signed(typed["units"])
    errors = {} if units else {"units": "field.adjust_not_number"}
    if typed["reason"] not in REASONS:
        errors["reason"] = "field.reason_needed"
    return units, errors


def _counting(visit: Visit, community: Community, view: StockView, status: int = 200) -> Answer:
    return page(visit, "stock", view, community=community, tab="stock", status=status)


def _ledger(visit: Visit, community: Community, view: SkuView, status: int = 200) -> Answer:
    return page(visit, "stock_sku", view, title=_title(visit, view), community=community, tab="stock", status=status)


def _title(visit: Visit, view: SkuView) -> str:
    item: Product = view.product
    name = item.title_th if visit.language == "th" else item.title_en or item.title_th
    options: Sequence[str] = view.variant.options
    return " · ".join((name, *options))

"""One product: its variants, why each number is what it is, and editing with a look before it is sent."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.domain.catalogue import SKU_PATTERN, Community, Product
from chalicelib.domain.changes import Change, SetPrice, SetStock
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding, ListingState
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.stock import StockError, StockLevel, sellable
from chalicelib.domain.synclog import Entry
from chalicelib.sync.edit_catalogue import count_stock, set_on_sale, set_price
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views import edit_form
from chalicelib.web.views.edit_form import Typed, Wanted
from chalicelib.web.views.standing import ShopFacts, Standing, shop_facts, standings
from chalicelib.web.visits import Visit

DONE = ("sent", "on_sale", "off_sale")
LAST_ENTRIES = 10
logger = logging.getLogger("pinto.web")


@dataclass(frozen=True, slots=True)
class ShopShows:
    """What one shop shows for one SKU: remembered, when it was read, and what it is due (None: not there)."""

    shop: Shop
    shown: int
    price: Money
    row: Binding
    due: int


@dataclass(frozen=True, slots=True)
class Why:
    """One variant and where its number comes from."""

    sku: str
    options: str
    price: Money
    level: StockLevel
    buffer: int
    sellable: int
    is_scarce: bool
    shows: tuple[ShopShows, ...]


@dataclass(frozen=True, slots=True)
class ProductView:
    """One product with its form, its standings and its last log entries."""

    product: Product
    variants: tuple[Why, ...]
    standings: tuple[Standing, ...]
    typed: Typed
    entries: tuple[Entry, ...]
    active_shops: int
    done: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What one shop would be sent; `error` a text key when nothing can be sent to it now."""

    shop: Shop
    changes: tuple[SetPrice | SetStock, ...]
    also: int
    closed: str = ""
    absent: bool = False


@dataclass(frozen=True, slots=True)
class PreviewView:
    """An edit before it is saved: was -> becomes, here and in each shop."""

    product: Product
    names: Mapping[str, str]
    typed: Typed
    prices: tuple[tuple[str, Money, Money], ...]
    counts: tuple[tuple[str, int, int], ...]
    effects: tuple[Effect, ...]

    @property
    def shops(self) -> int:
        """How many shops will be sent something."""
        return sum(bool(effect.changes) for effect in self.effects)


def product(visit: Visit, services: Services) -> Answer:
    """The product with its form."""
    community, item = _asked(visit, services)
    view = _view(services, community, item)
    done = visit.query.get("done", "")
    return _page(visit, community, replace(view, done=done if done in DONE else ""))


def edit_product(visit: Visit, services: Services) -> Answer:
    """Look first, then send: the step decides; wrong fields and a stale form come back as typed."""
    community, item = _asked(visit, services)
    levels = services.store.stock.levels(community.id, item.skus)
    read = edit_form.read(item, levels, visit.form, _new_edit())
    typed, wanted = edit_form.check(item, read)
    if typed.errors:
        return _page(visit, community, _view(services, community, item, typed), 422)
    saving = visit.form.get("step") == "save"
    if saving and wanted.is_empty:
        return redirect(visit.url(f"/c/{community.id}/products/{item.code}?done=sent"))
    if visit.form.get("step") == "edit" or wanted.is_empty:
        return _page(visit, community, _view(services, community, item, typed))
    if _is_stale(item, levels, typed, wanted):
        return _stale(visit, services, community, item, typed)
    if saving:
        return _save(visit, services, community, item, typed, wanted)
    view = _preview(services, community, item, levels, typed, wanted)
    return page(visit, "preview", view, community=community, tab="products")


def switch_on_sale(visit: Visit, services: Services) -> Answer:
    """The product is on sale, or off, in every shop that is asked to look."""
    community, item = _asked(visit, services)
    on_sale = visit.form.get("on_sale") == "yes"
    version = visit.form.get("version", "")
    expected = int(version) if version.isascii() and version.isdigit() else -1
    try:
        set_on_sale(services.store, services.queues, community.id, item.code, on_sale, expected)
    except StaleWriteError:
        levels = services.store.stock.levels(community.id, item.skus)
        return _stale(visit, services, community, item, edit_form.fresh(item, levels, _new_edit()))
    done = "on_sale" if on_sale else "off_sale"
    return redirect(visit.url(f"/c/{community.id}/products/{item.code}?done={done}"))


def _asked(visit: Visit, services: Services) -> tuple[Community, Product]:
    code = visit.parameters["code"]
    if not SKU_PATTERN.fullmatch(code):
        raise NotFoundError(code)
    community = services.store.communities.get(visit.parameters["community"])
    return community, services.store.catalogues.product(community.id, code)


def _save(
    visit: Visit, services: Services, community: Community, item: Product, typed: Typed, wanted: Wanted
) -> Answer:
    store, queues = services.store, services.queues
    try:
        if wanted.prices:
            set_price(store, queues, community.id, item.code, wanted.prices, typed.version)
        for sku, units in wanted.counts.items():
            count_stock(store, queues, community.id, sku, units, f"count:{typed.edit}:{sku}", "counted", visit.now)
    except (StaleWriteError, StockError):
        return _stale(visit, services, community, store.catalogues.product(community.id, item.code), typed)
    facts = {"community": community.id, "product": item.code, "by": visit.email, "edit": typed.edit}
    logger.info("product edited", extra=facts)
    return redirect(visit.url(f"/c/{community.id}/products/{item.code}?done=sent"))


def _is_stale(item: Product, levels: Mapping[str, StockLevel], typed: Typed, wanted: Wanted) -> bool:
    # On hand that already is what was counted is this form sent twice, not somebody else's edit.
    on_hand = {sku: levels[sku].on_hand if sku in levels else 0 for sku in wanted.counts}
    moved = any(on_hand[sku] not in (typed.seen[sku], units) for sku, units in wanted.counts.items())
    return moved or (bool(wanted.prices) and typed.version != item.version)


def _stale(visit: Visit, services: Services, community: Community, item: Product, typed: Typed) -> Answer:
    """What was typed, kept, beside what the catalogue says now; sending again is then a decision."""
    levels = services.store.stock.levels(community.id, item.skus)
    now = edit_form.fresh(item, levels, typed.edit)
    again = replace(typed, version=item.version, seen=now.seen)
    return _page(visit, community, replace(_view(services, community, item, again), stale=True), 409)


def _page(visit: Visit, community: Community, view: ProductView, status: int = 200) -> Answer:
    title = view.product.title_th if visit.language == "th" else view.product.title_en or view.product.title_th
    return page(visit, "product", view, title=title, community=community, tab="products", status=status)


def _view(services: Services, community: Community, item: Product, typed: Typed | None = None) -> ProductView:
    store = services.store
    levels = store.stock.levels(community.id, item.skus)
    facts = shop_facts(store, community.id)
    books = [(one, *standings(services, one, [item])[item.code]) for one in facts]
    due = {one.shop.id: _due(plan.changes) for one, _, plan in books}
    recent = (entry for entry in store.log.recent_entries(community.id, 500) if entry.product_code == item.code)
    return ProductView(
        product=item,
        variants=tuple(_why(item, sku, levels, facts, due, services.policy.split_below) for sku in item.skus),
        standings=tuple(standing for _, standing, _ in books),
        typed=typed or edit_form.fresh(item, levels, _new_edit()),
        entries=tuple(entry for entry, _ in zip(recent, range(LAST_ENTRIES), strict=False)),
        active_shops=sum(one.shop.state is ShopState.ACTIVE for one in facts),
    )


def _due(changes: tuple[Change, ...]) -> dict[str, int]:
    return {change.seller_sku: change.to for change in changes if isinstance(change, SetStock)}


def _why(
    item: Product,
    sku: str,
    levels: Mapping[str, StockLevel],
    facts: tuple[ShopFacts, ...],
    due: Mapping[str, Mapping[str, int]],
    split_below: int,
) -> Why:
    variant, level = item.variant(sku), levels.get(sku, StockLevel(sku))
    shows = tuple(
        ShopShows(one.shop, row.quantity, row.price, row, due[one.shop.id].get(sku, row.quantity))
        for one in facts
        if (row := one.bindings.get(sku)) and row.state is not ListingState.GONE
    )
    units = sellable(level.on_hand, level.reserved, variant.buffer)
    is_scarce = 0 < units < split_below
    return Why(sku, option_text(item, sku), variant.price, level, variant.buffer, units, is_scarce, shows)


def option_text(item: Product, sku: str) -> str:
    """The variant's options as people say them, or nothing for a product without variants."""
    return " · ".join(item.variant(sku).options)


def _preview(
    services: Services,
    community: Community,
    item: Product,
    levels: Mapping[str, StockLevel],
    typed: Typed,
    wanted: Wanted,
) -> PreviewView:
    after = edit_form.repriced(item, wanted.prices)
    counted = replace(services.store, stock=edit_form.Counted(services.store.stock, wanted.counts))
    effects = []
    for facts in shop_facts(services.store, community.id):
        standing, plan = standings(services, facts, [after], counted)[item.code]
        effects.append(_effect(facts, item, standing, plan.changes))
    return PreviewView(
        product=item,
        names={sku: option_text(item, sku) or sku for sku in item.skus},
        typed=typed,
        prices=tuple((sku, item.variant(sku).price, price) for sku, price in wanted.prices.items()),
        counts=tuple((sku, typed.seen[sku], units) for sku, units in wanted.counts.items()),
        effects=tuple(effects),
    )


def _effect(facts: ShopFacts, item: Product, standing: Standing, changes: tuple[Change, ...]) -> Effect:
    if facts.shop.state is not ShopState.ACTIVE:
        return Effect(facts.shop, (), 0, closed=standing.key)
    numbers = [change for change in changes if isinstance(change, SetPrice | SetStock)]
    numbers.sort(key=lambda change: (item.skus.index(change.seller_sku), isinstance(change, SetStock)))
    present = any(sku in facts.bindings and facts.bindings[sku].state is not ListingState.GONE for sku in item.skus)
    return Effect(facts.shop, tuple(numbers), len(changes) - len(numbers), absent=not present)


def _new_edit() -> str:
    return secrets.token_hex(16)

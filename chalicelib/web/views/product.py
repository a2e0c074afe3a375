"""One product: its variants, why each number is what it is, and editing with a look before it is sent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain.catalogue import SKU_PATTERN, Community, Product
from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.stock import StockError, StockLevel
from chalicelib.sync.edit_catalogue import count_stock, save_product, set_on_sale
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.sending import may_send_to
from chalicelib.web.services import Services
from chalicelib.web.views import edit_form
from chalicelib.web.views.edit_form import Typed, Wanted
from chalicelib.web.views.product_view import ProductView, new_edit, preview_view, product_view
from chalicelib.web.visits import Visit

DONE = ("sent", "on_sale", "off_sale", "rules", "photos", "undone", "made", "variants")
logger = logging.getLogger("pinto.web")


def product(visit: Visit, services: Services) -> Answer:
    """The product with its form."""
    community, item = asked(visit, services)
    view = product_view(services, community, item)
    done = visit.query.get("done", "")
    return product_page(visit, community, replace(view, done=done if done in DONE else ""))


def edit_product(visit: Visit, services: Services) -> Answer:
    """Look first, then send: the step decides; wrong fields and a stale form come back as typed."""
    community, item = asked(visit, services)
    levels = services.store.stock.levels(community.id, item.skus)
    read = edit_form.read(item, levels, visit.form, new_edit())
    makers = {maker.id for maker in services.store.catalogues.makers(community.id)}
    typed, wanted = edit_form.check(item, read, makers | {item.maker})
    if typed.errors:
        return product_page(visit, community, product_view(services, community, item, typed), 422)
    saving = visit.form.get("step") == "save"
    if saving and wanted.is_empty:
        return redirect(visit.url(f"/c/{community.id}/products/{item.code}?done=sent"))
    if visit.form.get("step") == "edit" or wanted.is_empty:
        return product_page(visit, community, product_view(services, community, item, typed))
    if _is_stale(item, levels, typed, wanted):
        return _stale(visit, services, community, item, typed)
    if saving:
        return _save(visit, services, community, item, typed, wanted)
    view = preview_view(services, community, item, levels, typed, wanted)
    return page(visit, "preview", view, community=community, tab="products")


def switch_on_sale(visit: Visit, services: Services) -> Answer:
    """The product is on sale, or off, in every shop that is asked to look."""
    community, item = asked(visit, services)
    on_sale = visit.form.get("on_sale") == "yes"
    version = visit.form.get("version", "")
    expected = int(version) if version.isascii() and version.isdigit() else -1
    try:
        set_on_sale(services.store, services.queues, community.id, item.code, on_sale, expected, visit.email)
    except StaleWriteError:
        levels = services.store.stock.levels(community.id, item.skus)
        return _stale(visit, services, community, item, edit_form.fresh(item, levels, new_edit()))
    done = "on_sale" if on_sale else "off_sale"
    return redirect(visit.url(f"/c/{community.id}/products/{item.code}?done={done}"))


def asked(visit: Visit, services: Services) -> tuple[Community, Product]:
    """The community and the product the address names. Raises: NotFoundError."""
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
        after = edit_form.edited(item, wanted)
        save_product(store, queues, item, after, edit=typed.edit, at=visit.now, by=visit.email)
        for sku, units in wanted.counts.items():
            _count(visit, services, community.id, sku, units, typed.edit)
    except (StaleWriteError, StockError):
        return _stale(visit, services, community, store.catalogues.product(community.id, item.code), typed)
    facts = {"community": community.id, "product": item.code, "by": visit.email, "edit": typed.edit}
    logger.info("product edited", extra=facts)
    return redirect(visit.url(f"/c/{community.id}/products/{item.code}?done=sent"))


def _count(visit: Visit, services: Services, community: str, sku: str, units: int, edit: str) -> None:
    """On hand is what was counted. Raises: StaleWriteError when this edit's count was taken before, as another number
    or with units sold since; StockError."""
    told = (f"count:{edit}:{sku}", "counted", visit.now)
    level = count_stock(services.store, services.queues, community, sku, units, *told, edit=edit, by=visit.email)
    if level.on_hand != units:
        raise StaleWriteError(f"{sku} has {level.on_hand}, not the {units} counted")


def _is_stale(item: Product, levels: Mapping[str, StockLevel], typed: Typed, wanted: Wanted) -> bool:
    # On hand that already is what was counted is this form sent twice, not somebody else's edit.
    on_hand = {sku: levels[sku].on_hand if sku in levels else 0 for sku in wanted.counts}
    moved = any(on_hand[sku] not in (typed.seen[sku], units) for sku, units in wanted.counts.items())
    return moved or (bool(wanted.prices or wanted.words) and typed.version != item.version)


def _stale(visit: Visit, services: Services, community: Community, item: Product, typed: Typed) -> Answer:
    """What was typed, kept, beside what the catalogue says now; sending again is a decision, so another edit."""
    levels = services.store.stock.levels(community.id, item.skus)
    now = edit_form.fresh(item, levels, new_edit())
    again = replace(typed, version=item.version, seen=now.seen, edit=now.edit)
    return product_page(visit, community, replace(product_view(services, community, item, again), stale=True), 409)


def product_page(visit: Visit, community: Community, view: ProductView, status: int = 200) -> Answer:
    """The product's page under the product's own name."""
    title = view.product.title_th if visit.language == "th" else view.product.title_en or view.product.title_th
    answer = page(visit, "product", view, title=title, community=community, tab="products", status=status)
    return may_send_to(answer, view.sends_to)

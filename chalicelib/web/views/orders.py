"""The orders of a community, buyers masked: returns that want a person, what to pack, then all others back in time."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.orders import OPEN_STATES, Order, OrderState
from chalicelib.domain.ports import Store
from chalicelib.domain.returns import Return
from chalicelib.domain.shipping import Waiting, waiting_of
from chalicelib.domain.shops import Shop
from chalicelib.sync import fulfil, returns
from chalicelib.sync.context import Context
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit, whole

SHOWN = 50
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order. `buyer` is masked; `items` are (product name, options, seller SKU, units)."""

    order: Order
    channel: str
    state: OrderState
    tone: str
    buyer: str
    items: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class FirstRow:
    """One order that has not left yet, with its deadline. `waits`: something of it is still to be packed."""

    order: Waiting
    channel: str
    items: tuple[tuple[str, str, int], ...]
    by: datetime
    late: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class WantedRow:
    """One return that wants a person: `want` is "answer" or "count_in"; `late` once its deadline is over."""

    one: Return
    channel: str
    items: tuple[tuple[str, str, int], ...]
    want: str
    late: bool


@dataclass(frozen=True, slots=True)
class OrdersView:
    """Returns that want a person, what to pack first, fifty a page, and on the last of these the other orders.

    `to_send` counts what waits to leave, on every page together. `older` is the place in the address from which the
    earlier orders follow, `before` the moment all rows lie before, `asked` the number that was searched for.
    """

    shops: tuple[Shop, ...]
    shop: str
    first: tuple[FirstRow, ...] = ()
    rows: tuple[OrderRow, ...] = ()
    wanted: tuple[WantedRow, ...] = ()
    to_send: int = 0
    number: int = 1
    pages: int = 1
    older: str = ""
    before: datetime | None = None
    asked: str = ""


def orders(visit: Visit, services: Services) -> Answer:
    """The orders of every shop together."""
    community = services.store.communities.get(visit.parameters["community"])
    view = orders_view(services.context(), community.id, visit.language, visit.query)
    return page(visit, "orders", view, community=community, tab="orders")


def orders_view(ctx: Context, community: str, language: str, query: Mapping[str, str]) -> OrdersView:
    """Of the shop asked for or of all: the order of a number, those before a moment, or what there is to do now."""
    shops = tuple(sorted(ctx.store.shops.of_community(community), key=lambda shop: shop.id))
    shop = query.get("shop", "") if query.get("shop") in {one.id for one in shops} else ""
    view = OrdersView(shops, shop)
    asked, before = query.get("q", "").strip().lstrip("#")[:64], _place_of(query.get("older", ""))
    if asked:
        return _numbered(ctx.store, view, community, language, asked)
    if before:
        return _earlier(ctx.store, view, community, language, before)
    return _now(ctx, view, community, language, whole(query.get("page", "1")))


def _asked_shops(view: OrdersView) -> list[Shop]:
    return [one for one in view.shops if view.shop in ("", one.id)]


def _numbered(store: Store, view: OrdersView, community: str, language: str, asked: str) -> OrdersView:
    found = [store.orders.get(shop.id, asked) for shop in view.shops] if _NUMBER.fullmatch(asked) else []
    orders = [order for order in found if order]
    return replace(view, asked=asked, rows=_rows(view, orders, product_names(store, community, orders, language)))


def _earlier(store: Store, view: OrdersView, community: str, language: str, before: tuple[datetime, str]) -> OrdersView:
    orders = _page_before(store, [one.id for one in _asked_shops(view)], before)
    rows = _rows(view, orders, product_names(store, community, orders, language))
    return replace(view, rows=rows, older=_place_after(orders), before=before[0])


def _now(ctx: Context, view: OrdersView, community: str, language: str, page: int) -> OrdersView:
    asked = _asked_shops(view)
    waiting = fulfil.waiting(ctx, community, asked)
    pages = max(-(-len(waiting) // SHOWN), 1)
    number = min(page, pages)
    first = waiting[(number - 1) * SHOWN : number * SHOWN]
    wanted = [one for shop in asked for one in returns.waiting(ctx, shop.id)] if number == 1 else []
    newest = list(ctx.store.orders.page([shop.id for shop in asked], SHOWN)) if number == pages else []
    skus = {sku for _, one in first for sku, _ in one.items} | {line.seller_sku for one in newest for line in one.lines}
    names = names_of(ctx.store, community, skus | {line.seller_sku for one in wanted for line in one.lines}, language)
    packed_first = {one.key for _, one in waiting}
    return replace(
        view,
        first=_firsts(ctx, first, _channels(view), names),
        rows=_rows(view, [order for order in newest if order.key not in packed_first], names),
        wanted=_wanted(view, wanted, names, ctx.clock()),
        to_send=len(waiting),
        number=number,
        pages=pages,
        older=_place_after(newest),
    )


def _page_before(store: Store, shops: Sequence[str], before: tuple[datetime, str]) -> list[Order]:
    """The orders that follow a place, newest first. Marketplaces tell seconds, so many may share its moment: the read
    begins with that moment and grows until it reaches a page beyond the place."""
    limit = SHOWN
    while True:
        piece = store.orders.page(shops, limit, before[0] + timedelta(microseconds=1))
        found = [order for order in piece if (order.created_at, order.order_id) < before]
        if len(found) >= SHOWN or len(piece) < limit:
            return found[:SHOWN]
        limit *= 2


def _place_after(orders: Sequence[Order]) -> str:
    """The last order's place as the address says it; empty when a page is not full, so nothing follows."""
    return f"{orders[-1].created_at.isoformat()}~{orders[-1].order_id}" if len(orders) == SHOWN else ""


def _place_of(text: str) -> tuple[datetime, str] | None:
    """(moment, order id) of a place in the address, or None for what is none."""
    moment, _, order_id = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, order_id) if at.tzinfo and 2000 < at.year < 9000 else None


def _channels(view: OrdersView) -> dict[str, str]:
    return {one.id: one.channel for one in view.shops}


def _wanted(
    view: OrdersView, found: Sequence[Return], names: Mapping[str, str], now: datetime
) -> tuple[WantedRow, ...]:
    """Nearest deadline first, those without one last."""
    ordered = sorted(found, key=lambda one: (one.answer_until is None, one.answer_until or one.created_at, one.key))
    channels, rows = _channels(view), []
    for one in ordered:
        items = _items([(line.seller_sku, line.quantity) for line in one.lines], names)
        late = one.answer_until is not None and now > one.answer_until
        rows.append(WantedRow(one, channels[one.shop], items, returns.wants(one), late))
    return tuple(rows)


def _firsts(
    ctx: Context, first: Sequence[tuple[datetime, Waiting]], channels: Mapping[str, str], names: Mapping[str, str]
) -> tuple[FirstRow, ...]:
    ids: dict[str, list[str]] = {}
    for _, one in first:
        ids.setdefault(one.shop, []).append(one.order_id)
    parcels = {shop: ctx.store.parcels.of_orders(shop, order_ids) for shop, order_ids in ids.items()}
    now, rows = ctx.clock(), []
    for by, one in first:
        waits = one.has_to_be_packed(parcels[one.shop].get(one.order_id, ()))
        rows.append(FirstRow(one, channels[one.shop], _items(one.items, names), by, now > by, waits))
    return tuple(rows)


def order_row(store: Store, shop: Shop, order: Order, language: str) -> OrderRow:
    """One order as the list shows it."""
    return _row(order, shop.channel, product_names(store, shop.community, [order], language))


def product_names(store: Store, community: str, orders: list[Order], language: str) -> dict[str, str]:
    """Seller SKU -> title and options; unknown SKUs are left out."""
    return names_of(store, community, {line.seller_sku for order in orders for line in order.lines}, language)


def names_of(store: Store, community: str, skus: Collection[str], language: str) -> dict[str, str]:
    """The same for seller SKUs."""
    names: dict[str, str] = {}
    for product in store.catalogues.products_of(community, sorted(skus)):
        title = product.title_th if language == "th" else product.title_en or product.title_th
        for variant in product.variants:
            names[variant.sku] = " · ".join((title, *variant.options))
    return names


def masked(name: str) -> str:
    """A name nobody can be found by: its first character and stars.

    >>> masked("สมชาย ใจดี")
    'ส***'
    """
    return f"{name.strip()[:1]}***" if name.strip() else ""


def _rows(view: OrdersView, orders: Sequence[Order], names: Mapping[str, str]) -> tuple[OrderRow, ...]:
    channels = _channels(view)
    return tuple(_row(order, channels[order.shop], names) for order in orders)


def _row(order: Order, channel: str, names: Mapping[str, str]) -> OrderRow:
    items = _items(waiting_of(order).items, names)
    return OrderRow(order, channel, order.state, _tone(order.state), masked(order.buyer.name), items)


def _items(items: Sequence[tuple[str, int]], names: Mapping[str, str]) -> tuple[tuple[str, str, int], ...]:
    return tuple((names.get(sku, sku), sku, units) for sku, units in items)


def _tone(state: OrderState) -> str:
    if state in OPEN_STATES:
        return "wait"
    if state in (OrderState.CANCELLED, OrderState.RETURNED, OrderState.RETURNING):
        return "off"
    return "bad" if state is OrderState.LOST else "ok"

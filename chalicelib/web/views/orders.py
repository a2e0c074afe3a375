"""The latest orders of a community, buyers masked."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.orders import OPEN_STATES, Order, OrderState
from chalicelib.domain.ports import Store
from chalicelib.domain.shipping import Waiting, waiting_of
from chalicelib.domain.shops import Shop
from chalicelib.sync import fulfil
from chalicelib.sync.context import Context
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit, whole

SHOWN = 50


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
class OrdersView:
    """What to pack first, fifty a page, and on the last of these pages the newest of the other orders.

    `to_send` counts what waits to leave, on every page together.
    """

    first: tuple[FirstRow, ...]
    rows: tuple[OrderRow, ...]
    shops: tuple[Shop, ...]
    shop: str
    to_send: int
    number: int
    pages: int


def orders(visit: Visit, services: Services) -> Answer:
    """The newest orders, those of every shop together."""
    community = services.store.communities.get(visit.parameters["community"])
    view = orders_view(services.context(), community.id, visit.language, visit.query)
    return page(visit, "orders", view, community=community, tab="orders")


def orders_view(ctx: Context, community: str, language: str, query: Mapping[str, str]) -> OrdersView:
    """What to pack first, and the newest orders, of the shop asked for or of all."""
    store = ctx.store
    shops = tuple(sorted(store.shops.of_community(community), key=lambda shop: shop.id))
    shop = query.get("shop", "") if query.get("shop") in {one.id for one in shops} else ""
    asked = [one for one in shops if shop in ("", one.id)]
    waiting = fulfil.waiting(ctx, community, asked)
    pages = max(-(-len(waiting) // SHOWN), 1)
    number = min(whole(query.get("page", "1")), pages)
    first = waiting[(number - 1) * SHOWN : number * SHOWN]
    newest = _newest(store, asked, {one.key for _, one in waiting}) if number == pages else []
    skus = {sku for _, one in first for sku, _ in one.items} | {line.seller_sku for one in newest for line in one.lines}
    names = names_of(store, community, skus, language)
    channels = {one.id: one.channel for one in shops}
    rows = tuple(_row(order, channels[order.shop], names) for order in newest)
    return OrdersView(_firsts(ctx, first, channels, names), rows, shops, shop, len(waiting), number, pages)


def _newest(store: Store, shops: Sequence[Shop], waiting: Container[str]) -> list[Order]:
    """The newest orders of these shops, without those that stand in the list of what is to be packed."""
    newest = store.orders.page([shop.id for shop in shops], SHOWN)
    return [order for order in newest if order.key not in waiting]


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

"""The latest orders of a community, buyers masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.orders import OPEN_STATES, Order, OrderState
from chalicelib.domain.ports import Store
from chalicelib.domain.shipping import ToPack
from chalicelib.domain.shops import Shop
from chalicelib.sync import fulfil
from chalicelib.sync.context import Context
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

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

    row: OrderRow
    by: datetime
    late: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class OrdersView:
    """What to pack first, then the newest orders of all shops or of one. `to_send` counts what waits to leave."""

    first: tuple[FirstRow, ...]
    rows: tuple[OrderRow, ...]
    shops: tuple[Shop, ...]
    shop: str
    to_send: int


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
    channels = {one.id: one.channel for one in shops}
    found = [order for one in shops if shop in ("", one.id) for order in store.orders.latest(one.id, SHOWN)]
    newest = sorted(found, key=lambda order: (order.created_at, order.key), reverse=True)[:SHOWN]
    waiting = [one for one in fulfil.to_hand_over(ctx, community) if shop in ("", one.order.shop)]
    names = product_names(store, community, [*newest, *(one.order for one in waiting[:SHOWN])], language)
    shown_first = {one.order.key for one in waiting[:SHOWN]}
    rows = tuple(_row(order, channels[order.shop], names) for order in newest if order.key not in shown_first)
    first = tuple(_first(one, channels, names, ctx.clock()) for one in waiting[:SHOWN])
    return OrdersView(first, rows, shops, shop, len(waiting))


def order_row(store: Store, shop: Shop, order: Order, language: str) -> OrderRow:
    """One order as the list shows it."""
    return _row(order, shop.channel, product_names(store, shop.community, [order], language))


def _first(one: ToPack, channels: Mapping[str, str], names: Mapping[str, str], now: datetime) -> FirstRow:
    row = _row(one.order, channels[one.order.shop], names)
    return FirstRow(row, one.hand_over_by, one.is_late(now), bool(one.waiting_lines))


def product_names(store: Store, community: str, orders: list[Order], language: str) -> dict[str, str]:
    """Seller SKU -> title and options; unknown SKUs are left out."""
    skus = sorted({line.seller_sku for order in orders for line in order.lines})
    names: dict[str, str] = {}
    for product in store.catalogues.products_of(community, skus):
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
    units: dict[str, int] = {}
    for line in order.lines:
        units[line.seller_sku] = units.get(line.seller_sku, 0) + line.quantity
    items = tuple((names.get(sku, sku), sku, count) for sku, count in units.items())
    return OrderRow(order, channel, order.state, _tone(order.state), masked(order.buyer.name), items)


def _tone(state: OrderState) -> str:
    if state in OPEN_STATES:
        return "wait"
    if state in (OrderState.CANCELLED, OrderState.RETURNED, OrderState.RETURNING):
        return "off"
    return "bad" if state is OrderState.LOST else "ok"

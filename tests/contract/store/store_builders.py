"""Builders that name only what matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.catalogue import Community, Kind, Product, Size, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding, ListingState
from chalicelib.domain.orders import Buyer, Order, OrderLine, OrderState
from chalicelib.domain.shops import Shop, Tokens
from chalicelib.domain.stock import Movement, MovementKind
from chalicelib.domain.synclog import Entry, EntryState, Run

VILLAGE, SHOP = "ban-thong", "ban-thong-lazada"
NOON = datetime(2025, 3, 2, 12, 0, tzinfo=UTC)
BUYER = Buyer("นภา ใจดี", "0812345678", "12 หมู่ 3 ต.ท่าเสา")


def a_community(id: str = VILLAGE) -> Community:
    return Community(id, "บ้านทอง", "กลุ่มแม่บ้านบ้านทอง", "เชียงใหม่", "Chiang Mai", "north", women_led=True)


def a_product(code: str = "TEA", *skus: str, **changes: Any) -> Product:
    product = Product(
        community=VILLAGE,
        code=code,
        kind=Kind.BEVERAGE,
        title_th="ชาใบหม่อน",
        title_en="Mulberry tea",
        description_th="ชา",
        description_en="Tea",
        maker="nok",
        size=Size(100, 100, 80, 40),
        variants=tuple(Variant(sku, Money(8900)) for sku in skus or (f"{code}-50",)),
    )
    return replace(product, **changes)


def a_move(
    id: str,
    sku: str = "TEA-50",
    kind: MovementKind = MovementKind.ADJUST,
    on_hand: int = 0,
    reserved: int = 0,
    **rest: Any,
) -> Movement:
    return Movement(id, sku, kind, on_hand, reserved, **({"at": NOON} | rest))


def a_reservation(order_id: str, units: int = 1, sku: str = "TEA-50") -> Movement:
    return a_move(f"{SHOP}/{order_id}/{sku}/reserve", sku, MovementKind.RESERVE, reserved=units, order=order_id)


def a_line(sku: str = "TEA-50", quantity: int = 1, **rest: Any) -> OrderLine:
    values = {"state": OrderState.TO_PACK, "unit_price": Money(8900), "paid": Money(8900 * quantity)}
    return OrderLine(f"line-{sku}", sku, quantity, **(values | rest))


def an_order(order_id: str = "1001", *lines: OrderLine, **rest: Any) -> Order:
    values = {"created_at": NOON, "updated_at": NOON, "total": Money(8900), "buyer": Buyer()} | rest
    return Order(SHOP if "shop" not in rest else values.pop("shop"), order_id, lines=lines or (a_line(),), **values)


def a_shop(id: str = SHOP, **changes: Any) -> Shop:
    return replace(Shop(id, VILLAGE, "lazada", f"remote-{id}", "app-1", "http://127.0.0.1:1"), **changes)


def a_pair(name: str = "first") -> Tokens:
    return Tokens(f"access-{name}", f"refresh-{name}", NOON.replace(hour=16), NOON.replace(month=4))


def a_binding(sku: str = "TEA-50", quantity: int = 5, **changes: Any) -> Binding:
    binding = Binding(SHOP, sku, "TEA", "L1", f"O-{sku}", ListingState.LIVE, "ชา", Money(8900), quantity, NOON)
    return replace(binding, **changes)


def a_run(id: str = "run-1", **changes: Any) -> Run:
    return replace(Run(id, VILLAGE, SHOP, "lazada", "urgent", "edit", NOON), **changes)


def an_entry(number: int = 1, run: str = "run-1", **changes: Any) -> Entry:
    entry = Entry(
        run=run,
        number=number,
        at=NOON,
        community=VILLAGE,
        shop=SHOP,
        channel="lazada",
        product_code="TEA",
        seller_sku="TEA-50",
        field="stock",
        before="5",
        after="3",
        because="sellable_stock_moved",
        state=EntryState.SENT,
    )
    return replace(entry, **changes)

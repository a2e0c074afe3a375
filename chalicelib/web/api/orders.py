"""Orders as the channels sold them, buyers masked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.ports import Store
from chalicelib.web.api.calls import Call, operation
from chalicelib.web.api.models import ID, Amount, Model, Moment, Page, Paged
from chalicelib.web.api.paging import moment_of, moment_place, page_before
from chalicelib.web.api.shops import shop_of
from chalicelib.web.views.orders import masked

PIECE, PIECES = 250, 20


class LineOut(Model):
    """One offer in an order. `held` counts the units our ledger holds for it now."""

    line_id: str
    seller_sku: str
    quantity: int
    state: OrderState
    unit_price: Amount
    paid: Amount
    fulfilled_by_channel: bool
    channel_state: str
    held: int


class OrderOut(Model):
    """What a channel sold. The buyer is a first letter and stars; address and telephone are never told here."""

    shop: str
    order_id: str
    state: OrderState
    created_at: Moment
    updated_at: Moment
    total: Amount
    buyer: Annotated[str, Field(examples=["ส***"])]
    lines: tuple[LineOut, ...]

    @classmethod
    def of(cls, one: Order) -> OrderOut:
        """The order of ours, its buyer masked."""
        return cls(
            shop=one.shop,
            order_id=one.order_id,
            state=one.state,
            created_at=one.created_at,
            updated_at=one.updated_at,
            total=Amount.of(one.total),
            buyer=masked(one.buyer.name),
            lines=tuple(_line(line) for line in one.lines),
        )


class OrdersQuery(Paged):
    """Which orders."""

    shop: Annotated[str, Field(max_length=128, pattern=f"({ID})|^$", description="Only of this shop.")] = ""
    state: Annotated[OrderState | None, Field(description="Only those that stand so.")] = None


@operation("List orders", Page[OrderOut], query=OrdersQuery)
def orders(call: Call) -> Page[OrderOut]:
    """The newest orders first, of all shops or of one."""
    asked, store = call.query, call.services.store
    assert isinstance(asked, OrdersQuery)
    shops = [one.id for one in store.shops.of_community(call.community) if asked.shop in ("", one.id)]
    return page_before(_newest(store, shops, asked), asked, _place, OrderOut.of)


@operation("One order", OrderOut, errors=(404,))
def order(call: Call) -> OrderOut:
    """The order with its lines."""
    shop, order_id = shop_of(call), call.visit.parameters["order"]
    found = call.services.store.orders.get(shop.id, order_id)
    if found is None:
        raise NotFoundError(order_id)
    return OrderOut.of(found)


def _newest(store: Store, shops: Sequence[str], asked: OrdersQuery) -> list[Order]:
    """Orders that fit, newest first, at least one more than a page where there are so many.

    Read piece by piece, each from a moment that the one before reached: orders of one second may stand in both.
    """
    found: dict[str, Order] = {}
    before = moment_of(asked.cursor)
    for _ in range(PIECES if shops else 0):
        piece = store.orders.page(shops, PIECE, before)
        fit = (one for one in piece if asked.state in (None, one.state))
        found |= {one.key: one for one in fit if not asked.cursor or _place(one) < asked.cursor}
        if len(piece) < PIECE or len(found) > asked.limit:
            break
        before = piece[-1].created_at + timedelta(microseconds=1)
    return sorted(found.values(), key=_place, reverse=True)


def _place(one: Order) -> str:
    return moment_place(one.created_at, one.key)


def _line(line: OrderLine) -> LineOut:
    return LineOut(
        line_id=line.line_id,
        seller_sku=line.seller_sku,
        quantity=line.quantity,
        state=line.state,
        unit_price=Amount.of(line.unit_price),
        paid=Amount.of(line.paid),
        fulfilled_by_channel=line.fulfilled_by_channel,
        channel_state=line.channel_state,
        held=line.held,
    )

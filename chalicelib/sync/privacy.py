"""Buyers' details under the Thai PDPA: opened for a reason and written down, told or erased when a buyer asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.orders import Buyer, Order
from chalicelib.domain.privacy import Opening, OpeningReason, OpeningRefusedError, is_done, may_open
from chalicelib.domain.returns import without_buyer
from chalicelib.domain.shipping import untracked
from chalicelib.domain.shops import Shop
from chalicelib.sync.context import Context

_LEAST_DIGITS = 8  # fewer would open the details of many to find one


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of an erasure: keys of orders whose buyer is gone, and of those that must keep him until delivered."""

    erased: tuple[str, ...]
    kept: tuple[str, ...]


def open_buyer(
    ctx: Context, person: str, community_id: str, order: Order, reason: OpeningReason = OpeningReason.SHIPPING
) -> Buyer:
    """The buyer in clear, after who opened it, when and why was written down.

    Empty when the channel showed nobody, or when the details are gone already.
    Raises: NotFoundError for an order that is no order of this community; OpeningRefusedError when there is nothing
    left to ship.
    """
    _shop_of(ctx, community_id, order)
    if not may_open(order, reason):
        raise OpeningRefusedError("privacy.not_for_shipping")
    return _opened(ctx, person, community_id, order, reason)


def find(ctx: Context, person: str, community_id: str, *, order_id: str = "", phone: str = "") -> tuple[Order, ...]:
    """The community's orders with this id, or of the buyer with this phone number; newest first.

    A number is compared only with orders whose masked number ends alike, and each one opened for it is written down.
    Raises: ValueError for too short a number.
    """
    shops = ctx.store.shops.of_community(community_id)
    if order_id:
        found = (ctx.store.orders.get(shop.id, order_id) for shop in shops)
        return tuple(order for order in found if order is not None)
    wanted = _digits(phone)
    if len(wanted) < _LEAST_DIGITS:
        raise ValueError(f"a phone number has at least {_LEAST_DIGITS} digits")
    candidates = [order for order in _kept(ctx, community_id, shops) if order.buyer.phone[-2:] == wanted[-2:]]
    asked = OpeningReason.BUYER_ASKED
    return tuple(one for one in candidates if _is_of(wanted, _opened(ctx, person, community_id, one, asked)))


def told(ctx: Context, person: str, community_id: str, orders: Iterable[Order]) -> list[dict[str, Any]]:
    """Everything kept about the buyer of these orders, as one may hand it to him: a row for each order."""
    return [_facts(ctx, person, community_id, order) for order in orders]


def erase(ctx: Context, community_id: str, orders: Iterable[Order]) -> Erased:
    """The buyers of these orders are gone: sealed details, what was shown masked, what they wrote in a return, and the
    numbers by which their parcels are found; no later reading brings them back.

    An order that is still to be delivered keeps its buyer until then: the parcel must find its way.
    """
    erased, kept = [], []
    for order in orders:
        _shop_of(ctx, community_id, order)
        if not is_done(order):
            kept.append(order.key)
            continue
        if not order.buyer_gone:
            ctx.store.orders.erase_buyer(community_id, order)
        _erase_beside(ctx, order)
        erased.append(order.key)
    return Erased(tuple(erased), tuple(kept))


def _erase_beside(ctx: Context, order: Order) -> None:
    """What other rows of the order tell about its buyer."""
    for one in ctx.store.returns.of_order(order.shop, order.order_id):
        if not one.buyer_gone:
            ctx.store.returns.take(without_buyer(one), one)
    parcels = ctx.store.parcels.of_order(order.shop, order.order_id)
    if any(one.tracking_number for one in parcels):
        ctx.store.parcels.save(order.shop, order.order_id, untracked(parcels))


def _facts(ctx: Context, person: str, community_id: str, order: Order) -> dict[str, Any]:
    buyer = open_buyer(ctx, person, community_id, order, OpeningReason.BUYER_ASKED)
    openings = ctx.store.openings.of_order(community_id, order.shop, order.order_id)
    parcels = ctx.store.parcels.of_order(order.shop, order.order_id)
    returns = ctx.store.returns.of_order(order.shop, order.order_id)
    return {
        "shop": order.shop,
        "order": order.order_id,
        "created_at": order.created_at.isoformat(),
        "total": str(order.total),
        "lines": [{"sku": one.seller_sku, "quantity": one.quantity, "state": one.state.value} for one in order.lines],
        "buyer": asdict(buyer),
        "parcels": [{"carrier": one.carrier, "tracking": one.tracking_number} for one in parcels],
        "returns": [{"id": one.return_id, "reason": one.reason, "state": one.state.value} for one in returns],
        "opened": [{"at": one.at.isoformat(), "by": one.person, "why": one.reason.value} for one in openings],
    }


def _opened(ctx: Context, person: str, community_id: str, order: Order, reason: OpeningReason) -> Buyer:
    """Written down first: an opening nobody could write down does not happen."""
    ctx.store.openings.add(Opening(community_id, order.shop, order.order_id, person, reason, ctx.clock()))
    return ctx.store.orders.buyer(order.shop, order.order_id)


def _shop_of(ctx: Context, community_id: str, order: Order) -> Shop:
    shop = ctx.store.shops.get(order.shop)
    if shop.community != community_id:
        raise NotFoundError(f"no order {order.order_id} in {community_id}")
    return shop


def _kept(ctx: Context, community_id: str, shops: Iterable[Shop]) -> list[Order]:
    """Orders whose buyer may still be kept, newest first."""
    now = ctx.clock()
    # An open order keeps its buyer three times as long, counted from its last change; a change comes later still.
    since = now - timedelta(days=ctx.policy_of(community_id).buyer_days * 4)
    until = now + timedelta(days=1)  # a marketplace's clock may be ahead of ours
    found = [order for shop in shops for order in ctx.store.orders.created_between(shop.id, since, until)]
    return sorted((one for one in found if not one.buyer_gone), key=lambda one: one.created_at, reverse=True)


def _is_of(wanted: str, buyer: Buyer) -> bool:
    digits = _digits(buyer.phone)
    return len(digits) >= _LEAST_DIGITS and digits == wanted


def _digits(phone: str) -> str:
    """A Thai number without blanks, its country code as the leading zero.

    >>> _digits("+66 81-234 5678")
    '0812345678'
    """
    digits = "".join(sign for sign in phone if sign.isdigit())
    return f"0{digits[2:]}" if digits.startswith("66") and len(digits) > 9 else digits

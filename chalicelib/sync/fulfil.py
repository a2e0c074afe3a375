"""Fulfilment from Pinto: what is to be handed over, packing, labels, ready to ship, tracking.

Every step looks at the shop first and reads the order again afterwards, so that stock follows by the same way as
for any other news. A step whose answer was lost is never sent again before the shop has been looked at, and not
within a quiet time: a parcel that is being made would be made twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from chalicelib.domain.errors import MarketplaceError, NotFoundError, OutcomeUnknownError, StaleError, TransientError
from chalicelib.domain.orders import Order
from chalicelib.domain.ports import Outcome, ShopDesk
from chalicelib.domain.privacy import Opening, OpeningReason
from chalicelib.domain.shipping import (
    PACKED_STATES,
    Label,
    Parcel,
    ParcelState,
    ShippingChoice,
    ToPack,
    Waiting,
    to_pack,
    untracked,
    waiting_lines,
)
from chalicelib.domain.shops import Shop
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import messages, take_orders
from chalicelib.sync.context import Context
from chalicelib.sync.desk_log import Step, step

_LABELLED = frozenset({ParcelState.ARRANGED, ParcelState.READY})


def to_hand_over(ctx: Context, community_id: str) -> tuple[ToPack, ...]:
    """Every order of the community that has not left yet, the nearest deadline first. Reads the store alone."""
    hours = ctx.policy_of(community_id).hand_over_hours
    found: list[ToPack] = []
    for shop in ctx.store.shops.of_community(community_id):
        orders = ctx.store.orders.to_hand_over(shop.id)
        parcels = ctx.store.parcels.of_orders(shop.id, [order.order_id for order in orders])
        found += [to_pack(order, parcels.get(order.order_id, ()), hours) for order in orders]
    return tuple(sorted(found, key=lambda one: (one.hand_over_by, one.order.key)))


def waiting(ctx: Context, community_id: str, shops: Sequence[Shop]) -> tuple[tuple[datetime, Waiting], ...]:
    """The same orders of these shops of the community with their deadlines, as a list shows them: a query a shop."""
    hours = ctx.policy_of(community_id).hand_over_hours
    found = [(one.hand_over_by(hours), one) for shop in shops for one in ctx.store.orders.waiting(shop.id)]
    return tuple(sorted(found, key=lambda pair: (pair[0], pair[1].key)))


def choices(ctx: Context, shop_id: str, order_id: str) -> tuple[ShippingChoice, ...]:
    """How the order may be handed over now, as the channel lists it: carriers, pickups, branches.

    Raises: StaleError when it is not to be shipped now; RejectedError when only the seller centre can arrange it.
    """
    _, desk = opened(ctx, shop_id)
    return desk.shipping_choices(order_id)


def pack(
    ctx: Context, shop_id: str, order_id: str, choice_id: str, line_ids: Sequence[str] = (), person: str = ""
) -> tuple[Parcel, ...]:
    """The lines (none named: all that wait) are packed, shipment is arranged; answers the order's parcels.

    Lines that are packed already are not packed again, and that is no error.
    Raises: StaleError when the choice is not offered any more, or nothing is to be packed; TransientError with
    `retry_after_s` while an earlier try is not settled; what the channel refuses with.
    """
    shop, desk = opened(ctx, shop_id)
    may_send = ctx.store.parcels.begin(shop.id, order_id, ctx.policy.pack_quiet_s)
    try:
        order, parcels = looked(ctx, shop, desk, order_id)
        waiting = [line.line_id for line in waiting_lines(order, parcels)]
        wanted = [line_id for line_id in waiting if not line_ids or line_id in line_ids]
        if not wanted:
            return _packed_already(shop, order, parcels, line_ids)
        if not may_send:
            raise TransientError(shop.channel, "being_packed", order_id, retry_after_s=ctx.policy.pack_quiet_s / 4)
        choice = _offered(shop, desk, order_id, choice_id)
    except Exception:
        if may_send:
            ctx.store.parcels.done(shop.id, order_id)
        raise
    whole = set(wanted) == {line.line_id for line in order.lines}
    made = Step("parcel", "seller_packed", "", choice.words[:80])
    with step(ctx, shop, desk, order, wanted, person, made):
        _send(ctx, shop, desk, order_id, () if whole else wanted, choice, made)
    return _after(ctx, shop, desk, order_id, wanted)


def ready(ctx: Context, shop_id: str, order_id: str, person: str = "") -> tuple[Outcome, ...]:
    """The carrier may come for every packed parcel of the order; one outcome for each.

    Telling twice is harmless. Raises: StaleError when nothing is packed.
    """
    shop, desk = opened(ctx, shop_id)
    order, parcels = looked(ctx, shop, desk, order_id)
    packed = [parcel for parcel in parcels if parcel.state in PACKED_STATES]
    if not packed:
        raise StaleError(shop.channel, "nothing_packed", order_id)
    line_ids = [line_id for parcel in packed for line_id in parcel.line_ids]
    made = Step("parcel", "seller_ready", "", ParcelState.READY.value)
    with step(ctx, shop, desk, order, line_ids, person, made):
        told = desk.ready_to_ship(packed)
        made.told(told)
    looked(ctx, shop, desk, order_id)
    return told


def track(ctx: Context, shop_id: str, order_id: str) -> tuple[Parcel, ...]:
    """The order's parcels as the shop shows them now, stored; the order itself is read again with them."""
    shop, desk = opened(ctx, shop_id)
    return looked(ctx, shop, desk, order_id)[1]


def label(ctx: Context, shop_id: str, order_id: str, person: str, package_ids: Sequence[str] = ()) -> Label:
    """One printable file for the order's packed parcels (or the named ones).

    A label shows who bought and where: printing one is an opening of the buyer's details and is written down.
    Raises: TransientError with `retry_after_s` while the channel makes it; StaleError when nothing is packed.
    """
    shop, desk = opened(ctx, shop_id)
    known = ctx.store.parcels.of_order(shop.id, order_id) or looked(ctx, shop, desk, order_id)[1]
    parcels = [one for one in known if one.state in _LABELLED and (not package_ids or one.package_id in package_ids)]
    if not parcels:
        raise StaleError(shop.channel, "nothing_packed", order_id)
    printed = desk.label(parcels)
    reason = OpeningReason.SHIPPING
    ctx.store.openings.add(Opening(shop.community, shop.id, order_id, person, reason, ctx.clock()))
    return printed


# --- what every step needs ------------------------------------------------------------------------------------------


def opened(ctx: Context, shop_id: str) -> tuple[Shop, ShopDesk]:
    """The shop and who speaks for it. Raises: NotFoundError, ShopClosedError."""
    shop = ctx.store.shops.get(shop_id)
    return shop, cast(ShopDesk, ctx.open(shop))


def reread(ctx: Context, shop: Shop, desk: ShopDesk, order_id: str) -> Order:
    """The order as it is kept after it was read once more: stock moved, other shops told. Raises: NotFoundError."""
    taken = take_orders.take_all(ctx, shop, desk.orders_by_id([order_id]))
    take_orders.tell(ctx, shop, taken)
    order = ctx.store.orders.get(shop.id, order_id)
    if order is None:
        raise NotFoundError(f"no order {order_id} in {shop.id}")
    return order


def looked(ctx: Context, shop: Shop, desk: ShopDesk, order_id: str) -> tuple[Order, tuple[Parcel, ...]]:
    """The order and its parcels, read now and stored."""
    order = reread(ctx, shop, desk, order_id)
    known = ctx.store.parcels.of_order(shop.id, order_id)
    parcels = desk.parcels(order_id)
    if known and ctx.store.parcels.busy(shop.id, order_id):
        parcels = _not_back(parcels, known)
    if order.buyer_gone:
        parcels = untracked(parcels)
    if parcels != known:
        ctx.store.parcels.save(shop.id, order_id, parcels)
    return order, parcels


def _not_back(parcels: Sequence[Parcel], known: Sequence[Parcel]) -> tuple[Parcel, ...]:
    """What was accepted a moment ago may still read as waiting: it is not taken back within the quiet time."""
    arranged = {one.package_id for one in known if one.state in PACKED_STATES}
    return tuple(
        replace(one, state=ParcelState.ARRANGED)
        if one.state is ParcelState.TO_ARRANGE and one.package_id in arranged
        else one
        for one in parcels
    )


def _packed_already(
    shop: Shop, order: Order, parcels: tuple[Parcel, ...], line_ids: Sequence[str]
) -> tuple[Parcel, ...]:
    wanted = set(line_ids) or {line.line_id for line in order.lines}
    if any(parcel.state in PACKED_STATES and wanted & set(parcel.line_ids) for parcel in parcels):
        return parcels
    raise StaleError(shop.channel, "nothing_to_pack", order.order_id)


def _offered(shop: Shop, desk: ShopDesk, order_id: str, choice_id: str) -> ShippingChoice:
    """The choice as it is offered now: a pickup time of an hour ago may be gone."""
    for choice in desk.shipping_choices(order_id):
        if choice.id == choice_id:
            return choice
    raise StaleError(shop.channel, "choice_gone", choice_id, user_key="desk.choice_gone")


def _send(
    ctx: Context,
    shop: Shop,
    desk: ShopDesk,
    order_id: str,
    line_ids: Sequence[str],
    choice: ShippingChoice,
    made: Step,
) -> None:
    """Packed once. A refusal lets the next try begin at once; an unknown outcome only after the quiet time."""
    try:
        parcels = desk.pack(order_id, line_ids, choice)
    except OutcomeUnknownError:
        if not _is_there(ctx, shop, desk, order_id, line_ids):
            raise
        made.reached(EntryState.ACCEPTED)
        return
    except MarketplaceError:
        ctx.store.parcels.done(shop.id, order_id)
        raise
    known = {one.package_id: one for one in ctx.store.parcels.of_order(shop.id, order_id)}
    ctx.store.parcels.save(shop.id, order_id, tuple((known | {one.package_id: one for one in parcels}).values()))
    made.reached(EntryState.ACCEPTED)


def _is_there(ctx: Context, shop: Shop, desk: ShopDesk, order_id: str, line_ids: Sequence[str]) -> bool:
    """Whether the lines are in parcels after all."""
    order, parcels = looked(ctx, shop, desk, order_id)
    left = {line.line_id for line in waiting_lines(order, parcels)}
    return not left & (set(line_ids) or left)


def _after(ctx: Context, shop: Shop, desk: ShopDesk, order_id: str, wanted: Sequence[str]) -> tuple[Parcel, ...]:
    """The parcels read back. Only when the shop itself shows them as packed may another step begin at once."""
    shown = desk.parcels(order_id)
    packed = {line_id for one in shown if one.state in PACKED_STATES for line_id in one.line_ids}
    _, parcels = looked(ctx, shop, desk, order_id)
    if set(wanted) <= packed:
        ctx.store.parcels.done(shop.id, order_id)
    ctx.queues.send("bulk", [messages.look_at_parcels(shop.id, [order_id])], delay_s=ctx.policy.tracking_after_s)
    return parcels

"""What an order, heard once or many times, moves in the stock ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.orders import OPEN_STATES, Order, OrderLine, OrderState, later
from chalicelib.domain.stock import Movement, MovementKind, StockLevel

_NEVER_LEFT = frozenset({OrderState.CANCELLED})


def merged(heard: Order, known: Order | None) -> Order:
    """The order to keep: newest facts of each line, no line lost, no line moved back.

    The buyer stays as first heard: channels mask in changing ways, and a mask must never replace a detail.
    """
    if known is None:
        return heard
    before = {line.line_id: line for line in known.lines}
    lines = [_later_line(before.pop(line.line_id, None), line) for line in heard.lines]
    newest = heard if heard.updated_at >= known.updated_at else known
    return replace(newest, buyer=known.buyer, lines=(*lines, *before.values()))


def _later_line(known: OrderLine | None, heard: OrderLine) -> OrderLine:
    if known is None:
        return heard
    state = later(known.state, heard.state)
    return replace(heard, state=state) if state is heard.state else replace(known, state=state)


def movements(order: Order, known: Order | None, our_skus: Collection[str], at: datetime) -> tuple[Movement, ...]:
    """The movements that take the ledger from `known` to `order` (already merged).

    Lines whose SKU is not ours move nothing. Ids come from the order line and what happened to it, so hearing
    the same twice is the same movement: a reservation when a line is first seen, paid or not; a release when it
    ends before shipping; a shipment when it leaves. A line first seen after it left is reserved and shipped.
    """
    before = {line.line_id: line for line in known.lines} if known else {}
    found: list[Movement] = []
    for line in order.lines:
        if line.seller_sku in our_skus:
            found.extend(_line_movements(order, line, before.get(line.line_id), at))
    return tuple(found)


def _line_movements(order: Order, line: OrderLine, before: OrderLine | None, at: datetime) -> Iterator[Movement]:
    held = before.quantity if before and before.state in OPEN_STATES else 0
    if before is None:
        if line.state in _NEVER_LEFT or line.quantity == 0:
            return
        yield _movement(order, line, MovementKind.RESERVE, 0, line.quantity, at)
        held = line.quantity
    if not held:
        return
    if line.state in _NEVER_LEFT:
        yield _movement(order, line, MovementKind.RELEASE, 0, -held, at)
    elif line.state not in OPEN_STATES:
        yield _movement(order, line, MovementKind.SHIP, -held, -held, at)
    elif line.quantity < held:
        yield _movement(order, line, MovementKind.RELEASE, 0, line.quantity - held, at, f"-to-{line.quantity}")


def _movement(
    order: Order, line: OrderLine, kind: MovementKind, on_hand: int, reserved: int, at: datetime, mark: str = ""
) -> Movement:
    return Movement(
        id=f"{order.key}/{line.line_id}/{kind.value}{mark}",
        sku=line.seller_sku,
        kind=kind,
        on_hand=on_hand,
        reserved=reserved,
        at=at,
        because=f"order_{kind.value}",
        order=order.key,
    )


def possible(moves: Sequence[Movement], levels: Mapping[str, StockLevel]) -> tuple[Movement, ...]:
    """The movements with shipments cut to what is on hand.

    A channel can ship units the ledger does not have (two shops sold the last piece, or a wrong count). The ledger
    stays at zero and the entry says so, instead of refusing to know about the shipment.
    """
    left = {sku: level.on_hand for sku, level in levels.items()}
    found = []
    for move in moves:
        take = min(-move.on_hand, left.get(move.sku, 0))
        left[move.sku] = left.get(move.sku, 0) - take
        short = -move.on_hand > take
        found.append(replace(move, on_hand=-take, because="shipped_more_than_on_hand") if short else move)
    return tuple(found)

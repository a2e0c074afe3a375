"""What an order, heard once or many times, moves in the stock ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.bundles import Recipe
from chalicelib.domain.catalogue import Product
from chalicelib.domain.orders import OPEN_STATES, Buyer, Order, OrderLine, OrderState, later_of
from chalicelib.domain.sharing import makers_of
from chalicelib.domain.stock import Movement, MovementKind, StockLevel

_GONE = frozenset({OrderState.HANDED_OVER, OrderState.DELIVERED, OrderState.COMPLETED, OrderState.RETURNING})


def merged(heard: Order, known: Order | None) -> Order:
    """The order to keep: newest facts of each line, no line lost, no line moved back.

    What was heard of an older moment may still bring a line or a later state; its other facts are old news. The
    buyer stays as first heard: channels mask in changing ways, and a mask must never replace a detail. One that was
    erased stays away.
    """
    if known is None:
        return heard
    ahead = heard.updated_at - known.updated_at
    before = {line.line_id: line for line in known.lines}
    lines = [_later_line(before.pop(line.line_id, None), line, ahead) for line in heard.lines]
    buyer = known.buyer if known.buyer_gone or known.buyer != Buyer() else heard.buyer
    facts = heard if ahead >= timedelta(0) else known
    return replace(facts, buyer=buyer, buyer_gone=known.buyer_gone, lines=(*lines, *before.values()))


def _later_line(known: OrderLine | None, heard: OrderLine, ahead: timedelta) -> OrderLine:
    if known is None:
        return heard
    state = later_of(known, heard, ahead)
    facts = heard if ahead >= timedelta(0) else known
    # Units are held under the SKU the line was first taken with, whatever a hand writes into the shop later.
    seller_sku = known.seller_sku if known.held else facts.seller_sku
    recipe = known.recipe if known.held else known.recipe or facts.recipe
    had_left = known.had_left or (state is OrderState.CANCELLED and known.state in _GONE)
    return replace(
        facts,
        state=state,
        held=known.held,
        seller_sku=seller_sku,
        recipe=recipe,
        turns=known.turns,
        makers=known.makers,
        had_left=had_left,
    )


def with_recipes(order: Order, known: Order | None, recipes: Mapping[str, Recipe]) -> Order:
    """The order with what its bundles are made of; a line that was held keeps what it was held as, also when a
    plain SKU has become a bundle since.

    `recipes` maps the SKU of a bundle -> its components. What left or ended when it was last known left as it was.
    """
    settled = {line.line_id for line in (known.lines if known else ()) if line.held or line.state not in OPEN_STATES}
    lines = (
        line if line.recipe or line.line_id in settled else replace(line, recipe=recipes.get(line.seller_sku, ()))
        for line in order.lines
    )
    return replace(order, lines=tuple(lines))


def with_makers(order: Order, products: Mapping[str, Product]) -> Order:
    """The order with who made each line, as it is now; a line that knows keeps it, whoever makes it later.

    `products` maps SKU -> product, of the lines (already with their recipes) and of what bundles are made of.
    """
    lines = (
        line
        if line.makers or line.seller_sku not in products
        else replace(line, makers=tuple((one.maker, one.parts) for one in makers_of(line, products)))
        for line in order.lines
    )
    return replace(order, lines=tuple(lines))


def movements(
    order: Order, known: Order | None, our_skus: Collection[str], at: datetime, connected_at: datetime | None = None
) -> tuple[Movement, ...]:
    """The movements that take the ledger from `known` to `order` (already merged, with its recipes).

    Lines whose SKU is not ours move nothing until it is; a line the ledger holds units for stays ours, also when
    its SKU has left the catalogue. Ids come from the order line and what happened to it, so hearing the same twice
    is the same movement: a reservation when a line is first seen, paid or not; a release when it ends before
    shipping; a shipment when it leaves. A line that left before anything was held is reserved and shipped. A
    bundle has no stock of its own: its components move, one movement each.

    What had left before the shop was connected was on no shelf that was counted, and moves nothing.
    """
    recipes = {line.line_id: line.recipe for line in order.lines}
    moved = _by_line(order, known, our_skus, at, connected_at)
    return tuple(part for line_id, move in moved for part in _in_components(move, recipes[line_id]))


def offer_movements(
    order: Order, known: Order | None, our_skus: Collection[str], at: datetime, connected_at: datetime | None = None
) -> tuple[Movement, ...]:
    """As `movements`, in units of the offers sold: a bundle counts as itself, as its channel counts it."""
    return tuple(move for _, move in _by_line(order, known, our_skus, at, connected_at))


def _by_line(
    order: Order, known: Order | None, our_skus: Collection[str], at: datetime, connected_at: datetime | None
) -> Iterator[tuple[str, Movement]]:
    before = {line.line_id: line for line in known.lines} if known else {}
    for line in order.lines:
        if _is_ours(line, our_skus) and not _had_left(order, line, before.get(line.line_id), connected_at):
            for move in _line_movements(order, line, before.get(line.line_id), at):
                yield line.line_id, move


def _had_left(order: Order, line: OrderLine, before: OrderLine | None, connected_at: datetime | None) -> bool:
    """Whether a line heard of for the first time left (or ended) before its shop was connected.

    One on its way whose order moved since then was handed over after the shelf was counted: it still counts.
    """
    if connected_at is None or before is not None or order.created_at >= connected_at:
        return False
    just_left = line.state is OrderState.HANDED_OVER and order.updated_at >= connected_at
    return line.state not in OPEN_STATES and not just_left


def _in_components(move: Movement, recipe: Recipe) -> Iterator[Movement]:
    if not recipe:
        yield move
    for sku, units in recipe:
        own = f"{move.id}/of-{move.sku}"
        yield replace(move, id=own, sku=sku, on_hand=move.on_hand * units, reserved=move.reserved * units)


def holding(order: Order, our_skus: Collection[str]) -> Order:
    """The order once its movements are done: every open line of ours says how many units are held for it."""
    lines = (_holding(line) if _is_ours(line, our_skus) else line for line in order.lines)
    return replace(order, lines=tuple(lines))


def _holding(line: OrderLine) -> OrderLine:
    held = line.quantity if line.state in OPEN_STATES else 0
    is_turn = bool(line.held and held) and held != line.held
    return replace(line, held=held, turns=line.turns + is_turn)


def _is_ours(line: OrderLine, our_skus: Collection[str]) -> bool:
    """What a channel ships from its own warehouse never lay on the community's shelf."""
    return bool(line.held) or (line.seller_sku in our_skus and not line.fulfilled_by_channel)


def _line_movements(order: Order, line: OrderLine, before: OrderLine | None, at: datetime) -> Iterator[Movement]:
    held, is_open = line.held, line.state in OPEN_STATES
    cancelled = line.state is OrderState.CANCELLED
    # What left or ended before we heard of it again was open, and unheld, when we last knew it.
    is_first = not held and (before is None or before.state in OPEN_STATES)
    if is_first and not cancelled and line.quantity:
        yield _movement(order, line, MovementKind.RESERVE, 0, line.quantity, at)
        held = line.quantity
    leaving = 0 if is_open or cancelled else min(held, line.quantity)
    if leaving:
        yield _movement(order, line, MovementKind.SHIP, -leaving, -leaving, at)
    stays = line.quantity if is_open else 0
    change = stays - (held - leaving)
    if change:
        kind = MovementKind.RESERVE if change > 0 else MovementKind.RELEASE
        yield _movement(order, line, kind, 0, change, at, "" if cancelled else _mark(order, line))


def _mark(order: Order, line: OrderLine) -> str:
    """Tells one change of a line's quantity from another to the same number later on.

    The order's own clock does not suffice: a channel edits a quantity there and back within one second of it, or
    without moving it at all.
    """
    turn = f"-{line.turns}" if line.turns else ""
    return f"-to-{line.quantity}-{order.updated_at:%Y%m%dT%H%M%S}{turn}"


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

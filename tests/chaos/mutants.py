"""The guarding lines of the design's laws, each broken on purpose."""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from chalicelib.domain import planner
from chalicelib.domain.changes import Plan, SetPrice
from chalicelib.domain.errors import OutcomeUnknownError
from chalicelib.domain.orders import OrderState
from chalicelib.domain.ports import Cursor
from chalicelib.domain.shops import Lease
from chalicelib.domain.stock import MovementKind
from chalicelib.jobs import work
from chalicelib.store import orders as stored_orders
from chalicelib.store import stock as stored_stock
from chalicelib.store.bindings import Bindings
from chalicelib.store.leases import HeldLease, Leases
from chalicelib.sync import claims, publish, reckon, take_orders, weighing
from chalicelib.sync.carry_out import Hands
from chalicelib.sync.record import Book
from chalicelib.sync.shelf import Shelf
from chalicelib.sync.token_care import TokenKeeper
from connectors.lazada.connector import LazadaShop
from connectors.shopee.connector import ShopeeShop

Mutant = Callable[[], AbstractContextManager[Any]]


@contextlib.contextmanager
def _all(*patches: AbstractContextManager[Any]) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for one in patches:
            stack.enter_context(one)
        yield


def _blind_create() -> AbstractContextManager[Any]:
    """An unanswered create is simply made again."""

    def again(original: Callable[..., Any]) -> Callable[..., Any]:
        def create(shop: Any, *parts: Any) -> Any:
            try:
                return original(shop, *parts)
            except OutcomeUnknownError:
                return original(shop, *parts)

        return create

    return _all(*(patch.object(kind, "create", again(kind.create)) for kind in (LazadaShop, ShopeeShop)))


def _no_look_before_create() -> AbstractContextManager[Any]:
    """A create that lost its answer is not looked for, neither at once nor before the next try."""
    return _all(
        patch.object(Hands, "_was_made_before", lambda *_: False),
        patch.object(Hands, "_find", lambda *_: []),
    )


def _moves(change: Callable[[Any], Any]) -> AbstractContextManager[Any]:
    original = take_orders.movements

    def movements(*parts: Any) -> Any:
        changed = (change(move) for move in original(*parts))
        return tuple(move for move in changed if move is not None)

    return patch.object(take_orders, "movements", movements)


def _random_movement_ids() -> AbstractContextManager[Any]:
    """A movement is new whenever it is said, and an order heard again is taken again."""
    numbers, taken = itertools.count(), take_orders._take
    return _all(
        patch.object(take_orders, "_take", lambda ctx, shop, heard, known: taken(ctx, shop, heard, None)),
        _moves(lambda move: replace(move, id=f"random-{next(numbers)}")),
        patch.object(stored_orders, "_unchanged", lambda known: None),
    )


def _unpaid_reserves_nothing() -> AbstractContextManager[Any]:
    """Only paid orders hold units."""
    moved = take_orders._moved

    def paid_only(ctx: Any, shop: Any, order: Any, known: Any) -> Any:
        if any(line.state is not OrderState.UNPAID for line in order.lines):
            return moved(ctx, shop, order, known)
        return order, (), ()

    return patch.object(take_orders, "_moved", paid_only)


def _cancelled_keeps_its_units() -> AbstractContextManager[Any]:
    """Nothing is released."""
    return _moves(lambda move: None if move.kind is MovementKind.RELEASE else move)


def _shipped_stays_on_hand() -> AbstractContextManager[Any]:
    """Goods that left still count as owned."""
    return _moves(lambda move: replace(move, on_hand=0) if move.kind is MovementKind.SHIP else move)


def _planned(change: Callable[[Any, Any], Any]) -> AbstractContextManager[Any]:
    original = planner.plan

    def plan(wanted: Any, observed: Any, *parts: Any) -> Any:
        return change(original, (wanted, observed, *parts))

    # Whoever plans has the function under a name of its own.
    return _all(*(patch.object(place, "plan", plan) for place in (publish, weighing)))


def _incomplete_read_may_create() -> AbstractContextManager[Any]:
    """What a cut page does not show is not there: for the plan and for what we remember."""
    original = Shelf.gone
    return _all(
        _planned(lambda plan, parts: plan(parts[0], replace(parts[1], complete=True), *parts[2:])),
        patch.object(Shelf, "gone", lambda shelf, observed: original(shelf, replace(observed, complete=True))),
        patch.object(Hands, "_was_made_before", lambda *_: False),
    )


def _prices_are_not_set() -> AbstractContextManager[Any]:
    """A price in the catalogue reaches no shop."""

    def without(plan: Any, parts: Any) -> Any:
        made = plan(*parts)
        return Plan(tuple(one for one in made.changes if not isinstance(one, SetPrice)), made.skipped)

    return _planned(without)


def _lease_is_ignored() -> AbstractContextManager[Any]:
    """Everybody may work on a shop at any time, and old fences hold."""
    original = Bindings._write

    def take(leases: Leases, shop_id: str, owner: str, seconds: float, purpose: str) -> Lease:
        return HeldLease(shop_id, owner, 0, leases._clock() + timedelta(seconds=seconds), purpose)

    return _all(
        patch.object(Leases, "take", take),
        patch.object(Leases, "extend", lambda leases, lease, seconds: lease),
        patch.object(Leases, "release", lambda *_: None),
        patch.object(Bindings, "_write", lambda bindings, rows, lease: original(bindings, rows, None)),
    )


def _cursor_before_rows() -> AbstractContextManager[Any]:
    """The cursor moves when the reading starts."""
    original = take_orders.poll_with

    def poll_with(ctx: Any, shop: Any, market: Any, *parts: Any, **named: Any) -> Any:
        cursor = ctx.store.orders.cursor(shop.id, "updated")
        since = cursor.at if cursor else ctx.clock()
        ctx.store.orders.save_cursor(Cursor(shop.id, "updated", ctx.clock()))
        with patch.object(take_orders, "_since", lambda *_: since):
            return original(ctx, shop, market, *parts, **named)

    return patch.object(take_orders, "poll_with", poll_with)


def _raised_at_once() -> AbstractContextManager[Any]:
    """A split share goes up before the others came down, and nobody looks whether there is room."""
    return _all(
        patch.object(reckon.stock, "raised_safely", lambda share, *_: share),
        patch.object(claims, "room", lambda *_: {}),
    )


def _reserved_is_sellable() -> AbstractContextManager[Any]:
    """What is promised is offered again, and whoever looks whether there is room counts the same way.

    Without the second half nothing would be noticed of the first: the claims keep such a number from every shop.
    """

    def sellable(on_hand: int, reserved: int, buffer: int) -> int:
        return max(on_hand - buffer, 0)

    return _all(patch.object(reckon.stock, "sellable", sellable), patch.object(claims, "sellable", sellable))


def _lost_runs_stay_running() -> AbstractContextManager[Any]:
    """A run whose worker died says for ever that it is running."""
    return patch.object(publish._Pass, "_end_lost_runs", lambda _: None)


def _level_without_movement() -> AbstractContextManager[Any]:
    """A count moves the level by more than it says in the ledger."""
    original = stored_stock.level_update

    def level_update(community: str, sku: str, moves: Any, when: Any = None) -> Any:
        change = original(community, sku, moves, when)
        counted = any(move.kind is MovementKind.COUNT for move in moves)
        return replace(change, add={**change.add, "on_hand": change.add["on_hand"] + 1}) if counted else change

    return patch.object(stored_stock, "level_update", level_update)


def _failed_read_says_gone() -> AbstractContextManager[Any]:
    """Whatever a read does not show is remembered as gone, also when the read was cut."""
    original = Shelf.gone
    return patch.object(Shelf, "gone", lambda shelf, seen: original(shelf, replace(seen, complete=True)))


def _waits_for_the_dead() -> AbstractContextManager[Any]:
    """A worker waits at a shop that does not answer, instead of putting its message back."""
    original = work._put_back

    def put_back(ctx: Any, lane: Any, message: Any, delay_s: float, **more: Any) -> None:
        ctx.clock.advance(delay_s)
        original(ctx, lane, message, 0, **more)

    return patch.object(work, "_put_back", put_back)


def _one_closes_all() -> AbstractContextManager[Any]:
    """A dead token closes every shop of the community."""
    original = work._close

    def close(ctx: Any, shop_id: str, *parts: Any) -> None:
        for shop in ctx.store.shops.of_community(ctx.store.shops.get(shop_id).community):
            original(ctx, shop.id, *parts)

    return patch.object(work, "_close", close)


def _statements(change: Callable[[Any], Any]) -> AbstractContextManager[Any]:
    def changed(original: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
        def settlements(*parts: Any) -> Iterator[Any]:
            for page in original(*parts):
                yield tuple(change(one) for one in page)

        return settlements

    kinds: tuple[Any, ...] = (LazadaShop, ShopeeShop)
    return _all(*(patch.object(kind, "settlements", changed(kind.settlements)) for kind in kinds))


def _fees_are_left_out() -> AbstractContextManager[Any]:
    """The last line of every statement is not read."""
    return _statements(lambda one: replace(one, lines=one.lines[:-1]))


def _sales_are_paid_to_nobody() -> AbstractContextManager[Any]:
    """A sale is settled without the order it belongs to."""
    return _statements(lambda one: replace(one, lines=tuple(replace(line, order_id="") for line in one.lines)))


def _closed_without_a_word() -> AbstractContextManager[Any]:
    """A shop is closed, and its page does not say why."""
    original = work._close

    def close(ctx: Any, shop_id: str, state: Any, error: Any) -> None:
        original(ctx, shop_id, state, error)
        ctx.store.shops.save(replace(ctx.store.shops.get(shop_id), note=""))

    return patch.object(work, "_close", close)


def _failure_without_a_card() -> AbstractContextManager[Any]:
    """What a marketplace refused is noted with its code alone."""
    original = Book.failed

    def failed(book: Any, change: Any, error: Any, *state: Any) -> Any:
        error.user_key = f"code.{error.code}"
        return original(book, change, error, *state)

    return patch.object(Book, "failed", failed)


def _buyer_in_the_log() -> AbstractContextManager[Any]:
    """An order is logged whole."""
    original = take_orders._take

    def take(ctx: Any, shop: Any, heard: Any, known: Any) -> Any:
        logging.getLogger("pinto.orders").info("taking %s", heard)
        return original(ctx, shop, heard, known)

    return patch.object(take_orders, "_take", take)


def _token_in_the_log() -> AbstractContextManager[Any]:
    """A refresh says with what."""
    original = TokenKeeper._refresh

    def refresh(keeper: Any, stored: Any) -> Any:
        logging.getLogger("pinto.care").info("refreshing with %s", stored.refresh)
        return original(keeper, stored)

    return patch.object(TokenKeeper, "_refresh", refresh)


MUTANTS: dict[str, tuple[Mutant, str]] = {
    "unanswered create made again": (_blind_create, "no twin"),
    "no look before a create": (_no_look_before_create, "no twin"),
    "random movement ids": (_random_movement_ids, "stock adds up"),
    "unpaid orders hold nothing": (_unpaid_reserves_nothing, "split never oversells"),
    "cancelled orders keep their units": (_cancelled_keeps_its_units, "stock adds up"),
    "shipped goods stay on hand": (_shipped_stays_on_hand, "stock adds up"),
    "a cut read counts as whole": (_incomplete_read_may_create, "no twin"),
    "prices are not set": (_prices_are_not_set, "converges"),
    "leases are ignored": (_lease_is_ignored, "one worker at a time"),
    "cursor before rows": (_cursor_before_rows, "no lost order"),
    "a split share raised at once": (_raised_at_once, "split never oversells"),
    "reserved units are offered": (_reserved_is_sellable, "split never oversells"),
    "lost runs stay running": (_lost_runs_stay_running, "every failure reaches a person"),
    "a level without its movement": (_level_without_movement, "stock adds up"),
    "what a cut read hides is gone": (_failed_read_says_gone, "nothing gone on a failed read"),
    "a worker waits for a dead shop": (_waits_for_the_dead, "nobody waits for a neighbour"),
    "a dead token closes every shop": (_one_closes_all, "nobody waits for a neighbour"),
    "fees are left out": (_fees_are_left_out, "money adds up"),
    "sales belong to no order": (_sales_are_paid_to_nobody, "money adds up"),
    "a shop closed without a word": (_closed_without_a_word, "every failure reaches a person"),
    "a failure without a card": (_failure_without_a_card, "every failure reaches a person"),
    "a buyer in the log": (_buyer_in_the_log, "nothing private leaks"),
    "a token in the log": (_token_in_the_log, "nothing private leaks"),
}
"""Name -> the breakage and the law that must notice it."""

"""Orders with what they moved in the stock ledger, cursors, and how much each shop sold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import merge
from itertools import islice

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.orders import Buyer, Order, OrderLine, OrderState
from chalicelib.domain.ports import Clock, Cursor
from chalicelib.domain.shipping import Waiting, is_to_hand_over, waiting_of
from chalicelib.domain.stock import Movement, StockError
from chalicelib.store import keys
from chalicelib.store.board import note_order
from chalicelib.store.buyers import Buyers
from chalicelib.store.items import from_item, moment_of, plain, text_of, to_item
from chalicelib.store.stock import by_sku, level_update, movement_put
from chalicelib.store.table import (
    GSI1,
    MAX_OPERATIONS,
    Absent,
    AnyOf,
    Condition,
    ConditionFailedError,
    Delete,
    Equals,
    Item,
    Operation,
    Put,
    Table,
    Update,
    chunks,
)
from chalicelib.store.vault import Vault

_FIRST, _LAST = "0", "~"  # below and above every time as text


class StaleStockError(StaleWriteError, StockError):
    """A level moved since the movements were decided, and they would now break the ledger: decide again."""


class Orders:
    """`ports.Orders` over a table.

    An order row carries a fingerprint of its content. A write names the fingerprint of the order it was decided
    on, so two workers that heard of the same order at once cannot both move its stock.
    """

    def __init__(self, table: Table, vault: Vault, clock: Clock) -> None:
        self._table = table
        self._buyers = Buyers(table, vault, clock)

    def get(self, shop_id: str, order_id: str) -> Order | None:
        """The order with its buyer masked, or None."""
        row = self._table.get(keys.order(shop_id, order_id))
        return from_item(Order, row) if row else None

    def many(self, shop_id: str, order_ids: Sequence[str]) -> dict[str, Order]:
        """Order id -> order, for those we have."""
        rows = self._table.batch_get(keys.order(shop_id, order_id) for order_id in order_ids)
        return {row["order_id"]: from_item(Order, row) for row in rows.values()}

    def buyer(self, shop_id: str, order_id: str) -> Buyer:
        """The buyer in clear, opened now and kept nowhere. Raises: NotFoundError for an unknown order."""
        order = self.get(shop_id, order_id)
        if order is None:
            raise NotFoundError(f"no order {order_id} in {shop_id}")
        return self._buyers.opened(shop_id, order_id)

    def take(
        self,
        community_id: str,
        order: Order,
        known: Order | None,
        movements: Sequence[Movement],
        cursor: Cursor | None = None,
        buyer_until: datetime | None = None,
    ) -> None:
        """The order, its stock movements and the cursor are stored together; `buyer_until` ends the buyer's row.

        Movements already in the ledger are left out. What does not fit into one transaction of a hundred rows is
        moved before the order row, piece by piece; a repeat then finds those movements done.

        Raises: StaleWriteError when the stored order is no longer `known`, StaleStockError (one too) when a
        movement would take a level below zero.
        """
        last = self._last_rows(community_id, order, known, cursor, buyer_until)
        together = list({(one.sku, one.id): one for one in movements}.values())
        if len(last) + len(_moves(community_id, together)) > MAX_OPERATIONS:
            for some in chunks(sorted(together, key=lambda one: one.sku), MAX_OPERATIONS // 2):
                self._write(community_id, [], some)
            together = []
        self._write(community_id, last[:MAX_OPERATIONS], together)
        # Only these can be so many: counters, which rank shops, and names of SKUs that are not ours.
        for rows in chunks(last[MAX_OPERATIONS:], MAX_OPERATIONS):
            self._write(community_id, rows, [])
        if known is None:
            note_order(self._table, order)

    def created_between(self, shop_id: str, since: datetime, until: datetime) -> tuple[Order, ...]:
        """Orders with `since <= created_at < until`, oldest first."""
        # Sort keys go on after the time, so those of `until` itself lie beyond it.
        span = text_of(since), text_of(until)
        rows = self._table.query(keys.orders(shop_id), index=GSI1, between=span)
        return tuple(from_item(Order, row) for row in rows)

    def created_ids(self, shop_id: str, since: datetime, until: datetime) -> Iterator[str]:
        """Ids of orders with `since <= created_at < until`, page after page: the count, without the orders."""
        span = text_of(since), text_of(until)
        return (row["order_id"] for row in self._table.query(keys.orders(shop_id), index=GSI1, between=span))

    def to_hand_over(self, shop_id: str) -> tuple[Order, ...]:
        """Orders of which something still lies on the shelf, oldest first: one query and batched reads."""
        rows = self._table.query(keys.to_hand_over(shop_id))
        found = self.many(shop_id, [row["order_id"] for row in rows])
        return tuple(sorted(found.values(), key=lambda order: (order.created_at, order.order_id)))

    def waiting(self, shop_id: str) -> tuple[Waiting, ...]:
        """What a list shows of them, from one query.

        Rows of before this was kept with the place name their order alone; those orders are read.
        """
        rows = list(self._table.query(keys.to_hand_over(shop_id)))
        bare = self.many(shop_id, [row["order_id"] for row in rows if "shown" not in row])
        told = [_waiting(shop_id, row) for row in rows if "shown" in row]
        return (*told, *(waiting_of(order) for order in bare.values()))

    def unheld(self, community_id: str, skus: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Shop id -> its orders with an open line of one of these SKUs that nothing is held for: one query."""
        found: dict[str, set[str]] = {}
        for row in self._table.query(keys.unheld(community_id)):
            if row["sku"] in skus:
                found.setdefault(row["shop"], set()).add(row["order_id"])
        return {shop_id: tuple(sorted(found[shop_id])) for shop_id in sorted(found)}

    def erase_buyer(self, community_id: str, order: Order) -> None:
        """The buyer's details are gone, masked ones too, and no later reading brings them back."""
        self.take(community_id, replace(order, buyer=Buyer(), buyer_gone=True), order, ())

    def latest(self, shop_id: str, limit: int = 50) -> tuple[Order, ...]:
        """The orders created last, newest first."""
        return self.page([shop_id], limit)

    def page(self, shop_ids: Sequence[str], limit: int = 50, before: datetime | None = None) -> tuple[Order, ...]:
        """Orders of several shops, newest first, created before a moment (for the next page): one read a shop."""
        span = _FIRST, text_of(before) if before else _LAST
        streams = [
            self._table.query(keys.orders(shop_id), index=GSI1, between=span, newest_first=True, limit=limit)
            for shop_id in shop_ids
        ]
        newest = merge(*streams, key=lambda row: row["GSI1SK"], reverse=True)
        return tuple(from_item(Order, row) for row in islice(newest, limit))

    def cursor(self, shop_id: str, stream: str) -> Cursor | None:
        """How far the stream was read, or None."""
        row = self._table.get(keys.cursor(shop_id, stream))
        return from_item(Cursor, row) if row else None

    def save_cursor(self, cursor: Cursor) -> None:
        """The cursor is as given."""
        self._table.put(_cursor_row(cursor))

    def sold_lately(self, shop_id: str, skus: Sequence[str]) -> dict[str, int]:
        """Units of each SKU this shop ever sold, counted once when an order line is first seen alive."""
        rows = self._table.batch_get(keys.sold(shop_id, sku) for sku in skus)
        counted = {row["sku"]: row["units"] for row in rows.values()}
        return {sku: counted.get(sku, 0) for sku in skus}

    def _write(self, community_id: str, rows: Sequence[Operation], movements: Sequence[Movement]) -> None:
        """Rows and movements are stored; movements the ledger has already are left out.

        That they are new is tried first and looked up only when it fails: nearly always one call is enough.
        """
        operations = [*rows, *_moves(community_id, movements)]
        if not operations:
            return
        try:
            self._table.write(operations)
        except ConditionFailedError as error:
            if rows and 0 in error.places:
                raise StaleWriteError(f"{rows[0].key[1]} was taken meanwhile") from error
            fresh = self._fresh(community_id, movements)
            if len(fresh) == len(movements):
                raise _broken(operations, error) from error
            self._write(community_id, rows, fresh)

    def _fresh(self, community_id: str, movements: Sequence[Movement]) -> list[Movement]:
        """The movements that are not in the ledger yet."""
        wanted = {keys.movement(community_id, one.sku, one.id): one for one in movements}
        there = self._table.batch_get(wanted)
        return [movement for key, movement in wanted.items() if key not in there]

    def _last_rows(
        self, community_id: str, order: Order, known: Order | None, cursor: Cursor | None, until: datetime | None
    ) -> list[Operation]:
        """The rows that say the order is taken: itself, its buyer, its place among what is to be handed over, the
        cursor, what of it nothing is held for, the counters."""
        buyer, sealed = self._buyers.rows(order, known, until)
        stored = replace(order, buyer=buyer)
        rows: list[Operation] = [Put(_order_row(stored), _unchanged(known)), *sealed, *_place(order, known)]
        if cursor is not None:
            rows.append(Put(_cursor_row(cursor)))
        return rows + _unheld(community_id, order, known) + _counters(order, known)


def fingerprint(order: Order) -> str:
    """Equal for equal orders, whether the buyer is masked or in clear.

    Names its fields one by one: a field added to `Order` later must not make every stored order look changed. What
    the ledger holds is in it: who decided on an order before its units were held would leave them held for ever.
    """
    return _digest(order, [[*_told(line), *_held(line)] for line in order.lines])


def _digest(order: Order, lines: Sequence[Sequence[object]]) -> str:
    said = [order.order_id, text_of(order.created_at), text_of(order.updated_at), plain(order.total), lines]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _told(line: OrderLine) -> list[object]:
    return [line.line_id, line.seller_sku, line.quantity, line.state, plain(line.paid), line.channel_state]


def _held(line: OrderLine) -> list[object]:
    return [["held", line.held, line.turns]] if line.held or line.turns else []


def _order_row(order: Order) -> Item:
    values = to_item(order) | {"fingerprint": fingerprint(order)}
    sort = keys.at(order.created_at, order.order_id)
    return keys.indexed(keys.order(order.shop, order.order_id), keys.orders(order.shop), sort, values)


def _unchanged(known: Order | None) -> Condition:
    """The stored order is still this one. Rows of before fingerprints told what is held say so in the old way."""
    if known is None:
        return Absent()
    now, old = fingerprint(known), _digest(known, [_told(line) for line in known.lines])
    same = Equals("fingerprint", now)
    return same if now == old else AnyOf((same, Equals("fingerprint", old)))


def _cursor_row(cursor: Cursor) -> Item:
    return keys.keyed(keys.cursor(cursor.shop, cursor.stream), to_item(cursor))


def _counters(order: Order, known: Order | None) -> list[Operation]:
    """One addition for each SKU of lines not heard of before; what came in cancelled was never sold."""
    before = {line.line_id for line in known.lines} if known else set()
    units: dict[str, int] = {}
    for line in order.lines:
        if line.line_id not in before and line.seller_sku and line.state is not OrderState.CANCELLED:
            units[line.seller_sku] = units.get(line.seller_sku, 0) + line.quantity
    return [
        Update(keys.sold(order.shop, sku), set={"sku": sku}, add={"units": count})
        for sku, count in sorted(units.items())
    ]


def _place(order: Order, known: Order | None) -> list[Operation]:
    """The order's place in the list of what is to be handed over, taken or given up."""
    key = keys.order_to_hand_over(order.shop, order.order_id)
    if is_to_hand_over(order):
        return [Put(keys.keyed(key, {"order_id": order.order_id, "shown": _shown(order)}))]
    return [Delete(key)] if known is not None and is_to_hand_over(known) else []


def _unheld(community_id: str, order: Order, known: Order | None) -> list[Operation]:
    """By which SKUs the order is found when one of them becomes ours; those it had before are gone."""
    now, before = _skus_unheld(order), _skus_unheld(known) if known else set()
    rows: list[Operation] = []
    for sku in sorted(now ^ before):
        key = keys.unheld_order(community_id, order.shop, order.order_id, sku)
        said = {"sku": sku, "shop": order.shop, "order_id": order.order_id}
        rows.append(Put(keys.keyed(key, said)) if sku in now else Delete(key))
    return rows


def _skus_unheld(order: Order) -> set[str]:
    return {line.seller_sku for line in order.lines if line.seller_sku and line.is_unheld}


def _shown(order: Order) -> str:
    """What `waiting` tells of the order, as one text: a list reads hundreds of them."""
    one = waiting_of(order)
    times = text_of(one.created_at), text_of(one.ship_by) if one.ship_by else ""
    return json.dumps([*times, one.cancel_asked, one.items, one.to_pack], separators=(",", ":"))


def _waiting(shop_id: str, row: Item) -> Waiting:
    created_at, ship_by, cancel_asked, items, to_pack = json.loads(row["shown"])
    told = (moment_of(created_at), tuple((sku, units) for sku, units in items), tuple(to_pack))
    return Waiting(shop_id, row["order_id"], *told, moment_of(ship_by) if ship_by else None, cancel_asked)


def _moves(community_id: str, movements: Sequence[Movement]) -> list[Operation]:
    """Every movement into the ledger, and one update for each level they move."""
    puts: list[Operation] = [movement_put(community_id, movement) for movement in movements]
    groups = by_sku(movements).items()
    return puts + [level_update(community_id, sku, group) for sku, group in groups]


def _broken(operations: Sequence[Operation], error: ConditionFailedError) -> StaleStockError:
    skus = ", ".join(operations[place].key[1].removeprefix(keys.LEVEL) for place in error.places)
    return StaleStockError(f"stock moved meanwhile: {skus}")

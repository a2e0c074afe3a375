"""Returns and refunds with their own clocks, and what was counted back in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.returns import Return, ReturnState
from chalicelib.domain.stock import Movement
from chalicelib.store import keys
from chalicelib.store.board import returns_asked
from chalicelib.store.items import from_item, to_item
from chalicelib.store.stock import by_sku, level_update, movement_put
from chalicelib.store.table import GSI1, Absent, Condition, ConditionFailedError, Equals, Item, Operation, Put, Table


class Returns:
    """`ports.Returns` over a table. A row carries a fingerprint, so two who decide at once cannot both write.

    It lies under its order, where one query finds all of them, and its id points there.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, shop_id: str, return_id: str) -> Return | None:
        """The return, or None."""
        row = self._table.get(keys.returned(shop_id, return_id))
        return from_item(Return, row) if row else None

    def of_order(self, shop_id: str, order_id: str) -> tuple[Return, ...]:
        """All of an order, by id."""
        copies = self._table.query(keys.returns_of_orders(shop_id), begins=keys.returns_of_order(order_id))
        rows = self._table.batch_get(keys.returned(shop_id, copy["return_id"]) for copy in copies)
        found = (from_item(Return, row) for row in rows.values())
        return tuple(sorted(found, key=lambda one: one.return_id))

    def latest(self, shop_id: str, limit: int = 50) -> tuple[Return, ...]:
        """Newest first, by when the buyer asked."""
        rows = self._table.query(keys.returns(shop_id), index=GSI1, newest_first=True, limit=limit)
        return tuple(from_item(Return, row) for row in rows)

    def take(self, found: Return, known: Return | None) -> None:
        """The return is stored with its place under the order. Raises: StaleWriteError."""
        self._write([*_rows(found, known)])

    def count_in(self, community_id: str, found: Return, known: Return, movements: Sequence[Movement]) -> None:
        """The return and its movements are stored together. Raises: StaleWriteError."""
        moves: list[Operation] = [movement_put(community_id, one) for one in movements]
        levels = [level_update(community_id, sku, group) for sku, group in by_sku(movements).items()]
        self._write([*_rows(found, known), *moves, *levels])

    def _write(self, operations: Sequence[Operation]) -> None:
        try:
            self._table.write(operations)
        except ConditionFailedError as error:
            raise StaleWriteError("the return changed meanwhile") from error


def _rows(found: Return, known: Return | None) -> list[Operation]:
    key = keys.returned(found.shop, found.return_id)
    sort = keys.at(found.created_at, found.return_id)
    values: Item = to_item(found) | {"fingerprint": _fingerprint(found)}
    when: Condition = Absent() if known is None else Equals("fingerprint", _fingerprint(known))
    rows: list[Operation] = [Put(keys.indexed(key, keys.returns(found.shop), sort, values), when)]
    if known is None:
        place = keys.return_of_order(found.shop, found.order_id, found.return_id)
        rows.append(Put(keys.keyed(place, {"return_id": found.return_id})))
    more = (found.state is ReturnState.ASKED) - (known is not None and known.state is ReturnState.ASKED)
    return [*rows, returns_asked(found.shop, more)] if more else rows


def _fingerprint(one: Return) -> str:
    said = to_item(one)
    facts = {name: said[name] for name in ("state", "updated_at", "lines", "counted_in", "tracking_number")}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]

"""Stock levels and the ledger of movements they are the sum of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.stock import Movement, MovementKind, StockError, StockLevel
from chalicelib.store import keys
from chalicelib.store.items import from_item, text_of, to_item
from chalicelib.store.table import (
    GSI1,
    Absent,
    AllOf,
    AtLeast,
    Condition,
    ConditionFailedError,
    Equals,
    Item,
    Put,
    Table,
    Update,
)

_COUNT_ATTEMPTS = 12


class Stock:
    """`ports.Stock` over a table.

    A movement and the level it changes are written in one transaction, and the movement only if the ledger of
    its SKU has none with its id: whatever is repeated or raced, a level is the sum of its movements.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def level(self, community_id: str, sku: str) -> StockLevel:
        """The level; zeros for a SKU never counted."""
        row = self._table.get(keys.level(community_id, sku))
        return from_item(StockLevel, row) if row else StockLevel(sku)

    def levels(self, community_id: str, skus: Sequence[str]) -> dict[str, StockLevel]:
        """SKU -> level, for each SKU asked."""
        rows = self._table.batch_get(keys.level(community_id, sku) for sku in skus)
        known = {row["sku"]: from_item(StockLevel, row) for row in rows.values()}
        return {sku: known.get(sku) or StockLevel(sku) for sku in skus}

    def move(self, community_id: str, movement: Movement) -> StockLevel:
        """The level after the movement; the same movement id again changes nothing. Raises: StockError."""
        change = level_update(community_id, movement.sku, [movement])
        try:
            self._table.write([movement_put(community_id, movement), change])
        except ConditionFailedError as error:
            if 0 not in error.places:
                raise StockError(_short(movement, error.rows[1])) from None
        return self.level(community_id, movement.sku)

    def count(
        self,
        community_id: str,
        sku: str,
        on_hand: int,
        *,
        movement_id: str,
        because: str,
        at: datetime,
        was: int | None = None,
    ) -> StockLevel:
        """On hand is this number, reservations untouched; the same movement id again changes nothing.

        With `was`, neither does a count of a SKU that has another number on hand by now: the level answers.
        Raises: StockError for a negative number, StaleWriteError when the SKU never stops moving.
        """
        if on_hand < 0:
            raise StockError(f"{sku}: nobody can count {on_hand} units")
        patiently = Retrying(
            stop=stop_after_attempt(_COUNT_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.01, max=0.3),
            retry=retry_if_exception_type(StaleWriteError),
            reraise=True,
        )
        return patiently(self._count, community_id, sku, on_hand, movement_id, because, at, was)

    def movements(self, community_id: str, sku: str, limit: int = 50) -> tuple[Movement, ...]:
        """The latest movements, newest first."""
        partition = keys.ledger(community_id, sku)
        rows = self._table.query(partition, index=GSI1, newest_first=True, limit=limit)
        return tuple(from_item(Movement, row) for row in rows)

    def movements_since(self, community_id: str, sku: str, since: datetime) -> tuple[Movement, ...]:
        """Every movement from then on, newest first."""
        span = text_of(since), "~"
        rows = self._table.query(keys.ledger(community_id, sku), index=GSI1, newest_first=True, between=span)
        return tuple(from_item(Movement, row) for row in rows)

    def ledger(self, community_id: str, sku: str) -> tuple[Movement, ...]:
        """Every movement of the SKU, oldest first, read from the table itself: what the level must add up to."""
        rows = self._table.query(keys.ledger(community_id, sku))
        return tuple(sorted((from_item(Movement, row) for row in rows), key=lambda one: (one.at, one.id)))

    def _count(
        self, community_id: str, sku: str, on_hand: int, movement_id: str, because: str, at: datetime, was: int | None
    ) -> StockLevel:
        level = self.level(community_id, sku)
        if was not in (None, level.on_hand):
            return level
        delta = on_hand - level.on_hand
        movement = Movement(movement_id, sku, MovementKind.COUNT, delta, 0, at, because)
        unmoved = Equals("version", level.version) if level.version else Absent()
        change = level_update(community_id, sku, [movement], unmoved)
        try:
            self._table.write([movement_put(community_id, movement), change])
        except ConditionFailedError as error:
            if 0 in error.places:
                return level
            raise
        return StockLevel(sku, on_hand, level.reserved, level.version + 1)


def movement_put(community_id: str, movement: Movement) -> Put:
    """The movement enters the ledger of its SKU, once."""
    key = keys.movement(community_id, movement.sku, movement.id)
    place = keys.ledger(community_id, movement.sku), keys.at(movement.at, movement.id)
    return Put(keys.indexed(key, *place, to_item(movement)), Absent())


def level_update(community_id: str, sku: str, movements: Sequence[Movement], when: Condition | None = None) -> Update:
    """The level moves by the sum of the movements, and never below zero."""
    on_hand = sum(movement.on_hand for movement in movements)
    reserved = sum(movement.reserved for movement in movements)
    needs = [AtLeast(field, -units) for field, units in (("on_hand", on_hand), ("reserved", reserved)) if units < 0]
    return Update(
        keys.level(community_id, sku),
        set={"sku": sku},
        add={"on_hand": on_hand, "reserved": reserved, "version": len(movements)},
        when=_all([*needs, *([when] if when else [])]),
    )


def by_sku(movements: Iterable[Movement]) -> dict[str, list[Movement]]:
    """SKU -> its movements, in the order given."""
    groups: dict[str, list[Movement]] = {}
    for movement in movements:
        groups.setdefault(movement.sku, []).append(movement)
    return groups


def _all(conditions: Sequence[Condition]) -> Condition | None:
    if len(conditions) > 1:
        return AllOf(tuple(conditions))
    return conditions[0] if conditions else None


def _short(movement: Movement, row: Item | None) -> str:
    have = row or {}
    return (
        f"{movement.sku}: on hand {have.get('on_hand', 0)}, reserved {have.get('reserved', 0)}; "
        f"{movement.kind} moves them by {movement.on_hand} and {movement.reserved}"
    )

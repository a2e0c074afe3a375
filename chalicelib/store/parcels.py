"""Parcels of orders, and who is arranging one right now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from chalicelib.domain.ports import Clock
from chalicelib.domain.shipping import Parcel
from chalicelib.store import keys
from chalicelib.store.items import from_item, moment_of, text_of, to_item
from chalicelib.store.table import Absent, AnyOf, AtMost, ConditionFailedError, Item, Table


class Parcels:
    """`ports.Parcels` over a table: one row holds all parcels of an order, for they change together."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def save(self, shop_id: str, order_id: str, parcels: Sequence[Parcel]) -> None:
        """The order's parcels are exactly these."""
        values = {"order_id": order_id, "parcels": [to_item(parcel) for parcel in parcels]}
        self._table.put(keys.keyed(keys.parcels(shop_id, order_id), values))

    def of_order(self, shop_id: str, order_id: str) -> tuple[Parcel, ...]:
        """The parcels as last seen; none when nothing was packed yet."""
        row = self._table.get(keys.parcels(shop_id, order_id))
        return _parcels(row) if row else ()

    def of_orders(self, shop_id: str, order_ids: Sequence[str]) -> dict[str, tuple[Parcel, ...]]:
        """Order id -> parcels, for those that have some."""
        rows = self._table.batch_get(keys.parcels(shop_id, order_id) for order_id in order_ids)
        return {row["order_id"]: _parcels(row) for row in rows.values() if row["parcels"]}

    def begin(self, shop_id: str, order_id: str, seconds: float) -> bool:
        """True for one caller until `done` or the time is over; the time limit is exact."""
        now = self._clock()
        end = now + timedelta(seconds=seconds)
        row = keys.keyed(keys.packing(shop_id, order_id), {"until": text_of(end), "ttl": int(end.timestamp()) + 1})
        try:
            self._table.put(row, AnyOf((Absent(), AtMost("until", text_of(now)))))
        except ConditionFailedError:
            return False
        return True

    def busy(self, shop_id: str, order_id: str) -> bool:
        """Whether a step is being sent, or was, and nobody knows yet what came of it."""
        row = self._table.get(keys.packing(shop_id, order_id))
        return row is not None and moment_of(row["until"]) > self._clock()

    def done(self, shop_id: str, order_id: str) -> None:
        """The next step may begin."""
        self._table.delete(keys.packing(shop_id, order_id))


def _parcels(row: Item) -> tuple[Parcel, ...]:
    return tuple(from_item(Parcel, one) for one in row["parcels"])

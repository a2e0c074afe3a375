"""Nightly balances, by shop and by day."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.balance import Balance, HalfBalance
from chalicelib.store import keys
from chalicelib.store.board import note_balance
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import GSI1, Table

_HALF_KEPT_S = 14 * 86_400


class Balances:
    """`ports.Balances` over a table; a balance made again replaces the earlier one of its shop and day."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def half(self, shop_id: str, day: date) -> HalfBalance | None:
        """How far the day came when its time was over, or None."""
        row = self._table.get(keys.half_balance(shop_id, day))
        return from_item(HalfBalance, row) if row else None

    def save_half(self, half: HalfBalance) -> None:
        """So far the day came; gone after a week, for a balance that old begins anew."""
        ends = int(half.at.timestamp()) + _HALF_KEPT_S
        self._table.put(keys.keyed(keys.half_balance(half.shop, half.day), to_item(half) | {"ttl": ends}))

    def forget_half(self, shop_id: str, day: date) -> None:
        """The day is done, or begins anew."""
        self._table.delete(keys.half_balance(shop_id, day))

    def save(self, balance: Balance) -> None:
        """The balance of its shop and day is as given."""
        key, day = keys.balance(balance.shop, balance.day), keys.balances_of_day(balance.day)
        self._table.put(keys.indexed(key, day, f"SHOP#{balance.shop}", to_item(balance)))
        note_balance(self._table, balance)

    def get(self, shop_id: str, day: date) -> Balance | None:
        """The balance of this shop and day, or None."""
        row = self._table.get(keys.balance(shop_id, day))
        return from_item(Balance, row) if row else None

    def of_shop(self, shop_id: str, limit: int = 31) -> tuple[Balance, ...]:
        """Balances of a shop, newest day first."""
        rows = self._table.query(keys.balances(shop_id), begins=keys.DAY, newest_first=True, limit=limit)
        return tuple(from_item(Balance, row) for row in rows)

    def of_day(self, day: date) -> tuple[Balance, ...]:
        """Balances of all shops for a day, by shop."""
        rows = self._table.query(keys.balances_of_day(day), index=GSI1)
        return tuple(from_item(Balance, row) for row in rows)

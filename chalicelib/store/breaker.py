"""Breakers: one small row per shop, there only while something fails."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.breaker import Breaker
from chalicelib.domain.ports import Clock
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Absent, Equals, Table

FORGET_AFTER = timedelta(days=7)
"""A breaker nobody touched for so long is about a shop nobody works for."""


class Breakers:
    """`ports.Breakers` over a table. The version is what lets one worker alone try a shop again."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def get(self, shop_id: str) -> tuple[Breaker, int]:
        """The shop's breaker and its version."""
        row = self._table.get(keys.breaker(shop_id))
        return (Breaker(), 0) if row is None else (from_item(Breaker, row["breaker"]), int(row["version"]))

    def save(self, shop_id: str, breaker: Breaker, expected_version: int) -> None:
        """The breaker, as long as nobody else changed it. Raises: StaleWriteError."""
        forget = int((self._clock() + FORGET_AFTER).timestamp())
        values = {"breaker": to_item(breaker), "version": expected_version + 1, "ttl": forget}
        when = Equals("version", expected_version) if expected_version else Absent()
        self._table.put(keys.keyed(keys.breaker(shop_id), values), when)

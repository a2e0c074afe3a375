"""Where orders lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.orders import Order
from chalicelib.domain.stock import Movement


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a stream of one shop was read; saved after the rows it covers, never before."""

    shop: str
    stream: str
    at: datetime


class Orders(Protocol):
    def get(self, shop_id: str, order_id: str) -> Order | None: ...
    def many(self, shop_id: str, order_ids: Sequence[str]) -> dict[str, Order]: ...

    def take(
        self,
        community_id: str,
        order: Order,
        known: Order | None,
        movements: Sequence[Movement],
        cursor: Cursor | None = None,
    ) -> None:
        """The order and its stock movements are stored in one transaction, the cursor with them.

        Movement ids already in the ledger are left out. Raises: StaleWriteError when the stored order is no
        longer `known`; read and decide again.
        """

    def created_between(self, shop_id: str, since: datetime, until: datetime) -> tuple[Order, ...]: ...
    def latest(self, shop_id: str, limit: int = 50) -> tuple[Order, ...]: ...
    def cursor(self, shop_id: str, stream: str) -> Cursor | None: ...
    def save_cursor(self, cursor: Cursor) -> None: ...
    def sold_lately(self, shop_id: str, skus: Sequence[str]) -> dict[str, int]:
        """Units of each SKU this shop ever sold, counted as orders are taken: who sells best."""

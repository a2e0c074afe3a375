"""Where orders lie."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.orders import Buyer, Order
from chalicelib.domain.shipping import Waiting
from chalicelib.domain.stock import Movement


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a stream of one shop was read; saved after the rows it covers, never before.

    `after` is the last id that was read, in a stream that goes by ids; empty at its end.
    """

    shop: str
    stream: str
    at: datetime
    after: str = ""


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
        buyer_until: datetime | None = None,
    ) -> None:
        """The order and its stock movements are stored in one transaction, the cursor with them.

        `buyer_until` is when the buyer's details are gone.

        Movement ids already in the ledger are left out. Raises: StaleWriteError when the stored order is no
        longer `known`; read and decide again.
        """

    def created_between(self, shop_id: str, since: datetime, until: datetime) -> tuple[Order, ...]: ...
    def created_ids(self, shop_id: str, since: datetime, until: datetime) -> Iterator[str]: ...
    def to_hand_over(self, shop_id: str) -> tuple[Order, ...]:
        """Orders of which something still lies on the community's shelf, oldest first."""

    def waiting(self, shop_id: str) -> tuple[Waiting, ...]:
        """The same orders as a list shows them, in one query and in no order."""

    def unheld(self, community_id: str, skus: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Shop id -> its orders with an open line of one of these SKUs that nothing is held for, in one query."""

    def buyer(self, shop_id: str, order_id: str) -> Buyer:
        """The buyer in clear; only `sync.privacy` asks, after it wrote down who does. Raises: NotFoundError."""

    def erase_buyer(self, community_id: str, order: Order) -> None:
        """The buyer's details are gone for good. Raises: StaleWriteError."""

    def latest(self, shop_id: str, limit: int = 50) -> tuple[Order, ...]: ...
    def page(self, shop_ids: Sequence[str], limit: int = 50, before: datetime | None = None) -> tuple[Order, ...]:
        """Orders of several shops, newest first, created before a moment (for the next page)."""

    def cursor(self, shop_id: str, stream: str) -> Cursor | None: ...
    def save_cursor(self, cursor: Cursor) -> None: ...
    def sold_lately(self, shop_id: str, skus: Sequence[str]) -> dict[str, int]:
        """Units of each SKU this shop ever sold, counted as orders are taken: who sells best."""

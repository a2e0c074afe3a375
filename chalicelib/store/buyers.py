"""Who bought: masked beside the order, sealed in a row of its own."""

from __future__ import annotations

import json
from datetime import datetime

from chalicelib.domain.orders import Buyer, Order
from chalicelib.domain.ports import Clock
from chalicelib.domain.privacy import is_done
from chalicelib.store import keys
from chalicelib.store.items import moment_of, text_of, to_item
from chalicelib.store.table import Delete, Item, Operation, Put, Table, Update
from chalicelib.store.vault import Vault

# Characters kept of each detail, so that even in four-byte letters a buyer fits into one KMS call.
_LONGEST = {"name": 150, "phone": 40, "address": 700}


class Buyers:
    """Sealed buyers over a table. Sealing costs a call, so it happens once per order and again only when the
    channel shows somebody else; opening happens only when asked."""

    def __init__(self, table: Table, vault: Vault, clock: Clock) -> None:
        self._table = table
        self._vault = vault
        self._clock = clock

    def rows(self, order: Order, known: Order | None, until: datetime | None) -> tuple[Buyer, list[Operation]]:
        """The masked buyer to keep with the order, and what is written of the sealed row.

        `known` is the order stored before, its buyer masked. An order that comes without a buyer keeps the one we
        have. `until` is when the details are gone; it is set anew when the order is done (or open again).
        """
        if order.buyer_gone:
            return Buyer(), [Delete(keys.buyer(order.shop, order.order_id))]
        shown, before = masked(order.buyer), masked(known.buyer if known else Buyer())
        if shown not in (Buyer(), before):
            return shown, [self._sealed(order, until)]
        is_other_clock = known is not None and is_done(order) != is_done(known)
        if before == Buyer() or until is None or not is_other_clock:
            return before, []
        return before, [Update(keys.buyer(order.shop, order.order_id), set=_end(until))]

    def opened(self, shop_id: str, order_id: str) -> Buyer:
        """The buyer in clear; an empty one when the channel never showed any, or when the time is over."""
        row = self._table.get(keys.buyer(shop_id, order_id))
        if row is None or "sealed" not in row or self._is_over(row):
            return Buyer()
        return Buyer(**json.loads(self._vault.open(row["sealed"], _context(shop_id, order_id))))

    def _sealed(self, order: Order, until: datetime | None) -> Put:
        said = {name: text[: _LONGEST[name]] for name, text in to_item(order.buyer).items()}
        text = json.dumps(said, ensure_ascii=False)
        sealed = self._vault.seal(text, _context(order.shop, order.order_id))
        ends = _end(until) if until else {}
        return Put(keys.keyed(keys.buyer(order.shop, order.order_id), {"sealed": sealed, **ends}))

    def _is_over(self, row: Item) -> bool:
        """DynamoDB removes a row some hours late; the time limit itself is exact."""
        return "until" in row and moment_of(row["until"]) <= self._clock()


def masked(buyer: Buyer) -> Buyer:
    """What may be shown: the first letter of the name, the last two digits of the phone, no address.

    Masking twice changes nothing.

    >>> masked(Buyer("นภา ใจดี", "0812345678", "12 หมู่ 3"))
    Buyer(name='น***', phone='***78', address='***')
    """
    return Buyer(
        name=f"{buyer.name[:1]}***" if buyer.name else "",
        phone=f"***{buyer.phone[-2:]}" if len(buyer.phone) > 2 else "***" if buyer.phone else "",
        address="***" if buyer.address else "",
    )


def _context(shop_id: str, order_id: str) -> dict[str, str]:
    return {"use": "buyer", "shop": shop_id, "order": order_id}


def _end(until: datetime) -> Item:
    return {"until": text_of(until), "ttl": int(until.timestamp()) + 1}

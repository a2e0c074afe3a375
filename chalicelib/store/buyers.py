"""Who bought: masked beside the order, sealed in a row of its own."""

from __future__ import annotations

import json

from chalicelib.domain.orders import Buyer, Order
from chalicelib.store import keys
from chalicelib.store.items import to_item
from chalicelib.store.table import Operation, Put, Table
from chalicelib.store.vault import Vault

# Characters kept of each detail, so that even in four-byte letters a buyer fits into one KMS call.
_LONGEST = {"name": 150, "phone": 40, "address": 700}


class Buyers:
    """Sealed buyers over a table. Sealing costs a call, so it happens once per order and again only when the
    channel shows somebody else; opening happens only when asked."""

    def __init__(self, table: Table, vault: Vault) -> None:
        self._table = table
        self._vault = vault

    def rows(self, order: Order, known: Buyer) -> tuple[Buyer, list[Operation]]:
        """The masked buyer to keep with the order, and the sealed row if one must be written.

        `known` is the masked buyer stored before. An order that comes without a buyer keeps the one we have.
        """
        shown = masked(order.buyer)
        if shown == Buyer() or shown == masked(known):
            return masked(known), []
        said = {name: text[: _LONGEST[name]] for name, text in to_item(order.buyer).items()}
        text = json.dumps(said, ensure_ascii=False)
        sealed = self._vault.seal(text, _context(order.shop, order.order_id))
        return shown, [Put(keys.keyed(keys.buyer(order.shop, order.order_id), {"sealed": sealed}))]

    def opened(self, shop_id: str, order_id: str) -> Buyer:
        """The buyer in clear; an empty one when the channel never showed any."""
        row = self._table.get(keys.buyer(shop_id, order_id))
        if row is None:
            return Buyer()
        return Buyer(**json.loads(self._vault.open(row["sealed"], _context(shop_id, order_id))))


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

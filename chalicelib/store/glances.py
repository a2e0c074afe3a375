"""Products at a glance: a few rows a community, so that a long catalogue is searched and counted without reading it.

The words lie in a handful of rows by code, and change in the transaction that saves the product. How each product
stands in a shop is one row a shop, written by whoever holds the shop's lease when its work ends.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from chalicelib.domain.catalogue import Product
from chalicelib.domain.glance import CommunityGlance, Glance, GlanceSku, ShopGlance, Told, glance_of
from chalicelib.store import keys
from chalicelib.store.table import Absent, Condition, ConditionFailedError, Equals, Item, Table, Update

_ROWS = 16


class Glances:
    """`ports.Glances` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, community_id: str) -> CommunityGlance:
        """Everything, in one query of a few rows."""
        products: dict[str, Glance] = {}
        shops: dict[str, ShopGlance] = {}
        for row in self._table.query(keys.glances(community_id)):
            if row["SK"].startswith(keys.WORDS):
                products.update((one.code, one) for one in _words_in(row))
            else:
                shops[row["shop"]] = _shop_of(row)
        return CommunityGlance({code: products[code] for code in sorted(products)}, shops)

    def shop(self, community_id: str, shop_id: str) -> ShopGlance:
        """How products stood in this shop after the last work there."""
        row = self._table.get(keys.glance_of_shop(community_id, shop_id))
        return _shop_of(row) if row else ShopGlance()

    def tell(self, community_id: str, shop_id: str, told: Mapping[str, Told], *, whole: bool = False) -> None:
        """These products stood so; `whole`: and no others are known there. Nothing is written when nothing moved."""
        before = self.shop(community_id, shop_id)
        after = ShopGlance(dict(told) if whole else {**before.told, **told}, whole or before.is_whole)
        if after == before:
            return
        said = {code: [one.tone, one.version, one.offers] for code, one in sorted(after.told.items())}
        row = {"shop": shop_id, "is_whole": after.is_whole, "told": json.dumps(said, separators=(",", ":"))}
        self._table.put(keys.keyed(keys.glance_of_shop(community_id, shop_id), row))

    def mend(self, community_id: str, products: Sequence[Product]) -> int:
        """How many products could not have been found by their words as read; now they can.

        A product saved meanwhile says so itself and is left alone.
        """
        known = self.of(community_id).products
        wrong = [one for one in products if _is_behind(known.get(one.code), glance_of(one))]
        return sum(self._mend(one, known.get(one.code)) for one in wrong)

    def _mend(self, product: Product, before: Glance | None) -> bool:
        field = _field(product.code)
        unmoved: Condition = Equals(field, _text(before)) if before else Absent(field)
        try:
            self._table.update(words_update(product, unmoved))
        except ConditionFailedError:
            return False
        return True


def words_update(product: Product, when: Condition | None = None) -> Update:
    """The product is found by its words as they are now."""
    place = keys.glance_of_words(product.community, _row(product.code))
    return Update(place, set={_field(product.code): _text(glance_of(product))}, when=when)


def _is_behind(known: Glance | None, now: Glance) -> bool:
    return known is None or (known != now and known.version <= now.version)


def _row(code: str) -> int:
    """Which of the rows holds the code: spread, so that products saved side by side seldom meet."""
    return hashlib.sha256(code.encode()).digest()[0] % _ROWS


def _field(code: str) -> str:
    return f"{keys.WORDS}{code}"


def _text(one: Glance) -> str:
    skus = [[sku.sku, sku.said, sku.is_bundle] for sku in one.skus]
    return json.dumps([one.version, one.on_sale, one.said, skus], ensure_ascii=False, separators=(",", ":"))


def _words_in(row: Item) -> Iterable[Glance]:
    for name, value in row.items():
        if name.startswith(keys.WORDS):
            version, on_sale, said, skus = json.loads(value)
            yield Glance(name.removeprefix(keys.WORDS), version, on_sale, said, tuple(GlanceSku(*one) for one in skus))


def _shop_of(row: Item) -> ShopGlance:
    told = {code: Told(*facts) for code, facts in json.loads(row["told"]).items()}
    return ShopGlance(told, row["is_whole"])

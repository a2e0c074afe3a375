"""Push rules, fields the seller keeps, and fields a promotion holds: all of one shop in one partition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.domain.stock import PushRule
from chalicelib.domain.terms import Terms
from chalicelib.store import keys
from chalicelib.store.items import from_item, moment_of, text_of, to_item
from chalicelib.store.prices import prices_in
from chalicelib.store.sparse import rows_of
from chalicelib.store.table import Item, Key, Table

WHOLE_SHOP = ""
LOCKABLE = ("price", "stock")


class PushRules:
    """`ports.PushRules` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def terms(self, shop_id: str, skus: Sequence[str], codes: Sequence[str], now: datetime) -> Terms:
        """Everything decided about these, in one read."""
        wanted = [keys.rule(shop_id, sku) for sku in (*skus, WHOLE_SHOP)]
        wanted += [keys.kept(shop_id, code) for code in codes]
        wanted += [keys.lock(shop_id, sku, field) for sku in skus for field in LOCKABLE]
        wanted += [keys.price(shop_id, sku) for sku in skus]
        rows = rows_of(self._table, keys.rules(shop_id), "", wanted)
        return Terms(_rules(rows, skus), _kept(rows), _locked(rows, now), prices_in(rows))

    def of_shop(self, shop_id: str, skus: Sequence[str]) -> dict[str, PushRule]:
        """SKU -> the rule that holds for it."""
        wanted = (keys.rule(shop_id, sku) for sku in (*skus, WHOLE_SHOP))
        return _rules(rows_of(self._table, keys.rules(shop_id), keys.RULE, wanted), skus)

    def stored(self, shop_id: str) -> dict[str, PushRule]:
        """SKU -> rule as set, "" for the whole shop."""
        rows = self._table.query(keys.rules(shop_id), begins=keys.RULE)
        return {row["sku"]: from_item(PushRule, row) for row in rows}

    def save(self, shop_id: str, sku: str, rule: PushRule) -> None:
        """The SKU, or the whole shop, has this rule."""
        self._table.put(keys.keyed(keys.rule(shop_id, sku), {"sku": sku, **to_item(rule)}))

    def clear(self, shop_id: str, sku: str) -> None:
        """The SKU, or the whole shop, has no rule of its own."""
        self._table.delete(keys.rule(shop_id, sku))

    def kept(self, shop_id: str, codes: Sequence[str]) -> dict[str, frozenset[str]]:
        """Product code -> fields the seller keeps."""
        wanted = (keys.kept(shop_id, code) for code in codes)
        return _kept(rows_of(self._table, keys.rules(shop_id), keys.KEPT, wanted))

    def keep(self, shop_id: str, code: str, fields: frozenset[str]) -> None:
        """The seller keeps exactly these fields."""
        if not fields:
            self._table.delete(keys.kept(shop_id, code))
            return
        self._table.put(keys.keyed(keys.kept(shop_id, code), {"code": code, "fields": sorted(fields)}))

    def locked(self, shop_id: str, skus: Sequence[str], now: datetime) -> dict[str, frozenset[str]]:
        """SKU -> fields held now."""
        wanted = (keys.lock(shop_id, sku, field) for sku in skus for field in LOCKABLE)
        return _locked(rows_of(self._table, keys.rules(shop_id), keys.LOCK, wanted), now)

    def lock(self, shop_id: str, sku: str, field: str, until: datetime) -> None:
        """The field is held until then."""
        row = {"sku": sku, "field": field, "until": text_of(until), "ttl": int(until.timestamp())}
        self._table.put(keys.keyed(keys.lock(shop_id, sku, field), row))

    def unlock(self, shop_id: str, skus: Sequence[str]) -> None:
        """No field of these is held any more."""
        wanted = [keys.lock(shop_id, sku, field) for sku in skus for field in LOCKABLE]
        for key in rows_of(self._table, keys.rules(shop_id), keys.LOCK, wanted):
            self._table.delete(key)


Rows = Mapping[Key, Item]


def _of_kind(rows: Rows, kind: str) -> list[Item]:
    return [row for (_, sort), row in rows.items() if sort.startswith(kind)]


def _rules(rows: Rows, skus: Sequence[str]) -> dict[str, PushRule]:
    found = {row["sku"]: from_item(PushRule, row) for row in _of_kind(rows, keys.RULE)}
    shops_own = found.get(WHOLE_SHOP, PushRule())
    return {sku: found.get(sku, shops_own) for sku in skus}


def _kept(rows: Rows) -> dict[str, frozenset[str]]:
    return {row["code"]: frozenset(row["fields"]) for row in _of_kind(rows, keys.KEPT) if row["fields"]}


def _locked(rows: Rows, now: datetime) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in _of_kind(rows, keys.LOCK):
        if moment_of(row["until"]) > now:
            found[row["sku"]] = found.get(row["sku"], frozenset()) | {row["field"]}
    return found

"""Dated rules by which a community's settled money is shared; added, never changed."""

from __future__ import annotations

from chalicelib.domain.sharing import ShareRule
from chalicelib.store import keys
from chalicelib.store.items import from_item, to_item
from chalicelib.store.table import Absent, Table


class MoneyRules:
    """`ports.MoneyRules` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, community_id: str) -> tuple[ShareRule, ...]:
        """Every rule the community ever had, oldest first."""
        return tuple(from_item(ShareRule, row) for row in self._table.query(keys.money_rules(community_id)))

    def add(self, rule: ShareRule) -> None:
        """The rule holds from its day."""
        key = keys.money_rule(rule.community, rule.valid_from)
        self._table.put(keys.keyed(key, to_item(rule)), Absent())

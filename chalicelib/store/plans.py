"""Plans that wait for a person: one a shop."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Clock
from chalicelib.store import keys
from chalicelib.store.items import text_of
from chalicelib.store.table import Absent, ConditionFailedError, Equals, Item, Table, Update

_SHOWN = ("run", "reasons", "summary", "fingerprint", "held_at", "approved_by", "approved_at")


class WaitingPlans:
    """`ports.WaitingPlans` over a table."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def hold(self, shop_id: str, run_id: str, reasons: Sequence[str], summary: Sequence[str], fingerprint: str) -> None:
        """The plan waits. The same plan made again keeps an approval; another plan starts without one."""
        said: Item = {
            "run": run_id,
            "reasons": list(reasons),
            "summary": list(summary),
            "fingerprint": fingerprint,
            "held_at": text_of(self._clock()),
        }
        key = keys.plan(shop_id)
        try:
            self._table.update(Update(key, set=said, when=Equals("fingerprint", fingerprint)))
        except ConditionFailedError as error:
            before = error.rows[0]
            # A person may be approving the plan that stands there; then it is read again.
            unmoved = Equals("fingerprint", before["fingerprint"]) if before else Absent()
            self._table.put(keys.keyed(key, said), unmoved)

    def approve(self, shop_id: str, fingerprint: str, person: str) -> None:
        """This plan, and no other, may run. Raises: NotFoundError when it does not wait any more."""
        approval = {"approved_by": person, "approved_at": text_of(self._clock())}
        change = Update(keys.plan(shop_id), set=approval, when=Equals("fingerprint", fingerprint))
        try:
            self._table.update(change)
        except ConditionFailedError:
            raise NotFoundError(f"no such plan waits for {shop_id}") from None

    def approved(self, shop_id: str, fingerprint: str) -> bool:
        """Whether a person approved exactly this plan."""
        row = self._table.get(keys.plan(shop_id)) or {}
        return row.get("fingerprint") == fingerprint and bool(row.get("approved_by"))

    def waiting(self, shop_id: str) -> dict[str, object] | None:
        """The plan that waits (or was approved and has not run), or None.

        Shape: {"run", "fingerprint", "held_at": str, "reasons", "summary": [str], and once approved
        "approved_by", "approved_at": str}; times are ISO UTC.
        """
        row = self._table.get(keys.plan(shop_id))
        return None if row is None else {name: row[name] for name in _SHOWN if name in row}

    def clear(self, shop_id: str) -> None:
        """No plan waits for the shop."""
        self._table.delete(keys.plan(shop_id))

"""Plans that wait for a person: one a shop, with every change."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Clock
from chalicelib.domain.waiting_plans import HeldChange, WaitingPlan
from chalicelib.store import keys
from chalicelib.store.board import note_plan
from chalicelib.store.items import from_item, text_of, to_item
from chalicelib.store.table import Absent, ConditionFailedError, Equals, Item, Table, Update, chunks

CHANGES_A_ROW = 200
"""Some 60 kB: far below what a row may hold, and few rows for a plan of thousands."""
DAY_S = 24 * 3600

_SAID = ("approved_by", "approved_at", "refused_by", "refused_at")


class WaitingPlans:
    """`ports.WaitingPlans` over a table. The changes are written first: a plan that is there is there whole."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def hold(self, plan: WaitingPlan) -> None:
        """The plan waits. The same plan made again keeps what a person said; another plan starts without."""
        self._write_changes(plan)
        head = {name: value for name, value in to_item(plan).items() if name not in ("changes", *_SAID)}
        key = keys.plan(plan.shop)
        try:
            row = self._table.update(Update(key, set=head, when=Equals("fingerprint", plan.fingerprint)))
            waits = not (row.get("approved_by") or row.get("refused_by"))
        except ConditionFailedError as error:
            before = error.rows[0]
            # A person may be approving the plan that stands there; then it is read again.
            unmoved = Equals("fingerprint", before["fingerprint"]) if before else Absent()
            self._table.put(keys.keyed(key, head), unmoved)
            if before:
                self._drop_changes(plan.shop, before["fingerprint"])
            waits = True
        note_plan(self._table, plan.shop, waits=waits)

    def approve(self, shop_id: str, fingerprint: str, person: str) -> None:
        """This plan, and no other, may run. Raises: NotFoundError when it does not wait any more."""
        self._say(shop_id, fingerprint, "approved", "refused", person)

    def refuse(self, shop_id: str, fingerprint: str, person: str) -> None:
        """This plan may not run, however often it is made again. Raises: NotFoundError when it does not wait."""
        self._say(shop_id, fingerprint, "refused", "approved", person)

    def approved(self, shop_id: str, fingerprint: str) -> bool:
        """Whether a person approved exactly this plan."""
        row = self._table.get(keys.plan(shop_id)) or {}
        return row.get("fingerprint") == fingerprint and bool(row.get("approved_by"))

    def waiting(self, shop_id: str) -> WaitingPlan | None:
        """The plan that waits, was refused, or was approved and has not run to its end; None when there is none."""
        row = self._table.get(keys.plan(shop_id))
        if row is None or "made_at" not in row:
            return None
        parts = self._table.query(keys.plan_changes(shop_id), begins=keys.plan_part(row["fingerprint"]))
        changes = tuple(from_item(HeldChange, one) for part in parts for one in part["changes"])
        return replace(from_item(WaitingPlan, {"changes": [], **row}), changes=changes)

    def clear(self, shop_id: str) -> None:
        """No plan waits for the shop."""
        row = self._table.get(keys.plan(shop_id))
        if row is not None:
            self._table.delete(keys.plan(shop_id))
            self._drop_changes(shop_id, row["fingerprint"])
            note_plan(self._table, shop_id, waits=False)

    def _say(self, shop_id: str, fingerprint: str, word: str, other: str, person: str) -> None:
        said = {f"{word}_by": person, f"{word}_at": text_of(self._clock())}
        key, unsaid = keys.plan(shop_id), (f"{other}_by", f"{other}_at")
        try:
            self._table.update(Update(key, set=said, remove=unsaid, when=Equals("fingerprint", fingerprint)))
        except ConditionFailedError:
            raise NotFoundError(f"no such plan waits for {shop_id}") from None
        note_plan(self._table, shop_id, waits=False)

    def _write_changes(self, plan: WaitingPlan) -> None:
        pk, ends = keys.plan_changes(plan.shop), int(plan.expires_at.timestamp()) + DAY_S
        rows: list[Item] = []
        for number, some in enumerate(chunks(plan.changes, CHANGES_A_ROW)):
            key = pk, f"{keys.plan_part(plan.fingerprint)}{number:04}"
            rows.append(keys.keyed(key, {"changes": [to_item(one) for one in some], "ttl": ends}))
        self._table.batch_put(rows)

    def _drop_changes(self, shop_id: str, fingerprint: str) -> None:
        pk = keys.plan_changes(shop_id)
        for row in list(self._table.query(pk, begins=keys.plan_part(fingerprint))):
            self._table.delete((pk, row["SK"]))

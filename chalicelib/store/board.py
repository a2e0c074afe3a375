"""One short row a shop, kept by whoever ends a run, a night or takes an order; all of them are one query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.balance import BANGKOK, Balance
from chalicelib.domain.board import BoardLine
from chalicelib.domain.orders import Order
from chalicelib.domain.synclog import EntryState, Run
from chalicelib.store import keys
from chalicelib.store.items import from_item, text_of
from chalicelib.store.table import Absent, AnyOf, AtMost, ConditionFailedError, Item, Table, Update

_DONE = {EntryState.LIVE.value, EntryState.SKIPPED.value}
_HOUR = "hour_"


class Board:
    """`ports.Board` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def lines(self) -> dict[str, BoardLine]:
        """Shop id -> how it stands, for shops something happened in."""
        return {row["shop"]: _line(row) for row in self._table.query(keys.BOARD)}

    def of_shops(self, shop_ids: Iterable[str]) -> dict[str, BoardLine]:
        """The same for these shops alone."""
        rows = self._table.batch_get(keys.board(shop_id) for shop_id in shop_ids)
        return {row["shop"]: _line(row) for row in rows.values()}


def _line(row: Item) -> BoardLine:
    hours = {name.removeprefix(_HOUR): count for name, count in row.items() if name.startswith(_HOUR)}
    return from_item(BoardLine, {**row, "hours": hours})


def note_run(table: Table, run: Run) -> None:
    """The shop's line says how its last run ended; what is behind is known by runs over the whole shop alone."""
    ended = text_of(run.ended_at or run.started_at)
    facts: dict[str, object] = {"shop": run.shop, "run_at": ended, "run_state": run.state.value}
    if run.lane != "urgent":
        facts["whole_run_at"] = ended
        facts["behind"] = sum(count for state, count in run.counts.items() if state not in _DONE)
        facts["failed"] = run.counts.get(EntryState.FAILED.value, 0)
    _newest(table, Update(keys.board(run.shop), set=facts), "run_at", ended)


def note_balance(table: Table, balance: Balance) -> None:
    """The shop's line says how its last night ended; a night made again late does not hide a newer one."""
    day = balance.day.isoformat()
    facts = {
        "shop": balance.shop,
        "balance_day": day,
        "unexplained": balance.unexplained,
        "drift": balance.offers - balance.offers_agreeing,
        "is_clean": balance.is_clean,
    }
    _newest(table, Update(keys.board(balance.shop), set=facts), "balance_day", day)


def note_order(table: Table, order: Order) -> None:
    """The shop's line counts the order in its Bangkok hour. An order heard twice at once may count twice."""
    hour, at = order.created_at.astimezone(BANGKOK).hour, text_of(order.created_at)
    key, add = keys.board(order.shop), {f"{_HOUR}{hour:02}": 1}
    newest = AnyOf((Absent("order_at"), AtMost("order_at", at)))
    try:
        row = table.update(Update(key, set={"shop": order.shop, "order_at": at}, add=add, when=newest))
    except ConditionFailedError:  # it came late: a newer one stands there
        row = table.update(Update(key, set={"shop": order.shop}, add=add))
    if at < row.get("first_order_at", "~"):
        table.update(Update(key, set={"first_order_at": at}))


def note_plan(table: Table, shop_id: str, *, waits: bool) -> None:
    """The shop's line says whether a plan waits for a person's word."""
    table.update(Update(keys.board(shop_id), set={"shop": shop_id, "plan_waits": waits}))


def note_tasks(table: Table, shop_id: str, count: int) -> None:
    """The shop's line says how many of its differences are left for a person."""
    table.update(Update(keys.board(shop_id), set={"shop": shop_id, "tasks": count}))


def returns_asked(shop_id: str, more: int) -> Update:
    """The shop's line counts so many more (or fewer) requests of buyers that wait for an answer.

    Part of the transaction that writes the return, whose row says what it was before: so the sum is exact.
    """
    return Update(keys.board(shop_id), set={"shop": shop_id}, add={"returns": more})


def note_tokens(table: Table, shop_id: str, refresh_until: datetime) -> None:
    """The shop's line says when its tokens end unless they are renewed."""
    table.update(Update(keys.board(shop_id), set={"shop": shop_id, "refresh_until": text_of(refresh_until)}))


def _newest(table: Table, change: Update, field: str, value: str) -> None:
    when = AnyOf((Absent(field), AtMost(field, value)))
    try:
        table.update(Update(change.key, set=change.set, add=change.add, when=when))
    except ConditionFailedError:
        return  # what stands there is newer

"""One short row a shop, kept by whoever ends a run, a night or takes an order; all of them are one query."""

from __future__ import annotations

from chalicelib.domain.balance import BANGKOK, Balance
from chalicelib.domain.board import BoardLine
from chalicelib.domain.orders import Order
from chalicelib.domain.synclog import EntryState, Run
from chalicelib.store import keys
from chalicelib.store.items import from_item, text_of
from chalicelib.store.table import Absent, AnyOf, AtMost, ConditionFailedError, Table, Update

_DONE = {EntryState.LIVE.value, EntryState.SKIPPED.value}
_HOUR = "hour_"


class Board:
    """`ports.Board` over a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def lines(self) -> dict[str, BoardLine]:
        """Shop id -> how it stands, for shops something happened in."""
        found = {}
        for row in self._table.query(keys.BOARD):
            hours = {name.removeprefix(_HOUR): count for name, count in row.items() if name.startswith(_HOUR)}
            found[row["shop"]] = from_item(BoardLine, {**row, "hours": hours})
        return found


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
    key = keys.board(order.shop)
    row = table.update(Update(key, set={"shop": order.shop}, add={f"{_HOUR}{hour:02}": 1}))
    facts = {}
    if at > row.get("order_at", ""):
        facts["order_at"] = at
    if at < row.get("first_order_at", "~"):
        facts["first_order_at"] = at
    if facts:
        table.update(Update(key, set=facts))


def _newest(table: Table, change: Update, field: str, value: str) -> None:
    when = AnyOf((Absent(field), AtMost(field, value)))
    try:
        table.update(Update(change.key, set=change.set, add=change.add, when=when))
    except ConditionFailedError:
        return  # what stands there is newer

"""The sync log: runs newest first, and every change of one run with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.shops import Shop
from chalicelib.domain.synclog import Entry, EntryState, Run, RunState
from chalicelib.web.answers import Answer
from chalicelib.web.formatters import seconds_between
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.retry import is_open
from chalicelib.web.views.standing import is_trouble
from chalicelib.web.visits import Visit
from chalicelib.web.words import TONES

RUNS_SHOWN = 60
ENTRIES_SHOWN = 300
RUN_TONES = {
    RunState.RUNNING: "wait",
    RunState.COMPLETE: "ok",
    RunState.STOPPED: "wait",
    RunState.WAITING: "bad",
    RunState.FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run of the list. `tone` is ok only for a complete run in which nothing failed."""

    run: Run
    duration_s: float | None

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """(entry state, changes) in the order of a change's life, without zeros."""
        return tuple((state.value, units) for state in EntryState if (units := self.run.counts.get(state.value, 0)))

    @property
    def tone(self) -> str:
        """A complete run with failures needs a person as much as a failed one."""
        if self.run.state is RunState.COMPLETE and self.run.counts.get(EntryState.FAILED.value, 0):
            return "bad"
        return RUN_TONES[self.run.state]


@dataclass(frozen=True, slots=True)
class LogView:
    """Runs under the filters of the address."""

    lines: tuple[RunLine, ...]
    shops: tuple[Shop, ...]
    shop: str
    state: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One change and how it is coloured; `needs` is its reason key when a person should act."""

    entry: Entry
    tone: str
    needs: str

    @property
    def tick(self) -> str:
        """The name of its box: the run and the number in it."""
        return f"tick.{self.entry.run}.{self.entry.number}"

    @property
    def is_open(self) -> bool:
        """Whether it may be tried again."""
        return is_open(self.entry)


@dataclass(frozen=True, slots=True)
class RunView:
    """One run with the entries under the filters. `total` counts all entries of the run, `open` those not arrived."""

    line: RunLine
    entries: tuple[EntryLine, ...]
    total: int
    found: int
    sku: str
    state: str
    states: tuple[str, ...]
    open: int = 0
    done: bool = False


def log(visit: Visit, services: Services) -> Answer:
    """The last runs of the community."""
    community = services.store.communities.get(visit.parameters["community"])
    shops = tuple(sorted(services.store.shops.of_community(community.id), key=lambda shop: shop.id))
    runs = services.store.log.runs(community.id, 200)
    view = log_view(runs, shops, visit.query)
    return page(visit, "log", view, community=community, tab="log")


def log_view(runs: Sequence[Run], shops: tuple[Shop, ...], query: Mapping[str, str]) -> LogView:
    """Runs of the shop and state asked for; unknown filters are as if not given."""
    states = tuple(state.value for state in RunState)
    shop = _known(query, "shop", tuple(one.id for one in shops))
    state = _known(query, "state", states)
    kept = [run for run in runs if shop in ("", run.shop) and state in ("", run.state.value)]
    return LogView(tuple(_line(run) for run in kept[:RUNS_SHOWN]), shops, shop, state, states)


def run(visit: Visit, services: Services) -> Answer:
    """Every change of one run. A run of another community is as if it were not there."""
    store = services.store
    community = store.communities.get(visit.parameters["community"])
    found = store.log.run(visit.parameters["run"])
    if found.community != community.id:
        raise NotFoundError(found.id)
    view = run_view(found, store.log.entries(found.id), visit.query)
    return page(visit, "run", view, community=community, tab="log")


def run_view(found: Run, entries: Sequence[Entry], query: Mapping[str, str]) -> RunView:
    """Entries of the SKU or product and the state asked for, in the order they were sent."""
    states = tuple(state.value for state in EntryState)
    state, sku = _known(query, "state", states), query.get("sku", "").strip()[:40]
    kept = [
        entry
        for entry in sorted(entries, key=lambda entry: entry.number)
        if state in ("", entry.state.value) and _is_about(entry, sku)
    ]
    lines = tuple(entry_line(entry) for entry in kept[:ENTRIES_SHOWN])
    left = sum(is_open(entry) for entry in entries)
    done = query.get("done", "") == "asked"
    return RunView(_line(found), lines, len(entries), len(kept), sku, state, states, left, done)


def _is_about(entry: Entry, asked: str) -> bool:
    return asked.upper() in entry.seller_sku or asked.upper() in entry.product_code


def entry_line(entry: Entry) -> EntryLine:
    """The change, coloured, and what a person should do about it."""
    if entry.state is EntryState.FAILED:
        return EntryLine(entry, "bad", entry.error or "error.unknown")
    if entry.state is EntryState.UNKNOWN:
        return EntryLine(entry, "wait", entry.error or "error.outcome_unknown")
    if is_trouble(entry):
        return EntryLine(entry, "bad", entry.error or entry.because)
    return EntryLine(entry, TONES[entry.state], "")


def _line(run_: Run) -> RunLine:
    return RunLine(run_, seconds_between(run_.started_at, run_.ended_at))


def _known(query: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    asked = query.get(name, "")
    return asked if asked in known else ""

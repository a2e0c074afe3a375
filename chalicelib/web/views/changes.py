"""Every change of a community, or of all of them, under filters that stand in the address; as a page and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from chalicelib.domain.balance import BANGKOK
from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.log_search import Cluster, LogPage, LogQuery, clusters
from chalicelib.domain.shops import Shop
from chalicelib.domain.spreadsheets import safe_cell
from chalicelib.domain.synclog import EntryState
from chalicelib.web.access import OFFICE
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.log import EntryLine, entry_line
from chalicelib.web.visits import Visit

PER_PAGE = 50
MOST_EXPORTED = 5000
MOST_TROUBLES = 500
FILTERS = ("community", "shop", "channel", "sku", "state", "error", "code", "since", "until")
COLUMNS = (
    "at", "community", "shop", "channel", "product_code", "seller_sku", "field", "before", "after",
    "because", "state", "error", "error_code", "request_id", "run",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChangesView:
    """One page of changes. `asked` are the filters as typed, `older` the address part of the next page."""

    lines: tuple[EntryLine, ...]
    asked: Mapping[str, str]
    communities: tuple[Community, ...]
    shops: tuple[Shop, ...]
    channels: tuple[str, ...]
    states: tuple[str, ...]
    here: str
    older: str
    live: bool
    groups: tuple[Cluster, ...] = ()
    done: int = 0

    def link(self, **more: str) -> str:
        """The address part of this view with some filters set otherwise."""
        return urlencode({name: value for name, value in {**self.asked, **more}.items() if value})

    @property
    def may_tick(self) -> bool:
        """Whether some changes can be tried again; not while the page renews itself, which would forget the ticks."""
        return not self.live and any(line.is_open for line in self.lines)

    @property
    def is_filtered(self) -> bool:
        """Whether anything was asked."""
        return any(self.asked.values())

    @property
    def names(self) -> Mapping[str, str]:
        """Community id -> its name."""
        return {one.id: one.name_th for one in self.communities}


def office(visit: Visit, services: Services) -> Answer:
    """The log over all communities, with equal errors grouped."""
    view = _view(visit, services, tuple(sorted(services.store.communities.list(), key=lambda one: one.name_th)))
    asked = replace(_query(visit, ""), state=EntryState.FAILED.value)
    troubles = services.store.log.search(asked, MOST_TROUBLES).entries
    return page(visit, "changes", replace(view, groups=clusters(troubles)[:20]))


def community(visit: Visit, services: Services) -> Answer:
    """The log of one community."""
    found = services.store.communities.get(visit.parameters["community"])
    return page(visit, "changes", _view(visit, services, (found,)), community=found, tab="log")


def office_csv(visit: Visit, services: Services) -> Answer:
    """The same as a file."""
    return _file(visit, services, "")


def community_csv(visit: Visit, services: Services) -> Answer:
    """One community's as a file."""
    return _file(visit, services, services.store.communities.get(visit.parameters["community"]).id)


def call(visit: Visit, services: Services) -> Answer:
    """What one change sent and was answered, redacted. A run of another community is as if it were not there."""
    store, number = services.store, visit.parameters["number"]
    found = store.communities.get(visit.parameters["community"])
    run = store.log.run(visit.parameters["run"])
    entry = next((one for one in store.log.entries(run.id) if str(one.number) == number), None)
    if run.community != found.id or entry is None:
        raise NotFoundError(f"{run.id} {number}")
    note = store.call_notes.get(entry.channel, entry.request_id) if entry.request_id else None
    return page(visit, "call", CallView(entry_line(entry), note), community=found, tab="log")


@dataclass(frozen=True, slots=True)
class CallView:
    """One change with its marketplace call; no note when nothing was answered or it is too old."""

    line: EntryLine
    note: object


def _view(visit: Visit, services: Services, communities: tuple[Community, ...]) -> ChangesView:
    home = visit.parameters.get("community", "")
    asked = _query(visit, home)
    found: LogPage = services.store.log.search(asked, PER_PAGE, visit.query.get("older", ""))
    shops = services.store.shops.of_community(asked.community) if asked.community else ()
    done = visit.query.get("done", "")
    said = {name: visit.query.get(name, "").strip()[:80] for name in FILTERS}
    return ChangesView(
        lines=tuple(entry_line(entry) for entry in found.entries),
        asked={**said, "community": ""} if home else said,
        communities=communities,
        shops=tuple(sorted(shops, key=lambda one: one.id)),
        channels=("lazada", "shopee"),
        states=tuple(state.value for state in EntryState),
        here=f"/c/{home}/changes" if home else "/log",
        older=found.older,
        live=visit.query.get("live") == "1" and "older" not in visit.query,
        done=int(done) if done.isascii() and done.isdigit() and len(done) < 6 else 0,
    )


def asked_of(given: Mapping[str, str], now: datetime, home: str) -> LogQuery:
    """The filters of an address or form; unreadable ones are as if not given. Days are Thai days.

    With a home the community is that one, whatever the address says.
    """
    today = now.astimezone(BANGKOK).date()
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    start = _midnight(since) if since else now - timedelta(days=7 if home else 1)
    end = _midnight((until or today) + timedelta(days=1))
    texts = {name: given.get(name, "").strip()[:80] for name in FILTERS[1:7]}
    texts["sku"] = texts["sku"].upper()
    state = texts.pop("state")
    known = state if state in {one.value for one in EntryState} else ""
    where = home or given.get("community", "")[:80]
    return LogQuery(max(start, now - timedelta(days=90)), end, where, state=known, **texts)


def _query(visit: Visit, home: str) -> LogQuery:
    return asked_of(visit.query, visit.now, home)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BANGKOK).astimezone(UTC)


def _file(visit: Visit, services: Services, home: str) -> Answer:
    asked, out, older, left = _query(visit, home), io.StringIO(), "", MOST_EXPORTED
    hidden = () if visit.person and visit.person.role in OFFICE else ("request_id", "error_code")
    columns = [name for name in COLUMNS if name not in hidden]
    writer = csv.writer(out)
    writer.writerow(columns)
    while left > 0:
        found = services.store.log.search(asked, min(left, 1000), older)
        for entry in found.entries:
            writer.writerow([safe_cell(_said(getattr(entry, name))) for name in columns])
        left, older = left - max(len(found.entries), 1), found.older
        if not older:
            break
    name = f'attachment; filename="pinto-log-{home or "all"}.csv"'
    # A byte order mark, because Excel reads Thai in a CSV only with one.
    body = "\ufeff" + out.getvalue()
    return Answer(200, body, "text/csv; charset=utf-8", headers=(("Content-Disposition", name),))


def _said(value: object) -> str:
    return value.astimezone(BANGKOK).isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)

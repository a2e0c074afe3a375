"""The fleet board: one line a community, from short rows that runs, orders and nights keep; a few queries in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.balance import business_day
from chalicelib.domain.board import BoardLine
from chalicelib.domain.catalogue import Community
from chalicelib.domain.endings import ends_of
from chalicelib.domain.log_search import Cluster, LogQuery, clusters
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.synclog import Entry, EntryState
from chalicelib.web import texts
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

FRESH = timedelta(hours=1)
"""A whole shop is looked at more often than this; older is worth a word."""
STALE = timedelta(hours=6)
URGENT_DAYS = 7
MOST_TROUBLES = 500
TONES = ("bad", "wait", "off", "ok")
"""Those that need a person first."""


@dataclass(frozen=True, slots=True)
class CommunityLine:
    """All shops of a community in one line; `fresh_at` is its stalest shop's last whole run, None before the first.

    `plans` are shops whose plan waits, `ends_days` the days until the first access ends that a person must renew.
    """

    community: Community
    shops: int
    stopped: int
    fresh_at: datetime | None
    behind: int
    drift: int
    unexplained: int
    errors: int
    night: date | None
    nights: int
    silent: bool
    plans: tuple[str, ...]
    tasks: int
    returns: int
    ends_days: int | None
    ends_tone: str
    tone: str

    @property
    def rank(self) -> tuple[int, str]:
        """Where it stands on the board."""
        return TONES.index(self.tone), self.community.name_th


@dataclass(frozen=True, slots=True)
class BoardView:
    """Communities that need a person first, and the errors that many have at once.

    `counts` are all lines by tone; `lines` those under what was asked.
    """

    lines: tuple[CommunityLine, ...]
    groups: tuple[Cluster, ...]
    counts: Mapping[str, int]
    asked: str = ""
    tone: str = ""
    yesterday: date = date.min

    @property
    def total(self) -> int:
        """All communities."""
        return sum(self.counts.values())


def office(visit: Visit, services: Services) -> Answer:
    """Every community of the programme."""
    store = services.store
    entries = store.log.search(_failed(visit.now), MOST_TROUBLES).entries
    view = board_view(store.communities.list(), store.shops.list(), store.board.lines(), entries, visit.now)
    return _page(visit, view, "title.board")


def own(visit: Visit, services: Services, communities: Sequence[Community]) -> Answer:
    """Some communities, by keyed reads of what is theirs."""
    store = services.store
    shops = [shop for one in communities for shop in store.shops.of_community(one.id)]
    asked = _failed(visit.now)
    entries = [
        entry
        for one in communities
        for entry in store.log.search(replace(asked, community=one.id), MOST_TROUBLES).entries
    ]
    view = board_view(communities, shops, store.board.of_shops([shop.id for shop in shops]), entries, visit.now)
    return _page(visit, replace(view, groups=()), "title.home")


def _failed(now: datetime) -> LogQuery:
    return LogQuery(now - timedelta(days=1), now + timedelta(minutes=1), state=EntryState.FAILED.value)


def _page(visit: Visit, view: BoardView, title: str) -> Answer:
    asked, tone = visit.query.get("q", "").strip()[:80], visit.query.get("tone", "")
    tone = tone if tone in TONES else ""
    kept = tuple(
        line for line in view.lines if tone in ("", line.tone) and asked.lower() in _said(line.community).lower()
    )
    yesterday = business_day(visit.now) - timedelta(days=1)
    view = replace(view, lines=kept, asked=asked, tone=tone, yesterday=yesterday)
    return page(visit, "board", view, title=texts.say(visit.language, title))


def _said(one: Community) -> str:
    return " ".join((one.id, one.name_th, one.group_th, one.province_th, one.province_en))


def board_view(
    communities: Iterable[Community],
    shops: Iterable[Shop],
    standing: Mapping[str, BoardLine],
    entries: Sequence[Entry],
    now: datetime,
) -> BoardView:
    """Lines of all communities; pure, so that two hundred cost nothing but their making."""
    of: dict[str, list[Shop]] = {}
    for shop in shops:
        of.setdefault(shop.community, []).append(shop)
    errors = Counter(entry.community for entry in entries)
    lines = [_line(one, of.get(one.id, []), standing, errors[one.id], now) for one in communities]
    ranked = tuple(sorted(lines, key=lambda line: line.rank))
    return BoardView(ranked, clusters(tuple(entries))[:20], Counter(line.tone for line in lines))


def _line(
    one: Community, shops: Sequence[Shop], standing: Mapping[str, BoardLine], errors: int, now: datetime
) -> CommunityLine:
    known = [standing.get(shop.id) or BoardLine(shop.id) for shop in shops]
    whole = [line.whole_run_at for line in known]
    nights = [line.balance_day for line in known]
    days, ends_tone = _ends(shops, known, now)
    line = CommunityLine(
        community=one,
        shops=len(shops),
        stopped=sum(shop.state is not ShopState.ACTIVE for shop in shops),
        fresh_at=min((at for at in whole if at), default=None) if all(whole) else None,
        behind=sum(line.behind for line in known),
        drift=sum(line.drift for line in known),
        unexplained=sum(line.unexplained for line in known),
        errors=errors,
        night=min((day for day in nights if day), default=None),
        nights=sum(line.is_clean for line in known),
        silent=any(line.is_silent(now) for line in known),
        plans=tuple(line.shop for line in known if line.plan_waits),
        tasks=sum(line.tasks for line in known),
        returns=sum(max(line.returns, 0) for line in known),
        ends_days=days,
        ends_tone=ends_tone,
        tone="",
    )
    return replace(line, tone=_tone(line, all(nights), now))


def _tone(line: CommunityLine, every_night: bool, now: datetime) -> str:
    if not line.shops:
        return "off"
    waits = line.tasks or line.plans or line.returns
    wrong = line.stopped or line.unexplained or line.drift or line.errors or line.silent or waits
    if wrong or line.fresh_at is None or now - line.fresh_at > STALE or line.ends_tone == "bad":
        return "bad"
    late = line.behind or now - line.fresh_at > FRESH or not every_night or line.ends_tone == "wait"
    return "wait" if late else "ok"


def _ends(shops: Sequence[Shop], known: Sequence[BoardLine], now: datetime) -> tuple[int | None, str]:
    """Days until the first access ends, and how urgent that is; what renews by itself counts once it is late."""
    every = [end for shop, line in zip(shops, known, strict=True) for end in ends_of(shop, line.refresh_until)]
    due = min(
        (end for end in every if not end.renews or end.stage(now) is not None), key=lambda end: end.at, default=None
    )
    if due is None:
        return None, ""
    stage = due.stage(now)
    return due.days_left(now), "" if stage is None else "bad" if stage <= URGENT_DAYS else "wait"

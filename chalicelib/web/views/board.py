"""The fleet board: one line a community, from short rows that runs, orders and nights keep; a few queries in all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalicelib.domain.board import BoardLine
from chalicelib.domain.catalogue import Community
from chalicelib.domain.log_search import Cluster, LogQuery, clusters
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.synclog import EntryState
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

FRESH = timedelta(hours=1)
"""A whole shop is looked at more often than this; older is worth a word."""
STALE = timedelta(hours=6)
CONSENT_DAYS = 30
MOST_TROUBLES = 500


@dataclass(frozen=True, slots=True)
class CommunityLine:
    """All shops of a community in one line; `fresh_at` is its stalest shop's last whole run, None before the first."""

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
    consent_days: int | None
    tone: str

    @property
    def rank(self) -> tuple[int, str]:
        """Those that need a person first."""
        return ("bad", "wait", "off", "ok").index(self.tone), self.community.name_th


@dataclass(frozen=True, slots=True)
class BoardView:
    """The whole programme: how many need a person, its lines and the errors that many have at once."""

    lines: tuple[CommunityLine, ...]
    groups: tuple[Cluster, ...]

    @property
    def attention(self) -> int:
        """Communities that need a person."""
        return sum(line.tone == "bad" for line in self.lines)


def board(visit: Visit, services: Services) -> Answer:
    """Every community, those that need a person first."""
    store = services.store
    asked = LogQuery(visit.now - timedelta(days=1), visit.now + timedelta(minutes=1), state=EntryState.FAILED.value)
    groups = clusters(store.log.search(asked, MOST_TROUBLES).entries)
    view = board_view(store.communities.list(), store.shops.list(), store.board.lines(), groups, visit.now)
    return page(visit, "board", view)


def board_view(
    communities: Iterable[Community],
    shops: Iterable[Shop],
    standing: Mapping[str, BoardLine],
    groups: tuple[Cluster, ...],
    now: datetime,
) -> BoardView:
    """Lines of all communities; pure, so that two hundred cost nothing but their making."""
    of: dict[str, list[Shop]] = {}
    for shop in shops:
        of.setdefault(shop.community, []).append(shop)
    errors: dict[str, int] = {}
    for group in groups:
        for entry in group.entries:
            errors[entry.community] = errors.get(entry.community, 0) + 1
    lines = (_line(one, of.get(one.id, []), standing, errors.get(one.id, 0), now) for one in communities)
    return BoardView(tuple(sorted(lines, key=lambda line: line.rank)), groups[:20])


def _line(
    one: Community, shops: Sequence[Shop], standing: Mapping[str, BoardLine], errors: int, now: datetime
) -> CommunityLine:
    known = [standing.get(shop.id) or BoardLine(shop.id) for shop in shops]
    whole = [line.whole_run_at for line in known]
    nights = [line.balance_day for line in known]
    ends = [shop.consent_until for shop in shops if shop.consent_until]
    left = min(((end - now).days for end in ends), default=None)
    facts = {
        "stopped": sum(shop.state is not ShopState.ACTIVE for shop in shops),
        "behind": sum(line.behind for line in known),
        "drift": sum(line.drift for line in known),
        "unexplained": sum(line.unexplained for line in known),
    }
    fresh_at = min((at for at in whole if at), default=None) if all(whole) else None
    silent = any(line.is_silent(now) for line in known)
    urgent = facts["stopped"] or facts["unexplained"] or facts["drift"] or errors or silent
    old = shops and (fresh_at is None or now - fresh_at > STALE)
    soon = left is not None and left <= CONSENT_DAYS
    late = soon or facts["behind"] or (fresh_at and now - fresh_at > FRESH) or not all(nights)
    tone = "off" if not shops else "bad" if urgent or old else "wait" if late else "ok"
    night = min((day for day in nights if day), default=None)
    clean = sum(line.is_clean for line in known)
    return CommunityLine(
        one, len(shops), facts["stopped"], fresh_at, facts["behind"], facts["drift"], facts["unexplained"], errors,
        night, clean, silent, left, tone,
    )  # fmt: skip

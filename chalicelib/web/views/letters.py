"""Dead letters for the office: why work failed, what sending it again would do, and the button that does."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.sync import dead_letters
from chalicelib.sync.dead_letters import LANES, Cluster, Foreseen, Told
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit, whole

LETTERS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class LettersView:
    """Clusters of equal errors; `sent` says how many letters went back just now."""

    clusters: tuple[Cluster, ...]
    total: int
    lane: str
    lanes: tuple[str, ...]
    sent: int = 0
    shown: int = LETTERS_SHOWN


@dataclass(frozen=True, slots=True)
class ReplayView:
    """What a replay would do, and exactly which letters it is about."""

    foreseen: Foreseen
    lane: str

    @property
    def ids(self) -> str:
        """The letters looked at: what arrives meanwhile is not sent with them."""
        return " ".join(told.letter.id for told in self.foreseen.letters)


def letters(visit: Visit, services: Services) -> Answer:
    """Every dead letter of all communities, by equal errors."""
    lane = _lane(visit.query.get("lane", ""))
    told = _read(services, lane)
    sent = visit.query.get("sent", "")
    view = LettersView(dead_letters.clusters(told), len(told), lane, LANES, whole(sent) if sent else 0)
    return page(visit, "letters", view)


def preview_letters(visit: Visit, services: Services) -> Answer:
    """What sending them again would do now. Shops are read; nothing is written."""
    lane = _lane(visit.form.get("lane", ""))
    wanted = _chosen(visit, _read(services, lane))
    if not wanted:
        return _back(visit, lane)
    view = ReplayView(dead_letters.preview(services.context(), wanted), lane)
    return page(visit, "replay", view)


def replay_letters(visit: Visit, services: Services) -> Answer:
    """The letters that were looked at are in their lanes again; those gone meanwhile are left out."""
    lane = _lane(visit.form.get("lane", ""))
    sent = dead_letters.replay(services.dead, _chosen(visit, _read(services, lane)))
    return _back(visit, lane, f"sent={sent}" if sent else "")


def _read(services: Services, lane: str) -> tuple[Told, ...]:
    lanes = tuple(one for one in LANES if lane in ("", one))
    return dead_letters.read(services.context(), services.dead, lanes)


def _chosen(visit: Visit, told: tuple[Told, ...]) -> tuple[Told, ...]:
    form = visit.form
    return dead_letters.chosen(
        told, ids=form.get("ids", "").split(), cluster=form.get("cluster", ""), all_=form.get("all", "") == "yes"
    )


def _lane(asked: str) -> str:
    return asked if asked in LANES else ""


def _back(visit: Visit, lane: str, more: str = "") -> Answer:
    query = "&".join(part for part in (f"lane={lane}" if lane else "", more) if part)
    return redirect(visit.url(f"/letters?{query}" if query else "/letters"))

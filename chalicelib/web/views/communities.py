"""Communities: an administrator adds one or corrects its names; its id is for ever, because every key holds it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

FIELDS = ("id", "name_th", "group_th", "province_th", "province_en")
REGIONS = ("north", "northeast", "central", "east", "west", "south")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class CommunitiesView:
    """All communities and one form; `known` is the id being corrected, empty for a new one."""

    communities: tuple[Community, ...]
    typed: Mapping[str, str]
    known: str
    regions: tuple[str, ...]
    wrong: str = ""


def communities(visit: Visit, services: Services) -> Answer:
    """All of them, and the form for a new one or the one the address names."""
    asked = visit.query.get("id", "")
    if not asked:
        return _page(visit, services, {}, "")
    one = services.store.communities.get(asked)
    led = {True: "yes", False: "no", None: ""}[one.women_led]
    typed = {name: getattr(one, name) for name in FIELDS} | {"region": one.region, "women_led": led}
    return _page(visit, services, typed, one.id)


def save(visit: Visit, services: Services) -> Answer:
    """The community is as typed; a new one must have an id that nobody has."""
    form, known, store = visit.form, visit.form.get("known", ""), services.store
    if known:
        store.communities.get(known)
    typed = {name: form.get(name, "").strip()[:120] for name in (*FIELDS, "region", "women_led")}
    typed["id"] = known or typed["id"]
    if wrong := problem(typed) or ("taken" if not known and _is_taken(services, typed["id"]) else ""):
        return _page(visit, services, typed, known, wrong)
    led = {"yes": True, "no": False}.get(typed["women_led"])
    store.communities.save(Community(*(typed[name] for name in FIELDS), region=typed["region"], women_led=led))
    return redirect(visit.url("/communities"))


def problem(typed: Mapping[str, str]) -> str:
    """Text key of what is wrong with a community as typed, or nothing."""
    if not _ID.fullmatch(typed["id"]):
        return "id"
    if typed["region"] not in REGIONS or not all(typed[name] for name in FIELDS):
        return "empty"
    return ""


def _is_taken(services: Services, community_id: str) -> bool:
    try:
        services.store.communities.get(community_id)
    except NotFoundError:
        return False
    return True


def _page(visit: Visit, services: Services, typed: Mapping[str, str], known: str, wrong: str = "") -> Answer:
    every = tuple(sorted(services.store.communities.list(), key=lambda one: one.name_th))
    filled = {name: typed.get(name, "") for name in (*FIELDS, "region", "women_led")}
    view = CommunitiesView(every, filled, known, REGIONS, wrong)
    return page(visit, "communities", view, status=422 if wrong else 200)

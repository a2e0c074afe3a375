"""Trying again what a filter of the log finds, or what was ticked in it, after a look at what it would send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.synclog import Entry
from chalicelib.sync import dead_letters, publish
from chalicelib.sync.messages import look_at_offers, traced
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.changes import FILTERS, asked_of
from chalicelib.web.views.retry import MOST_SKUS, is_open, skus_of
from chalicelib.web.visits import Visit

MOST_ENTRIES, MOST_SHOWN = 500, 10
TICK = "tick."


@dataclass(frozen=True, slots=True)
class ShopRetry:
    """One shop of the retry: its SKUs and, for the first shops, what would be sent; `closed` ones are left out."""

    shop: Shop
    skus: tuple[str, ...]
    lines: tuple[str, ...] = ()
    changes: int = 0
    looked: bool = False

    @property
    def closed(self) -> bool:
        """Whether nothing is sent to it now."""
        return self.shop.state is not ShopState.ACTIVE


@dataclass(frozen=True, slots=True)
class RetryManyView:
    """All of them, and what to ask with again: the filters, and the ticked changes where only those are meant."""

    shops: tuple[ShopRetry, ...]
    asked: Mapping[str, str]
    ticked: Mapping[str, str]
    here: str
    names: Mapping[str, str]

    @property
    def skus(self) -> int:
        """SKUs that would be looked at."""
        return sum(len(one.skus) for one in self.shops if not one.closed)

    @property
    def open(self) -> int:
        """Shops that would be worked on."""
        return sum(not one.closed for one in self.shops)


def retry(visit: Visit, services: Services) -> Answer:
    """Over all communities. Look first, then ask: the step decides. At most 500 changes in one go."""
    return _retry(visit, services, "", "/log")


def retry_own(visit: Visit, services: Services) -> Answer:
    """The same for one community; a ticked change of another is as if it were not there."""
    found = services.store.communities.get(visit.parameters["community"])
    return _retry(visit, services, found.id, f"/c/{found.id}/changes", found)


def _retry(visit: Visit, services: Services, home: str, here: str, community: Community | None = None) -> Answer:
    given = {name: visit.form.get(name, "") for name in FILTERS if visit.form.get(name)}
    ticked = {name: value for name, value in visit.form.items() if name.startswith(TICK) or name == "only"}
    if ticked.get("only") == "ticked":
        found = _ticked(services.store, ticked, home)
    else:
        found = services.store.log.search(asked_of(given, visit.now, home), MOST_ENTRIES).entries
    meant = _by_shop(services.store, [entry for entry in found if is_open(entry)])
    if not meant and visit.form.get("step") == "send":
        raise NotFoundError("nothing of this is open any more")
    if visit.form.get("step") != "send":
        shown = [_looked(services, one) if place < MOST_SHOWN else one for place, one in enumerate(meant)]
        names = {one.shop.community: services.store.communities.get(one.shop.community).name_th for one in shown}
        view = RetryManyView(tuple(shown), given, ticked, here, names)
        return page(visit, "retry_many", view, community=community, tab="log" if community else "")
    for one in meant:
        if not one.closed:
            asked = traced(look_at_offers(one.shop.id, one.skus, "person"), "retry:log", visit.now)
            services.queues.send("urgent", [asked])
    return redirect(visit.url(f"{here}?done={sum(not one.closed for one in meant)}"))


def _ticked(store: Store, names: Iterable[str], home: str) -> tuple[Entry, ...]:
    """The changes whose boxes were ticked: each box is named after its run and its number in it."""
    numbers: dict[str, set[str]] = {}
    for name in names:
        run, _, number = name.removeprefix(TICK).rpartition(".")
        numbers.setdefault(run, set()).add(number)
    numbers.pop("", None)
    return tuple(
        entry
        for run, wanted in numbers.items()
        for entry in store.log.entries(run)
        if str(entry.number) in wanted and home in ("", entry.community)
    )


def _by_shop(store: Store, entries: list[Entry]) -> list[ShopRetry]:
    shops: dict[str, list[Entry]] = {}
    for entry in entries:
        shops.setdefault(entry.shop, []).append(entry)
    found = []
    for shop_id, rows in sorted(shops.items()):
        shop = store.shops.get(shop_id)
        skus = skus_of(store, store.communities.get(shop.community), rows)[:MOST_SKUS]
        if skus:
            found.append(ShopRetry(shop, skus))
    return found


def _looked(services: Services, one: ShopRetry) -> ShopRetry:
    if one.closed:
        return one
    made = publish.preview_offers(services.context(), one.shop.id, one.skus)
    return ShopRetry(one.shop, one.skus, dead_letters.lines(made.changes), len(made.changes), True)

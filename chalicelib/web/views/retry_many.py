"""Trying again what a filter of the office's log finds, over many shops, after a look at what it would send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    """All of them, and the filters to ask with again."""

    shops: tuple[ShopRetry, ...]
    asked: Mapping[str, str]

    @property
    def skus(self) -> int:
        """SKUs that would be looked at."""
        return sum(len(one.skus) for one in self.shops if not one.closed)

    @property
    def open(self) -> int:
        """Shops that would be worked on."""
        return sum(not one.closed for one in self.shops)


def retry(visit: Visit, services: Services) -> Answer:
    """Look first, then ask: the step decides. At most 500 changes in one go."""
    given = {name: visit.form.get(name, "") for name in FILTERS if visit.form.get(name)}
    found = services.store.log.search(asked_of(given, visit.now, ""), MOST_ENTRIES).entries
    meant = _by_shop(services.store, [entry for entry in found if is_open(entry)])
    if not meant and visit.form.get("step") == "send":
        raise NotFoundError("nothing of this is open any more")
    if visit.form.get("step") != "send":
        shown = [_looked(services, one) if place < MOST_SHOWN else one for place, one in enumerate(meant)]
        return page(visit, "retry_many", RetryManyView(tuple(shown), given))
    for one in meant:
        if not one.closed:
            asked = traced(look_at_offers(one.shop.id, one.skus, "person"), "retry:log", visit.now)
            services.queues.send("urgent", [asked])
    return redirect(visit.url(f"/log?done={sum(not one.closed for one in meant)}"))


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

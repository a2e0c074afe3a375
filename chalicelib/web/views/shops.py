"""The shops of a community: connected or not, until when, and plans that wait for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.balance import business_day
from chalicelib.domain.catalogue import Community
from chalicelib.domain.endings import Ending
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.offers import ListingState
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.waiting_plans import WaitingPlan
from chalicelib.sync import pause_shop as use_case
from chalicelib.sync.context import Context, ShopClosedError
from chalicelib.sync.endings import calendar
from chalicelib.sync.layers import LAYERS
from chalicelib.sync.messages import publish_shop
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

DONE = ("asked", "connected", "paused", "resumed", "policy")
CHANNELS = ("lazada", "shopee")
URGENT_DAYS = 7
TONES = {
    ShopState.ACTIVE: "ok",
    ShopState.PAUSED: "off",
    ShopState.DISCONNECTED: "bad",
    ShopState.PARKED: "bad",
}


@dataclass(frozen=True, slots=True)
class ShopCard:
    """One shop; `consent_until` is when the authorisation ends (None: it has no tokens yet).

    `resting`: its marketplace does not answer and is left alone; `tries_at`, while that still lies ahead, is when it
    is tried next. `caught` counts what each layer found in the last seven days, the fastest first.
    """

    shop: Shop
    tone: str
    offers: int
    consent_until: datetime | None
    plan: WaitingPlan | None
    resting: bool = False
    tries_at: datetime | None = None
    caught: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class EndLine:
    """One end in the calendar, and how urgent it is; `days` below zero: over."""

    ending: Ending
    days: int
    tone: str


@dataclass(frozen=True, slots=True)
class ShopsView:
    """All shops of the community."""

    cards: tuple[ShopCard, ...]
    done: str = ""
    changed: bool = False
    refused: str = ""
    channels: tuple[str, ...] = ()
    calendar: tuple[EndLine, ...] = ()


def shops(visit: Visit, services: Services) -> Answer:
    """The shops of the community."""
    community = services.store.communities.get(visit.parameters["community"])
    done = visit.query.get("done", "")
    return _page(visit, services, community, done if done in DONE else "")


def retry_shop(visit: Visit, services: Services) -> Answer:
    """The shop is asked to be read and made right; what a person would do after mending something."""
    community, shop = _asked(visit, services)
    if shop.state is not ShopState.ACTIVE:
        return _page(visit, services, community, changed=True)
    services.queues.send("bulk", [publish_shop(shop.id, "person")])
    return redirect(visit.url(f"/c/{community.id}/shops?done=asked"))


def pause_shop(visit: Visit, services: Services) -> Answer:
    """Nothing is read or written for the shop until somebody opens it again."""
    return _switched(visit, services, use_case.pause, "paused")


def resume_shop(visit: Visit, services: Services) -> Answer:
    """The shop is worked for again, and read first."""
    return _switched(visit, services, use_case.resume, "resumed")


def _switched(visit: Visit, services: Services, switch: Callable[[Context, str], Shop], done: str) -> Answer:
    community, shop = _asked(visit, services)
    try:
        switch(services.context(), shop.id)
    except ShopClosedError:
        return _page(visit, services, community, changed=True)
    return redirect(visit.url(f"/c/{community.id}/shops?done={done}"))


def refused(visit: Visit, services: Services, community: Community, key: str) -> Answer:
    """The page, saying why a shop could not be connected (422)."""
    return _page(visit, services, community, refused=key)


def _asked(visit: Visit, services: Services) -> tuple[Community, Shop]:
    community = services.store.communities.get(visit.parameters["community"])
    shop = services.store.shops.get(visit.parameters["shop"])
    if shop.community != community.id:
        raise NotFoundError(shop.id)
    return community, shop


def _page(
    visit: Visit,
    services: Services,
    community: Community,
    done: str = "",
    *,
    changed: bool = False,
    refused: str = "",
) -> Answer:
    found = sorted(services.store.shops.of_community(community.id), key=lambda shop: shop.id)
    cards = tuple(_card(services.store, shop, services.clock()) for shop in found)
    ready = tuple(channel for channel in CHANNELS if services.store.shops.apps(channel))
    ends = tuple(_end(one, services.clock()) for one in calendar(services.store, found))
    view = ShopsView(cards, done, changed, refused, ready, ends)
    status = 409 if changed else 422 if refused else 200
    return page(visit, "shops", view, community=community, tab="shops", status=status)


def _card(store: Store, shop: Shop, now: datetime) -> ShopCard:
    plan = store.plans.waiting(shop.id)
    tone = "bad" if plan and plan.is_waiting else TONES[shop.state]
    offers = offers_of(store, shop)
    until = store.breakers.get(shop.id)[0].open_until if shop.state is ShopState.ACTIVE else None
    tries_at = until if until is not None and until > now else None
    consent_until, caught = _consent_until(store, shop), _caught(store, shop, now)
    return ShopCard(shop, tone, offers, consent_until, plan, until is not None, tries_at, caught)


def offers_of(store: Store, shop: Shop) -> int:
    """How many offers the shop has as far as we remember; counted one by one before the first work over all of it."""
    glance = store.glances.shop(shop.community, shop.id)
    if glance.is_whole:
        return sum(told.offers for told in glance.told.values())
    return sum(row.state is not ListingState.GONE for row in store.bindings.of_shop(shop.id).values())


def _caught(store: Store, shop: Shop, now: datetime) -> tuple[tuple[str, int], ...]:
    first = business_day(now) - timedelta(days=6)
    days = [counts for day, counts in store.caught.of_shop(shop.id, 7).items() if day >= first]
    return tuple((layer, sum(counts.get(layer, 0) for counts in days)) for layer in LAYERS) if days else ()


def _end(one: Ending, now: datetime) -> EndLine:
    stage = one.stage(now)
    tone = "ok" if stage is None else "bad" if stage <= URGENT_DAYS else "wait"
    return EndLine(one, one.days_left(now), tone)


def _consent_until(store: Store, shop: Shop) -> datetime | None:
    """When access ends for good: with the consent, or with the refresh token where that is sooner."""
    try:
        ends = [store.shops.tokens(shop.id).refresh_until]
    except NotFoundError:
        return None
    return min([*ends, *([shop.consent_until] if shop.consent_until else [])])

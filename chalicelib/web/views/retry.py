"""Trying again from the log: a change, or everything of a run that did not arrive, after a look at what it sends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.domain.catalogue import Community
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ports import Store
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.domain.synclog import Entry, EntryState, Run
from chalicelib.sync import dead_letters, publish
from chalicelib.sync.messages import look_at_offers, traced
from chalicelib.web.answers import Answer, redirect
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.visits import Visit

MOST_SKUS = 100
ARRIVED = frozenset({EntryState.LIVE, EntryState.SKIPPED})


@dataclass(frozen=True, slots=True)
class RetryView:
    """What trying again would send, from what we remember of the shop. `number` empty: all that did not arrive."""

    run: Run
    shop: Shop
    number: str
    skus: tuple[str, ...]
    lines: tuple[str, ...]
    changes: int
    closed: bool
    absent: bool


def is_open(entry: Entry) -> bool:
    """Whether the change did not arrive, so that trying again makes sense."""
    return entry.state not in ARRIVED


def retry_run(visit: Visit, services: Services) -> Answer:
    """Look first, then ask: the step decides. A run of another community is as if it were not there."""
    store = services.store
    community = store.communities.get(visit.parameters["community"])
    run = store.log.run(visit.parameters["run"])
    if run.community != community.id:
        raise NotFoundError(run.id)
    number = visit.form.get("number", "")
    skus = skus_of(store, community, _meant(store.log.entries(run.id), number))
    if not skus:
        raise NotFoundError(f"{run.id} has nothing to try again")
    shop = store.shops.get(run.shop)
    if visit.form.get("step") != "send" or shop.state is not ShopState.ACTIVE:
        view = _view(services, run, shop, number, skus)
        return page(visit, "retry", view, community=community, tab="log", status=409 if view.closed else 200)
    asked = traced(look_at_offers(shop.id, skus, "person"), f"retry:{run.id}", visit.now)
    services.queues.send("urgent", [asked])
    return redirect(visit.url(f"/c/{community.id}/log/{run.id}?done=asked"))


def open_skus(store: Store, community: Community, run_id: str) -> tuple[str, ...]:
    """The SKUs that what did not arrive of a run is about."""
    return skus_of(store, community, _meant(store.log.entries(run_id), ""))


def _meant(entries: Iterable[Entry], number: str) -> list[Entry]:
    return [entry for entry in entries if is_open(entry) and number in ("", str(entry.number))]


def skus_of(store: Store, community: Community, entries: Iterable[Entry]) -> tuple[str, ...]:
    """The SKUs the entries are about; a change of a whole listing is about all of its product's."""
    found: set[str] = set()
    for entry in entries:
        found.update([entry.seller_sku] if entry.seller_sku else _of_product(store, community, entry.product_code))
    return tuple(sorted(found)[:MOST_SKUS])


def _of_product(store: Store, community: Community, code: str) -> tuple[str, ...]:
    try:
        return store.catalogues.product(community.id, code).skus
    except NotFoundError:
        return ()


def _view(services: Services, run: Run, shop: Shop, number: str, skus: tuple[str, ...]) -> RetryView:
    made = publish.preview_offers(services.context(), shop.id, skus)
    bound = services.store.bindings.of_skus(shop.id, skus)
    lines, closed = dead_letters.lines(made.changes), shop.state is not ShopState.ACTIVE
    return RetryView(run, shop, number, skus, lines, len(made.changes), closed, not bound)

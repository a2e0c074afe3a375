"""The sync log and the nightly balances, for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from chalicelib.domain.balance import Balance, Difference
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.shops import ShopState
from chalicelib.domain.synclog import Entry, EntryState, Run, RunState
from chalicelib.sync.messages import look_at_offers, traced
from chalicelib.web.api.calls import Call, operation
from chalicelib.web.api.models import ID, Asked, Model, Moment, Page, Paged, Query
from chalicelib.web.api.paging import moment_place, page_after, page_before
from chalicelib.web.api.problems import ApiError
from chalicelib.web.texts import reason
from chalicelib.web.views.retry import open_skus

READ_AT_MOST = 1000
ShopId = Annotated[str, Field(max_length=128, pattern=f"({ID})|^$", description="Only of this shop.")]


class RunOut(Model):
    """One piece of work on one shop. `counts` maps how far changes came -> how many."""

    id: str
    shop: str
    channel: str
    lane: str
    trigger: str
    state: RunState
    started_at: Moment
    ended_at: Moment | None
    counts: Annotated[Mapping[str, int], Field(examples=[{"live": 3, "failed": 1}])]
    calls: int
    note: str
    cause: str


class EntryOut(Model):
    """One change and why. `reason_*` says it in words: what went wrong, or else what it was for."""

    run: str
    number: int
    at: Moment
    shop: str
    channel: str
    product_code: str
    seller_sku: str
    field: str
    before: str
    after: str
    because: str
    state: EntryState
    request_id: str
    error: str
    error_code: str
    reason_en: str
    reason_th: str


class RunsQuery(Paged):
    """Which runs."""

    shop: ShopId = ""
    state: Annotated[RunState | None, Field(description="Only those that ended so.")] = None


class EntriesQuery(Paged):
    """Which changes."""

    sku: Annotated[str, Field(max_length=40, pattern=r"^[A-Z0-9-]*$", description="Part of a SKU or code.")] = ""
    state: Annotated[EntryState | None, Field(description="Only those that came so far.")] = None


class DifferenceOut(Model):
    """One thing that did not agree, and whether it does now."""

    subject: str
    cause: str
    ours: str
    theirs: str
    repaired: bool


class BalanceOut(Model):
    """One shop's night: of `orders` the marketplace holds for the Thai day, `accounted` agree with ours."""

    shop: str
    channel: str
    day: Annotated[str, Field(examples=["2026-11-24"])]
    made_at: Moment
    orders: int
    accounted: int
    offers: int
    offers_agreeing: int
    unexplained: int
    is_clean: bool
    differences: tuple[DifferenceOut, ...]


class BalancesQuery(Query):
    """Which nights."""

    shop: ShopId = ""
    days: Annotated[int, Field(ge=1, le=90, description="The last nights of each shop.", examples=[7])] = 14


class Balances(Model):
    """Nights by shop, newest first."""

    items: tuple[BalanceOut, ...]


@operation("List runs", Page[RunOut], query=RunsQuery)
def runs(call: Call) -> Page[RunOut]:
    """The newest runs first."""
    asked = call.query
    assert isinstance(asked, RunsQuery)
    found = [
        one
        for one in call.services.store.log.runs(call.community, READ_AT_MOST)
        if asked.shop in ("", one.shop) and asked.state in (None, one.state)
    ]
    return page_before(found, asked, _place, _run)


@operation("One run", RunOut, errors=(404,))
def run(call: Call) -> RunOut:
    """What was done on one shop, counted."""
    return _run(_asked(call))


@operation("Changes of a run", Page[EntryOut], query=EntriesQuery, errors=(404,))
def entries(call: Call) -> Page[EntryOut]:
    """Every change in the order it was sent."""
    asked, found = call.query, _asked(call)
    assert isinstance(asked, EntriesQuery)
    every = sorted(call.services.store.log.entries(found.id), key=lambda entry: entry.number)
    kept = [
        one
        for one in every
        if asked.state in (None, one.state) and (asked.sku in one.seller_sku or asked.sku in one.product_code)
    ]
    return page_after(kept, asked, lambda one: f"{one.number:08d}", _entry)


@operation("Try a run's open changes again", Asked, status=202, errors=(404, 409))
def retry_run(call: Call) -> Asked:
    """What did not arrive is asked for again. Nothing open, or a shop that is not active: 409."""
    services, found = call.services, _asked(call)
    skus = open_skus(services.store, services.store.communities.get(call.community), found.id)
    if not skus:
        raise ApiError(409, "nothing_open")
    if services.store.shops.get(found.shop).state is not ShopState.ACTIVE:
        raise ApiError(409, "shop_closed")
    asked = traced(look_at_offers(found.shop, skus, "person"), f"retry:{found.id}", call.visit.now)
    services.queues.send("urgent", [asked])
    return Asked(shops=1)


@operation("Nightly balances", Balances, query=BalancesQuery)
def balances(call: Call) -> Balances:
    """Does every order and every offer agree, per shop and Thai day?"""
    asked, store = call.query, call.services.store
    assert isinstance(asked, BalancesQuery)
    shops = sorted(one.id for one in store.shops.of_community(call.community) if asked.shop in ("", one.id))
    return Balances(items=tuple(_balance(one) for shop in shops for one in store.balances.of_shop(shop, asked.days)))


def _asked(call: Call) -> Run:
    """The run of the address; one of another community is as if it were not there."""
    found = call.services.store.log.run(call.visit.parameters["run"])
    if found.community != call.community:
        raise NotFoundError(found.id)
    return found


def _place(one: Run) -> str:
    return moment_place(one.started_at, one.id)


def _run(one: Run) -> RunOut:
    return RunOut(
        id=one.id,
        shop=one.shop,
        channel=one.channel,
        lane=one.lane,
        trigger=one.trigger,
        state=one.state,
        started_at=one.started_at,
        ended_at=one.ended_at,
        counts=dict(one.counts),
        calls=one.calls,
        note=one.note,
        cause=one.cause,
    )


def _entry(one: Entry) -> EntryOut:
    key, said = (one.error, one.error_text) if one.error else (one.because, "")
    return EntryOut(
        run=one.run,
        number=one.number,
        at=one.at,
        shop=one.shop,
        channel=one.channel,
        product_code=one.product_code,
        seller_sku=one.seller_sku,
        field=one.field,
        before=one.before,
        after=one.after,
        because=one.because,
        state=one.state,
        request_id=one.request_id,
        error=one.error,
        error_code=one.error_code,
        reason_en=reason("en", key, said),
        reason_th=reason("th", key, said),
    )


def _balance(one: Balance) -> BalanceOut:
    return BalanceOut(
        shop=one.shop,
        channel=one.channel,
        day=one.day.isoformat(),
        made_at=one.made_at,
        orders=one.orders,
        accounted=one.accounted,
        offers=one.offers,
        offers_agreeing=one.offers_agreeing,
        unexplained=one.unexplained,
        is_clean=one.is_clean,
        differences=tuple(_difference(each) for each in one.differences),
    )


def _difference(one: Difference) -> DifferenceOut:
    return DifferenceOut(subject=one.subject, cause=one.cause, ours=one.ours, theirs=one.theirs, repaired=one.repaired)

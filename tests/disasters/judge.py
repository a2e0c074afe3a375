"""The one judge of all disasters: what both marketplaces hold before and after, and how often they were written to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from chalicelib.domain.synclog import EntryState
from chalicelib.jobs import schedules
from chalicelib.jobs.work import GivenUpError
from chalicelib.sync import reconcile
from tests.world import COMMUNITY, World

Place = tuple[str, str, str]
"""Channel, seller account, seller SKU."""

MANY = 1000


@dataclass(frozen=True)
class Offer:
    """What a buyer sees of one offer."""

    title: str
    price: float
    stock: int
    status: str


@dataclass(frozen=True)
class Shown:
    """What buyers could see, and how many write calls each marketplace had taken by then."""

    offers: dict[Place, Offer]
    twins: int
    writes: int


def look(world: World) -> Shown:
    """Every offer of every seller account on both marketplaces."""
    offers: dict[Place, Offer] = {}
    seen: Counter[Place] = Counter()
    writes = 0
    for channel, server in world.markets.items():
        state = world.sim(channel, "state")
        for row in state["listings"]:
            if str(row["status"]).lower() not in ("deleted", "seller_delete"):
                place = channel, str(row["shop_id"]), str(row["seller_sku"])
                offers[place] = Offer(row["title"], row["price"], row["stock"], row["status"])
                seen[place] += 1
        writes += sum(count for path, count in state["calls"].items() if server.market.is_write(path))
    return Shown(offers, sum(count - 1 for count in seen.values()), writes)


def harm(before: Shown, after: Shown, meant: frozenset[str] = frozenset()) -> list[str]:
    """What the disaster did to the shops, a sentence each.

    Offers of the SKUs `meant` may appear and sell, but not vanish, be priced anew or show more than before.
    """
    found = [f"{after.twins} offers too many"] if after.twins > before.twins else []
    for place in sorted(before.offers.keys() | after.offers.keys()):
        was, now = before.offers.get(place), after.offers.get(place)
        moved = _harmed(was, now) if place[2] in meant else was != now
        if moved:
            found.append(f"{place} was {was}, is {now}")
    if not meant and after.writes != before.writes:
        found.append(f"{after.writes - before.writes} write calls")
    return found


def _harmed(was: Offer | None, now: Offer | None) -> bool:
    if was is None or now is None:
        return now is None
    return (was.title, was.price, was.status) != (now.title, now.price, now.status) or now.stock > was.stock


def found_by_a_person(world: World) -> set[str]:
    """Keys of everything the pages would say: shops, waiting plans, runs, entries, balances, messages given up."""
    store, said = world.store, set()
    for shop in store.shops.list():
        waiting = store.plans.waiting(shop.id)
        said |= {shop.note, *(waiting.reasons if waiting else ())}
    for run in store.log.runs(COMMUNITY.id, MANY):
        said |= {run.note}
    for entry in store.log.recent_entries(COMMUNITY.id, MANY):
        said |= {entry.error, entry.because if entry.state is EntryState.SKIPPED else ""}
    for night in store.balances.of_day(reconcile.days_to_balance(world.ctx)[-1]):
        said |= {difference.cause for difference in night.differences}
    return said - {""}


def a_day_goes_by(world: World) -> set[str]:
    """Everything that runs by itself ran: orders, tokens, a whole read of every shop, the nightly balance.

    Answers the cards of messages that were given up; their letters lie among the dead ones, for a person.
    """
    given_up: set[str] = set()
    for schedule in (schedules.poll_orders, schedules.refresh_tokens, schedules.sweep, schedules.nightly_balance):
        schedule(world.ctx)
        while world.queues.sent:
            try:
                world.drain(MANY)
            except GivenUpError as error:
                given_up.add(str(getattr(error.__cause__, "user_key", "")))
    return given_up

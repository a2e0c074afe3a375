"""A shop too long for one worker is read in parts: each goes on where the last stopped, and the whole is one plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.balance import business_day
from chalicelib.domain.money import Money
from chalicelib.domain.offers import ListingState, ObservedListing, ObservedOffer, each_once
from chalicelib.domain.synclog import RunState
from chalicelib.sync import messages, publish, reconcile
from chalicelib.sync.balance_orders import UnfinishedError
from tests.properties.bazaar import NOW, Square

SHOP = "test-bazaar"
COUNT = 9


class Worker:
    """The time of a worker that ends after so many looks at its clock."""

    def __init__(self, looks: int) -> None:
        self.left = looks

    def __call__(self) -> float:
        self.left -= 1
        return 100.0 if self.left > 0 else 1.0


@pytest.fixture
def square() -> Square:
    """Nine products on sale; the shop shows two a page."""
    made = Square()
    for number in range(COUNT):
        made.sell(f"P{number}")
    made.send("bulk", [messages.publish_shop(SHOP)])
    made.drain()
    made.market.page = 2
    made.market.calls = 0
    return made


def short(square: Square, looks: int = 5, trigger: str = "continued"):
    """One worker with little time publishes the shop."""
    return publish.publish(replace(square.ctx, remaining_s=Worker(looks)), SHOP, trigger)


def parts(square: Square, most: int = 20, looks: int = 5) -> list:
    """Workers with little time, one after another, until one is through."""
    runs = []
    while not runs or runs[-1].note == "out_of_time":
        runs.append(short(square, looks))
        assert len(runs) < most
    return runs


def prices(square: Square) -> set[Money]:
    return {price for price, *_ in square.market.shown().values()}


def test_workers_with_little_time_read_on_where_the_last_stopped(square):
    """Nine listings at two a page are five pages whoever reads them; the runs before the last say they did not end."""
    runs = parts(square)
    assert len(runs) > 2
    assert {run.note for run in runs[:-1]} == {"out_of_time"}
    assert {run.state for run in runs[:-1]} == {RunState.STOPPED}
    assert (runs[-1].state, square.market.calls) == (RunState.COMPLETE, 5)


def test_each_part_asks_for_the_next_worker(square):
    """The rest is queued, in the lane of the work."""
    short(square)
    lane, message, _ = square.sent[-1]
    assert (lane, message["kind"], message["trigger"]) == ("bulk", "publish", "continued")
    square.drain()
    assert square.store.log.runs("test")[0].state is RunState.COMPLETE


def test_what_differs_in_every_part_is_one_plan(square):
    """All prices were changed by hand: no part mends its few unseen by the brakes, the whole waits for a person."""
    for stall in square.market.stalls.values():
        for row in stall.offers.values():
            row[1] = Money(7700)
    runs = parts(square)
    assert (runs[-1].state, prices(square)) == (RunState.WAITING, {Money(7700)})
    assert len(square.store.plans.waiting(SHOP).changes) == COUNT


def test_what_no_part_showed_is_asked_for_by_name_before_it_is_gone(square):
    """A listing of the first page is deleted by hand after it was read: the pages move up, and one is never shown."""
    short(square)
    first = next(iter(square.market.stalls))
    del square.market.stalls[first]
    assert parts(square)[-1].counts == {}
    assert {one.state for one in square.store.bindings.of_shop(SHOP).values()} == {ListingState.LIVE}
    square.send("bulk", [messages.publish_shop(SHOP)])
    square.drain()
    assert set(square.market.shown()) == {f"P{number}" for number in range(COUNT)}


def test_what_came_by_hand_while_the_parts_were_read_gets_no_twin(square):
    """A product new in the catalogue, listed by hand on a page that was read already, is found by its SKU."""
    short(square)
    square.sell("P-NEW")
    stalls = square.market.stalls
    by_hand = square.market.show("P-NEW", {"P-NEW": (89, 3)})
    square.market.stalls = {by_hand.id: stalls.pop(by_hand.id), **stalls}
    parts(square)
    square.drain()
    assert square.market.shown()["P-NEW"][1] == 10
    assert square.store.bindings.of_skus(SHOP, ["P-NEW"])["P-NEW"].listing_id == by_hand.id


def test_a_part_that_was_cut_lets_nothing_be_gone_and_nothing_be_made(square):
    """The first part lost some listings on the way: at the end the read is not complete."""
    square.sell("P-NEW")
    square.market.fault = lambda call: "cut" if call == "observe" else ""
    short(square)
    square.market.fault = lambda call: ""
    runs = parts(square)
    assert runs[-1].counts.get("skipped", 0) == 1
    assert "P-NEW" not in square.market.shown()
    square.send("bulk", [messages.publish_shop(SHOP)])
    square.drain()
    assert "P-NEW" in square.market.shown()


def test_a_part_of_long_ago_is_read_again(square):
    """After an hour nobody knows what the first pages show."""
    short(square)
    square.clock.now += square.clock.now - NOW + publish.reading.TOO_OLD
    square.market.calls = 0
    publish.publish(square.ctx, SHOP)
    assert square.market.calls == 5


def test_urgent_work_has_the_shop_between_two_pages(square):
    """A sale does not wait for a long read."""
    square.store.urgent.say(SHOP, 60)
    run = publish.publish(square.ctx, SHOP)
    assert (run.state, run.note, square.market.calls) == (RunState.STOPPED, "made_way", 1)


def test_work_that_follows_from_the_parts_reads_nothing_again(square):
    """The numbers did not all fit into the last worker's time: the next one plans from what was just read."""
    for number in range(COUNT):
        square.count(f"P{number}", 20)
    parts(square, looks=4)
    read = square.market.calls
    square.sent = [row for row in square.sent if row[1].get("trigger") == "continued"]
    square.drain()
    assert square.store.log.runs("test")[0].state is RunState.COMPLETE
    assert {units for _, units, _ in square.market.shown().values()} == {20}
    assert square.market.calls - read <= 3  # the write, the look after it, and sales heard before


def test_the_nightly_balance_of_a_long_shop_goes_on_too(square):
    """It ends when the last part was read, and names what differs in all of them."""
    square.market.stalls[next(iter(square.market.stalls))].offers["P0"][1] = Money(7700)
    day = business_day(square.clock())
    for _ in range(20):
        try:
            made = reconcile.balance(replace(square.ctx, remaining_s=Worker(14)), SHOP, day)
            break
        except UnfinishedError:
            continue
    assert (made.offers, made.offers_agreeing) == (COUNT, COUNT)
    assert [(one.subject, one.cause, one.repaired) for one in made.differences] == [("P0", "price_differs", True)]


def test_a_listing_that_comes_twice_has_the_offers_of_both():
    """Pages may repeat a listing, each time with other offers; what was seen last counts."""

    def seen(*offers: tuple[str, int]) -> ObservedListing:
        rows = tuple(ObservedOffer(sku, sku, Money(100), units) for sku, units in offers)
        return ObservedListing("1", ListingState.LIVE, "tea", rows, NOW)

    (one,) = each_once([seen(("A", 1), ("B", 2)), seen(("B", 3), ("C", 4))])
    assert [(offer.seller_sku, offer.quantity) for offer in one.offers] == [("A", 1), ("B", 3), ("C", 4)]

"""The layers that find what no message announced: what just sold is looked at again, long shops are swept in parts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.balance import business_day
from chalicelib.domain.money import Money
from chalicelib.domain.offers import ListingState
from chalicelib.sync import messages, sweep
from tests.properties.bazaar import Square

SHOP = "test-bazaar"


@pytest.fixture
def square(monkeypatch):
    """Seven products on sale; a shop of more than two listings is long, and one sweep looks at four of them."""
    made = Square()
    for number in range(7):
        made.sell(f"P{number}")
    made.send("bulk", [messages.publish_shop(SHOP)])
    made.drain()
    for name, value in (("WHOLE_UP_TO", 2), ("LISTINGS_A_LOOK", 2), ("BUDGET", 4)):
        monkeypatch.setattr(sweep, name, value)
    return made


def _caught(square: Square) -> dict[str, int]:
    return square.store.caught.of_shop(SHOP).get(business_day(square.clock()), {})


def _spoil(square: Square, count: int = 7) -> None:
    """Somebody changed so many prices by hand in the seller centre."""
    for stall in list(square.market.stalls.values())[:count]:
        for row in stall.offers.values():
            row[1] = Money(7700)


def _wrong(square: Square) -> int:
    return sum(price != Money(8900) for price, *_ in square.market.shown().values())


def _sweep(square: Square) -> None:
    square.send("bulk", [messages.publish_shop(SHOP, "sweep")])
    square.drain_one()


def test_what_just_sold_is_looked_at_again_and_mended(square):
    """The shop's own number after a sale is wrong: found by the re-read, long before the sweep, and counted there."""
    order = square.market.buy("P3")
    row = next(stall.offers["P3"] for stall in square.market.stalls.values() if "P3" in stall.offers)
    row[2] = 10  # the marketplace forgot to take its sale off
    square.send("urgent", [messages.look_at_orders(SHOP, [order.order_id])])
    square.drain()
    assert square.market.shown()["P3"][1] == 9
    assert _caught(square) == {"push": 1, "reread": 1}


def test_an_honest_sale_is_looked_at_once_and_catches_nothing(square):
    """Three sales of a moment cost one look, and no layer claims a catch."""
    orders = [square.market.buy("P3") for _ in range(3)]
    square.send("urgent", [messages.look_at_orders(SHOP, [order.order_id]) for order in orders])
    before = [kind for _, message, _ in square.sent if (kind := message["kind"]) == "listings"]
    for _ in orders:
        square.drain_one()
    looks = [message for _, message, _ in square.sent if message["kind"] == "listings"]
    assert (before, len(looks), looks[0]["trigger"]) == ([], 1, "reread")
    square.drain()
    assert _caught(square) == {"push": 3}


def test_a_long_shop_is_swept_in_parts_and_goes_on_where_the_last_ended(square):
    """Four of seven listings, then the other three: within the hours that are stated, everything was looked at."""
    _spoil(square)
    _sweep(square)
    assert _wrong(square) == 3
    _sweep(square)
    assert _wrong(square) == 0
    assert sweep.bound_h(square.ctx, SHOP) == 2
    assert _caught(square) == {"sweep": 7}

    _spoil(square)
    _sweep(square)
    assert _wrong(square) == 3


def test_a_sweep_begins_again_when_everything_behind_its_place_is_gone(square):
    """The last listings were deleted between two sweeps: the next one starts from the front."""
    _sweep(square)
    after = square.store.orders.cursor(SHOP, sweep.STREAM).after
    bindings = square.store.bindings.of_shop(SHOP).values()
    square.store.bindings.save([replace(one, state=ListingState.GONE) for one in bindings if one.listing_id > after])
    _spoil(square, 4)

    _sweep(square)

    assert _wrong(square) == 0


def test_a_worker_short_of_time_stops_between_two_looks_and_asks_for_the_rest(square):
    """What was looked at stays; another worker goes on behind it instead of from the start."""
    _spoil(square)
    square.sent.clear()
    short = replace(square.ctx, remaining_s=lambda: 100.0 if _wrong(square) == 7 else 1.0)
    sweep.sweep(short, SHOP)
    assert _wrong(square) == 5
    assert ("bulk", messages.publish_shop(SHOP, "sweep"), 0) in square.sent
    square.drain()
    assert _wrong(square) == 1
    assert square.store.orders.cursor(SHOP, sweep.STREAM).after


def test_a_short_shop_is_read_whole(square, monkeypatch):
    """One read finds also what nobody knows of; the bound is the schedule's own hour."""
    monkeypatch.setattr(sweep, "WHOLE_UP_TO", 300)
    _spoil(square, 3)
    _sweep(square)
    assert _wrong(square) == 0
    assert sweep.bound_h(square.ctx, SHOP) == 1


def test_a_look_after_a_sale_mends_the_number_and_leaves_the_price_to_the_braked_sweep(square):
    """All prices differ, as after an old backup: one sale prices nothing, and the sweep asks a person as before."""
    _spoil(square)
    order = square.market.buy("P3")
    square.send("urgent", [messages.look_at_orders(SHOP, [order.order_id])])
    square.drain()
    assert _wrong(square) == 7
    assert square.market.shown()["P3"][1] == 9


def test_what_is_unusual_in_a_part_is_judged_over_the_whole_shop(square, monkeypatch):
    """Every price was changed by hand: no part mends its few unseen by the brake, the whole waits for a person."""
    for number in range(7, 20):
        square.sell(f"P{number}")
    square.send("bulk", [messages.publish_shop(SHOP)])
    square.drain()
    for name, value in (("WHOLE_UP_TO", 10), ("LISTINGS_A_LOOK", 8), ("BUDGET", 8)):
        monkeypatch.setattr(sweep, name, value)
    _spoil(square, 20)
    _sweep(square)
    assert _wrong(square) == 20
    square.drain()
    assert _wrong(square) == 20
    assert len(square.store.plans.waiting(SHOP).changes) == 20


def test_a_part_that_differs_in_a_shop_that_mostly_agrees_is_mended(square, monkeypatch):
    """The next eight listings all differ and the other twelve do not: over the whole that is ordinary."""
    for number in range(7, 20):
        square.sell(f"P{number}")
    square.send("bulk", [messages.publish_shop(SHOP)])
    square.drain()
    for name, value in (("WHOLE_UP_TO", 10), ("LISTINGS_A_LOOK", 8), ("BUDGET", 8)):
        monkeypatch.setattr(sweep, name, value)
    for listing_id in sorted(square.market.stalls)[:8]:
        for row in square.market.stalls[listing_id].offers.values():
            row[1] = Money(7700)
    _sweep(square)
    square.drain()
    assert _wrong(square) == 0

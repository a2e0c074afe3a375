"""What fails in passing comes back, what sold comes down whatever the brakes say, and no lane turns in circles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.money import Money
from chalicelib.domain.ports import Outcome
from chalicelib.domain.synclog import EntryState, RunState
from chalicelib.sync import messages, publish
from tests.properties.bazaar import Square

HERE, THERE = SHOPS = ("test-bazaar", "test-market")


def published(count: int, units: int = 10) -> Square:
    """So many products on sale in two shops."""
    square = Square(SHOPS)
    for number in range(count):
        square.sell(f"P{number}", units)
    square.send("bulk", [messages.publish_shop(shop) for shop in SHOPS])
    square.drain()
    return square


def shown(square: Square, shop: str = THERE) -> dict[str, int]:
    return {sku: units for sku, (_, units, _) in square.markets[shop].shown().items()}


class Stumbles:
    """`set_stock` of a shop: the last row of the first calls finds the marketplace busy, the others work."""

    def __init__(self, market, times: int) -> None:
        self._market, self._set_stock, self._left = market, market.set_stock, times
        market.set_stock = self

    def __call__(self, targets):
        if not self._left or len(targets) < 2:
            return self._set_stock(targets)
        self._left -= 1
        *others, last = targets
        busy = Outcome(last.seller_sku, EntryState.PLANNED, error="error.rate_limit", code="busy", retry_after_s=3)
        return (*self._set_stock(others), busy)


def test_a_zero_whose_call_failed_beside_others_that_worked_is_sent_again_in_its_lane():
    """It neither counts as refused nor waits for the sweep: seconds later it is sent once more."""
    square = published(2)
    Stumbles(square.markets[THERE], 1)
    for sku in ("P0", "P1"):
        square.count(sku, 0)
    run = publish.push_offers(square.ctx, THERE, ["P0", "P1"], "order")
    assert (run.state, run.counts) == (RunState.STOPPED, {"live": 1, "planned": 1})
    again = [(lane, body["skus"], delay_s) for lane, body, delay_s in square.sent if body["trigger"] == "order"]
    assert again == [("urgent", ["P1"], 3)]
    square.drain()
    assert shown(square) == {"P0": 0, "P1": 0}


def test_what_sold_comes_down_although_it_is_most_of_the_shop():
    """Eight of ten products are sold out at one time: no brake may keep on sale what is gone."""
    square = published(10, units=1)
    orders = [square.markets[HERE].buy(f"P{number}") for number in range(8)]
    square.send("urgent", [messages.look_at_orders(HERE, [order.order_id for order in orders])])
    square.drain()
    assert sorted(shown(square).values()) == [0] * 8 + [shown(square)["P8"], shown(square)["P9"]]
    assert square.store.plans.waiting(THERE) is None


def test_a_sweep_that_finds_what_sold_brings_it_down_too():
    """The messages about the sales were lost; open orders hold every piece, so it is no slip of a person."""
    square = published(10, units=6)
    square.store.policies.save("test", replace(square.ctx.policy_of("test"), split_below=0))
    orders = [square.markets[HERE].buy(f"P{number}", 6) for number in range(8)]
    square.send("urgent", [messages.look_at_orders(HERE, [order.order_id for order in orders])])
    square.drain_one()
    square.sent = []
    publish.publish(square.ctx, THERE, "sweep")
    assert [shown(square)[f"P{number}"] for number in range(8)] == [0] * 8


def test_a_count_of_zero_for_most_of_the_shop_still_waits_for_a_person():
    """That is what an empty workbook looks like."""
    square = published(10)
    for number in range(8):
        square.count(f"P{number}", 0)
    run = publish.publish(square.ctx, THERE, "sweep")
    assert (run.state, set(shown(square).values())) == (RunState.WAITING, {10})


def test_what_sold_comes_down_beside_zeroes_that_wait():
    """Of ten products two are sold out and seven were counted as zero by one slip."""
    square = published(10, units=6)
    square.store.policies.save("test", replace(square.ctx.policy_of("test"), split_below=0))
    orders = [square.markets[HERE].buy(f"P{number}", 6) for number in range(2)]
    square.send("urgent", [messages.look_at_orders(HERE, [order.order_id for order in orders])])
    square.drain_one()
    square.sent = []
    for number in range(2, 9):
        square.count(f"P{number}", 0)
    publish.publish(square.ctx, THERE, "sweep")
    assert shown(square) == {f"P{number}": 0 if number < 2 else 6 for number in range(10)}


@pytest.mark.parametrize("trigger", ["order", "edit"])
def test_urgent_work_without_time_comes_back_as_it_was(trigger):
    """It never becomes a read of the whole shop in the lane of the seconds."""
    square = published(3)
    square.count("P1", 0)
    run = publish.push_offers(replace(square.ctx, remaining_s=lambda: 1.0), THERE, ["P1"], trigger)
    assert run.note == "out_of_time"
    (lane, message, _) = square.sent[-1]
    assert (lane, message["kind"], message["skus"], message["trigger"]) == ("urgent", "offers", ["P1"], trigger)
    square.drain()
    assert shown(square)["P1"] == 0


def test_a_price_that_failed_in_passing_is_set_in_the_end():
    """Prices go the same way."""
    square = published(2)
    product = square.store.catalogues.products_of("test", ["P0"])[0]
    square.edit(product, variants=tuple(replace(one, price=Money(9900)) for one in product.variants))
    market = square.markets[THERE]
    done, market.set_prices = (
        market.set_prices,
        lambda targets: tuple(Outcome(one.seller_sku, EntryState.PLANNED, error="error.transient") for one in targets),
    )
    publish.push_offers(square.ctx, THERE, ["P0"], "edit")
    market.set_prices = done
    square.drain()
    assert market.shown()["P0"][0] == Money(9900)

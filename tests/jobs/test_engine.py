"""The sync engine when things break off: each test is one way in which a worker, an answer or a shop lets us down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.balance import business_day
from chalicelib.domain.catalogue import Axis, Variant
from chalicelib.domain.errors import LeaseLostError, StaleError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import ListingState
from chalicelib.domain.orders import OrderState
from chalicelib.domain.planner import Objection
from chalicelib.domain.shops import ShopState
from chalicelib.domain.synclog import EntryState, Run, RunState
from chalicelib.sync import messages, publish, reconcile, take_orders
from chalicelib.sync.context import Policy
from tests.properties.bazaar import Square
from tests.properties.laws import NOW

SHOP = "test-bazaar"


@pytest.fixture
def square():
    made = Square()
    made.sell("TEA-50")
    made.sell("SOAP")
    return made


def _published(square):
    publish.publish(square.ctx, SHOP)
    square.drain()
    return square.market


def _once(call, kind, times=1):
    left = [times]

    def fault(name):
        if name == call and left[0]:
            left[0] -= 1
            return kind
        return ""

    return fault


def _numbers(square):
    return {sku: units for sku, (_, units, _) in square.market.shown().items()}


# --- one item's trouble ------------------------------------------------------------------------------------


def test_a_stale_item_does_not_stop_its_neighbours_and_asks_for_a_whole_read(square):
    """One listing is not as we remember it: that item fails, the next goes through, a whole read follows."""
    tea, soap = square.sell("HERB"), square.sell("RICE")
    market = _published(square)
    square.edit(tea, title_th="HERB ใหม่")
    square.edit(soap, title_th="RICE ใหม่")
    market.fault = _once("update_content", "stale")
    run = publish.publish(square.ctx, SHOP)
    assert run.counts == {"failed": 1, "live": 1}
    assert [body["kind"] for _, body, _ in square.sent] == ["publish"]
    square.drain()
    assert {stall.title for stall in market.stalls.values()} >= {"HERB ใหม่", "RICE ใหม่"}


def test_words_whose_answer_was_lost_are_unknown_until_said_again(square):
    """Description is not read back: an unanswered update is never called live, and is said again."""
    product = square.sell("HERB")
    market = _published(square)
    square.edit(product, description_th="คำใหม่")
    market.fault = _once("update_content", "lost")
    run = publish.publish(square.ctx, SHOP)
    assert run.counts == {"unknown": 1}
    assert run.state is RunState.STOPPED
    square.drain()
    assert market.said[-1] == ("HERB", "คำใหม่")
    assert [e.state for e in square.entries() if e.field == "content"] == [EntryState.UNKNOWN, EntryState.LIVE]


def test_what_was_not_tried_is_planned_not_failed(square):
    """The shop goes down at the first create: that one waits with the reason, the other was only planned."""
    square.market.fault = _once("create", "down")
    with pytest.raises(Exception, match="down"):
        publish.publish(square.ctx, SHOP)
    states = [(e.product_code, e.state, e.error) for e in square.entries()]
    assert sorted(states) == [
        ("SOAP", EntryState.PLANNED, "error.transient"),
        ("TEA-50", EntryState.PLANNED, ""),
    ]


def test_a_lost_create_that_cannot_be_looked_for_is_unknown(square):
    """No answer to the create, and no answer to the look: the entry says unknown, and no twin comes of it."""
    square.market.fault = lambda call: {"create": "unanswered", "find": "down"}.get(call, "")
    with pytest.raises(Exception, match="down"):
        publish.publish(square.ctx, SHOP)
    assert EntryState.UNKNOWN in {e.state for e in square.entries()}
    square.market.fault = lambda call: ""
    square.send("bulk", [messages.publish_shop(SHOP)])
    square.drain()
    assert sorted(square.market.shown()) == ["SOAP", "TEA-50"]


def test_a_price_the_channel_cannot_say_is_skipped_and_the_rest_goes_on(square):
    """An objection to the price keeps the old price with its reason; stock still follows; the run is complete."""
    market = _published(square)
    tea = square.store.catalogues.product("test", "TEA-50")
    square.edit(tea, variants=(replace(tea.variants[0], price=Money(8950)),))
    square.count("TEA-50", 7)
    market.objections = {"TEA-50": (Objection("bazaar.satang_in_price", "price"),)}
    run = publish.publish(square.ctx, SHOP)
    assert run.state is RunState.COMPLETE
    assert run.counts == {"live": 1, "skipped": 1}
    assert market.shown()["TEA-50"][:2] == (Money(8900), 7)


def test_a_refusal_each_time_is_a_failure_each_time_and_nothing_else(square):
    """A zero that a promotion forbids fails visibly in every run; no run calls it done, none repeats it at once."""
    market = _published(square)
    square.count("TEA-50", 0)
    market.fault = lambda call: "refused" if call == "set_stock" else ""
    for _ in range(2):
        run = publish.publish(square.ctx, SHOP)
        assert run.counts == {"failed": 1}
    assert square.sent == []
    assert square.store.bindings.of_shop(SHOP)["TEA-50"].quantity == 10


# --- orders while we work -----------------------------------------------------------------------------------


def test_an_order_nobody_told_us_of_is_not_offered_again_by_a_whole_read(square):
    """The shop shows less because it sold; before the number goes up its orders are read."""
    market = _published(square)
    market.buy("TEA-50", 3)
    publish.publish(square.ctx, SHOP)
    assert _numbers(square)["TEA-50"] == 7
    assert square.store.stock.level("test", "TEA-50").reserved == 3


def test_nor_by_a_look_at_one_listing(square):
    """The same when only one listing was read."""
    market = _published(square)
    market.buy("TEA-50", 3)
    listing_id = square.store.bindings.of_shop(SHOP)["TEA-50"].listing_id
    publish.look_again(square.ctx, SHOP, [listing_id])
    assert _numbers(square)["TEA-50"] == 7


def test_an_order_between_the_read_and_the_write_is_right_at_the_end(square):
    """A buyer orders while a lower number is on its way: the shop ends at what is left."""
    market = _published(square)
    square.count("TEA-50", 8)
    buys = iter([1])

    def before(call):
        if call == "set_stock" and next(buys, 0):
            market.buy("TEA-50", 2)

    market.before = before
    square.send("urgent", [messages.look_at_offers(SHOP, ["TEA-50"])])
    square.drain()
    square.send("urgent", [messages.poll_orders(SHOP)])
    square.send("bulk", [messages.publish_shop(SHOP, "sweep")])
    square.drain()
    assert _numbers(square)["TEA-50"] == 6


def test_a_sale_seen_before_it_was_heard_is_not_taken_off_twice(square):
    """The shop was read after a sale and before we heard of the order: memory stays at what the shop shows."""
    market = _published(square)
    order = market.buy("TEA-50", 3)
    publish.publish(square.ctx, SHOP)  # shows 7 and takes the order
    assert square.store.bindings.of_shop(SHOP)["TEA-50"].quantity == 7
    take_orders.hear(square.ctx, SHOP, [order.order_id])
    assert square.store.bindings.of_shop(SHOP)["TEA-50"].quantity == 7


def test_a_worker_that_dies_before_telling_leaves_it_to_the_repeat():
    """The order is stored, then the worker dies; when the message comes again the other shop still hears of it."""
    square = Square(("test-bazaar", "test-market"))
    square.sell("TEA-50")
    for shop in square.markets:
        publish.publish(square.ctx, shop)
    order = square.markets[SHOP].buy("TEA-50", 10)
    take_orders.take_all(square.ctx, square.store.shops.get(SHOP), [order])  # and no further
    square.sent.clear()
    square.send("urgent", [messages.look_at_orders(SHOP, [order.order_id])])
    square.drain()
    assert square.markets["test-market"].shown()["TEA-50"][1] == 0


def test_a_poll_that_dies_before_telling_leaves_it_to_the_next():
    """The same for a poll: what lies beyond the cursor is told again, also when it is no news any more."""
    square = Square(("test-bazaar", "test-market"))
    square.sell("TEA-50")
    for shop in square.markets:
        publish.publish(square.ctx, shop)
    square.send("urgent", [messages.poll_orders(SHOP)])
    square.drain()
    order = square.markets[SHOP].buy("TEA-50", 10)
    take_orders.take_all(square.ctx, square.store.shops.get(SHOP), [order])
    square.sent.clear()
    square.send("urgent", [messages.poll_orders(SHOP)])
    square.drain()
    assert square.markets["test-market"].shown()["TEA-50"][1] == 0


def test_two_shops_that_sell_the_same_last_piece_both_show_zero():
    """Both orders are ours and hold a unit each; no level falls below zero, and the ledger says what was short."""
    square = Square(("test-bazaar", "test-market"))
    square.sell("TEA-50", 8)
    for shop in square.markets:
        publish.publish(square.ctx, shop)
    orders = [square.markets[shop].buy("TEA-50", 8) for shop in square.markets]
    square.send("urgent", [messages.look_at_orders(order.shop, [order.order_id]) for order in orders])
    square.drain()
    level = square.store.stock.level("test", "TEA-50")
    assert (level.on_hand, level.reserved) == (8, 16)
    assert {market.shown()["TEA-50"][1] for market in square.markets.values()} == {0}
    for order in orders:
        line = replace(order.lines[0], state=OrderState.HANDED_OVER)
        left = replace(order, lines=(line,), updated_at=order.updated_at + timedelta(hours=1))
        take_orders.take_all(square.ctx, square.store.shops.get(order.shop), [left])
    level = square.store.stock.level("test", "TEA-50")
    assert (level.on_hand, level.reserved) == (0, 0)
    assert "shipped_more_than_on_hand" in {move.because for move in square.store.stock.movements("test", "TEA-50")}


# --- the nightly look at offers -----------------------------------------------------------------------------


def test_a_balance_over_a_cut_read_is_not_clean(square):
    """Half the shop did not come: what was not seen is named, and no green light is given."""
    market = _published(square)
    market.fault = lambda call: "cut" if call == "observe" else ""
    result = reconcile.balance(square.ctx, SHOP, business_day(NOW))
    assert not result.is_clean
    assert {d.cause for d in result.differences} == {"not_seen_in_incomplete_read"}
    market.fault = lambda call: ""
    assert reconcile.balance(square.ctx, SHOP, business_day(NOW)).is_clean


def test_a_product_the_channel_rejected_is_no_offer_that_agrees(square):
    """It stands in the shop and nobody can buy it: the balance names it."""
    market = _published(square)
    next(iter(market.stalls.values())).state = ListingState.REJECTED
    result = reconcile.balance(square.ctx, SHOP, business_day(NOW))
    assert (result.offers, result.offers_agreeing, result.is_clean) == (2, 1, False)


def test_pieces_are_not_kept_for_a_closed_shop_that_shows_nothing():
    """The last piece goes to the shop that is open, also when the closed one would come first."""
    square = Square(("a-closed", "test-bazaar"))
    square.store.shops.save(replace(square.store.shops.get("a-closed"), state=ShopState.DISCONNECTED))
    square.sell("TEA-50", 1)
    publish.publish(square.ctx, SHOP)
    assert square.markets[SHOP].shown()["TEA-50"][1] == 1


# --- leases and dead workers --------------------------------------------------------------------------------


def test_long_work_keeps_its_lease():
    """A first publish that takes longer than one lease stays alone in the shop to its end."""
    square = Square()
    for number in range(6):
        square.sell(f"P{number}")

    def slow(call):
        if call == "create":
            square.clock.now += timedelta(seconds=50)
            assert square.store.shops.lease(SHOP, "somebody", 1) is None

    square.market.before = slow
    assert publish.publish(square.ctx, SHOP).state is RunState.COMPLETE


def test_a_worker_that_lost_the_shop_stops_before_its_next_create(square):
    """The lease ran out and another worker took over: no create follows, the run says so, a whole read is queued."""

    def outrun(call):
        if call == "observe":
            square.clock.now += timedelta(seconds=500)
            lease = square.store.shops.lease(SHOP, "somebody", 100)
            square.store.shops.release(lease)

    square.market.before = outrun
    with pytest.raises(LeaseLostError):
        publish.publish(square.ctx, SHOP)
    assert square.market.stalls == {}
    (run,) = square.store.log.runs("test")
    assert (run.state, run.note) == (RunState.STOPPED, "lease_lost")
    assert [body["kind"] for _, body, _ in square.sent] == ["publish"]


def test_a_run_whose_worker_died_is_called_stopped_by_the_next(square):
    """Nothing stays "running" for ever."""
    square.store.log.start(Run("dead", "test", SHOP, "bazaar", "bulk", "sweep", NOW))
    _published(square)
    dead = square.store.log.run("dead")
    assert (dead.state, dead.note) == (RunState.STOPPED, "worker_lost")


def test_a_worker_that_dies_between_two_creates_leaves_its_trace(square):
    """What was done is in the log and bound; the next run makes only what is missing."""

    class Killed(BaseException):
        pass

    def kill(call):
        if call == "create" and square.market.stalls:
            raise Killed

    square.market.before = kill
    with pytest.raises(Killed):
        publish.publish(square.ctx, SHOP)
    assert [e.product_code for e in square.entries()] == ["SOAP"]
    square.market.before = lambda call: None
    square.clock.now += timedelta(seconds=200)
    _published(square)
    assert sorted(square.market.shown()) == ["SOAP", "TEA-50"]


def test_siblings_hear_of_the_last_pieces_also_when_the_run_breaks_off():
    """Stock came down, then the prices failed: the other shop is told all the same."""
    square = Square(("test-bazaar", "test-market"))
    tea = square.sell("TEA-50", 10)
    for shop in square.markets:
        publish.publish(square.ctx, shop)
    square.edit(tea, title_th="ชาใหม่")
    square.count("TEA-50", 3)
    square.markets[SHOP].fault = _once("update_content", "down")
    with pytest.raises(Exception, match="down"):
        publish.publish(square.ctx, SHOP)
    assert ("urgent", "test-market") in {(lane, body["shop"]) for lane, body, _ in square.sent}


# --- what is not there any more -----------------------------------------------------------------------------


def test_an_old_list_that_hides_what_we_made_makes_no_twin(square):
    """The shop's list lags behind for minutes: before making a product again it is looked for."""
    market = _published(square)
    market._yesterday = tuple(market._seen(stall) for stall in list(market.stalls.values())[:1])
    market.fault = lambda call: "old" if call == "observe" else ""
    square.clock.now += timedelta(hours=1)
    publish.publish(square.ctx, SHOP)
    market.fault = lambda call: ""
    square.drain()
    assert sorted(market.shown()) == ["SOAP", "TEA-50"]


def test_an_empty_shop_is_not_believed(square):
    """A complete answer that shows nothing at all waits for a person, however few products there are."""
    market = _published(square)
    market.fault = lambda call: "empty" if call == "observe" else ""
    run = publish.publish(square.ctx, SHOP)
    assert (run.state, run.note) == (RunState.WAITING, "recreates_many")
    assert {b.state for b in square.store.bindings.of_shop(SHOP).values()} == {ListingState.LIVE}
    assert sorted(market.shown()) == ["SOAP", "TEA-50"]


def test_a_listing_deleted_by_hand_is_gone_and_made_again(square):
    """A whole pass shows the others and not this one: it is made again, once; meanwhile nothing is sent to it."""
    market = _published(square)
    (gone,) = [stall.id for stall in market.stalls.values() if stall.code == "TEA-50"]
    del market.stalls[gone]
    _published(square)
    assert sorted(market.shown()) == ["SOAP", "TEA-50"]
    assert square.store.bindings.of_shop(SHOP)["TEA-50"].state is ListingState.LIVE


def test_a_product_off_sale_and_deleted_by_hand_is_remembered_as_gone(square):
    """It shows nothing, so it holds back none of the last pieces of the others."""
    product = square.sell("HERB", 2)
    market = _published(square)
    square.edit(product, on_sale=False)
    (gone,) = [stall.id for stall in market.stalls.values() if stall.code == "HERB"]
    del market.stalls[gone]
    _published(square)
    binding = square.store.bindings.of_shop(SHOP)["HERB"]
    assert (binding.state, binding.quantity) == (ListingState.GONE, 0)


def test_a_variant_taken_out_of_the_catalogue_is_not_sold_any_more():
    """The offer we once made stays in the shop and shows zero, with the reason."""
    square = Square()
    variants = (Variant("SHIRT-M", Money(100), ("M",)), Variant("SHIRT-L", Money(100), ("L",)))
    product = square.sell("SHIRT", 5, variants=variants, axes=(Axis("ขนาด", ("M", "L")),))
    _published(square)
    square.edit(product, variants=variants[:1], axes=(Axis("ขนาด", ("M",)),))
    _published(square)
    assert _numbers(square) == {"SHIRT-M": 5, "SHIRT-L": 0}
    assert "variant_not_in_catalogue" in {e.because for e in square.entries()}
    publish.publish(square.ctx, SHOP)
    assert square.store.log.runs("test")[0].counts == {}


def test_a_variant_added_later_goes_on_sale():
    """The listing is said again with the new variant, and counts as right afterwards."""
    square = Square(two_step=True)
    variants = (Variant("SHIRT-M", Money(100), ("M",)), Variant("SHIRT-L", Money(100), ("L",)))
    product = square.sell("SHIRT", 5, variants=variants[:1], axes=(Axis("ขนาด", ("M",)),))
    _published(square)
    square.edit(product, variants=variants, axes=(Axis("ขนาด", ("M", "L")),))
    square.count("SHIRT-L", 4)
    square.send("urgent", [messages.look_at_offers(SHOP, ["SHIRT-L"])])
    square.drain()
    assert _numbers(square) == {"SHIRT-M": 5, "SHIRT-L": 4}
    publish.publish(square.ctx, SHOP)
    assert square.store.log.runs("test")[0].counts == {}


def test_a_product_taken_off_sale_while_unfinished_is_hidden_and_finished_later():
    """The first half of a create is there, then the product goes off sale: hidden now, whole when it comes back."""
    square = Square(two_step=True)
    variants = (Variant("SHIRT-M", Money(100), ("M",)),)
    product = square.sell("SHIRT", 5, variants=variants, axes=(Axis("ขนาด", ("M",)),))
    square.market.fault = lambda call: "down" if call == "finish" else ""
    publish.publish(square.ctx, SHOP)
    product = square.edit(product, on_sale=False)
    square.drain()
    (stall,) = square.market.stalls.values()
    assert (stall.state, stall.offers) == (ListingState.HIDDEN, {})
    square.market.fault = lambda call: ""
    square.edit(product, on_sale=True)
    _published(square)
    assert square.market.shown() == {"SHIRT-M": (Money(100), 5, ListingState.LIVE)}


# --- held plans ---------------------------------------------------------------------------------------------


def test_a_held_price_does_not_keep_sold_out_stock_on_sale(square):
    """A slipped decimal waits for a person; the zero of the same product does not."""
    market = _published(square)
    tea = square.store.catalogues.product("test", "TEA-50")
    square.edit(tea, variants=(replace(tea.variants[0], price=Money(890000)),))
    square.count("TEA-50", 0)
    square.send("urgent", [messages.look_at_offers(SHOP, ["TEA-50"])])
    square.drain()
    assert market.shown()["TEA-50"][:2] == (Money(8900), 0)
    waiting = square.store.plans.waiting(SHOP)
    assert waiting.reasons == ("price_jumps",)
    square.store.plans.approve(SHOP, waiting.fingerprint, "staff")
    _published(square)
    assert market.shown()["TEA-50"][:2] == (Money(890000), 0)


def test_ten_products_that_sell_out_at_once_in_a_big_shop_are_zero_at_once():
    """The brake on zeroes looks at the whole shop, not at the few offers a message names."""
    square = Square()
    for number in range(30):
        square.sell(f"P{number:02}")
    market = _published(square)
    out = [f"P{number:02}" for number in range(10)]
    for sku in out:
        square.count(sku, 0)
    square.send("urgent", [messages.look_at_offers(SHOP, out)])
    square.drain()
    assert {market.shown()[sku][1] for sku in out} == {0}


def test_a_shop_that_never_shows_what_it_accepts_is_not_asked_for_ever(square):
    """Accepted and never live: looks get rarer and end, the sweep remains."""
    market = _published(square)
    square.count("TEA-50", 7)
    market.fault = lambda call: "ignored" if call == "set_stock" else ""
    square.send("urgent", [messages.look_at_offers(SHOP, ["TEA-50"])])
    square.drain(rounds=40)
    assert EntryState.LIVE not in {e.state for e in square.entries() if e.field == "stock"}


def test_a_stale_error_of_a_whole_call_reads_the_shop_again(square):
    """Remembered offers that are not there any more: the message does not repeat from memory for ever."""
    market = _published(square)
    for stall in list(market.stalls.values()):
        if stall.code == "TEA-50":
            del market.stalls[stall.id]
    square.count("TEA-50", 3)
    square.send("urgent", [messages.look_at_offers(SHOP, ["TEA-50"])])
    square.drain()
    assert _numbers(square) == {"SOAP": 10, "TEA-50": 3}


def test_policy_has_a_lease_longer_than_a_worker_lives():
    """A lease outlasts the urgent lane's thirty seconds, so that only long work has to extend it."""
    assert Policy().lease_s >= 60
    assert StaleError.user_key == "error.stale"

"""Orders, what they move, cursors and buyers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from store_builders import BUYER, NOON, SHOP, VILLAGE, a_line, a_move, a_reservation, an_order

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.orders import Buyer, OrderState
from chalicelib.domain.ports import Cursor
from chalicelib.domain.stock import MovementKind, StockError, StockLevel
from chalicelib.store import keys
from chalicelib.store import orders as stored_orders


def a_shipment(units, taken=None, sku="TEA-50"):
    taken = units if taken is None else taken
    return a_move(f"ship-{sku}", sku, MovementKind.SHIP, on_hand=-taken, reserved=-units)


def counted(store, units, sku="TEA-50"):
    store.stock.count(VILLAGE, sku, units, movement_id=f"count-{sku}", because="counted", at=NOON)


def test_an_order_is_stored_with_what_it_moves(store):
    """Order, ledger, level and cursor are there together."""
    counted(store, 10)
    order, cursor = an_order(), Cursor(SHOP, "updated", NOON)

    store.orders.take(VILLAGE, order, None, [a_reservation("1001", 2)], cursor)

    assert store.orders.get(SHOP, "1001") == order
    assert store.stock.level(VILLAGE, "TEA-50") == StockLevel("TEA-50", 10, 2, 2)
    assert a_reservation("1001", 2) in store.stock.movements(VILLAGE, "TEA-50")
    assert store.orders.cursor(SHOP, "updated") == cursor
    assert store.orders.get(SHOP, "1002") is None


def test_an_order_decided_on_old_facts_is_refused(store):
    """Neither the order nor its movements nor the cursor are written."""
    order = an_order()
    store.orders.take(VILLAGE, order, None, [a_reservation("1001")])
    later = replace(order, lines=(a_line(state=OrderState.PACKED),))
    store.orders.take(VILLAGE, later, order, [])
    cursor = Cursor(SHOP, "updated", NOON)

    for known in (None, order):
        with pytest.raises(StaleWriteError):
            store.orders.take(VILLAGE, order, known, [a_reservation("again")], cursor)

    assert store.orders.get(SHOP, "1001") == later
    assert store.stock.level(VILLAGE, "TEA-50").reserved == 1
    assert store.orders.cursor(SHOP, "updated") is None


def test_movements_already_in_the_ledger_are_left_out(store):
    """A take that stopped half way is finished by a repeat, and holds its units once."""
    counted(store, 10)
    store.stock.move(VILLAGE, a_reservation("1001", 2))

    store.orders.take(VILLAGE, an_order(), None, [a_reservation("1001", 2), a_reservation("1001", 1, "TEA-100")])

    assert store.stock.level(VILLAGE, "TEA-50").reserved == 2
    assert store.stock.level(VILLAGE, "TEA-100").reserved == 1
    assert len(store.stock.movements(VILLAGE, "TEA-50")) == 2


def test_a_repeat_that_would_break_the_ledger_twice_is_still_a_repeat(store):
    """A shipment that emptied the shelf is not refused when it is heard again."""
    counted(store, 2)
    order = an_order()
    store.orders.take(VILLAGE, order, None, [a_reservation("1001", 2)])
    store.stock.move(VILLAGE, a_shipment(2))

    store.orders.take(VILLAGE, replace(order, updated_at=NOON + timedelta(1)), order, [a_shipment(2)])

    assert store.stock.level(VILLAGE, "TEA-50") == StockLevel("TEA-50", 0, 0, 3)


def test_a_shipment_never_takes_the_shelf_below_zero(store):
    """It is refused as stale and as a stock error, and again accepted with what is really there."""
    counted(store, 1)
    order = an_order()
    store.orders.take(VILLAGE, order, None, [a_reservation("1001", 2)])
    gone = replace(order, lines=(a_line(state=OrderState.HANDED_OVER),))

    with pytest.raises(StockError) as refused:
        store.orders.take(VILLAGE, gone, order, [a_shipment(2)])
    assert isinstance(refused.value, StaleWriteError)
    assert store.orders.get(SHOP, "1001") == order

    store.orders.take(VILLAGE, gone, order, [a_shipment(2, taken=1)])
    assert store.stock.level(VILLAGE, "TEA-50") == StockLevel("TEA-50", 0, 0, 3)


def test_an_order_seen_late_is_reserved_and_shipped_at_once(store):
    """Several movements of one SKU become one change of its level."""
    counted(store, 5)

    store.orders.take(VILLAGE, an_order(), None, [a_reservation("1001", 2), a_shipment(2)])

    assert store.stock.level(VILLAGE, "TEA-50") == StockLevel("TEA-50", 3, 0, 3)
    assert len(store.stock.movements(VILLAGE, "TEA-50")) == 3


@pytest.mark.parametrize("lines", [40, 120])
def test_an_order_of_any_length_is_taken_once(store, lines):
    """More rows than one transaction carries: every SKU is reserved and counted, and a repeat changes nothing."""
    skus = [f"S-{number:03d}" for number in range(lines)]
    order = an_order("big", *(a_line(sku, 2) for sku in skus))
    moves = [a_reservation("big", 2, sku) for sku in skus]

    store.orders.take(VILLAGE, order, None, moves, Cursor(SHOP, "updated", NOON))
    with pytest.raises(StaleWriteError):
        store.orders.take(VILLAGE, order, None, moves)
    store.orders.take(VILLAGE, replace(order, updated_at=NOON + timedelta(1)), order, moves)

    assert {level.reserved for level in store.stock.levels(VILLAGE, skus).values()} == {2}
    assert store.orders.sold_lately(SHOP, skus) == dict.fromkeys(skus, 2)
    assert len(store.orders.get(SHOP, "big").lines) == lines


def test_many_orders_are_read_at_once(store):
    """Those we have, by id."""
    orders = {id: an_order(id) for id in ("1", "2")}
    for order in orders.values():
        store.orders.take(VILLAGE, order, None, [])

    assert store.orders.many(SHOP, ["1", "2", "3"]) == orders
    assert store.orders.many("other-shop", ["1"]) == {}


def test_orders_are_found_by_when_they_were_created(store):
    """The span is half open, oldest first; the latest come newest first; other shops stay out."""
    for hour in range(4):
        store.orders.take(VILLAGE, an_order(str(hour), created_at=NOON + timedelta(hours=hour)), None, [])
    store.orders.take(VILLAGE, an_order("x", shop="other"), None, [])
    since, until = NOON + timedelta(hours=1), NOON + timedelta(hours=3)

    assert [order.order_id for order in store.orders.created_between(SHOP, since, until)] == ["1", "2"]
    assert [order.order_id for order in store.orders.latest(SHOP, 3)] == ["3", "2", "1"]


def test_pages_of_orders_run_over_several_shops(store):
    """Newest first over all shops; the next page begins before the last order shown."""
    for hour in range(6):
        shop = SHOP if hour % 2 else "other"
        store.orders.take(VILLAGE, an_order(str(hour), shop=shop, created_at=NOON + timedelta(hours=hour)), None, [])

    first = store.orders.page([SHOP, "other"], 4)
    second = store.orders.page([SHOP, "other"], 4, before=first[-1].created_at)

    assert [order.order_id for order in first] == ["5", "4", "3", "2"]
    assert [order.order_id for order in second] == ["1", "0"]


def test_cursors_are_kept_by_shop_and_stream(store):
    """Each stream has its own."""
    one, two = Cursor(SHOP, "updated", NOON), Cursor(SHOP, "created", NOON + timedelta(1))
    store.orders.save_cursor(one)
    store.orders.save_cursor(two)

    assert store.orders.cursor(SHOP, "updated") == one
    assert store.orders.cursor(SHOP, "created") == two
    assert store.orders.cursor("other", "created") is None


def test_units_sold_are_counted_when_a_line_is_first_seen(store):
    """Not again when the order changes, and not for a line that came in cancelled."""
    order = an_order("1001", a_line(quantity=2), a_line("GONE", state=OrderState.CANCELLED))
    store.orders.take(VILLAGE, order, None, [])
    grown = replace(order, lines=(*order.lines, a_line("TEA-100", 3)), updated_at=NOON + timedelta(1))
    store.orders.take(VILLAGE, grown, order, [])
    store.orders.take(VILLAGE, an_order("1002", a_line(quantity=5)), None, [])

    assert store.orders.sold_lately(SHOP, ["TEA-50", "TEA-100", "GONE"]) == {"TEA-50": 7, "TEA-100": 3, "GONE": 0}


def test_a_buyer_is_shown_masked_and_opened_on_request(store, table):
    """Nothing of the buyer lies readable beside the order; the whole is there for shipping."""
    store.orders.take(VILLAGE, an_order(buyer=BUYER), None, [])

    assert store.orders.get(SHOP, "1001").buyer == Buyer("น***", "***78", "***")
    assert store.orders.buyer(SHOP, "1001") == BUYER
    written = str(table.get(keys.order(SHOP, "1001")))
    assert not any(secret in written for secret in (BUYER.name, BUYER.phone, BUYER.address))
    with pytest.raises(NotFoundError):
        store.orders.buyer(SHOP, "1002")


def test_a_buyer_survives_later_news(store):
    """An order that comes again masked, or without buyer, keeps the details we have."""
    first = an_order(buyer=BUYER)
    store.orders.take(VILLAGE, first, None, [])
    known = store.orders.get(SHOP, "1001")
    for day, buyer in enumerate((known.buyer, Buyer(), BUYER), start=1):
        store.orders.take(VILLAGE, replace(first, buyer=buyer, updated_at=NOON + timedelta(day)), known, [])
        known = store.orders.get(SHOP, "1001")

        assert known.buyer == Buyer("น***", "***78", "***")
        assert store.orders.buyer(SHOP, "1001") == BUYER


def test_a_buyer_too_long_to_seal_is_shortened(store):
    """An endless address never keeps an order out."""
    store.orders.take(VILLAGE, an_order(buyer=Buyer("ก" * 5000, "0" * 5000, "ข" * 5000)), None, [])

    assert store.orders.buyer(SHOP, "1001").address == "ข" * 700


def test_an_order_without_buyer_has_none(store):
    """Nothing is sealed for it."""
    store.orders.take(VILLAGE, an_order(), None, [])

    assert store.orders.buyer(SHOP, "1001") == Buyer()


def test_open_lines_nothing_is_held_for_are_found_by_their_sku(store):
    """Until they are held or the order left; in their own community, whatever the SKU is called."""
    odd = "ก#/" * 30
    first = an_order("1", a_line(), a_line(odd))
    store.orders.take(VILLAGE, first, None, [])
    store.orders.take(VILLAGE, an_order("2", a_line()), None, [])
    assert store.orders.unheld(VILLAGE, {"TEA-50"}) == {SHOP: ("1", "2")}
    assert store.orders.unheld(VILLAGE, {odd}) == {SHOP: ("1",)}
    assert store.orders.unheld("elsewhere", {"TEA-50"}) == {}

    held = replace(first, lines=(replace(first.lines[0], held=1), first.lines[1]))
    store.orders.take(VILLAGE, held, first, [])
    store.orders.take(
        VILLAGE, replace(held, lines=(held.lines[0], replace(held.lines[1], state=OrderState.CANCELLED))), held, []
    )

    assert store.orders.unheld(VILLAGE, {"TEA-50", odd}) == {SHOP: ("2",)}


def test_an_order_decided_on_before_its_units_were_held_is_refused(store):
    """Two workers heard of it at once: the second one's cancellation would leave the first one's units held."""
    counted(store, 10)
    known = an_order()
    store.orders.take(VILLAGE, known, None, [])
    held = replace(known, lines=(a_line(held=1),))
    store.orders.take(VILLAGE, held, known, [a_reservation("1001")])
    cancelled = replace(known, lines=(a_line(state=OrderState.CANCELLED),))

    with pytest.raises(StaleWriteError):
        store.orders.take(VILLAGE, cancelled, known, [])
    assert store.orders.get(SHOP, "1001") == held
    turned = replace(held, lines=(replace(held.lines[0], turns=2),))
    store.orders.take(VILLAGE, turned, held, [])
    with pytest.raises(StaleWriteError):
        store.orders.take(VILLAGE, cancelled, held, [])


def test_an_order_stored_before_its_fingerprint_told_what_is_held_is_taken_on(store, monkeypatch):
    """Its row says so in the old way until it is written next."""
    held = an_order("1001", a_line(held=1))
    with monkeypatch.context() as before:
        before.setattr(stored_orders, "_held", lambda line: [])
        store.orders.take(VILLAGE, held, None, [a_reservation("1001")])
    packed = replace(held, lines=(a_line(held=1, state=OrderState.PACKED),))
    store.orders.take(VILLAGE, packed, held, [])
    assert store.orders.get(SHOP, "1001") == packed

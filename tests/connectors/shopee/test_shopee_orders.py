"""Orders over real HTTP, and their conversion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from shopee_shop import KeptTokens, PracticeShop, a_listing, envelope, one_axis, scripted

from chalicelib.domain.errors import ProtocolSurpriseError, TransientError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import OrderState
from chalicelib.domain.ports import OrderWindow
from connectors.shopee import convert_orders
from connectors.shopee.answers_orders import OrderDetail
from connectors.shopee.orders import slices

STATES = {
    "UNPAID": OrderState.UNPAID,
    "PENDING": OrderState.UNPAID,
    "READY_TO_SHIP": OrderState.TO_PACK,
    "PROCESSED": OrderState.PACKED,
    "RETRY_SHIP": OrderState.PACKED,
    "SHIPPED": OrderState.HANDED_OVER,
    "TO_CONFIRM_RECEIVE": OrderState.DELIVERED,
    "IN_CANCEL": OrderState.TO_PACK,
    "CANCELLED": OrderState.CANCELLED,
    "TO_RETURN": OrderState.RETURNING,
    "COMPLETED": OrderState.COMPLETED,
}


def a_detail(status: str = "READY_TO_SHIP", **line) -> OrderDetail:
    """An order of one line as get_order_detail shows it."""
    row = {
        "item_id": 1000,
        "item_sku": "TS",
        "model_id": 11,
        "model_sku": "TS-R-M",
        "model_quantity_purchased": 2,
        "model_original_price": 300,
        "model_discounted_price": 259,
        "promotion_group_id": 0,
        "line_item_id": 242672551207922,
        "order_item_id": 1000,
    } | line
    return OrderDetail.model_validate(
        {
            "order_sn": "250101ABCDEF12",
            "order_status": status,
            "currency": "THB",
            "create_time": 1735689000,
            "update_time": 1735689100,
            "total_amount": 558,
            "item_list": [row],
            "recipient_address": {"name": "ส****", "phone": "******64", "full_address": "****"},
        }
    )


def around_now(by: str = "created") -> OrderWindow:
    """The last hour and the next."""
    now = datetime.now(UTC)
    return OrderWindow(by, now - timedelta(hours=1), now + timedelta(hours=1))


def test_an_order_is_read_whole(practice: PracticeShop):
    """Its lines carry our code, unit price, quantity and the ids they were sold under."""
    cloth = practice.publish(one_axis())
    placed = practice.sim(
        "orders", lines=[{"seller_sku": "CLOTH-0", "quantity": 2}, {"seller_sku": "CLOTH-1", "quantity": 1}]
    )

    ((order,),) = practice.shop.orders(around_now())

    first = next(line for line in order.lines if line.seller_sku == "CLOTH-0")
    assert order.order_id == placed["order_id"]
    assert {line.seller_sku: line.quantity for line in order.lines} == {"CLOTH-0": 2, "CLOTH-1": 1}
    assert (first.unit_price, first.paid, first.state) == (Money(45000), Money(90000), OrderState.TO_PACK)
    assert (first.listing_id, first.offer_id) == (cloth.listing_id, cloth.offer_ids["CLOTH-0"])
    assert len({line.line_id for line in order.lines}) == 2


def test_an_order_of_a_product_without_variants_carries_the_parent_code(practice: PracticeShop):
    """Its model id is 0 and its model code empty."""
    practice.publish(a_listing())
    practice.sim("orders", lines=[{"seller_sku": "TEA-50", "quantity": 1}], paid=False)

    ((order,),) = practice.shop.orders(around_now())

    assert [(line.seller_sku, line.offer_id) for line in order.lines] == [("TEA-50", "0")]
    assert order.state is OrderState.UNPAID


def test_an_order_keeps_its_lines_through_life(practice: PracticeShop):
    """The same line ids in every state, heard by the time of the change."""
    practice.publish(a_listing())
    order_id = practice.sim("orders", lines=[{"seller_sku": "TEA-50", "quantity": 1}])["order_id"]
    seen = [practice.shop.orders_by_id([order_id])[0]]
    for status in ("PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"):
        practice.sim(f"orders/{order_id}/advance", to=status)
        seen.append(practice.shop.orders_by_id([order_id])[0])

    assert [order.state for order in seen] == [
        OrderState.TO_PACK, OrderState.PACKED, OrderState.HANDED_OVER, OrderState.DELIVERED, OrderState.COMPLETED,
    ]  # fmt: skip
    assert len({order.lines[0].line_id for order in seen}) == 1


def test_every_order_is_counted_once_over_many_pages(practice: PracticeShop):
    """Short pages with more to come, repeated pages and a cancelled order change nothing."""
    practice.publish(a_listing(offers=(a_listing().offers[0].__class__("TEA-50", Money(8900), 200),)))
    placed = {practice.sim("orders", lines=[{"seller_sku": "TEA-50"}])["order_id"] for _ in range(120)}
    practice.sim("settings", short_pages=True)

    counted = list(practice.shop.order_ids(around_now()))
    pages = list(practice.shop.orders(around_now("updated")))

    practice.sim("settings", short_pages=False)
    assert len(counted) == len(placed) == 120
    assert set(counted) == placed
    assert sorted(order.order_id for page in pages for order in page) == sorted(placed)
    assert [len(page) for page in pages] == [50, 50, 20]


@pytest.mark.parametrize("kind", ["duplicate_page", "more_rows", "drop_after", "rate_limit"])
def test_a_misbehaving_page_costs_a_call_and_no_order(practice: PracticeShop, kind: str):
    """Repeated, overfull or lost pages: each order once, or the sweep is tried again as a whole."""
    practice.publish(a_listing())
    placed = {practice.sim("orders", lines=[{"seller_sku": "TEA-50"}])["order_id"] for _ in range(5)}
    practice.fault(kind, "order/get_order_list")

    pages = list(practice.shop.orders(around_now()))

    assert sorted(order.order_id for page in pages for order in page) == sorted(placed)


def test_the_window_is_half_open(practice: PracticeShop):
    """An order of the very last second belongs to the next window."""
    practice.publish(a_listing())
    order_id = practice.sim("orders", lines=[{"seller_sku": "TEA-50"}])["order_id"]
    (order,) = practice.shop.orders_by_id([order_id])
    at = order.created_at.replace(microsecond=0)

    before = OrderWindow("created", at - timedelta(hours=1), at)
    after = OrderWindow("created", at, at + timedelta(hours=1))

    assert list(practice.shop.order_ids(before)) == []
    assert list(practice.shop.order_ids(after)) == [order_id]


def test_unknown_orders_are_missing(practice: PracticeShop):
    """Whether alone or beside known ones."""
    practice.publish(a_listing())
    order_id = practice.sim("orders", lines=[{"seller_sku": "TEA-50"}])["order_id"]

    assert practice.shop.orders_by_id(["250101ABCDEF12"]) == ()
    assert [order.order_id for order in practice.shop.orders_by_id([order_id, "250101ABCDEF12"])] == [order_id]


def test_a_listed_order_that_cannot_be_read_yet_moves_no_mark():
    """The page is not handed out without it."""

    def answer(request):
        if request.url.path.endswith("get_order_list"):
            return envelope({"more": False, "next_cursor": "", "order_list": [{"order_sn": "A"}, {"order_sn": "B"}]})
        return envelope({"order_list": []})

    channel, access, tokens = scripted(answer)
    shop = channel.open(access, KeptTokens(channel, access, tokens))

    with pytest.raises(TransientError):
        list(shop.orders(around_now()))


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(days=30), 3),
        (timedelta(days=14), 1),
        (timedelta(days=14, seconds=1), 1),
        (timedelta(days=15), 2),
        (timedelta(seconds=1), 1),
        (timedelta(0), 0),
    ],
)
def test_shp_018_slices_cover_every_second_once_and_stay_under_fifteen_days(span: timedelta, expected: int):
    """Inclusive ends, no gap, no overlap, and never the same second at both ends."""
    since = datetime(2026, 1, 1, tzinfo=UTC)
    start, end = int(since.timestamp()), int((since + span).timestamp()) - 1

    found = list(slices(OrderWindow("created", since, since + span), 14))

    assert len(found) == expected
    assert all(first < last and last - first < 15 * 86_400 for first, last in found)
    if len(found) > 1:
        assert [first for first, _ in found[1:]] == [last + 1 for _, last in found[:-1]]
    if found:
        assert found[-1][1] == end
        assert found[0][0] in {start, start - 1}


@pytest.mark.parametrize(("status", "expected"), STATES.items())
def test_every_status_has_its_state(status: str, expected: OrderState):
    """The order's status is every line's."""
    order = convert_orders.order("shop", a_detail(status))

    assert {line.state for line in order.lines} == {expected}
    assert {line.channel_state for line in order.lines} == {status}


def test_an_unknown_status_is_loud():
    """Taking it for new would drag orders backwards."""
    with pytest.raises(ProtocolSurpriseError):
        convert_orders.order("shop", a_detail("PAID"))


def test_shp_013_prices_are_per_unit_and_a_bundle_shows_its_original_price():
    """The discounted price is 0 inside a bundle by design."""
    (plain,) = convert_orders.order("shop", a_detail()).lines
    (bundled,) = convert_orders.order("shop", a_detail(model_discounted_price=0)).lines

    assert (plain.unit_price, plain.paid) == (Money(25900), Money(51800))
    assert bundled.unit_price == Money(30000)


def test_cancelled_units_leave_their_line():
    """One of two cancelled: one is left. Both cancelled: the line is."""
    (half,) = convert_orders.order("shop", a_detail(cancelled_qty=1)).lines
    (whole,) = convert_orders.order("shop", a_detail(cancelled_qty=2)).lines

    assert (half.quantity, half.state) == (1, OrderState.TO_PACK)
    assert (whole.quantity, whole.state) == (2, OrderState.CANCELLED)


def test_shp_013_a_line_without_an_id_is_known_by_item_variant_and_group():
    """Absent or zero; `order_item_id` equals the item and is no key."""
    (line,) = convert_orders.order("shop", a_detail(line_item_id=None, promotion_group_id=5)).lines

    assert line.line_id == "1000/11/5"


def test_the_buyer_stays_masked():
    """What Shopee masks is kept as it is and used for nothing."""
    order = convert_orders.order("shop", a_detail())

    assert (order.buyer.name, order.buyer.phone) == ("ส****", "******64")
    assert order.total == Money(55800)

"""Orders of a practice shop, over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lazada_shop import NOON, PracticeShop, Scripted, a_listing, ok, today

from chalicelib.domain.errors import ProtocolSurpriseError, TransientError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import OrderState
from chalicelib.domain.ports import OrderWindow
from connectors.lazada.settings import Settings


@pytest.fixture
def selling(practice: PracticeShop) -> PracticeShop:
    """A shop with plenty of scarves."""
    practice.publish(a_listing())
    practice.sim("edit", seller_sku="SCARF-1", stock=500)
    return practice


@pytest.fixture
def small_pages(selling: PracticeShop) -> PracticeShop:
    """The same shop, read three orders a page."""
    return PracticeShop(selling.server, Settings(orders_per_page=3, orders_per_items_call=2, order_offset_cap=100))


def all_orders(shop: PracticeShop, window: OrderWindow) -> list[Any]:
    return [order for page in shop.shop.orders(window) for order in page]


@pytest.mark.parametrize("by", ["created", "updated"])
def test_an_order_comes_whole(selling: PracticeShop, by: str):
    """Lines, money, buyer as masked as Lazada shows it, and where each line stands."""
    order_id = selling.buy(("SCARF-1", 2))

    (order,) = all_orders(selling, today(by))

    assert (order.shop, order.order_id) == ("village-lazada", order_id)
    assert [(line.seller_sku, line.quantity, line.state) for line in order.lines] == [
        ("SCARF-1", 1, OrderState.TO_PACK)
    ] * 2
    assert order.total == Money(257_800)
    assert order.lines[0].unit_price == Money(128_900)
    assert "*" in order.buyer.name
    assert order.lines[0].offer_id == selling.listing_of("SCARF-1").offers[0].offer_id


@pytest.mark.parametrize("by", ["created", "updated"])
def test_laz_008_every_order_comes_once_across_pages(small_pages: PracticeShop, by: str):
    """Ten orders, three a page, several in the same second: each once."""
    ids = []
    for number in range(10):
        ids.append(small_pages.buy(("SCARF-1", 1)))
        if number % 2:
            small_pages.sim("clock", advance_s=1)

    seen = [order.order_id for order in all_orders(small_pages, today(by))]

    assert sorted(seen) == sorted(ids)
    assert sorted(small_pages.shop.order_ids(today(by))) == sorted(ids)


@pytest.mark.parametrize("kind", ["duplicate_page", "more_rows"])
def test_laz_008_odd_pages_lose_no_order(small_pages: PracticeShop, kind: str):
    """Repeated pages and pages with more rows than asked change nothing."""
    ids = []
    for _ in range(8):
        ids.append(small_pages.buy(("SCARF-1", 1)))
        small_pages.sim("clock", advance_s=2)
    small_pages.fault(kind, "/orders/get", times=2)

    assert sorted(small_pages.shop.order_ids(today())) == sorted(ids)


def test_laz_008_the_cap_on_offsets_is_out_of_reach(selling: PracticeShop):
    """Many more orders than an offset may reach are read by moving the bound."""
    shop = PracticeShop(selling.server, Settings(orders_per_page=3, order_offset_cap=7))
    ids = []
    for _ in range(15):
        ids.append(shop.buy(("SCARF-1", 1)))
        shop.sim("clock", advance_s=1)

    assert sorted(shop.shop.order_ids(today())) == sorted(ids)


def test_a_window_ends_before_its_end(selling: PracticeShop):
    """`since <= t < until`: two windows that touch never share an order."""
    order_id = selling.buy(("SCARF-1", 1))
    (order,) = all_orders(selling, today())
    at, hour = order.created_at, timedelta(hours=1)

    before = list(selling.shop.order_ids(OrderWindow("created", at - hour, at)))
    after = list(selling.shop.order_ids(OrderWindow("created", at, at + hour)))

    assert (before, after) == ([], [order_id])


def test_an_empty_window_costs_no_call(selling: PracticeShop):
    """Nothing lies between a moment and itself."""
    calls = selling.shop.calls

    assert list(selling.shop.order_ids(OrderWindow("updated", NOON, NOON))) == []
    assert selling.shop.calls == calls


def test_an_order_is_followed_to_its_end(selling: PracticeShop):
    """Each step of the seller and the courier shows as our state."""
    order_id = selling.buy(("SCARF-1", 1), paid=False)
    seen = [state_of(selling, order_id)]
    for step in ("pending", "packed", "ready_to_ship", "shipped", "delivered", "confirmed"):
        selling.sim(f"orders/{order_id}/advance", to=step)
        seen.append(state_of(selling, order_id))

    assert [state.value for state in seen] == [
        "unpaid", "to_pack", "packed", "packed", "handed_over", "delivered", "completed",
    ]  # fmt: skip


def test_a_cancelled_order_says_so(selling: PracticeShop):
    """Lines end as cancelled, with the channel's own word beside."""
    order_id = selling.buy(("SCARF-1", 1))
    selling.sim(f"orders/{order_id}/advance", to="canceled")

    (order,) = selling.shop.orders_by_id([order_id])

    assert (order.lines[0].state, order.lines[0].channel_state) == (OrderState.CANCELLED, "canceled")


def test_an_order_the_shop_does_not_know_is_missing(selling: PracticeShop):
    """Known orders still come."""
    order_id = selling.buy(("SCARF-1", 1))

    seen = selling.shop.orders_by_id(["900999999999999", order_id])

    assert [order.order_id for order in seen] == [order_id]
    assert selling.shop.orders_by_id([]) == ()


def test_line_ids_stay_when_states_part(selling: PracticeShop):
    """The same two lines before and after, whatever became of them."""
    order_id = selling.buy(("SCARF-1", 2))
    before = [line.line_id for line in selling.shop.orders_by_id([order_id])[0].lines]
    selling.sim(f"orders/{order_id}/advance", to="packed")

    assert [line.line_id for line in selling.shop.orders_by_id([order_id])[0].lines] == before


def test_pages_that_only_repeat_are_trouble_not_an_end():
    """More orders counted than shown: the count is never rounded down to what came."""
    shop = Scripted(lambda path, said: ok({"countTotal": 5, "orders": [a_head(1), a_head(2)]}))

    with pytest.raises(TransientError):
        list(shop.shop.order_ids(an_hour()))


def test_without_a_count_a_page_without_news_is_the_end():
    """Old answers count nothing."""
    shop = Scripted(lambda path, said: ok({"orders": [a_head(1), a_head(2)]}))

    assert list(shop.shop.order_ids(an_hour())) == ["1", "2"]


def test_more_orders_in_one_second_than_offsets_reach_is_loud():
    """What cannot be paged is not silently cut."""
    counter = iter(range(10**6))
    shop = Scripted(
        lambda path, said: ok({"countTotal": 9000, "orders": [a_head(next(counter)) for _ in range(100)]}),
        Settings(order_offset_cap=300),
    )

    with pytest.raises(ProtocolSurpriseError):
        list(shop.shop.order_ids(an_hour()))


def test_an_order_without_its_items_is_asked_for_later():
    """A list may be ahead of the items: a whole order, or none."""
    shop = Scripted(lambda path, said: ok(a_head(1) if path == "/order/get" else []))

    with pytest.raises(TransientError):
        shop.shop.orders_by_id(["1"])


def test_bounds_are_said_with_a_colon_in_the_offset():
    """Lazada refuses any other form of the time."""
    shop = Scripted(lambda path, said: ok({}))

    list(shop.shop.order_ids(an_hour("updated")))

    said = shop.asked[0][1]
    assert (said["update_after"], said["update_before"]) == ("2026-11-20T05:00:00+00:00", "2026-11-20T05:59:59+00:00")


def test_first_tokens_come_for_a_code(practice: PracticeShop):
    """The consent page names the app and the callback; a wrong code disconnects nobody silently."""
    url = practice.channel.consent_url(practice.app, "https://pinto.example/connected", "s1", practice.access.base_url)
    page = practice.http.get(url)

    assert page.status_code == 200
    assert f"client_id={practice.app.app_key}" in url


def test_a_refresh_keeps_the_end_of_the_consent(practice: PracticeShop):
    """The access token is new; the day the seller must agree again does not move."""
    practice.sim("clock", advance_s=86_400)

    fresh = practice.channel.refresh(practice.access, practice.tokens.current())

    left = fresh.refresh_until - datetime.now(UTC)
    assert fresh.access != practice.tokens.current().access
    assert timedelta(days=48) < left < timedelta(days=49, hours=1)
    assert fresh.generation == 1


def state_of(shop: PracticeShop, order_id: str) -> OrderState:
    return shop.shop.orders_by_id([order_id])[0].lines[0].state


def an_hour(by: str = "created") -> OrderWindow:
    return OrderWindow(by, NOON, NOON + timedelta(hours=1))  # type: ignore[arg-type]


def a_head(number: int) -> dict[str, Any]:
    time = "2026-11-20 12:00:00 +0700"
    return {"order_id": number, "created_at": time, "updated_at": time, "price": "10.00"}

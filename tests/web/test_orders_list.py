"""The list of orders: returns that want a person come first, and no order is out of reach."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from api_client import a_return
from pages_browser import Browser, Html
from pages_world import NOW, PEOPLE, World

from chalicelib.domain.money import Money
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.returns import ReturnState

COMMUNITY = "namphrik-tittu"
SHOP = f"{COMMUNITY}-lazada"
ORDERS = f"/c/{COMMUNITY}/orders"
SELLER, STAFF, OTHER = PEOPLE[0].email, PEOPLE[2].email, PEOPLE[4].email


@pytest.fixture
def seller(browse) -> Browser:
    return browse(SELLER)


def _asks(world: World, until=NOW + timedelta(days=2), return_id: str = "R-1", order: str = "251126001KX7"):
    asked = replace(a_return(), return_id=return_id, order_id=order, state=ReturnState.ASKED, answer_until=until)
    world.store.returns.take(asked, None)
    return asked


def _many(world: World, count: int, same_moment: bool) -> list[str]:
    for number in range(count):
        at = NOW - timedelta(days=30, minutes=0 if same_moment else number)
        line = OrderLine("1", "NP-120", 1, OrderState.COMPLETED, Money(8900), Money(8900))
        order = Order(SHOP, f"OLD{number:03d}", at, at, (line,), line.paid)
        world.store.orders.take(COMMUNITY, order, None, ())
    return [f"OLD{number:03d}" for number in range(count)]


def test_a_return_to_answer_stands_before_everything_with_its_deadline(seller, world: World):
    """In words and with the time until when; it leads to its order, where the answer is given."""
    _asks(world)
    text = seller.get(ORDERS).body.decode()
    assert text.index("ผู้ซื้อขอคืน รอคำตอบจากคุณ") < text.index("แพ็กวันนี้ก่อน")
    assert f'datetime="{(NOW + timedelta(days=2)).isoformat()}"' in text
    assert f'href="/c/{COMMUNITY}/shops/{SHOP}/orders/251126001KX7"' in text


def test_the_nearest_deadline_is_first_and_goods_to_count_in_are_last(seller, world: World):
    """What is answered does not stand there; one that is late says so."""
    _asks(world, NOW + timedelta(days=3), "R-2")
    _asks(world, NOW - timedelta(hours=1), "R-3", "LATE")
    world.store.returns.take(replace(a_return(), return_id="R-4", order_id="BACK"), None)
    world.store.returns.take(replace(a_return(), return_id="R-5", order_id="GONE", state=ReturnState.REFUSED), None)
    text = seller.get(ORDERS).body.decode()
    places = [text.index(said) for said in (">LATE<", ">251126001KX7<", ">BACK<")]
    assert places == sorted(places)
    assert "เลยกำหนด" in text
    assert "GONE" not in text


def test_the_board_says_how_many_wait_for_an_answer(browse, world: World):
    """The community stands among those that need a person until the last one is answered."""
    asked = _asks(world)
    assert "รอตอบขอคืน 1" in browse(STAFF).get("/").body.decode()
    world.store.returns.take(asked, asked)
    assert "รอตอบขอคืน 1" in browse(STAFF).get("/").body.decode()
    world.store.returns.take(replace(asked, state=ReturnState.AGREED), asked)
    assert "รอตอบขอคืน" not in browse(STAFF).get("/").body.decode()
    assert world.store.board.lines()[SHOP].returns == 0


@pytest.mark.parametrize("same_moment", [False, True])
def test_every_order_is_reached_page_by_page(seller, world: World, same_moment):
    """Also where a hundred came in one second: none is left out, none stands twice."""
    wanted = _many(world, 120, same_moment)
    seen, address = [], f"{ORDERS}?shop={SHOP}"
    for _ in range(6):
        html = Html(seller.get(address).body.decode())
        seen += [str(one["href"]).rsplit("/", 1)[1] for one in html.all("a") if one.get("class") == "cover order-id"]
        more = [str(one["href"]) for one in html.all("a") if "older=" in str(one.get("href"))]
        if not more:
            break
        address = ORDERS + more[0]
    assert not more
    assert sorted(one for one in seen if one.startswith("OLD")) == wanted


def test_an_order_is_found_by_its_number(seller, world: World):
    """Whatever its age and shop; blanks and a number sign do not matter."""
    _many(world, 60, same_moment=False)
    text = seller.get(f"{ORDERS}?q=%20%23OLD059%20").body.decode()
    assert f'href="/c/{COMMUNITY}/shops/{SHOP}/orders/OLD059"' in text
    assert text.count('class="row order') == 1
    assert "ไม่พบคำสั่งซื้อเลขที่ OLD06" in seller.get(f"{ORDERS}?q=OLD06").body.decode()
    assert seller.get(f"{ORDERS}?q=%3Cb%3E/../x").status_code == 200


def test_another_communitys_order_is_not_found(browse, world: World):
    """By its number neither."""
    _many(world, 1, same_moment=False)
    assert "ไม่พบ" in browse(OTHER).get("/c/kratip/orders?q=OLD000").body.decode()


@pytest.mark.parametrize(
    "older", ["x", "~", "2026-11-25", "9999-12-31T23:59:59.999999+00:00~a", "0001-01-01T00:00+14:00"]
)
def test_a_made_up_place_is_the_newest_page(seller, older):
    """An address somebody shortened shows the orders, not a fault."""
    answer = seller.get(f"{ORDERS}?older={older.replace('+', '%2B')}")
    assert answer.status_code == 200
    assert "แพ็กวันนี้ก่อน" in answer.body.decode()

"""An order on its own page: packed as chosen, label and address written down when opened, refusals as cards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from pages_browser import Browser
from pages_world import NOW, PEOPLE, World, a_world

from chalicelib.domain.errors import RejectedError
from chalicelib.domain.money import Money
from chalicelib.domain.orders import OrderState
from chalicelib.domain.ports import Outcome
from chalicelib.domain.returns import Return, ReturnKind, ReturnLine, ReturnState
from chalicelib.domain.shipping import CancelReason, HandOver, Label, Parcel, ParcelState, ShippingChoice
from chalicelib.domain.shops import ShopState
from chalicelib.domain.synclog import EntryState

SHOP, ORDER = "namphrik-tittu-shopee", "251126000KX7"
HERE = f"/c/namphrik-tittu/shops/{SHOP}/orders/{ORDER}"
SELLER, OTHER = PEOPLE[0].email, PEOPLE[4].email


@dataclass
class Desk:
    """A marketplace with this one order: what was packed stays packed."""

    world: World
    kept: tuple[Parcel, ...] = ()
    refuses: bool = False
    calls: int = 0
    packed: list[str] = field(default_factory=list)

    def open(self, access, keeper, remaining_s=None):
        return self

    def orders_by_id(self, order_ids):
        return (self.world.store.orders.get(SHOP, ORDER),)

    def parcels(self, order_id):
        return self.kept

    def shipping_choices(self, order_id):
        if self.refuses:
            raise RejectedError("shopee", "x", user_key="shopee.pickup_address")
        return (ShippingChoice("p1", HandOver.PICKUP, "99 ถนนพหลโยธิน", "Flash"),)

    def pack(self, order_id, line_ids, choice):
        self.packed.append(choice.id)
        self.kept = (Parcel(order_id, "PK1", ParcelState.ARRANGED, ("1",), "TH123", "Flash"),)
        return self.kept

    def label(self, parcels):
        return Label(b"%PDF-1.4", "application/pdf")

    def ready_to_ship(self, parcels):
        return tuple(Outcome(one.package_id, EntryState.ACCEPTED) for one in parcels)

    def cancel_reasons(self, order_id, line_ids):
        return (CancelReason("r1", "ของหมด", zeroes_stock=True),)


class Shop(World):
    """The pages' world, with a desk behind every shop."""

    def services(self):
        return replace(super().services(), channel=lambda name: self.desk)


@pytest.fixture
def there():
    world = a_world()
    made = Shop(world.store, world.queues, world.sessions)
    made.desk = Desk(made)
    return made


def test_the_list_says_first_what_to_pack_and_until_when(there):
    """With a link to the order itself."""
    said = Browser(there, SELLER).get("/c/namphrik-tittu/orders").body.decode()
    assert said.index("แพ็กวันนี้ก่อน") < said.index("คำสั่งซื้อล่าสุด")
    assert f'href="{HERE}"' in said
    assert "ต้องแพ็กและส่ง" in said


def test_an_order_is_packed_as_chosen_once(there):
    """Look, choose, pack; pressed again it is not packed again."""
    seller = Browser(there, SELLER)
    assert "99 ถนนพหลโยธิน" in seller.post(f"{HERE}/ship", {}).body.decode()
    assert there.desk.packed == []
    assert seller.post(f"{HERE}/ship", {"choice": "p1"}).headers["Location"].endswith("done=packed")
    seller.post(f"{HERE}/ship", {"choice": "p1"})
    assert there.desk.packed == ["p1"]
    said = seller.get(HERE).body.decode()
    assert "TH123" in said
    assert "ดาวน์โหลดใบปะหน้า" in said
    assert seller.post(f"{HERE}/ready", {}).headers["Location"].endswith("done=ready")


def test_a_label_is_a_file_and_written_down(there):
    """It shows who bought."""
    seller = Browser(there, SELLER)
    seller.post(f"{HERE}/ship", {"choice": "p1"})
    answer = seller.post(f"{HERE}/label", {}, accept="text/html,*/*;q=0.8")
    assert answer.body == b"%PDF-1.4"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="label-{ORDER}.pdf"'
    assert [one.person for one in there.store.openings.of_order("namphrik-tittu", SHOP, ORDER)] == [SELLER]


def test_the_address_is_masked_until_it_is_opened_and_that_is_written_down(there):
    """Only in the answer to whoever opened it."""
    seller = Browser(there, SELLER)
    assert "0812345678" not in seller.get(HERE).body.decode()
    assert "0812345678" in seller.post(f"{HERE}/buyer", {}).body.decode()
    assert "0812345678" not in seller.get(HERE).body.decode()
    opened = there.store.openings.of_order("namphrik-tittu", SHOP, ORDER)
    assert [(one.person, one.reason.value) for one in opened] == [(SELLER, "shipping")]


def test_what_the_shop_refuses_is_a_card(there):
    """One sentence, one button; a paused shop is said to be paused."""
    seller = Browser(there, SELLER)
    there.desk.refuses = True
    answer = seller.post(f"{HERE}/ship", {})
    assert answer.status_code == 409
    assert "ร้านยังไม่มีที่อยู่ให้ขนส่งมารับ" in answer.body.decode()
    assert 'href="https://seller.shopee.co.th/"' in answer.body.decode()
    there.store.shops.save(replace(there.store.shops.get(SHOP), state=ShopState.PAUSED))
    assert "ร้านนี้พักไว้" in seller.post(f"{HERE}/ship", {}).body.decode()


def test_a_cancellation_asks_for_the_shops_own_reason(there):
    """And says when the marketplace sets the number to zero."""
    said = Browser(there, SELLER).post(f"{HERE}/cancel", {}).body.decode()
    assert "ของหมด" in said
    assert "ตลาดจะตั้งจำนวนเป็นศูนย์" in said


def a_return(state: ReturnState) -> Return:
    at = NOW - timedelta(hours=1)
    line = ReturnLine("1", "NP-SET-3", 1, Money(9950))
    return Return(SHOP, "R1", ORDER, ReturnKind.GOODS_AND_MONEY, state, (line,), "สีไม่ตรง", at, at)


def test_goods_that_came_back_are_counted_in_once(there):
    """Only as many as may still come back; the stock rises by what a person saw."""
    level = there.store.stock.levels("namphrik-tittu", ["NP-SET-3"])["NP-SET-3"].on_hand
    order = there.store.orders.get(SHOP, ORDER)
    back = replace(order, lines=tuple(replace(one, state=OrderState.RETURNED) for one in order.lines))
    there.store.orders.take("namphrik-tittu", back, order, ())
    there.store.returns.take(a_return(ReturnState.RECEIVED), None)
    seller = Browser(there, SELLER)
    assert "นับกลับเข้าสต็อก" in seller.get(HERE).body.decode()
    form = {"return_id": "R1", "line": "1", "step": "count", "left": "1"}
    assert seller.post(f"{HERE}/return", {**form, "units": "5"}).status_code == 409
    assert seller.post(f"{HERE}/return", {**form, "units": "1"}).headers["Location"].endswith("done=counted_in")
    assert seller.post(f"{HERE}/return", {**form, "units": "1"}).status_code == 409
    assert there.store.stock.levels("namphrik-tittu", ["NP-SET-3"])["NP-SET-3"].on_hand == level + 1
    assert seller.post(f"{HERE}/return", {**form, "return_id": "R9"}).status_code == 404


def test_a_parcel_nobody_took_is_counted_in_once(there):
    """No return names it; pressed twice at once, the units lie on the shelf once."""
    level = there.store.stock.level("namphrik-tittu", "NP-SET-3").on_hand
    order = there.store.orders.get(SHOP, ORDER)
    lines = tuple(replace(one, state=OrderState.RETURNED, quantity=2) for one in order.lines)
    there.store.orders.take("namphrik-tittu", replace(order, lines=lines), order, ())
    seller = Browser(there, SELLER)
    assert "ไม่มีคนรับ" in seller.get(HERE).body.decode()
    form = {"line": order.lines[0].line_id, "step": "undelivered", "units": "1"}
    assert seller.post(f"{HERE}/return", form).headers["Location"].endswith("done=counted_in")
    assert seller.post(f"{HERE}/return", form).status_code == 409
    assert there.store.stock.level("namphrik-tittu", "NP-SET-3").on_hand == level + 1
    assert "ไม่มีคนรับ" not in seller.get(HERE).body.decode()


def test_a_return_that_is_asked_for_shows_both_answers(there):
    """And until when the seller may answer is the shop's own word."""
    there.store.returns.take(a_return(ReturnState.ASKED), None)
    said = Browser(there, SELLER).get(HERE).body.decode()
    assert "ตกลงให้คืน" in said
    assert "ไม่รับคืน" in said


def test_another_communitys_order_is_not_there(there):
    """Neither to read nor to pack nor to open."""
    other = Browser(there, OTHER)
    foreign = HERE.replace("/c/namphrik-tittu", "/c/kratip")
    assert other.get(HERE).status_code == 403
    assert [other.get(foreign).status_code, other.post(f"{foreign}/buyer", {}).status_code] == [404, 404]
    assert there.store.openings.latest("namphrik-tittu") == ()
    assert there.store.orders.get(SHOP, ORDER).state is OrderState.TO_PACK

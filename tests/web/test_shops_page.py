"""The shops' page: paused by its seller, ends of access in time, failures as cards; the office's rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pages_world import NOW, PEOPLE

from chalicelib.domain.balance import business_day
from chalicelib.domain.shops import ShopState

SHOPS, LAZADA = "/c/namphrik-tittu/shops", "namphrik-tittu-lazada"
SELLER, STAFF, OTHER = PEOPLE[0].email, PEOPLE[2].email, PEOPLE[4].email
RULES = {
    "mode": "split",
    "split_below": "6",
    "hide_percent": "20",
    "zero_percent": "40",
    "reprice_percent": "50",
    "recreate_percent": "10",
    "always_allowed": "3",
    "price_factor": "5",
    "hand_over_hours": "24",
    "buyer_days": "60",
}


def test_a_seller_pauses_and_opens_their_shop(browse, world):
    """The page says what a pause means; opening asks for a look at the shop."""
    seller = browse(SELLER)
    assert seller.post(f"{SHOPS}/{LAZADA}/pause", {}).headers["Location"].endswith("done=paused")
    assert world.store.shops.get(LAZADA).state is ShopState.PAUSED
    assert "ระหว่างพัก ระบบไม่ส่งราคา" in seller.get(SHOPS).body.decode()
    assert world.queues.sent == []
    assert seller.post(f"{SHOPS}/{LAZADA}/resume", {}).status_code == 303
    assert world.store.shops.get(LAZADA).state is ShopState.ACTIVE
    assert [message["kind"] for _, message in world.queues.sent] == ["publish"]


def test_a_shop_of_another_community_is_not_paused(browse, world):
    """Nor through one's own address."""
    assert browse(OTHER).post(f"/c/kratip/shops/{LAZADA}/pause", {}).status_code == 404
    assert browse(OTHER).post("/c/kratip/shops/kratip-shopee/resume", {}).status_code == 409
    assert world.store.shops.get(LAZADA).state is ShopState.ACTIVE


def test_the_calendar_tells_ends_in_days_and_the_urgent_ones_first(browse, world):
    """Twenty days: listed; six days: said at the top."""
    seller = browse(SELLER)
    assert "อีก 20 วัน" in seller.get(SHOPS).body.decode()
    assert "ใกล้หมด" not in seller.get(SHOPS).body.decode()
    shop = world.store.shops.get(LAZADA)
    world.store.shops.save(replace(shop, consent_until=NOW + timedelta(days=6)))
    assert "สิทธิ์เข้าร้าน Lazada ใกล้หมด · อีก 6 วัน" in seller.get(SHOPS).body.decode()


def test_why_a_shop_is_closed_stands_on_a_card_with_a_button(browse, world):
    """One sentence, one action."""
    shop = world.store.shops.get(LAZADA)
    world.store.shops.save(replace(shop, state=ShopState.DISCONNECTED, note="lazada.store_state"))
    said = browse(SELLER).get(SHOPS).body.decode()
    assert "ร้านใน Lazada ยังไม่เปิดใช้งาน" in said
    assert 'href="https://sellercenter.lazada.co.th/"' in said


def test_what_each_layer_caught_is_counted_over_a_week(browse, world):
    """The fastest first, older days left out."""
    world.store.caught.add(LAZADA, business_day(NOW), "push", 12)
    world.store.caught.add(LAZADA, business_day(NOW) - timedelta(days=2), "poll", 3)
    world.store.caught.add(LAZADA, business_day(NOW) - timedelta(days=9), "poll", 50)
    said = browse(SELLER).get(SHOPS).body.decode()
    assert "<dt>ตลาดแจ้งมา</dt><dd>12</dd>" in said
    assert "<dt>ถามออเดอร์ตามรอบ</dt><dd>3</dd>" in said


def test_the_office_sets_a_communitys_rules(browse, world):
    """Saved whole, with the shops asked to look; what is wrong is said beside its field and nothing is saved."""
    staff, page = browse(STAFF), "/c/namphrik-tittu/policy"
    assert 'value="4"' in staff.get(page).body.decode()
    wrong = staff.post(page, {**RULES, "hide_percent": "120", "price_factor": "1", "split_below": "x"})
    assert wrong.status_code == 422
    assert 'id="hide_percent-wrong"' in wrong.body.decode()
    assert 'value="120"' in wrong.body.decode()
    assert world.store.policies.of("namphrik-tittu") is None
    assert staff.post(page, RULES).headers["Location"].endswith("shops?done=policy")
    saved = world.store.policies.of("namphrik-tittu")
    assert (saved.mode, saved.split_below, saved.brakes.price_factor, saved.buyer_days) == ("split", 6, 5, 60)
    assert {message["shop"] for _, message in world.queues.sent} == {LAZADA, "namphrik-tittu-shopee"}
    assert browse(SELLER).get(page).status_code == 403

"""A plan that waits is shown whole, and a person's yes or no is for exactly what was shown."""

from __future__ import annotations

from dataclasses import replace

from pages_world import NOW, PEOPLE

from chalicelib.domain.changes import HideListing, SetStock
from chalicelib.domain.waiting_plans import HeldChange, waiting_plan
from chalicelib.sync.held_plans import as_held
from chalicelib.sync.messages import publish_shop
from chalicelib.web.views.plan import PlanLine, by_product

SELLER, PARTNER, STAFF, ADMIN, OTHER = (person.email for person in PEOPLE)
SHOP = "namphrik-tittu-shopee"
HOME = "/c/namphrik-tittu"
PLAN = f"{HOME}/shops/{SHOP}/plan"
SEEN = {"fingerprint": "f" * 32}


def _hold(world, changes, versions=None) -> None:
    world.store.plans.hold(replace(waiting_plan(SHOP, "run-held", ["hides_many"], changes, NOW, versions), **SEEN))


def test_every_change_stands_with_what_was_what_becomes_and_why(browse, world):
    """By product, with the brake; the office decides and the seller reads."""
    staff, seller = browse(STAFF).get(PLAN).body.decode(), browse(SELLER).get(PLAN).body.decode()
    for page in (staff, seller):
        assert "แคบหมูไร้มัน 80 กรัม" in page
        assert "฿59" in page
        assert "฿65" in page
        assert "ราคาในรายการสินค้าต่างจากร้าน" in page
        assert "มีราคาที่เปลี่ยนสิบเท่าขึ้นไป" in page
    assert f'action="{HOME}/shops/{SHOP}/approve"' in staff
    assert "/approve" not in seller
    assert "/refuse" not in seller


def test_the_shops_page_and_the_board_lead_to_it(browse):
    """Who should decide finds it from where they are."""
    assert f'href="{PLAN}"' in browse(STAFF).get(f"{HOME}/shops").body.decode()
    assert f'href="{PLAN}"' in browse(STAFF).get("/").body.decode()
    assert f'href="{PLAN}"' in browse(PARTNER).get("/").body.decode()


def test_refused_it_stays_undone_and_says_by_whom(browse, world):
    """Nothing is sent; the seller reads that the office said no."""
    answer = browse(STAFF).post(f"{HOME}/shops/{SHOP}/refuse", SEEN)
    assert answer.headers["Location"].endswith("/plan?done=refused")
    held = world.store.plans.waiting(SHOP)
    assert held.refused_by == STAFF
    assert world.queues.sent == []
    assert STAFF in browse(STAFF).get(PLAN).body.decode()
    assert STAFF not in browse(SELLER).get(PLAN).body.decode()
    assert browse(STAFF).post(f"{HOME}/shops/{SHOP}/refuse", {"fingerprint": "0" * 32}).status_code == 409


def test_a_plan_whose_facts_have_moved_has_no_approve_button_and_is_made_anew(browse, world):
    """The product's number changed since; pressing on an old page asks for a new plan and says so."""
    moved = as_held([SetStock("NP-120", "NP-120", "l", "o", was=8, to=3, because="sellable_stock_moved")])
    _hold(world, moved)
    staff = browse(STAFF)
    page = staff.get(PLAN).body.decode()
    assert "ข้อมูลเปลี่ยนไปหลังทำแผน" in page
    assert "/approve" not in page
    answer = staff.post(f"{HOME}/shops/{SHOP}/approve", SEEN)
    assert answer.status_code == 409
    assert not world.store.plans.approved(SHOP, SEEN["fingerprint"])
    assert world.queues.sent == [("bulk", publish_shop(SHOP, "stale_plan"))]


def test_without_a_plan_the_page_says_what_would_be_here(browse, world):
    """An empty page teaches."""
    assert "ไม่มีแผนรออยู่" in browse(SELLER).get(f"{HOME}/shops/namphrik-tittu-lazada/plan").body.decode()


def test_a_plan_of_another_community_is_not_there(browse):
    """Neither read nor decided through one's own address."""
    assert browse(OTHER).get(f"/c/kratip/shops/{SHOP}/plan").status_code == 404
    assert browse(STAFF).post(f"/c/kratip/shops/{SHOP}/approve", SEEN).status_code == 404
    assert browse(STAFF).post(f"/c/kratip/shops/{SHOP}/refuse", SEEN).status_code == 404


def test_a_long_plan_is_read_page_by_page(browse, world):
    """Every product is on one of the pages; the button names all changes."""
    hide = [HideListing(f"P-{number:03}", f"l-{number}", because="off_sale_in_catalogue") for number in range(130)]
    _hold(world, as_held(hide))
    staff = browse(STAFF)
    pages = [staff.get(f"{PLAN}?page={number}").body.decode() for number in (1, 2, 3)]
    assert all(any(f"P-{number:03}" in page for page in pages) for number in range(130))


def test_a_price_that_jumps_says_how_many_times():
    """Twice or more, up or down; other fields never."""
    price = HeldChange("SetPrice", "A", "A", "price", "89.00", "8900.00", "price_in_catalogue")
    assert PlanLine(price).times == "100"
    assert PlanLine(replace(price, was="200.00", to="80.00")).times == "2.5"
    assert PlanLine(replace(price, to="90.00")).times == ""
    assert PlanLine(replace(price, kind="SetStock", was="1", to="9")).times == ""


def test_what_takes_something_from_the_shop_is_marked():
    """Hiding and zero take away, a new listing adds, the rest alters."""
    facts = ("A", "A", "stock", "5", "0", "sellable_stock_moved")
    kinds = {("SetStock", "0"): "take", ("SetStock", "4"): "alter", ("HideListing", "hidden"): "take"}
    kinds |= {("CreateListing", "A"): "add", ("RestoreListing", "live"): "add", ("SetPrice", "0"): "alter"}
    for (kind, to), sign in kinds.items():
        assert PlanLine(replace(HeldChange(kind, *facts), to=to)).sign == sign
    assert [one.code for one in by_product([HeldChange("SetStock", *facts)] * 2, {})] == ["A"]

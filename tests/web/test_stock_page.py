"""Counting many SKUs fast, adjusting with a reason, and why a number is what it is."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from pages_browser import Browser, Html
from pages_world import World

COMMUNITY = "namphrik-tittu"
STOCK = f"/c/{COMMUNITY}/stock"
WHO = "seller@tittu.example"


@pytest.fixture
def seller(browse) -> Browser:
    return browse(WHO)


def _form(seller: Browser, **typed: str) -> dict[str, str]:
    form = Html(seller.get(STOCK).body.decode()).form()
    kept = {name: value for name, value in form.items() if name.split(".")[0] in ("edit", "seen", "page")}
    return {**kept, **{f"count.{sku.replace('_', '-')}": value for sku, value in typed.items()}}


def _on_hand(world: World, sku: str) -> int:
    return world.store.stock.level(COMMUNITY, sku).on_hand


def test_only_rows_that_were_typed_are_counted(seller, world: World):
    """One form for many; each SKU is told in its product's history, and its shops are asked to look."""
    answer = seller.post(STOCK, _form(seller, NP_120="๒๐", KM_80="38", NP_SET_1=""))
    assert answer.headers["Location"] == f"{STOCK}?page=1&done=2"
    assert (_on_hand(world, "NP-120"), _on_hand(world, "KM-80"), _on_hand(world, "NP-SET-1")) == (20, 38, 3)
    (edit,) = world.store.edits.of_product(COMMUNITY, "KM-80")
    assert (edit.by, edit.moved[0].was, edit.moved[0].to) == (WHO, "40", "38")
    assert len(world.queues.sent) == 4
    assert "บันทึกแล้ว 2 รายการ" in seller.get(answer.headers["Location"]).body.decode()


@pytest.mark.parametrize("asked", ["น้ำพริก", "red-eye chili", "50% & #1"])
def test_a_search_stands_after_saving(seller, asked):
    """Whatever was typed to find the shelf: Thai, several words, signs of an address."""
    there = urlsplit(seller.post(STOCK, {**_form(seller, NP_120="20"), "q": asked}).headers["Location"])
    assert there.path == STOCK
    assert parse_qs(there.query)["q"] == [asked]


def test_the_same_count_sent_twice_counts_once(seller, world: World):
    """And frightens nobody with a conflict."""
    form = _form(seller, NP_120="20")
    assert [seller.post(STOCK, form).status_code for _ in range(2)] == [303, 303]
    assert len([one for one in world.store.stock.movements(COMMUNITY, "NP-120") if one.id.startswith("count:")]) == 1


def test_another_number_from_the_same_form_is_never_called_saved(seller, world: World):
    """Counted as 20, on hand is 12 again, and the old form says 25: for a person to look at, then it is taken."""
    form = _form(seller, NP_120="20")
    seller.post(STOCK, form)
    world.store.stock.count(COMMUNITY, "NP-120", 12, movement_id="x", because="test", at=world.now)
    answer = seller.post(STOCK, {**form, "count.NP-120": "25"})
    assert answer.status_code == 409
    again = Html(answer.body.decode()).form()
    kept = {name: value for name, value in again.items() if name.split(".")[0] in ("edit", "seen", "count")}
    assert kept["count.NP-120"] == "25"
    assert seller.post(STOCK, kept).status_code == 303
    assert _on_hand(world, "NP-120") == 25


def test_a_row_that_moved_meanwhile_is_kept_and_the_others_are_saved(seller, world: World):
    """409: the number now stands beside what was typed, and saving again is a decision."""
    form = _form(seller, NP_120="20", KM_80="38")
    world.store.stock.count(COMMUNITY, "NP-120", 11, movement_id="x", because="test", at=world.now)
    answer = seller.post(STOCK, form)
    html = Html(answer.body.decode())
    assert answer.status_code == 409
    assert (_on_hand(world, "NP-120"), _on_hand(world, "KM-80")) == (11, 38)
    assert html.form()["count.NP-120"] == "20"
    assert html.form()["count.KM-80"] == ""
    assert "ตอนนี้เป็น 11" in html.text["span"]
    again = {name: value for name, value in html.form().items() if name.split(".")[0] in ("edit", "seen", "count")}
    assert seller.post(STOCK, again).status_code == 303
    assert _on_hand(world, "NP-120") == 20


def test_a_wrong_row_saves_nothing_and_comes_back_as_typed(seller, world: World):
    """422 with a summary, and the reason beside the row."""
    answer = seller.post(STOCK, _form(seller, NP_120="20", KM_80="เยอะ"))
    html = Html(answer.body.decode())
    assert answer.status_code == 422
    assert html.form()["count.KM-80"] == "เยอะ"
    assert "ต้องเป็นจำนวนเต็ม" in html.text["span"]
    assert _on_hand(world, "NP-120") == 12
    assert world.queues.sent == []


def test_units_are_added_and_taken_with_a_reason(seller, world: World):
    """The ledger says why; the same form twice adjusts once."""
    form = {"units": "-2", "reason": "damaged", "edit": "a" * 32}
    for _ in range(2):
        assert seller.post(f"{STOCK}/NP-120", form).status_code == 303
    assert _on_hand(world, "NP-120") == 10
    page = seller.get(f"{STOCK}/NP-120?done=adjusted").body.decode()
    assert "เสียหรือแตก" in page
    assert "ในมือ -2" in page


def test_another_adjustment_from_the_same_form_is_asked_about(seller, world: World):
    """Gone back and typed another number: never dropped and called done; pressed again it is taken."""
    form = {"units": "-2", "reason": "damaged", "edit": "a" * 32}
    seller.post(f"{STOCK}/NP-120", form)
    answer = seller.post(f"{STOCK}/NP-120", {**form, "units": "-3"})
    html = Html(answer.body.decode())
    assert answer.status_code == 422
    assert "ปรับจากหน้านี้ไปแล้ว" in html.text["span"]
    assert _on_hand(world, "NP-120") == 10
    again = {**form, "units": html.form()["units"], "edit": html.form()["edit"]}
    assert seller.post(f"{STOCK}/NP-120", again).status_code == 303
    assert _on_hand(world, "NP-120") == 7


@pytest.mark.parametrize(
    ("units", "reason", "said"),
    [
        ("", "damaged", "ใส่เป็นจำนวนเต็ม"),
        ("0", "damaged", "ใส่เป็นจำนวนเต็ม"),
        ("2.5", "found", "ใส่เป็นจำนวนเต็ม"),
        ("5", "", "เลือกเหตุผล"),
        ("5", "because", "เลือกเหตุผล"),
        ("-13", "lost", "จะติดลบ"),
    ],
)
def test_a_wrong_adjustment_says_what_is_wrong(seller, world: World, units, reason, said):
    """422, what was typed is kept, nothing moves."""
    answer = seller.post(f"{STOCK}/NP-120", {"units": units, "reason": reason})
    html = Html(answer.body.decode())
    assert answer.status_code == 422
    assert said in html.text["span"]
    assert html.form()["units"] == units
    assert _on_hand(world, "NP-120") == 12


def test_a_number_says_why(seller):
    """On hand, reserved, kept back, and each shop's part, with the movements below."""
    text = Html(seller.get(f"{STOCK}/NP-120").body.decode()).text
    assert "มี 12 − จองแล้ว 3 − กันไว้ 1 = ขายได้ 8" in text["p"]
    assert "Lazada ควรแสดง 8" in text["li"]
    assert "จอง +3" in text["b"]


def test_another_communitys_sku_is_not_there(browse, world: World):
    """Neither to read nor to move."""
    other = browse("seller@kratip.example")
    assert other.get("/c/kratip/stock/NP-120").status_code == 404
    assert other.post("/c/kratip/stock/NP-120", {"units": "5", "reason": "found"}).status_code == 404
    assert other.post("/c/kratip/stock", {"count.NP-120": "99", "seen.NP-120": "12"}).status_code == 303
    assert _on_hand(world, "NP-120") == 12

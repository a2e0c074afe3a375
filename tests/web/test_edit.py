"""Editing a product: look first, then send; wrong fields and a stale form lose nothing."""

from __future__ import annotations

import pytest
from pages_browser import Browser, Html
from pages_world import World

from chalicelib.domain.money import Money
from chalicelib.domain.shops import ShopState
from chalicelib.sync.messages import look_at_offers
from chalicelib.web.views.edit_form import read_count, read_price

COMMUNITY = "namphrik-tittu"
PRODUCT = f"/c/{COMMUNITY}/products/NP-120"
SHOPS = (f"{COMMUNITY}-lazada", f"{COMMUNITY}-shopee")


@pytest.fixture
def seller(browse) -> Browser:
    return browse("seller@tittu.example")


def _form(browser: Browser, **typed: str) -> dict[str, str]:
    """The form of the product's page with something typed into it."""
    form = Html(browser.get(PRODUCT).body.decode()).form()
    names = {"price": "price.NP-120", "count": "count.NP-120"}
    kept = {name: value for name, value in form.items() if name.split(".")[0] in ("price", "count", "seen")}
    return {**kept, "version": form["version"], "edit": form["edit"], **{names[key]: v for key, v in typed.items()}}


def _preview(browser: Browser, **typed: str):
    return browser.post(PRODUCT, {**_form(browser, **typed), "step": "preview"})


def _confirmed(answer) -> dict[str, str]:
    """The hidden form of the preview page."""
    form = Html(answer.body.decode()).form()
    return {name: value for name, value in form.items() if name not in ("to", "language", "form_token")}


def test_looking_shows_was_and_becomes_in_every_shop_and_changes_nothing(seller, world: World):
    """The preview says what each shop would be sent, and one button says what it does."""
    answer = _preview(seller, price="99", count="30")
    text = answer.body.decode()
    assert answer.status_code == 200
    assert "ส่งราคาและจำนวนใหม่ไป 2 ร้าน" in text
    assert text.count("฿89") == 3
    assert text.count("฿99") == 3
    assert text.count(">26</td>") == 2  # 30 on hand - 3 reserved - 1 kept back, in each shop
    assert world.store.catalogues.product(COMMUNITY, "NP-120").version == 1
    assert world.queues.sent == []


def test_sending_saves_and_asks_every_active_shop_to_look(seller, world: World):
    """The catalogue has the new price and count, and the urgent lane one message for each shop and kind of edit."""
    answer = seller.post(PRODUCT, {**_confirmed(_preview(seller, price="99", count="30")), "step": "save"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{PRODUCT}?done=sent"
    assert world.store.catalogues.product(COMMUNITY, "NP-120").variant("NP-120").price == Money(9900)
    level = world.store.stock.level(COMMUNITY, "NP-120")
    assert (level.on_hand, level.reserved) == (30, 3)
    assert {lane for lane, _ in world.queues.sent} == {"urgent"}
    for shop in SHOPS:
        asked = [message for _, message in world.queues.sent if message["shop"] == shop]
        assert [{**look_at_offers(shop, ["NP-120"]), **_traces(message)} for message in asked] == asked
        assert len({message["cause"] for message in asked}) == 1
        assert {message["asked_at"] for message in asked} == {world.now.isoformat()}
    assert "กำลังส่งไปที่ร้าน" in seller.get(answer.headers["Location"]).body.decode()


def _traces(message):
    return {name: message[name] for name in ("cause", "asked_at")}


def test_a_price_alone_counts_nothing(seller, world: World):
    """A field left as it was is no edit: units sold meanwhile are not counted back in."""
    confirmed = _confirmed(_preview(seller, price="99"))
    before = world.store.stock.level(COMMUNITY, "NP-120")
    assert seller.post(PRODUCT, {**confirmed, "step": "save"}).status_code == 303
    assert world.store.stock.level(COMMUNITY, "NP-120") == before
    assert len(world.queues.sent) == 2


def test_the_same_form_sent_twice_is_one_edit(seller, world: World):
    """A doubled tap neither counts twice nor frightens anybody with an error."""
    confirmed = {**_confirmed(_preview(seller, price="99", count="30")), "step": "save"}
    assert [seller.post(PRODUCT, confirmed).status_code for _ in range(2)] == [303, 303]
    assert world.store.catalogues.product(COMMUNITY, "NP-120").version == 2
    counts = [one for one in world.store.stock.movements(COMMUNITY, "NP-120") if one.id.startswith("count:")]
    assert len(counts) == 1


@pytest.mark.parametrize(
    ("price", "count", "said"),
    [
        ("ฟรี", "12", "ต้องเป็นตัวเลขเป็นบาท"),
        ("0.50", "12", "ราคาต้องตั้งแต่ 1 บาท"),
        ("", "12", "ต้องกรอกช่องนี้"),
        ("9999999", "12", "ไม่เกิน 999,999"),
        ("89", "-1", "ต้องเป็นจำนวนเต็ม"),
        ("89", "1.5", "ต้องเป็นจำนวนเต็ม"),
        ("89", "1000000", "ไม่เกิน 99,999"),
    ],
)
def test_a_wrong_field_comes_back_as_typed_with_its_reason_beside_it(seller, world: World, price, count, said):
    """422, the same form, every value kept, the message tied to the field, nothing saved."""
    answer = _preview(seller, price=price, count=count)
    html = Html(answer.body.decode())
    assert answer.status_code == 422
    assert html.form()["price.NP-120"] == price
    assert html.form()["count.NP-120"] == count
    (wrong,) = [one for one in html.all("input") if one.get("aria-invalid") == "true"]
    beside = [one for one in html.all("span") if one.get("id") == wrong["aria-describedby"]]
    assert len(beside) == 1
    assert said in html.text["span"]
    assert world.queues.sent == []


def test_an_edit_by_somebody_else_is_never_overwritten(seller, browse, world: World):
    """409: what was typed is kept, today's value stands beside it, and sending again is a decision."""
    mine = {**_confirmed(_preview(seller, price="99")), "step": "save"}
    partner = browse("partner@phayao.example")
    partner.post(PRODUCT, {**_confirmed(_preview(partner, price="120")), "step": "save"})

    answer = seller.post(PRODUCT, mine)
    html = Html(answer.body.decode())
    assert answer.status_code == 409
    assert html.form()["price.NP-120"] == "99"
    assert "ตอนนี้ ฿120" in html.text["span"]
    assert world.store.catalogues.product(COMMUNITY, "NP-120").variant("NP-120").price == Money(12000)

    again = seller.post(PRODUCT, {**mine, **_typed(html), "step": "preview"})
    assert seller.post(PRODUCT, {**_confirmed(again), "step": "save"}).status_code == 303
    assert world.store.catalogues.product(COMMUNITY, "NP-120").variant("NP-120").price == Money(9900)


def _typed(html: Html) -> dict[str, str]:
    return {name: value for name, value in html.form().items() if "." in name or name in ("version", "edit")}


def test_a_count_is_refused_when_units_left_meanwhile(seller, world: World):
    """Counting twelve and selling two in between is for a person to look at again."""
    mine = {**_confirmed(_preview(seller, count="20")), "step": "save"}
    world.store.stock.count(COMMUNITY, "NP-120", 10, movement_id="x", because="test", at=world.now)
    assert seller.post(PRODUCT, mine).status_code == 409
    assert world.store.stock.level(COMMUNITY, "NP-120").on_hand == 10


def test_a_second_count_is_a_count_of_its_own(seller, world: World):
    """Counted, gone back, counted again: the second number is asked about once more and then taken, never dropped."""
    first = {**_confirmed(_preview(seller, count="20")), "step": "save"}
    assert seller.post(PRODUCT, first).status_code == 303
    second = {**first, "count.NP-120": "25"}
    answer = seller.post(PRODUCT, second)
    assert answer.status_code == 409
    again = seller.post(PRODUCT, {**second, **_typed(Html(answer.body.decode())), "step": "preview"})
    assert seller.post(PRODUCT, {**_confirmed(again), "step": "save"}).status_code == 303
    assert world.store.stock.level(COMMUNITY, "NP-120").on_hand == 25


def test_a_count_that_is_not_taken_is_never_called_sent(seller, world: World):
    """This form's count is in the ledger as 20 and on hand is what it was then: 25 under the same form is 409."""
    first = {**_confirmed(_preview(seller, count="20")), "step": "save"}
    seller.post(PRODUCT, first)
    world.store.stock.count(COMMUNITY, "NP-120", 12, movement_id="x", because="test", at=world.now)
    answer = seller.post(PRODUCT, {**first, "count.NP-120": "25"})
    assert answer.status_code == 409
    assert Html(answer.body.decode()).form()["count.NP-120"] == "25"
    assert Html(answer.body.decode()).form()["edit"] != first["edit"]


def test_nothing_typed_is_nothing_sent(seller, world: World):
    """The form comes back; no empty edit is saved."""
    assert _preview(seller).status_code == 200
    assert world.queues.sent == []


def test_going_back_keeps_what_was_typed(seller):
    """From the preview to the form and nothing is lost."""
    confirmed = _confirmed(_preview(seller, price="99"))
    answer = seller.post(PRODUCT, {**confirmed, "step": "edit"})
    assert Html(answer.body.decode()).form()["price.NP-120"] == "99"


def test_a_forged_form_changes_nothing(seller, world: World):
    """Without the session's proof: 403, and the catalogue is as it was."""
    confirmed = {**_confirmed(_preview(seller, price="99")), "step": "save"}
    assert seller.post(PRODUCT, confirmed, token="made-up").status_code == 403
    assert world.store.catalogues.product(COMMUNITY, "NP-120").version == 1


def test_taking_off_sale_and_putting_back(seller, world: World):
    """One button each way; every active shop is asked to look at all the variants."""
    form = {"version": "1", "on_sale": "no"}
    assert seller.post(f"{PRODUCT}/on-sale", form).headers["Location"].endswith("done=off_sale")
    assert not world.store.catalogues.product(COMMUNITY, "NP-120").on_sale
    assert len(world.queues.sent) == 2
    assert seller.post(f"{PRODUCT}/on-sale", {"version": "1", "on_sale": "yes"}).status_code == 409
    assert seller.post(f"{PRODUCT}/on-sale", {"version": "2", "on_sale": "yes"}).status_code == 303
    assert world.store.catalogues.product(COMMUNITY, "NP-120").on_sale


def test_a_paused_shop_is_shown_as_such_and_not_asked(seller, world: World):
    """Only active shops are sent work, and the button counts only them."""
    from dataclasses import replace

    shop = world.store.shops.get(SHOPS[1])
    world.store.shops.save(replace(shop, state=ShopState.PAUSED))
    answer = _preview(seller, price="99")
    assert "ส่งราคาใหม่ไป 1 ร้าน" in answer.body.decode()
    assert "ร้านพักไว้" in answer.body.decode()
    seller.post(PRODUCT, {**_confirmed(answer), "step": "save"})
    assert [message["shop"] for _, message in world.queues.sent] == [SHOPS[0]]


@pytest.mark.parametrize("text", ["89.50", " 89.5 ", "๘๙.๕๐", "฿89.50", "89.50 บาท"])
def test_a_price_is_read_as_people_write_it(text):
    """Thai digits, a baht sign and blanks are fine."""
    assert read_price(text) == (Money(8950), "")


@pytest.mark.parametrize("text", ["NaN", "1e9", "89.555", "-5", "Infinity", "0x10"])
def test_what_is_no_price_is_said(text):
    """Never a guess."""
    assert read_price(text)[1]


def test_a_count_is_read_as_people_write_it():
    """Thai digits and thousands marks are fine."""
    assert read_count("๑,๒๐๔") == (1204, "")

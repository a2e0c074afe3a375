"""Who changed what is told, the last edit is taken back, and a shop may have a price of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pages_browser import Browser, Html
from pages_world import NOW, World

from chalicelib.domain.errors import NotFoundError, StaleWriteError
from chalicelib.domain.money import Money
from chalicelib.domain.stock import Movement, MovementKind
from chalicelib.sync.desired import desired_listings
from chalicelib.sync.edit_catalogue import adjust_stock, count_stock, set_on_sale, set_price
from chalicelib.sync.edit_rules import set_prices
from chalicelib.sync.undo import last_edit, undo

COMMUNITY = "namphrik-tittu"
PRODUCT = f"/c/{COMMUNITY}/products/NP-120"
SHOPEE, LAZADA = f"{COMMUNITY}-shopee", f"{COMMUNITY}-lazada"
WHO = "seller@tittu.example"


@pytest.fixture
def seller(browse) -> Browser:
    return browse(WHO)


def _save(browser: Browser, **typed: str):
    form = Html(browser.get(PRODUCT).body.decode()).form()
    kept = {name: form[name] for name in ("version", "edit", "seen.NP-120")}
    return browser.post(PRODUCT, {**kept, **typed, "step": "save"})


def _edits(world: World):
    return world.store.edits.of_product(COMMUNITY, "NP-120")


def _undo(world: World, name: str | None = None):
    product = world.store.catalogues.product(COMMUNITY, "NP-120")
    name = last_edit(_edits(world), product) if name is None else name
    return undo(world.store, world.queues, product, name, at=NOW, by=WHO)


def test_an_edit_says_who_what_and_from_what_to_what(seller, world: World):
    """Words, price and parcel in one row; nothing for a field left alone."""
    typed = {"title_th": "น้ำพริกตาแดงเจ้าเก่า", "price.NP-120": "99", "weight_g": "๒๐๐", "kind": "snack"}
    assert _save(seller, **typed).status_code == 303
    (edit,) = _edits(world)
    assert (edit.by, edit.version) == (WHO, 2)
    assert [(one.field, one.was, one.to) for one in edit.moved] == [
        ("title_th", "น้ำพริกตาแดง 120 กรัม", "น้ำพริกตาแดงเจ้าเก่า"),
        ("kind", "chili_paste", "snack"),
        ("size", "180 g, 70 × 70 × 60 mm", "200 g, 70 × 70 × 60 mm"),
        ("price", "89.00", "99.00"),
    ]
    page = seller.get(f"{PRODUCT}/history").body.decode()
    assert WHO in page
    assert "฿99" in page
    assert "ขนมขบเคี้ยว" in page


def test_one_button_takes_the_last_edit_back(seller, world: World):
    """A new version that is as it was before, told as such, and the shops are asked to look; then it can be redone."""
    before = world.store.catalogues.product(COMMUNITY, "NP-120")
    _save(seller, **{"title_th": "ใหม่ทั้งหมดเลยนะ", "price.NP-120": "99", "count.NP-120": "30"})
    form = Html(seller.get(PRODUCT).body.decode()).form()
    world.queues.sent.clear()
    answer = seller.post(f"{PRODUCT}/undo", {"last": form["last"]})
    assert answer.headers["Location"].endswith("done=undone")
    after = world.store.catalogues.product(COMMUNITY, "NP-120")
    assert after.version == 3
    assert (after.title_th, after.variants) == (before.title_th, before.variants)
    assert world.store.stock.level(COMMUNITY, "NP-120").on_hand == 12
    assert {message["shop"] for _, message in world.queues.sent} == {SHOPEE, LAZADA}
    assert "ย้อนกลับ:" in seller.get(f"{PRODUCT}/history").body.decode()
    assert seller.post(f"{PRODUCT}/undo", {"last": form["last"]}).status_code == 409


def test_units_sold_since_a_count_stay_sold_when_it_is_taken_back(seller, world: World):
    """A count is moved back by its difference, not to its old number."""
    _save(seller, **{"count.NP-120": "30"})
    sold = Movement("s", "NP-120", MovementKind.SHIP, -2, -2, NOW, order="o")
    world.store.stock.move(COMMUNITY, sold)
    _undo(world)
    assert world.store.stock.level(COMMUNITY, "NP-120").on_hand == 10


def test_two_who_take_a_count_back_at_once_move_it_back_once(world: World, monkeypatch):
    """Both saw it as the last edit: the second finds its units moved back already."""
    outside = world.store, world.queues, COMMUNITY
    count_stock(*outside, "NP-120", 30, "c", "counted", NOW, edit="first", by=WHO)
    seen = _edits(world)
    monkeypatch.setattr(type(world.store.edits), "of_product", lambda *_, **__: seen)
    _undo(world, "first")
    _undo(world, "first")
    assert world.store.stock.level(COMMUNITY, "NP-120").on_hand == 12


def test_of_two_counts_of_a_program_only_the_last_is_taken_back(world: World):
    """Their ids have colons of their own."""
    for number, units in enumerate((30, 31)):
        at = NOW + timedelta(minutes=number)
        count_stock(world.store, world.queues, COMMUNITY, "NP-120", units, f"api:{number}", "counted", at, by=WHO)
    _undo(world)
    assert world.store.stock.level(COMMUNITY, "NP-120").on_hand == 30


@pytest.mark.parametrize("found", [25, 30])
def test_a_count_is_not_taken_back_after_another(world: World, found: int):
    """Whoever counted later knows what lies there, also when the number stayed; nothing is moved under them."""
    count_stock(world.store, world.queues, COMMUNITY, "NP-120", 30, "c", "counted", NOW, edit="first", by=WHO)
    later = NOW + timedelta(hours=1)
    world.store.stock.count(COMMUNITY, "NP-120", found, movement_id="d", because="counted", at=later)
    with pytest.raises(StaleWriteError):
        _undo(world)
    assert world.store.stock.level(COMMUNITY, "NP-120").on_hand == found


def test_only_the_last_edit_is_taken_back(world: World):
    """After an import or another person's edit the button of an older page does nothing."""
    set_price(world.store, world.queues, COMMUNITY, "NP-120", {"NP-120": Money(9900)}, 1, edit="one", by=WHO)
    world.store.catalogues.save(world.store.catalogues.product(COMMUNITY, "NP-120"), 2)
    with pytest.raises(StaleWriteError):
        _undo(world, "one")
    assert last_edit(_edits(world), world.store.catalogues.product(COMMUNITY, "NP-120")) == ""


def test_taking_off_sale_is_an_edit_like_others(world: World):
    """It says who, and is taken back."""
    set_on_sale(world.store, world.queues, COMMUNITY, "NP-120", False, 1, WHO)
    assert _edits(world)[0].by == WHO
    assert _undo(world).on_sale


def test_an_adjustment_is_told_once_and_never_goes_below_zero(world: World):
    """The same movement id again changes nothing and tells nothing."""
    for _ in range(2):
        adjust_stock(world.store, world.queues, COMMUNITY, "NP-120", -2, "a", "damaged", NOW, by=WHO)
    assert world.store.stock.level(COMMUNITY, "NP-120").on_hand == 10
    assert [(one.was, one.to) for edit in _edits(world) for one in edit.moved] == [("12", "10")]
    with pytest.raises(ValueError, match="on hand"):
        adjust_stock(world.store, world.queues, COMMUNITY, "NP-120", -11, "b", "damaged", NOW)
    with pytest.raises(NotFoundError):
        adjust_stock(world.store, world.queues, "kratip", "NP-120", 1, "c", "found", NOW)


def _price_in(world: World, shop: str) -> Money:
    product = world.store.catalogues.product(COMMUNITY, "NP-120")
    (listing,) = desired_listings(world.services().context(), world.store.shops.get(shop), [product], {})
    return listing.offers[0].price


def test_a_shop_may_have_a_price_of_its_own(seller, world: World):
    """From its form: this shop alone is due that price and asked to look; emptied, the catalogue's holds again."""
    rules = f"{PRODUCT}/rules/{SHOPEE}"
    plain = {"share_percent": "100", "hold_back": "0", "minimum_to_show": "1", "step": "save"}

    def typed(price: str) -> dict[str, str]:
        fields = Html(seller.get(PRODUCT).body.decode()).all("input")
        *_, seen = (str(one["value"]) for one in fields if one.get("name") == "as_shown")
        return {**plain, "as_shown": seen, "own.NP-120": price}

    assert seller.post(rules, typed("๙๕")).status_code == 303
    assert (_price_in(world, SHOPEE), _price_in(world, LAZADA)) == (Money(9500), Money(8900))
    page = seller.get(PRODUCT).body.decode()
    assert Html(page).form()["own.NP-120"] == "95"
    assert "ราคาเฉพาะร้าน" in page
    assert seller.post(rules, typed("ฟรี")).status_code == 422
    assert seller.post(rules, typed("")).status_code == 303
    assert _price_in(world, SHOPEE) == Money(8900)
    edits = [(one.was, one.to) for edit in _edits(world) for one in edit.moved]
    assert sorted(edits) == [("", "95.00"), ("95.00", "")]


def test_a_price_of_an_unknown_sku_is_refused_whole(world: World):
    """Nothing is saved then."""
    with pytest.raises(NotFoundError):
        set_prices(
            world.store, world.queues, SHOPEE, "NP-120", {"NP-120": Money(1), "X": Money(1)}, edit="e", at=NOW, by=WHO
        )
    assert world.store.prices.of_shop(SHOPEE, ["NP-120"]) == {}


def test_every_tab_leads_somewhere(seller, world: World):
    """Four for the thumb at most, the rest on the shops' page and in the desk's navigation."""
    page = Html(seller.get(f"/c/{COMMUNITY}/shops").body.decode())
    places = {one["href"] for one in page.all("a") if (one.get("href") or "").startswith(f"/c/{COMMUNITY}/")}
    tabs = [one for one in page.all("a") if one.get("class") == "more"]
    assert tabs
    for place in sorted(places):
        assert seller.get(place).status_code == 200

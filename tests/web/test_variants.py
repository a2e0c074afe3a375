"""New products and their variants, made on a phone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pages_browser import Browser, Html
from pages_world import World

from chalicelib.domain.catalogue import Axis, Kind, Size
from chalicelib.domain.money import Money

COMMUNITY = "namphrik-tittu"
NEW = f"/c/{COMMUNITY}/new-product"
GRID = f"/c/{COMMUNITY}/products/NP-SET/variants"
GOOD = {
    "title_th": "น้ำพริกกากหมู",
    "code": "np-kak",
    "price": "๗๕",
    "kind": "chili_paste",
    "maker": "",
    "weight_g": "150",
    "length_cm": "7",
    "width_cm": "7.5",
    "height_cm": "6",
    "edit": "b" * 32,
}


@pytest.fixture
def seller(browse) -> Browser:
    return browse("seller@tittu.example")


def test_a_new_product_is_there_and_off_sale_until_somebody_says_so(seller, world: World):
    """Only what is needed; nothing is sent to a shop; a doubled tap makes one."""
    for _ in range(2):
        answer = seller.post(NEW, GOOD)
        assert answer.headers["Location"] == f"/c/{COMMUNITY}/products/NP-KAK?done=made"
    made = world.store.catalogues.product(COMMUNITY, "NP-KAK")
    assert (made.kind, made.size, made.version) == (Kind.CHILI_PASTE, Size(150, 70, 75, 60), 1)
    assert made.variant("NP-KAK").price == Money(7500)
    assert not made.on_sale
    assert world.queues.sent == []
    assert "สินค้าใหม่" in seller.get(f"/c/{COMMUNITY}/products/NP-KAK/history").body.decode()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title_th", "", "ต้องกรอกช่องนี้"),
        ("code", "น้ำพริก", "ใช้ A-Z"),
        ("code", "NP-120", "รหัสนี้มีสินค้าใช้แล้ว"),
        ("price", "", "ต้องกรอกช่องนี้"),
        ("kind", "", "เลือกจากรายการ"),
        ("maker", "nobody", "เลือกจากรายการ"),
        ("weight_g", "0", "น้ำหนักตั้งแต่"),
        ("height_cm", "สูง", "ต้องเป็นเซนติเมตร"),
    ],
)
def test_a_wrong_field_of_a_new_product_comes_back_as_typed(seller, world: World, field, typed, said):
    """422, the reason beside the field, everything else kept."""
    answer = seller.post(NEW, {**GOOD, field: typed})
    html = Html(answer.body.decode())
    assert answer.status_code == 422
    assert said in html.text["span"]
    assert html.form()["title_th"] == ("" if field == "title_th" else GOOD["title_th"])
    assert len(world.store.catalogues.products(COMMUNITY)) == 5


def _grid(seller: Browser) -> dict[str, str]:
    form = Html(seller.get(GRID).body.decode()).form()
    kept = {
        name: value for name, value in form.items() if name.partition(".")[0] in ("axis", "option", "price", "buffer")
    }
    return {**kept, "version": form["version"]}


def test_variants_are_looked_at_and_then_saved(seller, world: World):
    """A second axis, one row more, one less that has no stock; the shops are asked about all of them."""
    world.store.stock.count(COMMUNITY, "NP-SET-3", 0, movement_id="z", because="", at=world.now)
    size = {f"option.2.NP-SET-{number}": "เล็ก" for number in (1, 2)}
    new = {"sku.new.1": "np-set-4", "option.1.new.1": "เผ็ดน้อย", "option.2.new.1": "ใหญ่", "price.new.1": "150"}
    form = {**_grid(seller), **size, **new, "axis.2": "ขนาด", "remove.NP-SET-3": "yes", "buffer.NP-SET-1": "2"}
    looked = seller.post(GRID, {**form, "step": "preview"})
    assert looked.status_code == 200
    assert "NP-SET-4" in looked.body.decode()
    assert world.store.catalogues.product(COMMUNITY, "NP-SET").version == 1
    assert seller.post(GRID, {**form, "step": "save"}).status_code == 303
    after = world.store.catalogues.product(COMMUNITY, "NP-SET")
    assert after.axes == (Axis("ความเผ็ด", ("เผ็ดน้อย", "เผ็ดกลาง")), Axis("ขนาด", ("เล็ก", "ใหญ่")))
    assert after.skus == ("NP-SET-1", "NP-SET-2", "NP-SET-4")
    assert after.variant("NP-SET-4").price == Money(15000)
    assert after.variant("NP-SET-1").buffer == 2
    assert {tuple(sorted(message["skus"])) for _, message in world.queues.sent} == {
        ("NP-SET-1", "NP-SET-2", "NP-SET-3", "NP-SET-4")
    }
    assert seller.post(GRID, {**form, "step": "save"}).status_code == 409


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"remove.NP-SET-1": "yes"}, "ยังมีของในมือ"),
        ({f"remove.NP-SET-{number}": "yes" for number in (1, 2, 3)}, "อย่างน้อยหนึ่งตัวเลือก"),
        ({"axis.1": ""}, "ตั้งชื่อแบบ"),
        ({"axis.2": "ขนาด"}, "ใส่ตัวเลือกให้ครบ"),
        ({"axis.2": "ความเผ็ด"}, "ซ้ำกัน"),
        ({"option.1.NP-SET-2": "เผ็ดน้อย"}, "มีตัวเลือกเหมือนกันแล้ว"),
        ({"sku.new.1": "NP-120", "option.1.new.1": "x", "price.new.1": "9"}, "รหัสนี้มีสินค้าใช้แล้ว"),
        ({"sku.new.1": "ก", "option.1.new.1": "x", "price.new.1": "9"}, "ใช้ A-Z"),
        ({"sku.new.1": "X", "option.1.new.1": "x"}, "ต้องกรอกช่องนี้"),
        ({"price.NP-SET-1": "ฟรี"}, "ต้องเป็นตัวเลขเป็นบาท"),
    ],
)
def test_a_wrong_grid_says_what_is_wrong_and_saves_nothing(seller, world: World, typed, said):
    """422 with a summary that leads to the field."""
    answer = seller.post(GRID, {**_grid(seller), **typed, "step": "save"})
    html = Html(answer.body.decode())
    assert answer.status_code == 422
    assert said in html.text["li"]
    ids = {attributes.get("id") for _, attributes in html.elements}
    links = {(one.get("href") or "")[1:] for one in html.all("a") if (one.get("href") or "").startswith("#")}
    assert links <= ids
    assert world.store.catalogues.product(COMMUNITY, "NP-SET").version == 1


def test_a_grid_somebody_else_was_faster_with_comes_back_as_typed(seller, world: World):
    """409, nothing saved, what was typed kept and today's value beside it; looking again and saving then works."""
    typed = {
        **_grid(seller),
        "price.NP-SET-1": "111",
        "sku.new.1": "NP-SET-9",
        "option.1.new.1": "ใหม่",
        "price.new.1": "9",
    }
    item = world.store.catalogues.product(COMMUNITY, "NP-SET")
    dearer = replace(item.variants[0], price=Money(12300))
    world.store.catalogues.save(replace(item, variants=(dearer, *item.variants[1:])), item.version)
    answer = seller.post(GRID, {**typed, "step": "save"})
    body = answer.body.decode()
    form = Html(body).form()
    assert answer.status_code == 409
    assert "มีคนแก้ไปก่อนหน้านี้" in body
    assert "ตอนนี้" in body
    assert "123" in body
    assert {name: form[name] for name in typed if name != "version"} == {
        name: value for name, value in typed.items() if name != "version"
    }
    assert world.store.catalogues.product(COMMUNITY, "NP-SET").variant("NP-SET-1").price == Money(12300)
    assert seller.post(GRID, {**typed, "version": form["version"], "step": "save"}).status_code == 303
    assert world.store.catalogues.product(COMMUNITY, "NP-SET").variant("NP-SET-1").price == Money(11100)

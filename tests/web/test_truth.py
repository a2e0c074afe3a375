"""What the pages say is what is so."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pages_browser import Browser, Html
from pages_world import NOW, World, a_world
from PIL import Image

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.offers import ListingState
from chalicelib.domain.shops import ShopState
from chalicelib.sync.messages import publish_shop
from chalicelib.web.photos import shrink
from chalicelib.web.views.balance import BalanceView, ShopBalances, month_of
from chalicelib.web.views.board import board_view
from chalicelib.web.views.orders import masked
from chalicelib.web.views.products import products_view

COMMUNITY = "namphrik-tittu"
SHOPEE, LAZADA = f"{COMMUNITY}-shopee", f"{COMMUNITY}-lazada"


def _said(world: World, code: str, shop: str) -> tuple[str, str]:
    """(tone, text key) of a product in a shop, as the list says it."""
    view = products_view(world.services(), COMMUNITY, {})
    line = next(line for line in view.lines if line.product.code == code)
    return next((one.tone, one.key) for one in line.standings if one.shop == shop)


def test_on_sale_and_agreeing_is_said_only_after_it_was_seen(world: World):
    """Live, same price, same number, same words: ok, with the time it was read."""
    assert _said(world, "NP-120", LAZADA) == ("ok", "standing.live")


def test_a_price_that_differs_waits(world: World):
    """What the planner would still send is never called agreeing."""
    assert _said(world, "KM-80", SHOPEE) == ("wait", "standing.waiting")


def test_what_failed_is_to_be_mended_and_what_is_new_waits(world: World):
    """A refusal names its reason; a product nobody tried yet only waits."""
    assert _said(world, "TN-200", SHOPEE) == ("bad", "standing.fix")
    assert _said(world, "TN-200", LAZADA) == ("wait", "standing.new")


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ListingState.HIDDEN, ("wait", "standing.waiting")),
        (ListingState.IN_REVIEW, ("wait", "standing.in_review")),
        (ListingState.REJECTED, ("bad", "standing.fix")),
        (ListingState.GONE, ("wait", "standing.gone")),
    ],
)
def test_each_state_of_a_listing_is_said(world: World, state, said):
    """Hidden, in review, refused, gone: each in its own words."""
    rows = world.store.bindings.of_shop(LAZADA)
    world.store.bindings.save([replace(rows["NP-120"], state=state, reason="bad image")])
    assert _said(world, "NP-120", LAZADA) == said


def test_off_sale_and_hidden_agree(world: World):
    """Hidden because we said so is in step."""
    product = world.store.catalogues.product(COMMUNITY, "NP-120")
    world.store.catalogues.save(replace(product, on_sale=False), product.version)
    assert _said(world, "NP-120", LAZADA) == ("wait", "standing.waiting")
    rows = world.store.bindings.of_shop(LAZADA)
    world.store.bindings.save([replace(rows["NP-120"], state=ListingState.HIDDEN)])
    assert _said(world, "NP-120", LAZADA) == ("off", "standing.hidden")


def test_a_disconnected_shop_is_never_green(world: World):
    """However well its products were, nobody is looking now."""
    world.store.shops.save(replace(world.store.shops.get(LAZADA), state=ShopState.DISCONNECTED))
    assert _said(world, "NP-120", LAZADA) == ("bad", "standing.shop_disconnected")


def test_the_channels_own_words_are_marked_as_such(browse, world: World):
    """A refusal without a text of ours is shown as what the marketplace answered."""
    rows = world.store.bindings.of_shop(LAZADA)
    world.store.bindings.save([replace(rows["NP-120"], state=ListingState.REJECTED, reason="bad image")])
    page = browse("seller@tittu.example").get(f"/c/{COMMUNITY}/products/NP-120").body.decode()
    assert "ตลาดไม่รับสินค้านี้" in page
    assert "ตลาดตอบว่า: bad image" in page


def test_why_this_number_adds_up(browse):
    """On hand - reserved - kept back = sellable, and what each shop shows, with when it was read."""
    page = browse("seller@tittu.example").get(f"/c/{COMMUNITY}/products/NP-120").body.decode()
    assert "มี 12 − จองแล้ว 3 − กันไว้ 1 = ขายได้ 8" in page
    assert "Lazada แสดง 8" in page
    assert 'title="25 พ.ย. 2026 10:00:12"' in page


def test_a_buyer_is_nobody_anybody_could_find(browse):
    """Name, phone and address never reach the page."""
    page = browse("staff@office.example").get(f"/c/{COMMUNITY}/orders").body.decode()
    assert "ส***" in page
    assert "สมชาย" not in page
    assert "0812345678" not in page
    assert "พหลโยธิน" not in page
    assert masked("  ") == ""


def test_a_seller_sees_no_code_and_staff_see_the_request(browse):
    """The error card is for everybody, request ids and the marketplace's code for staff."""
    path = f"/c/{COMMUNITY}/log/run-2"
    seller = browse("seller@tittu.example").get(path).body.decode()
    staff = browse("staff@office.example").get(path).body.decode()
    assert "Shopee ไม่รับรูปนี้ ถ่ายรูปใหม่" in seller
    assert "product.error_image" not in seller
    assert "shopee.photo_refused" not in seller
    assert "product.error_image" in staff
    assert "77f2" in staff


def test_filters_of_a_run_are_in_its_address(browse):
    """State and SKU narrow the entries; unknown ones do not."""
    staff = browse("staff@office.example")
    path = f"/c/{COMMUNITY}/log/run-2"

    def entries(query: str) -> int:
        items = Html(staff.get(path + query).body.decode()).all("li")
        return sum("entry" in (one.get("class") or "") for one in items)

    assert [entries(query) for query in ("", "?state=failed", "?sku=km-8", "?state=nonsense")] == [5, 1, 1, 5]


def test_a_balance_is_clean_only_when_every_shop_is(world: World, browse):
    """One difference left in any night shown, and nobody says that everything agrees."""
    staff = browse("staff@office.example")
    page = staff.get(f"/c/{COMMUNITY}/balance").body.decode()
    assert "ยังไม่ตรง" in page
    assert "137 จาก 138 ออเดอร์ตรงกัน 1 ไม่ทราบสาเหตุ" in page
    for night in world.store.balances.of_shop(SHOPEE):
        world.store.balances.save(replace(night, accounted=night.orders, differences=()))
    assert "138 จาก 138 ออเดอร์ตรงกัน 0 ไม่ทราบสาเหตุ" in staff.get(f"/c/{COMMUNITY}/balance").body.decode()


def test_before_every_shop_has_a_night_nothing_is_called_clean(world: World):
    """No night: no answer. A shop without one: not yet."""
    shops = world.store.shops.of_community(COMMUNITY)
    nights = world.store.balances.of_shop(LAZADA)
    month = month_of(date(2026, 11, 1), (), 2)
    assert BalanceView((), month).tone == ""
    assert BalanceView((ShopBalances(shops[0], nights),), month).tone == "ok"
    assert BalanceView((ShopBalances(shops[0], nights), ShopBalances(shops[1], ())), month).tone == "wait"


def test_the_desk_puts_those_who_need_a_person_first(world: World):
    """A waiting plan, a dead shop or an unclean night is never a tick."""
    store = world.store
    view = board_view(store.communities.list(), store.shops.list(), store.board.lines(), (), NOW)
    assert [(line.community.id, line.tone) for line in view.lines] == [
        ("kratip", "bad"),
        (COMMUNITY, "bad"),
        ("saima", "off"),
    ]
    line = next(line for line in view.lines if line.community.id == COMMUNITY)
    assert (line.plans, line.stopped) == ((SHOPEE,), 0)


def test_a_waiting_plan_is_approved_by_name_and_runs(browse, world: World):
    """Staff approve exactly the plan they saw; the shop is asked to be read; another plan is refused."""
    staff = browse("staff@office.example")
    path = f"/c/{COMMUNITY}/shops/{SHOPEE}/approve"
    assert staff.post(path, {"fingerprint": "0" * 32}).status_code == 409
    answer = staff.post(path, {"fingerprint": "f" * 32})
    assert answer.headers["Location"].endswith("?done=approved")
    assert world.store.plans.approved(SHOPEE, "f" * 32)
    assert world.queues.sent == [("bulk", publish_shop(SHOPEE, "approved"))]


def test_a_retry_asks_for_the_whole_shop_to_be_read(browse, world: World):
    """One message; a shop that cannot be worked on is not asked, and the page says why."""
    seller = browse("seller@tittu.example")
    assert seller.post(f"/c/{COMMUNITY}/shops/{LAZADA}/retry", {}).status_code == 303
    assert world.queues.sent == [("bulk", publish_shop(LAZADA, "person"))]
    other = browse("seller@kratip.example")
    assert other.post("/c/kratip/shops/kratip-shopee/retry", {}).status_code == 409


def test_photos_are_small_square_and_kept_for_ever(browse, world: World):
    """A thumbnail of the product's own photo, at the size asked for among three."""
    seller = browse("seller@tittu.example")
    key = world.store.catalogues.product(COMMUNITY, "NP-120").photos[0]
    answer = seller.get(f"/c/{COMMUNITY}/products/NP-120/photo/{key}?w=160", accept="image/*,*/*;q=0.8")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    with Image.open(io.BytesIO(answer.body)) as picture:
        assert picture.size == (160, 160)
    assert len(answer.body) < 12_000
    assert seller.get(f"/c/{COMMUNITY}/products/NP-120/photo/{'0' * 64}").status_code == 404
    assert seller.get(f"/c/{COMMUNITY}/products/TN-200/photo/{key}").status_code == 404


def test_a_transparent_picture_stands_on_white_and_a_broken_one_is_missing():
    """Nothing turns black, nothing raises at a reader."""
    out = io.BytesIO()
    Image.new("RGBA", (400, 300), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(shrink(out.getvalue(), 160))) as picture:
        assert picture.size == (160, 160)
        assert picture.getpixel((80, 80)) == (255, 255, 255)
    with pytest.raises(NotFoundError):
        shrink(b"no picture", 160)


def test_a_camera_sized_photo_is_shown_without_filling_the_memory(tmp_path):
    """Forty-eight megapixels, sideways: the page's function stays small, and the picture stands upright."""
    picture = Image.new("RGB", (8000, 6000), "white")
    picture.paste("red", (0, 0, 4000, 6000))
    exif = picture.getexif()
    exif[0x0112] = 6  # To be turned clockwise: what was left is on top.
    picture.save(tmp_path / "big.jpg", exif=exif)
    made, main = tmp_path / "small.jpg", Path(__file__).parents[2]
    program = (
        "import re, sys, pathlib\n"
        "from chalicelib.web.photos import shrink\n"
        "pathlib.Path(sys.argv[2]).write_bytes(shrink(pathlib.Path(sys.argv[1]).read_bytes(), 640))\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])\n"
    )
    asked = [sys.executable, "-c", program, str(tmp_path / "big.jpg"), str(made)]
    ran = subprocess.run(asked, cwd=main, capture_output=True, text=True, timeout=60, check=True)
    assert int(ran.stdout) < 250_000, "kilobytes; the whole picture in colour took nine hundred thousand"
    with Image.open(made) as small:
        assert small.size == (640, 640)
        assert small.getpixel((320, 40))[1] < 60 < 200 < small.getpixel((320, 600))[1]


def test_a_page_that_breaks_says_so_in_words(world: World, browse, caplog):
    """500 with one action; the log has the story, the page has not."""
    staff = browse("staff@office.example")
    world.store = replace(world.store, log=None)
    answer = staff.get(f"/c/{COMMUNITY}/log")
    assert answer.status_code == 500
    assert "มีบางอย่างผิดพลาด" in answer.body.decode()
    assert "Traceback" not in answer.body.decode()
    assert "page failed" in caplog.text


def test_a_seller_starts_at_the_own_products_and_staff_at_the_desk(browse):
    """One question a page: whose day is it."""
    assert browse("seller@tittu.example").get("/").headers["Location"] == f"/c/{COMMUNITY}/products"
    assert browse("staff@office.example").get("/").status_code == 200
    assert a_world(empty=True).now == NOW


def test_search_and_pages_narrow_the_list(world: World):
    """Words in either language or the code; unknown filters are as if not given."""
    services = world.services()

    def codes(**query: str) -> list[str]:
        return [line.product.code for line in products_view(services, COMMUNITY, query).lines]

    assert codes(q="crackling") == ["KM-80"]
    assert codes(q="ตาแดง") == ["NP-120"]
    assert codes(state="attention") == ["NP-SET", "TN-200"]
    assert len(codes(shop="nobodys", state="odd", page="99")) == 5
    assert Browser(world, "seller@tittu.example").get(f"/c/{COMMUNITY}/products?page=-1").status_code == 200

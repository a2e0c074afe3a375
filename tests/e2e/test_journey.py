"""A seller's first day and an office's next morning, in a real browser without scripts, on phone and desk."""

from __future__ import annotations

import pytest
from journey_place import HOME, SELLER, STAFF, a_browser, a_place, picture, sign_in, until
from pages_world import picture as drawn

from chalicelib.domain.balance import business_day
from chalicelib.domain.shops import ShopState
from chalicelib.domain.synclog import EntryState
from chalicelib.sync import messages

pytestmark = pytest.mark.e2e
CODE, TITLE = "KRT-GIFT", "กระติบข้าวเหนียวสานมือ ลายดอกแก้ว งานชุมชน"
WORDS = "สานจากไม้ไผ่สีสุก ใช้ใส่ข้าวเหนียวได้จริง ล้างน้ำได้ ตากแดดให้แห้งก่อนเก็บ ทำโดยกลุ่มแม่บ้านในหมู่บ้าน " * 2
LAST = f"{CODE}-L"


@pytest.fixture(scope="module")
def place():
    with a_place() as made:
        yield made


def test_a_sellers_first_day_and_the_offices_next_morning(place, tmp_path):
    """Connect, make, publish, sell the last piece, ship, balance; then staff find a push that failed and retry it."""
    with a_browser(script=False) as phone:
        sign_in(phone, place, SELLER)
        for channel in ("lazada", "shopee"):
            _connect(phone, place, channel)
        _make_a_product(phone, place, tmp_path)
        _see_it_live(phone, place)
        order = _sell_the_last_piece(phone, place)
        _pack_and_ship(phone, place, order)
        _read_the_balance(phone, place)
        _fail_a_price(phone, place)
        assert [one for one in phone.complaints if one.startswith(place.url)] == []
    place.world.move(20 * 3600)
    with a_browser(1280, 900, script=False) as desk:
        sign_in(desk, place, STAFF)
        _find_and_retry(desk, place)
        assert [one for one in desk.complaints if one.startswith(place.url)] == []


def _connect(page, place, channel):
    """Out to the marketplace's consent page, agree for the community's own shop, and back."""
    page.goto(f"{place.url}/c/{HOME.id}/shops")
    page.click(f"form[action$='/connect/{channel}'] button")
    page.click("main a[href^='http']")
    picture(page, f"journey-1-consent-{channel}")
    page.click(f"form :is(button, label):has-text('{HOME.name_th}')")
    if channel == "shopee":  # There one chooses first and agrees after.
        page.click("form button")
    page.wait_for_url("**/shops?done=connected")
    states = {shop.channel: shop.state for shop in place.world.store.shops.of_community(HOME.id)}
    assert states[channel] is ShopState.ACTIVE
    picture(page, f"journey-1-connected-{channel}")


def _make_a_product(page, place, tmp_path):
    """Few fields first; then words, a photo, a second variant, a count, and on sale."""
    here = f"{place.url}/c/{HOME.id}/products/{CODE}"
    page.goto(f"{place.url}/c/{HOME.id}/new-product")
    sizes = {"weight_g": "300", "length_cm": "20", "width_cm": "20", "height_cm": "15"}
    for name, value in {"title_th": TITLE, "code": CODE, "price": "250", **sizes}.items():
        page.fill(f"#{name}", value)
    page.select_option("#kind", "basketry")
    page.click("main .main-action button")
    page.wait_for_url("**/products/KRT-GIFT?done=made")

    photo = tmp_path / "photo.jpg"
    photo.write_bytes(drawn("gift"))
    page.set_input_files("#photo", photo)
    page.click("form.upload button")
    assert page.locator(".gallery img").count() == 1

    page.goto(f"{here}/variants")
    page.fill("[name='axis.1']", "ขนาด")
    page.fill(f"[name='option.1.{CODE}']", "เล็ก")
    page.fill("[name='sku.new.1']", LAST)
    page.fill("[name='option.1.new.1']", "ใหญ่")
    page.fill("[name='price.new.1']", "390")
    page.click("main .main-action button")
    picture(page, "journey-2-variants")
    page.click("button[value='save']")

    page.goto(here)
    if not page.is_visible("#description_th"):
        page.click("details:has(#description_th) > summary")
    page.fill("#description_th", WORDS)
    page.fill(f"[name='count.{CODE}']", "5")
    page.fill(f"[name='count.{LAST}']", "1")
    page.click("#edit .main-action button")
    picture(page, "journey-2-look-before")
    page.click("button[value='save']")
    page.click("button[name='on_sale'][value='yes']")
    picture(page, "journey-2-on-sale")


def _see_it_live(page, place):
    """Both fronts show the product with both sizes."""
    for channel in ("lazada", "shopee"):
        until(lambda channel=channel: LAST in place.world.offers(channel), 60, f"never live on {channel}")
        page.goto(place.front(channel, _shop(place, channel).remote_id))
        page.click(f"a:has-text('{TITLE[:20]}')")
        assert "ใหญ่" in page.inner_text("body")
        picture(page, f"journey-3-front-{channel}")
    page.goto(f"{place.url}/c/{HOME.id}/products")
    picture(page, "journey-3-products")


def _sell_the_last_piece(page, place):
    """The last big one stands in one shop only; bought on its front it is gone everywhere, and the seller reads why."""
    channels = ("lazada", "shopee")
    (channel,) = [one for one in channels if place.world.offers(one)[LAST]["stock"] == 1]
    page.goto(place.front(channel, _shop(place, channel).remote_id))
    page.click(f"a:has-text('{TITLE[:20]}')")
    page.click("label:has-text('ใหญ่')")
    page.click("form button")
    picture(page, "journey-4-bought")
    until(lambda: [place.world.offers(one)[LAST]["stock"] for one in channels] == [0, 0], 60, "still on sale")
    place.world.queues.send("urgent", [messages.poll_orders(_shop(place, channel).id)])
    until(lambda: place.world.store.orders.latest(_shop(place, channel).id), 60, "the order never came")
    order = place.world.store.orders.latest(_shop(place, channel).id)[0]
    page.goto(f"{place.url}/c/{HOME.id}/stock/{LAST}")
    picture(page, "journey-4-why-zero")
    assert order.order_id in page.inner_text("main")
    return order


def _pack_and_ship(page, place, order):
    """First in the list of what to pack; a way to hand over is chosen, the label comes, the carrier may too."""
    page.goto(f"{place.url}/c/{HOME.id}/orders")
    picture(page, "journey-5-orders")
    page.click(f"a[href*='{order.order_id}']")
    page.click("form[action$='/ship'] button")
    picture(page, "journey-5-choose")
    page.click("form[action$='/ship'] button")
    until(lambda: _parcels(place, order), 20, "no parcel")
    page.goto(page.url)
    picture(page, "journey-5-packed")
    if page.locator("form[action$='/ready'] button").count():
        page.click("form[action$='/ready'] button")
    assert _parcels(place, order)


def _read_the_balance(page, place):
    """The night's answer, a few hours early: every order accounted for."""
    today = business_day(place.world.clock())
    for shop in place.world.store.shops.of_community(HOME.id):
        place.world.queues.send("money", [messages.balance_shop(shop.id, today)])
    done = lambda: all(  # noqa: E731
        place.world.store.balances.of_shop(shop.id) for shop in place.world.store.shops.of_community(HOME.id)
    )
    until(done, 60, "no balance")
    assert all(place.world.store.balances.of_shop(one.id)[0].is_clean for one in _shops(place))
    page.goto(f"{place.url}/c/{HOME.id}/balance")
    picture(page, "journey-6-balance")


def _fail_a_price(page, place):
    """A price that Shopee does not take, the seller sent it and went home."""
    place.world.fault("shopee", "partial", "/api/v2/product/update_price", times=50)
    page.goto(f"{place.url}/c/{HOME.id}/products/{CODE}")
    page.fill(f"[name='price.{CODE}']", "259")
    page.fill(f"[name='price.{LAST}']", "399")
    page.click("#edit .main-action button")
    page.click("button[value='save']")
    until(lambda: _failed(place), 60, "nothing failed")
    place.world.http.delete(f"{place.world.markets['shopee'].url}/_sim/faults")


def _find_and_retry(page, place):
    """The failed change stands in the log of all communities; retried after a look, it is live."""
    page.goto(f"{place.url}/log?state=failed")
    picture(page, "journey-7-log")
    page.click("main a[href*='/log/run'], main a[href*='/log/']:has-text('')")
    picture(page, "journey-7-run")
    page.click("form[action$='/retry'] button")
    picture(page, "journey-7-retry")
    page.click("form[action$='/retry'] button")
    prices = {CODE: 259, LAST: 399}
    shown = lambda: {sku: float(place.world.offers("shopee")[sku]["price"]) for sku in prices}  # noqa: E731
    until(lambda: shown() == prices, 60, "never live")
    picture(page, "journey-7-live")


def _shops(place):
    return place.world.store.shops.of_community(HOME.id)


def _shop(place, channel):
    return next(shop for shop in _shops(place) if shop.channel == channel)


def _parcels(place, order):
    return place.world.store.parcels.of_order(order.shop, order.order_id)


def _failed(place):
    entries = place.world.store.log.recent_entries(HOME.id)
    return [one for one in entries if one.state is EntryState.FAILED and one.field == "price"]

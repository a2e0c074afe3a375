"""A seller on an old phone, scripts off: sign in, find a product, look at a new price, send it."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from pages_world import FIRST_PASSWORD, PASSWORD, a_world

from chalicelib.domain.money import Money
from sandbox.cloud.web_server import GatewayServer

pytestmark = pytest.mark.e2e
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]


@pytest.fixture
def phone():
    """A 360 px page without scripts, and what its console complained about."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.fail(f"the browser tests need {CHROMIUM}")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("requestfailed", lambda request: page.complaints.append(request.url))
        yield page
        browser.close()


def test_a_new_price_leaves_for_the_shops_only_after_it_was_seen(phone):
    """Plain forms are enough, behind a stage prefix too, and nothing is asked of any other host."""
    world = a_world()
    with GatewayServer(world.app(), prefix="/api") as server:
        phone.goto(f"{server.url}/")
        phone.fill("#email", "seller@tittu.example")
        phone.fill("#password", PASSWORD)
        phone.click("main button")
        phone.click("text=น้ำพริกตาแดง")
        phone.fill("[name='price.NP-120']", "๙๙")
        phone.click("text=ดูก่อนส่ง")
        assert phone.inner_text("h1") == "ส่งตามนี้ไหม"
        assert world.queues.sent == []
        phone.click("text=ส่งราคาใหม่ไป 2 ร้าน")
        assert "กำลังส่งไปที่ร้าน" in phone.inner_text("main")
        phone.click("text=EN")
        assert phone.inner_text("h1") == "Red-eye chili paste 120 g"
        phone.click("text=Sign out")
        assert phone.url.endswith("/api/sign-in")

    assert world.store.catalogues.product("namphrik-tittu", "NP-120").variant("NP-120").price == Money(9900)
    assert len(world.queues.sent) == 2
    assert phone.complaints == []


def test_what_was_typed_when_the_session_ended_is_sent_after_all(phone):
    """Sign in again, press once, and the page that was asked for stands there; behind a stage prefix too."""
    world = a_world()
    with GatewayServer(world.app(), prefix="/api") as server:
        phone.goto(f"{server.url}/sign-in?next=/c/namphrik-tittu/products/NP-120")
        _sign_in(phone, PASSWORD)
        phone.fill("[name='price.NP-120']", "99")
        world.now += timedelta(hours=13)
        phone.click("text=ดูก่อนส่ง")
        assert "ยังอยู่" in phone.inner_text("main")
        _sign_in(phone, PASSWORD)
        assert phone.get_attribute("main a.button", "href") == "/api/c/namphrik-tittu/products/NP-120"
        phone.click("text=ส่งที่พิมพ์ไว้")
        assert phone.inner_text("h1") == "ส่งตามนี้ไหม"
        assert "฿99" in phone.inner_text("main")


def test_a_first_password_is_replaced_on_a_phone(phone):
    """Plain forms, the rule beside the field, and one is in."""
    world = a_world()
    world.people.first.add("seller@tittu.example")
    with GatewayServer(world.app(), prefix="/api") as server:
        phone.goto(f"{server.url}/")
        _sign_in(phone, FIRST_PASSWORD)
        assert phone.inner_text("h1") == "ตั้งรหัสผ่านของคุณ"
        assert "อย่างน้อย 10 ตัว" in phone.inner_text("#password-said")
        for typed in ("short", "น้ำพริก สามครก"):
            phone.fill("#password", typed)
            phone.fill("#again", typed)
            phone.click("text=ใช้รหัสผ่านนี้")
        assert phone.url.endswith("/api/c/namphrik-tittu/products")


def _sign_in(phone, password):
    phone.fill("#email", "seller@tittu.example")
    phone.fill("#password", password)
    phone.click("main form button")

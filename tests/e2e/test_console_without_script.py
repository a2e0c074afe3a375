"""A seller on an old phone, scripts off: sign in, find a product, look at a new price, send it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from pages_world import PASSWORD, a_world

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

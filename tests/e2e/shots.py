"""Photographs every page at a phone's and a desk's width: `python tests/e2e/shots.py FOLDER [--language en] [--dark]`.

Prints what each first view weighs; ends with status 1 when one is over the 100 kB every first view may weigh, or
when a page is wider than its screen.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1] / "web")]

from pages_world import PASSWORD, a_world  # noqa: E402
from playwright.sync_api import Browser, Page, Response, sync_playwright  # noqa: E402

from sandbox.cloud.web_server import GatewayServer  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-color-profile=srgb",
]
WIDTHS = {"phone": (360, 740), "desk": (1280, 800)}
MOST_BYTES = 100_000
HOME = "/c/namphrik-tittu"
SELLER, STAFF = "seller@tittu.example", "staff@office.example"
PAGES = (
    ("products", SELLER, f"{HOME}/products"),
    ("products-attention", SELLER, f"{HOME}/products?state=attention"),
    ("product", SELLER, f"{HOME}/products/NP-120"),
    ("product-variants", SELLER, f"{HOME}/products/NP-SET"),
    ("product-done", SELLER, f"{HOME}/products/TN-200?done=sent"),
    ("stock", SELLER, f"{HOME}/stock"),
    ("new-product", SELLER, f"{HOME}/new-product"),
    ("variants", SELLER, f"{HOME}/products/NP-SET/variants"),
    ("stock-sku", SELLER, f"{HOME}/stock/NP-120"),
    ("orders", SELLER, f"{HOME}/orders"),
    ("money", SELLER, f"{HOME}/money"),
    ("money-lines", SELLER, f"{HOME}/money/lines"),
    ("money-statement", SELLER, f"{HOME}/money/statement?side=maker&who=chan"),
    ("money-order", SELLER, f"{HOME}/money/order/namphrik-tittu-lazada/251126003KX7"),
    ("money-rules", SELLER, f"{HOME}/money/rules"),
    ("progress", SELLER, f"{HOME}/progress"),
    ("balance", SELLER, f"{HOME}/balance"),
    ("shops", SELLER, f"{HOME}/shops"),
    ("log", SELLER, f"{HOME}/log"),
    ("run", SELLER, f"{HOME}/log/run-2"),
    ("forbidden", SELLER, "/c/kratip/products"),
    ("plan", SELLER, f"{HOME}/shops/namphrik-tittu-shopee/plan"),
    ("day", SELLER, f"{HOME}/balance/2026-11-23"),
    ("tasks", SELLER, f"{HOME}/tasks"),
    ("changes", SELLER, f"{HOME}/changes"),
    ("ask", SELLER, f"{HOME}/ask?product=TN-200&channel=shopee&reason=shopee.photo_refused"),
    ("board", STAFF, "/"),
    ("staff-plan", STAFF, f"{HOME}/shops/namphrik-tittu-shopee/plan"),
    ("staff-day", STAFF, f"{HOME}/balance/2026-11-23"),
    ("staff-log", STAFF, "/log?state=failed"),
    ("letters", STAFF, "/letters"),
    ("help", STAFF, "/help"),
    ("programme", STAFF, "/progress"),
    ("staff-shops", STAFF, f"{HOME}/shops"),
    ("staff-run", STAFF, f"{HOME}/log/run-2"),
    ("staff-empty", STAFF, "/c/saima/products"),
    ("missing", STAFF, "/c/nowhere/products"),
)


def main() -> int:
    """Every page is in the folder as <page>-<width>.png; 0 when all of them are light and fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="th", choices=("th", "en"))
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    world = a_world()
    server = GatewayServer(world.app()).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            troubles = [trouble for name in WIDTHS for trouble in _width(browser, server.url, name, asked)]
            browser.close()
    finally:
        server.stop()
    print("\n".join(troubles) or f"all pages fit and weigh less than {MOST_BYTES:,} bytes")
    return 1 if troubles else 0


def _width(browser: Browser, url: str, name: str, asked: argparse.Namespace) -> list[str]:
    return [trouble for person in (SELLER, STAFF) for trouble in _walk(browser, url, name, person, asked)]


def _walk(browser: Browser, url: str, name: str, person: str, asked: argparse.Namespace) -> list[str]:
    width, height = WIDTHS[name]
    troubles: list[str] = []
    context = browser.new_context(
        locale="th-TH",
        viewport={"width": width, "height": height},
        color_scheme="dark" if asked.dark else "light",
        device_scale_factor=2 if name == "phone" else 1,
    )
    context.add_cookies([{"name": "pinto_language", "value": asked.language, "url": url}])
    page = context.new_page()
    page.on("console", lambda said: troubles.append(said.text) if "Policy" in said.text else None)
    camera = _Camera(page, url, asked.folder, name, asked.only)
    if person == SELLER:
        troubles += camera.shot("sign-in", "/sign-in")
    _sign_in(page, url, person)
    for shot, who, path in PAGES:
        if who == person:
            troubles += camera.shot(shot, path)
    if person == SELLER:
        troubles += _edit(camera)
    context.close()
    return troubles


class _Camera:
    """Goes to a page, weighs its first view, checks that it fits, and keeps its picture."""

    def __init__(self, page: Page, url: str, folder: Path, width: str, only: str) -> None:
        self.page = page
        self.url = url
        self._folder = folder
        self._width = width
        self._only = only

    def shot(self, name: str, path: str) -> list[str]:
        if self._only and not name.startswith(self._only):
            return []
        got: list[Response] = []

        def note(response: Response) -> None:
            got.append(response)

        self.page.on("response", note)
        self.page.goto(self.url + path)
        self.page.wait_for_load_state("networkidle")
        self.page.remove_listener("response", note)
        return self.here(name, sum(int(one.headers.get("content-length", 0)) for one in got))

    def here(self, name: str, weight: int = 0) -> list[str]:
        """The page as it stands now."""
        # The window as tall as the page, so that what is fixed to the bottom stands there in the picture.
        width, height = WIDTHS[self._width]
        tall = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": width, "height": max(tall, height)})
        self.page.screenshot(path=self._folder / f"{name}-{self._width}.png")
        self.page.set_viewport_size({"width": width, "height": height})
        fits = self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        print(f"{name:20} {self._width:6} {weight:8,} bytes")
        heavy = [f"{name} {self._width}: {weight:,} bytes"] if weight > MOST_BYTES else []
        return heavy + ([] if fits else [f"{name} {self._width}: wider than its screen"])


def _sign_in(page: Page, url: str, person: str) -> None:
    page.goto(f"{url}/sign-in")
    page.fill("#email", person)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_load_state()


def _edit(camera: _Camera) -> list[str]:
    """A wrong price, then a good one with a count, looked at and not sent."""
    page = camera.page
    page.goto(f"{camera.url}{HOME}/products/NP-SET")
    page.fill("[name='price.NP-SET-1']", "ฟรี")
    page.click("[value=preview]")
    troubles = camera.here("product-wrong")
    page.fill("[name='price.NP-SET-1']", "99")
    page.fill("[name='count.NP-SET-2']", "14")
    page.click("[value=preview]")
    return troubles + camera.here("preview")


if __name__ == "__main__":
    raise SystemExit(main())

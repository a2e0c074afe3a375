"""Pictures of the running world for the README: `python tests/e2e/pictures.py [FOLDER]`, docs/pictures by default.

Every page is looked at on a phone and on a desk, in Thai; a page that is wider than its screen is a trouble, and so
is a picture over 250 kB.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parent)]

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from shots import CHROMIUM, QUIET, WIDTHS  # noqa: E402

from tests.world_of_processes import Started, offers  # noqa: E402

COMMUNITY = "kratip"
MOST_BYTES = 250_000
SignIns = Mapping[str, tuple[str, str]]


@dataclass
class Album:
    """Takes pictures into a folder and keeps what was wrong with a page."""

    folder: Path
    width: str
    page: Page
    troubles: list[str]

    def take(self, name: str, url: str, most_height: int = 1000, unfold: str = "") -> None:
        """<name>-<width>.png shows the page, from its top, with the first `unfold` opened."""
        answer = self.page.goto(url)
        self.page.wait_for_load_state("networkidle")
        if unfold:
            self.page.evaluate(f"document.querySelector('{unfold}')?.setAttribute('open', '')")
        if answer is None or answer.status != 200:
            self.troubles.append(f"{name}: {answer.status if answer else 'no answer'}")
        if not self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            self.troubles.append(f"{name} {self.width}: wider than its screen")
        width, height = WIDTHS[self.width]
        tall = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": width, "height": min(max(tall, height), most_height)})
        self._keep(f"{name}-{self.width}.png", self.page.screenshot())
        self.page.set_viewport_size({"width": width, "height": height})

    def _keep(self, name: str, png: bytes) -> None:
        # A palette of 256 colours: photographs of drawings and text lose nothing that a README shows.
        out = io.BytesIO()
        Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
            out, "PNG", optimize=True
        )
        if out.tell() > MOST_BYTES:
            self.troubles.append(f"{name}: {out.tell():,} bytes")
        (self.folder / name).write_bytes(out.getvalue())


def photograph(addresses: Mapping[str, str], people: SignIns, folder: Path) -> list[str]:
    """Every page is in the folder, at both widths; what was wrong with them."""
    folder.mkdir(parents=True, exist_ok=True)
    troubles: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for width in WIDTHS:
            _console(_album(browser, width, folder, troubles), addresses["site"], people)
            _shop_fronts(_album(browser, width, folder, troubles), addresses)
        browser.close()
    return troubles


def _album(browser: Browser, width: str, folder: Path, troubles: list[str]) -> Album:
    across, down = WIDTHS[width]
    context = browser.new_context(
        locale="th-TH",
        viewport={"width": across, "height": down},
        device_scale_factor=2 if width == "phone" else 1,
    )
    return Album(folder, width, context.new_page(), troubles)


def _console(album: Album, site: str, people: SignIns) -> None:
    home = f"{site}/c/{COMMUNITY}"
    page = album.page
    album.take("sign-in", f"{site}/sign-in")
    _sign_in(page, site, people["seller"])
    album.take("products", f"{home}/products")
    page.goto(f"{home}/products")
    sold = page.locator("main a[href*='/products/']").first.get_attribute("href")
    album.take("product", f"{site}{sold}", unfold="details.why")
    for name in ("orders", "balance", "shops", "log"):
        album.take(name, f"{home}/{name}")
    page.context.clear_cookies()
    _sign_in(page, site, people["staff"])
    album.take("home", f"{site}/")
    album.take("log-staff", f"{home}/log")
    page.goto(f"{home}/log")
    busy = page.locator("li.run", has=page.locator(".counts .chip")).first
    run = busy.locator("a").first.get_attribute("href")
    album.take("run", f"{site}{run}", unfold="details.staff")


def _shop_fronts(album: Album, addresses: Mapping[str, str]) -> None:
    for channel in ("lazada", "shopee"):
        root = addresses[channel]
        row = offers(root)[0]
        album.take(f"{channel}-shops", f"{root}/shop/")
        album.take(f"{channel}-shop", f"{root}/shop/{row['shop_id']}")
        album.take(f"{channel}-item", f"{root}/shop/{row['shop_id']}/item/{row['listing_id']}")


def _sign_in(page: Page, site: str, person: tuple[str, str]) -> None:
    page.goto(f"{site}/sign-in")
    page.fill("#email", person[0])
    page.fill("#password", person[1])
    page.click("main button")
    page.wait_for_load_state()


def photograph_a_world(folder: Path) -> list[str]:
    """A world of two communities is started, photographed and ended."""
    with tempfile.TemporaryDirectory() as data:
        started = Started(Path(data), f"{COMMUNITY},namphrik-tittu", once=False, orders=40)
        try:
            addresses = started.addresses()
            return photograph(addresses, {role: started.sign_in(role) for role in ("seller", "staff")}, folder)
        finally:
            started.stop()


def main() -> int:
    """0 when every page fits."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[2] / "docs" / "pictures"
    troubles = photograph_a_world(folder)
    print("\n".join(troubles) or "every page fits")
    return 1 if troubles else 0


if __name__ == "__main__":
    raise SystemExit(main())

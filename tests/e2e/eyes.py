"""A real browser that looks at every page of the small world, signed in as each reader, at a width and in a scheme."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1] / "web"), str(HERE.parent)]

from pages_browser import Browser  # noqa: E402
from pages_walk import every_page  # noqa: E402
from pages_world import World, a_world  # noqa: E402
from playwright.sync_api import BrowserContext, Page, sync_playwright  # noqa: E402
from shots import CHROMIUM, QUIET, WIDTHS  # noqa: E402

from sandbox.cloud.web_server import GatewayServer  # noqa: E402

__all__ = ["WIDTHS", "Eyes", "open_eyes"]


class Eyes:
    """One browser and one site. `look` opens every page there is."""

    def __init__(self, browser: object, world: World, url: str) -> None:
        self._browser, self._world, self.url = browser, world, url
        self.pages = [(email, path) for email, path in every_page() if self._is_page(email, path)]

    def look(self, width: str, scheme: str = "light") -> Iterator[tuple[str, Page]]:
        """(name, page) for each page, in Thai."""
        for reader in dict.fromkeys(email for email, _ in self.pages):
            with self.signed_in(reader, width, scheme) as context:
                page = context.new_page()
                for email, path in self.pages:
                    if email == reader:
                        page.goto(self.url + path)
                        yield f"{path} {reader[:6]} {width} {scheme}", page

    @contextmanager
    def signed_in(self, reader: str, width: str, scheme: str = "light") -> Iterator[BrowserContext]:
        """A context of this reader, closed afterwards."""
        across, down = WIDTHS[width]
        context = self._browser.new_context(  # type: ignore[attr-defined]
            locale="th-TH", viewport={"width": across, "height": down}, color_scheme=scheme
        )
        if reader:
            session = self._world.session_of(reader)
            context.add_cookies([{"name": "pinto_session", "value": session.id, "url": self.url}])
        try:
            yield context
        finally:
            context.close()

    def _is_page(self, email: str, path: str) -> bool:
        """Whether the address answers with HTML; files and redirects are no pages to look at."""
        answer = Browser(self._world, email).get(path)
        return answer.status_code != 303 and answer.headers["Content-Type"].startswith("text/html")


@contextmanager
def open_eyes() -> Iterator[Eyes]:
    """A browser and a site over the small world, both ended afterwards."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"the browser tests need {CHROMIUM}")
    world = a_world()
    with GatewayServer(world.app()) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield Eyes(browser, world, server.url)
        browser.close()

"""A whole place for journeys: pages behind the gateway, both practice marketplaces, and work that goes on by itself."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from chalice import Chalice

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from pages_world import COMMUNITIES, PASSWORD, FakePeople, FakeSessions

from chalicelib.store.queues import MemoryDeadLetters
from chalicelib.web.routes import register
from chalicelib.web.services import Services
from sandbox.cloud.web_server import GatewayServer
from tests import world as engine

HOME = COMMUNITIES[1]  # Nobody has connected a shop for it yet.
SELLER, STAFF = "seller@kratip.example", "staff@office.example"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
PICTURES = Path(__file__).parents[2] / "build" / "pictures"


@dataclass
class Place:
    """The console's address, the engine behind it, and the marketplaces' shop fronts."""

    url: str
    world: engine.World

    def front(self, channel: str, product: str = "") -> str:
        """The address of a practice shop front."""
        return f"{self.world.markets[channel].url}/shop/{product}"


@contextlib.contextmanager
def a_place() -> Iterator[Place]:
    """The place; its lanes are worked off in the background, as queues and schedules would, until the block ends."""
    with engine.a_world() as world, contextlib.ExitStack() as stack:
        world.store.communities.save(HOME)
        dead, sessions = MemoryDeadLetters(world.queues), FakeSessions()
        for market in world.markets.values():
            market.credentials(HOME.id, HOME.name_th)  # Their sellers opened these shops; Pinto knows nothing of them.
        address: list[str] = []

        def services() -> Services:
            return Services(
                world.store,
                world.queues,
                sessions,
                FakePeople(),
                world.clock,
                dead,
                channel=world.ctx.channel,
                public_url=address[0],
            )

        app = Chalice(app_name="pinto-journey")
        register(app, services)
        server = stack.enter_context(GatewayServer(app))
        address.append(server.url)
        stack.enter_context(_working(world))
        yield Place(server.url, world)


@contextlib.contextmanager
def _working(world: engine.World) -> Iterator[None]:
    ended = threading.Event()

    def work_on() -> None:
        while not ended.wait(0.05):
            if world.queues.sent:
                world.step()

    worker = threading.Thread(target=work_on, daemon=True)
    worker.start()
    yield
    ended.set()
    worker.join(30)


@contextlib.contextmanager
def a_browser(width: int = 360, height: int = 740, *, script: bool = True) -> Iterator[Any]:
    """A page of the system's Chromium; what its console complained about stands in `complaints`."""
    playwright_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.fail(f"the browser tests need {CHROMIUM}")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        context = browser.new_context(java_script_enabled=script, viewport={"width": width, "height": height})
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.complaints = []
        page.on(
            "console",
            lambda said: (
                page.complaints.append(f"{said.location['url']} {said.text}") if said.type == "error" else None
            ),
        )
        yield page
        browser.close()


def sign_in(page: Any, place: Place, email: str) -> None:
    """This person is signed in."""
    page.goto(f"{place.url}/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button")


def until(seen: Any, within_s: float = 30.0, said: str = "") -> None:
    """Waits until `seen()` is true. Raises: AssertionError with `said` when it never is."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if seen():
            return
        time.sleep(0.2)
    raise AssertionError(said or "never seen")


def picture(page: Any, name: str) -> None:
    """A picture of the page lies in build/pictures, for people to open."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)

"""Where storms happen: both practice marketplaces in this process, built once, emptied for every seed."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import httpx
from starlette.applications import Starlette

from chalicelib.domain.ports import Channel
from connectors.wire import Patience
from sandbox.chaos.clock import START_S, VirtualClock, everywhere
from sandbox.chaos.line import Line
from sandbox.chaos.trouble import ShakyHttp
from sandbox.market import shopfront
from sandbox.market.control import Control
from sandbox.market.events import Message
from sandbox.market.market import Market
from sandbox.market.push import Pusher
from sandbox.market.wire import App, Wire

CHANNELS = ("lazada", "shopee")
SHOP = "Storm shop"
CALLBACK = "http://127.0.0.1/push/{}"
# Pacing looks at real time; a storm slows down through faults instead.
UNHURRIED = 10**6
# Short pages, so that a handful of products and orders has places where it can be cut.
SETTINGS: dict[str, dict[str, Any]] = {
    "lazada": {"calls_per_s": UNHURRIED, "products_per_page": 2, "orders_per_page": 3, "stalled_pages": 1},
    "shopee": {"calls_per_s": UNHURRIED},
}
SHORT_PAGE = 2
IMPATIENT = Patience(attempts=3, first_wait_s=0.0, longest_wait_s=0.0)


class PushTray(Pusher):
    """Pushes lie in a tray until the storm brings them; whether they get there is for the faults to say."""

    tray: list[tuple[float, Message]]

    def _queue(self, due: float, attempt: int, message: Message) -> None:
        self.tray.append((due, message))

    def forget(self) -> None:
        """The tray is empty."""
        super().forget()
        self.tray.clear()


@dataclass(frozen=True)
class Place:
    """One practice marketplace and its address, where nothing listens: a line leads there."""

    market: Market
    url: str

    def app(self) -> App:
        """What a server would serve."""
        routes = [*self.market.routes(), *Control(self.market).routes(), *shopfront.routes(self.market)]
        return Wire(self.market, Starlette(routes=routes))


@dataclass
class Stage:
    """Marketplaces, clock and clients shared by all storms of this process."""

    clock: VirtualClock
    servers: dict[str, Place]
    control: httpx.Client
    http: ShakyHttp
    channels: dict[str, Channel] = field(default_factory=dict)

    def sim(self, channel: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Status and answer of a marketplace's control surface."""
        url = f"{self.servers[channel].url}/_sim/{path}"
        answer = self.control.get(url) if body is None else self.control.post(url, json=body)
        return answer.status_code, answer.json()

    def calm(self, channel: str) -> None:
        """The marketplace misbehaves no more."""
        self.control.request("DELETE", f"{self.servers[channel].url}/_sim/faults").raise_for_status()

    def tray(self, channel: str) -> list[tuple[float, Message]]:
        """Pushes on their way: when each is due, and what it says."""
        pusher = self.servers[channel].market.pusher
        assert isinstance(pusher, PushTray)
        return pusher.tray

    def reset(self, seed: int) -> None:
        """Empty marketplaces, the first moment again, clients that know nothing."""
        self.clock.at_s = START_S
        self.http.probe = None
        for channel in CHANNELS:
            self.sim(channel, "reset", {"seed": seed})
            self.channels[channel] = self._channel(channel)

    def credentials(self, channel: str) -> dict[str, str]:
        """The keys of the only shop, with a consent in force."""
        return dict(self.sim(channel, "shops", {"name": SHOP})[1])

    def _channel(self, name: str) -> Channel:
        settings = importlib.import_module(f"connectors.{name}.settings").Settings(**SETTINGS[name])
        system = importlib.import_module(f"connectors.{name}.system")
        made: Channel = getattr(system, name.title())(self.http, self.clock, settings, patience=IMPATIENT)
        return made


@contextlib.contextmanager
def open_stage() -> Iterator[Stage]:
    """A stage that is taken down with the block."""
    clock = VirtualClock()
    with contextlib.ExitStack() as stack:
        servers = {channel: _place(channel, clock) for channel in CHANNELS}
        for server in servers.values():
            # Opening it draws ids: before the first reset, so that no seed is a special one.
            server.market.credentials(server.market.open_shop(SHOP))
        apps = {httpx.URL(server.url).port or 0: server.app() for server in servers.values()}
        control = stack.enter_context(httpx.Client(transport=Line(apps)))
        http = stack.enter_context(ShakyHttp(transport=Line(apps)))
        stack.enter_context(everywhere(clock))
        stack.enter_context(patch("connectors.shopee.reading.PAGE", SHORT_PAGE))
        yield Stage(clock, servers, control, http)


def _place(channel: str, clock: VirtualClock) -> Place:
    market = importlib.import_module(f"sandbox.{channel}.market").build(1, clock)
    for name in ("rate_per_second", "rate_per_s"):
        if name in market.default_settings:
            market.default_settings = {**market.default_settings, name: UNHURRIED}
    lost = market.pusher.on_lost
    market.pusher = PushTray(clock, market.faults, market.push_retry_s)
    market.pusher.tray = []
    market.pusher.on_lost = lost
    market.pusher.url = CALLBACK.format(channel)
    market.settings = dict(market.default_settings)
    market.root_url = f"http://127.0.0.1:{CHANNELS.index(channel) + 1}"
    return Place(market, market.root_url)

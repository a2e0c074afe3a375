"""Every registered channel over its practice marketplace; `CHANNEL=lazada` in the environment picks one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import httpx
import pytest
from shopkeeper import Shopkeeper

from connectors import registry
from connectors.wire import Patience, new_http
from sandbox.market.server import Server, running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One run of each test for each channel asked for, named after it."""
    if "channel" in metafunc.fixturenames:
        wanted = os.environ.get("CHANNEL")
        names = [name for name in registry.names() if wanted in (None, "", name)]
        metafunc.parametrize("channel", names, scope="session")


@pytest.fixture(scope="session")
def market(channel: str) -> Iterator[Server]:
    """The practice marketplace of the channel, served."""
    with running(channel) as server:
        yield server


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with new_http() as client:
        yield client


@pytest.fixture
def keeper(channel: str, market: Server, http: httpx.Client) -> Shopkeeper:
    """Somebody who runs one empty shop through the ports."""
    market.market.reset(1)
    return Shopkeeper(channel, market, http)


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads are tried as often as ever, with short waits, so that a storm passes in seconds."""
    monkeypatch.setattr(Patience.__init__, "__defaults__", (4, 5.0, 0.01, 0.3))

"""One practice marketplace for all Lazada tests, reset before each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lazada_shop import PracticeShop

from sandbox.market.server import running


@pytest.fixture(scope="session")
def lazada_server() -> Iterator[Any]:
    with running("lazada") as server:
        yield server


@pytest.fixture
def practice(lazada_server: Any) -> PracticeShop:
    """A fresh practice shop."""
    lazada_server.market.reset(1)
    return PracticeShop(lazada_server)

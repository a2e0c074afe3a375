"""One practice marketplace for all Shopee tests, reset before each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from shopee_shop import PracticeShop

from sandbox.market.server import running


@pytest.fixture(scope="session")
def practice_server() -> Iterator[Any]:
    with running("shopee") as server:
        yield server


@pytest.fixture
def practice(practice_server: Any) -> PracticeShop:
    """A fresh practice shop."""
    practice_server.market.reset(1)
    return PracticeShop(practice_server)

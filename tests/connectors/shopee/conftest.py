"""One practice marketplace for all Shopee tests, reset before each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shopee_shop import PracticeShop

from sandbox.market.server import running

ROOT = Path(__file__).parents[3]
PAGE = ROOT.parent / "shared" / "marketplaces" / "shopee.md"


@pytest.fixture(scope="session")
def page() -> str:
    """The protocol page, which is kept beside the repository and not in it."""
    if not PAGE.exists():
        pytest.skip("the protocol page is not beside this checkout")
    return PAGE.read_text("utf-8")


@pytest.fixture(scope="session")
def practice_server() -> Iterator[Any]:
    with running("shopee") as server:
        yield server


@pytest.fixture
def practice(practice_server: Any) -> PracticeShop:
    """A fresh practice shop."""
    practice_server.market.reset(1)
    return PracticeShop(practice_server)

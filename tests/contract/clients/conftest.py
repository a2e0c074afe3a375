"""What independent clients need around them: a home to log into, no proxy, and a photo to sell with."""

from __future__ import annotations

import io
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

CHANNELS = {"test_lazop": "lazada", "test_pyshopee": "shopee"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """A channel's clients are chosen by its name, as its other tests are."""
    item.extra_keyword_matches.add(CHANNELS.get(item.path.stem, ""))


@pytest.fixture(scope="module", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Both clients talk: one writes a log file below the home directory as soon as it is imported."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield home


@pytest.fixture(scope="module")
def _browser() -> Iterator[None]:
    """`pyshopee2` imports Selenium for one method that opens Chrome on Windows, and does not declare it."""
    with pytest.MonkeyPatch.context() as patch:
        empty = types.ModuleType("selenium")
        empty.webdriver = types.ModuleType("selenium.webdriver")  # type: ignore[attr-defined]
        patch.setitem(sys.modules, "selenium", empty)
        yield


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    """A photo large enough for every channel."""
    out = io.BytesIO()
    Image.new("RGB", (600, 600), "teal").save(out, "JPEG")
    return out.getvalue()

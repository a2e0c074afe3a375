"""The running world on a phone and on a desk: every page answers, fits its screen, and shows no picture too heavy."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

pytestmark = pytest.mark.e2e


def test_every_page_of_the_running_world_fits(tmp_path):
    """Console as seller and staff, both shop fronts, at 360 and 1280 pixels, in Thai."""
    pytest.importorskip("playwright.sync_api")
    from pictures import photograph_a_world

    troubles = photograph_a_world(tmp_path)

    assert troubles == []
    assert len(list(tmp_path.glob("*.png"))) == 32

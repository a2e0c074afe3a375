"""axe-core looks at every page, on a phone and on a desk, in light and in dark, and finds no serious fault."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

pytestmark = pytest.mark.e2e
pytest.importorskip("playwright.sync_api")

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from eyes import WIDTHS, open_eyes  # noqa: E402

GRAVE = ("serious", "critical")
EVERYTHING = {"resultTypes": ["violations"]}
# What changes with the colours; everything else was looked at in light.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="module")
def eyes():
    with open_eyes() as opened:
        yield opened


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("scheme", "options"), [("light", EVERYTHING), ("dark", COLOURS)], ids=["light", "dark"])
def test_axe_finds_no_serious_fault(eyes, width, scheme, options):
    """Nothing serious or critical on any page; folded parts are opened first."""
    axe, faults = Axe(), []
    for name, page in eyes.look(width, scheme):
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for found in axe.run(page, options=options).response["violations"]:
            if found["impact"] in GRAVE:
                places = [node["html"][:120] for node in found["nodes"][:3]]
                faults.append(f"{name}: {found['id']}: {places}")
    assert not faults, "\n".join(faults)

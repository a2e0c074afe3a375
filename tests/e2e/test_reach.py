"""Every page fits a narrow phone and doubled text, and everything on it is reached with a keyboard."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

pytestmark = pytest.mark.e2e
pytest.importorskip("playwright.sync_api")

from eyes import open_eyes  # noqa: E402

MOST_TABS, MOST_BYTES = 400, 100_000
_WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => one.outerHTML.slice(0, 100)).slice(0, 3).concat(['too wide'])"""
_CUT = """() => [...document.querySelectorAll('h1, h2, h3, p, a, button, label, td, th, li, summary, .tabs span')]
  .filter(one => {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const shown = box.width > 1 && style.visibility === 'visible' && !one.closest('.unseen, .skip');
    return shown && one.scrollWidth > Math.ceil(one.clientWidth) + 2 && style.overflowX === 'visible'
      && style.display !== 'inline' && (box.left + one.scrollWidth > innerWidth + 1 || one.closest('.tabs'));
  }).map(one => one.outerHTML.slice(0, 100))"""
_REACHABLE = """() => {
  const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')];
  const shown = all.filter(one => one.getClientRects().length && !one.disabled);
  window.expected = shown;
  const groups = new Set();
  window.wanted = shown.filter(one => one.type !== 'radio' || (!groups.has(one.name) && groups.add(one.name)));
  window.reached = new Set();
  // A date is reached part by part: day, month, year and the calendar's button.
  const parts = 3 * shown.filter(one => ['date', 'month'].includes(one.type)).length;
  return window.wanted.length + parts; }"""
_NOTE = """() => {
  const here = document.activeElement;
  if (window.expected.includes(here)) {
    window.reached.add(here.type === 'radio' ? window.wanted.find(one => one.name === here.name) : here);
    const style = getComputedStyle(here);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2)
      return 'no outline: ' + here.outerHTML.slice(0, 100);
    const box = here.getBoundingClientRect();
    const inside = box.top < innerHeight && box.bottom > 0;
    if (!inside) return 'out of sight: ' + here.outerHTML.slice(0, 100);
  }
  return ''; }"""
_LEFT = "() => window.wanted.filter(one => !window.reached.has(one)).map(one => one.outerHTML.slice(0, 100))"


@pytest.fixture(scope="module")
def eyes():
    with open_eyes() as opened:
        yield opened


def _open(page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def test_no_page_is_wider_than_a_narrow_phone(eyes):
    """At 360 pixels nothing scrolls sideways, also with every folded part open."""
    faults = []
    for name, page in eyes.look("phone"):
        _open(page)
        faults += [f"{name}: {wide}" for wide in page.evaluate(_WIDER)]
    assert not faults, "\n".join(faults)


def test_every_page_bears_text_of_twice_the_size(eyes):
    """At 360 pixels and 200% text nothing scrolls sideways, and no words leave the screen."""
    faults = []
    for name, page in eyes.look("phone"):
        _open(page)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        faults += [f"{name}: {wide}" for wide in page.evaluate(_WIDER) + page.evaluate(_CUT)]
    assert not faults, "\n".join(faults)


def test_every_first_view_is_light(eyes):
    """Page, styles, script and the photos in sight together: 100 kB at most on the wire, with nothing kept before."""
    faults = []
    for name, page in eyes.look("phone"):
        page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        got: list[int] = []
        page.on("response", lambda one, got=got: got.append(int(one.headers.get("content-length", 0))))
        page.reload(wait_until="networkidle")
        if sum(got) > MOST_BYTES:
            faults.append(f"{name}: {sum(got):,} bytes in {len(got)} answers")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("width", ["phone", "desk"])
def test_everything_is_reached_with_the_tab_key(eyes, width):
    """Each link, button and field gets the focus, can be seen having it, and the focus is caught nowhere."""
    faults = []
    for name, page in eyes.look(width):
        _open(page)
        count = page.evaluate(_REACHABLE)
        for _ in range(min(count + 2, MOST_TABS)):
            page.keyboard.press("Tab")
            if fault := page.evaluate(_NOTE):
                faults.append(f"{name}: {fault}")
        if count <= MOST_TABS:
            faults += [f"{name}: not reached: {left}" for left in page.evaluate(_LEFT)]
    assert not faults, "\n".join(faults)


def test_the_skip_link_leads_past_the_menu(eyes):
    """The first Tab shows it; Enter, and the next Tab stands in the page itself."""
    for name, page in eyes.look("phone"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", name
        assert page.evaluate("document.activeElement.getBoundingClientRect().width > 40"), name
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        there = (
            "main.contains(document.activeElement) || !main.querySelector('a[href], button, input, select, summary')"
        )
        assert page.evaluate(f"(() => {{ const main = document.querySelector('main'); return {there} }})()"), name

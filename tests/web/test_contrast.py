"""Colours: every text on every ground it stands on can be read, in light and in dark, 4.5 to 1 at least.

Computed from the style sheet itself; what a browser really paints is looked at by the e2e tests.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from chalicelib.web import pages

SHEETS = sorted((Path(pages.__file__).parent / "static" / "pinto.css").glob("*.css"))
LEAST = 4.5
GROUNDS = ("paper", "card")
# Tones and what stands on grounds of their own.
PAIRS = [
    *itertools.product(("ink", "soft", "accent", "ok", "wait", "bad", "off"), GROUNDS),
    *((tone, f"{tone}-soft") for tone in ("accent", "ok", "wait", "bad", "off")),
    *(("ink", f"{tone}-soft") for tone in ("accent", "ok", "wait", "bad", "off")),
    ("on-accent", "accent"),
    ("soft", "off-soft"),
]
# Drawn shapes whose meaning is also said in words: 3 to 1 is what is asked of them.
SHAPES = [("soft", "card"), ("accent", "paper"), ("accent", "card"), ("bad", "card")]
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def _sheet() -> str:
    return re.sub(r"/\*.*?\*/", "", "\n".join(path.read_text("utf-8") for path in SHEETS), flags=re.DOTALL)


def _palettes() -> dict[str, dict[str, str]]:
    """Light and dark: variable -> #rrggbb."""
    blocks = re.findall(r":root\s*\{([^}]*)\}", _sheet())
    light, dark = (dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})", block)) for block in blocks[:2])
    return {"light": light, "dark": {**light, **dark}}


PALETTES = _palettes()


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_measure_is_the_known_one():
    """Black on white is 21 to 1."""
    assert round(contrast("#000", "#ffffff"), 2) == 21


@pytest.mark.parametrize("scheme", PALETTES)
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(scheme, text, ground):
    """Every tone on paper, on a card and on its own soft ground."""
    palette = PALETTES[scheme]
    assert contrast(palette[text], palette[ground]) >= LEAST


@pytest.mark.parametrize("scheme", PALETTES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_borders_of_controls_can_be_seen(scheme, shape, ground):
    """3 to 1 at least."""
    assert contrast(PALETTES[scheme][shape], PALETTES[scheme][ground]) >= 3


def _declared() -> list[tuple[str, str, str]]:
    """(selector, text, ground) of every rule that names both."""
    found = []
    for selector, body in _RULE.findall(_sheet()):
        text = re.search(r"(?<![-\w])color:\s*var\(--([a-z-]+)\)", body)
        ground = re.search(r"background(?:-color)?:\s*var\(--([a-z-]+)\)", body)
        if text and ground:
            found.append((selector.strip(), text[1], ground[1]))
    return found


@pytest.mark.parametrize("scheme", PALETTES)
def test_every_rule_that_names_text_and_ground_keeps_them_apart(scheme):
    """Whatever pair a rule makes, also one that nobody thought of above."""
    palette = PALETTES[scheme]
    low = [rule for rule in _declared() if contrast(palette[rule[1]], palette[rule[2]]) < LEAST]
    assert len(_declared()) > 10
    assert low == []


def test_colours_come_from_the_variables():
    """A colour written anywhere else would not turn dark with the others. Paper, which prints, is black on white."""
    sheet = re.sub(r"@media print\s*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", _sheet())
    sheet = re.sub(r":root\s*\{[^}]*\}", "", sheet)
    assert re.findall(r"[^{};]*:\s*[^;{}]*#[0-9a-fA-F]{3,8}\b[^;{}]*|[^{};]*\brgba?\([^;]*", sheet) == []


def test_nothing_that_is_read_is_made_pale():
    """Opacity takes contrast away where no palette can see it."""
    assert re.findall(r"opacity:\s*0?\.\d+", _sheet()) == []

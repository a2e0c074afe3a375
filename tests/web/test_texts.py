"""The words: complete in both languages, and never a bare code to a seller."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

from chalicelib.domain.orders import OrderState
from chalicelib.domain.shops import ShopState
from chalicelib.domain.synclog import EntryState, RunState
from chalicelib.web.access import RULES
from chalicelib.web.services import Role
from chalicelib.web.texts import has, reason, say, texts
from chalicelib.web.words import Words

ROOT = Path(__file__).parents[2]
WEB = ROOT / "chalicelib" / "web"
THAI = re.compile(r"[\u0e00-\u0e7f]")
# Names that are the same in every language.
SAME = re.compile(r"(channel|language|language_short)\.|orders\.units|app\.none")


def _sources(folder: Path, pattern: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob(pattern)))


def test_both_languages_have_the_same_keys():
    """No text is missing in Thai or in English."""
    assert set(texts("th")) == set(texts("en"))


def test_no_text_is_empty_and_both_take_the_same_words():
    """A word filled in for one language is filled in for the other too."""
    for key, thai in texts("th").items():
        english = texts("en")[key]
        assert thai.strip(), key
        assert english.strip(), key
        assert _words(thai) == _words(english), key


def _words(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_thai_texts_are_thai_and_english_ones_are_not():
    """Each file is in its own language."""
    for key, thai in texts("th").items():
        if not SAME.match(key):
            assert THAI.search(thai), key
            assert not THAI.search(texts("en")[key]), key


def test_every_key_a_template_or_view_names_has_a_text():
    """A page can never meet a key without words."""
    templates = _sources(WEB / "templates", "*.html")
    named = set(re.findall(r'\bt\("([a-z_.]+[a-z_])"', templates)) - {"waiting."}
    code = set(re.findall(r'"((?:standing|waiting|field|sign_in|ago)\.[a-z_]+)"', _sources(WEB, "*.py")))
    code -= {rule.view for rule in RULES}  # A view's address looks like a text's.
    missing = {key for key in named | code if not has("th", key)} - {name for name in named if name.endswith(".")}
    assert not missing


@pytest.mark.parametrize(
    ("table", "members"),
    [
        ("shop_state", ShopState),
        ("entry_state", EntryState),
        ("run_state", RunState),
        ("order_state", OrderState),
        ("role", Role),
    ],
)
def test_every_state_has_words(table, members):
    """States are said in words, all of them."""
    assert all(has("th", f"{table}.{member.value}") for member in members)


def test_every_error_of_the_domain_has_a_card():
    """Errors, brakes, reasons of the planner and causes of the balance are known by their keys."""
    source = _sources(ROOT / "chalicelib" / "domain", "*.py")
    errors = set(re.findall(r'user_key = "(error\.[a-z_]+)"', source))
    planner = (ROOT / "chalicelib" / "domain" / "planner.py").read_text("utf-8")
    reasons = set(re.findall(r'"((?:[a-z]+_){1,6}[a-z]+)"', planner)) - {"seller_sku"}
    brakes = set(re.findall(r'"([a-z]+_(?:many|jumps))"', source))
    causes = set(re.findall(r'"([a-z]+_(?:differs|missing_here|missing_there|not_held))"', source))
    assert len(errors) > 8
    assert len(reasons) > 8
    for key in errors | reasons | brakes | causes:
        assert not reason("th", key).startswith("ตลาดตอบว่า"), key


def test_every_key_of_a_connector_has_a_card():
    """What a marketplace refuses is said in Thai and English, whatever its own code was."""
    source = _sources(ROOT / "connectors", "*.py")
    keys = set(re.findall(r'"((?:lazada|shopee|tiktok_shop)\.[a-z_]+)"', source))
    missing = {key for key in keys if not has("th", key)}
    assert len(keys) > 20
    assert not missing


def test_a_held_plan_is_told_in_the_readers_words():
    """What the brakes stopped is read by sellers too."""
    words = Words("th", datetime(2026, 11, 25, tzinfo=UTC))
    assert words.plan_line("SetPrice KT-S price: 290.00 -> 2900.00") == "KT-S ราคา: ฿290 → ฿2,900"
    assert words.plan_line("HideListing KT listing: live -> hidden") == "KT ซ่อนจากร้าน"
    assert words.plan_line("something else") == "something else"


def test_an_unknown_key_is_said_as_the_marketplaces_answer():
    """A seller never meets a code standing alone."""
    assert reason("th", "lazada.nobody_knows", "image too small") == "ตลาดตอบว่า: image too small"
    assert reason("th", "lazada.nobody_knows") == "ตลาดตอบว่า: lazada.nobody_knows"


def test_a_missing_key_is_loud():
    """No page is served with a hole in it."""
    with pytest.raises(KeyError):
        say("th", "no.such.text")

"""Failure cards: one sentence, one action, the field or photo; every key of every connector has all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages_browser import Html

from chalicelib.web import cards
from chalicelib.web.texts import LANGUAGES, has, reason
from connectors.lazada.errors import user_keys as lazada_keys
from connectors.shopee.errors import user_keys as shopee_keys

ROOT = Path(__file__).parents[2]


def _named() -> set[str]:
    """Every key that can reach a page: tables of both connectors, their audits, the domain, and connecting."""
    found: set[str] = set(lazada_keys() | shopee_keys())
    for folder in ("connectors", "chalicelib/domain", "chalicelib/sync"):
        # A connector's __init__ names capabilities, which look alike.
        for path in (one for one in (ROOT / folder).rglob("*.py") if one.name != "__init__.py"):
            found |= set(re.findall(r'"((?:lazada|shopee|error|consent|desk)\.[a-z_]+)"', path.read_text("utf-8")))
    return found


def test_every_key_has_a_card_and_every_card_a_key():
    """Nothing is left to chance, and nothing stands here that nobody can meet."""
    assert _named() - cards.CARDS.keys() == set()
    unmet = {key for key in cards.CARDS if key not in _named()}
    assert all(has("th", key) or has("th", f"because.{key}") for key in unmet)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_is_one_sentence_one_action_and_a_place_in_words(language):
    """In both languages."""
    for key, card in cards.CARDS.items():
        assert has(language, key) or has(language, f"because.{key}"), key
        said = reason(language, key)
        assert 8 <= len(said) <= 160, key
        assert card.action in cards.ACTIONS
        assert has(language, f"card_action.{card.action}")
        assert card.where in ("", *cards.PLACES)
        assert not card.where or has(language, f"card_where.{card.where}")


def test_every_action_but_waiting_leads_somewhere():
    """A button that goes to the very field, to the marketplace, or to where the shop is connected."""
    assert cards.target("lazada.images", "c", code="NP-120") == "/c/c/products/NP-120#photos"
    assert cards.target("shopee.title_too_long", "c") == "/c/c/products?state=attention"
    assert cards.target("error.disconnected", "c") == "/c/c/shops"
    assert cards.target("shopee.holiday", "c") == cards.SELLER_CENTRES["shopee"]
    assert cards.target("error.transient", "c") == ""
    office = cards.target("lazada.brand", "c", "lazada", "NP-120")
    assert office == "/c/c/ask?product=NP-120&channel=lazada&reason=lazada.brand"
    for key, card in cards.CARDS.items():
        assert bool(cards.target(key, "c", "lazada", "X")) is (card.action != cards.WAIT), key


def test_an_unknown_key_is_the_offices():
    """Nobody is left alone with it."""
    assert cards.card_of("lazada.nobody_knows").action == cards.OFFICE


def test_a_card_leads_to_a_place_that_is_there(browse):
    """Every field a card can be about stands on the product's page under the name the card's button goes to."""
    page = Html(browse("seller@tittu.example").get("/c/namphrik-tittu/products/TN-200").body.decode())
    ids = {one.get("id") for _, one in page.elements}
    for key in (key for key, card in cards.CARDS.items() if card.action in (cards.EDIT, cards.PHOTO)):
        assert cards.target(key, "c", code="X").partition("#")[2] in ids, key


@pytest.mark.parametrize("path", ["/products/TN-200", "/log/run-2"])
def test_what_failed_is_a_card_on_the_products_page_and_in_its_run(browse, path):
    """One sentence, the photo it is about, and one button that leads to it."""
    page = browse("seller@tittu.example").get(f"/c/namphrik-tittu{path}").body.decode()
    card = page[page.index('class="failure card bad"') :].partition("</div>")[0]
    assert "Shopee ไม่รับรูปนี้" in card
    assert '<span class="chip">รูป</span>' in card
    assert card.count("<a ") == 1
    assert 'href="/c/namphrik-tittu/products/TN-200#photos"' in card

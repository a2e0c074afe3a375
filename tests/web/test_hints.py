"""What a marketplace would refuse stands beside its field, in both languages, while somebody edits."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest
from pages_browser import Html
from pages_world import World, a_world

from chalicelib.domain.offers import desired_listing
from chalicelib.domain.planner import Objection
from chalicelib.web import texts
from chalicelib.web.views.hints import PLACES, place_of
from connectors import registry

COMMUNITY = "namphrik-tittu"
PRODUCT = f"/c/{COMMUNITY}/products/NP-120"
SELLER = "seller@tittu.example"
AUDITS = sorted(Path(registry.__file__).parent.glob("*/audit.py"))
LENGTHS = {"min_limit": 20, "max_limit": 120}
LIMITS = {
    "price_limit": {"min_limit": 1, "max_limit": 500000},
    "stock_limit": {"min_limit": 0, "max_limit": 9999},
    "item_name_length_limit": LENGTHS,
    "item_description_length_limit": {"min_limit": 60, "max_limit": 3000},
    "item_image_count_limit": {"min_limit": 2, "max_limit": 9},
    "tier_variation_name_length_limit": {"min_limit": 1, "max_limit": 4},
    "tier_variation_option_length_limit": {"min_limit": 1, "max_limit": 20},
    "dts_limit": {"non_pre_order_days_to_ship": 2},
}
FACTS = json.dumps({"limits": {"chili_paste": LIMITS}, "shipping": []})


def _objections(path: Path) -> list[tuple[str, str]]:
    """(text key, field) of every objection the audit's source can make."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    made = [call.args for call in calls if getattr(call.func, "id", "") == "Objection"]
    return [(args[0].value, args[1].value) for args in made]  # type: ignore[attr-defined]


EVERY = [(path.parent.name, *objection) for path in AUDITS for objection in _objections(path)]


def test_every_registered_channel_is_looked_at():
    """A connector whose audit this test cannot read would pass unseen."""
    assert {channel for channel, _, _ in EVERY} == set(registry.names())
    assert len(EVERY) >= 30


@pytest.mark.parametrize(("channel", "key", "field"), EVERY, ids=[key for _, key, _ in EVERY])
def test_each_objection_has_a_place_on_the_page_and_words_in_both_languages(browse, channel, key, field):
    """Its field is one of the form's, the page has an element of that name, and nobody reads a bare key."""
    assert all(texts.has(language, key) for language in texts.LANGUAGES)
    assert field in PLACES
    world = browse(SELLER)
    world.world.hints = lambda name, listing, facts: (Objection(key, field),) if name == channel else ()
    for language in texts.LANGUAGES:
        world.cookies["pinto_language"] = language
        html = Html(world.get(PRODUCT).body.decode())
        product = world.world.store.catalogues.product(COMMUNITY, "NP-120")
        place = place_of(Objection(key, field), product)
        ids = {attributes.get("id") for _, attributes in html.elements}
        assert {place, f"{place}-hint-1"} <= ids
        assert texts.say(language, key) in html.text["span"]


def test_what_a_shop_would_refuse_stands_beside_its_field_on_opening(browse, world: World):
    """By the facts the last audit kept: the title, the description, the photos; a field says what describes it."""
    world.store.audit_facts.save(f"{COMMUNITY}-shopee", FACTS)
    product = world.store.catalogues.product(COMMUNITY, "NP-120")
    world.store.catalogues.save(replace(product, title_th="พริก"), 1)
    html = Html(browse(SELLER).get(PRODUCT).body.decode())
    described = {one["id"]: one.get("aria-describedby") for one in html.all("input") if one.get("id")}
    assert described["title_th"] == "title_th-hint-1"
    assert "ชื่อสั้นเกินไปสำหรับ Shopee" in html.text["span"]
    assert "(4 < 20)" in html.text["span"]
    ids = {attributes.get("id") for _, attributes in html.elements}
    assert {"description_th-hint-1", "photos-hint-1", "weight_g-hint-1"} <= ids


def test_hints_follow_what_is_typed_before_anything_is_saved(browse, world: World):
    """On the preview, by what the form says and not by what is stored; nothing is saved and nobody is called."""
    world.store.audit_facts.save(f"{COMMUNITY}-shopee", FACTS)
    seller = browse(SELLER)
    form = Html(seller.get(PRODUCT).body.decode()).form()
    typed = {"version": form["version"], "edit": form["edit"], "title_th": "พริก", "price.NP-120": "89.50"}
    answer = seller.post(PRODUCT, {**typed, "step": "preview"})
    assert "ชื่อสั้นเกินไปสำหรับ Shopee" in answer.body.decode()
    assert "Shopee รับราคาเป็นบาทเต็ม" in answer.body.decode()
    back = seller.post(PRODUCT, {**typed, "step": "edit"})
    assert "price.NP-120-hint-1" in back.body.decode()
    assert "Shopee รับราคาเป็นบาทเต็ม" not in seller.get(PRODUCT).body.decode()
    assert world.store.catalogues.product(COMMUNITY, "NP-120").version == 1


def test_a_refusal_of_the_last_run_stands_beside_its_field(browse):
    """What only the marketplace knows: its photo check, from the log."""
    page = browse(SELLER).get(f"/c/{COMMUNITY}/products/TN-200").body.decode()
    assert 'id="photos-hint-1"' in page
    assert "Shopee ไม่รับรูปนี้" in page


def test_an_objection_about_no_field_of_ours_stands_on_top(browse, world: World):
    """It is never lost."""
    world.hints = lambda name, listing, facts: (Objection("shopee.brand", "brand"),)
    html = Html(browse(SELLER).get(PRODUCT).body.decode())
    assert "Shopee ไม่รับยี่ห้อนี้" in html.text["div"]
    assert not any((attributes.get("id") or "").endswith("-hint-1") for _, attributes in html.elements)


def test_a_price_objection_stands_beside_its_own_variant():
    """The detail begins with the SKU; what is about all prices stands at the first."""
    product = a_world().store.catalogues.product(COMMUNITY, "NP-SET")
    assert place_of(Objection("x", "price", "NP-SET-3: 99.50"), product) == "price.NP-SET-3"
    assert place_of(Objection("x", "price", "95.00 x 5"), product) == "price.NP-SET-1"


def test_kept_facts_of_another_form_are_no_reason_to_fail(world: World):
    """Facts that an older version kept say nothing until the next audit."""
    product = world.store.catalogues.product(COMMUNITY, "NP-120")
    assert registry.hints("shopee", desired_listing(product, {}), '{"limits": {"x": 1}}') == ()
    assert registry.hints("shopee", desired_listing(product, {}), "") == ()

"""Rules of one shop on the product's page: look first, then save; bundles say what they are made of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pages_browser import Browser, Html
from pages_world import NOW, World

from chalicelib.domain.catalogue import Variant
from chalicelib.domain.money import Money
from chalicelib.domain.stock import PushRule
from chalicelib.domain.synclog import Entry, EntryState, Run, RunState
from chalicelib.sync import edit_catalogue

COMMUNITY = "namphrik-tittu"
SHOP = f"{COMMUNITY}-lazada"
PRODUCT = f"/c/{COMMUNITY}/products/NP-120"
PLAIN = {"share_percent": "100", "hold_back": "0", "minimum_to_show": "1", "cap": "", "frozen_at": ""}


@pytest.fixture
def seller(browse) -> Browser:
    return browse("seller@tittu.example")


def _send(browser: Browser, step: str, **typed: str):
    """The form of the page as it is now, with something typed into it."""
    return browser.post(f"{PRODUCT}/rules/{SHOP}", {**PLAIN, "as_shown": _as_shown(browser), **typed, "step": step})


def _as_shown(browser: Browser) -> str:
    """What the form of this shop says it has seen; shops stand by name, Lazada first."""
    fields = Html(browser.get(PRODUCT).body.decode()).all("input")
    return next(str(one["value"]) for one in fields if one.get("name") == "as_shown")


def test_looking_says_what_the_shop_would_show_and_saves_nothing(seller, world: World):
    """Half of what is sellable, before anybody decided."""
    level = world.store.stock.level(COMMUNITY, "NP-120")
    half = (level.on_hand - level.reserved - 1) // 2
    answer = _send(seller, "preview", share_percent="50")
    assert answer.status_code == 200
    assert f"NP-120 จะแสดง {half}" in answer.body.decode()
    assert world.store.rules.stored(SHOP) == {}
    assert world.queues.sent == []


def test_saving_keeps_the_rule_and_the_fields_and_asks_the_shops(seller, world: World):
    """The rule holds for the product's SKUs in this shop only."""
    answer = _send(seller, "save", cap="3", **{"keep.price": "yes"})
    assert answer.status_code == 303
    assert world.store.rules.stored(SHOP) == {"NP-120": PushRule(cap=3)}
    assert world.store.rules.kept(SHOP, ["NP-120"]) == {"NP-120": frozenset({"price"})}
    assert {lane for lane, _ in world.queues.sent} == {"urgent"}


def test_a_wrong_number_comes_back_beside_its_field(seller, world: World):
    """More than all of it is refused in words, as typed."""
    answer = _send(seller, "save", share_percent="140")
    assert answer.status_code == 422
    assert 'value="140"' in answer.body.decode()
    assert world.store.rules.stored(SHOP) == {}


@pytest.mark.parametrize("step", ["preview", "save"])
def test_an_old_page_never_lifts_a_freeze(seller, world: World, step):
    """Somebody froze the number since: 409, nothing saved, what was typed is kept and what holds now stands beside."""
    old = _as_shown(seller)
    world.store.rules.save(SHOP, "NP-120", PushRule(frozen_at=2))
    answer = _send(seller, step, cap="9", as_shown=old)
    text = answer.body.decode()
    assert answer.status_code == 409
    assert world.store.rules.stored(SHOP) == {"NP-120": PushRule(frozen_at=2)}
    assert world.queues.sent == []
    assert 'value="9"' in text
    assert "ตอนนี้ 2" in text
    assert "มีคนแก้ไปก่อนหน้านี้" in text
    kept = next(str(one["value"]) for one in Html(text).all("input") if one.get("name") == "as_shown")
    assert _send(seller, "save", cap="9", as_shown=kept).status_code == 303
    assert world.store.rules.stored(SHOP) == {"NP-120": PushRule(cap=9)}


def test_what_is_kept_by_hand_and_own_prices_are_seen_too(seller, world: World):
    """A page that never showed them takes neither back; without saying what it saw a form saves nothing."""
    old = _as_shown(seller)
    world.store.rules.keep(SHOP, "NP-120", frozenset({"price"}))
    assert _send(seller, "save", as_shown=old).status_code == 409
    world.store.rules.keep(SHOP, "NP-120", frozenset())
    world.store.prices.save(SHOP, "NP-120", Money(9500))
    assert _send(seller, "save", as_shown=old).status_code == 409
    assert _send(seller, "save", as_shown="").status_code == 409
    assert world.store.prices.of_shop(SHOP, ["NP-120"]) == {"NP-120": Money(9500)}


def test_a_shop_of_another_community_is_not_there(seller):
    """The address of a stranger's shop answers as if there were none."""
    answer = seller.post(f"{PRODUCT}/rules/kratip-shopee", {**PLAIN, "step": "save"})
    assert answer.status_code == 404


def test_a_bundle_shows_its_components_and_takes_no_count(browse, world: World):
    """No field to count it in; each component with how many it takes."""
    store = world.store
    base = store.catalogues.product(COMMUNITY, "NP-120")
    gift = replace(base, code="GIFT", version=0, axes=(), variants=(Variant("GIFT", Money(9900)),))
    store.catalogues.save(gift, 0)
    edit_catalogue.set_components(store, world.queues, COMMUNITY, "GIFT", (("NP-120", 2),), 1)
    text = browse("seller@tittu.example", "en").get(f"/c/{COMMUNITY}/products/GIFT").body.decode()
    assert "NP-120 × 2" in text
    assert 'name="count.GIFT"' not in text


def test_the_log_says_why_a_number_was_sent(browse, world: World):
    """The facts of then, in the reader's language."""
    why = ("on_hand 12", "reserved 3", "buffer 1", "promotion 0", "sellable 8", "share_percent 50", "due 4")
    entry = Entry(
        "r-why", 0, NOW, COMMUNITY, SHOP, "lazada", "NP-120", "NP-120", "stock", "8", "4", "sellable_stock_moved",
        EntryState.LIVE, why=why,
    )  # fmt: skip
    world.store.log.add([entry])
    world.store.log.finish(Run("r-why", COMMUNITY, SHOP, "lazada", "bulk", "edit", NOW, RunState.COMPLETE, NOW))
    text = browse("seller@tittu.example", "en").get(f"/c/{COMMUNITY}/log/r-why").body.decode()
    assert "on hand 12 − reserved 3 − buffer 1 − promotion 0 = 8 · rule: 50% of it → 4" in text

"""Plans the brakes stop: stored whole, approved or refused by a person, refused when the facts have moved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import bootstrap, cli
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.money import Money
from chalicelib.domain.synclog import RunState
from chalicelib.domain.waiting_plans import GOOD_FOR, StalePlanError
from chalicelib.sync import held_plans, messages, publish
from tests.properties.bazaar import Square

SHOP = "test-bazaar"


def _published(square: Square):
    square.send("bulk", [messages.publish_shop(SHOP)])
    square.drain()
    return square.market


def _reprice(square: Square, sku: str, baht: int) -> None:
    """An edit of the price, looked at by the urgent lane as the pages ask for it."""
    product = square.store.catalogues.product("test", sku)
    square.edit(product, variants=(replace(product.variants[0], price=Money(baht * 100)),))
    square.send("urgent", [messages.look_at_offers(SHOP, [sku])])
    square.drain()


@pytest.fixture
def square():
    made = Square()
    made.sell("TEA-50")
    made.sell("JAM-90")
    _published(made)
    _reprice(made, "TEA-50", 8900)
    return made


@pytest.fixture
def pinto(square, monkeypatch, capsys):
    """Rows or text that `pinto plan` answers."""
    monkeypatch.setattr(bootstrap, "context", lambda: square.ctx)

    def run(*words: str, code: int = 0, text: bool = False):
        assert cli.main(["plan", *words, *([] if text else ["--json"])]) == code
        said = capsys.readouterr().out
        return said if text else json.loads(said)

    return run


def test_a_waiting_plan_names_every_change_and_the_facts_it_came_from(square):
    """Product, SKU, field, was, to and because; when it was made, until when it holds, from which version."""
    plan = square.store.plans.waiting(SHOP)
    (change,) = plan.changes
    assert (change.kind, change.product_code, change.seller_sku, change.field) == (
        "SetPrice",
        "TEA-50",
        "TEA-50",
        "price",
    )
    assert (change.was, change.to, change.because) == ("89.00", "8900.00", "price_in_catalogue")
    assert plan.reasons == ("price_jumps",)
    assert plan.is_waiting
    assert plan.expires_at - plan.made_at == GOOD_FOR
    assert plan.versions == {"TEA-50": square.store.catalogues.product("test", "TEA-50").version}
    assert square.store.log.run(plan.run).state is RunState.WAITING


def test_an_approved_plan_runs_and_waits_no_more(square):
    """Approval asks for the pass that runs it."""
    plan = square.store.plans.waiting(SHOP)
    held_plans.approve(square.ctx, SHOP, plan.fingerprint, "staff")
    square.drain()
    assert square.market.shown()["TEA-50"][0] == Money(890000)
    assert square.store.plans.waiting(SHOP) is None


def test_a_refused_plan_never_runs_until_its_facts_move(square):
    """Passes make it again and leave it; another price is another plan, and waits anew."""
    plan = square.store.plans.waiting(SHOP)
    held_plans.refuse(square.ctx, SHOP, plan.fingerprint, "staff")
    _published(square)
    assert square.market.shown()["TEA-50"][0] == Money(8900)
    assert square.store.plans.waiting(SHOP).refused_by == "staff"

    _reprice(square, "TEA-50", 9900)
    assert square.store.plans.waiting(SHOP).is_waiting


def test_a_plan_whose_facts_moved_is_refused_and_made_again(square):
    """The old plan is not approved; the shop is asked for a pass, and the new plan waits."""
    old = square.store.plans.waiting(SHOP)
    product = square.store.catalogues.product("test", "TEA-50")
    square.edit(product, variants=(replace(product.variants[0], price=Money(990000)),))
    with pytest.raises(StalePlanError, match="TEA-50"):
        held_plans.approve(square.ctx, SHOP, old.fingerprint, "staff")
    square.drain()
    new = square.store.plans.waiting(SHOP)
    assert (new.changes[0].to, new.is_waiting) == ("9900.00", True)
    assert square.market.shown()["TEA-50"][0] == Money(8900)
    with pytest.raises(NotFoundError):
        held_plans.approve(square.ctx, SHOP, old.fingerprint, "staff")


def test_a_plan_nobody_looked_at_for_days_is_out_of_date(square):
    """Too old to be approved: a new one is asked for."""
    plan = square.store.plans.waiting(SHOP)
    square.store.plans.hold(replace(plan, expires_at=square.ctx.clock() - timedelta(hours=1)))
    with pytest.raises(StalePlanError):
        held_plans.approve(square.ctx, SHOP, plan.fingerprint, "staff")
    square.drain()
    assert square.store.plans.waiting(SHOP).expires_at > square.ctx.clock()


def test_what_the_shop_did_after_the_approval_makes_it_another_plan(square):
    """A price changed by hand in the shop between approval and run: it waits again, with what it is now."""
    plan = square.store.plans.waiting(SHOP)
    held_plans.approve(square.ctx, SHOP, plan.fingerprint, "staff")
    (stall,) = [stall for stall in square.market.stalls.values() if "TEA-50" in stall.offers]
    stall.offers["TEA-50"][1] = Money(7500)
    square.drain()
    assert square.market.shown()["TEA-50"][0] == Money(7500)
    waiting = square.store.plans.waiting(SHOP)
    assert (waiting.changes[0].was, waiting.is_waiting) == ("75.00", True)


def test_an_edit_back_takes_the_plan_away(square):
    """The seller saw the slip and mended it: nobody has to decide anything."""
    _reprice(square, "TEA-50", 89)
    assert square.store.plans.waiting(SHOP) is None


def test_looking_at_a_few_offers_neither_replaces_nor_clears_a_whole_plan(square):
    """A plan over two products stays as it is while one of them is looked at again, or a sale passes by."""
    _reprice(square, "JAM-90", 8900)
    _published(square)
    whole = square.store.plans.waiting(SHOP)
    assert len(whole.changes) == 2
    square.send("urgent", [messages.look_at_offers(SHOP, ["TEA-50"])])
    square.send("urgent", [messages.look_at_offers(SHOP, ["JAM-90"], "order")])
    square.drain()
    publish.look_again(square.ctx, SHOP, [next(iter(square.market.stalls))])
    assert square.store.plans.waiting(SHOP).changes == whole.changes


def test_what_a_stop_leaves_of_an_approved_plan_is_still_approved(square):
    """The shop went down half way: the rest follows without asking the person again."""
    _reprice(square, "JAM-90", 8900)
    _published(square)
    plan = square.store.plans.waiting(SHOP)
    refused = iter(["refused"])
    square.market.fault = lambda call: next(refused, "") if call == "set_prices" else ""
    held_plans.approve(square.ctx, SHOP, plan.fingerprint, "staff")
    square.drain()
    _published(square)
    assert {price for price, *_ in square.market.shown().values()} == {Money(890000)}


def test_the_terminal_shows_approves_and_refuses(square, pinto):
    """Every change as JSON and as a line; the decision carries a name."""
    (row,) = pinto("--waiting")
    assert (row["shop"], row["state"], row["reasons"]) == (SHOP, "waiting", ["price_jumps"])
    assert row["changes"][0]["seller_sku"] == "TEA-50"
    assert "SetPrice TEA-50 price: 89.00 -> 8900.00  (price_in_catalogue)" in pinto("--waiting", text=True)

    assert pinto("--refuse", SHOP, "--by", "malee")[0]["state"] == "refused"
    assert "no such plan" in pinto("--approve", SHOP, "--fingerprint", "0", code=1)["error"]
    (row,) = pinto("--approve", SHOP, "--by", "somsri")
    assert (row["state"], row["by"]) == ("approved", "somsri")
    square.drain()
    assert pinto("--waiting") == []
    assert "no plan waits" in pinto("--approve", SHOP, code=1)["error"]


def test_the_terminal_says_that_a_plan_is_out_of_date(square, pinto):
    """One clear sentence, exit code 1."""
    product = square.store.catalogues.product("test", "TEA-50")
    square.edit(product, variants=(replace(product.variants[0], price=Money(990000)),))
    assert "out of date" in pinto("--approve", SHOP, code=1)["error"]


def test_a_product_whose_audit_fails_holds_up_no_other(square):
    """Its words and price stay as they are and it is tried again; its units and the other product go ahead."""
    from chalicelib.domain.errors import TransientError

    audits = iter([True])

    def audit(listing):
        if listing.product_code == "TEA-50" and next(audits, False):
            raise TransientError("bazaar", "down")
        return ()

    square.market.audit = audit
    for sku, baht in (("TEA-50", 99), ("JAM-90", 95)):
        product = square.store.catalogues.product("test", sku)
        square.edit(product, variants=(replace(product.variants[0], price=Money(baht * 100)),))
        square.count(sku, 4)
    publish.publish(square.ctx, SHOP)
    shown = square.market.shown()
    assert (shown["TEA-50"][:2], shown["JAM-90"][:2]) == ((Money(8900), 4), (Money(9500), 4))
    assert "audit_failed" in {entry.because for entry in square.entries()}
    square.drain()
    assert square.market.shown()["TEA-50"][0] == Money(9900)

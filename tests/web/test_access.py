"""Who may do what: every route, every role, another community, and nobody at all."""

from __future__ import annotations

import pytest
from pages_world import PEOPLE, World

from chalicelib.web.access import RULES, Rule, belongs, may
from chalicelib.web.gate import STILL, view_of
from chalicelib.web.services import Person, Role

OURS, THEIRS = "namphrik-tittu", "kratip"
VALUES = {
    "code": "NP-120",
    "sku": "NP-120",
    "key": "0" * 64,
    "run": "run-3",
    "shop": f"{OURS}-lazada",
    "name": "pinto.css",
    "channel": "lazada",
    "job": "20261125030000-job",
    "file": "stock.csv",
    "number": "0",
    "day": "2026-11-23",
    "order": "251126003KX7",
}
SELLER, PARTNER, STAFF, ADMIN, OTHER = (person.email for person in PEOPLE)
CLOSED = [rule for rule in RULES if not rule.is_public and not rule.is_api]
NAMES = [f"{rule.method} {rule.path}" for rule in CLOSED]


def _path(rule: Rule, community: str = OURS) -> str:
    return rule.path.format(community=community, **VALUES)


def _ask(browser, rule: Rule, community: str = OURS):
    if rule.method == "GET":
        return browser.get(_path(rule, community))
    return browser.post(_path(rule, community), {"version": "1", "step": "preview", "on_sale": "yes"})


def test_the_table_names_exactly_the_routes_that_answer(world):
    """No route is there without a rule, and no rule without a view."""
    answering = {(method, path) for path, methods in world.app().routes.items() for method in methods}
    assert answering == {(rule.method, rule.path) for rule in RULES}
    assert all(callable(view_of(rule.view)) for rule in RULES if rule.view not in STILL)


@pytest.mark.parametrize("rule", CLOSED, ids=NAMES)
def test_without_a_session_every_closed_route_leads_to_the_door(browse, rule):
    """Nobody sees or does anything without signing in."""
    answer = _ask(browse(), rule)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("rule", CLOSED, ids=NAMES)
@pytest.mark.parametrize("email", [SELLER, PARTNER, STAFF, ADMIN])
def test_each_role_passes_exactly_where_the_table_says(browse, world, rule, email):
    """403 where the role is not named, anything else where it is."""
    person = next(one for one in PEOPLE if one.email == email)
    allowed = person.role in (rule.roles or ())
    assert (_ask(browse(email), rule).status_code != 403) is allowed


@pytest.mark.parametrize("rule", [rule for rule in CLOSED if rule.of_community], ids=lambda rule: rule.view)
def test_another_communitys_pages_are_closed(browse, rule):
    """A seller of one community gets 403 for every page of another, existing or not."""
    assert _ask(browse(SELLER), rule, THEIRS).status_code == 403
    assert _ask(browse(OTHER), rule, OURS).status_code == 403
    assert _ask(browse(SELLER), rule, "no-such-place").status_code == 403


def test_a_shop_of_another_community_is_not_reached_through_ones_own(browse, world):
    """The tenant is checked for the thing as well as for the address."""
    seller = browse(OTHER)
    assert seller.post(f"/c/{THEIRS}/shops/{OURS}-lazada/retry", {}).status_code == 404
    assert seller.get(f"/c/{THEIRS}/log/run-3").status_code == 404
    assert seller.get(f"/c/{THEIRS}/products/NP-120").status_code == 404
    key = world.store.catalogues.product(OURS, "NP-120").photos[0]
    assert seller.get(f"/c/{THEIRS}/products/NP-120/photo/{key}").status_code == 404
    assert world.queues.sent == []


def test_a_partner_works_for_every_community_that_was_given(browse):
    """Several communities, and no other."""
    partner = browse(PARTNER)
    assert [partner.get(f"/c/{one}/products").status_code for one in (OURS, THEIRS, "saima")] == [200, 200, 403]


def test_a_seller_has_one_community_even_if_more_are_written_down():
    """What a seller may see is the first community, never a list somebody widened."""
    seller = Person("a@b.example", "", Role.SELLER, (OURS, THEIRS))
    assert belongs(seller, OURS)
    assert not belongs(seller, THEIRS)
    assert not belongs(Person("a@b.example", "", Role.SELLER), "")


def test_only_the_office_approves():
    """The table gives the brakes' release to staff and administrators alone."""
    rule = next(rule for rule in RULES if rule.view == "plan.approve")
    allowed = {role for role in Role if may(Person("", "", role, (OURS,)), rule, OURS)}
    assert allowed == {Role.STAFF, Role.ADMIN}


def test_an_ended_session_is_no_session(browse, world: World):
    """After its time a cookie leads to the door."""
    seller = browse(SELLER)
    world.now = world.now.replace(year=2027)
    assert seller.get(f"/c/{OURS}/products").headers["Location"].startswith("/sign-in?next=/c/")

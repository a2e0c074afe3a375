"""Who may call what: every route of the API, every role, another community, a cookie, and nobody at all."""

from __future__ import annotations

import pytest
from api_client import OURS, Program
from pages_browser import Browser
from pages_world import PEOPLE, a_world

from chalicelib.web.access import RULES, Rule
from chalicelib.web.api.openapi import operation_of

VALUES = {
    "code": "NP-120",
    "sku": "NP-120",
    "shop": f"{OURS}-lazada",
    "run": "run-3",
    "order": "251126001KX7",
    "return_id": "R-1",
}
CLOSED = [rule for rule in RULES if rule.is_api and not rule.is_public]
NAMES = [f"{rule.method} {rule.path}" for rule in CLOSED]
SELLER, OTHER = "seller@tittu.example", "seller@kratip.example"


@pytest.fixture(scope="module")
def programs():
    """One program of each person, in one world; nothing here gets as far as writing."""
    world = a_world()
    return {person.email: Program(world, person.email) for person in PEOPLE} | {"": Program(world)}


def _path(rule: Rule, community: str = OURS) -> str:
    return rule.path.format(community=community, **VALUES)


@pytest.mark.parametrize("rule", CLOSED, ids=NAMES)
def test_without_a_bearer_every_closed_call_is_refused(programs, rule):
    """401 with a challenge, whether or not the thing exists."""
    answer = programs[""].send(rule.method, _path(rule))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("rule", CLOSED, ids=NAMES)
def test_a_browsers_session_signs_no_program_in(rule):
    """Neither as a cookie nor as a bearer: what a foreign page makes a browser send does nothing."""
    world = a_world()
    browser = Browser(world, SELLER)
    nobody = Program(world)
    cookie = f"pinto_session={browser.session.id}"
    assert nobody.send(rule.method, _path(rule), cookie=cookie).status_code == 401
    nobody.token = browser.session.id
    assert nobody.send(rule.method, _path(rule)).status_code == 401


@pytest.mark.parametrize("rule", CLOSED, ids=NAMES)
def test_each_role_passes_exactly_where_the_table_says(rule):
    """403 where the role is not named, anything else where it is."""
    world = a_world()
    for person in PEOPLE[:4]:
        allowed = person.role in (rule.roles or ())
        answer = Program(world, person.email).send(rule.method, _path(rule), b"-")
        assert (answer.status_code != 403) is allowed, person.role


@pytest.mark.parametrize("rule", [rule for rule in CLOSED if rule.of_community], ids=lambda rule: rule.view)
def test_another_communitys_calls_are_closed(programs, rule):
    """403 for every address of another community, existing or not."""
    assert programs[SELLER].send(rule.method, _path(rule, "kratip"), b"-").status_code == 403
    assert programs[OTHER].send(rule.method, _path(rule), b"-").status_code == 403
    assert programs[SELLER].send(rule.method, _path(rule, "no-such-place"), b"-").status_code == 403


@pytest.mark.parametrize(
    "rule",
    [rule for rule in CLOSED if any("{%s}" % name in rule.path for name in VALUES)],  # noqa: UP031
    ids=lambda rule: rule.view,
)
def test_a_thing_of_another_community_is_not_reached_through_ones_own(programs, rule):
    """The tenant is checked for the thing as well as for the address: its shop, run, product and order are missing."""
    bodies = {
        "count": {"on_hand": 1},
        "adjust": {"units": 1, "because": "x"},
        "approve": {"fingerprint": "f" * 32},
        "refuse": {"fingerprint": "f" * 32},
        "answer": {"agree": True},
        "count_in": {"line_id": "1", "quantity": 1, "left": 1},
        "keep": {"fields": []},
        "pack": {"choice": "x"},
        "cancel": {"reason": "x"},
        "answer_cancellation": {"agree": True},
    }
    body = bodies.get(rule.view.rsplit(".", 1)[1], {})
    asks = programs["admin@office.example"] if rule.roles and len(rule.roles) < 4 else programs[OTHER]
    version = "0" * 32 if operation_of(rule).needs_tag else "1"
    answer = asks.send(rule.method, _path(rule, "kratip"), body, if_match=f'"{version}"')
    assert answer.status_code == 404

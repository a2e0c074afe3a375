"""Money for programs: a month's accounts, an order's lines, what does not agree, rules, and a quarter's progress."""

from __future__ import annotations

import pytest
from api_client import HOME, OURS, V1, Program, said

LAZADA = f"{OURS}-lazada"
RULE = {"valid_from": "2026-12-01", "partner": "ร้านใหม่", "commission_bp": 725}


@pytest.fixture
def seller(world):
    return Program(world, "seller@tittu.example")


@pytest.fixture
def staff(world):
    return Program(world, "staff@office.example")


def test_a_months_accounts_and_classes_both_sum_to_the_payout(seller):
    """To the satang."""
    told = said(seller.get(f"{HOME}/accounts?month=2026-11"))
    assert told["payout"]["minor"] == 58010
    assert sum(one["net"]["minor"] for one in told["accounts"]) == 58010
    assert sum(one["amount"]["minor"] for one in told["by_class"]) == 58010
    assert said(seller.get(f"{HOME}/accounts?month=2026-09"))["accounts"] == []


def test_an_order_says_what_was_expected_and_what_came(seller):
    """398 sold, 358 settled, less the line's commission; the payment fee names no line."""
    line, rest = said(seller.get(f"{HOME}/shops/{LAZADA}/orders/251126003KX7/money"))["lines"]
    assert [line[name]["minor"] for name in ("expected", "goods", "fees", "net")] == [39800, 35800, -1990, 33810]
    assert (rest["line_id"], rest["net"]["minor"]) == ("", -1165)
    assert seller.get(f"{HOME}/shops/{LAZADA}/orders/NOPE/money").status_code == 404


def test_what_does_not_agree_is_named_with_its_cause(seller):
    """The last ones until they are solved, the past ones marked."""
    found = said(seller.get(f"{HOME}/differences?month=2026-11"))["items"]
    assert {(one["cause"], one["is_past"]) for one in found} == {
        ("paid_less", False),
        ("line_edited", True),
        ("payout_edited", True),
    }


def test_the_office_adds_a_rule_for_tomorrow_and_nobody_changes_one(seller, staff):
    """Read by all, added by the office, once a day."""
    assert seller.post(f"{HOME}/money-rules", RULE).status_code == 403
    added = staff.post(f"{HOME}/money-rules", RULE)
    assert (added.status_code, said(added)["base"]) == (201, "goods")
    assert staff.post(f"{HOME}/money-rules", {**RULE, "commission_bp": 1}).status_code == 409
    assert [one["commission_bp"] for one in said(seller.get(f"{HOME}/money-rules"))["items"]] == [500, 725]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"valid_from": "2026-11-25"}, "/valid_from"),
        ({"commission_bp": 10_001}, "/commission_bp"),
        ({"partner": " "}, "/"),
        ({"cause": "x", "pledge_bp": 9_900}, "/"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(staff, given, path):
    """422 with the field, and nothing written."""
    answer = staff.post(f"{HOME}/money-rules", {**RULE, **given})
    assert (answer.status_code, said(answer)["errors"][0]["path"]) == (422, path)
    assert len(said(staff.get(f"{HOME}/money-rules"))["items"]) == 1


def test_a_quarters_progress_of_one_community_and_of_all(seller, staff):
    """The same numbers on both; all of them for the office alone."""
    ours = said(seller.get(f"{HOME}/progress"))
    assert (ours["quarter"], ours["orders"], ours["sales"]["minor"]) == ("2026-Q4", 4, 94250)
    told = said(staff.get(f"{V1}/progress?quarter=2026-Q4"))
    assert ours in told["items"]
    assert (told["women_led_groups"], told["known_groups"]) == (1, 1)
    assert seller.get(f"{V1}/progress").status_code == 403
    assert seller.get(f"{HOME}/progress?quarter=2026-Q5").status_code == 422

"""`pinto policy`, `rules`, `bundle` and `why` at a terminal, over a world in memory."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib import bootstrap, cli
from chalicelib.domain.policy import CommunityPolicy, StockMode
from chalicelib.domain.stock import PushRule
from tests.properties.bazaar import Square


@pytest.fixture
def square(monkeypatch):
    made = Square(("test-bazaar", "test-market"))
    for sku in ("TEA", "SET"):
        made.sell(sku, 10 if sku == "TEA" else 0)
    monkeypatch.setattr(bootstrap, "context", lambda: made.ctx)
    return made


@pytest.fixture
def pinto(capsys):
    """The rows a command answers; its exit code is 0 unless said."""

    def run(*words: str, code: int = 0):
        assert cli.main([*words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run


def test_a_policy_is_shown_and_set(square, pinto):
    """Asking alone changes nothing; setting asks every shop to look."""
    assert pinto("policy", "--community", "test")[0]["mode"] == "shared"
    assert square.sent == []
    (row,) = pinto("policy", "--community", "test", "--mode", "split", "--split-below", "9", "--hide-percent", "10")
    assert (row["mode"], row["split_below"], row["hide_percent"], row["zero_percent"]) == ("split", 9, 10, 50)
    assert square.store.policies.of("test").mode is StockMode.SPLIT
    assert len(square.sent) == 2
    assert "split_below is -1" in pinto("policy", "--community", "test", "--split-below", "-1", code=1)["error"]


def test_a_rule_is_set_changed_listed_and_cleared(square, pinto):
    """Numbers that are not named stay as they were."""
    pinto("rules", "--shop", "test-bazaar", "--sku", "TEA", "--share-percent", "50")
    (row,) = pinto("rules", "--shop", "test-bazaar", "--sku", "TEA", "--cap", "3")
    assert (row["sku"], row["share_percent"], row["cap"]) == ("TEA", 50, 3)
    assert (
        "no SKU NOWHERE" in pinto("rules", "--shop", "test-bazaar", "--sku", "NOWHERE", "--cap", "3", code=1)["error"]
    )
    assert pinto("rules", "--shop", "test-bazaar", "--sku", "TEA", "--clear") == []
    pinto("rules", "--shop", "test-bazaar", "--hold-back", "1")
    assert square.store.rules.stored("test-bazaar") == {"": PushRule(hold_back=1)}


def test_fields_are_kept_and_given_back(square, pinto):
    """By product or by one of its SKUs."""
    (row,) = pinto("rules", "--shop", "test-bazaar", "--sku", "TEA", "--freeze", "price", "--freeze", "title")
    assert row["kept"] == ["price", "title"]
    (row,) = pinto("rules", "--shop", "test-bazaar", "--product", "TEA", "--give-back", "title")
    assert row["kept"] == ["price"]
    assert "--product CODE" in pinto("rules", "--shop", "test-bazaar", "--freeze", "price", code=1)["error"]


def test_a_bundle_is_made_and_its_number_explained(square, pinto, capsys):
    """The components and what they allow; counted goods do not become one by a slip."""
    (row,) = pinto("bundle", "--community", "test", "--sku", "SET", "--of", "TEA=3")
    assert row["components"] == ["TEA=3"]
    assert pinto("bundle", "--community", "test", "--sku", "TEA")[0]["in"] == ["SET"]
    refused = pinto("bundle", "--community", "test", "--sku", "TEA", "--of", "SET", code=1)
    assert "TEA has stock of its own" in refused["error"]
    square.store.policies.save("test", CommunityPolicy(split_below=0))
    assert cli.main(["why", "--community", "test", "--sku", "SET"]) == 0
    said = capsys.readouterr().out
    assert "SET: bundle of TEA: 10 for 3 each = 3" in said
    assert "TEA: 10 for 3 each, = 3 -> 3" in said
    assert pinto("bundle", "--community", "test", "--sku", "SET", "--dissolve")[0]["components"] == []


def test_why_names_who_holds_the_number(square, capsys):
    """A promotion that holds it, and a seller who sets it by hand, are said beside the arithmetic."""
    square.store.rules.lock("test-bazaar", "TEA", "stock", square.clock() + timedelta(hours=1))
    square.store.rules.keep("test-market", "TEA", frozenset({"stock"}))
    assert cli.main(["why", "--community", "test", "--sku", "TEA"]) == 0
    said = capsys.readouterr().out
    assert "test-bazaar: due 10; not listed; held by a promotion" in said
    assert "test-market: due 10; not listed; kept by the seller" in said

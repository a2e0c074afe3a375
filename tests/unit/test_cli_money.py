"""`pinto money` at a terminal, over the sample month in memory."""

from __future__ import annotations

import json

import pytest

from chalicelib import bootstrap, cli
from tests.sample_month import LAZADA, a_sample, page


@pytest.fixture
def ctx(monkeypatch):
    made = a_sample()
    monkeypatch.setattr(bootstrap, "context", lambda: made)
    monkeypatch.setattr(bootstrap, "store", lambda: made.store)
    return made


@pytest.fixture
def pinto(capfdbinary):
    """What a command prints; its exit code is 0 unless said."""

    def run(*words: str, code: int = 0) -> bytes:
        assert cli.main(["money", *words]) == code
        return capfdbinary.readouterr().out

    return run


MONTH = ("--community", "sample", "--month", "2026-11")


def test_a_month_is_shared_out(ctx, pinto):
    """As facts, as a table and as a file."""
    (told,) = json.loads(pinto("statement", *MONTH, "--json"))
    assert told["payout"] == {"minor": 97_823, "currency": "THB"}
    assert [one["side"] for one in told["accounts"]] == ["maker"] * 3 + ["community", "partner", "cause"]
    assert b"978.23" in pinto("statement", *MONTH).splitlines()[-1]
    assert pinto("statement", *MONTH, "--csv").startswith(b"\xef\xbb\xbf")


def test_one_maker_has_a_statement(ctx, pinto):
    """Every order of hers, and what is left of it."""
    (told,) = json.loads(pinto("statement", *MONTH, "--maker", "m1", "--json"))
    assert told["net"] == {"minor": 31_986, "currency": "THB"}
    assert [row["order_id"] for row in told["rows"]] == ["S-1", "S-2", "L-1", "L-1"]


def test_what_does_not_agree_is_named(ctx, pinto):
    """Edits that were put right are told, and are no failure."""
    rows = json.loads(pinto("differences", "--shop", LAZADA, "--json"))
    assert {row["cause"] for row in rows} == {"line_edited", "payout_edited"}
    assert json.loads(pinto("differences", "--community", "sample", "--open", "--json")) == []


def test_an_order_says_what_was_expected_and_paid(ctx, pinto):
    """Line by line."""
    (row,) = json.loads(pinto("order", "--shop", LAZADA, "--order", "L-1", "--json"))
    assert (row["expected"]["minor"], row["goods"]["minor"], row["fees"]["minor"]) == (17_800, 17_800, -1_000)


def test_rules_are_added_and_shown(ctx, pinto):
    """Oldest first, with the day each holds from."""
    words = ("rules", "--community", "sample", "--from", "2026-12-01", "--partner", "p", "--commission", "7.25")
    rows = json.loads(pinto(*words, "--json"))
    assert [(row["valid_from"], row["commission_bp"]) for row in rows] == [("2026-01-01", 500), ("2026-12-01", 725)]


def test_a_rule_nobody_could_keep_is_refused_with_a_reason(ctx, pinto):
    """A commission for nobody; the rules stay as they were."""
    words = ("rules", "--community", "sample", "--from", "2026-12-01", "--commission", "5", "--json")
    assert "partner" in json.loads(pinto(*words, code=1))[0]["error"]
    assert len(ctx.store.money_rules.of("sample")) == 1


def test_a_month_and_a_quarter_are_printed(ctx, pinto):
    """The month is the page in the docs, but for the words that teach how to check it."""
    assert pinto("month", *MONTH).decode().splitlines()[-1] == page().splitlines()[-1]
    (told,) = json.loads(pinto("progress", "--community", "sample", "--quarter", "2026-Q4", "--json"))
    assert told["rows"][0]["orders"] == 4
    assert pinto("progress", "--community", "sample", "--quarter", "2026-Q4", "--chart").startswith(b"<svg")
    assert pinto("progress", "--quarter", "2026-Q4", "--csv").startswith(b"\xef\xbb\xbf")

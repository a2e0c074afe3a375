"""`pinto money` at a terminal, over the sample month in memory."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import bootstrap, cli
from chalicelib.domain.ledger import thai_day
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


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
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


def test_a_rule_says_who_added_it_and_when(ctx, pinto):
    """Whoever is named, or the person at the terminal; rules of before this was kept name nobody."""
    for day, more in (("2026-12-05", ("--by", "สมชาย")), ("2026-12-06", ())):
        pinto("rules", "--community", "sample", "--from", day, *more)
    old, named, own = ctx.store.money_rules.of("sample")
    assert (old.added_by, old.added_at) == ("", None)
    assert named.added_by == "สมชาย"
    assert own.added_by.startswith("terminal ")
    assert named.added_at == own.added_at == ctx.clock()
    assert "added_by=สมชาย" in pinto("rules", "--community", "sample").decode()


def test_a_rule_never_begins_on_a_day_whose_money_is_shared_out(ctx, pinto):
    """The day after the newest in the ledger is the first; both languages say so, and nothing is written."""
    newest = max(thai_day(one.at) for one in ctx.store.ledger.between("sample", LONG_AGO, ctx.clock() + timedelta(1)))
    first = newest + timedelta(days=1)
    (told,) = json.loads(pinto("rules", "--community", "sample", "--from", f"{newest}", "--json", code=1))
    assert f"เริ่มได้เร็วสุดวันที่ {first}" in told["error"]
    assert f"may begin on {first} at the earliest" in told["error"]
    assert len(ctx.store.money_rules.of("sample")) == 1
    pinto("rules", "--community", "sample", "--from", f"{first}")
    assert ctx.store.money_rules.of("sample")[-1].valid_from == first
    assert "already" in pinto("rules", "--community", "sample", "--from", f"{first}", code=1).decode()


def test_before_anything_is_settled_a_rule_may_begin_on_any_day(ctx, pinto):
    """A new community writes down what it agreed on long ago."""
    ctx.store.communities.save(replace(ctx.store.communities.get("sample"), id="new"))
    pinto("rules", "--community", "new", "--from", "2025-01-01")
    assert [one.valid_from.isoformat() for one in ctx.store.money_rules.of("new")] == ["2025-01-01"]


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

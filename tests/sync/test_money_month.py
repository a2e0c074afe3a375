"""The printed month is what the engine says, and the figures a person would work out by hand."""

from __future__ import annotations

from tests.sample_month import PAGE, page


def test_the_page_in_the_docs_is_what_the_engine_says():
    """Written again by `python -m tests.sample_month`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_its_figures_are_those_of_a_pocket_calculator():
    """Goods 178 + 459 + 55 - 25 + 139 + 209 = 1,015; fees -10 -11.01 -5 -7.43 -3.33 = -36.77."""
    told = page()
    assert "| channel fees | -36.77 |" in told
    assert "| partner's commission | 50.75 |" in told
    assert "| pledge | 10.15 |" in told
    assert "| shares of makers and community | 954.10 |" in told
    assert "| **payout** | **978.23** |" in told

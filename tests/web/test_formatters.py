"""Numbers, money and moments as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.money import Money
from chalicelib.web import formatters

NOW = datetime(2026, 11, 25, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minor", "said"), [(8900, "฿89"), (8950, "฿89.50"), (129000, "฿1,290"), (0, "฿0"), (-500, "−฿5")]
)
def test_money_has_its_sign_and_satang_only_where_they_matter(minor, said):
    """The same in both languages."""
    assert formatters.money(Money(minor), "th") == said
    assert formatters.money(Money(minor), "en") == said


def test_an_amount_in_an_input_is_bare():
    """What a person can type back."""
    assert formatters.typed_money(Money(129000)) == "1290"
    assert formatters.typed_money(Money(8950)) == "89.50"


def test_a_quarter_is_written_as_people_write_it():
    """Not as files and addresses name it."""
    assert (formatters.quarter("2026-Q4", "th"), formatters.quarter("2026-Q4", "en")) == ("4/2026", "Q4 2026")


def test_moments_are_in_bangkok():
    """Seven hours ahead, across midnight too."""
    late = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    assert formatters.exact(late, "en") == "25 Nov 2026 01:30:00"
    assert formatters.short_moment(late, NOW, "en") == "01:30"
    assert formatters.short_moment(late - timedelta(days=1), NOW, "en") == "24 Nov 01:30"
    assert formatters.day(date(2026, 11, 24), "th") == "อ. 24 พ.ย. 2026"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, ("ago.now", 0)),
        (59, ("ago.now", 0)),
        (180, ("ago.minutes", 3)),
        (7300, ("ago.hours", 2)),
        (90000, ("ago.days", 1)),
        (2592000 * 2, ("ago.months", 2)),
    ],
)
def test_time_is_relative_for_people(seconds, said):
    """The nearest unit that says enough."""
    assert formatters.ago(NOW - timedelta(seconds=seconds), NOW) == said

"""Reminders before an authorisation ends: on Thai days, at 30, 14, 7 and 1, and when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.endings import Ending, EndingKind, endings
from chalicelib.domain.shops import Shop, Tokens

END = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def an_ending(*, renews: bool = False) -> Ending:
    return Ending("s", "c", "lazada", EndingKind.CONSENT, END, renews)


@pytest.mark.parametrize(
    ("days", "stage"), [(45, None), (31, None), (30, 30), (15, 30), (14, 14), (8, 14), (7, 7), (2, 7), (1, 1), (0, 1)]
)
def test_the_smallest_reminder_that_holds_is_due(days, stage):
    """Each at its day and until the next one."""
    assert an_ending().stage(END - timedelta(days=days, minutes=1)) == stage


def test_when_it_is_over_it_says_so():
    """From the very moment."""
    assert an_ending().stage(END) == 0
    assert an_ending().days_left(END + timedelta(days=3)) == -3


def test_days_are_thai_days():
    """An end at 01:00 in Bangkok is tomorrow's, though it is today's in UTC."""
    ending = Ending("s", "c", "lazada", EndingKind.CONSENT, datetime(2026, 11, 25, 18, 0, tzinfo=UTC))
    assert ending.days_left(datetime(2026, 11, 25, 16, 0, tzinfo=UTC)) == 1


def test_what_renews_by_itself_is_news_only_when_it_did_not():
    """Shopee's refresh token always ends within thirty days: that alone is nothing to tell."""
    assert an_ending(renews=True).stage(END - timedelta(days=29)) is None
    assert an_ending(renews=True).stage(END - timedelta(days=6)) == 7


def test_a_shop_has_the_end_of_its_consent_and_of_its_tokens():
    """The soonest first; without a known consent the token's end is the end."""
    tokens = Tokens("a", "r", END, END + timedelta(days=20))
    known = Shop("s", "c", "shopee", "1", "app", consent_until=END + timedelta(days=300))
    assert [(one.kind, one.renews) for one in endings(known, tokens)] == [("token", True), ("consent", False)]
    unknown = Shop("s", "c", "lazada", "1", "app")
    assert [(one.kind, one.renews) for one in endings(unknown, tokens)] == [("token", False)]
    assert endings(unknown, None) == ()

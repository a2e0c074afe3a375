"""When a shop's authorisation ends, and when a person is reminded of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.balance import business_day
from chalicelib.domain.shops import Shop, Tokens

REMIND_DAYS = (30, 14, 7, 1)
"""Days before the end at which a person is told, once each; and once more when it is over."""
OVER = 0
_ROLLING_DAYS = (7, 1)


class EndingKind(StrEnum):
    """What ends."""

    CONSENT = "consent"  # the seller's own: nothing but agreeing again helps
    TOKEN = "token"  # noqa: S105 - the right to renew; a renewal in time moves it on


@dataclass(frozen=True, slots=True)
class Ending:
    """One end of one shop. `renews`: it moves on by itself as long as the marketplace renews it."""

    shop: str
    community: str
    channel: str
    kind: EndingKind
    at: datetime
    renews: bool = False

    def days_left(self, now: datetime) -> int:
        """Thai calendar days until it ends; 0 on its day, below zero after."""
        return (business_day(self.at) - business_day(now)).days

    def stage(self, now: datetime) -> int | None:
        """The reminder that is due: the smallest of the days that still holds, 0 when it is over, None: too early.

        What renews by itself is no news until it should have been renewed long before.
        """
        if now >= self.at:
            return OVER
        left = self.days_left(now)
        return min((day for day in (_ROLLING_DAYS if self.renews else REMIND_DAYS) if left <= day), default=None)


def endings(shop: Shop, tokens: Tokens | None) -> tuple[Ending, ...]:
    """What ends for the shop, the soonest first; nothing for one that never had tokens."""
    return ends_of(shop, tokens.refresh_until if tokens else None)


def ends_of(shop: Shop, refresh_until: datetime | None) -> tuple[Ending, ...]:
    """The same from the end of the tokens alone; None for a shop without any."""
    found = []
    if shop.consent_until is not None:
        found.append(Ending(shop.id, shop.community, shop.channel, EndingKind.CONSENT, shop.consent_until))
    if refresh_until is not None:
        renews = shop.consent_until is not None and refresh_until < shop.consent_until
        found.append(Ending(shop.id, shop.community, shop.channel, EndingKind.TOKEN, refresh_until, renews=renews))
    return soonest_first(found)


def soonest_first(found: Iterable[Ending]) -> tuple[Ending, ...]:
    """As a calendar lists them."""
    return tuple(sorted(found, key=lambda one: (one.at, one.shop, one.kind)))


def remembered_for(ending: Ending, now: datetime) -> int:
    """Seconds for which a reminder is not repeated: longer than the longest wait for the next one."""
    return int(max((ending.at - now + timedelta(days=31)).total_seconds(), 3600))

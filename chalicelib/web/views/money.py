"""A community's month of money: what came in, whose it is, what was taken from it, and what does not agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.ledger import Entry, Statement, amount_of, thai_day, thai_midnight
from chalicelib.domain.money import Money, total
from chalicelib.domain.progress import chart
from chalicelib.domain.settlement import FeeClass
from chalicelib.domain.settlement_differences import Difference
from chalicelib.domain.sharing import GOODS, ShareRule, Side, in_force
from chalicelib.domain.shops import Shop
from chalicelib.sync import money_check, statements
from chalicelib.sync.context import Context
from chalicelib.sync.statements import CommunityStatement
from chalicelib.web import formatters, texts
from chalicelib.web.answers import Answer
from chalicelib.web.pages import page
from chalicelib.web.services import Services
from chalicelib.web.views.money_span import Span, asked_span, spoken
from chalicelib.web.visits import Visit

SHOWN = 12
"""Differences that are cards; of more, the rest is counted: nobody reads forty cards."""


@dataclass(frozen=True, slots=True)
class ShopPaid:
    """What one shop brought into the month's ledger, of how many statements, and what of it is not transferred yet."""

    shop: Shop
    amount: Money
    statements: int
    not_yet: Money


@dataclass(frozen=True, slots=True)
class MoneyView:
    """The month; `open` differences last until they are solved, `past` only tell what happened."""

    span: Span
    told: CommunityStatement
    shops: tuple[ShopPaid, ...]
    open: tuple[Difference, ...]
    past: tuple[Difference, ...]
    more: int
    rule: ShareRule
    chart: str

    @property
    def channels(self) -> Mapping[str, str]:
        """Shop id -> its channel."""
        return {one.shop.id: one.shop.channel for one in self.shops}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was booked in the month."""
        return not self.told.accounts

    @property
    def makers(self) -> Money:
        """What goes to makers and the community together."""
        ours = [one.net for one in self.told.accounts if one.side in (Side.MAKER, Side.COMMUNITY)]
        return total(ours, self.told.payout.currency)

    @property
    def goods(self) -> tuple[tuple[FeeClass, Money], ...]:
        """What was paid for goods, by class."""
        return tuple(one for one in self.told.by_class if one[0] in GOODS)

    @property
    def fees(self) -> tuple[tuple[FeeClass, Money], ...]:
        """What channels took or gave beside it, by class."""
        return tuple(one for one in self.told.by_class if one[0] not in GOODS)

    @property
    def not_yet(self) -> Money:
        """Told in a statement of the month and not transferred yet."""
        return total([one.not_yet for one in self.shops], self.told.payout.currency)


def money(visit: Visit, services: Services) -> Answer:
    """The month asked for, this month without."""
    community = services.store.communities.get(visit.parameters["community"])
    view = money_view(services.context(), asked_span(visit, community.id), visit)
    return page(visit, "money", view, community=community, tab="money")


def money_view(ctx: Context, span: Span, visit: Visit) -> MoneyView:
    """Everything the page of a month says."""
    quarter = span.quarter
    entries = statements.entries_of(ctx, span.community, quarter.first, quarter.after - timedelta(days=1))
    inside = [one for one in entries if span.since <= thai_day(one.at) <= span.until]
    shops = sorted(ctx.store.shops.of_community(span.community), key=lambda one: one.id)
    found = differences(ctx, span, shops)
    lasting = [one for one in found if not one.is_past]
    return MoneyView(
        span=span,
        told=statements.community_statement(ctx, span.community, span.since, span.until),
        shops=tuple(_shop_paid(ctx, span, shop, inside) for shop in shops),
        open=tuple(lasting[:SHOWN]),
        past=tuple(one for one in found if one.is_past)[:SHOWN],
        more=max(len(lasting) - SHOWN, 0),
        rule=in_force(ctx.store.money_rules.of(span.community), span.community, min(span.until, thai_day(ctx.clock()))),
        chart=_chart(span, entries, visit),
    )


def differences(ctx: Context, span: Span, shops: Sequence[Shop]) -> tuple[Difference, ...]:
    """What does not agree in the month, of these shops, the oldest first."""
    begins, ends = thai_midnight(span.since), thai_midnight(span.until + timedelta(days=1))
    found = [one for shop in shops for one in money_check.differences(ctx, shop.id, begins, ends)]
    return tuple(sorted(found, key=lambda one: (one.since, one.shop)))


def _shop_paid(ctx: Context, span: Span, shop: Shop, inside: Sequence[Entry]) -> ShopPaid:
    begins, ends = thai_midnight(span.since), thai_midnight(span.until + timedelta(days=1))
    told: tuple[Statement, ...] = ctx.store.settlements.statements(shop.id, begins, ends)
    booked = [one for one in inside if one.shop == shop.id]
    waiting = [one.payout for one in told if one.paid_at is None and one.payout.currency == "THB"]
    return ShopPaid(shop, amount_of(booked), len({one.settlement for one in booked}), total(waiting))


def _chart(span: Span, entries: Sequence[Entry], visit: Visit) -> str:
    """What came in, month by month of the quarter, as far as it has begun."""
    bars = []
    first = span.quarter.first
    while first <= min(span.latest, span.quarter.after - timedelta(days=1)):
        until = statements.month(first.year, first.month)[1]
        amount = amount_of([one for one in entries if first <= thai_day(one.at) <= until])
        bars.append((formatters.month(first, visit.language), amount.minor, formatters.money(amount, visit.language)))
        first = until + timedelta(days=1)
    title = texts.say(spoken(visit), "money.chart", quarter=span.quarter)
    return chart(title, "; ".join(f"{label}: {words}" for label, _, words in bars), bars)

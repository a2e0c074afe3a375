"""What a month said once it was over never changes, whatever the channel edits, drops, shows late or sums wrong.

Three months of Lazada's statements through the real conversion, read every night into a real store. A month is over
when a reading begun after its end is whole; what it says that night it must say on every night that follows, while
all months together are, to the satang, what the channel shows that it paid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from chalicelib.domain.money import Money
from chalicelib.domain.settlement import Settlement
from chalicelib.store.build import memory_store
from chalicelib.sync import settle, statements
from chalicelib.sync.context import Context
from chalicelib.sync.statements import CommunityStatement
from connectors.lazada import convert_finance
from connectors.lazada.desk_answers import PayoutAnswer, TransactionAnswer
from tests import sample_month as sample
from tests.properties.statement_source import StatementSource

BEGIN = datetime(2026, 9, 3, 19, tzinfo=UTC)
MONTHS = (9, 10, 11, 12)
NIGHTS = 117
ORDERS = ("L-1", "L-2", "L-77", "")


@dataclass
class Page:
    """One statement as Lazada would show it: rows of order, fee type and satang, and a payout that may not fit them."""

    number: str
    made: datetime
    rows: list[tuple[str, str, int]]
    off: int = 0
    shown_from: int = 0

    @property
    def payout(self) -> int:
        return sum(satang for *_, satang in self.rows) + self.off

    def settlement(self) -> Settlement:
        created = (self.made + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M:%S")
        said = f"{Money(self.payout)} THB"
        payout = PayoutAnswer(statement_number=self.number, created_at=created, payout=said, paid=True)
        return convert_finance.settlement(sample.LAZADA, payout, [self.row(*one) for one in self.rows], "THB")

    def row(self, order: str, fee: str, satang: int) -> TransactionAnswer:
        return TransactionAnswer(
            amount=str(Money(satang)), fee_type=fee, transaction_date="1 Sep 2026", transaction_number=self.number,
            order_no=order, orderItem_no="1" if order else "",
        )  # fmt: skip


@dataclass
class Channel:
    """Makes statements and misbehaves with those it made in the last five weeks."""

    draw: Random
    pages: list[Page] = field(default_factory=list)

    def night(self, number: int, now: datetime) -> None:
        if number % 3 == 0:
            rows = [self.amount() for _ in range(self.draw.randint(1, 8))]
            late = self.draw.choice((0, 0, 0, 2, 9, 20))
            self.pages.append(Page(f"LZ-{number}", now - timedelta(hours=9), rows, shown_from=number + late))
        for page in self.pages[-9:]:
            if self.draw.random() < 0.3:
                self.spoil(page)

    def amount(self) -> tuple[str, str, int]:
        fee = self.draw.choice(("13", "16", "14"))
        return self.draw.choice(ORDERS), fee, self.draw.choice((100, 4_567, 17_800)) * (1 if fee == "13" else -1)

    def spoil(self, page: Page) -> None:
        match self.draw.randrange(5):
            case 0:
                page.rows.append(self.amount())
            case 1 if page.rows:
                order, fee, satang = page.rows.pop(self.draw.randrange(len(page.rows)))
                page.rows.append((order, fee, satang + self.draw.randint(-99, 99)))
            case 2 if page.rows:
                page.rows.pop()
            case 3:
                page.off = self.draw.choice((0, 0, 1, -250, 5_000))
            case _:
                self.draw.shuffle(page.rows)

    def shown(self, number: int) -> dict[str, Settlement]:
        return {page.number: page.settlement() for page in self.pages if page.shown_from <= number}


def a_world() -> tuple[Context, sample.Clock, StatementSource]:
    clock, source = sample.Clock(), StatementSource()
    clock.now = BEGIN
    ctx = Context(memory_store(clock), sample.Nobody(), lambda name: source, clock)  # type: ignore[arg-type]
    sample._community(ctx)
    for order in sample._orders():
        ctx.store.orders.take("sample", order, None, ())
    return ctx, clock, source


def told(ctx: Context, month: int) -> CommunityStatement:
    return statements.community_statement(ctx, "sample", *statements.month(2026, month))


@pytest.mark.parametrize("seed", range(2))
def test_a_month_that_is_over_says_the_same_for_ever(seed: int):
    """Late lines and late statements count when they were noticed, and nothing is lost on the way."""
    ctx, clock, source = a_world()
    channel, over = Channel(Random(seed)), {}
    for night in range(NIGHTS):
        clock.now = BEGIN + timedelta(days=night)
        channel.night(night, clock.now)
        source.held = channel.shown(night)
        if night % 2 and (clock.now + timedelta(hours=7)).day > 1:
            continue  # the nights after a month's end are all read, of the others every second
        settle.settle(ctx, sample.LAZADA)
        thai = clock.now + timedelta(hours=7)
        for month in MONTHS[: MONTHS.index(thai.month)]:
            assert over.setdefault(month, told(ctx, month)) == told(ctx, month), (clock.now, month)
        if night % 20 == 18 or night == NIGHTS - 1:
            assert sum(told(ctx, month).payout.minor for month in MONTHS) == paid(ctx, source)
    assert len(over) == 3


def paid(ctx: Context, source: StatementSource) -> int:
    """What the channel pays by its pages, as last heard of those too old to be heard again."""
    heard = ctx.store.settlements.statements(sample.LAZADA, BEGIN - timedelta(9), ctx.clock() + timedelta(1))
    recent = ctx.clock() - timedelta(days=30)
    assert all(one.payout == source.held[one.id].payout for one in heard if one.at > recent)
    return sum(one.payout.minor for one in heard)

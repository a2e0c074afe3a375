"""Read what channels paid, book every satang once, and add a correction where they changed their word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain.catalogue import Product
from chalicelib.domain.known_lines import under_known_ids
from chalicelib.domain.ledger import (
    UNEXPLAINED,
    BookedLine,
    Statement,
    Was,
    corrected,
    correcting_entries,
    first_entries,
    month_end,
    thai_day,
)
from chalicelib.domain.money import total
from chalicelib.domain.orders import Order
from chalicelib.domain.ports import Cursor
from chalicelib.domain.refund_shares import names_no_line, returned_lines, weighted, weights
from chalicelib.domain.settlement import FeeClass, Settlement, SettlementLine
from chalicelib.domain.sharing import Basis, ShareRule, basis_of, has_found_makers, in_force, makerless
from chalicelib.domain.shops import Shop
from chalicelib.sync.context import Context
from chalicelib.sync.fulfil import opened

STREAM, HALF = "settled", "settling"
FIRST_DAYS = 90
OVERLAP = timedelta(days=35)
"""How far back a statement is heard again: edits and lines that come late are found for that long."""
STEP = timedelta(days=7)
"""What is read before the place is noted, so that a reading that stops goes on from there."""
LAST_SECOND = timedelta(seconds=1)
"""Channels' windows end before their end: what was settled this very second is in, too."""


class UnfinishedError(Exception):
    """Time ran out; the next reading goes on where this one stopped."""


@dataclass
class Settled:
    """What a reading changed: statements heard, lines booked for the first time, lines corrected."""

    shop: str
    statements: int = 0
    booked: int = 0
    corrected: int = 0


def settle(ctx: Context, shop_id: str) -> Settled:
    """Everything the channel settled up to now is in the ledger; what was read before is heard again for 35 days.

    Raises: UnfinishedError when time ran out; StaleWriteError when another worker booked the same lines.
    """
    shop, desk = opened(ctx, shop_id)
    now, told = ctx.clock(), Settled(shop.id)
    booker = _booker(ctx, shop, now, told)
    at = _begin(ctx, shop, now)
    while at <= now:
        upto = min(at + STEP, now + LAST_SECOND)
        for page in desk.settlements(at, upto):
            booker.hear_all(page)
        at = upto
        ctx.store.orders.save_cursor(Cursor(shop.id, HALF, at))
        if at <= now and ctx.must_stop:
            raise UnfinishedError(shop.id)
    ctx.store.orders.save_cursor(Cursor(shop.id, STREAM, now))
    return told


def hear(ctx: Context, shop: Shop, settlements: Sequence[Settlement]) -> Settled:
    """These settlements are in the ledger; hearing one again changes nothing."""
    told = Settled(shop.id)
    _booker(ctx, shop, ctx.clock(), told).hear_all(settlements)
    return told


def _booker(ctx: Context, shop: Shop, now: datetime, told: Settled) -> _Booker:
    whole = ctx.store.orders.cursor(shop.id, STREAM)
    return _Booker(ctx, shop, now, told, whole.at if whole else None)


def _begin(ctx: Context, shop: Shop, now: datetime) -> datetime:
    """Where to read from: where a reading stopped, else what the last whole one saw, with overlap."""
    whole = ctx.store.orders.cursor(shop.id, STREAM)
    half = ctx.store.orders.cursor(shop.id, HALF)
    # A whole reading leaves its place at most a second behind itself; further on, one stopped after a long rest.
    if half is not None and not (whole is not None and whole.at < half.at <= whole.at + LAST_SECOND):
        return half.at
    if whole is None:
        return now - timedelta(days=FIRST_DAYS)
    # A payout that comes later than that is heard of too: else it would be called late for good.
    begin = whole.at - OVERLAP
    before = ctx.store.settlements.statements(shop.id, now - timedelta(days=FIRST_DAYS), begin)
    return min((one.at for one in before if one.is_due), default=begin)


@dataclass
class _Booker:
    """Books settlements of one shop; remembers orders, products and rules it has looked up.

    `read_to`: up to when everything was read before; a month that ended by then has said what it says.
    """

    ctx: Context
    shop: Shop
    now: datetime
    told: Settled
    read_to: datetime | None = None
    orders: dict[str, Order] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    rules: tuple[ShareRule, ...] | None = None

    def hear_all(self, page: Sequence[Settlement]) -> None:
        """The page is booked; its orders and products are read together."""
        self._look_up({line.order_id for one in page for line in one.lines if line.order_id})
        for one in page:
            self._hear(one)

    def _hear(self, heard: Settlement) -> None:
        known = self.ctx.store.settlements.statement(self.shop.id, heard.id)
        statement = self._statement(heard, known)
        booked = self.ctx.store.settlements.lines(statement)
        lines = {line.id: line for line in under_known_ids(heard.lines, booked)}
        at = self._counts_at(statement.at, known)
        for line in lines.values():
            booked[line.id] = self._book(statement, line, booked.get(line.id), at)
        for line_id in booked.keys() - lines.keys() - {UNEXPLAINED}:
            booked[line_id] = self._gone(booked[line_id], is_whole=statement.adds_up)
        self._unexplained(statement, booked, at)
        self.told.statements += 1
        if known is None or replace(statement, heard_at=known.heard_at) != known:
            self.ctx.store.settlements.save(statement)

    def _statement(self, heard: Settlement, known: Statement | None) -> Statement:
        once = {line.id: line.amount for line in heard.lines}
        explained = total(list(once.values()), heard.payout.currency)
        twice = sorted(line_id for line_id, times in Counter(line.id for line in heard.lines).items() if times > 1)
        if known is None:
            off = None if explained == heard.payout else self.now
            known = Statement(
                self.shop.id, heard.id, heard.at, heard.payout, explained, self.now, self.now, off_since=off
            )
        off_since = None if explained == heard.payout else known.off_since or self.now
        return replace(
            known,
            payout=heard.payout,
            explained=explained,
            heard_at=self.now,
            paid_at=heard.paid_at,
            doubled=tuple(sorted({*known.doubled, *twice})),
            was=known.was if heard.payout == known.payout else (*known.was, Was(known.payout, self.now)),
            off_since=off_since,
        )

    def _counts_at(self, settled_at: datetime, known: Statement | None) -> datetime:
        """When a new line counts: news of a statement heard before, or of a month read to its end, is of now.

        What a month said once it was over was paid out, and stays.
        """
        is_over = self.read_to is not None and month_end(settled_at) <= self.read_to
        return self.now if known is not None or is_over else settled_at

    def _book(self, statement: Statement, line: SettlementLine, known: BookedLine | None, at: datetime) -> BookedLine:
        """The line counts as it was heard; one that is new counts from `at`."""
        if known is None:
            new = self._new(statement, line)
            self.ctx.store.settlements.book(new, None, first_entries(self.shop.community, new, at))
            self.told.booked += 1
            return new
        if _place(known.line) != _place(line):
            # Another kind of money or another order: taken back whole under the old name, booked under the new one.
            known = self._correct(known, corrected(known, known.line, line.amount * 0, self.now))
            return self._correct(known, self._based(corrected(known, line, line.amount, self.now)))
        if known.booked != line.amount or known.line.amount != line.amount or known.gone_at:
            after = replace(corrected(known, line, line.amount, self.now), gone_at=None)
            # More may have come back than at first, and of other makers.
            return self._correct(known, self._based(after) if names_no_line(line) else after)
        is_ours_now = not known.order_known and line.order_id in self.orders
        if is_ours_now or self._is_explained(known) or self._has_found_makers(known):
            return self._correct(known, self._based(corrected(known, line, line.amount, self.now)))
        return known

    def _has_found_makers(self, known: BookedLine) -> bool:
        """Whether a line of an unknown SKU has become ours since its money was divided."""
        return bool(makerless(known.basis)) and has_found_makers(known.basis, self._based(known).basis)

    def _is_explained(self, known: BookedLine) -> bool:
        """Whether returns that came to be known say otherwise for which lines a refund was."""
        if not names_no_line(known.line) or not self._returned(known.line):
            return False
        return weights(self._based(known).basis) != weights(known.basis)

    def _gone(self, known: BookedLine, *, is_whole: bool) -> BookedLine:
        """A line the channel no longer shows stops counting only when the statement adds up without it."""
        counts = known.line.amount * 0 if is_whole else known.booked
        if known.gone_at and counts == known.booked:
            return known
        after = corrected(known, known.line, counts, self.now)
        return self._correct(known, replace(after, gone_at=known.gone_at or self.now))

    def _unexplained(self, statement: Statement, booked: dict[str, BookedLine], at: datetime) -> None:
        """What the payout has more or less than its lines lies with the community, so that the ledger is the payout."""
        lines = [one.booked for line_id, one in booked.items() if line_id != UNEXPLAINED]
        amount = statement.payout - total(lines, statement.payout.currency)
        known = booked.get(UNEXPLAINED)
        if known is None and not amount.minor:
            return
        line = SettlementLine(
            self.shop.id, UNEXPLAINED, statement.at, FeeClass.ADJUSTMENT, amount, UNEXPLAINED, statement=statement.id
        )
        self._book(statement, line, known, at)

    def _correct(self, known: BookedLine, after: BookedLine) -> BookedLine:
        entries = correcting_entries(self.shop.community, known, after, self.now)
        self.ctx.store.settlements.book(after, known, entries)
        self.told.corrected += 1
        return after

    def _new(self, statement: Statement, line: SettlementLine) -> BookedLine:
        return self._based(BookedLine(line, statement.id, statement.at, line.amount, Basis(), order_known=False))

    def _based(self, booked: BookedLine) -> BookedLine:
        """Whose the amount is: by the rule of the day the order was placed, so that a refund undoes its sale."""
        line = booked.line
        order = self.orders.get(line.order_id) if line.order_id else None
        rule = in_force(self._all_rules(), self.shop.community, thai_day(order.created_at if order else line.at))
        basis = basis_of(line, order, self.products, rule)
        if names_no_line(line):
            basis = weighted(basis, self._returned(line))
        return replace(booked, basis=basis, order_known=order is not None or not line.order_id)

    def _returned(self, line: SettlementLine) -> dict[str, int]:
        return returned_lines(line.amount, self.ctx.store.returns.of_order(self.shop.id, line.order_id))

    def _all_rules(self) -> tuple[ShareRule, ...]:
        if self.rules is None:
            self.rules = self.ctx.store.money_rules.of(self.shop.community)
        return self.rules

    def _look_up(self, order_ids: Iterable[str]) -> None:
        missing = sorted(set(order_ids) - self.orders.keys())
        if missing:
            self.orders |= self.ctx.store.orders.many(self.shop.id, missing)
        lines = [line for one in missing if one in self.orders for line in self.orders[one].lines]
        self._load(line.seller_sku for line in lines)
        parts = [sku for line in lines for sku, _ in line.recipe]
        parts += [sku for line in lines for sku in self._components(line.seller_sku)]
        self._load(parts)

    def _components(self, sku: str) -> list[str]:
        product = self.products.get(sku)
        return [part for part, _ in product.variant(sku).components] if product else []

    def _load(self, skus: Iterable[str]) -> None:
        new = sorted({sku for sku in skus if sku} - self.asked)
        if new:
            self.asked.update(new)
            for product in self.ctx.store.catalogues.products_of(self.shop.community, new):
                self.products |= dict.fromkeys(product.skus, product)


def _place(line: SettlementLine) -> tuple[FeeClass, str, str]:
    return line.fee, line.order_id, line.line_id

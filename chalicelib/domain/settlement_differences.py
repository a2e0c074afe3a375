"""What does not agree between orders, statements and the ledger: each named, with its cause and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.ledger import UNEXPLAINED, BookedLine, Statement
from chalicelib.domain.money import Money, total
from chalicelib.domain.orders import Order, OrderLine, OrderState
from chalicelib.domain.settlement import FeeClass
from chalicelib.domain.sharing import GOODS

UNPAID_AFTER = timedelta(days=14)
OWED = frozenset({OrderState.DELIVERED, OrderState.COMPLETED})
_SOLD = GOODS - {FeeClass.REFUND}


class Cause(StrEnum):
    """Why something is named."""

    DOES_NOT_ADD_UP = "does_not_add_up"
    PAYOUT_EDITED = "payout_edited"
    PAYOUT_LATE = "payout_late"
    LINE_EDITED = "line_edited"
    LINE_GONE = "line_gone"
    LINE_DOUBLED = "line_doubled"
    UNPAID = "unpaid"
    PAID_LESS = "paid_less"
    PAID_WITHOUT_ORDER = "paid_without_order"
    PAID_TWICE = "paid_twice"
    CHARGED_TWICE = "charged_twice"
    REFUND_ABOVE_PAID = "refund_above_paid"


PAST = frozenset({Cause.PAYOUT_EDITED, Cause.LINE_EDITED, Cause.LINE_DOUBLED})
"""Causes that are told as something that happened; the others last until they are solved."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing a person should know. `amount` is what is missing (above zero) or too much (below)."""

    shop: str
    cause: Cause
    amount: Money
    since: datetime
    expected: Money
    found: Money
    order_id: str = ""
    line_id: str = ""
    statement: str = ""
    settlement_line: str = ""

    @property
    def is_past(self) -> bool:
        """Whether it only tells what happened."""
        return self.cause in PAST


@dataclass(frozen=True, slots=True)
class PaidLine:
    """Expected against paid of one order line (empty `line_id`: the order's amounts that name no line).

    `expected` is what was paid for it; `goods` what the channel settled for it, `refunded` and `fees` with their
    signs, `by_class` every class that is not zero. `net` is all of them together.
    """

    shop: str
    order_id: str
    line_id: str
    seller_sku: str
    quantity: int
    state: OrderState | None
    expected: Money
    goods: Money
    refunded: Money
    fees: Money
    by_class: tuple[tuple[FeeClass, Money], ...] = ()

    @property
    def net(self) -> Money:
        """What came of it."""
        return self.goods + self.refunded + self.fees

    @property
    def is_settled(self) -> bool:
        """Whether the channel has told anything about it."""
        return bool(self.by_class)


def paid_lines(order: Order, lines: Iterable[BookedLine]) -> tuple[PaidLine, ...]:
    """The order's lines in their order, then what names no line, when there is any."""
    by_line: dict[str, list[BookedLine]] = {}
    for one in lines:
        by_line.setdefault(one.line.line_id, []).append(one)
    found = [_paid(order, line, by_line.pop(line.line_id, [])) for line in order.lines]
    rest = [one for group in by_line.values() for one in group]
    return (*found, _paid(order, None, rest)) if rest else tuple(found)


def about_statements(statements: Iterable[Statement], lines: Sequence[BookedLine], now: datetime) -> list[Difference]:
    """What is wrong with statements and their lines, each by itself, whatever they are for."""
    found: list[Difference] = []
    for one in statements:
        found += _about_statement(one, now)
    for booked in lines:
        found += _about_line(booked)
    return found


def about_orders(
    orders: Mapping[str, Order], lines: Iterable[BookedLine], now: datetime, unpaid_after: timedelta = UNPAID_AFTER
) -> list[Difference]:
    """What is wrong between orders and what was paid for them; `lines` are all of these orders, and others."""
    by_order: dict[str, list[BookedLine]] = {}
    for one in lines:
        if one.line.order_id and one.booked.minor:
            by_order.setdefault(one.line.order_id, []).append(one)
    found = [_without_order(group) for order_id, group in sorted(by_order.items()) if order_id not in orders]
    for order_id in sorted(orders):
        found += _about_order(orders[order_id], by_order.get(order_id, []), now, unpaid_after)
    return found


def booked_twice(lines: Iterable[BookedLine]) -> list[Difference]:
    """The same amount for the same thing under two names: paid twice, or charged twice. The repeats are named.

    `lines` are all that may hold the first of a pair, thus more than what is looked at.
    """
    seen: dict[tuple[str, ...], BookedLine] = {}
    found: list[Difference] = []
    for one in sorted(lines, key=lambda one: (one.settled_at, one.settlement, one.line.id)):
        line = one.line
        if not line.order_id or not one.booked.minor or line.fee in (FeeClass.REFUND, FeeClass.ADJUSTMENT):
            continue
        key = (line.order_id, line.line_id, line.fee.value, line.words, str(one.booked.minor))
        if key in seen:
            cause = Cause.PAID_TWICE if line.fee is FeeClass.SALE else Cause.CHARGED_TWICE
            found.append(_of_line(one, cause, one.booked * 0, one.booked, one.settled_at))
        seen.setdefault(key, one)
    return found


def _about_statement(one: Statement, now: datetime) -> list[Difference]:
    found: list[Difference] = []
    if not one.adds_up:
        since = one.off_since or one.first_heard_at
        found.append(_of_statement(one, Cause.DOES_NOT_ADD_UP, one.explained, one.payout, since))
    payouts = [*[was.amount for was in one.was], one.payout]
    for before, after in zip(one.was, payouts[1:], strict=True):
        found.append(_of_statement(one, Cause.PAYOUT_EDITED, before.amount, after, before.until))
    if one.is_due and now - one.at > UNPAID_AFTER:
        found.append(_of_statement(one, Cause.PAYOUT_LATE, one.payout, one.payout * 0, one.at + UNPAID_AFTER))
    return found + [
        Difference(one.shop, Cause.LINE_DOUBLED, none, one.first_heard_at, none, none, "", "", one.id, line_id)
        for line_id in one.doubled
        for none in (one.payout * 0,)
    ]


def _of_statement(one: Statement, cause: Cause, expected: Money, found: Money, since: datetime) -> Difference:
    return Difference(one.shop, cause, expected - found, since, expected, found, statement=one.id)


def _about_line(one: BookedLine) -> list[Difference]:
    """Edits and disappearances; the line that holds what is unexplained follows from others."""
    if one.line.id == UNEXPLAINED:
        return []
    found: list[Difference] = []
    if one.gone_at is not None and one.booked.minor:
        found.append(_of_line(one, Cause.LINE_GONE, one.line.amount, one.line.amount * 0, one.gone_at))
    amounts = [*[was.amount for was in one.was], one.booked]
    for was, after in zip(one.was, amounts[1:], strict=True):
        if one.gone_at is None or not one.booked.minor or was.until < one.gone_at:
            found.append(_of_line(one, Cause.LINE_EDITED, was.amount, after, was.until))
    return found


def _of_line(one: BookedLine, cause: Cause, expected: Money, found: Money, since: datetime) -> Difference:
    line = one.line
    ids = (line.order_id, line.line_id, one.settlement, line.id)
    return Difference(line.shop, cause, expected - found, since, expected, found, *ids)


def _without_order(group: Sequence[BookedLine]) -> Difference:
    first = min(group, key=lambda one: (one.settled_at, one.line.id))
    paid = total([one.booked for one in group], first.booked.currency)
    return Difference(
        first.line.shop, Cause.PAID_WITHOUT_ORDER, paid * -1, first.settled_at, paid * 0, paid,
        first.line.order_id, "", first.settlement,
    )  # fmt: skip


def _about_order(order: Order, lines: Sequence[BookedLine], now: datetime, unpaid_after: timedelta) -> list[Difference]:
    found: list[Difference] = []
    names_lines = any(one.line.line_id for one in lines if one.line.fee is FeeClass.SALE)
    for paid in _units(order, lines, by_line=names_lines):
        sold_at = min((one.settled_at for one in lines), default=order.updated_at)
        facts = (order.order_id, paid.line_id)
        is_owed = paid.state in OWED and paid.expected.minor > 0
        has_sale = any(fee is FeeClass.SALE for fee, _ in paid.by_class)
        if is_owed and not has_sale and now - order.updated_at > unpaid_after:
            since = order.updated_at + unpaid_after
            found.append(_between(order, Cause.UNPAID, paid.expected, paid.goods, since, facts))
        # An order settled as a whole (Shopee) does not say in its lines what vouchers of the seller it had.
        sold = paid.goods if names_lines else _without_own_discounts(paid)
        if has_sale and sold < paid.expected and not paid.refunded.minor:
            found.append(_between(order, Cause.PAID_LESS, paid.expected, sold, sold_at, facts))
        if (paid.goods + paid.refunded).minor < 0:
            found.append(_between(order, Cause.REFUND_ABOVE_PAID, paid.goods, paid.refunded * -1, sold_at, facts))
    return found


def _without_own_discounts(paid: PaidLine) -> Money:
    own = [amount for fee, amount in paid.by_class if fee is FeeClass.SELLER_DISCOUNT]
    return paid.goods - total(own, paid.goods.currency)


def _units(order: Order, lines: Sequence[BookedLine], *, by_line: bool) -> tuple[PaidLine, ...]:
    """Line by line where the channel settles so; else the order as one."""
    return paid_lines(order, lines) if by_line else (_paid(order, None, lines, whole=True),)


def _between(
    order: Order, cause: Cause, expected: Money, found: Money, since: datetime, facts: tuple[str, str]
) -> Difference:
    return Difference(order.shop, cause, expected - found, since, expected, found, *facts)


def _paid(order: Order, line: OrderLine | None, lines: Sequence[BookedLine], *, whole: bool = False) -> PaidLine:
    currency = order.total.currency
    sums: dict[FeeClass, Money] = {}
    for one in lines:
        sums[one.line.fee] = sums.get(one.line.fee, Money(0, currency)) + one.booked
    by_class = tuple((fee, sums[fee]) for fee in FeeClass if fee in sums and sums[fee].minor)
    living = [one for one in order.lines if one.state is not OrderState.CANCELLED]
    expected = Money(0, currency)
    if whole:
        expected = total([one.paid for one in living], currency)
    elif line is not None and line.state is not OrderState.CANCELLED:
        expected = line.paid
    return PaidLine(
        order.shop,
        order.order_id,
        line.line_id if line else "",
        line.seller_sku if line else "",
        line.quantity if line else 0,
        line.state if line else order.state if whole else None,
        expected,
        total([amount for fee, amount in by_class if fee in _SOLD], currency),
        sums.get(FeeClass.REFUND, Money(0, currency)),
        total([amount for fee, amount in by_class if fee not in GOODS], currency),
        by_class,
    )

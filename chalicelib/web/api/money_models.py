"""What programs read and write about money: differences, accounts, an order's money, rules and progress."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from chalicelib.domain.progress import Progress
from chalicelib.domain.settlement import FeeClass
from chalicelib.domain.settlement_differences import Cause, Difference, PaidLine
from chalicelib.domain.sharing import Base, ShareRule, Side
from chalicelib.sync.statements import AccountStatement, CommunityStatement
from chalicelib.web.api.models import WHOLE, Amount, Model, Moment

Points = Annotated[int, Field(ge=0, le=10_000, description="Hundredths of a percent: 500 is 5 %."), WHOLE]
Name = Annotated[str, Field(max_length=80)]


class DifferenceOut(Model):
    """One thing that does not agree; `is_past` only tells what happened and was put right in the ledger."""

    shop: str
    cause: Cause
    is_past: bool
    since: Moment
    expected: Amount
    found: Amount
    amount: Amount
    order_id: str
    line_id: str
    statement: str
    settlement_line: str

    @classmethod
    def of(cls, one: Difference) -> DifferenceOut:
        """The difference of ours."""
        return cls(
            shop=one.shop,
            cause=one.cause,
            is_past=one.is_past,
            since=one.since,
            expected=Amount.of(one.expected),
            found=Amount.of(one.found),
            amount=Amount.of(one.amount),
            order_id=one.order_id,
            line_id=one.line_id,
            statement=one.statement,
            settlement_line=one.settlement_line,
        )


class Differences(Model):
    """What does not agree in the month, the oldest first."""

    items: tuple[DifferenceOut, ...]


class AccountOut(Model):
    """What a month brought one account, with the signs of the account: `net` is the sum of the four."""

    side: Side
    who: str
    name: str
    goods: Amount
    fees: Amount
    commission: Amount
    pledge: Amount
    net: Amount

    @classmethod
    def of(cls, one: AccountStatement) -> AccountOut:
        """The account of ours."""
        sums = one.total
        return cls(
            side=one.side,
            who=one.who,
            name=one.name,
            goods=Amount.of(sums.goods),
            fees=Amount.of(sums.fees),
            commission=Amount.of(sums.commission),
            pledge=Amount.of(sums.pledge),
            net=Amount.of(sums.net),
        )


class ClassOut(Model):
    """What one kind of money came to, with its sign."""

    fee: FeeClass
    amount: Amount


class Accounts(Model):
    """A month's payout, by what it was for (`by_class`) and by whose it is (`accounts`); both sum to it."""

    since: date
    until: date
    payout: Amount
    by_class: tuple[ClassOut, ...]
    accounts: tuple[AccountOut, ...]

    @classmethod
    def of(cls, told: CommunityStatement) -> Accounts:
        """The statement of ours."""
        return cls(
            since=told.since,
            until=told.until,
            payout=Amount.of(told.payout),
            by_class=tuple(ClassOut(fee=fee, amount=Amount.of(amount)) for fee, amount in told.by_class),
            accounts=tuple(AccountOut.of(one) for one in told.accounts),
        )


class PaidLineOut(Model):
    """Expected against paid of one order line; an empty `line_id` holds what names no line."""

    line_id: str
    seller_sku: str
    expected: Amount
    goods: Amount
    refunded: Amount
    fees: Amount
    net: Amount
    by_class: tuple[ClassOut, ...]

    @classmethod
    def of(cls, one: PaidLine) -> PaidLineOut:
        """The line of ours."""
        return cls(
            line_id=one.line_id,
            seller_sku=one.seller_sku,
            expected=Amount.of(one.expected),
            goods=Amount.of(one.goods),
            refunded=Amount.of(one.refunded),
            fees=Amount.of(one.fees),
            net=Amount.of(one.net),
            by_class=tuple(ClassOut(fee=fee, amount=Amount.of(amount)) for fee, amount in one.by_class),
        )


class OrderMoney(Model):
    """What an order was sold for and what came of it."""

    lines: tuple[PaidLineOut, ...]


class RuleIn(Model):
    """What was agreed, for orders placed from a Thai day on; the day is tomorrow or later."""

    valid_from: Annotated[date, Field(examples=["2026-12-01"])]
    partner: Name = ""
    commission_bp: Points = 0
    cause: Name = ""
    pledge_bp: Points = 0
    base: Base = Base.GOODS


class RuleOut(Model):
    """One rule as it holds from its day on."""

    valid_from: date
    partner: str
    commission_bp: int
    cause: str
    pledge_bp: int
    base: Base

    @classmethod
    def of(cls, one: ShareRule) -> RuleOut:
        """The rule of ours."""
        return cls(
            valid_from=one.valid_from,
            partner=one.partner,
            commission_bp=one.commission_bp,
            cause=one.cause,
            pledge_bp=one.pledge_bp,
            base=one.base,
        )


class Rules(Model):
    """Every rule the community ever had, the oldest first."""

    items: tuple[RuleOut, ...]


class ProgressOut(Model):
    """One community's quarter. `hand_over_s` is the median from order to goods leaving, null without any."""

    community: str
    quarter: Annotated[str, Field(examples=["2026-Q4"])]
    orders: int
    units: int
    sales: Amount
    settled: Amount
    products_on_sale: Annotated[
        int | None, Field(description="Today, in the running quarter; null for any other, which is not known.")
    ]
    stock_outs: int
    hand_over_s: int | None
    women_led: bool | None

    @classmethod
    def of(cls, one: Progress) -> ProgressOut:
        """The progress of ours."""
        return cls(
            community=one.community,
            quarter=str(one.quarter),
            orders=one.orders,
            units=one.units,
            sales=Amount.of(one.sales),
            settled=Amount.of(one.settled),
            products_on_sale=one.products_on_sale,
            stock_outs=one.stock_outs,
            hand_over_s=one.hand_over_s,
            women_led=one.women_led,
        )


class ProgrammeOut(Model):
    """All communities' quarter; shares are percent of the groups that say whether women lead them."""

    items: tuple[ProgressOut, ...]
    women_led_groups: int
    known_groups: int
    women_led_share: int | None
    women_led_sales_share: int | None

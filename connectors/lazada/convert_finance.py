"""Lazada's statements and amounts -> our settlements; pure.

| Ours | Lazada |
| --- | --- |
| settlement | statement, `/finance/payout/status/get` |
| settlement line | transaction detail, one per fee of an order item |
| order, line | `order_no`, `orderItem_no` |
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from chalicelib.domain.errors import ProtocolSurpriseError
from chalicelib.domain.money import Money
from chalicelib.domain.settlement import FeeClass, Settlement, SettlementLine
from connectors.lazada.convert import money
from connectors.lazada.desk_answers import PayoutAnswer, TransactionAnswer
from connectors.lazada.limits import BANGKOK
from connectors.lazada.refusal import CHANNEL


def _each(types: str, fee: FeeClass) -> dict[str, FeeClass]:
    return dict.fromkeys(types.split(), fee)


# Ids of `fee_type`; the list has over two hundred and grows, so one that is missing falls back to its group.
FEES: dict[str, FeeClass] = {
    **_each("13", FeeClass.SALE),
    **_each("14", FeeClass.REFUND),
    **_each("16 15 65 341", FeeClass.COMMISSION),  # with its reversal and rebates
    **_each("3 4", FeeClass.PAYMENT_FEE),
    **_each("8 142", FeeClass.SHIPPING_PAID_BY_BUYER),
    **_each("7 143 26", FeeClass.SHIPPING_COST),
    **_each("211 157 158", FeeClass.SHIPPING_SUBSIDY),
    **_each("118 121 117 120 209 210 202 203 306 307", FeeClass.SELLER_DISCOUNT),
    **_each("298 299 304 305 112", FeeClass.SERVICE_FEE),
    **_each("85 206 19", FeeClass.ADJUSTMENT),
}
# `transaction_type` is a group and a kind; what is left over is judged by them.
GROUPS: dict[str, FeeClass] = {
    "orders-sales": FeeClass.SALE,
    "orders-lazada fees": FeeClass.SERVICE_FEE,
    "orders-logistics": FeeClass.SHIPPING_COST,
    "orders-marketing fees": FeeClass.SERVICE_FEE,
    "refunds-lazada fees": FeeClass.SERVICE_FEE,
    "refunds-logistics": FeeClass.SHIPPING_COST,
    "refunds-marketing fees": FeeClass.SERVICE_FEE,
}
GROUP_STARTS: tuple[tuple[str, FeeClass], ...] = (
    ("refunds-", FeeClass.REFUND),
    ("3p services-", FeeClass.SERVICE_FEE),
    ("other services-", FeeClass.SERVICE_FEE),
)
# English names, whatever the machine speaks.
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_DAY_TEXT = re.compile(r"(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})")
_PAYOUT = re.compile(r"(-?[\d,]+(?:\.\d+)?)(?:\s*([A-Z]{3}))?")


def fee_class(row: TransactionAnswer) -> FeeClass:
    """What the amount is for; OTHER when neither its type nor its group was ever recorded."""
    group = re.sub(r"\s*-\s*", "-", row.transaction_type.strip().lower())
    if row.fee_type in FEES:
        return FEES[row.fee_type]
    if group in GROUPS:
        return GROUPS[group]
    return next((fee for start, fee in GROUP_STARTS if group.startswith(start)), FeeClass.OTHER)


def settlement(shop: str, payout: PayoutAnswer, rows: Sequence[TransactionAnswer], currency: str) -> Settlement:
    """One statement. Its amounts and the balances carried in and out add up to the payout (LAZ-021)."""
    said = payout_of(payout, currency)
    # What the seller owes is carried, never paid, however the statement prints it (LAZ-025).
    paid = max(said, said * 0)
    at = made_at(payout)
    return Settlement(
        shop=shop,
        id=payout.statement_number,
        at=at,
        lines=(*_lines(shop, payout, rows, paid.currency), *_carried(shop, payout, (said, paid), at)),
        payout=paid,
        paid_at=local(payout.updated_at) if payout.paid and payout.updated_at else None,
    )


def _lines(shop: str, payout: PayoutAnswer, rows: Iterable[TransactionAnswer], currency: str) -> list[SettlementLine]:
    lines: list[SettlementLine] = []
    seen: Counter[str] = Counter()
    for row in rows:
        # Not the amount: an edit of it would be one line gone and another that came.
        name = f"{row.transaction_number}/{row.order_item_no}/{row.fee_type}/{row.transaction_date}"
        seen[name] += 1
        lines.append(
            SettlementLine(
                shop=shop,
                id=name if seen[name] == 1 else f"{name}/{seen[name]}",
                at=datetime.combine(day(row.transaction_date), datetime.min.time(), BANGKOK).astimezone(UTC),
                fee=fee_class(row),
                amount=money(row.amount, currency),
                words=row.fee_name or row.transaction_type,
                order_id=row.order_no,
                line_id=row.order_item_no,
                statement=payout.statement_number,
                kin=name,
            )
        )
    return lines


def _carried(shop: str, payout: PayoutAnswer, sums: tuple[Money, Money], at: datetime) -> list[SettlementLine]:
    """What came from the statement before, and what goes to the next: closing = opening + amounts.

    `sums` are the payout as it is printed, and what of it is paid.
    """
    said, paid = sums
    opening = money(payout.opening_balance or Decimal(0), paid.currency)
    closing = said if payout.closing_balance is None else money(payout.closing_balance, paid.currency)
    moves = (("opening_balance", opening), ("carried_forward", paid - closing))
    number = payout.statement_number
    return [
        SettlementLine(shop, f"{number}/{words}", at, FeeClass.ADJUSTMENT, amount, words, statement=number)
        for words, amount in moves
        if amount.minor
    ]


def assigned(
    payouts: Sequence[PayoutAnswer], rows: Sequence[TransactionAnswer], lag: timedelta
) -> dict[str, list[TransactionAnswer]]:
    """Statement number -> its amounts. Amounts name their statement by its days only, "11 May 2026 - 17 May 2026".

    A statement is made shortly after its last day: it takes the latest period that ended within `lag` before.
    """
    periods: dict[date, list[TransactionAnswer]] = {}
    for row in rows:
        if (end := last_day(row.statement)) is not None:
            periods.setdefault(end, []).append(row)
    found: dict[str, list[TransactionAnswer]] = {}
    for payout in payouts:
        made_on = made_at(payout).astimezone(BANGKOK).date()
        ends = [end for end in periods if end <= made_on and made_on - end < lag]
        found[payout.statement_number] = periods.pop(max(ends)) if ends else []
    return found


def last_day(statement: str) -> date | None:
    """The last day of a statement's period; None for an amount that is in none yet."""
    days = _DAY_TEXT.findall(statement)
    return day(" ".join(days[-1])) if days else None


def day(text: str) -> date:
    """`17 May 2026` as a date. Raises: ProtocolSurpriseError for any other form."""
    match = _DAY_TEXT.fullmatch(text.strip())
    month = _MONTHS.get(match.group(2).lower()) if match else None
    try:
        if match and month:
            return date(int(match.group(3)), month, int(match.group(1)))
    except ValueError:
        pass
    raise ProtocolSurpriseError(CHANNEL, "unexpected_day", text[:40])


def made_at(payout: PayoutAnswer) -> datetime:
    """When the statement was made."""
    return local(payout.created_at)


def local(text: str) -> datetime:
    """A time without a zone, which is Bangkok's, as aware UTC."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BANGKOK).astimezone(UTC)
    except ValueError:
        raise ProtocolSurpriseError(CHANNEL, "unexpected_time", text[:40]) from None


def payout_of(payout: PayoutAnswer, currency: str) -> Money:
    """`4,121.00 THB`, or the number alone, in the shop's currency."""
    match = _PAYOUT.fullmatch(payout.payout.strip())
    if match is None:
        raise ProtocolSurpriseError(CHANNEL, "unexpected_amount", payout.payout[:40])
    return money(Decimal(match.group(1).replace(",", "")), match.group(2) or currency)

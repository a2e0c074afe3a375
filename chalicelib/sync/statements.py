"""Statements of a community, its makers, partners and causes: from the ledger alone, ready to show, as rows and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from chalicelib.domain.ledger import Entry, amount_of, thai_day, thai_midnight
from chalicelib.domain.money import Money
from chalicelib.domain.settlement import FeeClass
from chalicelib.domain.sharing import Side, What
from chalicelib.domain.spreadsheets import safe_cell
from chalicelib.sync.context import Context

Language = Literal["th", "en"]

WORDS: dict[str, tuple[str, str]] = {
    "day": ("วันที่", "Day"),
    "order": ("คำสั่งซื้อ", "Order"),
    "goods": ("ค่าสินค้า", "Goods"),
    "fees": ("ค่าธรรมเนียมของตลาด", "Channel fees"),
    "commission": ("ค่าตอบแทนคู่ค้าท้องถิ่น", "Partner's commission"),
    "pledge": ("เงินร่วมสมทบ", "Pledge"),
    "net": ("สุทธิ", "Net"),
    "note": ("หมายเหตุ", "Note"),
    "correction": ("แก้ไขรายการเดิม", "Correction"),
    "no_order": ("ไม่ผูกกับคำสั่งซื้อ", "Of no order"),
    "total": ("รวม", "Total"),
    "account": ("บัญชี", "Account"),
    "maker": ("ผู้ผลิต", "Maker"),
    "community": ("ส่วนกลางของชุมชน", "Community's own share"),
    "partner": ("คู่ค้าท้องถิ่น", "Local partner"),
    "cause": ("กองทุนที่ร่วมสมทบ", "Cause"),
}
"""Word key -> Thai, English."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """What one order (empty: of no order) did to an account on one Thai day; all amounts with their signs."""

    day: date
    shop: str
    order_id: str
    goods: Money
    fees: Money
    commission: Money
    pledge: Money
    is_correction: bool = False

    @property
    def net(self) -> Money:
        """What it brought the account."""
        return self.goods + self.fees + self.commission + self.pledge


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """One account over a span of Thai days, `since` and `until` both included. `name` is for people."""

    community: str
    side: Side
    who: str
    name: str
    since: date
    until: date
    rows: tuple[StatementRow, ...]
    total: StatementRow

    @property
    def net(self) -> Money:
        """What is to be paid to the account."""
        return self.total.net


@dataclass(frozen=True, slots=True)
class CommunityStatement:
    """What channels paid and whose it is. Raises: ValueError when shares and payout differ by a satang.

    `shares` are goods less commission and pledge, of makers and community; `fees` what channels took (mostly below
    zero). `accounts` are makers by name, the community's own, partners, causes; their nets sum to the payout too.
    """

    community: str
    since: date
    until: date
    payout: Money
    shares: Money
    fees: Money
    commission: Money
    pledge: Money
    by_class: tuple[tuple[FeeClass, Money], ...]
    accounts: tuple[AccountStatement, ...]

    def __post_init__(self) -> None:
        nets = sum((one.net for one in self.accounts), self.payout * 0)
        if self.shares + self.fees + self.commission + self.pledge != self.payout or nets != self.payout:
            raise ValueError(f"{self.community}: shares do not make the payout")


def month(year: int, number: int) -> tuple[date, date]:
    """First and last day of a month.

    >>> month(2024, 2)
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    first = date(year, number, 1)
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def community_statement(
    ctx: Context, community_id: str, since: date, until: date, currency: str = "THB"
) -> CommunityStatement:
    """Everything that entered the community's ledger in these Thai days, both included."""
    entries = entries_of(ctx, community_id, since, until, currency)
    commission = amount_of(entries, What.COMMISSION, side=Side.PARTNER, currency=currency)
    pledge = amount_of(entries, What.PLEDGE, side=Side.CAUSE, currency=currency)
    fees = amount_of(entries, What.FEE, currency=currency)
    payout = amount_of(entries, currency=currency)
    by_class = {fee: amount_of([one for one in entries if one.fee is fee], currency=currency) for fee in FeeClass}
    return CommunityStatement(
        community=community_id,
        since=since,
        until=until,
        payout=payout,
        shares=_shares(entries, currency),
        fees=fees,
        commission=commission,
        pledge=pledge,
        by_class=tuple((fee, amount) for fee, amount in by_class.items() if amount.minor),
        accounts=_accounts(ctx, community_id, since, until, entries, currency),
    )


def account_statement(
    ctx: Context, community_id: str, side: Side, who: str, since: date, until: date, currency: str = "THB"
) -> AccountStatement:
    """One account's rows; empty when nothing happened. `who` is a maker's id, a partner, a cause, or ""."""
    entries = [
        one for one in entries_of(ctx, community_id, since, until, currency) if one.side is side and one.who == who
    ]
    return _account(community_id, (side, who), _names(ctx, community_id), (since, until), entries, currency)


def entries_of(ctx: Context, community_id: str, since: date, until: date, currency: str = "THB") -> tuple[Entry, ...]:
    """Ledger entries of these Thai days, both included, in one currency."""
    span: tuple[datetime, datetime] = (thai_midnight(since), thai_midnight(until + timedelta(days=1)))
    return tuple(one for one in ctx.store.ledger.between(community_id, *span) if one.amount.currency == currency)


def heading(language: Language) -> tuple[str, ...]:
    """The words over the rows of an account."""
    return tuple(
        _word(one, language) for one in ("day", "order", "goods", "fees", "commission", "pledge", "net", "note")
    )


def rows(statement: AccountStatement, language: Language) -> tuple[tuple[str, ...], ...]:
    """The account's rows in words, oldest first, the total last; amounts in major units without separators."""
    body = [_cells(row, language) for row in statement.rows]
    last = (_word("total", language), "", *_cells(statement.total, language)[2:7], "")
    return (*body, last)


def overview_heading(language: Language) -> tuple[str, ...]:
    """The words over the community's accounts."""
    return tuple(_word(one, language) for one in ("account", "goods", "fees", "commission", "pledge", "net"))


def overview_rows(statement: CommunityStatement, language: Language) -> tuple[tuple[str, ...], ...]:
    """One row for each account, the total last: its net is the payout."""
    body = [
        (f"{_word(one.side.value, language)} {one.name}".strip(), *_cells(one.total, language)[2:7])
        for one in statement.accounts
    ]
    sums = _row(statement.until, "", "", [], statement.payout.currency)
    for one in statement.accounts:
        sums = _added(sums, one.total)
    return (*body, (_word("total", language), *_cells(sums, language)[2:7]))


def csv_of(head: Sequence[str], body: Iterable[Sequence[str]]) -> bytes:
    """A CSV that Excel opens as it is: UTF-8 with its mark, and no cell that would be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(cell) for cell in head])
    writer.writerows([safe_cell(cell) for cell in row] for row in body)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _accounts(
    ctx: Context, community_id: str, since: date, until: date, entries: Sequence[Entry], currency: str
) -> tuple[AccountStatement, ...]:
    names = _names(ctx, community_id)
    found: dict[tuple[Side, str], list[Entry]] = {}
    for one in entries:
        found.setdefault((one.side, one.who), []).append(one)
    order = sorted(found, key=lambda key: (list(Side).index(key[0]), names.get(key[1], key[1]), key[1]))
    return tuple(_account(community_id, key, names, (since, until), found[key], currency) for key in order)


def _account(
    community_id: str,
    account: tuple[Side, str],
    names: dict[str, str],
    span: tuple[date, date],
    entries: Sequence[Entry],
    currency: str,
) -> AccountStatement:
    groups: dict[tuple[date, str, str, bool], list[Entry]] = {}
    for one in entries:
        groups.setdefault((thai_day(one.at), one.shop, one.order_id, bool(one.corrects)), []).append(one)
    made = tuple(_row(day, shop, order, groups[day, shop, order, is_c], currency, is_correction=is_c)
                 for day, shop, order, is_c in sorted(groups))  # fmt: skip
    side, who = account
    name = names.get(who, who) if side is Side.MAKER else who
    total = _row(span[1], "", "", entries, currency)
    return AccountStatement(community_id, side, who, name, *span, made, total)


def _row(
    day: date, shop: str, order_id: str, entries: Sequence[Entry], currency: str, *, is_correction: bool = False
) -> StatementRow:
    goods, fees, commission, pledge = (
        amount_of(entries, what, currency=currency) for what in (What.GOODS, What.FEE, What.COMMISSION, What.PLEDGE)
    )
    return StatementRow(day, shop, order_id, goods, fees, commission, pledge, is_correction)


def _added(one: StatementRow, other: StatementRow) -> StatementRow:
    return StatementRow(
        one.day, "", "", one.goods + other.goods, one.fees + other.fees,
        one.commission + other.commission, one.pledge + other.pledge,
    )  # fmt: skip


def _cells(row: StatementRow, language: Language) -> tuple[str, ...]:
    amounts = (row.goods, row.fees, row.commission, row.pledge, row.net)
    note = _word("correction", language) if row.is_correction else ""
    order = row.order_id or _word("no_order", language)
    return (row.day.isoformat(), order, *map(str, amounts), note)


def _shares(entries: Sequence[Entry], currency: str) -> Money:
    """Goods less commission and pledge, of makers and the community."""
    ours = [one for one in entries if one.side in (Side.MAKER, Side.COMMUNITY)]
    return amount_of(ours, What.GOODS, What.COMMISSION, What.PLEDGE, currency=currency)


def _names(ctx: Context, community_id: str) -> dict[str, str]:
    return {maker.id: maker.name_th for maker in ctx.store.catalogues.makers(community_id)}


def _word(key: str, language: Language) -> str:
    return WORDS[key][0 if language == "th" else 1]

"""Statements as printed sheets: the words and columns, before anybody draws them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chalicelib.domain.catalogue import Community
from chalicelib.domain.money import Money
from chalicelib.sync.statements import AccountStatement, CommunityStatement, StatementRow
from chalicelib.web.paper import Align, Column, Sheet, Signature, Table
from chalicelib.web.words import Words

AMOUNTS = {"goods": 1.3, "fees": 1.5, "commission": 2.0, "pledge": 1.3, "net": 1.3}
"""Each amount and its part of the width: a heading that breaks inside a word is hard to read."""


def account_sheet(
    words: Words, community: Community, told: AccountStatement, title: str, channels: Mapping[str, str]
) -> Sheet:
    """One account's month, a row for each order and day."""
    columns = (
        Column(words.t("money.day"), 1.2),
        Column(words.t("money.order"), 2.6),
        *_amount_columns(words),
    )
    rows = tuple((words.short_day(one.day), _order(words, one, channels), *_amounts(one)) for one in told.rows)
    totals = ((words.t("money.total"), "", *_amounts(told.total)),)
    facts = (*_facts(words, community, told.since, told.until), (words.t("money.net"), words.money(told.net)))
    signed = _signed(words, ("sign_payer", ""), ("sign_receiver", told.name))
    return Sheet(title, facts, (Table(columns, rows, totals),), _footer(words, community), signed)


def overview_sheet(words: Words, community: Community, told: CommunityStatement, title: str) -> Sheet:
    """The community's month: what was paid and taken, and whose it is."""
    kinds = Table(
        (Column(words.t("money.kind"), 3), Column(words.t("money.amount"), 1, Align.RIGHT)),
        tuple((words.label("fee_class", fee.value), _plain(amount)) for fee, amount in told.by_class),
        ((words.t("money.paid_in"), _plain(told.payout)),),
        words.t("money.taken"),
    )
    columns = (
        Column(words.t("money.account"), 3),
        *_amount_columns(words),
    )
    rows = tuple(
        (f"{words.label('money_side', one.side.value)} {one.name}".strip(), *_amounts(one.total))
        for one in told.accounts
    )
    sums = ("", "", "", "", _plain(told.payout))
    shares = Table(columns, rows, ((words.t("money.total"), *sums),), words.t("money.whose"))
    facts = (*_facts(words, community, told.since, told.until), (words.t("money.paid_in"), words.money(told.payout)))
    signed = _signed(words, ("sign_made", ""), ("sign_checked", ""))
    return Sheet(title, facts, (kinds, shares), _footer(words, community), signed)


def _facts(words: Words, community: Community, since: date, until: date) -> tuple[tuple[str, str], ...]:
    group = f"{community.name_th} ({community.group_th})" if community.group_th else community.name_th
    span = f"{words.day(since)} – {words.day(until)}"
    return ((words.t("money.community"), group), (words.t("money.period"), span))


def _signed(words: Words, *signers: tuple[str, str]) -> tuple[Signature, ...]:
    """Who signs: (text key of the role, name when it is known)."""
    return tuple(Signature(words.t(f"money.{role}"), words.t("money.sign_date"), name) for role, name in signers)


def _amount_columns(words: Words) -> tuple[Column, ...]:
    return tuple(Column(words.t(f"money.{name}"), share, Align.RIGHT) for name, share in AMOUNTS.items())


def _footer(words: Words, community: Community) -> str:
    return words.t("money.printed_by", name=community.name_th)


def _order(words: Words, row: StatementRow, channels: Mapping[str, str]) -> str:
    if not row.order_id:
        return words.t("money.no_order")
    channel = words.label("channel", channels.get(row.shop, row.shop))
    note = f" ({words.t('money.correction')})" if row.is_correction else ""
    return f"{channel} {row.order_id}{note}"


def _amounts(row: StatementRow) -> tuple[str, ...]:
    return tuple(_plain(one) for one in (row.goods, row.fees, row.commission, row.pledge, row.net))


def _plain(amount: Money) -> str:
    """Two decimals always, so that digits stand below digits."""
    return f"{amount.decimal:,.2f}"

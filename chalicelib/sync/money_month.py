"""A month of a community's money on one page of text, every figure of which a pocket calculator can check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from chalicelib.domain.ledger import thai_day, thai_midnight
from chalicelib.domain.settlement import SettlementLine
from chalicelib.domain.sharing import ShareRule
from chalicelib.sync import money_check, statements
from chalicelib.sync.context import Context
from chalicelib.sync.statements import CommunityStatement


def printed(ctx: Context, community_id: str, year: int, number: int) -> str:
    """The month as Markdown: rules, orders, what channels paid, whose it is, and what does not agree."""
    since, until = statements.month(year, number)
    told = statements.community_statement(ctx, community_id, since, until)
    name = ctx.store.communities.get(community_id).name_th
    parts = [
        f"# A month of money: {name}, {year}-{number:02}",
        _rules(ctx.store.money_rules.of(community_id)),
        _orders(ctx, community_id, since, until),
        _paid(ctx, community_id, since, until),
        _whose(told),
        *[_account(one) for one in told.accounts],
        _open(ctx, community_id, since, until),
    ]
    return "\n\n".join(parts) + "\n"


def _rules(rules: Sequence[ShareRule]) -> str:
    rows = [
        (one.valid_from.isoformat(), one.partner, _percent(one.commission_bp), one.cause, _percent(one.pledge_bp),
         one.base.value)
        for one in rules
    ]  # fmt: skip
    return "## Rules\n\n" + table(("Orders from", "Partner", "Commission", "Cause", "Pledge", "Of"), rows)


def _orders(ctx: Context, community_id: str, since: date, until: date) -> str:
    span = (thai_midnight(since), thai_midnight(until + date.resolution))
    rows = [
        (thai_day(order.created_at).isoformat(), order.order_id, line.line_id, line.seller_sku, str(line.quantity),
         str(line.unit_price), str(line.paid), line.state.value)
        for shop in ctx.store.shops.of_community(community_id)
        for order in ctx.store.orders.created_between(shop.id, *span)
        for line in order.lines
    ]  # fmt: skip
    head = ("Day", "Order", "Line", "SKU", "Units", "Price", "Paid", "State")
    return "## Orders\n\n" + table(head, rows)


def _paid(ctx: Context, community_id: str, since: date, until: date) -> str:
    span = (thai_midnight(since), thai_midnight(until + date.resolution))
    parts = ["## What the channels paid"]
    for shop in ctx.store.shops.of_community(community_id):
        for one in ctx.store.settlements.statements(shop.id, *span):
            booked = ctx.store.settlements.lines(one)
            rows = [(*_line(line.line), str(line.booked)) for _, line in sorted(booked.items())]
            rows.append(("**payout**", "", "", f"**{one.payout}**"))
            parts.append(f"Statement {one.id} of {shop.id}, {thai_day(one.at)}")
            parts.append(table(("For", "Order", "Line", "THB"), rows))
    return "\n\n".join(parts)


def _line(line: SettlementLine) -> tuple[str, str, str]:
    return f"{line.fee.value} ({line.words})", line.order_id, line.line_id


def _whose(told: CommunityStatement) -> str:
    sums = [
        ("shares of makers and community", str(told.shares)),
        ("channel fees", str(told.fees)),
        ("partner's commission", str(told.commission)),
        ("pledge", str(told.pledge)),
        ("**payout**", f"**{told.payout}**"),
    ]
    overview = table(statements.overview_heading("en"), statements.overview_rows(told, "en"))
    return f"## Whose it is\n\n{table(('What', 'THB'), sums)}\n\n{overview}"


def _account(one: statements.AccountStatement) -> str:
    title = statements.WORDS[one.side.value][1] + (f" {one.name}" if one.name else "")
    return f"### {title}\n\n" + table(statements.heading("en"), statements.rows(one, "en"))


def _open(ctx: Context, community_id: str, since: date, until: date) -> str:
    span = (thai_midnight(since), thai_midnight(until + date.resolution))
    rows = [
        (one.shop, one.cause.value, one.order_id or one.statement, str(one.amount), thai_day(one.since).isoformat())
        for shop in ctx.store.shops.of_community(community_id)
        for one in money_check.differences(ctx, shop.id, *span)
    ]
    told = table(("Shop", "What", "Where", "THB", "Since"), rows) if rows else "None: everything adds up."
    return f"## What does not agree\n\n{told}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', ' ') for cell in row)} |" for row in lines)


def _percent(basis_points: int) -> str:
    return f"{basis_points // 100}.{basis_points % 100:02} %"

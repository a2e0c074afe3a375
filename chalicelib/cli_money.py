"""Commands of `pinto money`: what channels paid, what does not agree, whose it is, and a quarter's progress."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.errors import StaleWriteError
from chalicelib.domain.ledger import thai_day
from chalicelib.domain.money import Money
from chalicelib.domain.progress import Quarter
from chalicelib.domain.sharing import Base, ShareRule, Side
from chalicelib.domain.shops import Shop, ShopState
from chalicelib.sync import money_check, money_month, money_rules, progress, settle, statements
from chalicelib.sync.context import Context

Add = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def register(commands: Any, add: Add) -> None:
    """`money` is a command with commands of its own."""
    money = commands.add_parser("money", help="what channels paid, what does not agree, and whose it is")
    kinds = money.add_subparsers(required=True, metavar="what")
    one = add(kinds, "settle", _settle, "read statements, escrow and payouts into the ledger; again is harmless")
    _shops_of(one)
    one = add(kinds, "differences", _differences, "what does not agree: shop, order, amount, since when, cause")
    _shops_of(one)
    one.add_argument("--days", type=int, default=60, help="statements and orders of so many days (default: 60)")
    one.add_argument("--open", action="store_true", help="leave out edits that were put right in the ledger")
    one = add(kinds, "order", _order, "expected against paid, line by line")
    one.add_argument("--shop", required=True, help="as `pinto shops list` names it")
    one.add_argument("--order", required=True)
    one = add(
        kinds, "statement", _statement, "whose the month's money is; one account with --maker, --partner, --cause"
    )
    _month_of(one)
    which = one.add_mutually_exclusive_group()
    which.add_argument("--maker", metavar="ID")
    which.add_argument("--partner")
    which.add_argument("--cause")
    one.add_argument("--csv", action="store_true", help="a file for a spreadsheet, on standard output")
    one.add_argument("--language", choices=["th", "en"], default="th")
    one = add(kinds, "month", _month, "a month on one page: orders, statements, shares, differences, as Markdown")
    _month_of(one)
    one = add(kinds, "rules", _rules, "show the rules money is shared by, or add one that holds from a day on")
    one.add_argument("--community", required=True)
    one.add_argument("--from", dest="since", type=date.fromisoformat, help="orders placed from this day: YYYY-MM-DD")
    one.add_argument("--by", default="", metavar="WHO", help="with --from: who says so (default: you)")
    one.add_argument("--partner", default="")
    one.add_argument(
        "--commission", type=_basis_points, default=0, metavar="PERCENT", help="the partner's, as 5 or 7.25"
    )
    one.add_argument("--cause", default="")
    one.add_argument("--pledge", type=_basis_points, default=0, metavar="PERCENT")
    one.add_argument("--of", choices=[base.value for base in Base], default=Base.GOODS.value, help="percent of what")
    one = add(kinds, "progress", _progress, "a quarter's sales, orders, stock-outs and hand-over times")
    one.add_argument("--community", help="one community (default: all)")
    one.add_argument("--quarter", type=_quarter, help="as 2026-Q4 (default: the present one)")
    one.add_argument("--csv", action="store_true", help="a file for a spreadsheet, on standard output")
    one.add_argument("--chart", action="store_true", help="with --community: four quarters' sales as SVG")
    one.add_argument("--language", choices=["th", "en"], default="th")


def _shops_of(one: argparse.ArgumentParser) -> None:
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--shop", help="one shop, as `pinto shops list` names it")
    which.add_argument("--community", help="every shop of the community")
    which.add_argument("--all", action="store_true", help="every shop")


def _month_of(one: argparse.ArgumentParser) -> None:
    one.add_argument("--community", required=True)
    one.add_argument("--month", type=_first_day, help="YYYY-MM, Thai calendar (default: this month)")


def _settle(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    active = [shop for shop in _shops(ctx, asked) if shop.state is ShopState.ACTIVE]
    return _say(asked, [asdict(settle.settle(ctx, shop.id)) for shop in active])


def _differences(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    now = ctx.clock()
    found = [
        one
        for shop in _shops(ctx, asked)
        for one in money_check.differences(ctx, shop.id, now - timedelta(days=asked.days), now)
        if not (asked.open and one.is_past)
    ]
    _say(asked, [asdict(one) for one in found])
    return 1 if any(not one.is_past for one in found) else 0


def _order(asked: argparse.Namespace) -> int:
    rows = money_check.paid(bootstrap.context(), asked.shop, asked.order)
    return _say(asked, [{**asdict(one), "by_class": dict(one.by_class), "net": one.net} for one in rows])


def _statement(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    first = asked.month or thai_day(ctx.clock())
    since, until = statements.month(first.year, first.month)
    accounts = ((Side.MAKER, asked.maker), (Side.PARTNER, asked.partner), (Side.CAUSE, asked.cause))
    chosen = next(((side, who) for side, who in accounts if who), None)
    if chosen is None:
        whole = statements.community_statement(ctx, asked.community, since, until)
        head, body = statements.overview_heading(asked.language), statements.overview_rows(whole, asked.language)
        facts: dict[str, Any] = asdict(whole)
    else:
        account = statements.account_statement(ctx, asked.community, *chosen, since, until)
        head, body = statements.heading(asked.language), statements.rows(account, asked.language)
        facts = {**asdict(account), "net": account.net}
    if asked.csv:
        return _write(statements.csv_of(head, body))
    return _say(asked, [facts]) if asked.json else _table(head, body)


def _month(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    first = asked.month or thai_day(ctx.clock())
    text = money_month.printed(ctx, asked.community, first.year, first.month)
    print(json.dumps({"month": f"{first:%Y-%m}", "text": text}, ensure_ascii=False) if asked.json else text, end="")
    return 0


def _rules(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    ctx.store.communities.get(asked.community)
    wrong = _add_rule(ctx, asked) if asked.since else ""
    if wrong:
        _say(asked, [{"error": wrong}])
        return 1
    return _say(asked, [asdict(one) for one in ctx.store.money_rules.of(asked.community)])


def _add_rule(ctx: Context, asked: argparse.Namespace) -> str:
    """Why the rule cannot be added; empty when it was."""
    given = (asked.partner, asked.commission, asked.cause, asked.pledge, Base(asked.of))
    try:
        rule = ShareRule(asked.community, asked.since, *given)
        money_rules.add(ctx, rule, asked.by or f"terminal {getpass.getuser()}")
    except ValueError as error:  # nobody could keep it, or it would begin before what is shared out already
        return str(error)
    except StaleWriteError:
        return f"a rule begins on {asked.since} already"
    return ""


def _progress(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    quarter = asked.quarter or Quarter.of(thai_day(ctx.clock()))
    if asked.chart and asked.community:
        found = progress.of_quarters(ctx, asked.community, quarter)
        return _write(progress.sales_chart(found, asked.language).encode() + b"\n")
    told = progress.of_all(ctx, quarter, [asked.community] if asked.community else ())
    if asked.csv:
        return _write(progress.csv_of(told.rows, asked.language))
    if asked.json:
        return _say(asked, [asdict(told)])
    return _table(progress.HEADING[asked.language], progress.rows(told.rows, asked.language))


def _shops(ctx: Context, asked: argparse.Namespace) -> tuple[Shop, ...]:
    if asked.shop:
        return (ctx.store.shops.get(asked.shop),)
    return ctx.store.shops.of_community(asked.community) if asked.community else ctx.store.shops.list()


def _say(asked: argparse.Namespace, rows: list[dict[str, Any]]) -> int:
    if asked.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=_plain))
        return 0
    for row in rows:
        print("  ".join(f"{name}={_words(value)}" for name, value in row.items() if value not in ("", None, [], ())))
    return 0


def _words(value: Any) -> str:
    amount = isinstance(value, dict) and value.keys() == {"minor", "currency"}
    return str(Money(**value)) if amount else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _table(head: tuple[str, ...], body: tuple[tuple[str, ...], ...]) -> int:
    print("\n".join("\t".join(row) for row in (head, *body)))
    return 0


def _write(data: bytes) -> int:
    sys.stdout.buffer.write(data)
    return 0


def _first_day(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month like 2026-11") from None


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _basis_points(text: str) -> int:
    try:
        return Money.parse(text).minor
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage with at most two decimals") from None

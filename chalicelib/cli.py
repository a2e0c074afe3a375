"""The `pinto` command: the same use cases from a terminal."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, is_dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError
from pydantic import ValidationError

from chalicelib import bootstrap, cli_communities, cli_drift, cli_letters, cli_money, cli_orders, cli_plans, cli_rules
from chalicelib.cli_rules import why_lines
from chalicelib.domain.balance import business_day
from chalicelib.domain.bundles import BundleError
from chalicelib.domain.errors import LeaseLostError, MarketplaceError, NotFoundError, StaleWriteError
from chalicelib.domain.policy import PolicyError
from chalicelib.domain.ports import Store
from chalicelib.domain.privacy import OpeningRefusedError
from chalicelib.domain.reckoning import in_words
from chalicelib.domain.shops import AppKeys, Shop, ShopState, Tokens
from chalicelib.domain.stock import StockError
from chalicelib.domain.synclog import Entry, Run, RunState
from chalicelib.domain.waiting_plans import StalePlanError
from chalicelib.sync import import_catalogue, publish, reconcile, take_orders, why
from chalicelib.sync.context import Context, ShopBusyError, ShopClosedError
from chalicelib.sync.import_catalogue import ImportResult
from chalicelib.sync.import_report import as_facts, as_lines

ROUNDS = 6
WAIT_S = 6.0

Rows = list[dict[str, Any]]

# What a person at a terminal can act on; anything else is a bug and shows where.
CLEAR = (
    *(MarketplaceError, NotFoundError, StaleWriteError, LeaseLostError, ShopClosedError, ShopBusyError),
    *(StalePlanError, BundleError, PolicyError, StockError, OpeningRefusedError),
    *(OSError, BotoCoreError),  # a file that is not there, a cloud that does not answer
)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when done; 1 when something was refused or is not clean; 2 for a command that makes no sense."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.do(asked))
    except CLEAR as error:
        return _complain(asked, _in_words(error))
    except ValidationError as error:
        missing = ", ".join(str(one["loc"][0]).upper() for one in error.errors())
        return _complain(asked, f"the environment names no Pinto to work on: set {missing}, as `make run` prints them")


# --- commands -----------------------------------------------------------------------------------------------


def _import(asked: argparse.Namespace) -> int:
    store = bootstrap.store()
    folder = Path(asked.photos) if asked.photos else Path(asked.file).parent / "photos"
    photos = {path.name: path.read_bytes() for path in _photo_files(folder)}
    data = Path(asked.file).read_bytes()
    policy = "skip_bad_rows" if asked.skip_bad_rows else "all_or_nothing"
    if asked.preview:
        made = ImportResult(import_catalogue.preview(data, photos, store, asked.community), written=False)
    else:
        made = import_catalogue.apply(data, photos, store, asked.community, at=bootstrap.now_utc(), policy=policy)
    if asked.json:
        _show(asked, [as_facts(made)])
    else:
        print("\n".join(as_lines(made, asked.preview)))
    return 1 if made.plan.refused else 0


def _plan(asked: argparse.Namespace) -> int:
    if cli_plans.is_asked(asked):
        return cli_plans.plans(asked, _shops(bootstrap.context(), asked) if asked.waiting else ())
    return _for_each_shop(asked, _plan_one)


def _plan_one(ctx: Context, shop: Shop, asked: argparse.Namespace) -> tuple[Rows, bool]:
    made = publish.preview(ctx, shop.id)
    changes = (*made.changes, *made.skipped)
    return [{"shop": shop.id, "change": type(change).__name__, **_plain(change)} for change in changes], True


def _sync(asked: argparse.Namespace) -> int:
    return _for_each_shop(asked, _sync_shop)


def _sync_shop(ctx: Context, shop: Shop, asked: argparse.Namespace) -> tuple[Rows, bool]:
    run = _sync_one(ctx, shop.id)
    return [_plain(run)], run.state is RunState.COMPLETE


def _sync_one(ctx: Context, shop_id: str) -> Run:
    """Publishes until the run is complete; a channel that wants a pause between two steps gets it."""
    for left in reversed(range(ROUNDS)):
        try:
            run = publish.publish(ctx, shop_id, trigger="terminal")
        except ShopBusyError:
            if not left:
                raise
            time.sleep(1)
            continue
        if run.state is not RunState.STOPPED or not left:
            return run
        time.sleep(WAIT_S)
    raise ShopBusyError(shop_id)


def _orders(asked: argparse.Namespace) -> int:
    return _for_each_shop(asked, _orders_of)


def _orders_of(ctx: Context, shop: Shop, asked: argparse.Namespace) -> tuple[Rows, bool]:
    if asked.poll:
        take_orders.poll(ctx, shop.id)
    rows: Rows = []
    for order in ctx.store.orders.latest(shop.id, asked.limit):
        lines = ", ".join(f"{line.seller_sku}x{line.quantity} {line.state.value}" for line in order.lines)
        rows.append(
            {
                "shop": shop.id,
                "order": order.order_id,
                "state": order.state.value,
                "total": str(order.total),
                "created_at": order.created_at.isoformat(),
                "lines": lines,
            }
        )
    return rows, True


def _balance(asked: argparse.Namespace) -> int:
    return _for_each_shop(asked, _balance_one)


def _balance_one(ctx: Context, shop: Shop, asked: argparse.Namespace) -> tuple[Rows, bool]:
    made = reconcile.balance(ctx, shop.id, asked.day or business_day(ctx.clock()))
    return [{**_plain(made), "unexplained": made.unexplained, "clean": made.is_clean}], made.is_clean


def _for_each_shop(
    asked: argparse.Namespace, do: Callable[[Context, Shop, argparse.Namespace], tuple[Rows, bool]]
) -> int:
    """Each shop by itself: what one shop cannot do is said at the end, after the others were done."""
    ctx = bootstrap.context()
    rows: Rows = []
    fine, troubles = True, []
    for shop in _shops(ctx, asked):
        try:
            found, good = do(ctx, shop, asked)
        except CLEAR as error:
            troubles.append(f"{shop.id}: {_in_words(error)}")
            found, good = [{"shop": shop.id, "error": _in_words(error)}] if asked.json else [], False
        rows += found
        fine = fine and good
    _show(asked, rows)
    for trouble in troubles:
        print(f"pinto: {trouble}", file=sys.stderr)
    return 0 if fine else 1


def _log(asked: argparse.Namespace) -> int:
    log = bootstrap.store().log
    if asked.community:
        bootstrap.store().communities.get(asked.community)
    if asked.run:
        _show(asked, [_entry(entry) for entry in log.entries(asked.run)])
    elif asked.entries:
        _show(asked, [_entry(entry) for entry in log.recent_entries(asked.community, asked.limit)])
    else:
        _show(asked, [_plain(run) for run in log.runs(asked.community, asked.limit)])
    return 0


def _entry(entry: Entry) -> dict[str, Any]:
    """An entry with the arithmetic of its number in words."""
    return {**_plain(entry), "why": in_words(entry.why)}


def _shops_list(asked: argparse.Namespace) -> int:
    store = bootstrap.store()
    if asked.community:
        store.communities.get(asked.community)
    shops = store.shops.of_community(asked.community) if asked.community else store.shops.list()
    _show(asked, [_plain(shop) for shop in shops])
    return 0


def _shops_add(asked: argparse.Namespace) -> int:
    store = bootstrap.store()
    store.communities.get(asked.community)
    shop_id = _shop_id(store, asked)
    known = next((one for one in store.shops.of_community(asked.community) if one.id == shop_id), None)
    shop = Shop(
        id=shop_id,
        community=asked.community,
        channel=asked.channel,
        remote_id=asked.shop_id,
        app_key=asked.app_key,
        base_url=asked.base_url,
        connected_at=known.connected_at if known else bootstrap.now_utc().replace(microsecond=0),
    )
    store.shops.save_app(AppKeys(asked.channel, asked.app_key, asked.app_secret, asked.push_key))
    # How long the given pair still lives is not known here: it is renewed soon, and the answer tells.
    now = bootstrap.now_utc()
    tokens = Tokens(asked.access_token, asked.refresh_token, now + timedelta(hours=1), now + timedelta(days=30))
    store.shops.save_tokens(shop.id, tokens, None)
    store.shops.save(shop)  # last: from here on workers speak for it
    _show(asked, [_plain(shop)])
    return 0


def _shop_id(store: Store, asked: argparse.Namespace) -> str:
    """Consent given again keeps the shop; another seller account is another shop, with a history of its own."""
    try:
        known = store.shops.by_remote(asked.channel, asked.shop_id)
        if known.community == asked.community:
            return known.id
    except NotFoundError:
        pass
    plain = f"{asked.community}-{asked.channel}"
    taken = {shop.id for shop in store.shops.of_community(asked.community)}
    return f"{plain}-{asked.shop_id}" if plain in taken else plain


def _shops_pause(asked: argparse.Namespace) -> int:
    shops = bootstrap.store().shops
    state = ShopState.ACTIVE if asked.resume else ShopState.PAUSED
    shops.save(replace(shops.get(asked.shop), state=state, note=""))
    _show(asked, [_plain(shops.get(asked.shop))])
    return 0


def _why(asked: argparse.Namespace) -> int:
    answer = why.why(bootstrap.context(), asked.community, asked.sku)
    if asked.json:
        _show(asked, [_plain(answer)])
        return 0
    print("\n".join(why_lines(answer)))
    return 0


def _sandbox(asked: argparse.Namespace) -> int:
    """Becomes the practice marketplace's own process: the product itself never imports it."""
    command = ["-m", "sandbox.market.server", "--channel", asked.channel]
    # Without a seed each is another app with another shop, as two seller accounts are.
    seed = secrets.randbelow(10**6) + 2 if asked.seed is None else asked.seed
    command += ["--port", str(asked.port), "--seed", str(seed)]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606  our own module, no shell


# --- words in and out ---------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="pinto",
        description="One master catalogue per community, in step with every marketplace.",
        epilog="Needs the environment that `make run` prints, or a deployment's. Start with: pinto shops list",
    )
    commands = top.add_subparsers(required=True, metavar="command")

    one = _command(commands, "import", _import, "bring a product workbook into the catalogue: preview, then apply")
    one.add_argument("file", help="the Excel workbook")
    one.add_argument("--community", required=True)
    one.add_argument("--photos", help="folder with the photos the workbook names (default: photos/ beside it)")
    one.add_argument("--preview", action="store_true", help="say what would happen and write nothing")
    one.add_argument("--skip-bad-rows", action="store_true", help="write the good products, name the bad ones")

    for name, do, text in (
        ("plan", _plan, "what a sync would change, and why; writes nothing"),
        ("sync", _sync, "make shops show the catalogue: plan, apply, look again"),
        ("orders", _orders, "orders as we know them; --poll reads the marketplace first"),
        ("balance", _balance, "balance a Thai business day: every order and every offer accounted for"),
    ):
        one = _command(commands, name, do, text)
        _choosing_shops(one)
        if name == "plan":
            cli_plans.add_arguments(one)
        if name == "orders":
            one.add_argument("--poll", action="store_true")
            one.add_argument("--limit", type=int, default=50)
        if name == "balance":
            one.add_argument("--day", type=date.fromisoformat, help="YYYY-MM-DD, Thai calendar day (default: today)")

    one = _command(commands, "log", _log, "the sync log: runs, or the entries of one")
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--community")
    which.add_argument("--run", help="entries of this run")
    one.add_argument("--entries", action="store_true", help="newest entries of the community over all runs")
    one.add_argument("--limit", type=int, default=50)

    _shop_commands(commands)

    one = _command(commands, "why", _why, "why a shop shows the number it shows")
    one.add_argument("--community", required=True)
    one.add_argument("--sku", required=True)

    cli_rules.register(commands, _command)
    cli_letters.register(commands, _command)
    cli_communities.register(commands, _command)
    cli_drift.register(commands, _command)
    cli_orders.register(commands, _command)
    cli_money.register(commands, _command)

    one = _command(commands, "sandbox", _sandbox, "one practice marketplace alone; the first line printed is JSON")
    one.add_argument("--channel", required=True, choices=bootstrap.channel_names())
    one.add_argument("--port", type=int, default=0, help="0 takes any free one")
    one.add_argument("--seed", type=int, help="the same seed, the same ids and keys (default: new ones)")
    return top


def _shop_commands(commands: Any) -> None:
    shops = commands.add_parser("shops", help="list, add or pause shops").add_subparsers(required=True)
    one = _command(shops, "list", _shops_list, "shops and whether work may be done for them")
    one.add_argument("--community")
    one = _command(shops, "add", _shops_add, "connect a shop without a browser")
    one.add_argument("--channel", required=True, choices=bootstrap.channel_names())
    for name in ("community", "app-key", "app-secret", "shop-id", "access-token", "refresh-token"):
        one.add_argument(f"--{name}", required=True)
    one.add_argument("--base-url", default="", help="where the connector calls (default: the real host)")
    one.add_argument("--push-key", default="", help="where the channel signs pushes with a key of their own")
    one = _command(shops, "pause", _shops_pause, "do no work for a shop until resumed")
    one.add_argument("--shop", required=True)
    one.add_argument("--resume", action="store_true", help="take the shop up again")


def _command(commands: Any, name: str, do: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    one.add_argument("--json", action="store_true", help="one JSON list instead of lines")
    one.set_defaults(do=do)
    return one


def _choosing_shops(one: argparse.ArgumentParser) -> None:
    which = one.add_mutually_exclusive_group()
    which.add_argument("--shop", help="one shop, as `pinto shops list` names it")
    which.add_argument("--community", help="all shops of one community (default: all shops)")


def _shops(ctx: Context, asked: argparse.Namespace) -> Iterable[Shop]:
    if asked.shop:
        return [ctx.store.shops.get(asked.shop)]
    if asked.community:
        ctx.store.communities.get(asked.community)
        return ctx.store.shops.of_community(asked.community)
    return [shop for shop in ctx.store.shops.list() if shop.state is ShopState.ACTIVE]


def _photo_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _plain(value: Any) -> dict[str, Any]:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else dict(value)


def _show(asked: argparse.Namespace, rows: Rows) -> None:
    if asked.json:
        print(json.dumps(rows, ensure_ascii=False, default=_text, indent=2))
        return
    for row in rows:
        print("  ".join(f"{name}={_text(value)}" for name, value in row.items() if value not in ("", None, (), {})))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _in_words(error: Exception) -> str:
    request = f" (request {error.request_id or '-'})" if isinstance(error, MarketplaceError) else ""
    return f"{type(error).__name__}: {error}{request}"


def _complain(asked: argparse.Namespace, message: str) -> int:
    if getattr(asked, "json", False):
        print(json.dumps({"error": message}, ensure_ascii=False))
    print(f"pinto: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

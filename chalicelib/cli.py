"""The `pinto` command: the same use cases from a terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, is_dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.balance import business_day
from chalicelib.domain.errors import MarketplaceError, NotFoundError
from chalicelib.domain.shops import AppKeys, Shop, ShopState, Tokens
from chalicelib.domain.synclog import Run, RunState
from chalicelib.sync import import_catalogue, publish, reconcile, take_orders, why
from chalicelib.sync.context import Context, ShopBusyError, ShopClosedError

ROUNDS = 6
WAIT_S = 6.0

Rows = list[dict[str, Any]]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when done; 1 when something was refused or is not clean; 2 for a command that makes no sense."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.do(asked))
    except (NotFoundError, ShopClosedError, ShopBusyError) as error:
        return _complain(asked, f"{type(error).__name__}: {error}")
    except MarketplaceError as error:
        return _complain(asked, f"{type(error).__name__}: {error} (request {error.request_id or '-'})")


# --- commands -----------------------------------------------------------------------------------------------


def _import(asked: argparse.Namespace) -> int:
    store = bootstrap.store()
    folder = Path(asked.photos) if asked.photos else Path(asked.file).parent / "photos"
    photos = {path.name: path.read_bytes() for path in _photo_files(folder)}
    data = Path(asked.file).read_bytes()
    policy = "skip_bad_rows" if asked.skip_bad_rows else "all_or_nothing"
    if asked.preview:
        plan, written = import_catalogue.preview(data, photos, store, asked.community), False
    else:
        result = import_catalogue.apply(data, photos, store, asked.community, at=bootstrap.now_utc(), policy=policy)
        plan, written = result.plan, result.written
    facts = {
        "written": written,
        "created": len(plan.created),
        "changed": len(plan.changed),
        "unchanged": len(plan.unchanged),
        "refused": [_plain(problem) for problem in plan.refused],
    }
    _show(asked, [facts])
    return 1 if plan.refused or plan.fatal else 0


def _plan(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    rows: Rows = []
    for shop in _shops(ctx, asked):
        made = publish.preview(ctx, shop.id)
        for change in (*made.changes, *made.skipped):
            rows.append({"shop": shop.id, "change": type(change).__name__, **_plain(change)})
    _show(asked, rows)
    return 0


def _sync(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    runs = [_sync_one(ctx, shop.id) for shop in _shops(ctx, asked)]
    _show(asked, [_plain(run) for run in runs])
    return 0 if all(run.state is RunState.COMPLETE for run in runs) else 1


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
    ctx = bootstrap.context()
    rows: Rows = []
    for shop in _shops(ctx, asked):
        if asked.poll:
            take_orders.poll(ctx, shop.id)
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
    _show(asked, rows)
    return 0


def _balance(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    day = asked.day or business_day(ctx.clock())
    made = [reconcile.balance(ctx, shop.id, day) for shop in _shops(ctx, asked)]
    _show(asked, [{**_plain(one), "unexplained": one.unexplained, "clean": one.is_clean} for one in made])
    return 0 if all(one.is_clean for one in made) else 1


def _log(asked: argparse.Namespace) -> int:
    log = bootstrap.store().log
    if asked.run:
        _show(asked, [_plain(entry) for entry in log.entries(asked.run)])
    elif asked.entries:
        _show(asked, [_plain(entry) for entry in log.recent_entries(asked.community, asked.limit)])
    else:
        _show(asked, [_plain(run) for run in log.runs(asked.community, asked.limit)])
    return 0


def _shops_list(asked: argparse.Namespace) -> int:
    store = bootstrap.store()
    shops = store.shops.of_community(asked.community) if asked.community else store.shops.list()
    _show(asked, [_plain(shop) for shop in shops])
    return 0


def _shops_add(asked: argparse.Namespace) -> int:
    store = bootstrap.store()
    store.communities.get(asked.community)
    shop = Shop(
        id=f"{asked.community}-{asked.channel}",
        community=asked.community,
        channel=asked.channel,
        remote_id=asked.shop_id,
        app_key=asked.app_key,
        base_url=asked.base_url,
    )
    store.shops.save_app(AppKeys(asked.channel, asked.app_key, asked.app_secret, asked.push_key))
    store.shops.save(shop)
    # How long the given pair still lives is not known here: it is renewed soon, and the answer tells.
    now = bootstrap.now_utc()
    tokens = Tokens(asked.access_token, asked.refresh_token, now + timedelta(hours=1), now + timedelta(days=30))
    store.shops.save_tokens(shop.id, tokens, None)
    _show(asked, [_plain(shop)])
    return 0


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
    mode = "split between the shops" if answer.split else "every shop may show all of it"
    print(
        f"{answer.sku}: on hand {answer.on_hand} - reserved {answer.reserved} - buffer {answer.buffer}"
        f" = {answer.sellable} ({mode})"
    )
    for shop in answer.shops:
        seen = f"read back {shop.seen_at:%Y-%m-%d %H:%M:%S} UTC = {shop.shown}" if shop.seen_at else "not listed"
        print(f"  {shop.shop}: due {shop.due}; {seen}")
    return 0


def _sandbox(asked: argparse.Namespace) -> int:
    """Becomes the practice marketplace's own process: the product itself never imports it."""
    command = ["-m", "sandbox.market.server", "--channel", asked.channel]
    command += ["--port", str(asked.port), "--seed", str(asked.seed)]
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

    one = _command(commands, "sandbox", _sandbox, "one practice marketplace alone; the first line printed is JSON")
    one.add_argument("--channel", required=True, choices=("lazada", "shopee"))
    one.add_argument("--port", type=int, default=0)
    one.add_argument("--seed", type=int, default=1)
    return top


def _shop_commands(commands: Any) -> None:
    shops = commands.add_parser("shops", help="list, add or pause shops").add_subparsers(required=True)
    one = _command(shops, "list", _shops_list, "shops and whether work may be done for them")
    one.add_argument("--community")
    one = _command(shops, "add", _shops_add, "connect a shop without a browser")
    for name in ("community", "channel", "app-key", "app-secret", "shop-id", "access-token", "refresh-token"):
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


def _complain(asked: argparse.Namespace, message: str) -> int:
    if getattr(asked, "json", False):
        print(json.dumps({"error": message}, ensure_ascii=False))
    print(f"pinto: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

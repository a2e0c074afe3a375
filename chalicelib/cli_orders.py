"""Commands of `pinto` about orders: parcels, returns, what is left for a person, and buyers' details."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.shipping import Parcel, ToPack
from chalicelib.sync import cancel, fulfil, privacy, returns
from chalicelib.sync.context import Context

Add = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
Rows = list[dict[str, Any]]
STEPS = ("choices", "pack", "label", "ready", "track", "cancel-reasons", "cancel", "agree-cancel", "refuse-cancel")


def register(commands: Any, add: Add) -> None:
    """`to-pack`, `parcel`, `returns`, `tasks` and `buyers` are commands."""
    one = add(commands, "to-pack", _to_pack, "orders that have not left yet, the nearest deadline first")
    one.add_argument("--community", required=True)

    one = add(commands, "parcel", _parcel, "one step with one order: choices, pack, label, ready, track, cancel")
    one.add_argument("step", choices=STEPS)
    one.add_argument("--shop", required=True, help="as `pinto shops list` names it")
    one.add_argument("--order", required=True)
    one.add_argument("--line", action="append", default=[], help="only these lines (default: all that fit)")
    one.add_argument("--choice", default="", help="for pack: an id `choices` gave")
    one.add_argument("--reason", default="", help="for cancel: an id `cancel-reasons` gave")
    one.add_argument("--out", help="for label: the file to write")
    one.add_argument("--person", default="pinto", help="who does it, for the log")

    one = add(commands, "returns", _returns, "returns of a shop; answer one, or count its goods in")
    one.add_argument("--shop", required=True)
    one.add_argument("--poll", action="store_true", help="read the marketplace first")
    one.add_argument("--id", help="the return meant by the options below")
    which = one.add_mutually_exclusive_group()
    which.add_argument("--agree", action="store_true")
    which.add_argument("--refuse", metavar="REASON")
    which.add_argument("--count-in", type=int, metavar="UNITS", help="units of --line that lie on the shelf again")
    one.add_argument("--line", default="")
    one.add_argument("--person", default="pinto")

    one = add(commands, "tasks", _tasks, "differences the nightly balance left for a person")
    one.add_argument("--community", required=True)
    one.add_argument("--solve", metavar="ID", help="this one is solved")
    one.add_argument("--note", default="", help="how")
    one.add_argument("--person", default="pinto")

    one = add(commands, "buyers", _buyers, "a buyer asks for his data or its erasure (Thai PDPA); who opened what")
    one.add_argument("what", choices=("request", "erase", "openings"))
    one.add_argument("--community", required=True)
    which = one.add_mutually_exclusive_group()
    which.add_argument("--order", default="", help="the order's id at the marketplace")
    which.add_argument("--phone", default="", help="the buyer's whole number")
    one.add_argument("--person", default="pinto", help="who asks, for the record")


def _to_pack(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    ctx.store.communities.get(asked.community)
    return _say(asked, [_waiting(ctx, one) for one in fulfil.to_hand_over(ctx, asked.community)])


def _waiting(ctx: Context, one: ToPack) -> dict[str, Any]:
    return {
        "shop": one.order.shop,
        "order": one.order.order_id,
        "state": one.order.state.value,
        "hand_over_by": one.hand_over_by.isoformat(),
        "deadline": "channel" if one.by_channel else "community",
        "late": one.is_late(ctx.clock()),
        "cancel_asked": one.order.cancel_asked,
        "to_pack": [line.line_id for line in one.waiting_lines],
        "parcels": [parcel.package_id for parcel in one.parcels],
    }


def _parcel(asked: argparse.Namespace) -> int:
    ctx, shop, order, step = bootstrap.context(), asked.shop, asked.order, asked.step
    if step == "choices":
        return _say(asked, [_row(one) for one in fulfil.choices(ctx, shop, order)])
    if step == "pack":
        return _say(asked, _parcels(fulfil.pack(ctx, shop, order, asked.choice, asked.line, asked.person)))
    if step == "label":
        printed = fulfil.label(ctx, shop, order, asked.person)
        path = Path(asked.out or f"label-{order}.{'pdf' if 'pdf' in printed.content_type else 'html'}")
        path.write_bytes(printed.data)
        return _say(asked, [{"label": str(path), "bytes": len(printed.data)}])
    if step == "ready":
        return _say(asked, [_row(one) for one in fulfil.ready(ctx, shop, order, asked.person)])
    if step == "track":
        return _say(asked, _parcels(fulfil.track(ctx, shop, order)))
    if step == "cancel-reasons":
        return _say(asked, [_row(one) for one in cancel.reasons(ctx, shop, order, asked.line)])
    if step == "cancel":
        return _say(asked, [_row(cancel.cancel(ctx, shop, order, asked.reason, asked.line, asked.person))])
    agree = step == "agree-cancel"
    return _say(asked, [_row(cancel.answer_cancellation(ctx, shop, order, agree=agree, person=asked.person))])


def _returns(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    shop = ctx.store.shops.get(asked.shop)
    if asked.poll:
        returns.poll(ctx, shop.id)
    if asked.agree or asked.refuse:
        told = returns.answer(
            ctx, shop.id, asked.id or "", agree=asked.agree, reason=asked.refuse or "", person=asked.person
        )
        return _say(asked, [_row(told)])
    if asked.count_in is not None:
        returns.count_in(ctx, shop.id, asked.id or "", asked.line, asked.count_in, asked.person)
    found = [one for one in ctx.store.returns.latest(shop.id) if asked.id in (None, one.return_id)]
    return _say(asked, [_row(one) | {"wants": returns.wants(one)} for one in found])


def _tasks(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    ctx.store.communities.get(asked.community)
    if asked.solve:
        solved = ctx.store.tasks.solve(asked.community, asked.solve, asked.person, ctx.clock(), asked.note)
        return _say(asked, [_row(solved)])
    return _say(asked, [_row(task) for task in ctx.store.tasks.open(asked.community)])


def _buyers(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    ctx.store.communities.get(asked.community)
    if asked.what == "openings":
        return _say(asked, [_row(one) for one in ctx.store.openings.latest(asked.community)])
    if not (asked.order or asked.phone):
        raise NotFoundError("say whose: --order ID or --phone NUMBER")
    found = _found(ctx, asked)
    if not found:
        raise NotFoundError("no such buyer here")
    if asked.what == "request":
        return _say(asked, privacy.told(ctx, asked.person, asked.community, found))
    done = privacy.erase(ctx, asked.community, found)
    _say(asked, [{"erased": list(done.erased), "kept_until_delivered": list(done.kept)}])
    return 1 if done.kept else 0


def _found(ctx: Context, asked: argparse.Namespace) -> Any:
    try:
        return privacy.find(ctx, asked.person, asked.community, order_id=asked.order, phone=asked.phone)
    except ValueError as error:
        raise NotFoundError(str(error)) from None


def _parcels(found: tuple[Parcel, ...]) -> Rows:
    return [_row(parcel) for parcel in found]


def _row(thing: Any) -> dict[str, Any]:
    from chalicelib.store.items import to_item

    return to_item(thing)


def _say(asked: argparse.Namespace, rows: Rows) -> int:
    if asked.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print("  ".join(f"{name}={value}" for name, value in row.items() if value not in ("", None, [], ())))
    return 0

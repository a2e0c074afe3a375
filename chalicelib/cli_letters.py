"""The command `pinto letters`: dead letters with their reasons, a look at what a replay would do, and the replay."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.errors import NotFoundError
from chalicelib.sync import dead_letters
from chalicelib.sync.dead_letters import LANES, Foreseen, Told

Add = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def register(commands: Any, add: Add) -> None:
    """`letters` is a command."""
    one = add(commands, "letters", _letters, "messages that failed for good: why, and send them again")
    one.add_argument("--lane", choices=LANES, help="one lane (default: all)")
    one.add_argument("--limit", type=int, default=200, help="letters of each lane at most")
    which = one.add_mutually_exclusive_group()
    which.add_argument("--replay", action="append", default=[], metavar="ID", help="send this letter again")
    which.add_argument("--cluster", help="send every letter of equal errors again")
    which.add_argument("--all", action="store_true", help="send all of them again")
    which.add_argument("--drop", action="append", default=[], metavar="ID", help="delete this letter for good")
    one.add_argument("--preview", action="store_true", help="with --replay, --cluster or --all: say what it would do")


def _letters(asked: argparse.Namespace) -> int:
    ctx, dead = bootstrap.context(), bootstrap.dead_letters()
    told = dead_letters.read(ctx, dead, (asked.lane,) if asked.lane else LANES, asked.limit)
    if not (asked.replay or asked.cluster or asked.all or asked.drop):
        _say(asked, [_row(one) for one in told])
        return 0
    wanted = dead_letters.chosen(told, ids=(*asked.replay, *asked.drop), cluster=asked.cluster or "", all_=asked.all)
    if not wanted and not asked.all:
        raise NotFoundError("no such dead letter")
    if asked.preview:
        _say(asked, _foreseen(dead_letters.preview(ctx, wanted)))
    elif asked.drop:
        _say(asked, [{"dropped": dead.drop([one.letter for one in wanted])}])
    else:
        _say(asked, [{"replayed": dead_letters.replay(dead, wanted)}])
    return 0


def _row(told: Told) -> dict[str, Any]:
    failure = told.failure
    return {
        "id": told.letter.id,
        "lane": told.letter.lane,
        "cluster": told.cluster,
        "kind": told.kind,
        "shop": told.shop_id,
        "community": told.shop.community if told.shop else "",
        "error": told.error,
        "user_key": told.user_key,
        "code": failure.code if failure else "",
        "text": failure.text if failure else "",
        "request_id": failure.request_id if failure else "",
        "run": failure.run if failure else "",
        "cause": failure.cause if failure else "",
        "times": failure.times if failure else 0,
        "received": told.letter.received,
        "first_at": told.first_at.isoformat(),
        "last_at": told.last_at.isoformat(),
        "message": dict(told.letter.message) or told.letter.body,
    }


def _foreseen(seen: Foreseen) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "shop": effect.shop,
            "changes": dict(effect.counts),
            "first": list(effect.lines),
            "skipped": effect.skipped,
            "trouble": effect.trouble,
        }
        for effect in seen.effects
    ]
    rows += [{"kind": kind, "letters": units} for kind, units in sorted(seen.looks.items())]
    if seen.untried:
        rows.append({"shops_not_looked_at": seen.untried})
    return [*rows, {"unreadable": seen.unreadable}] if seen.unreadable else rows


def _say(asked: argparse.Namespace, rows: list[dict[str, Any]]) -> None:
    if asked.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        print("  ".join(f"{name}={value}" for name, value in row.items() if value not in ("", 0, {}, [])))

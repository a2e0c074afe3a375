"""The command `pinto communities`: the list, and one more community (or a corrected one)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.catalogue import Community
from chalicelib.store.items import to_item

Add = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
_LED = {"yes": True, "no": False, "unknown": None}


def register(commands: Any, add: Add) -> None:
    """`communities` is a command."""
    one = add(commands, "communities", _communities, "the communities; with `add`, one more or a corrected one")
    one.add_argument("what", nargs="?", choices=("list", "add"), default="list")
    for name in ("id", "name-th", "group-th", "province-th", "province-en", "region"):
        one.add_argument(f"--{name}", default="", help="for add")
    one.add_argument("--women-led", choices=tuple(_LED), default="unknown", help="for add")


def _communities(asked: argparse.Namespace) -> int:
    store = bootstrap.context().store
    if asked.what == "add":
        made = _made(asked)
        store.communities.save(made)
        return _say(asked, (made,))
    return _say(asked, store.communities.list())


def _made(asked: argparse.Namespace) -> Community:
    from chalicelib.web.views.communities import FIELDS, problem

    typed = {name: getattr(asked, name) for name in (*FIELDS, "region")}
    if wrong := problem(typed):
        raise SystemExit(f"pinto communities add: {wrong}: a short id and every name are needed")
    return Community(**typed, women_led=_LED[asked.women_led])


def _say(asked: argparse.Namespace, found: tuple[Community, ...]) -> int:
    if asked.json:
        print(json.dumps([to_item(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            print(f"{one.id:<24} {one.name_th}  {one.province_th}")
    return 0

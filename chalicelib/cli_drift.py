"""The command `pinto drift`: where a shop differs, whose field it is, and a choice of a side."""

from __future__ import annotations

import argparse
import getpass
import json
import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from chalicelib import bootstrap
from chalicelib.sync import drift, sweep
from chalicelib.sync.edit_rules import FIELDS

Add = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]


def register(commands: Any, add: Add) -> None:
    """`drift` is a command."""
    one = add(commands, "drift", _drift, "where a shop differs from the catalogue, and whose field that is")
    one.add_argument("shop", help="as `pinto shops list` names it")
    which = one.add_mutually_exclusive_group()
    pair: dict[str, Any] = {"nargs": 2, "metavar": ("FIELD", "SKU")}
    which.add_argument("--take", **pair, help=f"what the shop shows is right ({', '.join(FIELDS)}): into the catalogue")
    which.add_argument("--keep", **pair, help="the seller keeps this field by hand in this shop")


def _drift(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    ctx.store.shops.get(asked.shop)
    field, sku = asked.take or asked.keep or ("", "")
    if field and field not in FIELDS:
        raise SystemExit(f"pinto drift: {field}: choose from {', '.join(FIELDS)}")
    if asked.take:
        by = f"terminal {getpass.getuser()}"
        value = drift.take(ctx, asked.shop, sku, field, edit=f"drift-{uuid.uuid4().hex[:12]}", by=by)
        return _say(asked, [{"shop": asked.shop, "seller_sku": sku, "field": field, "taken": value}])
    if asked.keep:
        kept = drift.keep(ctx, asked.shop, sku, field)
        return _say(asked, [{"shop": asked.shop, "seller_sku": sku, "kept": sorted(kept)}])
    found = [{"shop": asked.shop, **asdict(one)} for one in drift.differences(ctx, asked.shop)]
    if not asked.json:
        print(f"{asked.shop}: every offer is looked at within {sweep.bound_h(ctx, asked.shop)} h")
    return _say(asked, found)


def _say(asked: argparse.Namespace, rows: list[dict[str, Any]]) -> int:
    if asked.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print("  ".join(f"{name}={value}" for name, value in row.items() if value != ""))
    return 0

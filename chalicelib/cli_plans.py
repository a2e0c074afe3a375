"""The command `pinto plan`, where it is about plans that wait: shown with every change, approved, refused."""

from __future__ import annotations

import argparse
import getpass
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.shops import Shop
from chalicelib.domain.waiting_plans import WaitingPlan
from chalicelib.sync import held_plans
from chalicelib.sync.context import Context


def add_arguments(one: argparse.ArgumentParser) -> None:
    """`plan` also knows the plans that wait for a person."""
    which = one.add_mutually_exclusive_group()
    which.add_argument("--waiting", action="store_true", help="the stored plans that wait for a person, every change")
    which.add_argument("--approve", metavar="SHOP", help="the plan that waits for this shop may run")
    which.add_argument("--refuse", metavar="SHOP", help="the plan that waits for this shop stays undone")
    one.add_argument("--fingerprint", help="with --approve or --refuse: only if it is still this plan")
    one.add_argument("--by", default="", metavar="WHO", help="with --approve or --refuse: who says so (default: you)")


def is_asked(asked: argparse.Namespace) -> bool:
    """Whether the command is about stored plans."""
    return bool(asked.waiting or asked.approve or asked.refuse)


def plans(asked: argparse.Namespace, shops: Iterable[Shop]) -> int:
    """Stored plans were shown, or one was decided. Raises: NotFoundError, StalePlanError."""
    ctx = bootstrap.context()
    if asked.waiting:
        stored = [plan for shop in shops if (plan := ctx.store.plans.waiting(shop.id)) is not None]
    else:
        stored = [_decided(ctx, asked, asked.approve or asked.refuse)]
    if asked.json:
        print(json.dumps([row(plan) for plan in stored], ensure_ascii=False, indent=2))
    else:
        print("\n".join(line for plan in stored for line in lines(plan)) or "no plan waits")
    return 0


def row(plan: WaitingPlan) -> dict[str, Any]:
    """A stored plan as JSON.

    Shape: {"shop", "run", "fingerprint", "state": "waiting"|"approved"|"refused", "by", "made_at", "expires_at",
    "reasons": [str], "changes": [{"kind", "product_code", "seller_sku", "field", "was", "to", "because"}]}
    """
    return {
        "shop": plan.shop,
        "run": plan.run,
        "fingerprint": plan.fingerprint,
        "state": _state(plan),
        "by": plan.approved_by or plan.refused_by,
        "made_at": plan.made_at.isoformat(),
        "expires_at": plan.expires_at.isoformat(),
        "reasons": list(plan.reasons),
        "changes": [asdict(change) for change in plan.changes],
    }


def lines(plan: WaitingPlan) -> list[str]:
    """A stored plan as a person at a terminal reads it: what it is, then one line a change."""
    head = f"{plan.shop}  {_state(plan)}  {', '.join(plan.reasons)}  {plan.fingerprint}"
    told = f"  made {plan.made_at.isoformat(timespec='minutes')}, good until {plan.expires_at:%Y-%m-%d %H:%M} UTC"
    return [head, told, *(f"  {change.line}  ({change.because})" for change in plan.changes)]


def _decided(ctx: Context, asked: argparse.Namespace, shop_id: str) -> WaitingPlan:
    ctx.store.shops.get(shop_id)
    stored = ctx.store.plans.waiting(shop_id)
    if stored is None:
        raise NotFoundError(f"no plan waits for {shop_id}")
    decide = held_plans.approve if asked.approve else held_plans.refuse
    decide(ctx, shop_id, asked.fingerprint or stored.fingerprint, asked.by or f"terminal {getpass.getuser()}")
    return ctx.store.plans.waiting(shop_id) or stored


def _state(plan: WaitingPlan) -> str:
    return "waiting" if plan.is_waiting else "approved" if plan.is_approved else "refused"

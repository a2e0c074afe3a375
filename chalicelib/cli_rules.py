"""Commands of `pinto` about what shops may show: policy, rules, bundles, and the arithmetic behind a number."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.policy import CommunityPolicy, StockMode
from chalicelib.domain.reckoning import in_words
from chalicelib.domain.safety import Brakes
from chalicelib.domain.stock import PushRule
from chalicelib.sync import edit_catalogue, edit_rules, why
from chalicelib.sync.context import Context

Add = Callable[[Any, str, Callable[[argparse.Namespace], int], str], argparse.ArgumentParser]
RULE_FIELDS = tuple(one.name for one in fields(PushRule))
BRAKES = tuple(one.name for one in fields(Brakes))


def register(commands: Any, add: Add) -> None:
    """`policy`, `rules` and `bundle` are commands."""
    one = add(commands, "policy", _policy, "what a community decided: shared or split stock, and its brakes")
    one.add_argument("--community", required=True)
    one.add_argument("--mode", choices=[mode.value for mode in StockMode], help="split: always allot pieces to shops")
    one.add_argument("--split-below", type=int, help="units from which a SKU is split although the mode is shared")
    one.add_argument("--hand-over-hours", type=int, help="hours to the hand-over where the channel names no deadline")
    one.add_argument("--buyer-days", type=int, help="days after delivery until a buyer's details are gone")
    for name in BRAKES:
        one.add_argument(f"--{name.replace('_', '-')}", type=int, help="a brake: over it a plan waits for a person")

    one = add(commands, "rules", _rules, "how much of a SKU one shop may show, and what its seller keeps by hand")
    one.add_argument("--shop", required=True, help="as `pinto shops list` names it")
    which = one.add_mutually_exclusive_group()
    which.add_argument("--sku", help="rule of one SKU (default: the whole shop)")
    which.add_argument("--product", help="for --freeze and --give-back: the product's code")
    one.add_argument("--share-percent", type=int, help="percent of the sellable units")
    one.add_argument("--hold-back", type=int, help="units less")
    one.add_argument("--minimum-to-show", type=int, help="fewer show as zero")
    one.add_argument("--cap", type=int, help="units at most")
    one.add_argument("--frozen-at", type=int, help="this number until let go; never more than is sellable")
    one.add_argument("--clear", action="store_true", help="no rule any more")
    one.add_argument("--freeze", action="append", default=[], choices=edit_rules.FIELDS, help="the seller keeps it")
    one.add_argument("--give-back", action="append", default=[], choices=edit_rules.FIELDS, help="ours again")

    one = add(commands, "bundle", _bundle, "show or set what a bundle is made of; it has no stock of its own")
    one.add_argument("--community", required=True)
    one.add_argument("--sku", required=True)
    one.add_argument("--of", action="append", default=[], metavar="SKU=UNITS", type=_component, help="one component")
    one.add_argument("--dissolve", action="store_true", help="a plain SKU again")


def why_lines(answer: why.Why) -> list[str]:
    """The answer to `pinto why` as lines: the community's arithmetic, then each shop's."""
    mode = "split between the shops" if answer.split else "every shop may show all of it"
    if answer.components:
        parts = ", ".join(f"{sku}: {units} for {each} each" for sku, each, units in answer.components)
        lines = [f"{answer.sku}: bundle of {parts} = {answer.sellable} ({mode})"]
    else:
        owned = f"on hand {answer.on_hand} - reserved {answer.reserved} - buffer {answer.buffer}"
        lines = [f"{answer.sku}: {owned} = {answer.sellable} ({mode})"]
    for shop in answer.shops:
        seen = f"read back {shop.seen_at:%Y-%m-%d %H:%M:%S} UTC = {shop.shown}" if shop.seen_at else "not listed"
        kept = "; kept by the seller" if shop.kept else ""
        locked = "; held by a promotion" if shop.locked else ""
        lines.append(f"  {shop.shop}: due {shop.due}; {seen}{kept}{locked}")
        lines.append(f"    {in_words(shop.steps)}")
    return lines


def _policy(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    ctx.store.communities.get(asked.community)
    before = ctx.policy_of(asked.community)
    brakes = {name: value for name in BRAKES if (value := getattr(asked, name)) is not None}
    wanted = replace(
        before,
        mode=StockMode(asked.mode) if asked.mode else before.mode,
        split_below=before.split_below if asked.split_below is None else asked.split_below,
        brakes=replace(before.brakes, **brakes),
        hand_over_hours=asked.hand_over_hours or before.hand_over_hours,
        buyer_days=asked.buyer_days or before.buyer_days,
    )
    if wanted != before:
        edit_rules.set_policy(ctx.store, ctx.queues, asked.community, wanted)
    return _say(asked, [_policy_row(asked.community, wanted)])


def _policy_row(community: str, policy: CommunityPolicy) -> dict[str, Any]:
    return {
        "community": community,
        "mode": policy.mode.value,
        "split_below": policy.split_below,
        "hand_over_hours": policy.hand_over_hours,
        "buyer_days": policy.buyer_days,
        **asdict(policy.brakes),
    }


def _rules(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    shop = ctx.store.shops.get(asked.shop)
    if asked.freeze or asked.give_back:
        return _say(asked, [_keep(ctx, asked)])
    given = {name: value for name in RULE_FIELDS if (value := getattr(asked, name)) is not None}
    sku = asked.sku or ""
    if asked.clear:
        edit_rules.set_rules(ctx.store, ctx.queues, shop.id, {sku: None})
    elif given:
        rule = replace(ctx.store.rules.stored(shop.id).get(sku, PushRule()), **given)
        edit_rules.set_rules(ctx.store, ctx.queues, shop.id, {sku: rule})
    rows: list[dict[str, Any]] = [
        {"shop": shop.id, "sku": name or "*", **asdict(rule)}
        for name, rule in sorted(ctx.store.rules.stored(shop.id).items())
    ]
    codes = [product.code for product in ctx.store.catalogues.products(shop.community)]
    rows += [
        {"shop": shop.id, "product": code, "kept": sorted(kept)}
        for code, kept in sorted(ctx.store.rules.kept(shop.id, codes).items())
    ]
    return _say(asked, rows)


def _keep(ctx: Context, asked: argparse.Namespace) -> dict[str, Any]:
    code = asked.product or _product_of(ctx, asked)
    kept = ctx.store.rules.kept(asked.shop, [code]).get(code, frozenset())
    wanted = (kept | set(asked.freeze)) - set(asked.give_back)
    edit_rules.keep_fields(ctx.store, ctx.queues, asked.shop, code, frozenset(wanted))
    return {"shop": asked.shop, "product": code, "kept": sorted(wanted)}


def _product_of(ctx: Context, asked: argparse.Namespace) -> str:
    if not asked.sku:
        raise NotFoundError("name the product whose fields are meant: --product CODE or --sku SKU")
    products = ctx.store.catalogues.products_of(ctx.store.shops.get(asked.shop).community, [asked.sku])
    if not products:
        raise NotFoundError(f"no SKU {asked.sku}")
    return products[0].code


def _bundle(asked: argparse.Namespace) -> int:
    ctx = bootstrap.context()
    products = ctx.store.catalogues.products_of(asked.community, [asked.sku])
    if not products:
        raise NotFoundError(f"no SKU {asked.sku} in {asked.community}")
    product = products[0]
    if asked.of or asked.dissolve:
        recipe = () if asked.dissolve else tuple(asked.of)
        product = edit_catalogue.set_components(
            ctx.store, ctx.queues, asked.community, asked.sku, recipe, product.version
        )
    parts = product.variant(asked.sku).components
    users = ctx.store.catalogues.bundles_using(asked.community, [asked.sku]).get(asked.sku, ())
    return _say(asked, [{"sku": asked.sku, "components": [f"{sku}={units}" for sku, units in parts], "in": users}])


def _component(text: str) -> tuple[str, int]:
    sku, _, units = text.partition("=")
    if not sku or (units and not units.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not SKU=UNITS")
    return sku, int(units or 1)


def _say(asked: argparse.Namespace, rows: list[dict[str, Any]]) -> int:
    if asked.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print("  ".join(f"{name}={value}" for name, value in row.items() if value not in ("", None, [], ())))
    return 0

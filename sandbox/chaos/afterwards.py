"""Laws that a storm alone cannot show: a dead neighbour, the money that comes later, the words people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib.domain.money import Money
from chalicelib.domain.orders import OrderState
from chalicelib.domain.settlement import FeeClass, Settlement
from chalicelib.domain.synclog import EntryState
from chalicelib.web import texts
from sandbox.chaos.goods import COMMUNITY
from sandbox.chaos.logs import private_words
from sandbox.chaos.ours import Ours
from sandbox.chaos.stage import CHANNELS

DEATHS = ("token_revoked", "rate_limit", "http_500", "html", "drop_after")
FOR_EVER = 100_000
HEARD_OF_S, WITHIN_S = 10.0, 60.0
STATEMENTS_AFTER = timedelta(days=8)
MANY = 10_000
EARNED = {"lazada": {OrderState.DELIVERED, OrderState.COMPLETED}, "shopee": {OrderState.COMPLETED}}
"""Shopee keeps the money until the buyer confirms, or the days to do so are over."""


def neighbours(engine: Ours) -> Iterator[str]:
    """One marketplace fails at every call; a price still reaches the other within a minute, without a person."""
    dead = engine.rng.choice(CHANNELS)
    alive = next(channel for channel in CHANNELS if channel != dead)
    sku = _on_sale(engine, alive)
    if not sku:
        return
    fault = {"path": "*", "kind": engine.rng.choice(DEATHS), "times": FOR_EVER, "probability": 1.0, "seed": 1}
    engine.stage.sim(dead, "faults", fault)
    for schedule in ("poll_orders", "sweep"):
        engine.schedule(schedule)
    engine.drain_for(HEARD_OF_S)
    price = engine.reprice(sku)
    engine.drain_for(WITHIN_S)
    shown = [row["price"] for row in engine.world.state(alive)["listings"] if row["seller_sku"] == sku]
    engine.stage.calm(dead)
    if shown != [price.minor / 100]:
        yield f"nobody waits for a neighbour: {sku} on {alive} is {shown}, not {price}, while {dead} is {fault['kind']}"


def _on_sale(engine: Ours, channel: str) -> str:
    bindings = engine.calm_store.bindings.of_shop(engine.shops[channel])
    products = engine.calm_store.catalogues.products(COMMUNITY.id)
    return next((sku for one in products if one.on_sale for sku in one.skus if sku in bindings), "")


def money(engine: Ours) -> Iterator[str]:
    """A week later every statement adds up to its payout, and pays for each order what its buyer's list said."""
    began = engine.stage.clock() - timedelta(days=3)
    owed = {channel: _owed(engine, channel) for channel in CHANNELS}
    engine.stage.clock.advance(STATEMENTS_AFTER.total_seconds())
    for channel in CHANNELS:
        engine.connect(channel)
        market = engine.workers[0].ctx.open(engine.calm_store.shops.get(engine.shops[channel]))
        until = engine.stage.clock() + timedelta(days=1)
        found = [one for page in market.settlements(began, until) for one in page]
        yield from _paid(channel, found, owed[channel])


def _owed(engine: Ours, channel: str) -> dict[str, tuple[int, bool]]:
    """Order id -> satang its lines come to, and whether they are earned already."""
    orders = engine.calm_store.orders.latest(engine.shops[channel], MANY)
    sold = {one.order_id: sum(line.unit_price.minor * line.quantity for line in one.lines) for one in orders}
    return {one.order_id: (sold[one.order_id], one.state in EARNED[channel]) for one in orders}


def _paid(channel: str, found: list[Settlement], owed: dict[str, tuple[int, bool]]) -> Iterator[str]:
    sales: Counter[str] = Counter()
    for one in found:
        if not one.adds_up:
            yield f"money adds up: {one.id} of {channel} pays {one.payout}, its lines say {one.payout - one.difference}"
        for line in one.lines:
            sales[line.order_id] += line.amount.minor if line.fee is FeeClass.SALE else 0
    for order_id, (satang, is_earned) in sorted(owed.items()):
        if (is_earned or sales[order_id]) and sales[order_id] != satang:
            said = Money(sales[order_id]), Money(satang)
            yield f"money adds up: {order_id} of {channel} is settled with {said[0]}, sold for {said[1]}"


def words(engine: Ours) -> Iterator[str]:
    """Every failed entry has a reason in Thai and in English, and nothing a person may read carries a secret."""
    secret = private_words(engine.secrets)
    for entry in engine.calm_store.log.recent_entries(COMMUNITY.id, MANY):
        failed = entry.state in (EntryState.FAILED, EntryState.UNKNOWN)
        if failed and not (entry.error and entry.because):
            yield f"every failure reaches a person: {entry.product_code} {entry.field} failed without a reason"
        for language in texts.LANGUAGES:
            if entry.error and not _is_said(language, entry.error):
                yield f"every failure reaches a person: no {language} text for {entry.error}"
        yield from _leaks("an entry", entry, secret)
    for run in engine.calm_store.log.runs(COMMUNITY.id, MANY):
        yield from _leaks("a run", run, secret)


def _is_said(language: str, key: str) -> bool:
    return any(texts.has(language, one) for one in (key, f"error.{key}", f"because.{key}"))


def _leaks(what: str, row: Any, secret: list[str]) -> Iterator[str]:
    text = repr(row)
    if any(word in text for word in secret):
        yield f"nothing private leaks: {what} says {text[:300]}"

"""Marketplace calls per changed number against the batch lower bound, on the practice marketplaces."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.sync import messages
from tests.world import COMMUNITY, World, a_product, a_world, two_axes

GOAL = 1.0
PRODUCTS = 60
WRITES = {
    "lazada": ("/product/stock/sellable/update", "/product/price_quantity/update"),
    "shopee": ("/api/v2/product/update_stock", "/api/v2/product/update_price"),
}


def measure() -> list[dict[str, object]]:
    """One row per channel for prices and stocks of many products changed at once, and one for a sync that
    changes nothing."""
    rows: list[dict[str, object]] = []
    for channel in WRITES:
        with a_world((channel,)) as world:
            _many_products(world)
            rows += [_changed(world, channel), _unchanged(world, channel)]
    return rows


def _many_products(world: World) -> None:
    for number in range(PRODUCTS):
        facts = two_axes(f"SHIRT{number}") if number % 3 == 0 else {}
        a_product(world, f"SHIRT{number}" if facts else f"TEA-{number}", **facts)
    world.publish_all()


def _changed(world: World, channel: str) -> dict[str, object]:
    from chalicelib.domain.money import Money

    skus: list[tuple[str, str]] = []
    for product in world.store.catalogues.products(COMMUNITY.id):
        variants = tuple(replace(one, price=one.price + Money(100)) for one in product.variants)
        world.store.catalogues.save(replace(product, variants=variants), product.version)
        skus += [(product.code, sku) for sku in product.skus]
        for sku in product.skus:
            world.store.stock.count(COMMUNITY.id, sku, 8, movement_id=f"bench-{sku}", because="bench", at=world.clock())
    before = _write_calls(world, channel)
    # All of them move at once on purpose: the brakes would rightly hold such a plan for a person.
    world.ctx = replace(world.ctx, policy=replace(world.ctx.policy, brakes=_no_brakes(world)))
    world.publish_all()
    used = _write_calls(world, channel) - before
    least = 2 * world.ctx.channel(channel).calls_needed(skus)
    ratio = round(used / least, 2)
    return {
        "name": f"{channel}: calls for {2 * len(skus)} changed numbers against the lower bound ({least})",
        "value": ratio,
        "unit": "ratio",
        "goal": GOAL,
        "met": ratio <= GOAL,
    }


def _no_brakes(world: World) -> object:
    brakes = world.ctx.policy.brakes
    return replace(brakes, reprice_percent=100, zero_percent=100)


def _unchanged(world: World, channel: str) -> dict[str, object]:
    before = _write_calls(world, channel)
    world.queues.send("bulk", [messages.publish_shop(world.shops[channel].id)])
    world.drain()
    writes = _write_calls(world, channel) - before
    return {
        "name": f"{channel}: writes of a sync that changes nothing",
        "value": writes,
        "unit": "calls",
        "goal": 0,
        "met": writes == 0,
    }


def _write_calls(world: World, channel: str) -> int:
    calls = world.sim(channel, "state")["calls"]
    return sum(calls.get(path, 0) for path in WRITES[channel])

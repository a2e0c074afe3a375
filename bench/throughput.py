"""Stock changes on a marketplace that takes 50 ms an answer, against plain loops over independent clients; and how
much of an enforced rate limit is used without ever being banned."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from typing import Any

from chalicelib.domain.catalogue import Axis, Variant
from chalicelib.domain.money import Money
from chalicelib.domain.ports import OfferTarget
from chalicelib.domain.synclog import EntryState
from chalicelib.sync.token_care import TokenKeeper
from connectors.lazada.settings import Settings as LazadaSettings
from connectors.lazada.system import Lazada
from connectors.shopee.settings import Settings as ShopeeSettings
from connectors.shopee.system import Shopee
from connectors.wire import new_http
from tests.world import COMMUNITY, World, a_product, a_world

PRODUCTS, VARIANTS = 100, 10
CHANGES = PRODUCTS * VARIANTS
PLAIN_SAMPLE = 150
ANSWER_S = 0.05
GOAL_FASTER = 10.0
LIMIT_PER_S, GOAL_SHARE = 50, 0.95
SINGLES = 260
STOCK = {"lazada": "/product/stock/sellable/update", "shopee": "/api/v2/product/update_stock"}
RATE = {"lazada": "rate_per_second", "shopee": "rate_per_s"}


def measure() -> list[dict[str, object]]:
    """Two rows per channel: how many times faster than the plain loop, and the share of the limit that was used."""
    rows: list[dict[str, object]] = []
    for channel in ("lazada", "shopee"):
        with a_world((channel,)) as world:
            world.sim(channel, "settings", {RATE[channel]: 100_000})
            if channel == "shopee":
                world.sim(channel, "settings", {"ready_after_s": 0})
            rows.append(_against_plain(world, channel))
            rows.append(_share_of_limit(world, channel))
    return rows


# --- against a plain loop -----------------------------------------------------------------------------------


def _against_plain(world: World, channel: str) -> dict[str, object]:
    options = tuple(f"แบบ {number}" for number in range(VARIANTS))
    for number in range(PRODUCTS):
        code = f"P{number:03}"
        variants = tuple(Variant(f"{code}-{place}", Money(8900), (one,)) for place, one in enumerate(options))
        a_product(world, code, axes=(Axis("แบบ", options),), variants=variants)
    world.publish_all()
    targets = _targets(world, channel)
    if len(targets) != CHANGES:
        raise AssertionError(f"{len(targets)} offers are live, {CHANGES} are needed")
    world.fault(channel, "latency", times=None, delay_s=ANSWER_S)
    ours = _timed(lambda: _send(_shop(world, channel, calls_per_s=1000), [replace(one, quantity=8) for one in targets]))
    plain = _timed(lambda: _plain(world, channel, targets[:PLAIN_SAMPLE])) * CHANGES / PLAIN_SAMPLE
    world.http.delete(f"{world.markets[channel].url}/_sim/faults").raise_for_status()
    faster = round(plain / ours, 1)
    name = f"{channel}: {CHANGES} stock changes at 50 ms, ours {ours:.1f} s, a plain loop {plain:.0f} s"
    return {"name": name, "value": faster, "unit": "times", "goal": GOAL_FASTER, "met": faster >= GOAL_FASTER}


def _plain(world: World, channel: str, targets: list[OfferTarget]) -> None:
    """One call per SKU with the client others use; the plain loop of a script. Measured on a part, then scaled."""
    keys = world.markets[channel].credentials(COMMUNITY.id)
    with _clients_home(), redirect_stdout(open(os.devnull, "w", encoding="utf-8")):
        call = _lazop(world, keys) if channel == "lazada" else _pyshopee(world, keys)
        for target in targets:
            call(target)


def _lazop(world: World, keys: dict[str, str]) -> Callable[[OfferTarget], None]:
    import lazop_sdk

    client = lazop_sdk.LazopClient(world.markets["lazada"].base_url, keys["app_key"], keys["app_secret"])

    def call(target: OfferTarget) -> None:
        sku = {"ItemId": target.listing_id, "SkuId": target.offer_id, "SellableQuantity": "7"}
        request = lazop_sdk.LazopRequest(STOCK["lazada"], "POST")
        request.add_api_param("payload", json.dumps({"Request": {"Product": {"Skus": {"Sku": [sku]}}}}))
        answer = client.execute(request, keys["access_token"])
        if answer.code != "0":
            raise AssertionError(answer.body)

    return call


def _pyshopee(world: World, keys: dict[str, str]) -> Callable[[OfferTarget], None]:
    import pyshopee2

    client = pyshopee2.Client(
        keys["shop_id"], keys["app_key"], keys["app_secret"], "", access_token=keys["access_token"]
    )
    client.host = world.markets["shopee"].url

    def call(target: OfferTarget) -> None:
        answer = client.product.update_stock(
            item_id=int(target.listing_id),
            stock_list=[{"model_id": int(target.offer_id), "seller_stock": [{"stock": 7}]}],
        )
        if answer["error"]:
            raise AssertionError(answer)

    return call


@contextmanager
def _clients_home() -> Iterator[None]:
    """The clients log below the home directory, and one imports Selenium for a method nobody calls here."""
    empty = types.ModuleType("selenium")
    empty.webdriver = types.ModuleType("selenium.webdriver")  # type: ignore[attr-defined]
    sys.modules.setdefault("selenium", empty)
    before = os.environ.get("HOME", "")
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        try:
            yield
        finally:
            os.environ["HOME"] = before


# --- share of a limit ---------------------------------------------------------------------------------------


def _share_of_limit(world: World, channel: str) -> dict[str, object]:
    """Calls a second of one path while the marketplace bans whoever makes more than its limit."""
    targets = _targets(world, channel)
    single = {one.listing_id: one for one in targets}
    many = [replace(one, quantity=5 + turn) for turn in range(1 + SINGLES // len(single)) for one in single.values()]
    world.sim(channel, "settings", {RATE[channel]: LIMIT_PER_S})
    before = _calls(world, channel)
    shop = _shop(world, channel, calls_per_s=LIMIT_PER_S * 0.97, skus_per_write=1)
    took = _timed(lambda: _send(shop, many[:SINGLES]))
    share = round((_calls(world, channel) - before) / took / LIMIT_PER_S, 3)
    name = f"{channel}: share of a limit of {LIMIT_PER_S} calls a second, no call refused"
    return {"name": name, "value": share, "unit": "share", "goal": GOAL_SHARE, "met": GOAL_SHARE <= share <= 1}


def _calls(world: World, channel: str) -> int:
    return int(world.sim(channel, "state")["calls"].get(STOCK[channel], 0))


# --- helpers ------------------------------------------------------------------------------------------------


def _shop(world: World, channel: str, calls_per_s: float, skus_per_write: int = 50) -> Any:
    if channel == "lazada":
        made: Any = Lazada(
            new_http(),
            world.clock,
            LazadaSettings(calls_per_s=calls_per_s, calls_at_once=1, skus_per_write=skus_per_write),
        )
    else:
        made = Shopee(new_http(), world.clock, ShopeeSettings(calls_per_s=calls_per_s, calls_at_once=1, workers=20))
    access = world.store.shops.access(world.shops[channel].id)
    return made.open(access, TokenKeeper(made, access, world.store.shops, world.clock))


def _targets(world: World, channel: str) -> list[OfferTarget]:
    bindings = world.store.bindings.of_shop(world.shops[channel].id)
    return [OfferTarget(one.seller_sku, one.listing_id, one.offer_id) for one in bindings.values()]


def _send(shop: Any, targets: list[OfferTarget]) -> None:
    outcomes = shop.set_stock(targets)
    failed = [outcome for outcome in outcomes if outcome.state is not EntryState.ACCEPTED]
    if failed:
        raise AssertionError(failed[:3])


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started

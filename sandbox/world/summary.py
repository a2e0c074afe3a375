"""The day in numbers, for people on the screen and for scripts in var/summary.json."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.domain.ports import Channel, Store
from chalicelib.domain.shops import Shop

LIVE = {"active", "normal", "live"}
WRITES = {
    "lazada": ("/product/stock/sellable/update", "/product/price_quantity/update"),
    "shopee": ("/api/v2/product/update_stock", "/api/v2/product/update_price"),
}


@dataclass
class Summary:
    """What `var/summary.json` holds."""

    communities: int = 0
    products: int = 0
    skus: int = 0
    live: dict[str, int] = field(default_factory=dict)
    twins: list[str] = field(default_factory=list)
    wanted_live: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    number_calls: dict[str, int] = field(default_factory=dict)
    number_calls_at_least: dict[str, int] = field(default_factory=dict)
    orders_placed: int = 0
    orders_taken: int = 0
    oversold_units: int = 0
    sale_to_elsewhere_s: list[float] = field(default_factory=list)
    second_sync_changes: int = 0
    balances: list[dict[str, Any]] = field(default_factory=list)
    publish_s: float = 0.0
    took_s: float = 0.0
    clean: bool = False

    def as_json(self) -> dict[str, Any]:
        """The same facts, ready for JSON."""
        return asdict(self)


def live_offers(listings: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """Offers on sale per channel, as the marketplaces see it."""
    return {channel: sum(str(row["status"]).lower() in LIVE for row in rows) for channel, rows in listings.items()}


def twins(listings: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Seller SKUs that a shop offers more than once; there must be none."""
    seen = Counter((channel, row["shop_id"], row["seller_sku"]) for channel, rows in listings.items() for row in rows)
    return sorted("/".join(place) for place, count in seen.items() if count > 1)


def numbers_sent(
    store: Store, communities: Sequence[str], channels: Mapping[str, Channel], since: datetime
) -> dict[str, int]:
    """Channel -> fewest calls that could have sent the prices and stocks our runs sent since then, run by run."""
    sent: dict[tuple[str, str, str], set[tuple[str, str]]] = defaultdict(set)
    for community in communities:
        for entry in store.log.recent_entries(community, 5000):
            if (
                entry.at >= since
                and entry.field in ("stock", "price")
                and entry.state.value not in ("planned", "skipped")
            ):
                sent[entry.channel, entry.run, entry.field].add((entry.product_code, entry.seller_sku))
    found = dict.fromkeys(channels, 0)
    for (channel, _, _), offers in sent.items():
        found[channel] += channels[channel].calls_needed(sorted(offers))
    return found


def oversold(store: Store, communities: Sequence[str]) -> int:
    """Units promised to orders beyond what is on hand, over all SKUs."""
    short = 0
    for community in communities:
        skus = [sku for product in store.catalogues.products(community) for sku in product.skus]
        for level in store.stock.levels(community, skus).values():
            short += max(level.reserved - level.on_hand, 0)
    return short


def balances(store: Store, shops: Sequence[Shop]) -> list[dict[str, Any]]:
    """The newest balance of each shop."""
    found = []
    for shop in shops:
        newest = store.balances.of_shop(shop.id, 1)
        if newest:
            one = newest[0]
            found.append(
                {
                    "shop": shop.id,
                    "day": one.day.isoformat(),
                    "orders": one.orders,
                    "accounted": one.accounted,
                    "offers": one.offers,
                    "offers_agreeing": one.offers_agreeing,
                    "unexplained": one.unexplained,
                    "repaired": sum(difference.repaired for difference in one.differences),
                    "clean": one.is_clean,
                }
            )
    return found


def as_text(made: Summary) -> str:
    """The summary as people read it."""
    times = made.sale_to_elsewhere_s
    lines = [
        f"communities      {made.communities}",
        f"products         {made.products}  ({made.skus} SKUs)",
        *(f"live on {channel:8} {count} of {made.wanted_live[channel]} offers" for channel, count in made.live.items()),
        *(
            f"price and stock calls, {channel}: {made.number_calls[channel]} used,"
            f" {made.number_calls_at_least[channel]} at least (all calls {made.calls[channel]})"
            for channel in made.calls
        ),
        f"orders           {made.orders_placed} placed, {made.orders_taken} taken,"
        f" {made.oversold_units} units oversold",
    ]
    if times:
        lines.append(
            f"sale to lower stock elsewhere: median {statistics.median(times):.2f} s, slowest {max(times):.2f} s"
            f" ({len(times)} sales)"
        )
    lines.append(f"second sync      {made.second_sync_changes} changes planned")
    lines.extend(
        f"balance {row['shop']:28} {row['accounted']} of {row['orders']} orders,"
        f" {row['offers_agreeing']} of {row['offers']} offers, {row['unexplained']} unexplained"
        + ("" if row["clean"] else "   <-- not clean")
        for row in made.balances
    )
    lines.append(f"publishing took {made.publish_s:.0f} s, everything {made.took_s:.0f} s")
    return "\n".join(lines)

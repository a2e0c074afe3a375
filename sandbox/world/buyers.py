"""Simulated buyers: they buy what the shop fronts show, pay or do not, change their minds, receive parcels."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

# The life of a paid order in each marketplace's own words, and its word for a cancellation.
LIVES: Mapping[str, tuple[str, ...]] = {
    "lazada": ("packed", "ready_to_ship", "shipped", "delivered"),
    "shopee": ("PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"),
}
CANCELLED = {"lazada": "canceled", "shopee": "CANCELLED"}


@dataclass
class Sales:
    """What the buyers did."""

    placed: int = 0
    units: int = 0
    refused: int = 0
    cancelled: int = 0
    orders: list[tuple[str, str]] = field(default_factory=list)  # (channel, order id)


class Buyers:
    """A crowd with a seed: the same seed buys the same things of the same shelves."""

    def __init__(self, markets: Mapping[str, str], http: httpx.Client, seed: int = 1) -> None:
        self._markets = markets
        self._http = http
        self._random = random.Random(seed)
        self.sales = Sales()

    def buy_many(self, orders: int, told: Callable[[int], None], pause_s: float = 0.05) -> None:
        """`orders` orders were placed over all shops, a tenth not paid yet, a tenth cancelled later."""
        shelves = {channel: self._shelf(channel) for channel in self._markets}
        tries = 0
        while self.sales.placed < orders and tries < orders * 3:
            tries += 1
            channel = self._random.choice(sorted(shelves))
            listing = self._random.choice(shelves[channel])
            paid = self._random.random() > 0.1
            self.buy(channel, listing, self._random.choice((1, 1, 1, 2)), paid=paid)
            told(self.sales.placed)
            time.sleep(pause_s)

    def buy(self, channel: str, listing: Mapping[str, Any], quantity: int, *, paid: bool = True) -> str | None:
        """The order id, or None when the shop front refused."""
        body = {
            "lines": [{"seller_sku": listing["seller_sku"], "quantity": quantity}],
            "paid": paid,
            "shop_id": listing["shop_id"],
        }
        answer = self._http.post(f"{self._markets[channel]}/_sim/orders", json=body)
        if answer.status_code == 409:
            self.sales.refused += 1
            return None
        answer.raise_for_status()
        order_id = str(answer.json()["order_id"])
        self.sales.placed += 1
        self.sales.units += quantity
        self.sales.orders.append((channel, order_id))
        return order_id

    def live_on(self) -> None:
        """Orders go on with their lives: some cancelled, some shipped, some delivered."""
        for channel, order_id in self.sales.orders:
            fate = self._random.random()
            if fate < 0.1:
                self.advance(channel, order_id, CANCELLED[channel])
                self.sales.cancelled += 1
            elif fate < 0.6:
                for state in LIVES[channel][: self._random.randint(1, len(LIVES[channel]))]:
                    if not self.advance(channel, order_id, state):
                        break

    def advance(self, channel: str, order_id: str, to: str) -> bool:
        """True when the marketplace allowed the step (an unpaid order does not ship)."""
        answer = self._http.post(f"{self._markets[channel]}/_sim/orders/{order_id}/advance", json={"to": to})
        return answer.is_success

    def _shelf(self, channel: str) -> list[dict[str, Any]]:
        return [row for row in self.listings(channel) if row["stock"] >= 2]

    def listings(self, channel: str) -> list[dict[str, Any]]:
        """Every offer of the channel as its marketplace sees it."""
        answer = self._http.get(f"{self._markets[channel]}/_sim/state", timeout=30)
        answer.raise_for_status()
        return list(answer.json()["listings"])

    def pairs(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Offers of the same SKU on both channels, (one, other)."""
        one, other = ({row["seller_sku"]: row for row in self.listings(channel)} for channel in sorted(self._markets))
        for sku in sorted(set(one) & set(other)):
            yield one[sku], other[sku]

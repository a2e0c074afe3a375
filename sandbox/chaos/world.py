"""The outside: buyers, the seller's hand in the seller centre, the shelf, and marketplaces that misbehave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.chaos.goods import SKUS
from sandbox.chaos.stage import CHANNELS, Stage
from sandbox.market.shop import Sku

Dice = Sequence[float]

STEPS = {
    "lazada": ("pending", "packed", "ready_to_ship", "shipped", "delivered", "confirmed"),
    "shopee": ("READY_TO_SHIP", "PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"),
}
CANCEL = {"lazada": "canceled", "shopee": "CANCELLED"}
SHIPS = frozenset({"shipped", "SHIPPED"})
AWAY = frozenset({"shipped", "delivered", "confirmed", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"})
ENDED = frozenset({"canceled", "CANCELLED", "confirmed", "COMPLETED"})
HIDDEN = {"lazada": "InActive", "shopee": "UNLIST"}
FAULTS = (
    "latency", "drop_before", "drop_after", "http_500", "html", "empty", "rate_limit", "token_expired", "token_revoked",
    "partial", "accept_then_lose", "rewrite", "stale_read", "duplicate_page", "more_rows",
    "push_twice", "push_late", "push_lost",
)  # fmt: skip
PATHS = {
    "lazada": (
        "/product/create", "/product/stock/sellable/update", "/product/price_quantity/update", "/product/update",
        "/products/get", "/orders/get", "/orders/items/get", "/product/item/get", "/auth/*",
    ),
    "shopee": (
        "/api/v2/product/add_item", "/api/v2/product/init_tier_variation", "/api/v2/product/update_stock",
        "/api/v2/product/update_price", "/api/v2/product/update_item", "/api/v2/product/get_item_list",
        "/api/v2/product/get_item_base_info", "/api/v2/order/*", "/api/v2/auth/*",
    ),
}  # fmt: skip
WRITES = 3
"""So many of the paths, the first, are the writes that hurt most when their answer is lost."""
LOSSES = ("drop_after", "drop_after", "drop_before", "accept_then_lose")
LISTS = {"lazada": "/products/get", "shopee": "/api/v2/product/get_item_list"}
BLIND = ("stale_read", "duplicate_page")
"""A list that lags or is cut, right after a create whose answer was lost: how twins are made."""


def pick(options: Sequence[Any], die: float) -> Any:
    """The option a die between 0 and 1 falls on."""
    return options[min(int(die * len(options)), len(options) - 1)]


@dataclass
class World:
    """One storm's outside. `shelf` is what really lies there; each event takes dice, so both engines meet the same."""

    stage: Stage
    shelf: dict[str, int]
    hands: bool = True
    trace: list[str] = field(default_factory=list)
    sold: int = 0
    oversold: int = 0
    faults: int = 0
    lied: set[str] = field(default_factory=set)
    exposed: dict[str, str] = field(default_factory=dict)

    def note(self, text: str) -> None:
        """One more line of the story."""
        self.trace.append(f"{self.stage.clock.at_s % 86_400:9.2f}  {text}")

    def state(self, channel: str) -> dict[str, Any]:
        """What the marketplace holds."""
        return dict(self.stage.sim(channel, "state")[1])

    def open_units(self, sku: str) -> int:
        """Units of the SKU that buyers were promised and that have not left the shelf."""
        rows = [row for channel in CHANNELS for row in self.state(channel)["listings"]]
        return sum(row["held"] for row in rows if row["seller_sku"] == sku)

    def watch(self) -> None:
        """Remembers each SKU of which buyers could order more, all shops together, than lies there unpromised."""
        for sku in SKUS:
            offers = list(self._offers(sku))
            shown, held = sum(one.sellable for one, live in offers if live), sum(one.held for one, _ in offers)
            if shown and shown + held > self.shelf[sku] and sku not in self.exposed:
                self.exposed[sku] = f"{sku}: {shown} shown and {held} promised of {self.shelf[sku]}"
                self.note(f"EXPOSED {self.exposed[sku]}")

    def _offers(self, sku: str) -> Iterator[tuple[Sku, bool]]:
        # Straight from memory: nobody else is at work, and this is asked hundreds of times a storm.
        for server in self.stage.servers.values():
            for shop in server.market.shops.values():
                yield from ((one, server.market.is_live(listing, one)) for listing, one in shop.find(sku))

    def stands(self, channel: str, sku: str, listing_id: str) -> bool:
        """Whether the listing has an offer with this SKU now."""
        shops = self.stage.servers[channel].market.shops.values()
        return any(one.listing_id == listing_id and not one.deleted for shop in shops for one, _ in shop.find(sku))

    def remove(self, channel: str, listing_id: str) -> None:
        """Somebody deletes a listing that sells nothing of ours, as a page told them to."""
        for shop in self.stage.servers[channel].market.shops.values():
            listing = shop.listings.get(listing_id)
            if listing is not None and not listing.deleted and not {one.seller_sku for one in listing.skus} & {*SKUS}:
                listing.deleted = True
                self.note(f"person: deletes {listing_id} on {channel}")

    # --- buyers ---

    def buy(self, dice: Dice) -> None:
        """A buyer tries to order; what nobody can hand over is oversold."""
        channel, sku, quantity = pick(CHANNELS, dice[0]), pick(SKUS, dice[1]), pick((1, 1, 1, 2), dice[2])
        body = {"lines": [{"seller_sku": sku, "quantity": quantity}], "paid": dice[3] < 0.7}
        status, answer = self.stage.sim(channel, "orders", body)
        if status != 200:
            return
        self.sold += quantity
        missing = max(0, min(quantity, self.open_units(sku) - self.shelf[sku]))
        self.oversold += missing
        over = f" OVERSOLD {missing}" if missing else ""
        self.note(f"buyer orders {quantity} {sku} on {channel}: {answer['order_id']}{over}")

    def advance(self, dice: Dice) -> None:
        """One open order goes a step further, or is cancelled; goods leave only when they are there."""
        channel = pick(CHANNELS, dice[0])
        orders = [one for one in self.state(channel)["orders"] if one["status"] not in ENDED]
        if not orders:
            return
        order = pick(sorted(orders, key=lambda one: str(one["order_id"])), dice[1])
        if dice[2] < 0.25 and order["status"] not in AWAY:
            self._move(channel, order, CANCEL[channel])
            return
        steps = STEPS[channel]
        after = steps.index(order["status"]) + 1 if order["status"] in steps else 0
        if after < len(steps):
            self._move(channel, order, steps[after])

    def _move(self, channel: str, order: dict[str, Any], to: str) -> None:
        lines = [(line["seller_sku"], line["quantity"]) for line in order["lines"]]
        if to in SHIPS and any(self.shelf[sku] < units for sku, units in lines):
            to = CANCEL[channel]
        status, _ = self.stage.sim(channel, f"orders/{order['order_id']}/advance", {"to": to})
        if status != 200:
            return
        self.note(f"order {order['order_id']} on {channel}: {order['status']} -> {to}")
        if to in SHIPS:
            for sku, units in lines:
                self.shelf[sku] -= units

    # --- the seller's hand ---

    def edit_by_hand(self, dice: Dice) -> None:
        """Somebody changes an offer in the seller centre."""
        channel, sku = pick(CHANNELS, dice[0]), pick(SKUS, dice[1])
        edits: list[dict[str, Any]] = [
            {"price": 75}, {"title": f"ชื่อใหม่จากหน้าร้าน {int(dice[3] * 100)}"}, {"status": HIDDEN[channel]},
        ]  # fmt: skip
        if self.hands:
            edits.append({"stock": int(dice[3] * 8)})
        edit = pick(edits, dice[2])
        status, _ = self.stage.sim(channel, "edit", {"seller_sku": sku, **edit})
        if status == 200:
            self.note(f"by hand on {channel}: {sku} {edit}")

    def make_or_break(self, dice: Dice) -> str:
        """The SKU whose pieces on the shelf changed: some were made, or free ones broke."""
        sku = str(pick(SKUS, dice[0]))
        if dice[1] < 0.6 or not self.hands:
            self.shelf[sku] += 1 + int(dice[2] * 4)
        else:
            self.shelf[sku] -= min(int(dice[2] * 4), max(self.shelf[sku] - self.open_units(sku), 0))
        return sku

    # --- the marketplaces' moods ---

    def misbehave(self, dice: Dice) -> None:
        """The next calls of a kind go wrong; now and then two faults that are worse together."""
        channel, kind = pick(CHANNELS, dice[0]), pick(FAULTS, dice[1])
        path, times = "*" if dice[2] < 0.4 else pick(PATHS[channel], dice[3]), 1 + int(dice[4] * 3)
        if dice[5] < 0.3:
            kind, path = pick(LOSSES, dice[1]), pick(PATHS[channel][:WRITES], dice[3])
        elif dice[5] < 0.4:
            self.blind_create(dice)
            return
        self._fault(channel, kind, "push" if kind.startswith("push") else path, times)

    def blind_create(self, dice: Dice) -> None:
        """The next create works and says nothing, and the list does not show it."""
        channel = pick(CHANNELS, dice[0])
        self._fault(channel, "drop_after", PATHS[channel][0], 1)
        self._fault(channel, pick(BLIND, dice[1]), LISTS[channel], 4 + int(dice[4] * 5))

    def _fault(self, channel: str, kind: str, path: str, times: int) -> None:
        body = {"path": path, "kind": kind, "times": times, "probability": 1.0, "seed": 1}
        if kind == "latency":
            body["delay_s"] = 0.001
        self.stage.sim(channel, "faults", body)
        self.faults += 1
        if kind == "stale_read":
            self.lied.add(channel)
        self.note(f"fault on {channel}: {kind} at {path} x{times}")

"""Runs one shop of any channel through the ports alone: wants listings, plans, carries out, looks again."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from PIL import Image

from chalicelib.domain import ports
from chalicelib.domain.catalogue import Axis, Kind, Size
from chalicelib.domain.changes import (
    CreateListing,
    FinishListing,
    HideListing,
    Plan,
    RestoreListing,
    SetPrice,
    SetStock,
    UpdateContent,
)
from chalicelib.domain.errors import DisconnectedError
from chalicelib.domain.money import Money
from chalicelib.domain.offers import Binding, DesiredListing, DesiredOffer, Observation
from chalicelib.domain.planner import plan
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from chalicelib.domain.synclog import EntryState
from connectors import registry
from sandbox.market.server import Server

WORDS = "สินค้าทำมือจากชุมชน คัดวัตถุดิบอย่างดี บรรจุเรียบร้อย พร้อมส่งทั่วประเทศ เก็บได้นานในที่แห้งและเย็น " * 2
AXES = {
    0: (),
    1: (Axis("ขนาด", ("เล็ก", "ใหญ่")),),
    2: (Axis("สี", ("คราม", "แดง")), Axis("ขนาด", ("M", "L"))),
}


def photo(seed: int) -> ports.PhotoFile:
    """A photo no other seed draws."""
    out = io.BytesIO()
    Image.new("RGB", (800, 800), (40 + seed * 37 % 200, 90, 60 + seed * 71 % 180)).save(out, "JPEG")
    return ports.PhotoFile(f"photo-{seed}", out.getvalue(), "image/jpeg")


def a_listing(code: str = "TEA", axes: int = 0, quantity: int = 10, baht: int = 89, **facts: Any) -> DesiredListing:
    """A listing with 0, 1 or 2 axes, two options on each."""
    chosen = AXES[axes]
    places: list[tuple[str, ...]] = [()]
    for axis in chosen:
        places = [(*place, option) for place in places for option in axis.options]
    offers = tuple(
        DesiredOffer(f"{code}-{at}" if axes else code, Money(baht * 100), quantity, place)
        for at, place in enumerate(places)
    )
    made = DesiredListing(
        product_code=code,
        kind=Kind.CLOTHING if axes == 2 else Kind.BEVERAGE,
        title=f"ชาใบหม่อนอบแห้ง {code}",
        description=WORDS,
        size=Size(120, 180, 120, 60),
        photos=("photo-1",),
        offers=offers,
        axes=chosen,
    )
    return replace(made, **facts)


class OneShopTokens:
    """A `TokenSource` in memory; renews through the channel itself."""

    def __init__(self, channel: ports.Channel, access: ShopAccess, tokens: Tokens) -> None:
        self._channel, self._access, self.tokens = channel, access, tokens

    def current(self) -> Tokens:
        return self.tokens

    def renew(self, stale: Tokens) -> Tokens:
        if self.tokens.generation == stale.generation:
            fresh = self._channel.refresh(self._access, self.tokens)
            self.tokens = replace(fresh, generation=stale.generation + 1)
        return self.tokens


@dataclass
class Clock:
    """The present; moved together with the marketplace's."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Shopkeeper:
    """One connected shop, what is wanted in it, and what was said there so far."""

    channel: str
    server: Server
    http: httpx.Client
    said: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = self.server.credentials("ร้านสัญญา")
        app = AppKeys(self.channel, given["app_key"], given["app_secret"], given["push_key"])
        self.clock = Clock()
        self.system = registry.channel(self.channel, http=self.http, clock=self.clock)
        self.access = ShopAccess("test", app, given["shop_id"], given["base_url"])
        now = self.clock()
        pair = Tokens(given["access_token"], given["refresh_token"], now + timedelta(hours=4), now + timedelta(days=30))
        self.tokens = OneShopTokens(self.system, self.access, pair)
        self.market = self.system.open(self.access, self.tokens)

    # -- the marketplace's own side

    def sim(self, path: str, body: Mapping[str, object] | None = None) -> Any:
        """An answer of the control surface."""
        url = f"{self.server.url}/_sim/{path}"
        answer = self.http.get(url) if body is None else self.http.post(url, json=body)
        answer.raise_for_status()
        return answer.json()

    def wait(self, seconds: float) -> None:
        """Time passes on both sides."""
        self.clock.ahead += timedelta(seconds=seconds)
        self.sim("clock", {"advance_s": seconds})

    def fault(self, kind: str, path: str = "*", times: int = 1) -> None:
        """The next calls misbehave."""
        self.sim("faults", {"kind": kind, "path": path, "times": times})

    def buy(self, seller_sku: str, quantity: int = 1, paid: bool = True) -> str:
        """The id of an order just placed."""
        line = {"seller_sku": seller_sku, "quantity": quantity}
        return str(self.sim("orders", {"lines": [line], "paid": paid})["order_id"])

    def advance(self, order_id: str, to: str) -> None:
        """The order goes on."""
        self.sim(f"orders/{order_id}/advance", {"to": to})

    def shown(self) -> dict[str, tuple[Any, int]]:
        """Seller SKU -> price and stock in the shop; fails on twins."""
        rows = self.sim("state")["listings"]
        assert len({row["seller_sku"] for row in rows}) == len(rows), "twins"
        return {row["seller_sku"]: (row["price"], row["stock"]) for row in rows}

    # -- wanting, planning, carrying out

    def plan(self, *wanted: DesiredListing) -> Plan:
        """What separates the shop from what is wanted, by the real planner."""
        seen = self.market.observe()
        assert seen.complete
        return plan(wanted, seen, self._bindings(seen, wanted))

    def make(self, *wanted: DesiredListing) -> Plan:
        """The plan that was carried out, call by call; the shop then shows what is wanted."""
        made = self.plan(*wanted)
        by_code = {listing.product_code: listing for listing in wanted}
        for change in made.changes:
            self._do(change, by_code[change.product_code])
        return made

    def offer_ids(self, listing: DesiredListing) -> dict[str, str]:
        """Seller SKU -> offer id."""
        seen = self.market.observe()
        return {o.seller_sku: o.offer_id for one in seen.listings for o in one.offers if o.seller_sku in listing.skus}

    def listing_id(self, listing: DesiredListing) -> str:
        """The one listing that carries it."""
        (found,) = self.market.find((*listing.skus, listing.product_code))
        return found.listing_id

    def _do(self, change: Any, listing: DesiredListing) -> None:
        if isinstance(change, CreateListing | FinishListing | UpdateContent):
            self._say(change, listing)
        elif isinstance(change, SetStock):
            target = ports.OfferTarget(change.seller_sku, change.listing_id, change.offer_id, quantity=change.to)
            accepted(self.market.set_stock([target]))
        elif isinstance(change, SetPrice):
            target = ports.OfferTarget(change.seller_sku, change.listing_id, change.offer_id, price=change.to)
            accepted(self.market.set_prices([target]))
        elif isinstance(change, HideListing | RestoreListing):
            call = self.market.hide if isinstance(change, HideListing) else self.market.restore
            accepted(call({change.listing_id: list(self.offer_ids(listing).values())}))

    def _say(self, change: Any, listing: DesiredListing) -> None:
        images = self.brought(listing.photos)
        if isinstance(change, CreateListing):
            self.created(listing, self.market.create(listing, images))
        elif isinstance(change, FinishListing):
            self.market.finish(listing, change.listing_id, images)
        else:
            offers = self.offer_ids(listing)
            accepted([self.market.update_content(listing, change.listing_id, offers, images)])
        self.said |= dict.fromkeys(listing.skus, listing.content)

    def created(self, listing: DesiredListing, made: ports.Created) -> ports.Created:
        """The listing once its variants are declared, where the channel does that in a second step."""
        if made.finished:
            return made
        self.wait(made.ready_after_s)
        return self.market.finish(listing, made.listing_id, self.images)

    def brought(self, keys: Sequence[str]) -> dict[str, str]:
        """The channel's references of these photos; each handed over once."""
        new = [photo(int(key.removeprefix("photo-"))) for key in keys if key not in self.images]
        self.images |= self.market.upload_photos(new) if new else {}
        return {key: self.images[key] for key in keys}

    def _bindings(self, seen: Observation, wanted: Sequence[DesiredListing]) -> dict[str, Binding]:
        codes = {sku: listing.product_code for listing in wanted for sku in listing.skus}
        return {
            offer.seller_sku: Binding(
                shop="test",
                seller_sku=offer.seller_sku,
                product_code=codes[offer.seller_sku],
                listing_id=one.listing_id,
                offer_id=offer.offer_id,
                state=one.state,
                title=one.title,
                price=offer.price,
                quantity=offer.quantity,
                seen_at=one.observed_at,
                content=self.said.get(offer.seller_sku, ""),
            )
            for one in seen.listings
            for offer in one.offers
            if offer.seller_sku in codes
        }


def accepted(outcomes: Sequence[ports.Outcome]) -> None:
    """Every outcome says yes."""
    assert [outcome for outcome in outcomes if outcome.state is not EntryState.ACCEPTED] == []


def is_refused(system: ports.Channel, access: ShopAccess, tokens: Tokens) -> bool:
    """Whether the channel gives no new pair for this one."""
    try:
        system.refresh(access, tokens)
    except DisconnectedError:
        return True
    return False

"""Builders for Shopee tests: a practice shop over real HTTP, and one that answers from a script."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from PIL import Image

from chalicelib.domain.catalogue import Axis, Kind, Size
from chalicelib.domain.money import Money
from chalicelib.domain.offers import DesiredListing, DesiredOffer
from chalicelib.domain.ports import PhotoFile
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from connectors.shopee.connector import ShopeeShop
from connectors.shopee.system import Shopee
from connectors.wire import Patience

HURRIED = Patience(attempts=4, within_s=5.0, first_wait_s=0.01, longest_wait_s=2.0)
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
WORDS = "ทำเองในหมู่บ้าน วัตถุดิบจากสวนของสมาชิก ไม่ใส่สารกันเสีย เก็บได้นานหนึ่งเดือนในที่แห้งและเย็น"


class KeptTokens:
    """A TokenSource that refreshes through the channel and remembers how often it was asked."""

    def __init__(self, channel: Shopee, access: ShopAccess, tokens: Tokens) -> None:
        self._channel, self._access, self._tokens = channel, access, tokens
        self.renewals = 0

    def current(self) -> Tokens:
        return self._tokens

    def renew(self, stale: Tokens) -> Tokens:
        if stale.generation == self._tokens.generation:
            self.renewals += 1
            self._tokens = self._channel.refresh(self._access, stale)
        return self._tokens


class PracticeShop:
    """One shop of a practice marketplace, with the control surface beside it."""

    def __init__(self, server: Any) -> None:
        keys = server.credentials()
        self.keys = keys
        self.app = AppKeys("shopee", keys["app_key"], keys["app_secret"], keys["push_key"])
        self.access = ShopAccess("village-shopee", self.app, keys["shop_id"], keys["base_url"])
        self.http = httpx.Client(timeout=10.0)
        self.channel = Shopee(self.http, patience=HURRIED)
        now = datetime.now(UTC)
        pair = Tokens(keys["access_token"], keys["refresh_token"], now + timedelta(hours=4), now + timedelta(days=30))
        self.tokens = KeptTokens(self.channel, self.access, pair)
        self.shop: ShopeeShop = self.channel.open(self.access, self.tokens)

    def sim(self, what: str, **body: Any) -> Any:
        """A control call."""
        answer = self.http.post(f"{self.keys['base_url']}/_sim/{what}", json=body)
        answer.raise_for_status()
        return answer.json()

    def state(self) -> Any:
        """What a person would see in the seller centre."""
        return self.http.get(f"{self.keys['base_url']}/_sim/state").json()

    def offers(self) -> dict[str, dict[str, Any]]:
        """Seller SKU -> the row of the seller centre."""
        return {row["seller_sku"]: row for row in self.state()["listings"]}

    def fault(self, kind: str, path: str, times: int = 1) -> None:
        """The marketplace misbehaves on the next calls of a path."""
        self.sim("faults", path=f"/api/v2/{path}", kind=kind, times=times)

    def wait_until_ready(self) -> None:
        """Six seconds later: new listings take their variants."""
        self.sim("clock", advance_s=6)

    def upload(self, *keys: str) -> dict[str, str]:
        """Photos handed over, key -> image id."""
        return self.shop.upload_photos([photo(key) for key in keys])

    def publish(self, listing: DesiredListing) -> Any:
        """The listing exists and is finished."""
        images = self.upload(*listing.photos)
        created = self.shop.create(listing, images)
        if created.finished:
            return created
        self.wait_until_ready()
        return self.shop.finish(listing, created.listing_id, images)


def photo(key: str) -> PhotoFile:
    """A small picture whose colour comes from its key."""
    colour = (sum(key.encode()) % 256, len(key) * 20 % 256, ord(key[0]) % 256)
    held = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(held, "JPEG")
    return PhotoFile(key, held.getvalue(), "image/jpeg")


def a_listing(code: str = "TEA", **changes: Any) -> DesiredListing:
    """A product of one SKU with valid words, photo and size; `changes` name what matters."""
    return DesiredListing(
        **{
            "product_code": code,
            "kind": Kind.CHILI_PASTE,
            "title": "น้ำพริกตาแดง สูตรคุณยาย",
            "description": WORDS,
            "size": Size(350, 120, 80, 75),
            "photos": ("photo-a",),
            "offers": (DesiredOffer(f"{code}-50", Money(8900), 7),),
        }
        | changes
    )


def two_axes(code: str = "BAG", quantity: int = 4) -> DesiredListing:
    """A bag in two colours and two sizes."""
    axes = (Axis("สี", ("แดง", "คราม")), Axis("ขนาด", ("เล็ก", "ใหญ่")))
    offers = tuple(
        DesiredOffer(f"{code}-{row}{column}", Money(25900 + 5000 * column), quantity, (colour, size))
        for row, colour in enumerate(axes[0].options)
        for column, size in enumerate(axes[1].options)
    )
    return a_listing(code, kind=Kind.BAG, title="กระเป๋าสานจากผักตบชวา", axes=axes, offers=offers)


def one_axis(code: str = "CLOTH", colours: tuple[str, ...] = ("แดง", "ดำ")) -> DesiredListing:
    """A woven cloth in some colours."""
    offers = tuple(DesiredOffer(f"{code}-{colour}", Money(45000), 3, (colour,)) for colour in colours)
    coded = tuple(
        DesiredOffer(f"{code}-{place}", offer.price, offer.quantity, offer.options)
        for place, offer in enumerate(offers)
    )
    axes = (Axis("สี", colours),)
    return a_listing(code, kind=Kind.FABRIC, title="ผ้าถุงและผ้าทอมือย้อมคราม", axes=axes, offers=coded)


def scripted(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[Shopee, ShopAccess, Tokens]:
    """A channel whose every call is answered by a function, with the access and tokens of one shop."""
    http = httpx.Client(transport=httpx.MockTransport(answer))
    channel = Shopee(http, clock=lambda: NOON, patience=Patience(first_wait_s=0.01, longest_wait_s=0.5))
    access = ShopAccess("village-shopee", AppKeys("shopee", "2001234", "shpkey", "pushkey"), "220011445")
    return channel, access, Tokens("access-1", "refresh-1", NOON, NOON)


def envelope(response: Any = None, error: str = "", message: str = "", **more: Any) -> httpx.Response:
    """An answer in Shopee's envelope."""
    body = {"error": error, "message": message, "request_id": "r-1", **more}
    if response is not None:
        body["response"] = response
    return httpx.Response(200, content=json.dumps(body).encode())

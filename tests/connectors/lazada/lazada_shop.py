"""Builders for Lazada tests: a practice shop over real HTTP, and one that answers from a script."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import httpx
from PIL import Image

from chalicelib.domain.catalogue import Axis, Kind, Size
from chalicelib.domain.money import Money
from chalicelib.domain.offers import DesiredListing, DesiredOffer, Observation, ObservedListing
from chalicelib.domain.ports import Created, OfferTarget, OrderWindow, PhotoFile
from chalicelib.domain.shops import AppKeys, ShopAccess, Tokens
from connectors.lazada.connector import LazadaShop
from connectors.lazada.settings import Settings
from connectors.lazada.system import Lazada
from connectors.wire import Patience

HURRIED = Patience(attempts=4, within_s=5.0, first_wait_s=0.01, longest_wait_s=1.5)
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
KEY = "c0ffee"
COLOUR = Axis("สี", ("คราม", "แดง"))
SIZE = Axis("ขนาด", ("เล็ก", "ใหญ่"))


class KeptTokens:
    """A TokenSource that refreshes through the channel and counts how often."""

    def __init__(self, channel: Lazada, access: ShopAccess, tokens: Tokens) -> None:
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

    def __init__(self, server: Any, settings: Settings | None = None) -> None:
        keys = server.credentials()
        self.server, self.root = server, server.url
        self.app = AppKeys("lazada", keys["app_key"], keys["app_secret"])
        self.access = ShopAccess("village-lazada", self.app, keys["shop_id"], keys["base_url"])
        self.http = httpx.Client(timeout=10.0)
        self.channel = Lazada(self.http, settings=settings, patience=HURRIED)
        now = datetime.now(UTC)
        pair = Tokens(keys["access_token"], keys["refresh_token"], now + timedelta(days=10), now + timedelta(days=50))
        self.tokens = KeptTokens(self.channel, self.access, pair)
        self.shop: LazadaShop = self.channel.open(self.access, self.tokens)

    def sim(self, what: str, **body: Any) -> Any:
        """A control call."""
        answer = self.http.post(f"{self.root}/_sim/{what}", json=body)
        answer.raise_for_status()
        return answer.json()

    def state(self) -> Any:
        """What a person would see in the seller centre."""
        return self.http.get(f"{self.root}/_sim/state").json()

    def offers(self) -> dict[str, dict[str, Any]]:
        """Seller SKU -> the row of the seller centre."""
        return {row["seller_sku"]: row for row in self.state()["listings"]}

    def calls(self, path: str) -> int:
        """How often the API was called."""
        counts = self.state()["calls"]
        return sum(count for name, count in counts.items() if name.endswith(path))

    def fault(self, kind: str, path: str, times: int = 1) -> None:
        """The marketplace misbehaves on the next calls of an API."""
        self.sim("faults", path=path, kind=kind, times=times)

    def buy(self, *lines: tuple[str, int], paid: bool = True) -> str:
        """The id of a new order."""
        rows = [{"seller_sku": sku, "quantity": quantity} for sku, quantity in lines]
        return str(self.sim("orders", lines=rows, paid=paid)["order_id"])

    def publish(self, listing: DesiredListing) -> Created:
        """The listing, created with one photo."""
        return self.shop.create(listing, self.shop.upload_photos([a_photo()]))

    def listing_of(self, seller_sku: str) -> ObservedListing:
        """The one listing that carries the SKU."""
        (found,) = self.shop.find([seller_sku])
        return found


def a_photo(width: int = 400, height: int = 400, kind: str = "JPEG", key: str = KEY) -> PhotoFile:
    """A photo of the community's indigo."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#25345f").save(file, kind)
    return PhotoFile(key, file.getvalue(), f"image/{kind.lower()}")


def a_listing(code: str = "SCARF", axes: tuple[Axis, ...] = (), **changes: Any) -> DesiredListing:
    """A scarf; one SKU for each combination of options."""
    combinations = list(product(*(axis.options for axis in axes)))
    offers = tuple(
        DesiredOffer(f"{code}-{number}", Money(128_900), 7, tuple(options))
        for number, options in enumerate(combinations, start=1)
    )
    said: dict[str, Any] = {
        "product_code": code,
        "kind": Kind.FABRIC,
        "title": f"ผ้าพันคอทอมือ {code}",
        "description": "ย้อมคราม\n\nซักมือ",
        "size": Size(355, 300, 205, 21),
        "photos": (KEY,),
        "offers": offers,
        "axes": axes,
    }
    return DesiredListing(**(said | changes))


def a_target(listing: ObservedListing, seller_sku: str, **wanted: Any) -> OfferTarget:
    """The offer of the listing with this SKU, and what it should become."""
    (offer,) = [offer for offer in listing.offers if offer.seller_sku == seller_sku]
    return OfferTarget(seller_sku, listing.listing_id, offer.offer_id, **wanted)


def today(by: str = "created", clock_ahead_s: float = 0.0) -> OrderWindow:
    """The day around now."""
    now = datetime.now(UTC) + timedelta(seconds=clock_ahead_s)
    return OrderWindow(by, now - timedelta(hours=12), now + timedelta(hours=12))  # type: ignore[arg-type]


def quantities(seen: Observation) -> dict[str, int]:
    """Seller SKU -> what a buyer can order."""
    return {offer.seller_sku: offer.quantity for listing in seen.listings for offer in listing.offers}


class Scripted:
    """A shop that answers from a function `(path, parameters) -> JSON, text or Response`."""

    def __init__(
        self, answer: Callable[[str, dict[str, str]], Any], settings: Settings | None = None, base_url: str = ""
    ) -> None:
        self.requests: list[httpx.Request] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._answer = answer
        http = httpx.Client(transport=httpx.MockTransport(self._reply))
        self.channel = Lazada(http, clock=lambda: NOON, settings=settings, patience=HURRIED)
        self.access = ShopAccess("v-lazada", AppKeys("lazada", "100001", "s3cr3t-Key"), "100123", base_url)
        self.shop = self.channel.open(self.access, Given())

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        said = dict(httpx.QueryParams(request.url.query.decode() or request.content.decode("utf-8", "replace")))
        path = request.url.path.removeprefix("/rest")
        self.asked.append((path, said))
        answer = self._answer(path, said)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return httpx.Response(200, text=text)


class Given:
    """A TokenSource with two pairs: the one in force, and the one after a renewal."""

    def current(self) -> Tokens:
        return Tokens("50000-tok_en", "50001-re", NOON, NOON)

    def renew(self, stale: Tokens) -> Tokens:
        return Tokens("50000-younger", "50001-re", NOON, NOON, generation=stale.generation + 1)


def a_product(**changes: Any) -> dict[str, Any]:
    """One item as `/products/get` shows it."""
    return {
        "item_id": 700000002,
        "primary_category": 10000001,
        "status": "Active",
        "subStatus": None,
        "rejectReason": [],
        "attributes": {"name": "Enamel mug"},
        "skus": [a_sku()],
    } | changes


def a_sku(**changes: Any) -> dict[str, Any]:
    """One SKU of it."""
    return {"SkuId": 800000002, "SellerSku": "MUG-BLK", "Status": "active", "quantity": 40, "price": 199.0} | changes


def ok(data: Any = None, **more: Any) -> dict[str, Any]:
    """A successful envelope."""
    return {"code": "0", "request_id": "r-1"} | ({} if data is None else {"data": data}) | more


def refused(code: str, message: str = "", detail: Any = None) -> dict[str, Any]:
    """A refusing envelope."""
    body = {"type": "ISP", "code": code, "message": message, "request_id": "r-2"}
    return body | ({"detail": detail} if detail else {})

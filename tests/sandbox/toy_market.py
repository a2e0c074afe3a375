"""The smallest channel that the shared core can serve, for the core's own tests."""

import json
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.market.events import Event, Message
from sandbox.market.market import Market
from sandbox.market.server import Server
from sandbox.market.shop import CANCELED, SHIPPED, Listing, Order, Shop, Sku


class ToyMarket(Market):
    """`/api/stock` sets a stock number, `/api/look` shows it; the shop is named in the query."""

    channel = "toy"
    title_th = "ตลาดฝึกหัด ของเล่น"
    unpaid_life_s = 1800.0
    push_retry_s = (60.0,)

    def api_path(self, path: str) -> str | None:
        return path if path.startswith("/api/") else None

    def caller(self, request: Request, body: bytes) -> str | None:
        found = self.by_access_token(request.query_params.get("token", ""))
        return found[0].shop_id if found else None

    def is_write(self, path: str) -> bool:
        return path == "/api/stock"

    def is_live(self, listing: Listing, sku: Sku) -> bool:
        return listing.status == "live"

    def advance(self, shop: Shop, order: Order, to: str) -> str:
        if to not in (SHIPPED, CANCELED):
            raise ValueError(f"no status {to}")
        self.move(shop, order, order.units, to, to)
        return to

    def expire(self, shop: Shop, order: Order) -> None:
        self.move(shop, order, order.units, CANCELED, CANCELED)

    def messages(self, event: Event) -> Iterable[Message]:
        body = {"kind": event.kind, "order_id": event.order.order_id if event.order else None}
        return [Message(json.dumps(body).encode(), {"X-Sign": "toy"}, event.shop.shop_id)]

    def routes(self) -> list[Route]:
        return [Route("/api/stock", self.stock, methods=["POST"]), Route("/api/look", self.look)]

    async def stock(self, request: Request) -> Response:
        body = await request.json()
        shop = self.shops[self.caller(request, b"") or ""]
        listing, sku = shop.find("TEA")[0]
        sku.sellable = body["stock"]
        self.edited(shop, listing)
        return JSONResponse({"ok": True})

    async def look(self, request: Request) -> Response:
        found = self.by_access_token(request.query_params.get("token", ""))
        if found is None or found[1].access_ends_at <= self.clock.now():
            return JSONResponse({"error": "token"})
        return JSONResponse({"stock": found[0].find("TEA")[0][1].sellable})


def toy_server(**options: object) -> Server:
    """A served toy market with one shop that sells ten pieces of TEA; the caller stops it."""
    market = ToyMarket(seed=1)
    server = Server(market, **options)
    shop = market.open_shop("Toys", "ร้านของเล่น")
    if not shop.listings:
        tea = Sku("TEA", "o1", 12_000, {"ขนาด": "50 กรัม"}, sellable=10)
        gone = Sku("TEA-0", "o2", 9_950, {"ขนาด": "10 กรัม"}, sellable=0)
        shop.listings["l1"] = Listing("l1", "ชาใบหม่อน", "live", skus=[tea, gone])
    server.start()
    return server

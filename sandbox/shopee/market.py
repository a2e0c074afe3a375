"""The practice Shopee market: many Thai shops, one app, over the shared core.

What a stock number means: the number sent is what buyers can order from now on. Placing an order
lowers it at once, paid or not; cancelling before shipping raises it again; shipping changes nothing
more. `views` says how a promotion's reserve shows beside it. The page is silent on some of this, so
it is a choice.
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.market.clock import Clock
from sandbox.market.events import Event, Message
from sandbox.market.ids import Ids
from sandbox.market.market import Market
from sandbox.market.reading import read_json
from sandbox.market.shop import Grant, Listing, Order, Shop, Sku
from sandbox.shopee import (
    api,
    calls_auth,
    calls_logistics,
    calls_lookup,
    calls_order,
    calls_payment,
    calls_product,
    calls_push,
    calls_read,
    calls_returns,
    hints,
    life,
    pushes,
    tokens,
    views,
)
from sandbox.shopee.extras import Extras

PREFIX = "/api/v2/"
HEX = "0123456789abcdef"
MODULES = (
    calls_auth,
    calls_lookup,
    calls_product,
    calls_read,
    calls_logistics,
    calls_order,
    calls_payment,
    calls_returns,
    calls_push,
)
HANDLERS = {PREFIX + name: handler for module in MODULES for name, handler in module.HANDLERS.items()}
WRITES = frozenset(
    path
    for path, (method, _) in HANDLERS.items()
    if method == "POST" and path.split("/")[3] in {"product", "order", "logistics", "returns"}
)
STATUS_WORDS = calls_read.STATUSES


class ShopeeMarket(Market):
    """Shopee's words, ids and life of an order."""

    title_fields = frozenset({"item_name", "model_name"})
    page_fields = frozenset({"item", "item_list", "order_list", "model"})
    channel: ClassVar[str] = "shopee"
    title_th: ClassVar[str] = "Shopee จำลอง (สำหรับฝึก)"
    colour: ClassVar[str] = "#c2410c"
    access_life_s: ClassVar[float] = tokens.ACCESS_LIFE_S
    refresh_life_s: ClassVar[float] = tokens.REFRESH_LIFE_S
    unpaid_life_s: ClassVar[float | None] = 172_800.0
    push_retry_s: ClassVar[tuple[float, ...]] = (300.0, 1800.0, 10_800.0)
    paid_status: ClassVar[str] = "READY_TO_SHIP"
    unpaid_status: ClassVar[str] = "UNPAID"
    hints = hints.HINTS
    default_settings: ClassVar[dict[str, Any]] = {
        "ready_after_s": 5,
        "auth_status": 200,
        "rate_per_s": 50,
        "rate_limit_status": 429,
        "daily_limit": None,
        "process_after_s": 1,
        "tracking_after_s": 1,
        "label_after_s": 1,
        "short_pages": False,
        "max_offset": 10_000,
        "holiday": False,
    }
    kept: ClassVar[tuple[str, ...]] = (*Market.kept, "codes", "lost", "push_config")

    def __init__(self, seed: int = 1, clock: Clock | None = None) -> None:
        super().__init__(seed, clock)
        self.limits = api.Limits()
        self.request_ids = Ids(seed + 1)
        self.codes: dict[str, tokens.Code] = {}
        self.lost: list[dict[str, Any]] = []
        self.push_config: dict[str, Any] = {"blocked": [], "off": []}
        self.pusher.on_lost = self._keep_lost

    # -- identity and calls ---------------------------------------------------------------------------------

    def app_identity(self, ids: Ids) -> tuple[str, str, str]:
        """partner_id, partner key, push key; drawn apart from the tokens, which start from the same seed."""
        number = str(ids.first("app", 2_001_000))
        secrets = Ids(int(number))
        return number, "shpk" + secrets.text(60, HEX), secrets.text(64, HEX)

    def routes(self) -> Sequence[BaseRoute]:
        """Everything below /api/v2/, and the consent page."""
        return [
            *Extras(self).routes(),
            Route(PREFIX + "{rest:path}", self.call, methods=["GET", "POST", "PUT", "DELETE", "PATCH"]),
        ]

    async def call(self, request: Request) -> Response:
        """One API call."""
        return await api.answer(self, HANDLERS, request)

    def api_path(self, path: str) -> str | None:
        """API paths go by their full path."""
        return path if path.startswith(PREFIX) else None

    def caller(self, request: Request, body: bytes) -> str | None:
        """The query's shop, or the body's for token calls."""
        named = request.query_params.get("shop_id")
        if named is None and request.url.path.startswith(PREFIX + "auth/"):
            try:
                named = str(read_json(body)["shop_id"])
            except (ValueError, KeyError, TypeError):
                return None
        return named if named in self.shops else None

    def is_write(self, path: str) -> bool:
        """Posts about products, orders and logistics."""
        return path in WRITES

    def new_request_id(self) -> str:
        """Long, with colons, as theirs may be."""
        return f"{self.request_ids.text(32, HEX)}:{self.request_ids.number('request', 1)}"

    # -- tokens ---------------------------------------------------------------------------------------------

    def hex_word(self) -> str:
        """32 hex digits, for codes and tokens."""
        return self.ids.text(32, HEX)

    def refusals(self, answer: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """Also single rows that were refused."""
        return hints.refusals(answer)

    def new_shop_id(self) -> str:
        """Fits in 32 bits."""
        # Numbers start anew after a reset while shops stay.
        while (number := str(self.ids.first("shop", 220_011_400))) in self.shops:
            pass
        return number

    def new_tokens(self, shop: Shop) -> tuple[str, str]:
        """32 hex digits each."""
        return self.hex_word(), self.hex_word()

    def grant(self, shop: Shop, refresh_ends_at: float | None = None) -> Grant:
        """A new pair that remembers when the seller agreed."""
        grant = super().grant(shop, refresh_ends_at)
        grant.data["auth_time"] = self.clock.now()
        return grant

    def token_serves(self, access_token: str) -> frozenset[int]:
        """The shops this token serves now."""
        return tokens.serves(self.shops, access_token, self.clock.now())

    def why_not_linked(self, shop_id: int) -> str:
        """Why this shop is not connected to the app, or ""."""
        return tokens.why_not_linked(self.shops.get(str(shop_id)), self.clock.now())

    # -- listings -------------------------------------------------------------------------------------------

    def image_ids(self) -> set[str]:
        """Every uploaded picture."""
        return {views.IMAGE_PREFIX + digest for digest in self.photos.by_digest}

    def is_live(self, listing: Listing, sku: Sku) -> bool:
        """NORMAL is on sale."""
        return listing.status == "NORMAL" and not listing.deleted

    def price_satang(self, sku: Sku) -> int:
        """The promotion's price while it runs."""
        return round(float(views.price_info(sku, self.clock.now())[0]["current_price"]) * 100)

    def set_status(self, listing: Listing, sku: Sku, status: str) -> None:
        """One of Shopee's item statuses; a deleted one is gone for buyers."""
        if status not in STATUS_WORDS:
            raise ValueError(f"{status} is no item status; one of {', '.join(sorted(STATUS_WORDS))}")
        listing.status, listing.deleted = status, status.endswith("_DELETE")

    def description(self, listing: Listing) -> str:
        """What the seller wrote."""
        return str(views.item_facts(listing)["description"])

    # -- orders ---------------------------------------------------------------------------------------------

    def new_order_id(self) -> str:
        """An order_sn nobody has."""
        while True:
            number = life.new_order_sn(self.ids.rng, self.clock.now())
            if all(number not in shop.orders for shop in self.shops.values()):
                return number

    def new_buyer(self) -> dict[str, str]:
        """Made up, and never shown through the API, which masks every buyer."""
        return {"name": "ผู้ซื้อ สมมุติ", "username": "practice_buyer"}

    def order_status(self, order: Order) -> str:
        """The order's one status."""
        return life.status(order)

    def placed(self, shop: Shop, order: Order) -> None:
        """Parcel, carrier and line ids."""
        life.fill(self, shop, order)

    def advance(self, shop: Shop, order: Order, to: str) -> str:
        """Moves an order by Shopee's status names."""
        return life.advance(self, shop, order, to)

    def expire(self, shop: Shop, order: Order) -> None:
        """An order nobody paid is cancelled by the system."""
        life.cancel(self, shop, order, "system", "Unpaid Order")

    def came_due(self, kind: str, shop: Shop, key: str) -> None:
        """Arranged shipments become PROCESSED, then tracked; labels become ready."""
        order = shop.orders.get(key)
        if order is None:
            return
        if kind == "processed" and order.data["arranged"]:
            if life.status(order) in {"READY_TO_SHIP", "RETRY_SHIP"}:
                self.move(shop, order, life.open_units(order), "", "PROCESSED")
            self.schedule(self.clock.now() + float(self.settings["tracking_after_s"]), "tracking", shop, key)
        elif kind == "tracking":
            life.track(self, shop, order)
        elif kind == "label" and order.data["label"]:
            order.data["label"]["status"] = "READY"
            self.emit(Event("label", shop, order=order))

    # -- pushes ---------------------------------------------------------------------------------------------

    def messages(self, event: Event) -> Iterable[Message]:
        """Signed pushes, except for blocked shops and codes switched off."""
        if self.pusher.url is None or int(event.shop.shop_id) in self.push_config["blocked"]:
            return []
        common: dict[str, Any] = {"url": self.pusher.url, "push_key": self.push_key, "now": self.clock.now()}
        return [
            pushes.message(code, data, shop_id=event.shop.shop_id, **common)
            for code, data in pushes.of_event(self, event)
            if code not in self.push_config["off"]
        ]

    def reset(self, seed: int) -> None:
        """As the core does, and nothing of the app's own is left."""
        super().reset(seed)
        self.limits, self.codes, self.lost = api.Limits(), {}, []
        self.push_config = {"blocked": [], "off": []}

    def _keep_lost(self, message: Message) -> None:
        whole = read_json(message.body)
        with self.lock:
            number = self.ids.number("lost", 1_000_000)
            row = {"id": number, "code": whole["code"], "timestamp": int(self.clock.now())}
            if "shop_id" in whole:
                row["shop_id"] = whole["shop_id"]
            self.lost.append(row | {"data": message.body.decode()})
            self.touch()


def build(seed: int = 1, clock: Clock | None = None) -> ShopeeMarket:
    """A market without shops."""
    return ShopeeMarket(seed, clock)

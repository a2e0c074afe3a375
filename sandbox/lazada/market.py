"""The practice Lazada: one app, many Thai shops, the Open Platform's protocol below `/rest`."""

import json
import string
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from sandbox.lazada import (
    consent,
    hints,
    listings,
    pushes,
    routes_auth,
    routes_cancel,
    routes_catalogue,
    routes_finance,
    routes_fulfilment,
    routes_images,
    routes_orders,
    routes_product_off,
    routes_product_read,
    routes_product_stock,
    routes_product_write,
    routes_reverse,
    routes_seller,
    statuses,
)
from sandbox.lazada.gateway import Api, Call, Gateway, token_in
from sandbox.market.clock import Clock
from sandbox.market.events import Event, Message
from sandbox.market.ids import Ids
from sandbox.market.market import Market
from sandbox.market.shop import CANCELED, Listing, Order, Shop, Sku

APIS: dict[str, Api] = {
    **routes_auth.APIS, **routes_seller.APIS, **routes_catalogue.APIS, **routes_images.APIS,
    **routes_product_write.APIS, **routes_product_stock.APIS, **routes_product_off.APIS,
    **routes_product_read.APIS, **routes_orders.APIS, **routes_fulfilment.APIS, **routes_cancel.APIS,
    **routes_finance.APIS, **routes_reverse.APIS,
}  # fmt: skip


class LazadaMarket(Market):
    """See `sandbox.market.market.Market` for what each method is for."""

    title_fields = frozenset({"name"})
    page_fields = frozenset({"products", "orders", "order_items"})
    channel = "lazada"
    title_th = "ตลาดฝึกหัด Lazada"
    colour = "#1f2f8f"
    access_life_s = 864_000.0
    refresh_life_s = 4_320_000.0
    unpaid_life_s = 1800.0
    push_retry_s = (1800.0,) * 12
    paid_status, unpaid_status = "pending", "unpaid"
    hints = hints.HINTS
    default_settings: ClassVar[dict[str, Any]] = {
        "review_delay_s": 0.0,  # seconds in "Pending QC" after a create or a content update
        "reject_containing": "",  # a name with this text is rejected by the review
        "refuse_while_pending": False,  # a second update during the review answers 4147
        "rate_per_second": 50,  # calls of one API by one shop
        "errors_in_detail": True,  # create and update failures: 500/501 with detail, or the code itself
        "campaign": False,  # price and stock cuts are refused, as around big sales
        "label_delay_s": 0.0,  # seconds after packing until the label can be had
        "item_limit": 1000,
        "commission_percent": 5.35,  # invented rates; VAT included, taken from each delivered piece
        "payment_fee_percent": 3.21,
    }
    kept = (*Market.kept, "codes")

    def __init__(self, seed: int = 1, clock: Clock | None = None) -> None:
        super().__init__(seed, clock)
        self.codes: dict[str, tuple[str, float]] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.label_links: dict[str, tuple[str, float]] = {}
        self.gateway = Gateway(self, APIS)

    def app_identity(self, ids: Ids) -> tuple[str, str, str]:
        secret = ids.text(32)
        # Pushes are signed with the app secret; Lazada has no key of their own.
        return str(ids.first("app", 100_000)), secret, secret

    def base_url(self) -> str:
        return f"{self.root_url}/rest"

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route("/rest/{path:path}", self.gateway.answer, methods=["GET", "POST"]),
            *consent.routes(self),
            *routes_reverse.control_routes(self),
            *routes_cancel.control_routes(self),
            *routes_fulfilment.label_routes(self),
        ]

    def api_path(self, path: str) -> str | None:
        return path.removeprefix("/rest") if path.startswith("/rest/") else None

    def caller(self, request: Request, body: bytes) -> str | None:
        token = token_in(request, body)
        found = self.by_access_token(token) or self.by_refresh_token(token)
        return found[0].shop_id if found else None

    def is_write(self, path: str) -> bool:
        return path in APIS and APIS[path].write

    async def prepare(self, call: Call) -> None:
        """What an API must fetch before it may hold the lock: the photos to migrate."""
        if call.path in ("/image/migrate", "/images/migrate"):
            await routes_images.fetch(self, call)

    def refusals(self, answer: dict[str, Any]) -> Iterable[tuple[str, str]]:
        return hints.refusals(answer)

    def new_shop_id(self) -> str:
        return str(self.identity.first("shop", 100_123_000))

    def new_tokens(self, shop: Shop) -> tuple[str, str]:
        return f"50000{self.identity.text(40)}", f"50001{self.identity.text(40)}"

    def is_live(self, listing: Listing, sku: Sku) -> bool:
        return listing.status == "Active" and sku.data["status"] == "active" and not listing.deleted

    def price_satang(self, sku: Sku) -> int:
        return listings.selling_price(sku, self.clock.now())

    def status_of(self, listing: Listing, sku: Sku) -> str:
        return "InActive" if listing.status == "Active" and sku.data["status"] != "active" else listing.status

    def set_status(self, listing: Listing, sku: Sku, status: str) -> None:
        listings.set_by_hand(listing, status)

    def description(self, listing: Listing) -> str:
        attributes = listing.data["attributes"]
        return "\n".join(filter(None, (attributes.get("short_description"), attributes.get("description"))))

    def photo_of(self, sku: Sku) -> str:
        return next(iter(sku.data["images"]), "")

    def new_buyer(self) -> dict[str, str]:
        tail = self.ids.text(2, string.digits)
        return {
            "name": "ผ********ด", "phone": f"66********{tail}", "address1": "9***9 ถนนส******ด",
            "address3": "ก****ร", "address4": "พ****ก", "address5": "1***0", "city": "ฝึกหัด/ Practice",
            "post_code": "10000", "buyer_id": str(self.ids.number("buyer", 400_000)),
        }  # fmt: skip

    def placed(self, shop: Shop, order: Order) -> None:
        order.data.setdefault("payment_method", "MIXEDCARD")
        for unit in order.units:
            found = shop.offer(unit.offer_id)
            unit.data["shop_sku"] = found[1].data["shop_sku"] if found else ""

    def advance(self, shop: Shop, order: Order, to: str) -> str:
        return statuses.advance(self, shop, order, to)

    def expire(self, shop: Shop, order: Order) -> None:
        unpaid = [unit for unit in order.units if unit.status == "unpaid"]
        for unit in unpaid:
            unit.data |= {"reason": "Payment time out", "initiator": "system-cancel"}
        self.move(shop, order, unpaid, CANCELED, "canceled")

    def came_due(self, kind: str, shop: Shop, key: str) -> None:
        if kind == "review" and key in shop.listings:
            listings.review(self, shop, shop.listings[key])

    def messages(self, event: Event) -> Iterable[Message]:
        for body in pushes.bodies(event, self.clock.now()):
            raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
            yield Message(raw, pushes.headers(self.app_key, self.app_secret, raw), event.shop.shop_id)

    def reset(self, seed: int) -> None:
        with self.lock:
            super().reset(seed)
            self.batches.clear()
            self.label_links.clear()


def build(seed: int, clock: Clock) -> LazadaMarket:
    """A practice Lazada without shops."""
    return LazadaMarket(seed, clock)

"""A small Thai shop front, so that a person can look at a listing and buy it."""

import html
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.market.market import Market
from sandbox.market.shop import CannotSellError, Listing, Shop, Sku

_PAGES = Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True)
_BANGKOK = timezone(timedelta(hours=7))
_REFUSALS_TH = {
    "sold_out": "ขออภัย สินค้าหมดหรือเหลือไม่พอ กรุณาลดจำนวนหรือเลือกแบบอื่น",
    "not_live": "ขออภัย สินค้านี้ยังไม่เปิดขาย",
    "unknown_sku": "กรุณาเลือกแบบสินค้าและจำนวนอย่างน้อย 1 ชิ้น",
}


def money_th(satang: int) -> str:
    """The amount as buyers read it.

    >>> money_th(123450), money_th(12000)
    ('฿1,234.50', '฿120')
    """
    return f"฿{satang / 100:,.2f}".removesuffix(".00")


def clock_th(epoch_s: float) -> str:
    """The time of day in Bangkok.

    >>> clock_th(0)
    '07:00:00'
    """
    return datetime.fromtimestamp(epoch_s, _BANGKOK).strftime("%H:%M:%S")


def plain(markup: str) -> str:
    """The text of a description without its tags; blocks become lines."""
    lines = re.sub(r"(?i)<\s*(br|/p|/li|/h\d|/div|/ul)[^>]*>", "\n", markup)
    text = html.unescape(re.sub(r"<[^>]+>", "", lines))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def routes(market: Market) -> list[Route]:
    """The shop front's pages and the uploaded photos."""
    front = Shopfront(market)
    return [
        Route("/", lambda request: RedirectResponse("/shop/")),
        Route("/shop/", front.shops),
        Route("/shop/{shop_id}", front.listings),
        Route("/shop/{shop_id}/item/{listing_id}", front.item),
        Route("/shop/{shop_id}/item/{listing_id}", front.buy, methods=["POST"]),
        Route("/shop/{shop_id}/order/{order_id}", front.order),
        Route("/image/{name}", front.image),
        Route("/class", front.refused),
    ]


class Shopfront:
    """Pages for buyers; each shows only what is live."""

    def __init__(self, market: Market) -> None:
        self.market = market

    async def shops(self, request: Request) -> Response:
        """Every shop, with the number of its listings on sale."""
        rows = [(shop, len(self._live(shop))) for shop in self.market.shops.values()]
        return self._page("shops.html", "ร้านทั้งหมด", rows=rows)

    async def listings(self, request: Request) -> Response:
        """One shop's live listings."""
        shop = self.market.shops.get(request.path_params["shop_id"])
        if shop is None:
            return self._missing("ไม่พบร้านนี้")
        cards = [self._card(shop, listing, skus) for listing, skus in self._live(shop)]
        return self._page("listings.html", shop.title, shop=shop, cards=cards)

    async def item(self, request: Request) -> Response:
        """One live listing with its variants and the button to buy."""
        return self._item(request.path_params, None)

    async def buy(self, request: Request) -> Response:
        """A paid order, and on to its page; the same page with the reason when it cannot be sold."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
        shop = self.market.shops.get(request.path_params["shop_id"])
        if shop is None:
            return self._missing("ไม่พบร้านนี้")
        quantity = form.get("quantity", "1")
        found = shop.offer(form.get("offer", ""))
        try:
            if found is None or not quantity.isdecimal():
                raise CannotSellError("unknown_sku", form.get("offer", ""))
            order = self.market.place_order(shop, [(found[1].seller_sku, int(quantity))], offer_id=found[1].offer_id)
        except CannotSellError as error:
            return self._item(request.path_params, _REFUSALS_TH[error.reason])
        return RedirectResponse(f"/shop/{shop.shop_id}/order/{order.order_id}", status_code=303)

    async def order(self, request: Request) -> Response:
        """What was bought, in plain words."""
        shop = self.market.shops.get(request.path_params["shop_id"])
        order = shop.orders.get(request.path_params["order_id"]) if shop else None
        if shop is None or order is None:
            return self._missing("ไม่พบคำสั่งซื้อนี้")
        pieces = Counter((u.title, " ".join(u.attributes.values()), u.price_satang) for u in order.units)
        lines = [(title, variant, count, money_th(price * count)) for (title, variant, price), count in pieces.items()]
        status, total = self.market.order_status(order), money_th(order.total_satang)
        return self._page("order.html", "สั่งซื้อแล้ว", shop=shop, order=order, lines=lines, status=status, total=total)

    async def image(self, request: Request) -> Response:
        """The bytes of an uploaded photo."""
        photo = self.market.photos.at(f"/image/{request.path_params['name']}")
        if photo is None:
            return Response("not found", 404)
        age = {"Cache-Control": "max-age=86400, immutable"}
        return Response(photo.content, media_type=photo.content_type, headers=age)

    async def refused(self, request: Request) -> Response:
        """The latest refused calls with their hints, for a class."""
        rows = [(one, clock_th(one.at)) for one in list(self.market.classroom.refused)]
        return self._page("class.html", "ห้องเรียน: คำสั่งที่ตลาดไม่รับ", rows=rows)

    # -- parts ----------------------------------------------------------------------------------------------

    def _live(self, shop: Shop) -> list[tuple[Listing, list[Sku]]]:
        found = []
        for listing in shop.listings.values():
            skus = [sku for sku in listing.skus if self.market.is_live(listing, sku)]
            if skus and not listing.deleted:
                found.append((listing, skus))
        return found

    def _card(self, shop: Shop, listing: Listing, skus: list[Sku]) -> dict[str, Any]:
        prices = sorted({self.market.price_satang(sku) for sku in skus})
        price = money_th(prices[0]) + (f" – {money_th(prices[-1])}" if len(prices) > 1 else "")
        return {
            "url": f"/shop/{shop.shop_id}/item/{listing.listing_id}", "title": listing.title, "price": price,
            "photo": self._photo(listing, skus), "stock": stock_th(sum(sku.sellable for sku in skus)),
            "sold_out": not any(sku.sellable > 0 for sku in skus),
        }  # fmt: skip

    def _photo(self, listing: Listing, skus: list[Sku]) -> str:
        own = next((photo for sku in skus if (photo := self.market.photo_of(sku))), "")
        return listing.images[0] if listing.images else own

    def _item(self, path: dict[str, str], refusal: str | None) -> Response:
        shop = self.market.shops.get(path["shop_id"])
        found = next((p for p in self._live(shop) if p[0].listing_id == path["listing_id"]), None) if shop else None
        if shop is None or found is None:
            return self._missing("สินค้านี้ไม่ได้เปิดขายแล้ว")
        listing, skus = found
        variants = [
            {
                "offer": sku.offer_id, "name": " / ".join(sku.attributes.values()) or "แบบเดียว",
                "price": money_th(self.market.price_satang(sku)), "stock": stock_th(sku.sellable),
                "sold_out": sku.sellable < 1,
            }
            for sku in skus
        ]  # fmt: skip
        first = next((v["offer"] for v in variants if not v["sold_out"]), None)
        return self._page(
            "item.html", listing.title, code=422 if refusal else 200, shop=shop, variants=variants,
            card=self._card(shop, listing, skus), first=first, refusal=refusal,
            description=plain(self.market.description(listing)),
            photos=[photo for photo in listing.images if photo][:8],
        )  # fmt: skip

    def _missing(self, words: str) -> Response:
        return self._page("missing.html", words, code=404, words=words)

    def _page(self, template: str, heading: str, code: int = 200, **values: Any) -> Response:
        render: Callable[..., str] = _PAGES.get_template(template).render
        with self.market.lock:
            text = render(market=self.market, heading=heading, **values)
        return HTMLResponse(text, code)


def stock_th(count: int) -> str:
    """How many are left, as buyers read it.

    >>> stock_th(3), stock_th(0)
    ('เหลือ 3 ชิ้น', 'สินค้าหมด')
    """
    return f"เหลือ {count} ชิ้น" if count > 0 else "สินค้าหมด"

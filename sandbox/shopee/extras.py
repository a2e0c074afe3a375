"""Beyond the API: the seller's consent page, and the control calls that only this channel has."""

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.market.events import Event
from sandbox.market.reading import calm, read_json
from sandbox.market.shop import Listing, Shop, Sku
from sandbox.shopee import calls_payment, calls_returns, gateway
from sandbox.shopee.errors import RefusalError
from sandbox.shopee.tokens import CODE_LIFE_S, Code

if TYPE_CHECKING:
    from sandbox.shopee.market import ShopeeMarket

_PAGE = """<!doctype html><html lang="th"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>อนุญาตให้เชื่อมต่อร้าน (ร้านฝึก)</title></head>
<body><main><h1>อนุญาตให้แอปเชื่อมต่อร้านของคุณ</h1><p>นี่คือ Shopee จำลองสำหรับฝึก ไม่ใช่ของจริง</p>
<form method="post" action="/auth">{hidden}<fieldset><legend>เลือกร้าน</legend>{shops}</fieldset>
<button>อนุญาต</button></form></main></body></html>"""
_SHOP = '<p><label><input type="radio" name="shop_id" value="{id}" {on}> {title}</label></p>'


class Extras:
    """The routes, over one market."""

    def __init__(self, market: "ShopeeMarket") -> None:
        self.market = market

    def routes(self) -> list[Route]:
        """Consent pages and extra control calls."""
        return [
            Route("/auth", self.page, methods=["GET"]),
            Route("/auth", self.agree, methods=["POST"]),
            Route("/api/v2/shop/auth_partner", self.signed_page, methods=["GET"]),
            Route("/_sim/consents", calm(self.consent), methods=["POST"]),
            Route("/_sim/promotions", calm(self.promote), methods=["POST"]),
            Route("/_sim/promotions", calm(self.end_promotions), methods=["DELETE"]),
            Route("/_sim/warehouse", calm(self.stow), methods=["POST"]),
            Route("/_sim/returns", calm(self.ask_return), methods=["POST"]),
            Route("/_sim/vouchers", calm(self.voucher), methods=["POST"]),
            Route("/_sim/wallet", calm(self.book), methods=["POST"]),
            Route("/_sim/returns/{return_sn}/advance", calm(self.move_return), methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The consent page of the current, unsigned link."""
        query = request.query_params
        if query.get("partner_id") != self.market.app_key:
            return JSONResponse({"error": "invalid_partner_id", "message": "Invalid partner_id."}, 403)
        return self._form(query.get("redirect_uri", ""), query.get("state", ""))

    async def signed_page(self, request: Request) -> Response:
        """The consent page of the older, signed link; it knows no `state`."""
        market, query = self.market, request.query_params
        try:
            now, key = int(market.clock.now()), market.app_key
            gateway.check(query, request.url.path, partner_id=key, partner_key=market.app_secret, now_s=now)
        except RefusalError as refusal:
            return JSONResponse({"error": refusal.error, "message": refusal.message}, 403)
        return self._form(query.get("redirect", ""), "")

    async def agree(self, request: Request) -> Response:
        """Back to the app with a code."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode("utf-8", "replace")).items()}
        shop_id, redirect = form.get("shop_id", ""), form.get("redirect_uri", "")
        if shop_id not in self.market.shops or not redirect.startswith(("http://", "https://")):
            return self._form(redirect, form.get("state", ""), code=422)
        with self.market.lock:
            given = {"code": self._code([shop_id], None), "shop_id": shop_id}
        if form.get("state"):
            given["state"] = form["state"]
        parts = urlsplit(redirect)
        query = "&".join(part for part in (parts.query, urlencode(given)) if part)
        return RedirectResponse(urlunsplit(parts._replace(query=query)), 303)

    async def consent(self, request: Request) -> Response:
        """`{"shop_ids": [..], "main_account_id"?}` -> `{"code"}`"""
        body = read_json(await request.body())
        shops = [str(shop_id) for shop_id in body["shop_ids"]]
        if not shops or not set(shops) <= set(self.market.shops):
            return JSONResponse({"error": "no such shop"}, 404)
        with self.market.lock:
            return JSONResponse({"code": self._code(shops, body.get("main_account_id"))})

    async def promote(self, request: Request) -> Response:
        """`{"seller_sku", "reserved", "price"?, "lock"?, "starts_in_s"?, "ends_in_s"?, "shop_id"?}`.

        `lock` is "reserve" (stock may not fall below the reserve) or "stock" (no change at all).
        Answers `{"promotion_id"}`.
        """
        body, market = read_json(await request.body()), self.market
        with market.lock:
            found = self._offer(body)
            if found is None:
                return JSONResponse({"error": "no such offer"}, 404)
            shop, listing, sku = found
            held = self._promotion(body)
            sku.data["promotion"] = held
            data = {"sku": sku, "promotion": held, "action": "promo_lock_stock"}
            market.emit(Event("promotion", shop, listing=listing, data=data))
            market.touch()
        return JSONResponse({"promotion_id": held["promotion_id"]})

    async def end_promotions(self, request: Request) -> Response:
        """Every promotion is over -> `{}`"""
        market = self.market
        with market.lock:
            for shop in market.shops.values():
                for listing, sku in shop.offers():
                    held = sku.data.pop("promotion", None)
                    if held:
                        data = {"sku": sku, "promotion": held, "action": "promo_end"}
                        market.emit(Event("promotion", shop, listing=listing, data=data))
            market.touch()
        return JSONResponse({})

    async def stow(self, request: Request) -> Response:
        """`{"seller_sku", "stock", "shop_id"?}`: so many units lie in Shopee's own warehouse -> `{}`"""
        body, market = read_json(await request.body()), self.market
        with market.lock:
            found = self._offer(body)
            if found is None:
                return JSONResponse({"error": "no such offer"}, 404)
            found[2].data["shopee_stock"] = int(body["stock"])
            market.touch()
        return JSONResponse({})

    async def ask_return(self, request: Request) -> Response:
        """`{"order_id", "lines": [{"seller_sku", "quantity"}], "reason"?}` -> `{"return_sn"}`"""
        body, market = read_json(await request.body()), self.market
        wanted = {str(row["seller_sku"]): int(row.get("quantity", 1)) for row in body["lines"]}
        with market.lock:
            for shop in market.shops.values():
                if order := shop.orders.get(str(body["order_id"])):
                    try:
                        row = calls_returns.ask(market, shop, order, wanted, body.get("reason", "ITEM_MISSING"))
                    except ValueError as error:
                        return JSONResponse({"error": str(error)}, 409)
                    return JSONResponse({"return_sn": row["return_sn"]})
        return JSONResponse({"error": "no such order"}, 404)

    async def voucher(self, request: Request) -> Response:
        """`{"order_id", "amount"}`: the seller's own voucher was used for the order -> `{}`"""
        body, market = read_json(await request.body()), self.market
        with market.lock:
            for shop in market.shops.values():
                if order := shop.orders.get(str(body["order_id"])):
                    order.data["voucher_satang"] = round(float(body["amount"]) * 100)
                    market.touch()
                    return JSONResponse({})
        return JSONResponse({"error": "no such order"}, 404)

    async def book(self, request: Request) -> Response:
        """`{"shop_id", "transaction_type", "amount", "order_sn"?, "reason"?}`: the wallet moved -> `{}`"""
        body, market = read_json(await request.body()), self.market
        shop = market.shops.get(str(body["shop_id"]))
        if shop is None:
            return JSONResponse({"error": "no such shop"}, 404)
        with market.lock:
            booked = shop.data.setdefault("wallet", [])
            before = booked[-1]["current_balance"] if booked else 0
            row = calls_payment.wallet_row(
                str(body["transaction_type"]),
                float(body["amount"]),
                int(market.clock.now()),
                str(body.get("order_sn", "")),
                str(body.get("reason", "")),
                round(before + float(body["amount"]), 2),
            )
            booked.append(row)
            market.touch()
        return JSONResponse({})

    async def move_return(self, request: Request) -> Response:
        """`{"to": "<Shopee's return status>"}` -> `{"status"}`"""
        to, number = read_json(await request.body())["to"], request.path_params["return_sn"]
        if to not in calls_returns.STATUSES:
            return JSONResponse({"error": f"one of {', '.join(calls_returns.STATUSES)}"}, 409)
        with self.market.lock:
            for shop in self.market.shops.values():
                if row := shop.data.get("returns", {}).get(number):
                    calls_returns.move(self.market, shop, row, to)
                    return JSONResponse({"status": to})
        return JSONResponse({"error": "no such return"}, 404)

    def _code(self, shops: list[str], main_account: int | None) -> str:
        code = self.market.hex_word()
        self.market.codes[code] = Code(shops, self.market.clock.now() + CODE_LIFE_S, main_account)
        return code

    def _offer(self, body: Mapping[str, Any]) -> tuple[Shop, Listing, Sku] | None:
        for shop in self.market.shops.values():
            if body.get("shop_id") in (None, shop.shop_id):
                for listing, sku in shop.find(str(body["seller_sku"])):
                    return shop, listing, sku
        return None

    def _promotion(self, body: Mapping[str, Any]) -> dict[str, Any]:
        now = self.market.clock.now()
        return {
            "promotion_id": self.market.ids.number("promotion", 770_000_000),
            "promotion_type": "flash_sale",
            "reserved": int(body.get("reserved", 0)),
            "price": body.get("price"),
            "lock": body.get("lock", "reserve"),
            "start_time": now + float(body.get("starts_in_s", 0)),
            "end_time": now + float(body.get("ends_in_s", 3600)),
        }

    def _form(self, redirect: str, state: str, code: int = 200) -> HTMLResponse:
        fields = {"redirect_uri": redirect, "state": state}
        hidden = "".join(f'<input type="hidden" name="{k}" value="{html.escape(v)}">' for k, v in fields.items())
        rows = [
            _SHOP.format(id=html.escape(shop.shop_id), title=html.escape(shop.title), on="" if at else "checked")
            for at, shop in enumerate(self.market.shops.values())
        ]
        return HTMLResponse(_PAGE.format(hidden=hidden, shops="".join(rows)), code)

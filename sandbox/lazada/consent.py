"""The page on which a seller lets the app into a shop: `/oauth/authorize`."""

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

CODE_LIFE_S = 1800.0
_PAGE = """<!doctype html><html lang="th"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>อนุญาต · {title}</title>
<style>body{{font:1rem/1.6 system-ui,sans-serif;max-width:30rem;margin:2rem auto;padding:0 1rem}}
button{{font:inherit;display:block;width:100%;min-height:3rem;margin:.5rem 0;border:0;border-radius:.5rem;
background:{colour};color:#fff}}</style></head><body><h1>{title}</h1>
<p>เลือกร้านที่จะอนุญาตให้แอปเข้าถึง</p><form method="post">{buttons}</form></body></html>"""


def routes(market: "LazadaMarket") -> list[Route]:
    """The consent page and what its buttons do."""

    async def ask(request: Request) -> Response:
        wrong = _wrong(market, request)
        if wrong:
            return HTMLResponse(wrong, 400)
        shops = market.shops.values()
        buttons = "".join(
            f'<button name="shop_id" value="{escape(shop.shop_id)}">{escape(shop.title)}</button>' for shop in shops
        )
        page = _PAGE.format(title=market.title_th, colour=market.colour, buttons=buttons)
        return HTMLResponse(page)

    async def allow(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        shop = market.shops.get(form.get("shop_id", [""])[0])
        wrong = _wrong(market, request) or ("" if shop else "unknown shop")
        if wrong or shop is None:
            return HTMLResponse(wrong, 400)
        query = {"code": new_code(market, shop.shop_id)}
        if request.query_params.get("state"):
            query["state"] = request.query_params["state"]
        back = request.query_params["redirect_uri"]
        return RedirectResponse(f"{back}{'&' if '?' in back else '?'}{urlencode(query)}", status_code=302)

    return [
        Route("/oauth/authorize", ask, methods=["GET"]),
        Route("/oauth/authorize", allow, methods=["POST"]),
    ]


def new_code(market: "LazadaMarket", shop_id: str) -> str:
    """A code for that shop: works once, for 30 minutes."""
    with market.lock:
        code = f"0_{market.app_key}_{market.identity.text(24)}"
        market.codes[code] = (shop_id, market.clock.now() + CODE_LIFE_S)
        market.touch()
        return code


def _wrong(market: "LazadaMarket", request: Request) -> str:
    query = request.query_params
    if query.get("response_type") != "code" or query.get("client_id") != market.app_key:
        return "response_type or client_id is wrong"
    return "" if query.get("redirect_uri") else "redirect_uri is missing"

"""The control surface that every practice marketplace has: `/_sim/...`, JSON in and out."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.market.classroom import PRESET
from sandbox.market.market import Market
from sandbox.market.reading import finite, read_json
from sandbox.market.shop import CannotSellError, Listing, Order, Shop, Sku


class RefusedError(Exception):
    """A control call that cannot be done; the HTTP status and the reason."""

    def __init__(self, status: int, reason: str, **more: Any) -> None:
        super().__init__(reason)
        self.status, self.body = status, {"error": reason, **more}


def baht(satang: int) -> int | float:
    """The amount as a JSON number: whole baht without a decimal point."""
    return satang // 100 if satang % 100 == 0 else satang / 100


def satang(value: Any) -> int:
    """Satang from a number or text in baht. Raises ValueError for anything else."""
    return round(float(str(value).replace(",", "")) * 100)


class Control:
    """The handlers; each gets the body (or the query) and returns what to answer."""

    def __init__(self, market: Market) -> None:
        self.market = market

    def routes(self) -> list[Route]:
        """All routes below `/_sim`."""
        posts = {
            "reset": self.reset, "orders": self.order, "orders/{order_id}/advance": self.advance,
            "faults": self.fault, "clock": self.clock, "edit": self.edit, "shops": self.shop,
            "class": self.start_class, "push": self.push, "settings": self.set_settings,
            "calls/reset": self.reset_calls,
        }  # fmt: skip
        gets = {
            "state": self.state, "calls": self.calls, "shops": self.shops, "settings": self.settings,
            "faults": self.faults, "class": self.seen_in_class,
        }  # fmt: skip
        return [
            *(Route(f"/_sim/{path}", self._post(call), methods=["POST"]) for path, call in posts.items()),
            *(Route(f"/_sim/{path}", self._get(call), methods=["GET"]) for path, call in gets.items()),
            Route("/_sim/faults", self._get(self.clear_faults), methods=["DELETE"]),
        ]

    # -- changing -------------------------------------------------------------------------------------------

    def reset(self, body: dict[str, Any]) -> Any:
        """`{"seed": 1}` -> `{}`"""
        self.market.reset(int(body.get("seed", 1)))
        return {}

    def shop(self, body: dict[str, Any]) -> Any:
        """`{"name", "name_th"?, "shop_id"?}` -> the shop's credentials; the same name is the same shop."""
        shop_id = body.get("shop_id")
        shop = self.market.open_shop(
            str(body["name"]), str(body.get("name_th") or ""), None if shop_id is None else str(shop_id)
        )
        return self.market.credentials(shop)

    def order(self, body: dict[str, Any]) -> Any:
        """`{"lines": [{"seller_sku", "quantity"}], "paid"?, "by_channel"?, "shop_id"?}` -> `{"order_id", "shop_id"}`"""
        lines = [(str(row["seller_sku"]), int(row.get("quantity", 1))) for row in body["lines"]]
        if not lines:
            raise RefusedError(400, "lines is empty")
        shop = self._shop_selling([seller_sku for seller_sku, _ in lines], body.get("shop_id"))
        theirs = bool(body.get("by_channel"))
        order = self.market.place_order(shop, lines, paid=bool(body.get("paid", True)), by_channel=theirs)
        return {"order_id": order.order_id, "shop_id": shop.shop_id}

    def advance(self, body: dict[str, Any]) -> Any:
        """`{"to": "<status>", "shop_id"?}` -> `{"status"}`; 409 when the order cannot go there."""
        shop, order = self._order(str(body["order_id"]), body.get("shop_id"))
        try:
            return {"status": self.market.advance(shop, order, str(body["to"]))}
        except ValueError as error:
            raise RefusedError(409, str(error)) from error

    def fault(self, body: dict[str, Any]) -> Any:
        """A fault as in `faults.Fault` -> `{"id"}`"""
        fault = self.market.faults.add(body)
        if fault.kind == "stale_read":
            for shop_id in self.market.shops:
                self.market.remember(shop_id)
        return {"id": fault.fault_id}

    def clear_faults(self, _: dict[str, Any]) -> Any:
        """No fault is in force -> `{}`"""
        self.market.faults.clear()
        return {}

    def clock(self, body: dict[str, Any]) -> Any:
        """`{"advance_s": 3600}` -> `{"now"}`"""
        now = self.market.clock.advance(finite(body.get("advance_s", 0)))
        self.market.touch()
        self.market.tick()
        return {"now": now}

    def edit(self, body: dict[str, Any]) -> Any:
        """`{"seller_sku", "price"?, "stock"?, "title"?, "status"?, "shop_id"?}`, as if changed by hand."""
        shop, listing, sku = self._offer(str(body["seller_sku"]), body.get("shop_id"))
        if "price" in body:
            sku.price_satang = satang(body["price"])
        if "stock" in body:
            sku.sellable = int(body["stock"])
        if "title" in body:
            listing.title = str(body["title"])
        if "status" in body:
            self.market.set_status(listing, sku, str(body["status"]))
        self.market.edited(shop, listing)
        return offer_row(self.market, shop, listing, sku)

    def start_class(self, body: dict[str, Any]) -> Any:
        """`{"hints": true, "shops": ["ชื่อ", {"name", "name_th"?}]}` -> `{"hints", "shops": [credentials]}`.

        Everything is emptied as by a reset, and the marketplace has exactly these shops; three without names.
        """
        named = [row if isinstance(row, dict) else {"name": row} for row in body.get("shops") or PRESET]
        names = [(str(row["name"]), str(row.get("name_th") or "")) for row in named]
        if not all(name.strip() for name, _ in names):
            raise RefusedError(400, "a shop needs a name")
        self.market.classroom.start(self.market, bool(body.get("hints", True)), names)
        return {"hints": self.market.classroom.hints, **self.shops({})}

    def push(self, body: dict[str, Any]) -> Any:
        """`{"url": "..."}`, null for off -> `{"url"}`"""
        url = body.get("url")
        self.market.pusher.url = None if url is None else str(url)
        return {"url": self.market.pusher.url}

    def set_settings(self, body: dict[str, Any]) -> Any:
        """Any of the channel's settings -> all of them."""
        unknown = sorted(set(body) - set(self.market.default_settings))
        if unknown:
            raise RefusedError(400, f"unknown settings {unknown}", known=sorted(self.market.default_settings))
        wrong = sorted(name for name, value in body.items() if not _like(value, self.market.default_settings[name]))
        if wrong:
            raise RefusedError(400, f"settings of another type than the default {wrong}")
        self.market.settings.update(body)
        self.market.touch()
        return self.market.settings

    def reset_calls(self, _: dict[str, Any]) -> Any:
        """No call is counted -> `{}`"""
        self.market.calls.clear()
        return {}

    # -- looking --------------------------------------------------------------------------------------------

    def state(self, query: dict[str, Any]) -> Any:
        """Everything a person could see in the seller centres; `?shop_id=` for one shop."""
        market = self.market
        shops = self._shops(query.get("shop_id"))
        offers = [(shop, item, sku) for shop in shops for item, sku in shop.offers()]
        return {
            "now": market.clock.now(),
            "shops": [{"shop_id": s.shop_id, "name": s.name, "name_th": s.name_th} for s in shops],
            "listings": [offer_row(market, shop, item, sku) for shop, item, sku in offers],
            "orders": [order_row(market, order) for shop in shops for order in shop.orders.values()],
            "calls": self._per_path(),
            "pushes": {**market.pusher.counts, "waiting": market.pusher.waiting()},
        }

    def calls(self, _: dict[str, Any]) -> Any:
        """`{"calls": {path: n}, "shops": {shop_id: {path: n}}}`; a call without a known token is under ""."""
        shops: dict[str, dict[str, int]] = {}
        for (path, shop_id), count in self.market.calls.items():
            shops.setdefault(shop_id or "", {})[path] = count
        return {"calls": self._per_path(), "shops": shops}

    def shops(self, _: dict[str, Any]) -> Any:
        """The credentials of every shop, each with its name."""
        shops = self.market.shops.values()
        return {"shops": [{"name": s.name, "name_th": s.name_th, **self.market.credentials(s)} for s in shops]}

    def settings(self, _: dict[str, Any]) -> Any:
        """The channel's settings as they are."""
        return self.market.settings

    def faults(self, _: dict[str, Any]) -> Any:
        """The faults in force and how often each struck."""
        return {"faults": [fault.row() for fault in self.market.faults.active]}

    def seen_in_class(self, _: dict[str, Any]) -> Any:
        """The latest refused calls, newest first, as the page `/class` shows them."""
        return {"hints": self.market.classroom.hints, "refused": self.market.classroom.rows()}

    def _per_path(self) -> dict[str, int]:
        paths: Counter[str] = Counter()
        for (path, _), count in self.market.calls.items():
            paths[path] += count
        return dict(paths)

    # -- finding --------------------------------------------------------------------------------------------

    def _shops(self, shop_id: Any) -> list[Shop]:
        if shop_id in (None, ""):
            return list(self.market.shops.values())
        if str(shop_id) not in self.market.shops:
            raise RefusedError(404, f"no shop {shop_id}")
        return [self.market.shops[str(shop_id)]]

    def _shop_selling(self, seller_skus: list[str], shop_id: Any) -> Shop:
        shops = self._shops(shop_id)
        for shop in shops:
            if all(shop.find(seller_sku) for seller_sku in seller_skus):
                return shop
        raise CannotSellError("unknown_sku", ", ".join(seller_skus))

    def _offer(self, seller_sku: str, shop_id: Any) -> tuple[Shop, Listing, Sku]:
        for shop in self._shops(shop_id):
            for listing, sku in shop.find(seller_sku):
                return shop, listing, sku
        raise RefusedError(404, f"no listing with seller_sku {seller_sku}")

    def _order(self, order_id: str, shop_id: Any) -> tuple[Shop, Order]:
        for shop in self._shops(shop_id):
            if order_id in shop.orders:
                return shop, shop.orders[order_id]
        raise RefusedError(404, f"no order {order_id}")

    # -- HTTP -----------------------------------------------------------------------------------------------

    def _post(self, call: Callable[[dict[str, Any]], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            raw = await request.body()
            try:
                body = read_json(raw) if raw.strip() else {}
            except ValueError:
                return JSONResponse({"error": "the body is not JSON"}, 400)
            if not isinstance(body, dict):
                return JSONResponse({"error": "the body is not an object"}, 400)
            return self._answer(call, {**body, **request.path_params})

        return endpoint

    def _get(self, call: Callable[[dict[str, Any]], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return self._answer(call, dict(request.query_params))

        return endpoint

    def _answer(self, call: Callable[[dict[str, Any]], Any], body: dict[str, Any]) -> Response:
        try:
            with self.market.lock:
                return JSONResponse(call(body))
        except RefusedError as error:
            return JSONResponse(error.body, error.status)
        except CannotSellError as error:
            return JSONResponse({"error": str(error), "reason": error.reason, "seller_sku": error.seller_sku}, 409)
        except KeyError as error:
            return JSONResponse({"error": f"missing {error}"}, 400)
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            return JSONResponse({"error": str(error)}, 400)


def _like(value: Any, default: Any) -> bool:
    """Whether the value is of the default's type; a number that is off by default may be a number or null."""
    if isinstance(default, bool | str):
        return isinstance(value, type(default))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number or (default is None and value is None)


def offer_row(market: Market, shop: Shop, listing: Listing, sku: Sku) -> dict[str, Any]:
    """One offer as `/_sim/state` shows it; `held` are units promised to open orders."""
    return {
        "shop_id": shop.shop_id, "listing_id": listing.listing_id, "offer_id": sku.offer_id,
        "seller_sku": sku.seller_sku, "title": listing.title, "price": baht(sku.price_satang),
        "stock": sku.sellable, "held": sku.held, "status": market.status_of(listing, sku),
    }  # fmt: skip


def order_row(market: Market, order: Order) -> dict[str, Any]:
    """One order as `/_sim/state` shows it; `lines` count the pieces, `units` are the pieces."""
    pieces: Counter[tuple[str, int]] = Counter((u.seller_sku, u.price_satang) for u in order.units)
    return {
        "order_id": order.order_id, "shop_id": order.shop_id, "status": market.order_status(order),
        "created_at": order.created_at, "updated_at": order.updated_at, "paid": order.paid_at is not None,
        "total": baht(order.total_satang),
        "lines": [
            {"seller_sku": sku, "quantity": n, "price": baht(price)} for (sku, price), n in pieces.items()
        ],
        "units": [
            {"unit_id": u.unit_id, "seller_sku": u.seller_sku, "status": u.status} for u in order.units
        ],
    }  # fmt: skip

"""Returns as the seller sees and answers them, and the control calls that play the buyer."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.lazada import reverses
from sandbox.lazada.errors import ApiError, numbered
from sandbox.lazada.gateway import Api, Call
from sandbox.lazada.reverses import Line, Reverse
from sandbox.lazada.times import millis
from sandbox.market.reading import calm, read_json
from sandbox.market.shop import Shop

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

_RANGES = {
    "ReverseOrderLineTimeRangeStart": ("created_at", True),
    "ReverseOrderLineTimeRangeEnd": ("created_at", False),
    "ReverseOrderLineModifiedTimeRangeStart": ("modified_at", True),
    "ReverseOrderLineModifiedTimeRangeEnd": ("modified_at", False),
}


def listed(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """One page of requests, the newest first."""
    number, size = _page(call, "page_no", 120), _page(call, "page_size", 121)
    wanted = _filter(call)
    found = [one for one in reversed(reverses.all_of(call.shop).values()) if wanted(one)]
    rows = [_row(call.shop, one) for one in found[(number - 1) * size : number * size]]
    page = {"page_no": number, "page_size": size, "total": len(found)}
    return {"result": {"success": True, **page, "items": rows}}


def detail(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """One request with its lines."""
    one = _reverse(call)
    row = _row(call.shop, one)
    lines = row.pop("reverse_order_lines")
    return {"data": row | {"reverseOrderLineDTOList": lines}}


def history(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """Who did what to one line."""
    lines = [line for one in reverses.all_of(call.shop).values() for line in one.lines]
    line = next((line for line in lines if line.line_id == call.get("reverse_order_line_id")), None)
    if line is None:
        raise numbered(106, "unknown reverse order line")
    rows = [{"operator": who, "picture": [], "time": millis(when)} for who, _, when in line.history]
    return {"data": {"list": rows, "page_info": {"page_number": 1, "page_size": len(rows), "total": len(rows)}}}


def reasons(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The reasons a seller may give for refusing."""
    rows = []
    for reason_id, text in reverses.REASONS.items():
        english, thai = text.split(":")
        rows.append({"reason_id": int(reason_id), "text": english, "muti_language_text": thai})
    return {"data": rows}


def update(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The seller's answer to a return; a refusal needs a reason, words and pictures."""
    one, lines = _named_lines(call)
    action = call.get("action")
    if action not in reverses.ACTIONS:
        raise numbered(107, "unknown action")
    if action.startswith("refuse"):
        _check_refusal(call, lines)
    needed, to = reverses.ACTIONS[action]
    if one.goes_to != "RTM" or any(line.status != needed for line in lines):
        raise numbered(114, "the action is not allowed in this state")
    if action in ("agreeRefund", "refuseRefund") and not all(line.arrived for line in lines):
        raise numbered(114, "the goods were not confirmed yet")
    for line in lines:
        line.arrived = line.arrived or action == "confirmDelivery"
    reverses.move(market, call.shop, one, lines, to, "seller")
    return {"data": {"reverse_order_id": int(one.reverse_id), "action": action}}


def decide_refund(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The seller's answer to a wish for money only."""
    one, lines = _named_lines(call)
    to = {"agreeRefund": "REFUND_SUCCESS", "startDispute": "CS_APPROVING"}.get(call.get("action"))
    if to is None:
        raise numbered(107, "unknown action")
    if one.request_type != "ONLY_REFUND" or any(line.status != "REQUEST_INITIATE" for line in lines):
        raise numbered(114, "the action is not allowed in this state")
    reverses.move(market, call.shop, one, lines, to, "seller")
    return {"data": None}


def _check_refusal(call: Call, lines: list[Line]) -> None:
    for code, name in ((108, "reason_id"), (109, "comment"), (110, "image_info")):
        if not call.get(name):
            raise numbered(code, f"{name} is needed to refuse")
    if len(lines) > 1:
        raise numbered(111, "one line per refusal")


def _reverse(call: Call) -> Reverse:
    number = call.get("reverse_order_id")
    if not number.isdecimal():
        raise numbered(105, "invalid reverse order id")
    one = reverses.all_of(call.shop).get(number)
    if one is None:
        raise numbered(106, "unknown reverse order id")
    return one


def _named_lines(call: Call) -> tuple[Reverse, list[Line]]:
    one, ids = _reverse(call), _texts(call, "reverse_order_item_ids")
    lines = [line for line in one.lines if line.line_id in ids]
    if not ids or len(lines) < len(ids):
        raise numbered(100 if not ids else 112, "reverse_order_item_ids")
    return one, lines


def _texts(call: Call, name: str) -> set[str]:
    try:
        found = read_json(call.get(name, "[]"))
    except ValueError:
        found = None
    if not isinstance(found, list):
        raise numbered(105, f"{name} is not a list")
    return {str(one) for one in found}


def _page(call: Call, name: str, code: int) -> int:
    text = call.get(name)
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise ApiError(str(code), f"E{code:04d}: {name} is missing or wrong")
    return int(text)


def _filter(call: Call) -> Callable[[Reverse], bool]:
    """Whether a request is wanted; what the call says is read once, not at every request."""
    kinds, states = _texts(call, "request_type_list"), _texts(call, "reverse_status_list")
    ids = (call.get("reverse_order_id"), call.get("trade_order_id"), call.get("return_to_type"))
    bounds = [(*_RANGES[name], _millis(call, name)) for name in _RANGES if call.get(name)]

    def wanted(one: Reverse) -> bool:
        return (
            (not kinds or one.request_type in kinds)
            and (not states or any(line.status in states for line in one.lines))
            and all(asked in ("", own) for asked, own in zip(ids, _ids(one), strict=True))
            and any(_is_inside(line, bounds) for line in one.lines)
        )

    return wanted


def _ids(one: Reverse) -> tuple[str, str, str]:
    return one.reverse_id, one.order_id, one.goes_to


def _is_inside(line: Line, bounds: Sequence[tuple[str, bool, int]]) -> bool:
    moments = [(millis(getattr(line, field)), after, bound) for field, after, bound in bounds]
    return all(at >= bound if after else at <= bound for at, after, bound in moments)


def _millis(call: Call, name: str) -> int:
    if not call.get(name).isdecimal():
        raise numbered(105, f"{name} is no number of milliseconds")
    return int(call.get(name))


def _row(shop: Shop, one: Reverse) -> dict[str, Any]:
    return {
        "reverse_order_id": int(one.reverse_id), "trade_order_id": int(one.order_id),
        "request_type": one.request_type, "is_rtm": one.goes_to == "RTM", "shipping_type": "PICK_UP",
        "reverse_order_lines": [_line(shop, one, line) for line in one.lines],
    }  # fmt: skip


def _line(shop: Shop, one: Reverse, line: Line) -> dict[str, Any]:
    order = shop.orders[one.order_id]
    unit = next(unit for unit in order.units if unit.unit_id == line.unit_id)
    buyer = int(order.buyer.get("buyer_id", "0"))
    return {
        "reverse_order_line_id": int(line.line_id), "trade_order_line_id": int(line.unit_id),
        "reverse_status": line.status, "ofc_status": "",
        # Cents here, baht with decimals on orders and in finance.
        "refund_amount": line.satang, "item_unit_price": unit.price_satang,
        "reason_code": int(line.reason_id), "reason_text": reverses.REASONS[line.reason_id].split(":")[0],
        "product": {"product_id": int(unit.listing_id), "product_sku": unit.seller_sku},
        "buyer": {"buyer_id": buyer}, "seller_sku_id": unit.seller_sku, "platform_sku_id": unit.offer_id,
        "tracking_number": "", "is_dispute": line.status == "CS_APPROVING", "is_need_refund": True,
        "refund_payment_method": "", "whqc_decision": "", "sla": millis(line.created_at + 2 * 86_400),
        "trade_order_gmt_create": millis(order.created_at),
        "return_order_line_gmt_create": millis(line.created_at),
        "return_order_line_gmt_modified": millis(line.modified_at),
    }  # fmt: skip


APIS = {
    "/reverse/getreverseordersforseller": Api(listed),
    "/order/reverse/return/detail/list": Api(detail),
    "/order/reverse/return/history/list": Api(history),
    "/order/reverse/reason/list": Api(reasons),
    "/order/reverse/return/update": Api(update, write=True),
    "/order/reverse/onlyrefund/seller/decide": Api(decide_refund, write=True),
}


# -- the buyer's side ---------------------------------------------------------------------------------------


def control_routes(market: "LazadaMarket") -> list[Route]:
    """`POST /_sim/orders/{id}/return` and `POST /_sim/returns/{id}/advance`."""

    def wrapped(act: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Callable[..., Any]:
        async def endpoint(request: Request) -> Response:
            raw = await request.body()
            try:
                with market.lock:
                    return JSONResponse(act(request.path_params["number"], read_json(raw or b"{}")))
            except LookupError as error:
                return JSONResponse({"error": f"unknown {error}"}, 404)
            except ValueError as error:
                return JSONResponse({"error": str(error)}, 409)

        return calm(endpoint)

    def ask(number: str, body: dict[str, Any]) -> dict[str, Any]:
        shop = next((shop for shop in market.shops.values() if number in shop.orders), None)
        if shop is None:
            raise LookupError(number)
        order = shop.orders[number]
        ids = {str(one) for one in body.get("unit_ids") or [unit.unit_id for unit in order.units]}
        one = reverses.ask(
            market, shop, order, [unit for unit in order.units if unit.unit_id in ids],
            body.get("type", "RETURN"), body.get("return_to", "RTM"), str(body.get("reason_id", "1001")),
        )  # fmt: skip
        return {"reverse_order_id": one.reverse_id}

    def advance(number: str, body: dict[str, Any]) -> dict[str, Any]:
        shop = next((shop for shop in market.shops.values() if number in reverses.all_of(shop)), None)
        if shop is None:
            raise LookupError(number)
        one, to = reverses.all_of(shop)[number], str(body.get("to"))
        if any(line.status not in reverses.BY_OTHERS.get(to, ()) for line in one.lines):
            raise ValueError(f"cannot become {to}")
        reverses.move(market, shop, one, one.lines, to, "buyer")
        return {"status": to}

    return [
        Route("/_sim/orders/{number}/return", wrapped(ask), methods=["POST"]),
        Route("/_sim/returns/{number}/advance", wrapped(advance), methods=["POST"]),
    ]

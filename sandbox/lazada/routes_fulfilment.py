"""Packing, labels, ready to ship: the newer APIs, whose result says success entry by entry."""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.lazada import statuses
from sandbox.lazada.errors import numbered
from sandbox.lazada.gateway import Api, Call
from sandbox.market.reading import read_json
from sandbox.market.shop import SHIPPED, Order, OrderUnit

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

MAX_BATCH = 20
LINK_LIFE_S = 600.0
_TEXTS = {
    "0": "success",
    "600001": "package not found",
    "600002": "package already cancelled",
    "700000": "package status does not allow this",
    "700024": "system busy",
    "700025": "order item not found",
    "700026": "order item status does not allow packing",
}


def providers(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """How the named orders can be sent: Lazada decides."""
    _argument(call, "getShipmentProvidersReq", "orders")
    data = {
        "platform_default": 1, "shipment_providers": [{"name": "LEX TH", "provider_code": "FM50"}],
        "shipping_allocate_type": "TFS",
    }  # fmt: skip
    return _good(data)


def pack(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """A package for the named lines of each order; each line tells its own success."""
    rows = _argument(call, "packReq", "pack_order_list")
    if len(rows) > MAX_BATCH:
        return _bad("700022", "at most 20 orders")
    if any(str(row.get("order_id")) not in call.shop.orders for row in rows):
        return _bad("700021", "order not found")
    busy = market.faults.take("partial", call.path, call.shop.shop_id) is not None
    answer = []
    for row in rows:
        order = call.shop.orders[str(row["order_id"])]
        wanted = [str(one) for one in row.get("order_item_list") or []]
        lines = _pack_one(market, call, order, wanted, busy)
        answer.append({"order_id": int(order.order_id), "order_item_list": lines})
    return _good({"pack_order_list": answer})


def _pack_one(market: "LazadaMarket", call: Call, order: Order, wanted: list[str], busy: bool) -> list[dict[str, Any]]:
    units = {unit.unit_id: unit for unit in order.units}
    codes = {one: _pack_code(units.get(one)) for one in wanted}
    if busy and wanted:
        codes[wanted[-1]] = "700024"
    good = [units[one] for one, code in codes.items() if code == "0"]
    if good:
        statuses.pack(market, call.shop, order, good)
    return [_packed_line(one, code, units.get(one)) for one, code in codes.items()]


def _pack_code(unit: OrderUnit | None) -> str:
    if unit is None:
        return "700025"
    if unit.data.get("by_channel"):
        return "700027"
    return "0" if unit.status in ("pending", "repacked") else "700026"


def _packed_line(unit_id: str, code: str, unit: OrderUnit | None) -> dict[str, Any]:
    data = unit.data if unit is not None and code == "0" else {}
    return {
        "order_item_id": int(unit_id) if unit_id.isdecimal() else unit_id, **_outcome(code),
        "tracking_number": data.get("tracking", ""), "shipment_provider": data.get("provider", ""),
        "package_id": data.get("package_id", ""),
    }  # fmt: skip


def ready_to_ship(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The named packages wait for the courier; their units have left the stock."""

    def send(package_id: str) -> None:
        order, units = statuses.units_of(call.shop, package_id)
        market.move(call.shop, order, units, SHIPPED, "ready_to_ship")

    return _each_package(market, call, "readyToShipReq", send)


def repack(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The named packages are dissolved."""
    return _each_package(market, call, "rePackReq", lambda package_id: statuses.repack(market, call.shop, package_id))


def _each_package(market: "LazadaMarket", call: Call, argument: str, act: Callable[[str], None]) -> dict[str, Any]:
    rows = _argument(call, argument, "packages")
    if len(rows) > MAX_BATCH:
        return _bad("700022", "at most 20 packages")
    busy = len(rows) - 1 if market.faults.take("partial", call.path, call.shop.shop_id) else None
    answer = []
    for place, row in enumerate(rows):
        package_id = str(row.get("package_id", ""))
        code = "700024" if place == busy else _package_code(call, package_id)
        if code == "0":
            act(package_id)
        answer.append({"package_id": package_id, **_outcome(code)})
    return _good({"packages": answer})


def _package_code(call: Call, package_id: str) -> str:
    package = statuses.packages(call.shop).get(package_id)
    if package is None:
        return "600001"
    if package["canceled"]:
        return "600002"
    units = statuses.units_of(call.shop, package_id)[1]
    return "0" if units and all(unit.status == "packed" for unit in units) else "700000"


def document(market: "LazadaMarket", call: Call) -> dict[str, Any]:
    """The label: base64 of HTML, and for PDF a link that lives ten minutes."""
    rows = _argument(call, "getDocumentReq", "packages")
    kind = read_json(call.get("getDocumentReq")).get("doc_type")
    if kind not in ("PDF", "HTML"):
        return _bad("700004", "doc_type is PDF or HTML")
    names = [str(row.get("package_id", "")) for row in rows]
    for name in names:
        code = _label_code(market, call, name)
        if code:
            return _bad(code, "no label for this package yet")
    if kind == "HTML":
        page = "".join(f"<h1>{name}</h1><p>Practice label</p>" for name in names)
        return _good({"file": _base64(page), "doc_type": "HTML"})
    link = market.ids.text(40)
    market.label_links[link] = (" ".join(names), market.clock.now() + LINK_LIFE_S)
    url = f"{market.root_url}/label/{link}.pdf"
    frame = f'<iframe src="{url}" width="100%" height="100%"></iframe>'
    return _good({"file": _base64(frame), "doc_type": "PDF", "pdf_url": url})


def _label_code(market: "LazadaMarket", call: Call, package_id: str) -> str:
    package = statuses.packages(call.shop).get(package_id)
    if package is None:
        return "600001"
    if package["canceled"]:
        return "600002"
    ready_at = float(str(package["packed_at"])) + float(market.settings["label_delay_s"])
    return "700031" if ready_at > market.clock.now() else ""


def label_routes(market: "LazadaMarket") -> list[Route]:
    """Where the PDF of a label is fetched; needs no token, like the real links."""

    async def label(request: Request) -> Response:
        names, ends_at = market.label_links.get(request.path_params["link"], ("", 0.0))
        if ends_at <= market.clock.now():
            return Response("link expired", 403)
        return Response(tiny_pdf(f"Practice label {names}"), media_type="application/pdf")

    return [Route("/label/{link}.pdf", label)]


def tiny_pdf(text: str) -> bytes:
    """One A6 page with one line of plain text."""
    words = text.replace("\\", "").replace("(", "").replace(")", "").encode("ascii", "replace")
    drawing = b"BT /F1 10 Tf 20 380 Td (" + words + b") Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    file, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return file + head + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(file)


def _argument(call: Call, name: str, rows: str) -> list[dict[str, Any]]:
    try:
        found = read_json(call.get(name) or "null")
    except ValueError:
        found = None
    listed = found.get(rows) if isinstance(found, dict) else None
    if not isinstance(listed, list) or not listed or not all(isinstance(row, dict) for row in listed):
        raise numbered(700017, f"{name} is missing or not as described")
    return listed


def _outcome(code: str) -> dict[str, Any]:
    return {"item_err_code": code, "msg": _TEXTS[code], "retry": code == "700024"}


def _good(data: dict[str, Any]) -> dict[str, Any]:
    return {"result": {"success": True, "data": data}}


def _bad(code: str, text: str) -> dict[str, Any]:
    return {"result": {"success": False, "error_code": code, "error_msg": text}}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


APIS = {
    "/order/shipment/providers/get": Api(providers),
    "/order/fulfill/pack": Api(pack, write=True),
    "/order/package/document/get": Api(document),
    "/order/package/rts": Api(ready_to_ship, write=True),
    "/order/package/repack": Api(repack, write=True),
}

"""Returns and refunds: a buyer asks, the seller answers, the goods come back, the money goes back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.lazada import statuses
from sandbox.market.events import Event
from sandbox.market.shop import Order, OrderUnit, Shop

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

REVERSE = "reverse"
TYPES = ("RETURN", "ONLY_REFUND")
REASONS = {
    "1001": "Damaged item:สินค้าชำรุด", "1002": "Wrong item:ได้รับสินค้าผิด",
    "1003": "Not as described:ไม่ตรงตามที่โฆษณา", "1004": "Change of mind:เปลี่ยนใจ",
}  # fmt: skip
# What the pushes call each state; a state that is not here causes no push.
PUSHED = {
    "REQUEST_INITIATE": {"RTM": "RTM_INIT", "RTW": "RTW_INIT", "": "REFUND_INIT"},
    "REQUEST_CANCEL": {"RTM": "RTM_CANCELED", "RTW": "RTW_CANCELED", "": "REFUND_REJECTED"},
    "BUYER_RETURN_ITEM": {"RTM": "RTM_SHIPPING_BACK", "RTW": "RTW_SHIPPING_BACK"},
    "REFUND_SUCCESS": {"RTM": "REFUND_SUCCESS", "RTW": "REFUND_SUCCESS", "": "REFUND_SUCCESS"},
    "SELLER_REJECT_RETURN": {"RTM": "REFUND_REJECTED"},
    "SELLER_REJECT_REFUND": {"RTM": "REFUND_REJECTED", "": "REFUND_REJECTED"},
}
# Action of the seller: the state it needs, the state it leads to.
ACTIONS = {
    "instantRefund": ("REQUEST_INITIATE", "REFUND_SUCCESS"),
    "agreeReturn": ("REQUEST_INITIATE", "SELLER_AGREE_RETURN"),
    "refuseReturn": ("REQUEST_INITIATE", "SELLER_REJECT_RETURN"),
    "confirmDelivery": ("BUYER_RETURN_ITEM", "BUYER_RETURN_ITEM"),
    "agreeRefund": ("BUYER_RETURN_ITEM", "REFUND_SUCCESS"),
    "refuseRefund": ("BUYER_RETURN_ITEM", "SELLER_REJECT_REFUND"),
}
# What the buyer, the courier or Lazada may do, and from which states.
BY_OTHERS = {
    "BUYER_RETURN_ITEM": ("SELLER_AGREE_RETURN",),
    "REQUEST_CANCEL": ("REQUEST_INITIATE", "SELLER_AGREE_RETURN"),
    "CS_APPROVING": ("SELLER_REJECT_RETURN", "SELLER_REJECT_REFUND"),
    "REFUND_SUCCESS": ("BUYER_RETURN_ITEM", "CS_APPROVING"),
}


@dataclass
class Line:
    """One piece that the buyer wants to give back, or wants money for."""

    line_id: str
    unit_id: str
    status: str
    reason_id: str
    satang: int
    created_at: float
    modified_at: float
    arrived: bool = False
    history: list[tuple[str, str, float]] = field(default_factory=list)


@dataclass
class Reverse:
    """One request; `goes_to` is RTM (to the seller), RTW (to Lazada) or empty for money only."""

    reverse_id: str
    order_id: str
    request_type: str
    goes_to: str
    lines: list[Line]


def all_of(shop: Shop) -> dict[str, Reverse]:
    """Reverse order id -> request."""
    found: dict[str, Reverse] = shop.data.setdefault("reverses", {})
    return found


def ask(
    market: "LazadaMarket",
    shop: Shop,
    order: Order,
    units: Sequence[OrderUnit],
    kind: str,
    goes_to: str,
    reason_id: str,
) -> Reverse:
    """The buyer's new request. Raises ValueError unless every piece was delivered and is not asked for yet."""
    asked = {line.unit_id for one in all_of(shop).values() for line in one.lines}
    if not units or any(unit.status != "delivered" or unit.unit_id in asked for unit in units):
        raise ValueError("only delivered pieces without a request can be given back")
    if kind not in TYPES or goes_to not in ("RTM", "RTW") or reason_id not in REASONS:
        raise ValueError("unknown type, return_to or reason_id")
    now, reverse_id = market.clock.now(), market.new_order_id()
    lines = [Line(market.new_order_id(), unit.unit_id, "", reason_id, unit.price_satang, now, now) for unit in units]
    one = Reverse(reverse_id, order.order_id, kind, goes_to if kind == "RETURN" else "", lines)
    all_of(shop)[reverse_id] = one
    move(market, shop, one, lines, "REQUEST_INITIATE", "buyer")
    return one


def move(market: "LazadaMarket", shop: Shop, one: Reverse, lines: Sequence[Line], status: str, operator: str) -> None:
    """These lines get the status; a refund makes their pieces count as returned."""
    order, now = shop.orders[one.order_id], market.clock.now()
    for line in lines:
        line.status, line.modified_at = status, now
        line.history.append((operator, status, now))
    ids = {line.unit_id for line in lines}
    units = [unit for unit in order.units if unit.unit_id in ids]
    if status == "REFUND_SUCCESS":
        for unit in units:
            unit.data["returned_at"] = now
        # The goods have left the shop's stock: they come back when the seller counts them in.
        market.move(shop, order, units, statuses.stage_of("returned"), "returned")
    market.touch()
    word = PUSHED.get(status, {}).get(one.goes_to)
    for line in lines if word else ():
        data = {
            "reverse_order_id": one.reverse_id, "reverse_order_line_id": line.line_id, "reverse_status": word,
            "trade_order_line_id": line.unit_id,
        }  # fmt: skip
        market.emit(Event(REVERSE, shop, order=order, data=data))

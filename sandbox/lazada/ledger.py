"""What the practice Lazada owes a shop: income and fees of each delivered piece, week by week."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, overload

from sandbox.lazada.times import BANGKOK
from sandbox.market.shop import Order, OrderUnit, Shop
from sandbox.market.timeline import Place

if TYPE_CHECKING:
    from sandbox.lazada.market import LazadaMarket

SALE, COMMISSION, PAYMENT_FEE, REFUND, COMMISSION_BACK = 13, 16, 3, 14, 15
NAMES = {
    SALE: ("Item Price Credit", "Orders-Sales"),
    COMMISSION: ("Commission", "Orders-Lazada Fees"),
    PAYMENT_FEE: ("Payment Fee", "Orders-Lazada Fees"),
    REFUND: ("Reversal Item Price", "Refunds-Claims"),
    COMMISSION_BACK: ("Reversal Commission", "Refunds-Lazada Fees"),
}
_PAID_AFTER = timedelta(days=2)
_CLOSED_AT = timedelta(minutes=23, seconds=4)


@dataclass(frozen=True)
class Entry:
    """One line of money; income is positive, fees and refunds are negative."""

    order: Order
    unit: OrderUnit
    fee_type: int
    satang: int
    moment: datetime

    @property
    def week(self) -> "Week":
        """The statement this entry belongs to."""
        day = self.moment.date()
        return Week(day - timedelta(days=day.weekday()))


@dataclass(frozen=True, order=True)
class Week:
    """A statement's week, Monday to Sunday in Bangkok."""

    monday: date

    @property
    def text(self) -> str:
        """`11 May 2026 - 17 May 2026`"""
        return f"{day_text(self.monday)} - {day_text(self.monday + timedelta(days=6))}"

    @property
    def closed_at(self) -> datetime:
        """When the statement is made: in the night after its Sunday."""
        midnight = datetime.combine(self.monday + timedelta(days=7), datetime.min.time(), BANGKOK)
        return midnight + _CLOSED_AT

    @property
    def paid_at(self) -> datetime:
        """When the money arrives."""
        return self.closed_at + _PAID_AFTER


def day_text(day: date) -> str:
    """`7 May 2026`, in English whatever the locale."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day} {months[day.month - 1]} {day.year}"


def now_of(market: "LazadaMarket") -> datetime:
    """The market's time in Bangkok."""
    return datetime.fromtimestamp(market.clock.now(), BANGKOK)


class Entries(Sequence[Entry]):
    """Entries in time order, worked out only where they are read."""

    def __init__(self, market: "LazadaMarket", shop: Shop, places: Sequence[Place]) -> None:
        self._market, self._shop, self._places = market, shop, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Entry]: ...
    def __getitem__(self, at: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(at, slice):
            return [self._entry(*place) for place in self._places[at]]
        return self._entry(*self._places[at])

    def _entry(self, at: float, unit_id: str, fee_type: int, order_id: str) -> Entry:
        order = self._shop.orders[order_id]
        unit = next(unit for unit in order.units if unit.unit_id == unit_id)
        satang = _satang(unit.price_satang, fee_type, self._market.settings)
        return Entry(order, unit, fee_type, satang, datetime.fromtimestamp(at, BANGKOK))


def entries(market: "LazadaMarket", shop: Shop, first: date = date.min, last: date = date.max) -> Entries:
    """Entries of the shop on these days, Bangkok time, the oldest first."""
    since = _midnight(first) if first > date.min else -math.inf
    until = _midnight(last + timedelta(days=1)) if last < date.max else math.inf
    return Entries(market, shop, shop.orders.timeline(_places).between(since, until))


def _places(order: Order) -> Iterator[Place]:
    """Where the entries of an order stand: delivered pieces bring a sale and its fees, returned ones take them back."""
    for unit in order.units:
        for name, fee_types in _WHEN.items():
            if name in unit.data:
                yield from ((unit.data[name], unit.unit_id, fee_type, order.order_id) for fee_type in fee_types)


_WHEN = {"delivered_at": (SALE, COMMISSION, PAYMENT_FEE), "returned_at": (REFUND, COMMISSION_BACK)}


def _satang(price: int, fee_type: int, settings: Mapping[str, Any]) -> int:
    if fee_type in (SALE, REFUND):
        return price if fee_type == SALE else -price
    if fee_type == PAYMENT_FEE:
        return -_share(price, settings["payment_fee_percent"])
    share = _share(price, settings["commission_percent"])
    return share if fee_type == COMMISSION_BACK else -share


def _midnight(day: date) -> float:
    return datetime.combine(day, datetime.min.time(), BANGKOK).timestamp()


def _share(price_satang: int, percent: float) -> int:
    exact = Decimal(price_satang) * Decimal(str(percent)) / 100
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))

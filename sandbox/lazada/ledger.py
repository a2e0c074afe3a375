"""What the practice Lazada owes a shop: income and fees of each delivered piece, week by week."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from sandbox.lazada.times import BANGKOK
from sandbox.market.shop import Order, OrderUnit, Shop

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


def entries(market: "LazadaMarket", shop: Shop) -> list[Entry]:
    """Every entry of the shop, the oldest first."""
    found = [
        entry
        for order in shop.orders.values()
        for unit in order.units
        for entry in (*_delivered(market, order, unit), *_returned(market, order, unit))
    ]
    return sorted(found, key=lambda entry: (entry.moment, entry.unit.unit_id, entry.fee_type))


def _delivered(market: "LazadaMarket", order: Order, unit: OrderUnit) -> Iterator[Entry]:
    if "delivered_at" in unit.data:
        moment = datetime.fromtimestamp(unit.data["delivered_at"], BANGKOK)
        price = unit.price_satang
        yield Entry(order, unit, SALE, price, moment)
        yield Entry(order, unit, COMMISSION, -_share(price, market.settings["commission_percent"]), moment)
        yield Entry(order, unit, PAYMENT_FEE, -_share(price, market.settings["payment_fee_percent"]), moment)


def _returned(market: "LazadaMarket", order: Order, unit: OrderUnit) -> Iterator[Entry]:
    if "returned_at" in unit.data:
        moment = datetime.fromtimestamp(unit.data["returned_at"], BANGKOK)
        price = unit.price_satang
        yield Entry(order, unit, REFUND, -price, moment)
        yield Entry(order, unit, COMMISSION_BACK, _share(price, market.settings["commission_percent"]), moment)


def _share(price_satang: int, percent: float) -> int:
    exact = Decimal(price_satang) * Decimal(str(percent)) / 100
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))

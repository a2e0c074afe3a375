"""Money as minor units and a currency; never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

# Currencies of the marketplaces' countries and how many decimals they write.
_EXPONENT = {"THB": 2, "SGD": 2, "MYR": 2, "PHP": 2, "IDR": 0, "VND": 0}


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were combined."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit (satang for THB).

    >>> Money.parse("1,234.50") + Money(50)
    Money(minor=123500, currency='THB')
    >>> str(Money(8900))
    '89.00'
    """

    minor: int
    currency: str = "THB"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, units: int) -> Money:
        return Money(self.minor * units, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __str__(self) -> str:
        return f"{self.decimal:.{_EXPONENT[self.currency]}f}"

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-_EXPONENT[self.currency])

    @property
    def is_whole(self) -> bool:
        """True when there are no satang: 89.00 yes, 89.50 no."""
        return self.minor % int(10 ** _EXPONENT[self.currency]) == 0

    @classmethod
    def parse(cls, amount: str | int | float | Decimal, currency: str = "THB") -> Money:
        """Money from a major-unit number or text, thousands commas allowed.

        Raises: ValueError when it is no number, not finite, or finer than the currency's smallest unit.
        """
        try:
            value = Decimal(str(amount).replace(",", "").strip())
        except InvalidOperation:
            raise ValueError(f"not an amount: {amount!r}") from None
        if not value.is_finite():
            raise ValueError(f"not an amount: {amount!r}")
        minor = value.scaleb(_EXPONENT[currency])
        if minor != minor.to_integral_value():
            raise ValueError(f"finer than the smallest unit of {currency}: {amount!r}")
        return cls(int(minor), currency)

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} with {other.currency}")
        return other.minor


def total(amounts: list[Money], currency: str = "THB") -> Money:
    """Sum of the amounts; zero of `currency` when there are none."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result

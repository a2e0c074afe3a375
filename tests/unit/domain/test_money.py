"""Money reads and writes itself without losing a satang."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.money import CurrencyMismatchError, Money, total

currencies = st.sampled_from(("THB", "SGD", "IDR", "VND"))
amounts = st.builds(Money, st.integers(-(10**12), 10**12), currencies)


@settings(max_examples=80, deadline=None)
@given(amounts)
def test_print_and_parse_are_each_others_reverse(money):
    """What is printed parses to the same amount, also with thousands commas and as a decimal."""
    assert Money.parse(str(money), money.currency) == money
    assert Money.parse(f"{money.decimal:,}", money.currency) == money
    assert Money.parse(money.decimal, money.currency) == money


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9)), st.integers(-9, 9))
def test_sums_are_exact(minors, factor):
    """Adding, subtracting and multiplying never round."""
    money = total([Money(minor) for minor in minors])
    assert money == Money(sum(minors))
    assert money - money == Money(0)
    assert (money * factor).minor == sum(minors) * factor
    assert total([money, Money(1)]) > money or money >= total([money, Money(1)])


@pytest.mark.parametrize("text", ["", "abc", "1.234", "NaN", "Infinity", "1e-3", "12.3.4", "๑๒.๓๔๕"])
def test_what_is_no_amount_is_refused(text):
    """No number, no finite number, or finer than a satang."""
    with pytest.raises(ValueError, match=r"not an amount|finer than"):
        Money.parse(text)


@pytest.mark.parametrize(("said", "minor"), [("89", 8900), (" 1,234.50 ", 123450), (89.5, 8950), (Decimal("0.01"), 1)])
def test_amounts_are_read_as_people_and_channels_write_them(said, minor):
    """Text with commas and blanks, whole numbers, floats of a JSON body."""
    assert Money.parse(said) == Money(minor)


def test_currencies_do_not_mix():
    """Baht and dollars have no sum and no order."""
    for wrong in (
        lambda: Money(1) + Money(1, "SGD"),
        lambda: Money(1) < Money(1, "SGD"),
        lambda: total([Money(1)], "SGD"),
    ):
        with pytest.raises(CurrencyMismatchError):
            wrong()


def test_a_whole_price_has_no_satang():
    """Shopee sells in whole baht only; currencies without decimals are always whole."""
    assert Money(8900).is_whole
    assert not Money(8950).is_whole
    assert Money(7, "VND").is_whole

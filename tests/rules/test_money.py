"""Money is integer minor units of an ISO 4217 currency."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.shared.money import exponent, minor_per_major, share, show


@pytest.mark.parametrize(
    ("currency", "digits", "per_major"),
    [("EUR", 2, 100), ("BRL", 2, 100), ("JPY", 0, 1), ("CLP", 0, 1), ("KWD", 3, 1000), ("TND", 3, 1000)],
)
def test_a_currency_has_the_minor_unit_of_iso_4217(currency: str, digits: int, per_major: int) -> None:
    assert (exponent(currency), minor_per_major(currency)) == (digits, per_major)


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "BTC"])
def test_what_is_no_currency_has_no_minor_unit(currency: str) -> None:
    assert exponent(currency) is None


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (23_140, "BRL", "BRL 231.40"),
        (5, "EUR", "EUR 0.05"),
        (0, "EUR", "EUR 0.00"),
        (-1_234_567, "USD", "USD -12,345.67"),
        (150_000, "JPY", "JPY 150,000"),
        (1_234_567, "KWD", "KWD 1,234.567"),
        (7, "???", "??? 7"),
    ],
)
def test_money_is_shown_with_its_currency_and_digits(amount: int, currency: str, shown: str) -> None:
    assert show(amount, currency) == shown


@pytest.mark.parametrize(
    ("amount", "basis_points", "part"),
    [
        (5_900, 1_200, 708),
        (1, 5_000, 1),
        (-1, 5_000, -1),
        (1, 4_999, 0),
        (333, 1_000, 33),
        (335, 1_000, 34),
        (0, 9, 0),
    ],
)
def test_a_share_is_rounded_half_away_from_zero(amount: int, basis_points: int, part: int) -> None:
    assert share(amount, basis_points) == part


@given(st.integers(-(10**15), 10**15), st.integers(0, 10_000))
def test_a_share_is_never_off_by_more_than_half_a_minor_unit(amount: int, basis_points: int) -> None:
    assert abs(share(amount, basis_points) - Fraction(amount * basis_points, 10_000)) <= Fraction(1, 2)
    assert share(-amount, basis_points) == -share(amount, basis_points)


@given(st.integers(0, 10**15))
def test_the_whole_share_is_the_amount(amount: int) -> None:
    assert (share(amount, 10_000), share(amount, 0)) == (amount, 0)

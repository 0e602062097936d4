"""Amounts as Stripe counts them."""

from __future__ import annotations

import pytest

pytest.importorskip("stripe", reason="the extra `stripe` is not installed")

from activities.adapters.stripe.amounts import from_stripe, to_stripe


@pytest.mark.parametrize(
    ("currency", "minor", "stripe"),
    [
        ("EUR", 1_999, 1_999),
        ("JPY", 500, 500),
        ("ISK", 5, 500),
        ("UGX", 5, 500),
        ("MGA", 1_200, 12),
        ("KWD", 1_230, 1_230),
    ],
)
def test_amounts_are_counted_as_stripe_counts_them(currency: str, minor: int, stripe: int) -> None:
    assert to_stripe(minor, currency) == stripe
    assert from_stripe(stripe, currency) == minor

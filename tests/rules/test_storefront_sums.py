"""Whatever a storefront adds up right adds up with us, in any currency, to the last minor unit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.intake.storefront import body_of
from models.intake.storefront_money import pieces, spread
from tests.rules.order_bodies import faults_of
from tests.rules.shopify_events import event, item


@given(amount=st.integers(-(10**6), 10**6), weights=st.lists(st.integers(-5, 10**5), min_size=1, max_size=20))
def test_what_is_spread_is_all_there_and_no_part_is_far_from_its_share(
    amount: int, weights: list[int]
) -> None:
    parts = spread(amount, weights)
    bounded = [max(0, weight) for weight in weights]
    whole = sum(bounded)
    assert sum(parts) == amount
    if whole:
        assert all(abs(part * whole - amount * one) < whole for part, one in zip(parts, bounded, strict=True))


@given(amount=st.integers(0, 10**9), quantity=st.integers(1, 10_000))
def test_pieces_have_whole_prices_that_add_up(amount: int, quantity: int) -> None:
    pairs = list(pieces(amount, quantity))
    assert sum(many * price for many, price in pairs) == amount
    assert sum(many for many, _ in pairs) == quantity
    assert all(many > 0 for many, _ in pairs)


@st.composite
def sums(draw: st.DrawFn) -> dict[str, Any]:
    """An order of a storefront whose own sums are right, in a currency of 0, 2 or 3 digits."""
    currency, digits = draw(st.sampled_from([("JPY", 0), ("EUR", 2), ("KWD", 3)]))
    included = draw(st.booleans())

    def text(amount: int) -> str:
        return str(Decimal(amount).scaleb(-digits))

    items, total, off, tax = [], 0, 0, 0
    for nth in range(draw(st.integers(1, 6))):
        price, quantity = draw(st.integers(0, 50_000)), draw(st.integers(1, 9))
        discount, taxed = draw(st.integers(0, price * quantity)), draw(st.integers(0, 5_000))
        allocations = [{"amount": text(discount)}] if discount else []
        items.append(
            item(
                text(price), quantity, ("MUG-1", "KNIFE-1")[nth % 2], discount_allocations=allocations,
                tax_lines=[{"price": text(taxed)}],
            )
        )  # fmt: skip
        total += price * quantity - discount + (0 if included else taxed)
        off, tax = off + discount, tax + taxed
    freight, freight_tax = draw(st.integers(0, 9_000)), draw(st.integers(0, 900))
    total += freight + (0 if included else freight_tax)
    shipping = [{"price": text(freight), "tax_lines": [{"price": text(freight_tax)}]}]
    return event(
        currency=currency, taxes_included=included, line_items=items, shipping_lines=shipping,
        total_discounts=text(off), total_tax=text(tax + freight_tax), total_price=text(total),
    )  # fmt: skip


@given(told=sums())
def test_whatever_a_storefront_adds_up_right_adds_up_with_us(told: dict[str, Any]) -> None:
    body = body_of(told, "shop")
    assert faults_of(body) == []
    ordered = sum(one["quantity"] for one in told["line_items"])
    assert sum(one["quantity"] for one in body["lines"]) == ordered

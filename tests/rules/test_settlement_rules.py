"""Who the money belongs to: every posting has its counterpart, to the last minor unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.order.messages import Order, OrderLine
from models.settlement.messages import MerchantShare, Posting
from models.settlement.rules import (
    COMMISSION,
    GATEWAY,
    OWED,
    amount_minor,
    capture_postings,
    payable,
    refund_postings,
    shares,
)
from tests.rules.order_bodies import good_body, read

ORDER = read(good_body())
KILN, FORGE = payable("m-kiln"), payable("m-forge")
PARTS = (
    MerchantShare(merchant_id="m-forge", goods_minor=2_900, freight_minor=0),
    MerchantShare(merchant_id="m-kiln", goods_minor=3_000, freight_minor=290),
)
LINES = st.lists(
    st.builds(
        lambda merchant, quantity, price, freight: OrderLine(
            line_no=1,
            sku="S",
            quantity=quantity,
            unit_price_minor=price,
            merchant_id=merchant,
            freight_minor=freight,
        ),
        st.sampled_from(("m-a", "m-b", "m-c")),
        st.integers(1, 9),
        st.integers(0, 99_999),
        st.integers(0, 9_999),
    ),
    min_size=1,
    max_size=5,
).map(lambda lines: tuple(line.model_copy(update={"line_no": n}) for n, line in enumerate(lines, 1)))


def of(lines: tuple[OrderLine, ...]) -> Order:
    return ORDER.model_copy(update={"lines": lines})


def postings(**amounts: int) -> tuple[Posting, ...]:
    names = {"gateway": GATEWAY, "kiln": KILN, "forge": FORGE, "commission": COMMISSION}
    return tuple(Posting(account=names[name], amount_minor=n, currency="EUR") for name, n in amounts.items())


def balance(legs: tuple[Posting, ...]) -> int:
    return sum(leg.amount_minor for leg in legs)


def gateway(legs: tuple[Posting, ...]) -> int:
    return sum(leg.amount_minor for leg in legs if leg.account == GATEWAY)


def test_each_merchant_sold_its_lines() -> None:
    assert shares(ORDER) == PARTS
    assert amount_minor(PARTS) == ORDER.total_minor == 6_190


def test_only_what_arrived_is_taken_freight_in_proportion() -> None:
    assert shares(ORDER, {1: 1}) == (
        MerchantShare(merchant_id="m-kiln", goods_minor=1_500, freight_minor=145),
    )
    assert shares(ORDER, {2: 1}) == (
        MerchantShare(merchant_id="m-forge", goods_minor=2_900, freight_minor=0),
    )
    assert shares(ORDER, {}) == ()


@given(LINES, st.data())
def test_parts_that_arrive_never_cost_more_than_the_whole(
    lines: tuple[OrderLine, ...], data: st.DataObject
) -> None:
    order = of(lines)
    arrived = {line.line_no: data.draw(st.integers(0, line.quantity)) for line in lines}
    whole = sum(line.goods_minor + line.freight_minor for line in lines)
    assert amount_minor(shares(order)) == whole
    assert 0 <= amount_minor(shares(order, arrived)) <= whole


def test_a_capture_is_owed_to_merchants_less_commission_on_goods() -> None:
    assert capture_postings(PARTS, 6_190, "EUR", 1_200) == postings(
        gateway=6_190, forge=-2_552, kiln=-2_930, commission=-708
    )


def test_without_commission_nobody_keeps_anything() -> None:
    assert capture_postings(PARTS, 6_190, "EUR", 0) == postings(gateway=6_190, forge=-2_900, kiln=-3_290)


def test_nothing_is_no_posting() -> None:
    assert capture_postings((), 0, "EUR", 1_200) == ()
    assert refund_postings((), 0) == ()


@given(LINES, st.integers(0, 10_000))
def test_a_capture_sums_to_zero_and_the_gateway_owes_all_of_it(
    lines: tuple[OrderLine, ...], commission_bp: int
) -> None:
    parts = shares(of(lines))
    legs = capture_postings(parts, amount_minor(parts), "EUR", commission_bp)
    assert (balance(legs), gateway(legs)) == (0, amount_minor(parts))
    assert [leg for leg in legs if leg.account != GATEWAY and leg.amount_minor >= 0] == []


def test_a_whole_refund_turns_the_capture_round() -> None:
    captured = capture_postings(PARTS, 6_190, "EUR", 1_200)
    assert refund_postings(captured, 6_190) == postings(
        gateway=-6_190, forge=2_552, kiln=2_930, commission=708
    )


@pytest.mark.parametrize(
    ("amount", "legs"),
    [
        (1_000, postings(gateway=-1_000, forge=412, kiln=473, commission=115)),
        (1, postings(gateway=-1, kiln=1)),
        (2, postings(gateway=-2, forge=1, kiln=1)),
        (0, ()),
    ],
)
def test_a_part_goes_back_in_proportion_by_largest_remainder(amount: int, legs: tuple[Posting, ...]) -> None:
    assert refund_postings(capture_postings(PARTS, 6_190, "EUR", 1_200), amount) == legs


@given(LINES, st.integers(0, 10_000), st.data())
def test_a_refund_sums_to_zero_and_takes_from_nobody_more_than_he_got(
    lines: tuple[OrderLine, ...], commission_bp: int, data: st.DataObject
) -> None:
    parts = shares(of(lines))
    captured = capture_postings(parts, amount_minor(parts), "EUR", commission_bp)
    amount = data.draw(st.integers(0, amount_minor(parts)))
    legs = refund_postings(captured, amount)
    assert (balance(legs), gateway(legs)) == (0, -amount)
    got = {leg.account: -leg.amount_minor for leg in captured if leg.account != GATEWAY}
    assert [
        leg for leg in legs if leg.account != GATEWAY and not 0 < leg.amount_minor <= got[leg.account]
    ] == []


@given(LINES, st.integers(0, 10_000), st.data())
def test_what_was_taken_less_the_customer_owes_until_it_is_taken_or_all_goes_back(
    lines: tuple[OrderLine, ...], commission_bp: int, data: st.DataObject
) -> None:
    parts = shares(of(lines))
    owed = amount_minor(parts)
    taken = data.draw(st.integers(0, owed))
    first = capture_postings(parts, taken, "EUR", commission_bp)
    assert (balance(first), gateway(first), owes(first)) == (0, taken, owed - taken)
    rest = capture_postings((), owed - taken, "EUR", commission_bp)
    assert (balance(rest), owes(first + rest)) == (0, 0)
    if taken:
        assert summed(first + refund_postings(first, taken)) == {}


def owes(legs: tuple[Posting, ...]) -> int:
    return sum(leg.amount_minor for leg in legs if leg.account == OWED)


def summed(legs: tuple[Posting, ...]) -> dict[str, int]:
    """What is left in each account that is not empty."""
    sums: dict[str, int] = {}
    for leg in legs:
        sums[leg.account] = sums.get(leg.account, 0) + leg.amount_minor
    return {account: amount for account, amount in sums.items() if amount}

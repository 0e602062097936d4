"""May the order go on? Every reason that applies is found, and explained."""

from __future__ import annotations

from typing import Any

import pytest

from models.order.messages import CustomerHistory, Order, OrderClass
from models.order.policy import ReviewPolicy
from models.order.states import HoldReason, RiskVerdict
from models.review.messages import CreditTier, RiskDecision
from models.review.rules import credit_tier, judge, limit_minor
from tests.rules.order_bodies import good_body, read

POLICY = ReviewPolicy()
ORDER = read(good_body())
TRUSTED = CustomerHistory(completed=3)


def judged(order: Order = ORDER, history: CustomerHistory = TRUSTED, **changes: Any) -> RiskDecision:
    values: dict[str, Any] = {
        "order_class": OrderClass.ORDINARY,
        "duplicate_of": "",
        "policy": POLICY,
        "version": 7,
    } | changes
    return judge(order, history=history, **values)


def costing(total_minor: int) -> Order:
    payment = ORDER.payment.model_copy(update={"amount_minor": total_minor})
    return ORDER.model_copy(update={"total_minor": total_minor, "payment": payment})


@pytest.mark.parametrize(
    ("completed", "failed", "tier"),
    [
        (0, 0, CreditTier.NEW),
        (0, 1, CreditTier.NEW),
        (1, 0, CreditTier.ORDINARY),
        (2, 1, CreditTier.ORDINARY),
        (3, 0, CreditTier.TRUSTED),
        (3, 3, CreditTier.TRUSTED),
        (3, 4, CreditTier.POOR),
        (0, 2, CreditTier.POOR),
        (2, 2, CreditTier.ORDINARY),
    ],
)
def test_the_credit_tier_follows_from_how_earlier_orders_ended(
    completed: int, failed: int, tier: CreditTier
) -> None:
    assert credit_tier(CustomerHistory(completed=completed, failed=failed), POLICY) is tier


@pytest.mark.parametrize(
    ("tier", "limit"),
    [
        (CreditTier.NEW, 100_000),
        (CreditTier.ORDINARY, 100_000),
        (CreditTier.TRUSTED, 200_000),
        (CreditTier.POOR, 30_000),
    ],
)
def test_good_customers_pass_lightly_poor_ones_do_not(tier: CreditTier, limit: int) -> None:
    assert limit_minor(ORDER, tier, POLICY) == limit


@pytest.mark.parametrize(
    ("currency", "large"),
    [("EUR", 100_000), ("JPY", 150_000), ("KWD", 300_000), ("BRL", 500_000), ("CLP", 1_000)],
)
def test_what_is_large_is_counted_in_the_currency_of_the_order(currency: str, large: int) -> None:
    assert POLICY.large_minor(currency) == large


def test_an_order_without_anything_odd_is_accepted() -> None:
    assert judged() == RiskDecision(verdict=RiskVerdict.ACCEPT, tier=CreditTier.TRUSTED, policy_version=7)


@pytest.mark.parametrize(
    ("order", "verdict"), [(costing(199_999), RiskVerdict.ACCEPT), (costing(200_000), RiskVerdict.HOLD)]
)
def test_at_the_limit_a_person_looks(order: Order, verdict: RiskVerdict) -> None:
    assert judged(order).verdict is verdict


def test_a_large_order_is_explained_by_its_limit() -> None:
    decision = judged(costing(200_000))
    assert decision.reasons == (HoldReason.LARGE_ORDER,)
    assert decision.explained == ("total 200000 is at or over the limit 200000 of a trusted customer",)


def test_many_pieces_are_a_large_order_too() -> None:
    many = ORDER.model_copy(
        update={"lines": (ORDER.lines[0].model_copy(update={"quantity": 49}), ORDER.lines[1])}
    )
    decision = judged(many)
    assert (decision.reasons, decision.explained) == (
        (HoldReason.LARGE_ORDER,),
        ("50 pieces, the limit is 50",),
    )


def test_special_goods_are_looked_at_by_a_person() -> None:
    decision = judged(order_class=OrderClass.SPECIAL)
    assert (decision.verdict, decision.reasons) == (RiskVerdict.HOLD, (HoldReason.SPECIAL_GOODS,))


def test_a_poor_customer_is_held_and_told_why() -> None:
    decision = judged(history=CustomerHistory(completed=1, failed=2))
    assert (decision.verdict, decision.tier) == (RiskVerdict.HOLD, CreditTier.POOR)
    assert decision.explained == ("2 earlier orders failed, 1 completed",)


@pytest.mark.parametrize(("others", "held"), [(9, False), (10, True), (11, True)])
def test_many_orders_within_an_hour_are_looked_at(others: int, held: bool) -> None:
    decision = judged(history=TRUSTED.model_copy(update={"last_hour": others}))
    assert (HoldReason.RISK in decision.reasons) is held
    if held:
        assert decision.explained == (f"{others} other orders of this customer within an hour",)
    calm = ReviewPolicy(velocity_per_hour=0)
    assert judged(history=TRUSTED.model_copy(update={"last_hour": others}), policy=calm).reasons == ()


@pytest.mark.parametrize(
    ("total", "countries", "held"),
    [
        (50_000, ("FR", "US"), True),
        (49_999, ("FR", "US"), False),
        (50_000, ("DE", "FR"), False),
        (50_000, (), False),
    ],
)
def test_dear_goods_to_a_new_country_are_looked_at(
    total: int, countries: tuple[str, ...], held: bool
) -> None:
    history = CustomerHistory(completed=1, countries=countries)
    decision = judged(costing(total), history=history, policy=ReviewPolicy())
    assert decision.reasons == ((HoldReason.RISK,) if held else ())
    if held:
        assert decision.explained == ("goes to DE, earlier orders went to FR, US",)


def test_a_poor_customer_pays_a_deposit_first_where_the_policy_says_so() -> None:
    policy = ReviewPolicy(poor_deposit_bp=5_000)
    decision = judged(history=CustomerHistory(completed=1, failed=2), policy=policy)
    assert (decision.verdict, decision.reasons, decision.deposit_bp) == (RiskVerdict.ACCEPT, (), 5_000)
    assert judged(history=CustomerHistory(completed=1), policy=policy).deposit_bp == 0


@pytest.mark.parametrize(
    ("completed", "failed", "verdict"),
    [(0, 5, RiskVerdict.HOLD), (0, 6, RiskVerdict.REJECT), (1, 6, RiskVerdict.HOLD)],
)
def test_who_never_paid_is_rejected(completed: int, failed: int, verdict: RiskVerdict) -> None:
    assert judged(history=CustomerHistory(completed=completed, failed=failed)).verdict is verdict


def test_a_payment_over_another_amount_is_found() -> None:
    odd = ORDER.model_copy(update={"payment": ORDER.payment.model_copy(update={"amount_minor": 6_189})})
    decision = judged(odd)
    assert (decision.reasons, decision.explained) == (
        (HoldReason.AMOUNT_MISMATCH,),
        ("payment says 6189, the order 6190",),
    )


@pytest.mark.parametrize(
    ("price", "listed", "odd"),
    [
        (1_500, 1_000, False),
        (1_501, 1_000, True),
        (500, 1_000, False),
        (499, 1_000, True),
        (9, None, False),
        (9, 0, False),
    ],
)
def test_a_price_may_differ_by_half_from_the_list(price: int, listed: int | None, odd: bool) -> None:
    line = ORDER.lines[0].model_copy(update={"unit_price_minor": price, "list_price_minor": listed})
    decision = judged(ORDER.model_copy(update={"lines": (line,)}))
    found = (f"line 1: price {price}, listed {listed}",) if odd else ()
    assert (decision.reasons, decision.explained) == ((HoldReason.PRICE_DIFFERS,) if odd else (), found)


def test_an_ambiguous_address_and_a_possible_duplicate_are_found_together() -> None:
    decision = judged(ORDER.model_copy(update={"address_verdict": "ambiguous"}), duplicate_of="DE-1")
    assert decision.reasons == (HoldReason.ADDRESS_CONFLICT, HoldReason.DUPLICATE)
    assert decision.explained == (
        "postcode and region do not fit together",
        "same customer and goods as DE-1 within a day",
    )


def test_every_reason_has_its_explanation() -> None:
    order = costing(200_000).model_copy(update={"address_verdict": "ambiguous", "payment": ORDER.payment})
    decision = judged(order, CustomerHistory(failed=9), order_class=OrderClass.SPECIAL, duplicate_of="DE-1")
    assert decision.verdict is RiskVerdict.REJECT
    assert decision.reasons == (
        HoldReason.SPECIAL_GOODS,
        HoldReason.LARGE_ORDER,
        HoldReason.POOR_CREDIT,
        HoldReason.AMOUNT_MISMATCH,
        HoldReason.ADDRESS_CONFLICT,
        HoldReason.DUPLICATE,
    )
    assert len(decision.explained) == len(decision.reasons)

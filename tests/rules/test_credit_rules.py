"""The credit score and the credit limit in the verdict: thresholds of the policy, reasons in words."""

from __future__ import annotations

import pytest

from models.order.credit import CreditStanding, scored
from models.order.messages import CustomerHistory, OrderClass
from models.order.policy import ReviewPolicy
from models.order.states import HoldReason, RiskVerdict
from models.review.credit_account import CreditAccount
from models.review.messages import CreditTier, RiskDecision
from models.review.rules import credit_tier, judge
from tests.rules.credit_made import MODEL, history, score_of, standing
from tests.rules.order_bodies import good_body, read

POLICY = ReviewPolicy()
OFF = ReviewPolicy(credit_trust_below_bp=None, credit_hold_at_bp=None, credit_reject_at_bp=None)
ORDER = read(good_body())
ONCE = CustomerHistory(completed=1)
BEHIND = "probability of default 30.0%, held from 25.0% (model hand-1); furthest behind in half a year: 1 month, raises the risk"


def judged(
    credit: CreditStanding | None, history: CustomerHistory = ONCE, policy: ReviewPolicy = POLICY
) -> RiskDecision:
    return judge(ORDER, OrderClass.ORDINARY, history, "", policy, 7, credit)


def test_an_order_within_the_limit_of_a_good_customer_passes_and_keeps_its_score() -> None:
    credit = standing(ORDER.total_minor, risk="low")
    decision = judged(credit)
    assert (decision.verdict, decision.tier, decision.reasons) == (RiskVerdict.ACCEPT, CreditTier.TRUSTED, ())
    assert decision.score is not None
    assert (round(decision.score.probability, 9), decision.score.model_version) == (0.05, "hand-1")
    assert (decision.features["worst_delay"], decision.features["limit"]) == (0.0, 500.0)


def test_without_an_account_nothing_is_scored() -> None:
    assert judged(None) == RiskDecision(
        verdict=RiskVerdict.ACCEPT, tier=CreditTier.ORDINARY, policy_version=7
    )


def test_a_poor_score_is_held_with_the_scorers_own_reasons() -> None:
    decision = judged(standing(ORDER.total_minor, risk="high"), CustomerHistory(completed=9))
    assert (decision.verdict, decision.tier) == (RiskVerdict.HOLD, CreditTier.POOR)
    assert (decision.reasons, decision.explained) == ((HoldReason.POOR_CREDIT,), (BEHIND,))


def test_a_poor_score_and_failed_orders_are_told_together() -> None:
    decision = judged(standing(ORDER.total_minor, risk="high"), CustomerHistory(completed=1, failed=2))
    assert decision.explained == (f"2 earlier orders failed, 1 completed; {BEHIND}",)


@pytest.mark.parametrize(
    ("risk", "at_bp", "verdict"),
    [
        ("highest", None, RiskVerdict.HOLD),
        ("highest", 8_999, RiskVerdict.REJECT),
        ("highest", 9_001, RiskVerdict.HOLD),
        ("high", 8_999, RiskVerdict.HOLD),
        ("low", 8_999, RiskVerdict.ACCEPT),
    ],
)
def test_a_score_refuses_only_where_the_policy_says_so(
    risk: str, at_bp: int | None, verdict: RiskVerdict
) -> None:
    policy = POLICY.model_copy(update={"credit_reject_at_bp": at_bp})
    assert judged(standing(ORDER.total_minor, risk=risk), policy=policy).verdict is verdict


def test_a_refusal_by_score_is_explained_also_when_scores_hold_nobody() -> None:
    policy = OFF.model_copy(update={"credit_reject_at_bp": 8_999})
    decision = judged(standing(ORDER.total_minor, risk="highest"), policy=policy)
    assert (decision.verdict, decision.reasons) == (RiskVerdict.REJECT, (HoldReason.POOR_CREDIT,))
    assert decision.explained[0].startswith(
        "probability of default 90.0%, refused from 90.0% (model hand-1); "
    )


@pytest.mark.parametrize("risk", ["low", "high", "highest"])
def test_thresholds_that_are_off_weigh_no_score_and_keep_it(risk: str) -> None:
    decision = judged(standing(ORDER.total_minor, risk=risk), policy=OFF)
    assert (decision.verdict, decision.tier) == (RiskVerdict.ACCEPT, CreditTier.ORDINARY)
    assert decision.score == score_of(risk)


@pytest.mark.parametrize(
    ("completed", "failed", "risk", "tier"),
    [
        (0, 0, "low", CreditTier.NEW),
        (1, 0, "low", CreditTier.TRUSTED),
        (3, 0, "low", CreditTier.TRUSTED),
        (0, 2, "low", CreditTier.POOR),
        (0, 0, "high", CreditTier.POOR),
        (1, 0, "high", CreditTier.POOR),
        (3, 0, "high", CreditTier.POOR),
    ],
)
def test_a_good_score_helps_who_bought_before_and_a_poor_one_makes_anybody_poor(
    completed: int, failed: int, risk: str, tier: CreditTier
) -> None:
    earlier = CustomerHistory(completed=completed, failed=failed)
    assert credit_tier(earlier, POLICY, score_of(risk)) is tier


@pytest.mark.parametrize(("exposure", "fits"), [(43_810, True), (43_811, False)])
def test_the_limit_may_be_reached_and_not_exceeded(exposure: int, fits: bool) -> None:
    credit = standing(ORDER.total_minor, exposure)
    assert (ORDER.total_minor, credit.fits) == (6_190, fits)
    assert judged(credit).verdict is (RiskVerdict.ACCEPT if fits else RiskVerdict.HOLD)


def test_an_order_over_the_limit_is_held_with_exposure_limit_and_what_it_would_make() -> None:
    decision = judged(standing(ORDER.total_minor, 45_000))
    assert decision.reasons == (HoldReason.CREDIT_LIMIT,)
    assert decision.explained == (
        "open orders on credit owe EUR 450.00, with this one EUR 511.90, the credit limit is EUR 500.00",
    )


def test_an_order_in_another_currency_cannot_be_compared_and_is_held() -> None:
    credit = standing(100, order_currency="USD")
    assert (credit.comparable, credit.fits) == (False, False)
    decision = judged(credit)
    assert (decision.verdict, decision.reasons) == (RiskVerdict.HOLD, (HoldReason.CREDIT_LIMIT,))
    assert decision.explained == (
        "the order is in USD, the credit limit is EUR 500.00: they cannot be compared",
    )


def test_without_a_model_or_without_a_known_month_nobody_is_scored() -> None:
    assert scored(None, history(), 50_000, "EUR") == (None, {})
    assert scored(MODEL, CreditAccount(limit=500.0), 50_000, "EUR") == (None, {})


@pytest.mark.parametrize(
    ("currency", "limit_minor", "limit"),
    [("EUR", 50_000, 500.0), ("JPY", 50_000, 50_000.0), ("KWD", 500, 0.5)],
)
def test_the_accounts_limit_stands_in_for_one_that_the_history_leaves_out(
    currency: str, limit_minor: int, limit: float
) -> None:
    assert scored(MODEL, history(), limit_minor, currency)[1]["limit"] == limit
    told = history().model_copy(update={"limit": 77.0})
    assert scored(MODEL, told, limit_minor, currency)[1]["limit"] == 77.0


def test_a_share_of_next_to_nothing_is_unknown() -> None:
    tiny = history().model_copy(update={"limit": 1e-310, "billed": (1e12, 1e-310, 1e-310, 0.0, 0.0, 0.0)})
    score, features = scored(MODEL, tiny, 50_000, "EUR")
    assert (features["used_1"], features["repaid_1"]) == (None, None)
    assert score is not None
    assert set(score.missing) >= {"used_1", "repaid_1"}

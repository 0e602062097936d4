"""What is done while a payment is missing, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from models.order.policy import PaymentPolicy
from models.review.dunning import Dunning, DunningStep, worth_retrying
from models.review.messages import PaymentStatus

SINCE = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY = PaymentPolicy(remind_after_h=(36, 60), retry_after_h=(48, 24))


def steps(status: PaymentStatus, policy: PaymentPolicy = POLICY) -> list[tuple[float, DunningStep]]:
    """Every step with its hours, as it comes."""
    dunning, taken = Dunning(since=SINCE, status=status), []
    while due := dunning.next_step(policy):
        taken.append(((due[0] - SINCE) / timedelta(hours=1), due[1]))
        dunning = dunning.after_step()
    return taken


def test_a_declined_payment_is_tried_again_and_the_customer_reminded_in_order_of_time() -> None:
    assert steps(PaymentStatus.DECLINED) == [
        (24, DunningStep.RETRY),
        (36, DunningStep.REMIND),
        (48, DunningStep.RETRY),
        (60, DunningStep.REMIND),
    ]


def test_a_pending_payment_is_only_reminded_of() -> None:
    assert steps(PaymentStatus.PENDING) == [(36, DunningStep.REMIND), (60, DunningStep.REMIND)]


def test_a_policy_without_steps_leaves_the_customer_in_peace() -> None:
    assert steps(PaymentStatus.DECLINED, PaymentPolicy(remind_after_h=(), retry_after_h=())) == []


@pytest.mark.parametrize(
    ("token", "reason", "worth"),
    [
        ("tok_1", "insufficient_funds", True),
        ("tok_1", "expired_card", False),
        ("tok_1", "wrong_amount: asked 2, got 1", False),
        ("", "insufficient_funds", False),
    ],
)
def test_only_what_may_be_good_tomorrow_is_tried_again(token: str, reason: str, worth: bool) -> None:
    dunning = Dunning(since=SINCE, status=PaymentStatus.DECLINED, token=token, reason=reason)
    assert worth_retrying(dunning, POLICY) is worth

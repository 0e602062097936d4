"""A dispute's axis, what the bank says of it, and what it may wait for."""

from enum import StrEnum

from models.order.states import Stage
from models.order.waits import Wait
from models.shared.states import Axis


class DisputeState(StrEnum):
    """Where a dispute stands. `missed`: the bank's last day passed before evidence reached it; the bank still decides."""

    OPENED = "opened"
    EVIDENCE_READY = "evidence_ready"
    SUBMITTED = "submitted"
    MISSED = "missed"
    ACCEPTED = "accepted"
    WON = "won"
    LOST = "lost"


class BankStatus(StrEnum):
    """Where the case stands by the payment provider's word."""

    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


class DisputeWait(StrEnum):
    """The names of a dispute's waits; search attribute `WaitingFor`."""

    ANSWER = "dispute_answer"
    VERDICT = "dispute_verdict"
    ATTENTION = "dispute_attention"


_D = DisputeState

# The bank may decide at any moment, also about what nobody answered.
DISPUTE_AXIS = Axis(
    "dispute",
    _D.OPENED,
    {
        _D.OPENED: frozenset({_D.EVIDENCE_READY, _D.SUBMITTED, _D.WON, _D.LOST}),
        _D.EVIDENCE_READY: frozenset({_D.SUBMITTED, _D.MISSED, _D.ACCEPTED, _D.WON, _D.LOST}),
        _D.SUBMITTED: frozenset({_D.WON, _D.LOST}),
        _D.MISSED: frozenset({_D.WON, _D.LOST}),
        _D.ACCEPTED: frozenset(),
        _D.WON: frozenset(),
        _D.LOST: frozenset(),
    },
)

DECIDED = frozenset({BankStatus.WON, BankStatus.LOST})

RUNBOOK = "docs/runbooks/dispute.md"

DISPUTE_WAITS: dict[DisputeWait, Wait] = {
    DisputeWait.ANSWER: Wait(
        Stage.SETTLEMENT,
        "an answer to the bank: the evidence, or that the loss is accepted",
        "finance",
        ("submit", "accept"),
    ),
    DisputeWait.VERDICT: Wait(Stage.SETTLEMENT, "the bank's verdict", "the bank", ("dispute_news",)),
    DisputeWait.ATTENTION: Wait(
        Stage.SETTLEMENT, "an operator: a step used up its attempts", "an operator", ("attend retry",)
    ),
}

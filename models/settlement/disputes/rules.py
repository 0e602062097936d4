"""What a dispute may do, when, and what it costs. Pure."""

import re
from datetime import datetime, timedelta

from models.order.messages import Attend, Decision
from models.settlement.disputes.messages import Dispute, SubmitDispute
from models.settlement.disputes.policy import DisputePolicy
from models.settlement.disputes.run_state import DisputeRun
from models.settlement.disputes.states import DECIDED, BankStatus, DisputeState
from models.settlement.messages import Posting
from models.settlement.rules import GATEWAY, refund_postings

# What the books hold back from those it was credited to, and what the bank holds back from us; equal and opposite.
RESERVED = "disputes:reserved"
WITHDRAWN = "disputes:withdrawn"
LOSSES = "platform:dispute_losses"

REFERENCE = re.compile(r"^[A-Za-z0-9_-]{3,100}$")
NOTE_LIMIT = 5_000
SUBMIT, ACCEPT = "submit", "accept"


def reserve_postings(captured: tuple[Posting, ...], amount_minor: int) -> tuple[Posting, ...]:
    """The bank takes the amount back until it decides; merchants and commission are owed as much less, in proportion.

    Gateway to `WITHDRAWN`, what was credited at the capture to `RESERVED`; each pair sums to zero. Empty when nothing was captured.
    """
    turned = refund_postings(captured, amount_minor)
    if not turned:
        return ()
    currency = turned[0].currency
    return (
        *turned,
        Posting(account=WITHDRAWN, amount_minor=amount_minor, currency=currency),
        Posting(account=RESERVED, amount_minor=-amount_minor, currency=currency),
    )


def release_postings(reserved: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """The dispute is won: everything as it was before the reserve."""
    return tuple(posting.model_copy(update={"amount_minor": -posting.amount_minor}) for posting in reserved)


def loss_postings(reserved: tuple[Posting, ...], borne_by: str) -> tuple[Posting, ...]:
    """The dispute is lost: the reserve pays for what the bank keeps. Where the platform bears it, the merchants get their
    shares back, and `LOSSES` pays; the commission of the sale is gone either way."""
    closed = [
        posting.model_copy(update={"amount_minor": -posting.amount_minor})
        for posting in reserved
        if posting.account in (RESERVED, WITHDRAWN)
    ]
    if borne_by != "platform":
        return tuple(closed)
    back = [
        posting.model_copy(update={"amount_minor": -posting.amount_minor})
        for posting in merchants_of(reserved)
    ]
    borne = -sum(posting.amount_minor for posting in back)
    losses = Posting(account=LOSSES, amount_minor=borne, currency=reserved[0].currency)
    return tuple(posting for posting in (*closed, *back, losses) if posting.amount_minor)


def merchants_of(reserved: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """Which merchants' shares the reserve holds."""
    return tuple(posting for posting in reserved if posting.account.startswith("merchant:"))


def withdrawn(postings: tuple[Posting, ...]) -> int:
    """How much a reserve moved away from the gateway, minor units."""
    return -sum(posting.amount_minor for posting in postings if posting.account == GATEWAY)


def answer_by(dispute: Dispute, policy: DisputePolicy) -> datetime:
    """When a dispute that nobody answered is answered by itself: the margin before the bank's last day, but never before it
    was opened."""
    if dispute.evidence_due_at is None:
        return dispute.opened_at + timedelta(seconds=policy.answer_s)
    return max(dispute.opened_at, dispute.evidence_due_at - timedelta(seconds=policy.answer_margin_s))


def unanswered(policy: DisputePolicy, delivered: bool) -> str:
    """What is done with a dispute that nobody answered: `submit` or `accept`."""
    if policy.unanswered == "submit_if_delivered":
        return SUBMIT if delivered else ACCEPT
    return policy.unanswered


def after_submitting(done: bool, said: str, status: BankStatus) -> DisputeState | None:
    """Where a dispute stands after its evidence was offered; None: the bank has decided already, its verdict counts."""
    if done or status is BankStatus.UNDER_REVIEW:
        return DisputeState.SUBMITTED
    return None if status in DECIDED else DisputeState.MISSED


def objection(run: DisputeRun, verb: str, message: Decision) -> str:
    """Why a person's word cannot be obeyed now; empty when it can."""
    if run.over:
        return f"the dispute has ended: {run.state.value}"
    if message.request_id and f"{verb}:{message.request_id}" in run.seen:
        return ""
    if verb == "attend":
        action = message.action if isinstance(message, Attend) else ""
        if not run.attention_step:
            return "no step waits for an operator"
        return "" if action == "retry" else "a step of a dispute can only be tried again: retry"
    if run.verdict:
        return f"the bank has decided: {run.verdict.value}"
    if run.state not in (DisputeState.OPENED, DisputeState.EVIDENCE_READY):
        return f"the dispute is {run.state.value}"
    if run.decision:
        return f"{run.decided_by or 'the policy'} has answered already: {run.decision}"
    if isinstance(message, SubmitDispute) and len(message.note) > NOTE_LIMIT:
        return f"the note is longer than {NOTE_LIMIT} letters"
    return ""

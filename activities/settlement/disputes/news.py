"""The payment provider's news of disputes: checked against our own record before any workflow hears of it."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from activities.settlement.disputes import statements
from activities.shared.database import Cursor
from models.settlement.disputes.messages import Dispute, DisputeNews, StartDispute
from models.settlement.disputes.rules import REFERENCE
from models.settlement.disputes.states import DECIDED, BankStatus, DisputeState

KINDS = {
    "payment.dispute_opened": BankStatus.NEEDS_RESPONSE,
    "payment.dispute_under_review": BankStatus.UNDER_REVIEW,
    "payment.dispute_won": BankStatus.WON,
    "payment.dispute_lost": BankStatus.LOST,
}
# Which verdict goes with which end of ours.
_ENDS = {
    DisputeState.WON: BankStatus.WON,
    DisputeState.LOST: BankStatus.LOST,
    DisputeState.ACCEPTED: BankStatus.LOST,
}


class UnknownPaymentError(Exception):
    """No capture of ours bears this payment (yet): tried again later, and dead in the end."""


class ContradictionError(Exception):
    """News that our books cannot take: the bank changed its mind about a dispute that is closed, or its workflow is gone before
    its time. A person has to see it."""


@dataclass(frozen=True)
class DisputeTold:
    """Which dispute must hear what, and what it is started with if it does not live yet."""

    start: StartDispute
    news: DisputeNews


async def read_dispute(cursor: Cursor, payload: dict[str, Any]) -> DisputeTold | None:
    """The dispute and its news; None when it is over. Raises `UnknownPaymentError`, `ContradictionError`.

    Nothing is written here, so a payment that is not ours has no effect.
    """
    dispute = _case(payload)
    values = dispute.model_dump(include={"reference", "order_number", "payment_reference", "currency"})
    await cursor.execute(statements.KNOWN, values)
    known = await cursor.fetchone() or {}
    if known["closed_at"] is not None:
        _expect_the_same(dispute.reference, DisputeState(known["state"]), dispute.status)
        return None
    if not known["captured"]:
        raise UnknownPaymentError(
            f"dispute {dispute.reference}: {dispute.payment_reference} took no {dispute.currency} for {dispute.order_number}"
        )
    news = DisputeNews(
        request_id=f"bank:{payload['event_id']}", status=dispute.status, at=payload["occurred_at"]
    )
    return DisputeTold(StartDispute(dispute=dispute), news)


async def expect_ended(cursor: Cursor, reference: str, status: BankStatus) -> None:
    """Nobody heard the news: fine if the dispute has ended as the bank says. Raises `ContradictionError`."""
    await cursor.execute(statements.ENDED, (reference,))
    row = await cursor.fetchone()
    if row is None:
        raise ContradictionError(f"dispute {reference}: its workflow has ended, our books do not say so")
    _expect_the_same(reference, DisputeState(row["state"]), status)


def _expect_the_same(reference: str, state: DisputeState, status: BankStatus) -> None:
    if status in DECIDED and _ENDS[state] is not status:
        raise ContradictionError(f"dispute {reference}: {state.value}, the bank says {status.value}")


def _case(payload: dict[str, Any]) -> Dispute:
    """The case in the provider's news. Raises `UnknownPaymentError` for what cannot be one."""
    try:
        dispute = Dispute(
            reference=payload["dispute_reference"],
            payment_reference=payload["reference"],
            order_number=payload["order_number"],
            amount_minor=payload["amount_minor"],
            currency=payload["currency"],
            reason=payload["reason"],
            opened_at=payload["opened_at"],
            evidence_due_at=payload.get("evidence_due_at"),
            status=KINDS[payload["type"]],
        )
    except (KeyError, ValidationError) as error:
        raise UnknownPaymentError(f"the news of a dispute cannot be read: {error}") from error
    if not REFERENCE.fullmatch(dispute.reference) or dispute.amount_minor <= 0:
        raise UnknownPaymentError("the news of a dispute has no reference or no amount")
    return dispute

"""What a dispute needs of the world: the provider's desk for disputes, and our record of them."""

from dataclasses import dataclass
from typing import Protocol

from activities.shared.effects import Intent
from models.settlement.disputes.evidence import Evidence
from models.settlement.disputes.messages import (
    AcceptDispute,
    CloseDispute,
    Dispute,
    DisputeAnswered,
    DisputeClosed,
    DisputeNoted,
    DisputeRecorded,
    EvidencePacked,
    NoteDispute,
    PackEvidence,
    RecordDispute,
    SubmitEvidence,
)
from models.settlement.disputes.states import BankStatus


@dataclass(frozen=True)
class DisputeReceipt:
    """The provider's answer. `done` false: refused, `reason` says why: `unknown_reference`, `past_due`, `already_submitted`,
    `already_decided`. `status`: where the case stands after the call."""

    done: bool
    reference: str
    status: BankStatus
    reason: str = ""


class DisputeDesk(Protocol):
    """The part of a payment provider that answers the bank. Calls are idempotent by `key`: a repeat gets the first answer, another
    body raises `RequestConflict`. Raises `Unreachable`, `OutcomeUnknown`, `CallRefused` as `PaymentGateway` does."""

    async def find(self, reference: str) -> Dispute | None:
        """A case as it stands now; None when the provider does not know it."""
        ...

    async def submit_evidence(self, key: str, reference: str, evidence: Evidence) -> DisputeReceipt:
        """Hand the evidence in, once and for good."""
        ...

    async def accept(self, key: str, reference: str) -> DisputeReceipt:
        """Give the case up; the money stays with the customer."""
        ...


class DisputeStore(Protocol):
    """Writes disputes, their evidence and their postings; each method once for each key."""

    async def record_dispute(self, request: RecordDispute) -> DisputeRecorded:
        """Write the case down and reserve its amount."""
        ...

    async def pack_evidence(self, request: PackEvidence) -> EvidencePacked:
        """Freeze what speaks for the merchant."""
        ...

    async def note_dispute(self, request: NoteDispute) -> DisputeNoted:
        """Write down where it stands and what happened."""
        ...

    async def evidence(self, reference: str) -> Evidence:
        """The evidence that was packed for the answer. Raises `Unavailable`, and `LookupError` when there is none."""
        ...

    async def intend_submit(self, request: SubmitEvidence) -> Intent[DisputeAnswered]:
        """Write down that the evidence is about to be sent."""
        ...

    async def record_submitted(self, request: SubmitEvidence, answer: DisputeAnswered) -> DisputeAnswered:
        """Write the provider's answer down."""
        ...

    async def intend_accept(self, request: AcceptDispute) -> Intent[DisputeAnswered]:
        """Write down that the case is about to be given up."""
        ...

    async def record_accepted(self, request: AcceptDispute, answer: DisputeAnswered) -> DisputeAnswered:
        """Write the provider's answer down, and the loss with it."""
        ...

    async def close_dispute(self, request: CloseDispute) -> DisputeClosed:
        """Write the bank's verdict down: release the reserve, or book the loss."""
        ...

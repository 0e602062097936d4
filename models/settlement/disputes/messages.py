"""What a dispute is started with, hears, is told, and answers; what its steps take and give. Minor units, times UTC."""

from datetime import datetime

from models.order.messages import Decision, Fact
from models.order.records import Notice
from models.settlement.disputes.policy import DisputePolicy
from models.settlement.disputes.states import BankStatus, DisputeState
from models.shared.messages import Message


class Dispute(Message):
    """A case as the payment provider tells it. `evidence_due_at` None: the bank names no last day."""

    reference: str
    payment_reference: str
    order_number: str
    amount_minor: int
    currency: str
    reason: str
    opened_at: datetime
    evidence_due_at: datetime | None = None
    status: BankStatus = BankStatus.NEEDS_RESPONSE


class StartDispute(Message):
    """What a dispute's workflow is started with: the case, whichever news of it came first."""

    dispute: Dispute


class DisputeNews(Message):
    """The provider's news. `request_id` is its event id, `at` when it happened."""

    request_id: str
    status: BankStatus
    at: datetime


class SubmitDispute(Decision):
    """A person wants the evidence to go to the bank. `note`: what the bank is told besides."""

    note: str = ""


class DisputeAnswer(Message):
    """What a decision led to. `done` false: it could not be obeyed, `said` tells why."""

    done: bool
    said: str
    state: DisputeState = DisputeState.OPENED
    waiting_for: str = ""


class DisputeResult(Message):
    """What a dispute's workflow returns. `state` None: the payment is not ours, nothing was done."""

    reference: str
    state: DisputeState | None


class DisputeProgress(Message):
    """Where a dispute stands for lists: written with what led there. `waiting_for` empty: it is working, or over."""

    state: DisputeState
    waiting_for: str = ""
    waiting_since: datetime | None = None
    deadline_at: datetime | None = None


class RecordDispute(Message):
    """Write a dispute down and reserve its amount."""

    key: str
    dispute: Dispute


class DisputeRecorded(Message):
    """`known` false: no capture of ours bears this payment reference, order and currency; nothing was written."""

    known: bool
    policy: DisputePolicy = DisputePolicy()
    policy_version: int = 1


class PackEvidence(Message):
    """Pack what speaks for the merchant. `cause`: `opened`, or `answer` when it is about to be sent."""

    key: str
    reference: str
    order_number: str
    cause: str
    progress: DisputeProgress
    notices: tuple[Notice, ...] = ()


class EvidencePacked(Message):
    """`delivered`: everything that was charged is proven to have arrived. `digest`: SHA-256 (hex) of the packet."""

    digest: str
    delivered: bool


class NoteDispute(Message):
    """Write down where a dispute stands and what happened. `decision`, `decided_by`, `note`: kept when given."""

    key: str
    reference: str
    order_number: str
    progress: DisputeProgress
    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()
    decision: str = ""
    decided_by: str = ""
    note: str = ""


class DisputeNoted(Message):
    """How many facts were written."""

    facts: int


class SubmitEvidence(Message):
    """Send the evidence that was packed for `answer`."""

    key: str
    reference: str
    order_number: str
    note: str
    by: str
    progress: DisputeProgress


class AcceptDispute(Message):
    """Give the dispute up, and book the loss."""

    key: str
    reference: str
    order_number: str
    by: str
    why: str
    borne_by: str
    reserve_key: str


class DisputeAnswered(Message):
    """The provider's answer. `done` false: `said` tells why; `status` is where the case stands now."""

    done: bool
    said: str = ""
    status: BankStatus = BankStatus.NEEDS_RESPONSE


class AskDispute(Message):
    """Ask the provider where a case stands."""

    reference: str


class DisputeStanding(Message):
    """Where a case stands by the provider's word; None: it does not know it."""

    status: BankStatus | None


class CloseDispute(Message):
    """The bank decided: give the reserve back, or book the loss. `reserve_key` names what was reserved."""

    key: str
    reference: str
    order_number: str
    state: DisputeState
    borne_by: str
    reserve_key: str


class DisputeClosed(Message):
    """What was booked, minor units; 0 when the reserve was given back."""

    lost_minor: int
